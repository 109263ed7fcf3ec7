//! One connection with its session, driven by one future that waits for everything at once.
use super::{
    TcpOptions,
    link::{Inbox, Pending},
    registry::Admission,
    session_bodies::seal_empty,
    workers::{Finished, Output, Workers},
};
use crate::{
    Ctx, Error,
    service::Pipeline,
    session::{CallError, CallId, CloseReason, Session, later},
};
use bytes::{Buf, Bytes};
use park_core::{ErrorKind, Sent};
use std::{
    collections::HashMap,
    future::poll_fn,
    io,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Sleep, sleep_until, timeout},
};
use tokio_util::sync::WaitForCancellationFutureOwned;

mod events;

/// Which side of the connection is driven.
pub(crate) enum DriverRole {
    /// The partner: logs in with this body; the call, once sent.
    Partner { login: Bytes, call: Option<CallId> },
    /// The city: lets partners in.
    City(Admission),
}

/// Drives a connection with its session.
pub(crate) struct Driver<'a, S> {
    io: S,
    session: Session,
    role: DriverRole,
    /// What every request comes with.
    cx: Ctx,
    inbox: &'a mut Inbox,
    close_requested: Pin<Box<WaitForCancellationFutureOwned>>,
    /// Set once closing was requested.
    closing: Option<Closing>,
    workers: Workers,
    waiting: HashMap<CallId, Pending>,
    writing: Bytes,
    unflushed: bool,
    reading: bool,
    timer: Pin<Box<Sleep>>,
    limit: usize,
    close_wait: Duration,
    end: Ended,
}

#[derive(Clone, Copy)]
enum Closing {
    /// Calls in flight are waited for, until then.
    Draining(Instant),
    /// The session was told to close.
    Started,
}

/// How a connection ended.
#[derive(Default)]
pub(crate) struct Ended {
    /// When the login was accepted.
    pub(crate) since: Option<Instant>,
    /// Why the login was not.
    refused: Option<Error>,
    broken: Option<io::Error>,
    reason: Option<CloseReason>,
}

