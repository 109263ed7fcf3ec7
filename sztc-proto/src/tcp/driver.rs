//! One line: a session, a connection and what hangs on them, driven by one future that never waits for anything but all of them.
use super::{
    TcpOptions,
    answers::{Answers, Done, Finished},
    link::{Post, Ticket},
    login::seal_empty,
    partners::Door,
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

/// Which side of the line this is.
pub(crate) enum Side {
    /// The partner: logs in with this body; the call, once sent.
    Partner { login: Bytes, call: Option<CallId> },
    /// The city: lets partners in.
    City(Door),
}

/// A connection with its session.
pub(crate) struct Line<'a, S> {
    io: S,
    session: Session,
    side: Side,
    /// What every request comes with.
    cx: Ctx,
    post: &'a mut Post,
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
    /// Since somebody wants to close: until when calls on their way are waited for.
    parting: Option<Parting>,
    answers: Answers,
    waiting: HashMap<CallId, Ticket>,
    writing: Bytes,
    unflushed: bool,
    reading: bool,
    timer: Pin<Box<Sleep>>,
    limit: usize,
    close_wait: Duration,
    end: End,
}

#[derive(Clone, Copy)]
enum Parting {
    Until(Instant),
    Gone,
}

/// How a line ended.
#[derive(Default)]
pub(crate) struct End {
    /// When the login was accepted.
    pub(crate) since: Option<Instant>,
    /// Why the login was not.
    refused: Option<Error>,
    broken: Option<io::Error>,
    reason: Option<CloseReason>,
}

impl End {
    /// In order, or why not.
    pub(crate) fn into_result(self) -> Result<(), Error> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let Some(reason) = self.reason else { return Ok(()) };
        if let Some(broken) = self.broken {
            return Err(Error::new(ErrorKind::Network, Sent::Maybe, format!("the line broke: {broken}")).caused_by(broken));
        }
        let blame = match reason {
            CloseReason::Local | CloseReason::LoggedOut => return Ok(()),
            CloseReason::NoLogin => ErrorKind::Timeout,
            CloseReason::Noise | CloseReason::TooLong(_) => ErrorKind::PeerBytes,
            _ => ErrorKind::Network,
        };
        Err(Error::new(blame, Sent::Maybe, format!("the line ended: {reason}")).caused_by(reason))
    }
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Line<'a, S> {
    pub(crate) fn new(io: S, side: Side, cx: Ctx, pipeline: &Pipeline, options: &TcpOptions, post: &'a mut Post) -> Self {
        let config = options.session.clone();
        let (limit, close_wait) = (config.limit, config.close_wait);
        let session = match side {
            Side::Partner { .. } => Session::client(config, now()),
            Side::City(_) => Session::server(config, now()),
        };
        Self {
            io,
            session,
            side,
            cx,
            closing: Box::pin(post.closing.clone().cancelled_owned()),
            post,
            parting: None,
            answers: Answers::new(pipeline.clone(), options),
            waiting: HashMap::new(),
            writing: Bytes::new(),
            unflushed: false,
            reading: true,
            timer: Box::pin(sleep_until(tokio::time::Instant::now())),
            limit,
            close_wait,
            end: End::default(),
        }
    }

    /// Until the end. Dropped earlier, it closes the connection without a word.
    ///
    /// By reference, because an async function that takes itself by value keeps the room twice.
    pub(crate) async fn run(&mut self) -> End {
        tracing::debug!(proto = "sztc", peer = %self.cx.peer, address = ?self.cx.address, "connected");
        if let Side::Partner { login, call } = &mut self.side {
            // A new session takes a login; one that is too long ends as one that is never answered.
            *call = self.session.login(std::mem::take(login), now()).ok();
        }
        poll_fn(|cx| self.poll(cx)).await;
        if self.end.broken.is_none() {
            // What is still to be written is written, if the peer takes it within a short time.
            let _ = timeout(self.close_wait, self.last_words()).await;
        }
        match (&self.end.reason, &self.end.broken) {
            (Some(reason), None) => tracing::info!(proto = "sztc", peer = %self.cx.peer, %reason, "closed"),
            (_, Some(broken)) => tracing::info!(proto = "sztc", peer = %self.cx.peer, reason = %broken, "closed"),
            (None, None) => {}
        }
        std::mem::take(&mut self.end)
    }

    async fn last_words(&mut self) -> io::Result<()> {
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
            busy |= self.poll_orders(cx);
            busy |= self.poll_answers(cx);
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
        match self.parting {
            None => {
                let asked = self.closing.as_mut().poll(cx).is_ready();
                if asked {
                    self.parting = Some(Parting::Until(later(now(), self.close_wait)));
                }
                asked
            }
            Some(Parting::Until(until)) => {
                self.sweep();
                let done = self.waiting.is_empty() && self.answers.is_idle();
                if done || now() >= until {
                    self.parting = Some(Parting::Gone);
                    self.depart();
                    return true;
                }
                false
            }
            Some(Parting::Gone) => false,
        }
    }

    fn depart(&mut self) {
        let logout = match self.side {
            Side::Partner { .. } => Some(seal_empty(&self.cx.dialect, &*self.answers.pipeline.options.clock)),
            // 1005 is the partner's; the city just closes.
            Side::City(_) => None,
        };
        self.session.close(logout, now());
    }

    fn poll_orders(&mut self, cx: &mut Context<'_>) -> bool {
        let mut busy = false;
        while self.session.is_authenticated() && self.parting.is_none() {
            let Poll::Ready(Some(order)) = self.post.orders.poll_recv(cx) else {
                break;
            };
            busy = true;
            if order.deadline <= now() || !order.ticket.take() {
                continue;
            }
            match self.session.call(order.code, order.body, order.deadline) {
                Ok(call) => {
                    self.waiting.insert(call, order.ticket);
                }
                Err(problem) => order.ticket.tell(Err(unsent(problem))),
            }
        }
        busy
    }

    fn poll_answers(&mut self, cx: &mut Context<'_>) -> bool {
        let mut busy = false;
        while let Poll::Ready(Done { packet, command, outcome }) = self.answers.poll_done(cx) {
            busy = true;
            match outcome {
                Finished::Reply(text) => self.answer(packet, command, text),
                Finished::Login(outcome) => self.on_admitted(packet, outcome),
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
                self.session.rest();
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
        let parting = match self.parting {
            Some(Parting::Until(until)) => Some(until),
            _ => None,
        };
        let Some(at) = self.session.poll_timeout().into_iter().chain(parting).min() else {
            return false;
        };
        // Most alarms only move further away, so the timer is left to ring too early; setting it has a price.
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
