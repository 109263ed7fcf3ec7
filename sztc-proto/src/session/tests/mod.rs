//! Two sessions without I/O, on a clock of their own.
mod calls;
mod heartbeat;
mod input;
mod laws;
mod login;
mod logout;

use super::*;
use crate::frame::{Frame, TooLong, Version, encode};

const STEP: Duration = Duration::from_millis(1);

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn frame(direction: Direction, packet: u32, command: u16, data: &'static [u8]) -> Frame {
    Frame {
        version: Version::V1_0,
        packet,
        direction,
        command,
        data: Bytes::from_static(data),
    }
}

fn encoded(direction: Direction, packet: u32, command: u16, data: &'static [u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    encode(&frame(direction, packet, command, data), &mut out).unwrap();
    out.to_vec()
}

fn request(packet: u32, command: u16) -> Vec<u8> {
    encoded(Direction::Request, packet, command, b"ask")
}

fn reply(packet: u32, command: u16) -> Vec<u8> {
    encoded(Direction::Reply, packet, command, b"answer")
}

/// A header that claims `length` bytes of data.
fn claim(direction: Direction, length: u32) -> Vec<u8> {
    let mut header = encoded(direction, 77, 3001, b"")[..17].to_vec();
    header[10..14].copy_from_slice(&length.to_be_bytes());
    header
}

fn body(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

fn events(session: &mut Session) -> Vec<Event> {
    std::iter::from_fn(|| session.poll_event()).collect()
}

fn sent(session: &mut Session) -> Vec<Frame> {
    let mut reader = FrameReader::new();
    while let Some(bytes) = session.poll_transmit() {
        reader.push(&bytes);
    }
    let items = std::iter::from_fn(|| reader.next(usize::MAX).unwrap());
    items
        .map(|item| match item {
            Item::Frame(frame) => frame,
            Item::Wrong(wrong) => panic!("sent {wrong}"),
        })
        .collect()
}

/// Fires what is due until `until`; the times at which something was.
fn run(session: &mut Session, from: Instant, until: Duration) -> Vec<Duration> {
    let mut times = Vec::new();
    while let Some(at) = session.poll_timeout().filter(|&at| at <= from + until) {
        session.on_timeout(at);
        times.push(at - from);
        assert!(times.len() < 10_000, "a timer that never moves");
    }
    times
}

/// A client or server that is logged in at `now`, with nothing in its queues.
fn logged_in(mut session: Session, now: Instant) -> Session {
    session.authenticated(now);
    session
}

fn client(now: Instant) -> Session {
    logged_in(Session::client(SessionConfig::default(), now), now)
}

fn server(now: Instant) -> Session {
    logged_in(Session::server(SessionConfig::default(), now), now)
}

/// Both sides, two pipes and one clock. Logins, heartbeats and logouts are answered as a driver
/// does.
struct Pair {
    start: Instant,
    now: Instant,
    client: Session,
    server: Session,
    /// Time since the start, and event.
    client_log: Vec<(Duration, Event)>,
    server_log: Vec<(Duration, Event)>,
    /// Whether what the server sends reaches the client.
    client_hears: bool,
    beats: bool,
}

impl Pair {
    fn new(config: SessionConfig) -> Self {
        let now = Instant::now();
        Self {
            start: now,
            now,
            client: Session::client(config.clone(), now),
            server: Session::server(config, now),
            client_log: Vec::new(),
            server_log: Vec::new(),
            client_hears: true,
            beats: true,
        }
    }

    fn logged_in(config: SessionConfig) -> Self {
        let mut pair = Self::new(config);
        pair.client.login(body("user"), pair.now).unwrap();
        pair.drive();
        assert!(pair.client.is_authenticated() && pair.server.is_authenticated());
        pair.client_log.clear();
        pair.server_log.clear();
        pair
    }

    /// Moves bytes in small pieces and handles events until nothing moves.
    fn drive(&mut self) {
        loop {
            let mut moved = false;
            while let Some(bytes) = self.client.poll_transmit() {
                bytes
                    .chunks(7)
                    .for_each(|piece| self.server.handle(piece, self.now));
                moved = true;
            }
            while let Some(bytes) = self.server.poll_transmit() {
                if self.client_hears {
                    bytes
                        .chunks(5)
                        .for_each(|piece| self.client.handle(piece, self.now));
                }
                moved = true;
            }
            let at = self.now - self.start;
            while let Some(event) = self.client.poll_event() {
                match &event {
                    Event::Answered { data, .. } if data == "welcome" => {
                        self.client.authenticated(self.now)
                    }
                    Event::HeartbeatDue if self.beats => {
                        self.client.heartbeat(body("beat"), self.now).unwrap()
                    }
                    _ => {}
                }
                self.client_log.push((at, event));
                moved = true;
            }
            while let Some(event) = self.server.poll_event() {
                match &event {
                    Event::Request {
                        packet,
                        command: LOGIN,
                        ..
                    } => {
                        self.server.answer(*packet, LOGIN, body("welcome")).unwrap();
                        self.server.authenticated(self.now);
                    }
                    Event::Heartbeat { packet, .. } => {
                        self.server.answer(*packet, HEARTBEAT, body("")).unwrap();
                    }
                    Event::Logout { packet, .. } => {
                        self.server.answer(*packet, LOGOUT, body("")).unwrap();
                    }
                    _ => {}
                }
                self.server_log.push((at, event));
                moved = true;
            }
            if !moved {
                return;
            }
        }
    }

    fn run(&mut self, until: Duration) {
        loop {
            self.drive();
            let timers = [self.client.poll_timeout(), self.server.poll_timeout()];
            let Some(at) = timers
                .into_iter()
                .flatten()
                .min()
                .filter(|&at| at <= self.start + until)
            else {
                self.now = self.start + until;
                return;
            };
            self.now = at.max(self.now);
            self.client.on_timeout(self.now);
            self.server.on_timeout(self.now);
        }
    }
}

fn times(log: &[(Duration, Event)], wanted: impl Fn(&Event) -> bool) -> Vec<u64> {
    log.iter()
        .filter(|(_, event)| wanted(event))
        .map(|(at, _)| at.as_secs())
        .collect()
}

fn closed(log: &[(Duration, Event)]) -> Option<(Duration, CloseReason)> {
    match log.last() {
        Some(&(at, Event::Closed(reason))) => Some((at, reason)),
        _ => None,
    }
}
