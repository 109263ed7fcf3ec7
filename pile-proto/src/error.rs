use park_core::AnyText;

/// Why a call failed: its [`ErrorKind`](crate::ErrorKind), how far the request got ([`Sent`](crate::Sent)) and, if the vendor refused, its [`Refusal`].
/// Codes are the vendor's.
pub type Error = park_core::Error<AnyText>;

/// A refusal: a code, written as number or text, and a message. The document has neither; each vendor has its own.
pub type Refusal = park_core::Refusal<AnyText>;

/// What became of a call inside a service.
pub type Outcome<T> = Result<T, Refusal>;
