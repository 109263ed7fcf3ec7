use crate::Error;
use park_core::BoxFuture;
use std::{fmt, time::Instant};

/// One sealed request on its way.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Call<'a> {
    /// Number of the interface.
    pub code: u16,
    /// Code and method, for errors and logs.
    pub name: &'static str,
    /// The sealed request.
    pub body: &'a str,
    /// When the caller stops waiting.
    pub deadline: Instant,
}

impl<'a> Call<'a> {
    /// A call of the interface `code`.
    pub fn new(code: u16, name: &'static str, body: &'a str, deadline: Instant) -> Self {
        Self { code, name, body, deadline }
    }
}

/// The text of a reply, and which token it was asked with.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The reply's envelope.
    pub text: String,
    /// The number of the token that was used, if the way has one: small numbers, counted from 0 or 1.
    pub grant: Option<u64>,
}

impl Answer {
    /// A reply that needed no token.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            grant: None,
        }
    }
}

impl fmt::Debug for Call<'_> {
    /// Without the request: a login's holds the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({}, {} bytes)", self.name, self.body.len())
    }
}

impl fmt::Debug for Answer {
    /// Without the reply: a login's holds the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({} bytes)", self.text.len())
    }
}

/// A way to a peer: HTTPS, a live TCP session, several of them, or a double in a test.
pub trait Transport: Send + Sync + 'static {
    /// Carries a sealed request to the peer and its reply back.
    ///
    /// # Errors
    /// The line, the deadline. An error that means a refused token (HTTP 401) carries [`BusinessCode::WRONG_TOKEN`](crate::BusinessCode::WRONG_TOKEN)
    /// and the token's number ([`Error::with_grant`]), so that it is renewed as after a reply that says so.
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>>;

    /// Its name in logs: `https`, `tcp`.
    fn transport(&self) -> &'static str {
        "other"
    }

    /// The peer refused the token number `grant` (3002): gets another one. `false` if this way has no tokens to get.
    fn renew<'a>(&'a self, grant: u64, deadline: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        let _ = (grant, deadline);
        Box::pin(async { Ok(false) })
    }
}
