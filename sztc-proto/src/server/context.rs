use park_core::{Deviations, Observed, Observer};
use std::{net::SocketAddr, sync::Arc};

/// The way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportKind {
    /// HTTPS, one request a call.
    Https,
    /// The framed TCP/TLS session.
    Tcp,
}

impl TransportKind {
    /// Its name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Tcp => "tcp",
        }
    }
}

/// Who is calling, how, and what their message departed in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ctx {
    /// The user id the peer logged in with; empty where the peer is not known by one.
    pub peer: Arc<str>,
    /// The way the message came.
    pub transport: TransportKind,
    /// Packet number, over TCP.
    pub packet: Option<u32>,
    /// Where the connection comes from, if known.
    pub address: Option<SocketAddr>,
    /// What was tolerated in this message.
    pub deviations: Deviations,
    /// Who is told about them once the whole message has been read.
    pub(crate) observer: Option<Observer>,
}

impl Ctx {
    /// A call of `peer` over `transport`.
    pub fn new(peer: impl Into<Arc<str>>, transport: TransportKind) -> Self {
        Self {
            peer: peer.into(),
            transport,
            packet: None,
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
