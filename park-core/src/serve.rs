//! A hardened HTTP/1.1 server for an [`axum::Router`].
//!
//! `axum::serve` sets no timer: a peer that sends half a request head keeps its connection for ever, and nothing limits
//! their number. [`serve`] bounds every wait for a peer: TLS handshake, request head, whole request, idle connection,
//! a peer that stops reading. The limit on the size of a body belongs to the router (`DefaultBodyLimit`). Protocol
//! upgrades (WebSocket) are not offered.

mod connection;
mod guard;
pub mod http;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use crate::tls::ServerTls;
use connection::Connection;

/// How long to wait before accepting again after the system refused (as with too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// The limits of [`serve`]; take [`ServeOptions::default`] and change what differs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServeOptions {
    /// Serve https with this certificate; `None` (the default) is plain http.
    pub tls: Option<ServerTls>,
    /// Time for the TLS handshake of a new connection: 10 s.
    pub handshake_timeout: Duration,
    /// Time for a request head, from its first byte (for the first head: from the start of the connection) to its end: 5 s.
    pub header_timeout: Duration,
    /// Time from a request's head to the head of its response, reading the body included: 60 s. Afterwards the peer gets
    /// 408 and the handler is dropped at its next `await`; work that must be finished belongs into a task of its own.
    pub request_timeout: Duration,
    /// Time an open connection may wait for its next request: 60 s. A client's pool should let go earlier than that.
    pub idle_timeout: Duration,
    /// Time a peer may leave written bytes of a response unread: 30 s.
    pub write_timeout: Duration,
    /// Number of connections served at the same time, at least 1: 10,000. Further ones wait in the system's queue.
    pub max_connections: usize,
    /// Time that running requests get to finish after the shutdown was asked for: 10 s. Then they are dropped.
    pub grace: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            tls: None,
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            max_connections: 10_000,
            grace: Duration::from_secs(10),
        }
    }
}

impl ServeOptions {
    /// The defaults, with TLS.
    pub fn with_tls(tls: ServerTls) -> Self {
        Self {
            tls: Some(tls),
            ..Self::default()
        }
    }
}

/// Serves `router` on `listener` until `shutdown` completes, then lets the running requests finish within
/// [`grace`](ServeOptions::grace) and returns. The peer's address is in each request's extensions as
/// `axum::extract::ConnectInfo<SocketAddr>`. Dropping the future ends everything at once.
///
/// # Errors
/// `InvalidInput` when `max_connections` is 0. Nothing a peer does, and no refusal of the system to accept, ends it.
pub async fn serve(listener: TcpListener, router: Router, mut options: ServeOptions, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    if options.max_connections == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "max_connections is 0: nobody could connect"));
    }
    options.tls = options.tls.map(ServerTls::for_http1);
    let grace = options.grace;
    let slots = Arc::new(Semaphore::new(options.max_connections.min(Semaphore::MAX_PERMITS)));
    let (stop, stopping) = watch::channel(());
    let connection = Connection::new(router, options, stopping);
    let mut running = JoinSet::new();
    let mut shutdown = pin!(shutdown);

    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(ended) = running.join_next() => report(ended),
            (slot, stream, peer) = next_connection(&listener, &slots) => {
                let connection = connection.clone();
                running.spawn(async move {
                    connection.run(stream, peer).await;
                    drop(slot);
                });
            }
        }
    }

    drop((listener, stop));
    tracing::debug!(connections = running.len(), "stopped accepting");
    let finished = timeout(grace, async {
        while let Some(ended) = running.join_next().await {
            report(ended);
        }
    });
    if finished.await.is_err() {
        tracing::warn!(
            connections = running.len(),
            "dropped connections that did not finish in the time of grace"
        );
        running.shutdown().await;
    }
    Ok(())
}

/// The next peer, once there is a slot for it.
async fn next_connection(listener: &TcpListener, slots: &Arc<Semaphore>) -> (OwnedSemaphorePermit, TcpStream, SocketAddr) {
    let slot = slots.clone().acquire_owned().await.expect("the semaphore is never closed");
    let (stream, peer) = accept_for_ever(|| listener.accept()).await;
    (slot, stream, peer)
}

/// Repeats `accept` until it succeeds. A peer that left before it was accepted is no reason to pause; anything else
/// (no descriptors, no memory) lasts, and would spin.
async fn accept_for_ever<T, F>(mut accept: impl FnMut() -> F) -> T
where
    F: Future<Output = io::Result<T>>,
{
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    loop {
        match accept().await {
            Ok(accepted) => return accepted,
            Err(e) if matches!(e.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) => {}
            Err(error) => {
                tracing::warn!(%error, pause = ?ACCEPT_PAUSE, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A connection's task ends with an error only by a panic in a handler, which costs that connection alone.
fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(panicked = error.is_panic(), "a connection was lost to a panic in a handler");
    }
}
