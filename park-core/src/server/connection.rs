//! One connection from its handshake to its end.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::guard::{Busy, Guard, Turn};
use super::serve_options::ServeOptions;
use crate::tls::{ServerTls, tls_advice};

/// Read buffer of a connection at most, and so the largest request head, in bytes. hyper's default
/// is 400 KiB.
const MAX_BUFFER: usize = 64 * 1024;

/// hyper's own limit for a head. It must be set, or hyper does not read from an idle connection and
/// the [`Guard`] never gets to see it; it must be long, since it also runs while the previous
/// response is still being written.
const HYPER_HEAD_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What every connection of a server has in common.
#[derive(Clone)]
pub(super) struct Connection {
    router: Router,
    options: Arc<ServeOptions>,
    /// Changes, by being closed, when the server stops.
    stopping: watch::Receiver<()>,
}

impl Connection {
    pub(super) fn new(
        router: Router,
        options: ServeOptions,
        stopping: watch::Receiver<()>,
    ) -> Self {
        Self {
            router,
            options: Arc::new(options),
            stopping,
        }
    }

    pub(super) async fn run(self, stream: TcpStream, peer: SocketAddr) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "cannot set TCP_NODELAY");
        }
        match self.options.tls.clone() {
            None => self.http(stream, peer).await,
            Some(tls) => self.https(stream, peer, tls).await,
        }
    }

    async fn https(mut self, stream: TcpStream, peer: SocketAddr, tls: ServerTls) {
        let handshake = timeout(self.options.handshake_timeout, tls.accept(stream));
        let outcome = tokio::select! {
            outcome = handshake => outcome,
            _ = self.stopping.changed() => return,
        };
        match outcome {
            Ok(Ok(stream)) => self.http(stream, peer).await,
            Ok(Err(error)) => {
                tracing::info!(%peer, %error, advice = tls_advice(&error), "TLS handshake failed")
            }
            Err(_) => {
                tracing::info!(%peer, after = ?self.options.handshake_timeout,
                    "TLS handshake not finished in time")
            }
        }
    }

    /// Serves requests on `io` until either side has enough. Every wait for the peer is bounded by
    /// the [`Guard`].
    pub(super) async fn http<S>(self, io: S, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self {
            router,
            options,
            mut stopping,
        } = self;
        let turn = Turn::new(options.header_timeout, options.idle_timeout);
        let io = TokioIo::new(Guard::new(io, turn.clone(), options.write_timeout));
        let service = service_fn(|request| {
            let busy = turn.begin();
            answer(router.clone(), request, peer, options.clone(), busy)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HYPER_HEAD_LIMIT)
            .max_buf_size(MAX_BUFFER)
            .serve_connection(io, service);
        let mut connection = pin!(connection);
        let outcome = tokio::select! {
            outcome = connection.as_mut() => outcome,
            _ = stopping.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = outcome {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::debug!(%peer, %error, cause, "connection ended early");
        }
    }
}

/// The router's answer, or 408 when it takes too long.
fn answer(
    router: Router,
    mut request: Request<Incoming>,
    peer: SocketAddr,
    options: Arc<ServeOptions>,
    busy: Busy,
) -> impl Future<Output = Result<Response<Tracked>, Infallible>> + Send {
    request.extensions_mut().insert(ConnectInfo(peer));
    async move {
        let response = match timeout(options.request_timeout, router.oneshot(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(_) => {
                tracing::warn!(%peer, after = ?options.request_timeout,
                    "request not answered in time");
                too_late()
            }
        };
        Ok(response.map(|body| Tracked { body, _busy: busy }))
    }
}

fn too_late() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
    // The rest of the request may still be on its way: nothing after it could be trusted to be a
    // head.
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A response body during which the connection counts as busy.
struct Tracked {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
