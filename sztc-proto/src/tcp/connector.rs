use crate::ClientTls;
use park_core::{BoxFuture, tls::tls_connect};
use std::{io, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};

/// What a connection runs over.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// Makes the connections of a [`Supervisor`](super::Supervisor).
pub trait Connector: Send + Sync + 'static {
    /// Connects once. It has to give up by itself after some time.
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Io>>>;

    /// Where to, for logs.
    fn target(&self) -> &str {
        "city"
    }
}

/// How long connecting may take, name resolution and TLS handshake included, unless set otherwise.
const CONNECT_WAIT: Duration = Duration::from_secs(10);

/// Connects to `host:port` with TLS (传输加密采用 TLS 证书加密方式, 6.1.3).
#[derive(Debug, Clone)]
pub struct TlsConnector {
    plain: PlainConnector,
    tls: ClientTls,
}

impl TlsConnector {
    /// To `host`, a name or address that the certificate must carry, at `port`.
    pub fn new(host: impl Into<String>, port: u16, tls: ClientTls) -> Self {
        Self {
            plain: PlainConnector::dangerous_plain(host, port),
            tls,
        }
    }

    /// The same, giving up after `wait`, TLS handshake included. Default 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, wait: Duration) -> Self {
        self.plain.wait = wait;
        self
    }
}

impl Connector for TlsConnector {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Io>>> {
        Box::pin(within(self.plain.wait, async {
            let stream = self.plain.open().await?;
            let stream = tls_connect(&self.tls, &self.plain.host, stream).await?;
            Ok(Box::new(stream) as Box<dyn Io>)
        }))
    }

    fn target(&self) -> &str {
        &self.plain.target
    }
}

/// Connects to `host:port` without TLS.
#[derive(Debug, Clone)]
pub struct PlainConnector {
    host: String,
    port: u16,
    target: String,
    wait: Duration,
}

impl PlainConnector {
    /// Without TLS, against the standard: whoever sits on the connection reads the passwords and
    /// can open gates. Only on loopback or inside a tunnel.
    pub fn dangerous_plain(host: impl Into<String>, port: u16) -> Self {
        let host = host.into();
        Self {
            target: format!("{host}:{port}"),
            host,
            port,
            wait: CONNECT_WAIT,
        }
    }

    /// The same, giving up after `wait`. Default 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    async fn open(&self) -> io::Result<TcpStream> {
        let bare = self
            .host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(&self.host);
        let stream = TcpStream::connect((bare, self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

impl Connector for PlainConnector {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Io>>> {
        Box::pin(within(self.wait, async {
            Ok(Box::new(self.open().await?) as Box<dyn Io>)
        }))
    }

    fn target(&self) -> &str {
        &self.target
    }
}

async fn within<T>(
    wait: Duration,
    connecting: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    timeout(wait, connecting).await.unwrap_or_else(|_| {
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("no connection within {wait:?}"),
        ))
    })
}
