use crate::{OpenError, code::Ret};

/// Why a call failed: its [`ErrorKind`](crate::ErrorKind), how far the request got
/// ([`Sent`](crate::Sent)) and, if the peer refused, its [`Refusal`].
pub type Error = park_core::Error<Ret>;

/// A refusal with one of the document's return values (Table B.26).
pub type Refusal = park_core::Refusal<Ret>;

/// What became of a call inside a service.
pub type Outcome<T> = Result<T, Refusal>;

/// The refusal that answers a message that could not be opened.
///
/// # What is answered with what
///
/// Everything is answered with the document's envelope and HTTP status 200. It is signed as soon as
/// it is known who calls.
///
/// | What came | Ret |
/// |---|---|
/// | A body that is not UTF-8 or not JSON, one of the five parameters missing, empty or unreadable, a parameter twice | 4003 |
/// | A body longer than the limit | 4003 |
/// | An operator that is not known | 4004, unsigned |
/// | A signature that is not the operator's | 4001 |
/// | A timestamp too far from our clock; a request that came before | 4003 |
/// | No token, a wrong or expired one, that of another operator | 4002 |
/// | Data that is not Base64, not whole blocks, not decrypted to JSON; readable where it must not be | 4003 |
/// | Business parameters missing, of the wrong type, too long, out of range | 4004 |
/// | A tolerable departure, under strict rules: of the envelope; of the parameters | 4003; 4004 |
/// | An interface that is not served | 4004 |
/// | More than can be remembered against replay | -1 |
/// | A service that panics or refuses without a code | 500 |
/// | `query_token` with another operator's id or a wrong secret inside | 0, SuccStat 1, FailReason 1 or 2 |
pub fn refusal_of(error: &OpenError) -> Refusal {
    let ret = match error {
        OpenError::Signature => Ret::WRONG_SIGNATURE,
        _ => Ret::WRONG_ENVELOPE,
    };
    Refusal::new(ret, error.to_string())
}

/// The refusal that tells a peer about broken rules of the parameters: 4004 and all of them.
#[cfg(feature = "server")]
pub(crate) fn refuse(violations: &[park_core::Violation]) -> Refusal {
    Refusal::new(
        Ret::WRONG_PARAMETERS,
        park_core::message::listed(violations),
    )
}
