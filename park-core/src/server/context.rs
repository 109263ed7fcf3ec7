use crate::{Deviations, Observed, Observer, Protocol};
use std::{
    net::SocketAddr,
    ops::{Deref, DerefMut},
    sync::Arc,
};

/// Who is calling, and what their message departed in. What the protocol knows beside that are
/// further fields.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ctx<P: Protocol> {
    /// The user or operator id of the caller.
    pub peer: Arc<str>,
    /// Where the connection comes from, if known.
    pub address: Option<SocketAddr>,
    /// How this peer's messages are read and written.
    pub dialect: Arc<P::Dialect>,
    /// What was tolerated in this message.
    pub deviations: Deviations,
    /// What the protocol knows beside that.
    #[doc(hidden)]
    pub facts: P::Facts,
    observer: Option<Observer>,
    reported: usize,
}

impl<P: Protocol> Ctx<P> {
    /// A call of `peer`.
    pub fn new(peer: impl Into<Arc<str>>, facts: impl Into<P::Facts>) -> Self {
        Self {
            peer: peer.into(),
            address: None,
            dialect: Arc::default(),
            deviations: Deviations::default(),
            facts: facts.into(),
            observer: None,
            reported: 0,
        }
    }

    /// From now on `observer` is told.
    #[doc(hidden)]
    pub fn observed_by(&mut self, observer: &Option<Observer>) {
        self.observer.clone_from(observer);
    }

    /// Tells the observer what the message departed in, except what it has been told already.
    #[doc(hidden)]
    pub fn report(&mut self, label: &str) {
        let Some(observer) = &self.observer else {
            return;
        };
        let new = self.deviations.since(self.reported);
        self.reported = self.deviations.list().len();
        if !new.is_empty() {
            observer.tell(Observed::new(&self.peer, label, &new));
        }
    }
}

impl<P: Protocol> Deref for Ctx<P> {
    type Target = P::Facts;

    fn deref(&self) -> &P::Facts {
        &self.facts
    }
}

impl<P: Protocol> DerefMut for Ctx<P> {
    fn deref_mut(&mut self) -> &mut P::Facts {
        &mut self.facts
    }
}
