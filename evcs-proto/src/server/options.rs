use crate::{Dialect, MemoryReplays, Replays};
use park_core::{Clock, Observer, SystemClock, TimeWindow};
use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

/// How a router answers. The default reads tolerantly, refuses clocks that differ by more than five minutes, and refuses a request that comes again.
#[derive(Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// How messages are read and replies are written, unless the operator has a dialect of its own.
    pub dialect: Arc<Dialect>,
    /// Dialects of single operators, by operator id.
    pub dialects: HashMap<String, Arc<Dialect>>,
    /// How far a request's TimeStamp may lie from this clock. The signature covers it, so one outside is refused (4003). Default five minutes both ways.
    pub skew: TimeWindow,
    /// What remembers requests, so that none is played again. Default this process's memory.
    pub replays: Arc<dyn Replays>,
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
            skew: TimeWindow::both(Duration::from_secs(300)),
            replays: Arc::new(MemoryReplays::default()),
            observer: None,
            clock: Arc::new(SystemClock),
        }
    }
}

impl ServerOptions {
    /// The dialect of `operator`.
    pub(crate) fn dialect_of(&self, operator: &str) -> &Arc<Dialect> {
        self.dialects.get(operator).unwrap_or(&self.dialect)
    }
}

impl fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerOptions")
            .field("dialect", &self.dialect)
            .field("dialects", &self.dialects)
            .field("skew", &self.skew)
            .field("observer", &self.observer)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
