use crate::tls::ServerTls;
use std::time::Duration;

/// The limits of `serve`; take [`ServeOptions::default`] and change what differs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServeOptions {
    /// Serve https with this certificate; `None` (the default) is plain http.
    pub tls: Option<ServerTls>,
    /// Time for the TLS handshake of a new connection: 10 s.
    pub handshake_timeout: Duration,
    /// Time for a request head, from its first byte (for the first head: from the start of the
    /// connection) to its end: 5 s.
    pub header_timeout: Duration,
    /// Time from a request's head to the head of its response, reading the body included: 60 s.
    /// Afterwards the peer gets 408 and the handler is dropped at its next `await`; work that must
    /// be finished belongs into a task of its own.
    pub request_timeout: Duration,
    /// Time an open connection may wait for its next request: 60 s. A client's pool should let go
    /// earlier than that.
    pub idle_timeout: Duration,
    /// Time a peer may leave written bytes of a response unread: 30 s.
    pub write_timeout: Duration,
    /// Number of connections served at the same time, at least 1: 10,000. Further ones wait in the
    /// system's queue.
    pub max_connections: usize,
    /// Time that running requests get to finish after the shutdown was asked for: 10 s. Then they
    /// are dropped.
    pub grace: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            tls: None,
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            max_connections: 10_000,
            grace: Duration::from_secs(10),
        }
    }
}

impl ServeOptions {
    /// The defaults, with TLS.
    pub fn with_tls(tls: ServerTls) -> Self {
        Self {
            tls: Some(tls),
            ..Self::default()
        }
    }
}
