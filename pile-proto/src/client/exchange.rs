use crate::Error;
use park_core::BoxFuture;
use std::{
    fmt,
    time::{Duration, Instant},
};

/// One request on its way.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Request<'a> {
    /// The path behind the base address; empty for the base address itself.
    pub path: &'a str,
    /// The parameters. With a token among them they are a secret.
    pub content: Content<'a>,
    /// Header and value that carry the token, if it is not a parameter.
    pub token: Option<(&'a str, &'a str)>,
    /// When the caller stops waiting.
    pub deadline: Instant,
}

/// How parameters travel.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// GET, with this query.
    Query(&'a str),
    /// POST, with this form.
    Form(&'a str),
    /// POST, with this JSON.
    Json(&'a str),
}

/// What came back.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After`, if the peer gave it in seconds.
    pub retry_after: Option<Duration>,
    /// The body.
    pub text: String,
}

impl Answer {
    /// A body with status 200.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            status: 200,
            retry_after: None,
            text: text.into(),
        }
    }
}

/// A way to a peer: HTTPS, or a double in a test.
pub trait Transport: Send + Sync + 'static {
    /// Carries a request to the peer and the answer back.
    ///
    /// # Errors
    /// The line, the deadline. A status is no error here.
    fn exchange<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Answer, Error>>;
}

impl<E: Transport + ?Sized> Transport for std::sync::Arc<E> {
    fn exchange<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        (**self).exchange(request)
    }
}

impl fmt::Debug for Request<'_> {
    /// Without the parameters, which may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({})", self.path)
    }
}

impl fmt::Debug for Content<'_> {
    /// Without the parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = match self {
            Self::Query(text) => ("Query", text),
            Self::Form(text) => ("Form", text),
            Self::Json(text) => ("Json", text),
        };
        write!(f, "{kind}({} bytes)", text.len())
    }
}

impl fmt::Debug for Answer {
    /// Without the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.text.len())
    }
}