impl Ended {
    /// In order, or why not.
    pub(crate) fn into_result(self) -> Result<(), Error> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let Some(reason) = self.reason else {
            return Ok(());
        };
        if let Some(broken) = self.broken {
            return Err(Error::new(
                ErrorKind::Network,
                Sent::Maybe,
                format!("the connection broke: {broken}"),
            )
            .caused_by(broken));
        }
        let blame = match reason {
            CloseReason::Local | CloseReason::LoggedOut => return Ok(()),
            CloseReason::NoLogin => ErrorKind::Timeout,
            CloseReason::Noise | CloseReason::TooLong(_) => ErrorKind::PeerBytes,
            _ => ErrorKind::Network,
        };
        Err(Error::new(
            blame,
            Sent::Maybe,
            format!("the connection ended: {reason}"),
        )
        .caused_by(reason))
    }
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Driver<'a, S> {
    pub(crate) fn new(
        io: S,
        role: DriverRole,
        cx: Ctx,
        pipeline: &Pipeline,
        options: &TcpOptions,
        inbox: &'a mut Inbox,
    ) -> Self {
        let config = options.session.clone();
        let (limit, close_wait) = (config.limit, config.close_wait);
        let session = match role {
            DriverRole::Partner { .. } => Session::client(config, now()),
            DriverRole::City(_) => Session::server(config, now()),
        };
        Self {
            io,
            session,
            role,
            cx,
            close_requested: Box::pin(inbox.closing.clone().cancelled_owned()),
            inbox,
            closing: None,
            workers: Workers::new(pipeline.clone(), options),
            waiting: HashMap::new(),
            writing: Bytes::new(),
            unflushed: false,
            reading: true,
            timer: Box::pin(sleep_until(tokio::time::Instant::now())),
            limit,
            close_wait,
            end: Ended::default(),
        }
    }

    /// Until the end. Dropped earlier, it closes the connection without a word.
    ///
    /// By reference, because an async function that takes itself by value keeps the room twice.
    pub(crate) async fn run(&mut self) -> Ended {
        tracing::debug!(proto = "sztc", peer = %self.cx.peer, address = ?self.cx.address,
            "connected");
        if let DriverRole::Partner { login, call } = &mut self.role {
            // A new session takes a login; one that is too long ends as one that is never answered.
            *call = self.session.login(std::mem::take(login), now()).ok();
        }
        poll_fn(|cx| self.poll(cx)).await;
        if self.end.broken.is_none() {
            // What is still to be written is written, if the peer takes it within a short time.
            let _ = timeout(self.close_wait, self.flush_and_shut_down()).await;
        }
        match (&self.end.reason, &self.end.broken) {
            (Some(reason), None) => {
                tracing::info!(proto = "sztc", peer = %self.cx.peer, %reason, "closed")
            }
            (_, Some(broken)) => {
                tracing::info!(proto = "sztc", peer = %self.cx.peer, reason = %broken, "closed")
            }
            (None, None) => {}
        }
        std::mem::take(&mut self.end)
    }

    async fn flush_and_shut_down(&mut self) -> io::Result<()> {
        loop {
            self.io.write_all(&self.writing).await?;
            match self.session.poll_transmit() {
                Some(bytes) => self.writing = bytes,
                None => return self.io.shutdown().await,
            }
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let mut busy = self.poll_closing(cx);
            busy |= self.poll_outgoing(cx);
            busy |= self.poll_workers(cx);
            busy |= self.poll_read(cx);
            busy |= self.poll_timer(cx);
            busy |= self.poll_write(cx);
            // What events cause is written in the next round, after all that could be read.
            busy |= self.on_events();
            if self.end.reason.is_some() {
                return Poll::Ready(());
            }
            if !busy {
                if self.end.broken.is_none() || !self.reading {
                    return Poll::Pending;
                }
                // Writing failed, and all that the peer said before is read.
                self.reading = false;
                self.session.eof(now());
            }
        }
    }

    fn poll_closing(&mut self, cx: &mut Context<'_>) -> bool {
        match self.closing {
            None => {
                let asked = self.close_requested.as_mut().poll(cx).is_ready();
                if asked {
                    self.closing = Some(Closing::Draining(later(now(), self.close_wait)));
                }
                asked
            }
            Some(Closing::Draining(until)) => {
                self.cancel_abandoned();
                let done = self.waiting.is_empty() && self.workers.is_idle();
                if done || now() >= until {
                    self.closing = Some(Closing::Started);
                    self.close_session();
                    return true;
                }
                false
            }
            Some(Closing::Started) => false,
        }
    }

    fn close_session(&mut self) {
        let logout = match self.role {
            DriverRole::Partner { .. } => Some(seal_empty(
                &self.cx.dialect,
                &*self.workers.pipeline.options.clock,
            )),
            // 1005 is the partner's; the city just closes.
            DriverRole::City(_) => None,
        };
        self.session.close(logout, now());
    }

    fn poll_outgoing(&mut self, cx: &mut Context<'_>) -> bool {
        let mut busy = false;
        while self.session.is_authenticated() && self.closing.is_none() {
            let Poll::Ready(Some(outgoing)) = self.inbox.outgoing.poll_recv(cx) else {
                break;
            };
            busy = true;
            if outgoing.deadline <= now() || !outgoing.pending.take() {
                continue;
            }
            match self
                .session
                .call(outgoing.code, outgoing.body, outgoing.deadline)
            {
                Ok(call) => {
                    self.waiting.insert(call, outgoing.pending);
                }
                Err(problem) => outgoing.pending.tell(Err(unsent(problem))),
            }
        }
        busy
    }

    fn poll_workers(&mut self, cx: &mut Context<'_>) -> bool {
        let mut busy = false;
        while let Poll::Ready(Finished {
            packet,
            command,
            outcome,
        }) = self.workers.poll_finished(cx)
        {
            busy = true;
            match outcome {
                Output::Reply(text) => self.answer(packet, command, text),
                Output::Login(outcome) => self.on_admitted(packet, outcome),
            }
        }
        busy
    }

    /// Not while the peer leaves so much unread that another answer would only add to it.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.reading || self.writing.len() + self.session.outgoing() > self.limit {
            return false;
        }
        let read = pin!(self.io.read_buf(self.session.read_buf())).poll(cx);
        match read {
            Poll::Pending => {
                self.session.release_buffer();
                return false;
            }
            Poll::Ready(Ok(0)) => {
                self.reading = false;
                self.session.eof(now());
            }
            Poll::Ready(Ok(_)) => self.session.received(now()),
            Poll::Ready(Err(problem)) => {
                self.reading = false;
                self.end.broken.get_or_insert(problem);
                self.session.eof(now());
            }
        }
        true
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let closing = match self.closing {
            Some(Closing::Draining(until)) => Some(until),
            _ => None,
        };
        let Some(at) = self.session.poll_timeout().into_iter().chain(closing).min() else {
            return false;
        };
        // Most alarms only move further away, so the timer is left to ring too early; setting it
        // has a price.
        if at < self.timer.deadline().into_std() {
            self.timer.as_mut().reset(at.into());
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            if at <= now() {
                self.session.on_timeout(now());
                return true;
            }
            self.timer.as_mut().reset(at.into());
        }
        false
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> bool {
        let mut busy = false;
        while self.end.broken.is_none() {
            if self.writing.is_empty() {
                // The old bytes are let go first, so that the session can use their memory again.
                self.writing = Bytes::new();
                match self.session.poll_transmit() {
                    Some(bytes) => self.writing = bytes,
                    None => break,
                }
            }
            match Pin::new(&mut self.io).poll_write(cx, &self.writing) {
                Poll::Pending => break,
                Poll::Ready(Ok(0)) => self.end.broken = Some(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(written)) => {
                    self.writing.advance(written);
                    self.unflushed = true;
                }
                Poll::Ready(Err(problem)) => self.end.broken = Some(problem),
            }
            busy = true;
        }
        if self.unflushed && self.end.broken.is_none() {
            match Pin::new(&mut self.io).poll_flush(cx) {
                Poll::Pending => {}
                Poll::Ready(Ok(())) => self.unflushed = false,
                Poll::Ready(Err(problem)) => self.end.broken = Some(problem),
            }
        }
        busy
    }
}

/// A call that the session did not take.
fn unsent(problem: CallError) -> Error {
    let blame = match problem {
        CallError::TooLong(_) => ErrorKind::Caller,
        CallError::InFlightFull { .. } | CallError::OutgoingFull { .. } => ErrorKind::Busy,
        _ => ErrorKind::Closed,
    };
    Error::new(blame, Sent::No, problem.to_string())
}

/// The time of tokio's clock, which tests can stop.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
