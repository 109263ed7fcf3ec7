use park_core::{Deviations, Observed, Observer};
use std::{net::SocketAddr, sync::Arc};

/// Who is calling, and what their message departed in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ctx {
    /// The other side, as the router was told to call it: messages name nobody.
    pub peer: Arc<str>,
    /// Where the connection comes from, if known.
    pub address: Option<SocketAddr>,
    /// What was tolerated in this message.
    pub deviations: Deviations,
    pub(super) observer: Option<Observer>,
}

impl Ctx {
    /// A call of `peer`.
    pub fn new(peer: impl Into<Arc<str>>) -> Self {
        Self {
            peer: peer.into(),
            address: None,
            deviations: Deviations::default(),
            observer: None,
        }
    }

    /// Tells the observer what the message departed in.
    pub(super) fn tell(&self, endpoint: &str) {
        if let Some(observer) = &self.observer
            && !self.deviations.is_empty()
        {
            observer.tell(Observed::new(&self.peer, endpoint, &self.deviations));
        }
    }
}
