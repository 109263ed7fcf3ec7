use crate::Dialect;
use park_core::{Date, Deviations, Observed, Observer};
use std::{net::SocketAddr, sync::Arc};

/// Who is calling, and what their message departed in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ctx {
    /// The header `user` (用户名), whose password was right.
    pub peer: Arc<str>,
    /// The date with which the message was sealed.
    pub date: Date,
    /// How this peer's messages are read and written.
    pub dialect: Arc<Dialect>,
    /// Where the connection comes from, if known.
    pub address: Option<SocketAddr>,
    /// What was tolerated in this message.
    pub deviations: Deviations,
    /// Who is told about them once the whole message has been read.
    pub(crate) observer: Option<Observer>,
    /// How many of them have been told.
    pub(crate) told: usize,
}

impl Ctx {
    /// A call of `peer`, sealed on `date`.
    pub fn new(peer: impl Into<Arc<str>>, date: Date) -> Self {
        Self {
            peer: peer.into(),
            date,
            dialect: Arc::default(),
            address: None,
            deviations: Deviations::default(),
            observer: None,
            told: 0,
        }
    }

    /// Tells the observer what the message departed in, except what it has been told.
    pub(crate) fn tell(&mut self, endpoint: &str) {
        let mut new = Deviations::default();
        for found in self.deviations.list().iter().skip(self.told) {
            new.note(found.kind, || found.path.clone());
        }
        self.told = self.deviations.list().len();
        if let Some(observer) = &self.observer
            && !new.is_empty()
        {
            observer.tell(Observed::new(&self.peer, endpoint, &new));
        }
    }
}
