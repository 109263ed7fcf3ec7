use crate::Dialect;
use park_core::{Clock, Observer, SystemClock, TimeWindow};
use std::{fmt, sync::Arc, time::Duration};

/// How a router answers. The default reads tolerantly and writes what the document prints.
#[derive(Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// How messages are read and answers are written.
    pub dialect: Arc<Dialect>,
    /// Is told about every tolerated deviation.
    pub observer: Option<Observer>,
    /// How far the TimeStamp of a sealed request may lie from this clock. Default five minutes both ways.
    pub skew: TimeWindow,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// What remembers sealed requests, so that none is played again. Default this process's memory.
    #[cfg(feature = "sealed")]
    pub replays: Arc<dyn evcs_proto::Replays>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            dialect: Arc::default(),
            observer: None,
            skew: TimeWindow::both(Duration::from_secs(300)),
            clock: Arc::new(SystemClock),
            #[cfg(feature = "sealed")]
            replays: Arc::new(evcs_proto::MemoryReplays::default()),
        }
    }
}

impl fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerOptions")
            .field("dialect", &self.dialect)
            .field("observer", &self.observer)
            .field("skew", &self.skew)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
