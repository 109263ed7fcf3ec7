use crate::{Refusal, code::BusinessCode, code_of, envelope::LONGEST_MESSAGE};
use park_core::{
    Violation,
    message::{clip, listed},
};

/// The refusal that tells a peer about broken rules: the code of the first, the text of all.
pub(crate) fn refuse(violations: &[Violation], endpoint: u16) -> Refusal {
    let code = violations
        .first()
        .map_or(BusinessCode::MALFORMED_CODE, |first| {
            code_of(first, endpoint)
        });
    Refusal::new(code, clip(&listed(violations), LONGEST_MESSAGE))
}
