use super::{
    Io, Partners, TcpOptions,
    driver::{Driver, DriverRole},
    link::pair,
    registry::Admission,
};
use crate::{
    Account, CityService, Error, ServerOptions, ServerTls, TransportKind,
    service::{City, Pipeline},
    session::SessionConfig,
};
use park_core::Lookup;
use std::{fmt, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Serves a [`CityService`] over TCP to partners that log in (1004), and carries the city's calls
/// down to them.
///
/// Table 1 has most upward interfaces over HTTPS only; here they are all answered, since the
/// service is the same.
pub struct CityListener {
    pipeline: Pipeline,
    accounts: Arc<dyn Lookup<Found = Account>>,
    security: Security,
    options: TcpOptions,
    partners: Partners,
    most: usize,
    handshake_wait: Duration,
    replace: bool,
    /// Closes every connection.
    closing: CancellationToken,
}

enum Security {
    Unset,
    Tls(ServerTls),
    Plain,
}

impl CityListener {
    /// Serves `service` to the partners in `accounts`. Say [`tls`](Self::tls) next.
    pub fn new(service: impl CityService, accounts: impl Lookup<Found = Account>) -> Self {
        Self {
            pipeline: Pipeline::new(City(service), ServerOptions::default()),
            accounts: Arc::new(accounts),
            security: Security::Unset,
            options: TcpOptions::default(),
            partners: Partners::default(),
            most: 20_000,
            handshake_wait: Duration::from_secs(10),
            replace: true,
            closing: CancellationToken::new(),
        }
    }

    /// The same, inside TLS (传输加密采用 TLS 证书加密方式, 6.1.3).
    #[must_use]
    pub fn tls(mut self, tls: ServerTls) -> Self {
        self.security = Security::Tls(tls);
        self
    }

    /// The same, without TLS, against the standard: only on loopback, or behind something that does
    /// the TLS.
    #[must_use]
    pub fn dangerous_plain(mut self) -> Self {
        self.security = Security::Plain;
        self
    }

    /// The same, with these times and limits for each connection. `reconnect` and `stable_after`
    /// mean nothing here.
    #[must_use]
    pub fn tcp(mut self, options: TcpOptions) -> Self {
        self.pipeline.options = Arc::new(options.server.clone());
        self.options = options;
        self
    }

    /// The same, answering as `options` say.
    #[must_use]
    pub fn options(mut self, options: ServerOptions) -> Self {
        self.pipeline.options = Arc::new(options.clone());
        self.options.server = options;
        self
    }

    /// The same, with these times and limits for each session.
    #[must_use]
    pub fn session(mut self, config: SessionConfig) -> Self {
        self.options.session = config;
        self
    }

    /// The same, with at most this many connections at once; one more is closed at once. Default 20
    /// 000.
    #[must_use]
    pub fn max_connections(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// The same, with this time limit for the TLS handshake. Default 10 s.
    #[must_use]
    pub fn handshake_wait(mut self, wait: Duration) -> Self {
        self.handshake_wait = wait;
        self
    }

    /// The same; whether a user who logs in again closes its older connection, which is probably
    /// dead (the default), or is refused while that one is up.
    #[must_use]
    pub fn replace(mut self, replace: bool) -> Self {
        self.replace = replace;
        self
    }

    /// The partners that are logged in, and the transports to them.
    pub fn partners(&self) -> Partners {
        self.partners.clone()
    }

    /// Accepts connections until `shutdown`, then closes every connection in order: calls in flight
    /// get a short time to be answered.
    ///
    /// # Errors
    /// Neither [`tls`](Self::tls) nor [`dangerous_plain`](Self::dangerous_plain) was said. A
    /// connection that cannot be accepted is logged only.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        if let Security::Unset = self.security {
            let what = "say tls(..) for the certificate, or dangerous_plain() to serve without";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let city = Arc::new(self);
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((_, address)) if connections.len() >= city.most => {
                        tracing::warn!(proto = "sztc", %address, most = city.most,
                            "too many connections, closed");
                    }
                    Ok((stream, address)) => {
                        let city = city.clone();
                        connections.spawn(async move { city.accepted(stream, address).await });
                    }
                    Err(problem) => {
                        // Out of file descriptors, as a rule: more haste would only fill the log.
                        tracing::error!(proto = "sztc", %problem, "cannot accept a connection");
                        sleep(Duration::from_millis(200)).await;
                    }
                },
            }
        }
        drop(listener);
        city.closing.cancel();
        // Each connection ends by itself in this time: calls in flight, then the last bytes.
        let wait = city
            .options
            .session
            .close_wait
            .saturating_mul(2)
            .saturating_add(Duration::from_secs(1));
        let _ = timeout(wait, async {
            while connections.join_next().await.is_some() {}
        })
        .await;
        Ok(())
    }

    async fn accepted(&self, stream: TcpStream, address: SocketAddr) {
        // Small frames that wait for each other cost more than the packets saved.
        let _ = stream.set_nodelay(true);
        // Boxed, so that a connection without TLS has no room for one with it, and a connection for
        // the handshake before it.
        let outcome = match &self.security {
            Security::Tls(tls) => {
                match timeout(self.handshake_wait, Box::pin(tls.accept(stream))).await {
                    Ok(Ok(stream)) => Box::pin(self.serve_connection(stream, Some(address))).await,
                    Ok(Err(problem)) => {
                        return tracing::info!(proto = "sztc", %address, %problem,
                            "no TLS handshake");
                    }
                    Err(_) => {
                        return tracing::info!(proto = "sztc", %address, "no TLS handshake in time");
                    }
                }
            }
            _ => Box::pin(self.serve_connection(stream, Some(address))).await,
        };
        if let Err(error) = outcome {
            tracing::debug!(proto = "sztc", %address, %error, "ended");
        }
    }

    /// Serves one connection until its end: for connections that are accepted elsewhere, with the
    /// TLS handshake done.
    ///
    /// # Errors
    /// The connection broke, or there was no login.
    pub async fn serve_connection<S: Io>(
        &self,
        io: S,
        address: Option<SocketAddr>,
    ) -> Result<(), Error> {
        let (link, mut inbox) = pair(self.options.queue, self.closing.child_token());
        let admission = Admission::new(
            self.accounts.clone(),
            self.partners.clone(),
            link,
            self.replace,
        );
        let mut cx = self.pipeline.context("", TransportKind::Tcp);
        cx.address = address;
        let mut driver = Driver::new(
            io,
            DriverRole::City(admission),
            cx,
            &self.pipeline,
            &self.options,
            &mut inbox,
        );
        driver.run().await.into_result()
    }
}

impl fmt::Debug for CityListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CityListener({:?})", self.partners)
    }
}
