//! Two sessions, the bytes between them and whatever an attacker adds, in any order: what a driver
//! may rely upon.
#![no_main]
use arbitrary::Arbitrary;
use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::LazyLock,
    time::{Duration, Instant},
};
use sztc_proto::{
    frame::{Direction, Frame, Version, encode},
    session::{CallError, CallId, Event, Session, SessionConfig},
};

#[derive(Arbitrary, Debug)]
struct Input {
    short_limits: bool,
    steps: Vec<(bool, Op)>,
}

#[derive(Arbitrary, Debug)]
enum Op {
    /// Bytes from nowhere.
    Noise(Vec<u8>),
    /// A frame from nowhere, with a packet number that may be in use.
    Forge {
        packet: u8,
        reply: bool,
        command: Command,
        size: u16,
    },
    /// Some of what the other side sent arrives.
    Deliver(u16),
    /// What is to be sent is taken.
    Take,
    Wait(u16),
    Timeout,
    Call {
        command: Command,
        size: u16,
        within: u16,
    },
    Answer {
        request: u8,
        size: u16,
    },
    Cancel(u8),
    Beat,
    Login,
    Authenticated,
    Close(bool),
    Eof,
    Rest,
}

#[derive(Arbitrary, Debug, Clone, Copy)]
enum Command {
    Login,
    Logout,
    Heartbeat,
    Other,
}

impl Command {
    fn code(self) -> u16 {
        match self {
            Self::Login => 1004,
            Self::Logout => 1005,
            Self::Heartbeat => 1006,
            Self::Other => 6001,
        }
    }
}

fuzz_target!(|input: Input| {
    // The clock does not matter, only how far it moves.
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let mut now = *START;
    let config = config(input.short_limits);
    let mut sides = [
        Side::new(Session::client(config.clone(), now), &config),
        Side::new(Session::server(config.clone(), now), &config),
    ];
    for (server, op) in input.steps {
        let at = usize::from(server);
        match op {
            Op::Wait(millis) => now += Duration::from_millis(millis.into()),
            Op::Deliver(most) => {
                let wire = &mut sides[1 - at].wire;
                let some: Vec<u8> = wire.drain(..wire.len().min(most.into())).collect();
                sides[at].session.handle(&some, now);
            }
            op => sides[at].act(op, now),
        }
        sides.iter_mut().for_each(Side::look);
    }
    for side in &mut sides {
        side.session.close(None, now);
        side.look();
        // Only what was owed is left to wait for.
        side.session.on_timeout(now + Duration::from_secs(3600));
        side.look();
        assert!(
            side.closed && side.waiting.is_empty(),
            "every call ends by the end"
        );
        assert_eq!(
            (side.session.poll_timeout(), side.session.in_flight()),
            (None, 0)
        );
    }
});

fn config(short_limits: bool) -> SessionConfig {
    let mut config = SessionConfig::default();
    if short_limits {
        config.limit = 300;
        config.limit_unauthenticated = 100;
        config.max_in_flight = 4;
        config.max_outgoing = 500;
        config.max_wrong = 5;
        config.grace = Duration::from_secs(1);
    }
    config
}

/// A session with what a driver knows of it.
struct Side {
    session: Session,
    wire: VecDeque<u8>,
    /// All calls that were made.
    calls: Vec<CallId>,
    /// Those that have not ended.
    waiting: BTreeSet<CallId>,
    requests: Vec<(u32, u16)>,
    closed: bool,
    /// Most bytes that may wait: what one side allows, the longest frame above it, and the beats
    /// that do not ask.
    most: usize,
}

impl Side {
    fn new(session: Session, config: &SessionConfig) -> Self {
        Self {
            session,
            wire: VecDeque::new(),
            calls: Vec::new(),
            waiting: BTreeSet::new(),
            requests: Vec::new(),
            closed: false,
            most: config.max_outgoing + config.limit + 100,
        }
    }

