use crate::{Dialect, Scheme};
use park_core::{Clock, Observer, SystemClock, TimeWindow};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How a router, listener or link answers. The default reads tolerantly, accepts a signature by any reading of the document, and notes clocks that
/// differ by more than five minutes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// How messages are read and replies are written, unless the peer has a dialect of its own.
    pub dialect: Arc<Dialect>,
    /// Dialects of single peers, by user id. A login (1001, 1004) is read by that of the user id it names.
    pub dialects: HashMap<String, Arc<Dialect>>,
    /// Signatures that are accepted beside the one that the peer's dialect writes; see [`Scheme::ALL`]. Under strict rules only that one is.
    pub accept: Vec<Scheme>,
    /// How far a request's timestamp may lie from this clock before it is noted as [`DeviationKind::CLOCK_SKEW`](park_core::DeviationKind::CLOCK_SKEW), or refused under strict
    /// rules. The signature does not cover the timestamp, so refusing would keep nobody out; it only loses reports of booths with a wrong clock.
    pub skew: TimeWindow,
    /// Is told about every tolerated deviation.
    pub observer: Option<Observer>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            dialect: Arc::default(),
            dialects: HashMap::new(),
            accept: Scheme::ALL.to_vec(),
            skew: TimeWindow::both(Duration::from_secs(300)),
            observer: None,
            clock: Arc::new(SystemClock),
        }
    }
}

impl ServerOptions {
    /// The dialect of `peer`.
    pub(crate) fn dialect_of(&self, peer: &str) -> &Arc<Dialect> {
        self.dialects.get(peer).unwrap_or(&self.dialect)
    }
}
