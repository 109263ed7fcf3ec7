#[cfg(feature = "server")]
use crate::OpenError;
use crate::ResCode;
#[cfg(feature = "server")]
use park_core::Violation;

/// Why a call failed: its [`ErrorKind`](crate::ErrorKind), how far the request got ([`Sent`](crate::Sent)) and, if the peer refused, its [`Refusal`].
pub type Error = park_core::Error<ResCode>;

/// A refusal (resCode 1 and its resMsg). The document has no other code.
pub type Refusal = park_core::Refusal<ResCode>;

/// Longest text of a refusal, in characters: what goes out, and what is kept of a peer's.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) const LONGEST_MESSAGE: usize = 512;

/// What became of a call inside a service.
pub type Outcome<T> = Result<T, Refusal>;

/// The refusal `message`.
pub fn refuse(message: impl Into<String>) -> Refusal {
    Refusal::new(ResCode::ERROR, message)
}

/// The refusal that tells a peer about broken rules: all of them, with wire paths.
#[cfg(feature = "server")]
pub(crate) fn broken(violations: &[Violation]) -> Refusal {
    let text: Vec<String> = violations.iter().map(ToString::to_string).collect();
    refuse(text.join("; "))
}

/// The same refusal for a wrong key, padding, date or character set: `data` is not signed, so whoever is told which could find out the plaintext byte by
/// byte. The log has the reason.
#[cfg(feature = "server")]
pub(crate) fn unreadable(error: OpenError) -> Refusal {
    tracing::debug!(%error, "data cannot be opened");
    match error {
        OpenError::Base64 | OpenError::Length { .. } => refuse("data is not Base64 of whole blocks: cut short on the way?"),
        _ => refuse("data 解密失败: are the key, the date (yyyyMMdd, China) and GB2312 right?"),
    }
}
