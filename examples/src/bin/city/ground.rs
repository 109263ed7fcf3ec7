//! Where the sites stand: opens servers, each with a line before it that tells what crosses.
use crate::{
    clock::DayClock,
    line::{Faults, Line, Link, Rates, Tls, Way},
    store::Store,
    traffic::Traffic,
};
use anyhow::{Context, Result};
use std::{
    io::ErrorKind,
    sync::atomic::{AtomicU16, Ordering},
};
use sztc_proto::{
    ClientTls, HttpOptions, ServeOptions, ServerTls,
    axum::Router,
    serve,
    tcp::{Connector, PlainConnector, TlsConnector},
};
use tokio::net::TcpListener;

/// What all sites are built on.
pub(crate) struct Ground {
    /// The state of all roles.
    pub store: Store,
    /// By which they decide.
    pub clock: DayClock,
    /// What crosses the lines.
    pub traffic: Traffic,
    /// Certificate of all servers, and whom clients trust.
    pub tls: Tls,
    rates: Vec<Rates>,
    seed: u64,
    /// The next port; 0 takes any that is free.
    next: AtomicU16,
}

/// A server with its line.
pub(crate) struct Road {
    /// The base address for clients.
    pub url: String,
    /// What is before the server.
    pub line: Line,
    /// The server itself.
    inside: Inside,
}

/// Where a server listens behind its lines, and what it speaks.
#[derive(Clone, Copy)]
struct Inside {
    port: u16,
    way: Way,
    secure: bool,
}

impl Ground {
    /// Servers are on the ports from `first` on, one after the other, or anywhere if it is 0.
    pub(crate) fn new(
        store: Store,
        traffic: Traffic,
        tls: Tls,
        rates: Vec<Rates>,
        seed: u64,
        first: u16,
    ) -> Self {
        Self {
            store,
            clock: DayClock::default(),
            traffic,
            tls,
            rates,
            seed,
            next: AtomicU16::new(first),
        }
    }

    /// The options of clients that trust the sandbox.
    pub(crate) fn http(&self) -> HttpOptions {
        let mut http = HttpOptions::default();
        http.tls = self.client_tls();
        http
    }

    /// Whom clients trust.
    pub(crate) fn client_tls(&self) -> ClientTls {
        self.tls.client.clone()
    }

    /// Whom servers show themselves as.
    pub(crate) fn server_tls(&self) -> ServerTls {
        self.tls.server.clone()
    }

    /// Serves `router` over TLS.
    ///
    /// # Errors
    /// The port is busy.
    pub(crate) async fn https(&self, link: Link, router: Router) -> Result<Road> {
        let options = ServeOptions::with_tls(self.server_tls());
        let start = |socket| {
            drop(tokio::spawn(serve(
                socket,
                router,
                options,
                std::future::pending(),
            )))
        };
        self.open(link, Way::Http, true, start).await
    }

    /// The same over plain http, for the documents that have nothing else.
    ///
    /// # Errors
    /// The port is busy.
    pub(crate) async fn plain(&self, link: Link, router: Router) -> Result<Road> {
        let start = |socket| {
            drop(tokio::spawn(serve(
                socket,
                router,
                ServeOptions::default(),
                std::future::pending(),
            )))
        };
        self.open(link, Way::Http, false, start).await
    }

    /// A server of frames, which `start` starts.
    ///
    /// # Errors
    /// The port is busy.
    pub(crate) async fn frames(&self, link: Link, start: impl FnOnce(TcpListener)) -> Result<Road> {
        self.open(link, Way::Frames, true, start).await
    }

    /// Another line to the server of `road`: whoever else calls it has a port and a name of their
    /// own.
    ///
    /// # Errors
    /// The port is busy.
    pub(crate) async fn beside(&self, road: &Road, link: Link) -> Result<Road> {
        self.line(link, self.here(road.inside), road.inside).await
    }

    /// A listener on the next port, for what has no line.
    ///
    /// # Errors
    /// The port is busy.
    pub(crate) async fn listen(&self, what: &str) -> Result<TcpListener> {
        let step = |port: u16| Some(if port == 0 { 0 } else { port.saturating_add(1) });
        let port = self
            .next
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, step)
            .unwrap_or_default();
        match TcpListener::bind(("127.0.0.1", port)).await {
            Err(cause) if cause.kind() == ErrorKind::AddrInUse => {
                anyhow::bail!(
                    "port {port}, where {what} listens, is in use: choose others with --port, or 0 \
                        for any that are free"
                )
            }
            listener => listener.with_context(|| format!("{what} cannot listen on port {port}")),
        }
    }

    async fn open(
        &self,
        link: Link,
        way: Way,
        secure: bool,
        start: impl FnOnce(TcpListener),
    ) -> Result<Road> {
        // The server itself stands behind the line, where nobody has to find it.
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let port = socket.local_addr()?.port();
        start(socket);
        let inside = Inside { port, way, secure };
        self.line(link, self.here(inside), inside).await
    }

    /// A server behind a line.
    fn here(&self, inside: Inside) -> Box<dyn Connector> {
        match inside.secure {
            true => Box::new(TlsConnector::new(
                "localhost",
                inside.port,
                self.client_tls(),
            )),
            false => Box::new(PlainConnector::dangerous_plain("localhost", inside.port)),
        }
    }

    /// A line over http to a server that is not of the sandbox. Only the sandbox calls it, so it
    /// has any port: the next may be that server's own.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) async fn abroad(
        &self,
        link: Link,
        secure: bool,
        server: Box<dyn Connector>,
    ) -> Result<Road> {
        let outside = TcpListener::bind("127.0.0.1:0").await?;
        let way = Way::Http;
        self.lay(
            outside,
            link,
            server,
            Inside {
                port: 0,
                way,
                secure,
            },
        )
    }

    async fn line(&self, link: Link, server: Box<dyn Connector>, inside: Inside) -> Result<Road> {
        let outside = self.listen(link.name).await?;
        self.lay(outside, link, server, inside)
    }

    fn lay(
        &self,
        outside: TcpListener,
        link: Link,
        server: Box<dyn Connector>,
        inside: Inside,
    ) -> Result<Road> {
        self.traffic.add_link(link.clone());
        let faults = Faults::new(&self.rates, link.name, self.seed);
        let tls = inside.secure.then(|| self.server_tls());
        let line = Line::open(
            outside,
            tls,
            server,
            link,
            inside.way,
            faults,
            self.traffic.clone(),
        )?;
        let scheme = if inside.secure { "https" } else { "http" };
        Ok(Road {
            url: match inside.way {
                Way::Http => format!("{scheme}://localhost:{}", line.port),
                Way::Frames => format!("localhost:{}", line.port),
            },
            line,
            inside,
        })
    }
}
