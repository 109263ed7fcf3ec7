//! The TCP session (section 6.1.3) without I/O: bytes and time in, bytes and events out.
use crate::{
    endpoint::{Heartbeat, Numbered, TcpLogIn, TcpLogOut},
    frame::{Direction, FrameReader, Item, KEEP, Wrong},
};
use bytes::{Bytes, BytesMut};
use std::{
    collections::VecDeque,
    fmt,
    time::{Duration, Instant},
};

pub(crate) mod config;
mod event;
mod in_flight;
mod incoming;
#[cfg(test)]
mod tests;

pub use config::SessionConfig;
pub use event::{CallError, CloseReason, Event};
pub use in_flight::CallId;
use in_flight::InFlight;

const LOGIN: u16 = TcpLogIn::CODE;
const LOGOUT: u16 = TcpLogOut::CODE;
const HEARTBEAT: u16 = Heartbeat::CODE;

#[derive(Clone, Copy, PartialEq, Eq)]
enum ConnectionRole {
    Client,
    Server,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Before and after the login.
    Open,
    /// Our logout was sent; its reply ends the session.
    LoggingOut {
        packet: u32,
        until: Instant,
    },
    /// One last answer is owed to the peer.
    FinalAnswer {
        packet: u32,
        command: u16,
        until: Instant,
        reason: CloseReason,
    },
    /// That answer waits to be taken.
    Flushing {
        until: Instant,
        reason: CloseReason,
    },
    Closed,
}

/// The heartbeat that waits for its reply.
struct PendingHeartbeat {
    packet: u32,
    body: Bytes,
    sent: u32,
    resend: Instant,
}

/// One side of a TCP session (section 6.1.3) without I/O: bytes and time in, bytes and events out.
///
/// The partner ([`Session::client`]) connects, logs in (1004), sends heartbeats (1006) and logs out
/// (1005); the city ([`Session::server`]) accepts. Once logged in, both ask and answer at once.
/// Bodies are opaque: they are signed JSON made elsewhere. A driver does the following in any
/// order, and drains events and bytes after each step:
///
/// - reads into [`read_buf`](Self::read_buf), then calls [`received`](Self::received), or
///   [`eof`](Self::eof);
/// - calls [`on_timeout`](Self::on_timeout) at [`poll_timeout`](Self::poll_timeout);
/// - writes what [`poll_transmit`](Self::poll_transmit) gives, and acts upon
///   [`poll_event`](Self::poll_event).
///
/// [`Event::Closed`] is the last event. Bytes that were not taken before can still be taken then;
/// write them within a short time limit, then shut the connection down.
pub struct Session {
    role: ConnectionRole,
    config: SessionConfig,
    phase: Phase,
    authenticated: bool,
    reader: FrameReader,
    outgoing: BytesMut,
    events: VecDeque<Event>,
    calls: InFlight,
    heartbeat: Option<PendingHeartbeat>,
    /// Open: when the login must be finished; then the client's next heartbeat or the server's
    /// limit of silence.
    alarm: Instant,
    wrong: u32,
    wrong_since: Instant,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("client", &(self.role == ConnectionRole::Client))
            .field("authenticated", &self.authenticated)
            .field("closed", &self.is_closed())
            .field("in_flight", &self.calls.len())
            .field("outgoing", &self.outgoing.len())
            .finish()
    }
}

impl Session {
    /// The side of the external system, just connected. Call [`login`](Self::login) next.
    pub fn client(config: SessionConfig, now: Instant) -> Self {
        Self::new(ConnectionRole::Client, config, now)
    }

    /// The side of the city platform, with a connection just accepted.
    pub fn server(config: SessionConfig, now: Instant) -> Self {
        Self::new(ConnectionRole::Server, config, now)
    }

    fn new(role: ConnectionRole, mut config: SessionConfig, now: Instant) -> Self {
        config.heartbeat_every = config
            .heartbeat_every
            .clamp(Duration::from_millis(100), Duration::from_secs(3));
        config.max_wrong = config.max_wrong.max(1);
        Self {
            role,
            alarm: later(now, config.login_wait),
            config,
            phase: Phase::Open,
            authenticated: false,
            reader: FrameReader::new(),
            outgoing: BytesMut::new(),
            events: VecDeque::new(),
            calls: InFlight::default(),
            heartbeat: None,
            wrong: 0,
            wrong_since: now,
        }
    }

    /// Where to read into, with room for 8 KiB or more. Call [`received`](Self::received)
    /// afterwards.
    pub fn read_buf(&mut self) -> &mut BytesMut {
        self.reader.buffer()
    }

