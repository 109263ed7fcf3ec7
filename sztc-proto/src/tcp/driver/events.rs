//! What a connection does upon the events of its session.
use super::{Driver, DriverRole, now};
use crate::{
    Error, Refusal,
    code::{BusinessCode, ResultCode},
    endpoint::{Heartbeat, Numbered, TcpLogIn, TcpLogOut},
    frame::Wrong,
    service::span,
    session::{CallError, CallId, CloseReason, Event},
    tcp::{
        link::{LinkState, damaged, timed_out},
        session_bodies::{self, look_at, seal_empty},
    },
};
use bytes::Bytes;
use park_core::{ErrorKind, Sent};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

const LOGIN: u16 = TcpLogIn::CODE;
const LOGOUT: u16 = TcpLogOut::CODE;
const HEARTBEAT: u16 = Heartbeat::CODE;

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<'_, S> {
    pub(super) fn on_events(&mut self) -> bool {
        let mut busy = false;
        while let Some(event) = self.session.poll_event() {
            busy = true;
            self.on_event(event);
        }
        busy
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Request {
                packet,
                command,
                data,
                ..
            } => self.on_request(packet, command, data),
            Event::Answered { call, data } if self.is_login(call) => self.on_logged_in(&data),
            Event::Answered { call, data } => {
                if let Some(pending) = self.waiting.remove(&call) {
                    pending.tell(Ok(data));
                }
            }
            Event::Damaged { call } if self.is_login(call) => self.on_refused(damaged()),
            Event::Damaged { call } => {
                if let Some(pending) = self.waiting.remove(&call) {
                    pending.tell(Err(damaged()));
                }
            }
            Event::TimedOut { call } => {
                if let Some(pending) = self.waiting.remove(&call) {
                    pending.tell(Err(timed_out(Sent::Maybe)));
                }
            }
            Event::HeartbeatDue => {
                self.cancel_abandoned();
                let body = seal_empty(&self.cx.dialect, &*self.workers.pipeline.options.clock);
                if let Err(problem) = self.session.heartbeat(body, now()) {
                    tracing::debug!(proto = "sztc", peer = %self.cx.peer, %problem, "no heartbeat");
                }
            }
            Event::Heartbeat { packet, data } => {
                self.cancel_abandoned();
                self.on_session_request(packet, HEARTBEAT, &data);
            }
            Event::Logout { packet, data } => self.on_session_request(packet, LOGOUT, &data),
            Event::Unauthenticated { packet, command } => {
                let text = self
                    .workers
                    .refusal(BusinessCode::WRONG_TOKEN, "log in first (1004)");
                self.answer(packet, command, text);
            }
            Event::Wrong(wrong) => self.on_wrong(wrong),
            Event::TooLong(problem) => {
                let text = format!(
                    "{} bytes are too long, at most {} are allowed (超出规定长度)",
                    problem.length, problem.limit
                );
                let text = self.workers.refusal(BusinessCode::TOO_LONG, text);
                self.answer(problem.packet, problem.command, text);
            }
            Event::Stray { packet, command } => {
                tracing::debug!(proto = "sztc", peer = %self.cx.peer, packet, command,
                    "a reply that nobody waits for");
            }
            // Told to all at once, with the reason, which comes right behind.
            Event::Lost { .. } => {}
            Event::Closed(reason) => self.on_closed(reason),
        }
    }

    fn on_request(&mut self, packet: u32, command: u16, data: Bytes) {
        let mut cx = self.cx.clone();
        cx.packet = Some(packet);
        let asked = match &self.role {
            DriverRole::City(admission) if command == LOGIN => {
                // Whoever logs in is not known yet.
                cx.peer = "".into();
                self.workers
                    .log_in(cx, packet, admission.accounts.clone(), command, data)
            }
            _ => self.workers.ask(cx, packet, command, data),
        };
        if let Err(refusal) = asked {
            let text = self.workers.pipeline.refuse(&refusal);
            self.answer(packet, command, text);
        }
    }

    /// A heartbeat or logout.
    fn on_session_request(&mut self, packet: u32, command: u16, data: &[u8]) {
        let answering = span(&self.cx.peer, self.cx.transport, &command.to_string());
        let _entered = answering.enter();
        let mut cx = self.cx.clone();
        cx.packet = Some(packet);
        look_at(&self.workers.pipeline, cx, command, data);
        self.answer_success(packet, command);
        answering.record("outcome", "answered");
    }

    fn on_wrong(&mut self, wrong: Wrong) {
        tracing::debug!(proto = "sztc", peer = %self.cx.peer, %wrong, "wrong bytes");
        if let Wrong::Crc {
            packet,
            command,
            direction: 0,
            ..
        } = wrong
        {
            // The sender hears of it at once instead of waiting for its deadline.
            let text = self.workers.refusal(
                BusinessCode::MALFORMED_CODE,
                "CRC does not match (CRC校验错误)",
            );
            self.answer(packet, command, text);
        }
    }

    fn is_login(&self, call: CallId) -> bool {
        matches!(self.role, DriverRole::Partner { call: Some(login), .. } if login == call)
    }

    /// Partner: the city answered the login.
    fn on_logged_in(&mut self, data: &[u8]) {
        match session_bodies::read(data, &self.cx.dialect) {
            Ok(()) => self.on_connected(),
            Err(problem) => self.on_refused(problem),
        }
    }

    fn on_refused(&mut self, problem: Error) {
        self.end.refused = Some(problem);
        self.session.close(None, now());
    }

    /// City: a login was looked up.
    pub(super) fn on_admitted(&mut self, packet: u32, outcome: Result<Arc<str>, Refusal>) {
        let DriverRole::City(admission) = &mut self.role else {
            return;
        };
        if self.session.is_closed() {
            return;
        }
        let outcome = outcome.and_then(|user| admission.admit(&user).map(|()| user));
        match outcome {
            Ok(user) => {
                self.answer_success(packet, LOGIN);
                self.cx.dialect = self.workers.pipeline.options.dialect_of(&user).clone();
                self.cx.peer = user;
                self.on_connected();
            }
            Err(refusal) => {
                tracing::warn!(proto = "sztc", address = ?self.cx.address, %refusal,
                    "login refused");
                let text = self.workers.pipeline.refuse(&refusal);
                self.answer(packet, LOGIN, text);
                if !self.session.is_authenticated() {
                    self.session.close(None, now());
                }
            }
        }
    }

    fn on_connected(&mut self) {
        if self.end.since.is_none() {
            self.end.since = Some(now());
            self.session.authenticated(now());
            self.inbox.state.send_replace(LinkState::Connected);
            tracing::info!(proto = "sztc", peer = %self.cx.peer, address = ?self.cx.address,
                "logged in");
        }
    }

    fn on_closed(&mut self, reason: CloseReason) {
        self.end.reason = Some(reason);
        let blame = match reason {
            CloseReason::Local => ErrorKind::Closed,
            _ => ErrorKind::Network,
        };
        let what = match &self.end.broken {
            Some(broken) => format!("the connection broke: {broken}"),
            None => format!("the connection ended: {reason}"),
        };
        let error = Error::new(blame, Sent::Maybe, what);
        for (_, pending) in self.waiting.drain() {
            pending.tell(Err(error.clone()));
        }
    }

    /// Ends the calls whose callers are gone; looked at once a heartbeat.
    pub(super) fn cancel_abandoned(&mut self) {
        let session = &mut self.session;
        self.waiting.retain(|call, pending| {
            let gone = pending.is_abandoned();
            if gone {
                session.cancel(*call);
            }
            !gone
        });
    }

    fn answer_success(&mut self, packet: u32, command: u16) {
        let text = self.workers.pipeline.seal(ResultCode::SUCCESS, "成功", "");
        self.answer(packet, command, text);
    }

    pub(super) fn answer(&mut self, packet: u32, command: u16, text: String) {
        let Err(problem) = self.session.answer(packet, command, text.into()) else {
            return;
        };
        tracing::warn!(proto = "sztc", peer = %self.cx.peer, packet, command, %problem,
            "the answer was not sent");
        if let CallError::TooLong(_) = problem {
            let text = self
                .workers
                .refusal(BusinessCode::TOO_LONG, "the answer is too long to be sent");
            // A refusal is short; if not even that can be sent, the peer waits in vain.
            let _ = self.session.answer(packet, command, text.into());
        }
    }
}
