use crate::PasswordKey;
use park_core::{BoxFuture, Clock, Secret, SystemClock};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// How one partner logs in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its password.
    pub password: Secret,
    /// The key that the platform gave it for sealing the password.
    pub key: PasswordKey,
}

impl Account {
    /// Whether `sealed` is this account's password, sealed with its key. The time taken does not tell where it differs.
    pub fn admits(&self, sealed: &str) -> bool {
        self.key.open(sealed).is_ok_and(|password| self.password.matches(password.expose()))
    }
}

/// Where a city platform looks up who may log in (1001, 1002, 1004).
pub trait Accounts: Send + Sync + 'static {
    /// The account of `user_id`, if there is one.
    fn find<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, Option<Account>>;
}

impl Accounts for HashMap<String, Account> {
    fn find<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, Option<Account>> {
        let account = self.get(user_id).cloned();
        Box::pin(async move { account })
    }
}

impl<A: Accounts + ?Sized> Accounts for Arc<A> {
    fn find<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, Option<Account>> {
        (**self).find(user_id)
    }
}

/// Where issued access tokens are kept; shared by several instances through a store of your own.
pub trait Tokens: Send + Sync + 'static {
    /// Remembers `token` of `user_id` until `expires`.
    fn put<'a>(&'a self, token: Secret, user_id: &'a str, expires: SystemTime) -> BoxFuture<'a, ()>;

    /// Whose token it is, if it is one and has not expired.
    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>>;

    /// Forgets it.
    fn revoke<'a>(&'a self, token: &'a str) -> BoxFuture<'a, ()>;
}

/// Tokens in this process's memory. Expired ones are forgotten.
#[derive(Clone)]
pub struct MemoryTokens {
    grants: Arc<Mutex<HashMap<String, (Arc<str>, SystemTime)>>>,
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

    fn grants(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Arc<str>, SystemTime)>> {
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

/// How a partner knows that a callback comes from the city platform; the standard does not say how, so it is agreed between the two.
#[derive(Clone)]
pub struct Verifier(Kind);

#[derive(Clone)]
enum Kind {
    Token(Secret),
    Ask(Arc<dyn Fn(&str) -> bool + Send + Sync>),
    Nobody,
    Everybody,
}

impl Verifier {
    /// Callbacks carry `Authorization: bearer {token}` with this token.
    pub fn token(token: impl Into<Secret>) -> Self {
        Self(Kind::Token(token.into()))
    }

    /// `accept` decides from the token that the callback carries.
    pub fn ask(accept: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Kind::Ask(Arc::new(accept)))
    }

    /// Callbacks need no token. Anyone who reaches the address can then open gates in the city's name: only behind a firewall or mutual TLS.
    pub fn dangerous_accept_unauthenticated() -> Self {
        Self(Kind::Everybody)
    }

    pub(crate) fn accepts(&self, token: Option<&str>) -> bool {
        match (&self.0, token) {
            (Kind::Everybody, _) => true,
            (Kind::Token(expected), Some(token)) => expected.matches(token),
            (Kind::Ask(accept), Some(token)) => accept(token),
            _ => false,
        }
    }
}

impl Default for Verifier {
    /// Refuses every callback.
    fn default() -> Self {
        Self(Kind::Nobody)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Token(_) => "Verifier(token)",
            Kind::Ask(_) => "Verifier(ask)",
            Kind::Nobody => "Verifier(nobody)",
            Kind::Everybody => "Verifier(everybody)",
        })
    }
}

/// For how long an access token is valid unless configured otherwise.
#[cfg(feature = "server")]
pub(crate) const TOKEN_LIFE: std::time::Duration = std::time::Duration::from_secs(7200);

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::ManualClock;
    use std::time::Duration;
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
        assert_eq!((now(tokens.find("a")).as_deref(), now(tokens.find("b")), now(tokens.find("c"))), (Some("lot"), None, None));
        clock.advance(Duration::from_secs(60));
        assert_eq!(now(tokens.find("a")), None);
        now(tokens.put("d".into(), "lot", until));
        assert_eq!(format!("{tokens:?}"), "MemoryTokens(1)");
    }

    #[test]
    fn callbacks_are_refused_unless_something_else_is_said() {
        assert!(!Verifier::default().accepts(Some("x")) && !Verifier::default().accepts(None));
        let token = Verifier::token("canary");
        assert!(token.accepts(Some("canary")) && !token.accepts(Some("other")) && !token.accepts(None));
        assert!(Verifier::dangerous_accept_unauthenticated().accepts(None));
        assert!(Verifier::ask(|token| token.len() == 3).accepts(Some("abc")));
        assert!(!format!("{token:?}").contains("canary"));
    }
}
