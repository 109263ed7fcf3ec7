use crate::code::Ret;

/// Why a call failed: its [`ErrorKind`](crate::ErrorKind), how far the request got
/// ([`Sent`](crate::Sent)) and, if the peer refused, its [`Refusal`].
pub type Error = park_core::Error<Ret>;

/// A refusal. The document knows none; it travels in the envelope that section 4.2.5 prints, with a
/// code of T/CEC 102.
pub type Refusal = park_core::Refusal<Ret>;

/// What became of a call inside a service.
pub type Outcome<T> = Result<T, Refusal>;

/// The refusal that tells a peer about broken rules of the parameters: 4004 and all of them.
#[cfg(feature = "server")]
pub(crate) fn refuse(violations: &[park_core::Violation]) -> Refusal {
    Refusal::new(
        Ret::WRONG_PARAMETERS,
        park_core::message::listed(violations),
    )
}
