use crate::Dialect;
use park_core::{Clock, Observer, SystemClock};
use std::{collections::HashMap, sync::Arc};

/// How a router answers. The default reads tolerantly.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// How messages are read and replies are written, unless the peer has a dialect of its own.
    pub dialect: Arc<Dialect>,
    /// Dialects of single peers, by the header `user`.
    pub dialects: HashMap<String, Arc<Dialect>>,
    /// Is told about every tolerated deviation.
    pub observer: Option<Observer>,
    /// Where the time comes from: the date with which requests have to be sealed.
    pub clock: Arc<dyn Clock>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            dialect: Arc::default(),
            dialects: HashMap::new(),
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
