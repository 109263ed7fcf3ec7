use crate::Error;
use park_core::BoxFuture;
use std::{fmt, time::Instant};

/// One sealed request on its way.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Call<'a> {
    /// What the peer calls the interface: the last part of the address.
    pub interface: &'a str,
    /// The sealed request.
    pub body: &'a str,
    /// When the caller stops waiting.
    pub deadline: Instant,
}

impl<'a> Call<'a> {
    /// A call of `interface`.
    pub fn new(interface: &'a str, body: &'a str, deadline: Instant) -> Self {
        Self { interface, body, deadline }
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
    /// Without the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({}, {} bytes)", self.interface, self.body.len())
    }
}

impl fmt::Debug for Answer {
    /// Without the reply.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({} bytes)", self.text.len())
    }
}

/// A way to a peer: HTTPS, or a double in a test.
pub trait Transport: Send + Sync + 'static {
    /// Carries a sealed request to the peer and its reply back.
    ///
    /// # Errors
    /// The line, the deadline. An error that means a refused token (HTTP 401) carries [`Ret::WRONG_TOKEN`](crate::Ret::WRONG_TOKEN) and the token's
    /// number ([`Error::with_grant`]), so that it is renewed as after a reply that says so.
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>>;

    /// The peer refused the token number `grant` (4002): gets another one. `false` if this way has no tokens to get.
    fn renew<'a>(&'a self, grant: u64, deadline: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        let _ = (grant, deadline);
        Box::pin(async { Ok(false) })
    }
}