    /// Takes in what was read into [`read_buf`](Self::read_buf).
    pub fn received(&mut self, now: Instant) {
        while self.is_reading() {
            let limit = match self.role {
                ConnectionRole::Server if !self.authenticated => self.config.limit_unauthenticated,
                _ => self.config.limit,
            };
            match self.reader.next(limit) {
                Ok(None) => return,
                Ok(Some(Item::Frame(frame))) => self.frame(frame, now),
                Ok(Some(Item::Wrong(wrong))) => self.wrong(wrong, now),
                Err(error) => self.too_long(error, now),
            }
        }
        self.reader.clear();
    }

    /// Takes in `bytes`, copying them: [`read_buf`](Self::read_buf) and
    /// [`received`](Self::received) in one.
    pub fn handle(&mut self, bytes: &[u8], now: Instant) {
        self.reader.push(bytes);
        self.received(now);
    }

    /// The peer closed its side: no reply can come any more, so the session closes. Only an answer
    /// that is still owed to a logout is waited for.
    pub fn eof(&mut self, now: Instant) {
        self.received(now);
        if self.reader.pending() > 0 {
            let left = self.reader.pending();
            self.events
                .push_back(Event::Wrong(Wrong::Truncated { left }));
        }
        match self.phase {
            Phase::Open => self.finish(CloseReason::Eof),
            Phase::LoggingOut { .. } => self.finish(CloseReason::Local),
            Phase::FinalAnswer { .. } | Phase::Flushing { .. } | Phase::Closed => {}
        }
    }

    /// Bytes to write, all that there are. Ask again when they are written.
    pub fn poll_transmit(&mut self) -> Option<Bytes> {
        let bytes = match self.outgoing.capacity() {
            _ if self.outgoing.is_empty() => {
                self.outgoing = BytesMut::new();
                None
            }
            large if large > KEEP => Some(std::mem::take(&mut self.outgoing).freeze()),
            _ => Some(self.outgoing.split().freeze()),
        };
        if let Phase::Flushing { reason, .. } = self.phase {
            self.finish(reason);
        }
        bytes
    }

    /// Gives back the memory that [`read_buf`](Self::read_buf) reserved and that holds nothing: for
    /// a connection that goes idle.
    pub fn release_buffer(&mut self) {
        if self.reader.pending() == 0 {
            self.reader.clear();
        }
    }

    /// Bytes that wait for [`poll_transmit`](Self::poll_transmit).
    pub fn outgoing(&self) -> usize {
        self.outgoing.len()
    }

