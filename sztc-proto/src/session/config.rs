use crate::frame::Version;
use std::time::Duration;

/// Longest body in bytes: at most 10 MB at once (6.1.1 i), and the envelope around it.
pub(crate) const LONGEST_BODY: usize = 10 * 1024 * 1024 + 64 * 1024;

/// The same before it is known who sends: a login is short.
pub(crate) const LONGEST_LOGIN: usize = 64 * 1024;

/// Times and limits of a [`Session`](super::Session). The defaults are those of section 6.1.3 where
/// it has any.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionConfig {
    /// Version written into each frame. Default 1.0.
    pub version: Version,
    /// Time from connecting to a finished login. Default 10 s.
    pub login_wait: Duration,
    /// Client: time from one heartbeat to the next. Default 3 s; kept within 0.1 s and 3 s, because
    /// the server closes after 9 s without one.
    pub heartbeat_every: Duration,
    /// Client: how long each sending of a heartbeat waits for its reply. Default 3 s.
    pub heartbeat_wait: Duration,
    /// Client: how often an unanswered heartbeat is sent again before the session closes. Default
    /// 2.
    pub heartbeat_resends: u32,
    /// Server: longest time without a heartbeat request. Default 9 s.
    pub silence: Duration,
    /// Server: whether any frame counts as a sign of life, not only a heartbeat request. Default
    /// `false`.
    pub any_traffic_counts: bool,
    /// Server: longest data, in bytes, of a frame before the login. Default 64 KiB.
    pub limit_unauthenticated: usize,
    /// Longest data of a frame in bytes, in both directions. Default 10 MiB and 64 KiB for what is
    /// around the 10 MB.
    pub limit: usize,
    /// How long a parting session waits for the last reply, the peer's or the driver's. Default 3
    /// s.
    pub close_wait: Duration,
    /// How long after its deadline the packet number of a call stays reserved for a late reply.
    /// Default 30 s.
    pub grace: Duration,
    /// Most packet numbers in use, those reserved for late replies included. Default 1024.
    pub max_in_flight: usize,
    /// Most bytes waiting to be taken by [`Session::poll_transmit`](super::Session::poll_transmit).
    /// Default 64 MiB. One body is taken whatever its length if nothing waits, and one logout
    /// always.
    pub max_outgoing: usize,
    /// Most wrong items (garbage, wrong CRC, on the server any frame before the login) per minute.
    /// Default 100; at least 1, because the first login is one.
    pub max_wrong: u32,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            version: Version::V1_0,
            login_wait: Duration::from_secs(10),
            heartbeat_every: Duration::from_secs(3),
            heartbeat_wait: Duration::from_secs(3),
            heartbeat_resends: 2,
            silence: Duration::from_secs(9),
            any_traffic_counts: false,
            limit_unauthenticated: LONGEST_LOGIN,
            limit: LONGEST_BODY,
            close_wait: Duration::from_secs(3),
            grace: Duration::from_secs(30),
            max_in_flight: 1024,
            max_outgoing: 64 * 1024 * 1024,
            max_wrong: 100,
        }
    }
}
