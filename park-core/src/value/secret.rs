use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A key, password or token: wiped from memory when dropped, never printed, compared in constant
/// time.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Keep it out of logs, errors and debug output.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `other` is the same; the time taken depends on the length only.
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl<S: Into<String>> From<S> for Secret {
    fn from(text: S) -> Self {
        Self::new(text)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.expose())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("canary-7f3a");
        assert!(!format!("{secret:?}{:?}", Some(&secret)).contains("canary"));
        assert!(
            secret.matches("canary-7f3a") && !secret.matches("canary-7f3b") && !secret.matches("")
        );
    }
}