    /// The next event, in the order in which they happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`on_timeout`](Self::on_timeout), `None` once closed.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let phase = match self.phase {
            Phase::Open => self
                .heartbeat
                .as_ref()
                .map_or(self.alarm, |heartbeat| heartbeat.resend),
            Phase::LoggingOut { until, .. }
            | Phase::FinalAnswer { until, .. }
            | Phase::Flushing { until, .. } => until,
            Phase::Closed => return None,
        };
        Some(
            self.calls
                .next_timer()
                .map_or(phase, |timer| timer.min(phase)),
        )
    }

    /// Does what is due at `now`. InFlight whose deadline has passed come first.
    pub fn on_timeout(&mut self, now: Instant) {
        while let Some(call) = self.calls.pop_timed_out(now, self.config.grace) {
            self.events.push_back(Event::TimedOut { call });
        }
        match self.phase {
            Phase::Open if !self.authenticated => {
                if now >= self.alarm {
                    self.finish(CloseReason::NoLogin);
                }
            }
            Phase::Open if self.role == ConnectionRole::Server => {
                if now >= self.alarm {
                    self.finish(CloseReason::Silent);
                }
            }
            Phase::Open => self.keep_alive(now),
            Phase::LoggingOut { until, .. } => {
                if now >= until {
                    self.finish(CloseReason::Local);
                }
            }
            Phase::FinalAnswer { until, reason, .. } | Phase::Flushing { until, reason } => {
                if now >= until {
                    self.finish(reason);
                }
            }
            Phase::Closed => {}
        }
    }

    /// Client: sends a login (1004). Its reply comes as [`Event::Answered`]; if it says yes, call
    /// [`authenticated`](Self::authenticated). May be tried again within
    /// [`SessionConfig::login_wait`].
    ///
    /// # Errors
    ///
    /// Nothing was sent.
    pub fn login(&mut self, body: Bytes, now: Instant) -> Result<CallId, CallError> {
        if self.role != ConnectionRole::Client {
            return Err(CallError::WrongSide);
        }
        let deadline = if self.authenticated {
            later(now, self.config.login_wait)
        } else {
            self.alarm
        };
        self.send_call(LOGIN, body, deadline)
    }

    /// The login was accepted: by the peer, for a client; by the driver, for a server. InFlight and
    /// heartbeats begin.
    pub fn authenticated(&mut self, now: Instant) {
        if self.authenticated {
            return;
        }
        self.authenticated = true;
        self.wrong = 0;
        let wait = match self.role {
            ConnectionRole::Client => self.config.heartbeat_every,
            ConnectionRole::Server => self.config.silence,
        };
        self.alarm = later(now, wait);
    }

    /// Sends a request. A `deadline` in the past ends it at the next
    /// [`on_timeout`](Self::on_timeout).
    ///
    /// # Errors
    ///
    /// Nothing was sent.
    pub fn call(
        &mut self,
        command: u16,
        body: Bytes,
        deadline: Instant,
    ) -> Result<CallId, CallError> {
        if !self.authenticated && !self.is_closed() {
            return Err(CallError::NotLoggedIn);
        }
        self.send_call(command, body, deadline)
    }

    /// Nobody waits for this call any more; it ends without an event. Its packet number stays
    /// reserved, so that a late reply reaches nobody else ([`Event::Stray`]). Does nothing if the
    /// call has ended.
    pub fn cancel(&mut self, call: CallId) {
        self.calls.cancel(call, self.config.grace);
    }

    /// Client: sends a heartbeat (1006). Does nothing while an earlier one waits for its reply.
    ///
    /// # Errors
    ///
    /// Nothing was sent.
    pub fn heartbeat(&mut self, body: Bytes, now: Instant) -> Result<(), CallError> {
        match self.phase {
            _ if self.role != ConnectionRole::Client => return Err(CallError::WrongSide),
            Phase::Open if !self.authenticated => return Err(CallError::NotLoggedIn),
            Phase::Open if self.heartbeat.is_some() => return Ok(()),
            Phase::Open => {}
            _ => return Err(CallError::Closed),
        }
        let packet = self.next_call().packet();
        self.send_heartbeat(packet, body.clone())?;
        self.heartbeat = Some(PendingHeartbeat {
            packet,
            body,
            sent: 1,
            resend: later(now, self.config.heartbeat_wait),
        });
        Ok(())
    }

    /// Answers a request, with its packet number and command.
    ///
    /// # Errors
    ///
    /// Nothing was sent.
    pub fn answer(&mut self, packet: u32, command: u16, body: Bytes) -> Result<(), CallError> {
        if self.is_closed() {
            return Err(CallError::Closed);
        }
        self.check_room(&body)?;
        self.send(Direction::Reply, packet, command, body)?;
        if let Phase::FinalAnswer {
            packet: owed,
            command: of,
            until,
            reason,
        } = self.phase
            && (owed, of) == (packet, command)
        {
            self.phase = Phase::Flushing { until, reason };
        }
        Ok(())
    }

    /// Ends the session: after a logout (1005) with `logout` as its body and the reply to it, or
    /// after [`SessionConfig::close_wait`]; at once if there is no body, no login, or the session
    /// is closing anyway.
    pub fn close(&mut self, logout: Option<Bytes>, now: Instant) {
        match (self.phase, logout) {
            (Phase::Open, Some(body)) if self.authenticated => {
                let packet = self.next_call().packet();
                match self.send(Direction::Request, packet, LOGOUT, body) {
                    Ok(()) => {
                        self.phase = Phase::LoggingOut {
                            packet,
                            until: later(now, self.config.close_wait),
                        }
                    }
                    Err(_) => self.finish(CloseReason::Local),
                }
            }
            (Phase::LoggingOut { .. }, Some(_)) => {}
            (Phase::FinalAnswer { reason, .. } | Phase::Flushing { reason, .. }, _) => {
                self.finish(reason)
            }
            (Phase::Open | Phase::LoggingOut { .. }, _) => self.finish(CloseReason::Local),
            (Phase::Closed, _) => {}
        }
    }

    /// Whether [`authenticated`](Self::authenticated) was called.
    pub fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// Whether the session has ended; [`Event::Closed`] is in the queue or was taken from it.
    pub fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed)
    }

    /// Packet numbers in use by calls, those reserved for late replies included.
    pub fn in_flight(&self) -> usize {
        self.calls.len()
    }
}

/// `now + wait`, where `Duration::MAX` means about never instead of a panic.
pub(crate) fn later(now: Instant, wait: Duration) -> Instant {
    const YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
    now + wait.min(YEARS)
}
