use crate::{BusinessCode, Refusal, code_of};
use park_core::Violation;

/// The refusal that tells a peer about broken rules: the code of the first, the text of all.
pub(crate) fn refuse(violations: &[Violation], endpoint: u16) -> Refusal {
    let code = violations.first().map_or(BusinessCode::MALFORMED_CODE, |first| code_of(first, endpoint));
    let text: Vec<String> = violations.iter().map(ToString::to_string).collect();
    Refusal::new(code, clip(&text.join("; ")))
}

/// What fits into resultMsg and message: 255 characters (Table 32, Tables 35 and following).
pub(crate) fn clip(message: &str) -> &str {
    message.char_indices().nth(255).map_or(message, |(end, _)| &message[..end])
}
