use crate::Dialect;
use park_core::{Deviations, Observed, Observer, Timestamp};
use std::{net::SocketAddr, sync::Arc};

/// Who is calling, and what their message departed in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ctx {
    /// The operator id (运营商标识) whose signature and token the message has.
    pub peer: Arc<str>,
    /// When the peer says to have made the message.
    pub moment: Timestamp,
    /// Seq as it came (自增序列).
    pub seq: String,
    /// How this peer's messages are read and written.
    pub dialect: Arc<Dialect>,
    /// Where the connection comes from, if known.
    pub address: Option<SocketAddr>,
    /// What was tolerated in this message.
    pub deviations: Deviations,
    /// Who is told about them once the whole message has been read.
    pub(crate) observer: Option<Observer>,
}

impl Ctx {
    /// A call of `peer`, made at `moment`.
    pub fn new(peer: impl Into<Arc<str>>, moment: Timestamp) -> Self {
        Self {
            peer: peer.into(),
            moment,
            seq: String::new(),
            dialect: Arc::default(),
            address: None,
            deviations: Deviations::default(),
            observer: None,
        }
    }

    /// Tells the observer what the message departed in.
    pub(crate) fn tell(&self, endpoint: &str) {
        if let Some(observer) = &self.observer
            && !self.deviations.is_empty()
        {
            observer.tell(Observed::new(&self.peer, endpoint, &self.deviations));
        }
    }
}
