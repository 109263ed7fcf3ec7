use super::{MemoryTokens, Tokens, random_token};
use crate::{Clock, Secret};
use std::{fmt, sync::Arc, time::Duration};

/// Issues access tokens and knows whose they are.
#[derive(Clone)]
pub struct TokenIssuer {
    tokens: Arc<dyn Tokens>,
    /// Whether the store is the application's own; ours follows the options' clock.
    stored: bool,
    life: Duration,
    longest: Duration,
}

impl TokenIssuer {
    /// Keeps tokens in memory; they live two hours, and never more than `longest`.
    pub fn new(longest: Duration) -> Self {
        Self {
            tokens: Arc::new(MemoryTokens::default()),
            stored: false,
            life: Duration::from_secs(7200).min(longest),
            longest,
        }
    }

    /// Tells the time by `clock`.
    pub fn follow(&mut self, clock: &Arc<dyn Clock>) {
        if !self.stored {
            self.tokens = Arc::new(MemoryTokens::new(clock.clone()));
        }
    }

    /// Keeps tokens in a store of the application's.
    pub fn store(&mut self, tokens: impl Tokens) {
        self.tokens = Arc::new(tokens);
        self.stored = true;
    }

    /// How long tokens live.
    pub fn live(&mut self, life: Duration) {
        self.life = life.min(self.longest);
    }

    /// A new token of `user`, and for how many seconds it is valid; `None` if the system has no
    /// random numbers.
    pub async fn issue(&self, user: &str, clock: &dyn Clock) -> Option<(Secret, i64)> {
        let token = random_token()?;
        self.tokens
            .put(token.clone(), user, clock.now() + self.life)
            .await;
        Some((
            token,
            i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX),
        ))
    }

    /// Whose token it is, if it is one and has not expired.
    pub async fn owner(&self, token: &str) -> Option<Arc<str>> {
        self.tokens.find(token).await
    }

    /// Whether `token` is a valid one of `user`.
    pub async fn admits(&self, token: Option<&str>, user: &str) -> bool {
        match token {
            Some(token) => self.owner(token).await.as_deref() == Some(user),
            None => false,
        }
    }

    /// Forgets `token`.
    pub async fn revoke(&self, token: &str) {
        self.tokens.revoke(token).await;
    }
}

impl fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenIssuer({:?})", self.life)
    }
}
