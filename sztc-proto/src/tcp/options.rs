use crate::{RetryPolicy, ServerOptions, session::SessionConfig};
use std::time::Duration;

/// Times and limits of a connection, on either side.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TcpOptions {
    /// How the other side's requests are answered.
    pub server: ServerOptions,
    /// Times and limits of the session itself: login, heartbeat, longest frame.
    pub session: SessionConfig,
    /// Most requests of the other side that are with the service at once; those above are refused
    /// at once. Default 64.
    pub max_calls: usize,
    /// How long the service may take for one request before it is refused and the service's future
    /// dropped. Default 60 s.
    pub answer_within: Duration,
    /// Most own calls that wait to be sent. Default 256; at least 1.
    pub queue: usize,
    /// The waits between attempts to connect; the number of attempts is not limited. Default 500 ms
    /// at first, at most 30 s.
    pub reconnect: RetryPolicy,
    /// How long a connection must have been up for the waits to start again from the first: a
    /// platform that accepts and hangs up is not stormed. Default 30 s.
    pub stable_after: Duration,
}

impl Default for TcpOptions {
    fn default() -> Self {
        let mut reconnect = RetryPolicy::default();
        reconnect.longest = Duration::from_secs(30);
        Self {
            server: ServerOptions::default(),
            session: SessionConfig::default(),
            max_calls: 64,
            answer_within: Duration::from_secs(60),
            queue: 256,
            reconnect,
            stable_after: Duration::from_secs(30),
        }
    }
}
