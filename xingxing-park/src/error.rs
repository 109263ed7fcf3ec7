use crate::Ret;

/// Why a call failed; see [`park_core::Error`] for what it tells.
pub type Error = park_core::Error<Ret>;

/// A refusal. The document knows none; it travels in the envelope that section 4.2.5 prints, with a code of T/CEC 102.
pub type Refusal = park_core::Refusal<Ret>;

/// What became of a call inside a service.
pub type Outcome<T> = Result<T, Refusal>;
