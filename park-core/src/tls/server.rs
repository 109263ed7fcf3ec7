//! The server's side: its certificate, and which clients may connect.

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::server::WebPkiClientVerifier;
use rustls::sign::SingleCertAndKey;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use super::material::{self, Identity};
use super::{TlsError, TlsStream};

/// How a server proves who it is and, with mutual TLS, whom it lets in. Cloning is cheap.
#[derive(Clone)]
pub struct ServerTls {
    identity: Identity,
    asks_clients: bool,
    config: Arc<ServerConfig>,
}

impl ServerTls {
    /// A server with this certificate; clients need none. `cert_chain` is the own certificate
    /// followed by its intermediates, `key` an unencrypted private key (PKCS#8, PKCS#1 or SEC1),
    /// both PEM.
    ///
    /// # Errors
    /// When one of them cannot be read, the key does not belong to the certificate, or no crypto
    /// provider is compiled in.
    pub fn from_pem(cert_chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let identity = material::identity(cert_chain, key)?;
        let config = Arc::new(build(&identity, None)?);
        Ok(Self {
            identity,
            asks_clients: false,
            config,
        })
    }

    /// Lets in only clients that show a certificate issued by a CA of `ca` (PEM, one or several):
    /// mutual TLS.
    ///
    /// # Errors
    /// When `ca` holds no certificate or one that cannot be read.
    pub fn require_client_root_pem(self, ca: &[u8]) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        material::add_roots(&mut roots, ca)?;
        let config = Arc::new(build(&self.identity, Some(roots))?);
        Ok(Self {
            identity: self.identity,
            asks_clients: true,
            config,
        })
    }

    /// Does the handshake on an accepted connection. It waits for the peer as long as the peer
    /// likes: put a time-out around it.
    ///
    /// # Errors
    /// When the connection breaks or the handshake fails; see [`tls_advice`](super::tls_advice).
    pub async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = TlsAcceptor::from(self.config.clone())
            .accept(stream)
            .await?;
        Ok(TlsStream::new(stream.into()))
    }

    /// The same with ALPN for HTTP/1.1: a client that insists on HTTP/2 learns it in the handshake.
    #[cfg(feature = "server")]
    pub(crate) fn for_http1(mut self) -> Self {
        Arc::make_mut(&mut self.config).alpn_protocols = vec![b"http/1.1".to_vec()];
        self
    }

    /// The rustls configuration, without ALPN.
    #[doc(hidden)]
    pub fn rustls_config(&self) -> Arc<ServerConfig> {
        self.config.clone()
    }
}

fn build(identity: &Identity, clients: Option<RootCertStore>) -> Result<ServerConfig, TlsError> {
    let provider = material::provider()?;
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(TlsError::refused)?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(roots) => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(TlsError::refused)?,
        ),
    };
    Ok(builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(identity.clone()))))
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls")
            .field("certificates", &self.identity.cert.len())
            .field("asks_clients", &self.asks_clients)
            .finish_non_exhaustive()
    }
}
