use crate::{BoxFuture, Error};
use bytes::Bytes;
use std::{
    fmt,
    time::{Duration, Instant},
};

/// One request on its way to the peer.
#[derive(Clone)]
#[non_exhaustive]
pub struct Call<'a> {
    /// Name or number of the interface, as the document has it.
    pub endpoint: &'a str,
    /// What errors and logs call the interface.
    pub label: &'a str,
    /// The address behind the peer's base address, as the peer has it; empty for the base address
    /// itself.
    pub path: &'a str,
    /// The request as it travels. It may hold a password or token.
    pub body: Bytes,
    /// What `body` is.
    pub content: Content,
    /// Headers that belong to this one call. They may hold a token.
    pub headers: &'a [(&'a str, &'a str)],
    /// When the caller stops waiting.
    pub deadline: Instant,
}

/// What the body of a [`Call`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Content {
    /// It is posted, with this Content-Type.
    Post(&'static str),
    /// It is the query of a GET.
    Query,
}

impl<'a> Call<'a> {
    /// A call of the interface `endpoint`, posted as JSON to `path`.
    pub fn new(
        endpoint: &'a str,
        path: &'a str,
        body: impl Into<Bytes>,
        deadline: Instant,
    ) -> Self {
        Self {
            endpoint,
            label: endpoint,
            path,
            body: body.into(),
            content: Content::Post("application/json;charset=utf-8"),
            headers: &[],
            deadline,
        }
    }
}

impl fmt::Debug for Call<'_> {
    /// Without body and headers: a login's hold the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({}, {} bytes)", self.label, self.body.len())
    }
}

/// What came back, and which token it was asked with.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// HTTP status; 200 where the transport has none.
    pub status: u16,
    /// `Retry-After`, if the peer gave it in seconds.
    pub retry_after: Option<Duration>,
    /// The reply as it travelled.
    pub body: Bytes,
    /// The number of the token that was used, if the transport has one: small numbers, counted from
    /// 0 or 1.
    pub grant: Option<u64>,
}

impl Answer {
    /// A reply that needed no token.
    pub fn new(body: impl Into<Bytes>) -> Self {
        Self {
            status: 200,
            retry_after: None,
            body: body.into(),
            grant: None,
        }
    }
}

impl fmt::Debug for Answer {
    /// Without the reply: a login's holds the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

/// A transport to the peer: HTTPS, a live TCP connection, a fallback list, or a test double.
///
/// Whoever wraps another transport hands on `name` and `renew` too.
pub trait Transport: Send + Sync + 'static {
    /// The code with which the peer refuses.
    type Code;

    /// Carries a sealed request to the peer and its reply back.
    ///
    /// # Errors
    /// The network, the deadline, a failed login. An HTTP status is no error here.
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error<Self::Code>>>;

    /// Its name in logs: `https`, `tcp`.
    fn name(&self) -> &'static str {
        "other"
    }

    /// The peer refused the token number `grant`: gets another one. `false` if this transport has
    /// no tokens to get.
    ///
    /// # Errors
    /// As every call.
    fn renew<'a>(
        &'a self,
        grant: u64,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<bool, Error<Self::Code>>> {
        let _ = (grant, deadline);
        Box::pin(async { Ok(false) })
    }
}

impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    type Code = T::Code;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error<Self::Code>>> {
        (**self).exchange(call)
    }

    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn renew<'a>(
        &'a self,
        grant: u64,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<bool, Error<Self::Code>>> {
        (**self).renew(grant, deadline)
    }
}
