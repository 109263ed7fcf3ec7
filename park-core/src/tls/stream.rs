//! A byte stream inside TLS, for the protocols that speak TCP directly.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;

use super::{ClientTls, tls_advice};

/// A connection after its TLS handshake, on either side.
#[derive(Debug)]
pub struct TlsStream<S>(tokio_rustls::TlsStream<S>);

impl<S> TlsStream<S> {
    pub(super) fn new(stream: tokio_rustls::TlsStream<S>) -> Self {
        Self(stream)
    }

    /// The connection underneath, for its address or socket options.
    pub fn get_ref(&self) -> &S {
        self.0.get_ref().0
    }
}

/// Does the client's handshake on a connected `stream`. `host` is the name or IP address (IPv6 with
/// or without brackets) that the peer's certificate must carry, without port. It waits for the peer
/// as long as the peer likes: put a time-out around it.
///
/// # Errors
/// `InvalidInput` when `tls` or `host` cannot be used, otherwise why the handshake failed, with the
/// remedy where one is known.
pub async fn tls_connect<S>(tls: &ClientTls, host: &str, stream: S) -> io::Result<TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let bare = host
        .strip_prefix('[')
        .and_then(|h| h.strip_suffix(']'))
        .unwrap_or(host);
    let name = ServerName::try_from(bare.to_owned()).map_err(|_| {
        let text = format!(
            "cannot check a certificate against {host:?}: expected a host name or IP \
                address without port"
        );
        io::Error::new(io::ErrorKind::InvalidInput, text)
    })?;
    let stream = TlsConnector::from(tls.rustls_config()?)
        .connect(name, stream)
        .await
        .map_err(explained)?;
    Ok(TlsStream(stream.into()))
}

fn explained(error: io::Error) -> io::Error {
    match tls_advice(&error) {
        Some(advice) => io::Error::new(error.kind(), Explained { advice, error }),
        None => error,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("TLS handshake failed: {advice}")]
struct Explained {
    advice: &'static str,
    #[source]
    error: io::Error,
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for TlsStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TlsStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
