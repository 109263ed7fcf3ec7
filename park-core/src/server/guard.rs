//! Bounded waits for the peer of one HTTP/1.1 connection.
//!
//! hyper has one timer for "next request head complete", which runs from the end of the previous
//! response: it cannot tell an idle connection, which may stay a minute, from a head that trickles
//! in, which may not, and it starts when the response is buffered, so that it cuts off a long
//! response to a slow reader. The guard sits under hyper, sees the bytes, and is told by the
//! service when a request is being answered.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// Whose turn it is on a connection; shared by the guard and the service.
#[derive(Clone)]
pub(super) struct Turn {
    phase: Arc<Mutex<Phase>>,
    header_timeout: Duration,
    idle_timeout: Duration,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Between two requests, until then; while the end of a response is still being written, later.
    Idle(Instant),
    /// Part of a request head has come; the rest must by then.
    Head(Instant),
    /// A request is being answered; other limits apply.
    Busy,
}

impl Turn {
    /// A new connection owes its first head at once.
    pub(super) fn new(header_timeout: Duration, idle_timeout: Duration) -> Self {
        let phase = Arc::new(Mutex::new(Phase::Head(Instant::now() + header_timeout)));
        Self {
            phase,
            header_timeout,
            idle_timeout,
        }
    }

    /// A request head is complete; the answer lasts until the returned value is dropped.
    pub(super) fn begin(&self) -> Busy {
        *self.phase() = Phase::Busy;
        Busy(self.clone())
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes_went(&self) {
        let mut phase = self.phase();
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Idle(Instant::now() + self.idle_timeout);
        }
    }

    fn bytes_came(&self) {
        let mut phase = self.phase();
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Head(Instant::now() + self.header_timeout);
        }
    }
}

/// A request is being answered.
pub(super) struct Busy(Turn);

impl Drop for Busy {
    fn drop(&mut self) {
        *self.0.phase() = Phase::Idle(Instant::now() + self.0.idle_timeout);
    }
}

/// A connection that ends when its peer keeps it waiting.
pub(super) struct Guard<S> {
    io: S,
    turn: Turn,
    write_timeout: Duration,
    read_timer: Timer,
    write_timer: Timer,
    /// Until when a pending write must move; `None` while nothing is pending.
    write_until: Option<Instant>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guard<S> {
    pub(super) fn new(io: S, turn: Turn, write_timeout: Duration) -> Self {
        Self {
            io,
            turn,
            write_timeout,
            read_timer: Timer::default(),
            write_timer: Timer::default(),
            write_until: None,
        }
    }

    /// Ends a write, flush or shutdown that has been waiting for the peer for too long.
    fn bounded<T>(
        &mut self,
        progress: Poll<io::Result<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.write_until = None;
            self.turn.bytes_went();
            return progress;
        }
        let until = *self
            .write_until
            .get_or_insert_with(|| Instant::now() + self.write_timeout);
        if self.write_timer.is_over(until, cx) {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the peer does not read its response",
            )));
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        if let Poll::Ready(outcome) = Pin::new(&mut this.io).poll_read(cx, buf) {
            if buf.filled().len() > before {
                this.turn.bytes_came();
            }
            return Poll::Ready(outcome);
        }
        if this.write_until.is_some() {
            return Poll::Pending; // the last response is still on its way; its own limit applies
        }
        let phase = *this.turn.phase();
        match phase {
            // An end of file lets hyper close an idle connection in good order.
            Phase::Idle(until) if this.read_timer.is_over(until, cx) => Poll::Ready(Ok(())),
            Phase::Head(until) if this.read_timer.is_over(until, cx) => {
                Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the request head did not come in time",
                )))
            }
            _ => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.io).poll_write(cx, buf);
        self.bounded(progress, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.bounded(progress, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.io).poll_flush(cx);
        self.bounded(progress, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.io).poll_shutdown(cx);
        self.bounded(progress, cx)
    }
}

/// One sleep, made when first needed and moved from deadline to deadline.
#[derive(Default)]
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Whether `until` has come; if not, the task wakes then.
    fn is_over(&mut self, until: Instant, cx: &mut Context<'_>) -> bool {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if sleep.deadline() != until {
            sleep.as_mut().reset(until);
        }
        sleep.as_mut().poll(cx).is_ready()
    }
}
