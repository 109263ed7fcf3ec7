use crate::code::BusinessCode;
use park_core::{Rule, Violation};

/// Why a call failed: its [`ErrorKind`](crate::ErrorKind), how far the request got
/// ([`Sent`](crate::Sent)) and, if the peer refused, its [`Refusal`].
pub type Error = park_core::Error<BusinessCode>;

/// A refusal with one of the document's business codes (Table A.2).
pub type Refusal = park_core::Refusal<BusinessCode>;

/// What became of one item of a call.
pub type Outcome<T> = Result<T, Refusal>;

/// The business code that answers a broken rule.
///
/// The document has no code for several of them; the choice, the same in every implementation of
/// this crate: a length has 1004, a wrong JSON type 1005, a value outside its range, list or
/// condition 1007, an incomplete credit report (1301) 1006; everything else, a missing field and a
/// text that is not JSON among it, has the general 1000.
///
/// # What is answered with what
///
/// Everything is answered with the document's envelope, over HTTPS with status 200. "Call" refuses
/// the call as a whole (`resultCode` 1, the code in the one entry of `data`), "entry" the one entry
/// in its own place (`resultCode` 0). `-` is a refusal with a text and no code.
///
/// | What came | HTTPS | TCP | Refused |
/// |---|---|---|---|
/// | A call without token, with a wrong or expired one; over TCP, before the login | 3002 | 3002 | call |
/// | A login with an unknown user or a wrong password | 3001 | 3001, then the line is closed | call (1001, 1002: entry) |
/// | An interface that is not served | 1100 | 1100 | call |
/// | Bytes whose CRC does not match | | 1000 | call |
/// | A body longer than the limit | 1004 | 1004, then the line is closed | call |
/// | A body that is not UTF-8, or not JSON | 1000 | 1000 | call |
/// | An envelope without `timestamp`, `sign` or `data` | 1000 | 1000 | call |
/// | A signature that is not accepted | 1007 | 1007 | call |
/// | A tolerable departure, under strict rules | 1005 | 1005 | call (envelope), entry |
/// | A required field absent or empty; in a credit report (1301) | 1000; 1006 | 1000; 1006 | entry |
/// | A field twice | 1000 | 1000 | call (envelope), entry |
/// | Text or a list too long | 1004 | 1004 | entry |
/// | A wrong JSON type | 1005 | 1005 | call (envelope), entry |
/// | A value outside its range or list, too short, with too many decimals, against a remark | 1007 | 1007 | entry |
/// | More than 10 000 wrong entries | that of the last one | that of the last one | call |
/// | More requests at once than allowed | the connection waits | - | call |
/// | A service that panics, or answers another number of entries | - | - | call |
/// | A service that does not answer in time | | - | call |
/// | A service that refuses an entry without a code | 1000 | 1000 | entry |
///
/// A client of this crate has each of them as an [`Error`] with
/// [`ErrorKind::Refused`](crate::ErrorKind::Refused) and [`Sent::Answered`](crate::Sent::Answered),
/// its code in `refusal()`; an entry of several as the [`Refusal`] in its own place. Over HTTPS it
/// logs in again upon a 3002 and repeats the call once. What a client cannot read, a damaged reply
/// (CRC) among it, is [`ErrorKind::PeerBytes`](crate::ErrorKind::PeerBytes) and `Sent::Answered`.
pub fn code_of(violation: &Violation, endpoint: u16) -> BusinessCode {
    match &violation.rule {
        Rule::Missing if endpoint == 1301 => BusinessCode::INCOMPLETE_CREDIT_REPORT,
        Rule::TooLong { .. } | Rule::TooMany { .. } => BusinessCode::TOO_LONG,
        Rule::Type { .. } | Rule::Deviates(_) => BusinessCode::WRONG_TYPE,
        Rule::Range { .. }
        | Rule::UnknownCode
        | Rule::Decimals { .. }
        | Rule::TooShort { .. }
        | Rule::Condition(_) => BusinessCode::OUT_OF_RANGE,
        _ => BusinessCode::MALFORMED_CODE,
    }
}