    fn act(&mut self, op: Op, now: Instant) {
        let session = &mut self.session;
        let ended = session.is_closed();
        match op {
            Op::Noise(bytes) => session.handle(&bytes, now),
            Op::Forge {
                packet,
                reply,
                command,
                size,
            } => {
                let mut bytes = BytesMut::new();
                let direction = if reply {
                    Direction::Reply
                } else {
                    Direction::Request
                };
                let frame = Frame {
                    version: Version::V1_0,
                    packet: packet.into(),
                    direction,
                    command: command.code(),
                    data: body(size),
                };
                encode(&frame, &mut bytes).expect("short");
                session.handle(&bytes, now);
            }
            Op::Take => {
                while let Some(bytes) = session.poll_transmit() {
                    assert!(!bytes.is_empty());
                    self.wire.extend(bytes);
                }
                assert_eq!(session.outgoing(), 0);
            }
            Op::Timeout => {
                session.on_timeout(now);
                assert!(
                    session.poll_timeout().is_none_or(|timer| timer > now),
                    "a timer that is due again at once spins"
                );
            }
            Op::Call {
                command,
                size,
                within,
            } => {
                let made = session.call(
                    command.code(),
                    body(size),
                    now + Duration::from_millis(within.into()),
                );
                self.made(made, ended);
            }
            Op::Login => {
                let made = session.login(body(20), now);
                self.made(made, ended);
            }
            Op::Answer { request, size } => {
                if let Some(&(packet, command)) = self.requests.get(usize::from(request)) {
                    let answered = session.answer(packet, command, body(size));
                    assert!(answered.is_err() || !ended);
                }
            }
            Op::Cancel(call) => {
                if let Some(&call) = self.calls.get(usize::from(call)) {
                    session.cancel(call);
                    self.waiting.remove(&call);
                }
            }
            Op::Beat => {
                let before = session.outgoing();
                let _ = session.heartbeat(body(30), now);
                self.most += session.outgoing() - before;
            }
            Op::Authenticated => session.authenticated(now),
            Op::Close(logout) => session.close(logout.then(|| body(10)), now),
            Op::Eof => session.eof(now),
            Op::Rest => session.release_buffer(),
            Op::Wait(_) | Op::Deliver(_) => {}
        }
    }

    fn made(&mut self, call: Result<CallId, CallError>, ended: bool) {
        if let Ok(call) = call {
            assert!(!ended, "a closed session takes no calls");
            assert!(
                self.waiting.insert(call) && !self.calls.contains(&call),
                "a call is never used again"
            );
            self.calls.push(call);
        }
    }

    /// Takes the events and checks what holds after every step.
    fn look(&mut self) {
        while let Some(event) = self.session.poll_event() {
            assert!(!self.closed, "{event:?} after the end");
            match event {
                Event::Answered { call, .. }
                | Event::TimedOut { call }
                | Event::Lost { call }
                | Event::Damaged { call } => {
                    assert!(
                        self.waiting.remove(&call),
                        "{call} ends twice, or was cancelled"
                    );
                }
                Event::Closed(_) => {
                    self.closed = true;
                    assert!(self.waiting.is_empty(), "Closed before the last call ended");
                }
                Event::Request {
                    packet, command, ..
                }
                | Event::Unauthenticated { packet, command } => {
                    self.requests.push((packet, command))
                }
                Event::Heartbeat { packet, .. } => self.requests.push((packet, 1006)),
                Event::Logout { packet, .. } => self.requests.push((packet, 1005)),
                Event::TooLong(too_long) => self.requests.push((too_long.packet, too_long.command)),
                _ => {}
            }
        }
        assert_eq!(self.closed, self.session.is_closed());
        assert_eq!(self.closed, self.session.poll_timeout().is_none());
        // Each beat is sent again twice at most.
        assert!(
            self.session.outgoing() <= self.most * 3,
            "{} bytes wait",
            self.session.outgoing()
        );
    }
}

fn body(size: u16) -> Bytes {
    static BODY: [u8; 1 << 16] = [b'x'; 1 << 16];
    Bytes::from_static(&BODY[..size.into()])
}
