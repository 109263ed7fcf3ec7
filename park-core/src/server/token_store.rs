//! Tokens that a server issued.
use crate::{BoxFuture, Clock, Secret, SystemClock};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// Where issued access tokens are kept; shared by several instances through a store of your own.
pub trait Tokens: Send + Sync + 'static {
    /// Remembers `token` of `user_id` until `expires`.
    fn put<'a>(&'a self, token: Secret, user_id: &'a str, expires: SystemTime)
    -> BoxFuture<'a, ()>;

    /// Whose token it is, if it is one and has not expired.
    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>>;

    /// Forgets it.
    fn revoke<'a>(&'a self, token: &'a str) -> BoxFuture<'a, ()>;

    /// Forgets every token of `user_id`, whose account was closed or whose key changed.
    fn revoke_all<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, ()>;
}

impl<T: Tokens + ?Sized> Tokens for Arc<T> {
    fn put<'a>(
        &'a self,
        token: Secret,
        user_id: &'a str,
        expires: SystemTime,
    ) -> BoxFuture<'a, ()> {
        (**self).put(token, user_id, expires)
    }

    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>> {
        (**self).find(token)
    }

    fn revoke<'a>(&'a self, token: &'a str) -> BoxFuture<'a, ()> {
        (**self).revoke(token)
    }

    fn revoke_all<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, ()> {
        (**self).revoke_all(user_id)
    }
}

/// A new token: 128 random bits as text. `None` if the system has no random numbers.
#[doc(hidden)]
pub fn random_token() -> Option<Secret> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(Secret::new(
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>(),
    ))
}

/// How many tokens of one user are valid at once, so that one that logs in for every call does not
/// fill the memory.
const PER_USER: usize = 64;

/// The digest of a token: what is kept gives nobody a token. Tokens are random, so a plain hash is
/// enough for that.
type Key = [u8; 32];

fn key_of(token: &str) -> Key {
    Sha256::digest(token).into()
}

#[derive(Default)]
struct Grants {
    /// Whose each token is and until when.
    by_token: HashMap<Key, (Arc<str>, SystemTime)>,
    /// The tokens of each user, oldest first.
    by_user: HashMap<Arc<str>, VecDeque<Key>>,
}

impl Grants {
    fn put(&mut self, key: Key, user: Arc<str>, expires: SystemTime) {
        self.revoke(key);
        let keys = self.by_user.entry(user.clone()).or_default();
        keys.push_back(key);
        if keys.len() > PER_USER
            && let Some(oldest) = keys.pop_front()
        {
            self.by_token.remove(&oldest);
        }
        self.by_token.insert(key, (user, expires));
    }

    fn revoke(&mut self, key: Key) {
        if let Some((user, _)) = self.by_token.remove(&key)
            && let Some(keys) = self.by_user.get_mut(&user)
        {
            keys.retain(|other| *other != key);
            if keys.is_empty() {
                self.by_user.remove(&user);
            }
        }
    }

    fn revoke_all(&mut self, user: &str) {
        for key in self.by_user.remove(user).unwrap_or_default() {
            self.by_token.remove(&key);
        }
    }

    fn forget_expired(&mut self, now: SystemTime) {
        self.by_token.retain(|_, (_, until)| *until > now);
        self.by_user.retain(|_, keys| {
            keys.retain(|key| self.by_token.contains_key(key));
            !keys.is_empty()
        });
    }
}

/// Tokens in this process's memory, as digests. Expired ones are forgotten, and of one user the
/// newest 64 are valid.
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
        write!(f, "MemoryTokens({})", self.grants().by_token.len())
    }
}

impl Tokens for MemoryTokens {
    fn put<'a>(
        &'a self,
        token: Secret,
        user_id: &'a str,
        expires: SystemTime,
    ) -> BoxFuture<'a, ()> {
        let now = self.clock.now();
        let mut grants = self.grants();
        // Looking at all of them now and then is enough: logins are rare.
        if grants.by_token.len().is_power_of_two() {
            grants.forget_expired(now);
        }
        grants.put(key_of(token.expose()), user_id.into(), expires);
        Box::pin(async {})
    }

    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>> {
        let now = self.clock.now();
        let grants = self.grants();
        let grant = grants
            .by_token
            .get(&key_of(token))
            .filter(|(_, until)| *until > now);
        let user = grant.map(|(user, _)| user.clone());
        Box::pin(async move { user })
    }

    fn revoke<'a>(&'a self, token: &'a str) -> BoxFuture<'a, ()> {
        self.grants().revoke(key_of(token));
        Box::pin(async {})
    }

    fn revoke_all<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, ()> {
        self.grants().revoke_all(user_id);
        Box::pin(async {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ManualClock;
    use std::{
        task::{Context, Poll, Waker},
        time::Duration,
    };

    fn now<T>(mut future: BoxFuture<'_, T>) -> T {
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
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
            (
                now(tokens.find("a")).as_deref(),
                now(tokens.find("b")),
                now(tokens.find("c"))
            ),
            (Some("lot"), None, None)
        );
        clock.advance(Duration::from_secs(60));
        assert_eq!(now(tokens.find("a")), None);
        now(tokens.put("d".into(), "lot", until));
        assert_eq!(format!("{tokens:?}"), "MemoryTokens(1)");
        assert_eq!(
            tokens
                .grants()
                .by_user
                .values()
                .map(VecDeque::len)
                .sum::<usize>(),
            1
        );
    }

    #[test]
    fn one_user_s_many_tokens_push_out_its_own_oldest() {
        let tokens = MemoryTokens::new(Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH)));
        let until = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
        now(tokens.put("other".into(), "quiet", until));
        for number in 0..=PER_USER {
            now(tokens.put(format!("{number}").into(), "busy", until));
        }
        assert_eq!(now(tokens.find("0")), None);
        for (token, user) in [("1", "busy"), ("64", "busy"), ("other", "quiet")] {
            assert_eq!(now(tokens.find(token)).as_deref(), Some(user), "{token}");
        }
        assert_eq!(format!("{tokens:?}"), "MemoryTokens(65)");
        (1..PER_USER).for_each(|number| now(tokens.revoke(&number.to_string())));
        now(tokens.revoke_all("busy"));
        assert_eq!(now(tokens.find(&PER_USER.to_string())), None);
        assert_eq!(format!("{tokens:?}"), "MemoryTokens(1)");
        assert_eq!(tokens.grants().by_user.len(), 1);
    }
}
