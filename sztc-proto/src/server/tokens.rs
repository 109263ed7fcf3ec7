use park_core::{BoxFuture, Clock, Secret, SystemClock};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// For how long an access token is valid unless configured otherwise.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(7200);

/// Where issued access tokens are kept; shared by several instances through a store of your own.
pub trait Tokens: Send + Sync + 'static {
    /// Remembers `token` of `user_id` until `expires`.
    fn put<'a>(&'a self, token: Secret, user_id: &'a str, expires: SystemTime) -> BoxFuture<'a, ()>;

    /// Whose token it is, if it is one and has not expired.
    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>>;

    /// Forgets it.
    fn revoke<'a>(&'a self, token: &'a str) -> BoxFuture<'a, ()>;
}

/// By token: whose it is and until when.
type Grants = HashMap<String, (Arc<str>, SystemTime)>;

/// Tokens in this process's memory. Expired ones are forgotten.
#[derive(Clone)]
pub struct MemoryTokens {
    grants: Arc<Mutex<Grants>>,
    clock: Arc<dyn Clock>,
}

impl MemoryTokens {
    /// An empty store that reads the time from `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            grants: Arc::default(),
            clock,
        }
    }

    fn grants(&self) -> std::sync::MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryTokens {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

impl fmt::Debug for MemoryTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryTokens({})", self.grants().len())
    }
}

impl Tokens for MemoryTokens {
    fn put<'a>(&'a self, token: Secret, user_id: &'a str, expires: SystemTime) -> BoxFuture<'a, ()> {
        let now = self.clock.now();
        let mut grants = self.grants();
        // Looking at all of them now and then is enough: logins are rare.
        if grants.len().is_power_of_two() {
            grants.retain(|_, (_, until)| *until > now);
        }
        grants.insert(token.expose().to_owned(), (user_id.into(), expires));
        Box::pin(async {})
    }

    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>> {
        let now = self.clock.now();
        let user = self.grants().get(token).filter(|(_, until)| *until > now).map(|(user, _)| user.clone());
        Box::pin(async move { user })
    }

    fn revoke<'a>(&'a self, token: &'a str) -> BoxFuture<'a, ()> {
        self.grants().remove(token);
        Box::pin(async {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::ManualClock;
    use std::task::{Context, Poll, Waker};

    fn now<T>(mut future: BoxFuture<'_, T>) -> T {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("memory needs no waiting"),
        }
    }

    #[test]
    fn a_token_lives_until_it_expires_or_is_given_back() {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        let tokens = MemoryTokens::new(Arc::new(clock.clone()));
        let until = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
        now(tokens.put("a".into(), "lot", until));
        now(tokens.put("b".into(), "lot", until));
        now(tokens.revoke("b"));
        assert_eq!(
            (now(tokens.find("a")).as_deref(), now(tokens.find("b")), now(tokens.find("c"))),
            (Some("lot"), None, None)
        );
        clock.advance(Duration::from_secs(60));
        assert_eq!(now(tokens.find("a")), None);
        now(tokens.put("d".into(), "lot", until));
        assert_eq!(format!("{tokens:?}"), "MemoryTokens(1)");
    }
}
