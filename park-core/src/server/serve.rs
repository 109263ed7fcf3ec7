//! A hardened HTTP/1.1 server for an [`axum::Router`].
//!
//! `axum::serve` sets no timer: a peer that sends half a request head keeps its connection for
//! ever, and nothing limits their number. [`serve`] bounds every wait for a peer: TLS handshake,
//! request head, whole request, idle connection, a peer that stops reading. The limit on the size
//! of a body belongs to the router (`DefaultBodyLimit`). Protocol upgrades (WebSocket) are not
//! offered.

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

use super::{ServeOptions, connection::Connection};
use crate::tls::ServerTls;

/// How long to wait before accepting again after the system refused (as with too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Serves `router` on `listener` until `shutdown` completes, then lets the running requests finish
/// within [`grace`](ServeOptions::grace) and returns. The peer's address is in each request's
/// extensions as `axum::extract::ConnectInfo<SocketAddr>`. Dropping the future ends everything at
/// once.
///
/// # Errors
/// `InvalidInput` when `max_connections` is 0. Nothing a peer does, and no refusal of the system to
/// accept, ends it.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    mut options: ServeOptions,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    if options.max_connections == 0 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "max_connections is 0: nobody could connect",
        ));
    }
    options.tls = options.tls.map(ServerTls::for_http1);
    let grace = options.grace;
    let slots = Arc::new(Semaphore::new(
        options.max_connections.min(Semaphore::MAX_PERMITS),
    ));
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
async fn next_connection(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (OwnedSemaphorePermit, TcpStream, SocketAddr) {
    let slot = slots
        .clone()
        .acquire_owned()
        .await
        .expect("the semaphore is never closed");
    let (stream, peer) = accept_for_ever(|| listener.accept()).await;
    (slot, stream, peer)
}

/// Repeats `accept` until it succeeds. A peer that left before it was accepted is no reason to
/// pause; anything else (no descriptors, no memory) lasts, and would spin.
async fn accept_for_ever<T, F>(mut accept: impl FnMut() -> F) -> T
where
    F: Future<Output = io::Result<T>>,
{
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    loop {
        match accept().await {
            Ok(accepted) => return accepted,
            Err(e)
                if matches!(
                    e.kind(),
                    ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
                ) => {}
            Err(error) => {
                tracing::warn!(%error, pause = ?ACCEPT_PAUSE, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A connection's task ends with an error only by a panic in a handler, which costs that connection
/// alone.
fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(
            panicked = error.is_panic(),
            "a connection was lost to a panic in a handler"
        );
    }
}
