use park_core::AnyText;

/// Why a call failed; see [`park_core::Error`] for what it tells. Codes are the vendor's.
pub type Error = park_core::Error<AnyText>;

/// A refusal: a code, written as number or text, and a message. The document has neither; each vendor has its own.
pub type Refusal = park_core::Refusal<AnyText>;

/// What became of a call inside a service.
pub type Outcome<T> = Result<T, Refusal>;
