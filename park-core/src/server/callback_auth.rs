use crate::Secret;
use std::{fmt, sync::Arc};

/// How the receiver of a callback knows who sends it, where the document does not say how and the
/// two have to agree.
#[derive(Clone)]
pub struct CallbackAuth(Means);

#[derive(Clone)]
enum Means {
    Token(Secret),
    Ask(Arc<dyn Fn(&str) -> bool + Send + Sync>),
    Nobody,
    Everybody,
}

impl CallbackAuth {
    /// Callbacks carry `Authorization: bearer {token}` with this token.
    pub fn token(token: impl Into<Secret>) -> Self {
        Self(Means::Token(token.into()))
    }

    /// `accept` decides from the token that the callback carries.
    pub fn ask(accept: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Means::Ask(Arc::new(accept)))
    }

    /// Callbacks need no token. Anyone who reaches the address can then speak in the peer's name:
    /// only behind a firewall or mutual TLS.
    pub fn dangerous_accept_unauthenticated() -> Self {
        Self(Means::Everybody)
    }

    /// Whether a callback with this token is accepted.
    pub fn accepts(&self, token: Option<&str>) -> bool {
        match (&self.0, token) {
            (Means::Everybody, _) => true,
            // An agreed token that was left empty admits nobody.
            (Means::Token(expected), Some(token)) => !token.is_empty() && expected.matches(token),
            (Means::Ask(accept), Some(token)) => accept(token),
            _ => false,
        }
    }
}

impl Default for CallbackAuth {
    /// Refuses every callback.
    fn default() -> Self {
        Self(Means::Nobody)
    }
}

impl fmt::Debug for CallbackAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Means::Token(_) => "CallbackAuth(token)",
            Means::Ask(_) => "CallbackAuth(ask)",
            Means::Nobody => "CallbackAuth(nobody)",
            Means::Everybody => "CallbackAuth(everybody)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_are_refused_unless_something_else_is_said() {
        assert!(
            !CallbackAuth::default().accepts(Some("x")) && !CallbackAuth::default().accepts(None)
        );
        let token = CallbackAuth::token("canary");
        assert!(
            token.accepts(Some("canary")) && !token.accepts(Some("other")) && !token.accepts(None)
        );
        assert!(!CallbackAuth::token("").accepts(Some("")));
        assert!(CallbackAuth::dangerous_accept_unauthenticated().accepts(None));
        assert!(CallbackAuth::ask(|token| token.len() == 3).accepts(Some("abc")));
        assert!(!format!("{token:?}").contains("canary"));
    }
}
