use park_core::AnyText;

/// Why a call failed: its [`ErrorKind`](crate::ErrorKind), how far the request got
/// ([`Sent`](crate::Sent)) and, if the vendor refused, its [`Refusal`]. Codes are the vendor's.
pub type Error = park_core::Error<AnyText>;

/// A refusal: a code, written as number or text, and a message. The document has neither; each
/// vendor has its own.
pub type Refusal = park_core::Refusal<AnyText>;

/// What became of a call inside a service.
pub type Outcome<T> = Result<T, Refusal>;

/// The refusal that tells a peer about broken rules, all of them.
#[cfg(feature = "server")]
pub(crate) fn refuse(violations: &[park_core::Violation]) -> Refusal {
    Refusal::new("400".into(), park_core::message::listed(violations))
}

/// The refusal of whoever may not call.
#[cfg(feature = "server")]
pub(crate) fn wrong_token() -> Refusal {
    Refusal::new("401".into(), "the token is missing or wrong (token错误)")
}
