use crate::Error;
use park_core::BoxFuture;
use std::{fmt, time::Instant};

/// One request on its way.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Call<'a> {
    /// What the peer calls the interface: the last part of the address.
    pub interface: &'a str,
    /// The request, sealed if the client seals.
    pub body: &'a str,
    /// What the body is: JSON or a form.
    pub content_type: &'static str,
    /// When the caller stops waiting.
    pub deadline: Instant,
}

impl fmt::Debug for Call<'_> {
    /// Without the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({}, {} bytes)", self.interface, self.body.len())
    }
}

/// A way to a peer: HTTP, or a double in a test.
pub trait Transport: Send + Sync + 'static {
    /// Carries a request to the peer and its answer back.
    ///
    /// # Errors
    /// The line, the deadline.
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<String, Error>>;
}

impl<E: Transport + ?Sized> Transport for std::sync::Arc<E> {
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<String, Error>> {
        (**self).exchange(call)
    }
}
