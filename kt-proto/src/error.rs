use crate::code::ResCode;
#[cfg(feature = "server")]
use crate::{OpenError, Violation};

/// Why a call failed: its [`ErrorKind`](crate::ErrorKind), how far the request got
/// ([`Sent`](crate::Sent)) and, if the peer refused, its [`Refusal`].
pub type Error = park_core::Error<ResCode>;

/// A refusal (resCode 1 and its resMsg). The document has no other code.
pub type Refusal = park_core::Refusal<ResCode>;

/// What became of a call inside a service.
pub type Outcome<T> = Result<T, Refusal>;

/// The refusal `message`.
pub fn refuse(message: impl Into<String>) -> Refusal {
    Refusal::new(ResCode::ERROR, message)
}

/// The refusal that tells a peer about broken rules: all of them, with wire paths.
#[cfg(feature = "server")]
pub(crate) fn broken(violations: &[Violation]) -> Refusal {
    refuse(park_core::message::listed(violations))
}

/// The same refusal for a wrong key, padding, date or character set: `data` is not signed, so
/// whoever is told which could find out the plaintext byte by byte. The log has the reason.
#[cfg(feature = "server")]
pub(crate) fn unreadable(error: OpenError) -> Refusal {
    tracing::debug!(%error, "data cannot be opened");
    match error {
        OpenError::Base64 | OpenError::Length { .. } => {
            refuse("data is not Base64 of whole blocks: cut short on the way?")
        }
        _ => refuse("data 解密失败: are the key, the date (yyyyMMdd, China) and GB2312 right?"),
    }
}
