//! A line between two roles: it takes whole messages from one side, does to them what faults it is
//! told to do, passes them on to the other, and tells of each exchange. It ends the TLS of both
//! sides, so what it tells is what the sides said.
mod fault;
mod frames;
mod http;
#[cfg(test)]
mod tests;

use crate::traffic::Traffic;
use anyhow::{Context, Result};
use examples::{explain::Opener, registry::Protocol};
use fault::Losses;
pub(crate) use fault::{Faults, Loss, Rates};
use std::{io, sync::Arc, time::Duration};
use sztc_proto::{
    ClientTls, ServerTls,
    tcp::{Connector, Io},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::AbortHandle,
    time::timeout,
};

/// How long the TLS handshake of a connection may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Longest message that is carried, in bytes: more than any of the protocols allows.
pub(crate) const LONGEST: usize = 16 * 1024 * 1024;

/// Between whom a line is, and what they speak.
#[derive(Clone)]
pub(crate) struct Link {
    /// Its name, for faults and filters.
    pub name: &'static str,
    /// Who calls.
    pub from: &'static str,
    /// Who is called.
    pub to: &'static str,
    /// In which protocol.
    pub protocol: Protocol,
    /// Whether it carries what 6.10 of DB4403/T 313 numbers, in the envelope of T/CEC 102.
    pub numbered: bool,
    /// Opens what is sealed in it.
    pub opener: Opener,
}

impl Link {
    /// A link on which nothing is sealed.
    pub(crate) fn new(
        name: &'static str,
        from: &'static str,
        to: &'static str,
        protocol: Protocol,
    ) -> Self {
        Self {
            name,
            from,
            to,
            protocol,
            numbered: false,
            opener: Opener::default(),
        }
    }

    /// What is sealed on it is opened by `opener`.
    pub(crate) fn opener(self, opener: Opener) -> Self {
        Self { opener, ..self }
    }

    /// It carries what 6.10 of DB4403/T 313 numbers.
    pub(crate) fn numbered(self) -> Self {
        Self {
            numbered: true,
            ..self
        }
    }
}

/// How messages travel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// HTTP/1.1, one exchange after the other.
    Http,
    /// The frames of DB4403/T 313, both sides at any time.
    Frames,
}

/// The certificate of the server, and whom its clients trust.
#[derive(Clone)]
pub(crate) struct Tls {
    /// What the line shows to clients; the server behind it shows the same.
    pub server: ServerTls,
    /// How the line knows the server.
    pub client: ClientTls,
}

/// How long a reply may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A line in front of a server.
#[derive(Clone)]
pub(crate) struct Line {
    /// Where it listens.
    pub port: u16,
    losses: Arc<Losses>,
    accepting: AbortHandle,
}

/// What one connection of a line needs.
struct Carrier {
    link: Link,
    way: Way,
    secure: bool,
    faults: Faults,
    losses: Arc<Losses>,
    traffic: Traffic,
}

impl Line {
    /// Takes what comes to `listener`, where it is `tls` if that is given, on to `server`.
    ///
    /// # Errors
    /// The listener has no address.
    pub(crate) fn open(
        listener: TcpListener,
        tls: Option<ServerTls>,
        server: Box<dyn Connector>,
        link: Link,
        way: Way,
        faults: Faults,
        traffic: Traffic,
    ) -> Result<Self> {
        let own = listener
            .local_addr()
            .context("a line has no address")?
            .port();
        let losses = Arc::new(Losses::default());
        let carrier = Arc::new(Carrier {
            link,
            way,
            secure: tls.is_some(),
            faults,
            losses: losses.clone(),
            traffic,
        });
        let server: Arc<dyn Connector> = server.into();
        let accepting = tokio::spawn(async move {
            loop {
                // A peer that is gone before it is accepted is no loss; lack of descriptors passes.
                let Ok((client, _)) = listener.accept().await else {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                };
                let (carrier, server, tls) = (carrier.clone(), server.clone(), tls.clone());
                tokio::spawn(async move {
                    if let Err(problem) = carry(&carrier, client, &*server, tls, way).await {
                        carrier.tell(&problem);
                    }
                });
            }
        });
        Ok(Self {
            port: own,
            losses,
            accepting: accepting.abort_handle(),
        })
    }

    /// The next request or reply gets lost, and its connection with it.
    pub(crate) fn lose(&self, loss: Loss) {
        self.losses.lose(loss);
    }

    /// Nobody is let in any more; what is connected stays so.
    pub(crate) fn close(&self) {
        self.accepting.abort();
    }
}

impl Carrier {
    fn transport(&self) -> &'static str {
        match (self.way, self.secure) {
            (Way::Frames, _) => "tcp",
            (Way::Http, true) => "https",
            (Way::Http, false) => "http",
        }
    }

    /// A connection ended otherwise than by one of its sides leaving: who tries to connect has to
    /// see why it does not work.
    fn tell(&self, problem: &io::Error) {
        use io::ErrorKind::{
            BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, TimedOut, UnexpectedEof,
        };
        if !matches!(
            problem.kind(),
            BrokenPipe
                | ConnectionAborted
                | ConnectionReset
                | NotConnected
                | TimedOut
                | UnexpectedEof
        ) {
            self.traffic
                .failed(&self.link, self.transport(), problem.to_string());
        }
    }
}

async fn carry(
    carrier: &Carrier,
    client: TcpStream,
    server: &dyn Connector,
    tls: Option<ServerTls>,
    way: Way,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let client: Box<dyn Io> = match tls {
        Some(tls) => {
            let accepted = timeout(HANDSHAKE, tls.accept(client)).await?;
            Box::new(
                accepted
                    .map_err(|cause| io::Error::new(cause.kind(), format!("no TLS: {cause}")))?,
            )
        }
        None => Box::new(client),
    };
    match way {
        Way::Http => http::carry(carrier, client, server).await,
        Way::Frames => frames::carry(carrier, client, server.connect().await?).await,
    }
}
