use crate::{Clock, Observer, Protocol, SystemClock};
use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
    sync::Arc,
};

/// How a server answers. The default reads tolerantly. What the protocol knows beside that are
/// further fields.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions<P: Protocol> {
    /// How messages are read and replies are written, unless the peer has a dialect of its own.
    pub dialect: Arc<P::Dialect>,
    /// Dialects of single peers, by the id that [`Ctx::peer`](super::Ctx::peer) has.
    pub dialects: HashMap<String, Arc<P::Dialect>>,
    /// Told of every tolerated deviation.
    pub observer: Option<Observer>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// What the protocol knows beside that.
    #[doc(hidden)]
    pub extras: P::ServerExtras,
}

impl<P: Protocol> Default for ServerOptions<P> {
    fn default() -> Self {
        Self {
            dialect: Arc::default(),
            dialects: HashMap::new(),
            observer: None,
            clock: Arc::new(SystemClock),
            extras: P::ServerExtras::default(),
        }
    }
}

impl<P: Protocol> ServerOptions<P> {
    /// The dialect of `peer`.
    #[doc(hidden)]
    pub fn dialect_of(&self, peer: &str) -> &Arc<P::Dialect> {
        self.dialects.get(peer).unwrap_or(&self.dialect)
    }
}

impl<P: Protocol> Deref for ServerOptions<P> {
    type Target = P::ServerExtras;

    fn deref(&self) -> &P::ServerExtras {
        &self.extras
    }
}

impl<P: Protocol> DerefMut for ServerOptions<P> {
    fn deref_mut(&mut self) -> &mut P::ServerExtras {
        &mut self.extras
    }
}
