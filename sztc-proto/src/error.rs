use crate::BusinessCode;
use park_core::{Rule, Violation};

/// Why a call failed; see [`park_core::Error`] for what it tells.
pub type Error = park_core::Error<BusinessCode>;

/// A refusal with one of the document's business codes (Table A.2).
pub type Refusal = park_core::Refusal<BusinessCode>;

/// What became of one item of a call.
pub type Outcome<T> = Result<T, Refusal>;

/// The business code that answers a broken rule.
///
/// The document has no code for several of them; the choice, the same in every implementation of this crate:
/// a length has 1004, a wrong JSON type 1005, a value outside its range, list or condition 1007, an incomplete credit report (1301) 1006; everything
/// else, a missing field and a text that is not JSON among it, has the general 1000.
pub fn code_of(violation: &Violation, endpoint: u16) -> BusinessCode {
    match &violation.rule {
        Rule::Missing if endpoint == 1301 => BusinessCode::INCOMPLETE_CREDIT_REPORT,
        Rule::TooLong { .. } | Rule::TooMany { .. } => BusinessCode::TOO_LONG,
        Rule::Type { .. } | Rule::Deviates(_) => BusinessCode::WRONG_TYPE,
        Rule::Range { .. } | Rule::UnknownCode | Rule::Decimals { .. } | Rule::TooShort { .. } | Rule::Condition(_) => BusinessCode::OUT_OF_RANGE,
        _ => BusinessCode::MALFORMED_CODE,
    }
}
