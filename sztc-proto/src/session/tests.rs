use super::*;
use crate::frame::{Frame, TooLong, Version, encode};
use proptest::prelude::*;

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

/// Both sides, two pipes and one clock. Logins, heartbeats and logouts are answered as a driver does.
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
                bytes.chunks(7).for_each(|piece| self.server.handle(piece, self.now));
                moved = true;
            }
            while let Some(bytes) = self.server.poll_transmit() {
                if self.client_hears {
                    bytes.chunks(5).for_each(|piece| self.client.handle(piece, self.now));
                }
                moved = true;
            }
            let at = self.now - self.start;
            while let Some(event) = self.client.poll_event() {
                match &event {
                    Event::Answered { data, .. } if data == "welcome" => self.client.authenticated(self.now),
                    Event::HeartbeatDue if self.beats => self.client.heartbeat(body("beat"), self.now).unwrap(),
                    _ => {}
                }
                self.client_log.push((at, event));
                moved = true;
            }
            while let Some(event) = self.server.poll_event() {
                match &event {
                    Event::Request { packet, command: LOGIN, .. } => {
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
            let Some(at) = timers.into_iter().flatten().min().filter(|&at| at <= self.start + until) else {
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
    log.iter().filter(|(_, event)| wanted(event)).map(|(at, _)| at.as_secs()).collect()
}

fn closed(log: &[(Duration, Event)]) -> Option<(Duration, CloseReason)> {
    match log.last() {
        Some(&(at, Event::Closed(reason))) => Some((at, reason)),
        _ => None,
    }
}

#[test]
fn login_comes_first() {
    let mut pair = Pair::new(SessionConfig::default());
    let deadline = pair.now + secs(5);
    assert_eq!(pair.client.call(3001, body("x"), deadline), Err(CallError::NotLoggedIn));
    assert_eq!(pair.server.call(3001, body("x"), deadline), Err(CallError::NotLoggedIn));
    assert_eq!(pair.client.heartbeat(body("x"), pair.now), Err(CallError::NotLoggedIn));
    assert_eq!(pair.server.login(body("x"), pair.now), Err(CallError::WrongSide));
    let call = pair.client.login(body("user"), pair.now).unwrap();
    pair.drive();
    let (version, data) = (Version::V1_0, body("user"));
    assert_eq!(
        pair.server_log,
        [(
            secs(0),
            Event::Request {
                packet: 1,
                command: LOGIN,
                data,
                version
            }
        )]
    );
    assert_eq!(pair.client_log, [(secs(0), Event::Answered { call, data: body("welcome") })]);
    assert!(pair.client.is_authenticated() && pair.server.is_authenticated());
}

#[test]
fn without_a_login_the_session_ends_at_ten_seconds() {
    let now = Instant::now();
    for new in [Session::client, Session::server] {
        let mut session = new(SessionConfig::default(), now);
        assert_eq!(run(&mut session, now, secs(10) - STEP), []);
        assert_eq!(run(&mut session, now, secs(10)), [secs(10)]);
        assert_eq!(events(&mut session), [Event::Closed(CloseReason::NoLogin)]);
        assert_eq!(session.poll_timeout(), None);
    }
    let mut session = Session::client(SessionConfig::default(), now);
    let call = session.login(body("user"), now).unwrap();
    run(&mut session, now, secs(60));
    assert_eq!(events(&mut session), [Event::TimedOut { call }, Event::Closed(CloseReason::NoLogin)]);
}

#[test]
fn before_the_login_other_requests_are_only_reported() {
    let now = Instant::now();
    let mut session = Session::server(SessionConfig::default(), now);
    for command in [LOGOUT, HEARTBEAT, 3001] {
        session.handle(&request(9, command), now);
        assert_eq!(events(&mut session), [Event::Unauthenticated { packet: 9, command }]);
        session.answer(9, command, body("no")).unwrap();
        assert_eq!(sent(&mut session).len(), 1);
    }
    session.handle(&reply(9, 3001), now);
    assert_eq!(events(&mut session), [Event::Stray { packet: 9, command: 3001 }]);
    assert!(!session.is_closed());
}

#[test]
fn heartbeats_keep_their_cadence_and_both_sides_alive() {
    let mut pair = Pair::logged_in(SessionConfig::default());
    pair.run(secs(3600));
    let expected: Vec<u64> = (1..=1200).map(|beat| beat * 3).collect();
    assert_eq!(times(&pair.client_log, |event| *event == Event::HeartbeatDue), expected);
    assert_eq!(times(&pair.server_log, |event| matches!(event, Event::Heartbeat { .. })), expected);
    assert_eq!((pair.client_log.len(), pair.server_log.len()), (1200, 1200), "and nothing else");
}

#[test]
fn an_unanswered_heartbeat_is_sent_three_times_and_then_closes() {
    let now = Instant::now();
    let mut session = client(now);
    let call = session.call(3001, body("x"), now + secs(60)).unwrap();
    assert_eq!(run(&mut session, now, secs(3)), [secs(3)]);
    assert_eq!(events(&mut session), [Event::HeartbeatDue]);
    sent(&mut session);
    session.heartbeat(body("beat"), now + secs(3)).unwrap();
    let first = sent(&mut session);
    assert_eq!((first[0].command, first[0].packet), (HEARTBEAT, 2));
    for resend in [6, 9] {
        assert_eq!(run(&mut session, now, secs(resend) - STEP), []);
        assert_eq!(run(&mut session, now, secs(resend)), [secs(resend)]);
        assert_eq!(sent(&mut session), first, "the same packet again");
    }
    assert_eq!(run(&mut session, now, secs(12) - STEP), []);
    assert_eq!(run(&mut session, now, secs(99)), [secs(12)]);
    assert_eq!(events(&mut session), [Event::Lost { call }, Event::Closed(CloseReason::HeartbeatLost)]);
}

#[test]
fn a_client_that_hears_nothing_gives_up_and_the_server_notices() {
    let mut pair = Pair::logged_in(SessionConfig::default());
    pair.client_hears = false;
    pair.run(secs(60));
    assert_eq!(times(&pair.server_log, |event| matches!(event, Event::Heartbeat { .. })), [3, 6, 9]);
    assert_eq!(closed(&pair.client_log), Some((secs(12), CloseReason::HeartbeatLost)));
    assert_eq!(closed(&pair.server_log), Some((secs(18), CloseReason::Silent)));
}

#[test]
fn a_reply_after_a_resend_saves_the_session() {
    let now = Instant::now();
    let mut session = client(now);
    run(&mut session, now, secs(3));
    session.heartbeat(body("beat"), now + secs(3)).unwrap();
    session.heartbeat(body("beat"), now + secs(4)).unwrap();
    assert_eq!(sent(&mut session).len(), 1, "one at a time");
    run(&mut session, now, secs(6));
    session.handle(&reply(1, HEARTBEAT), now + secs(7));
    session.handle(&reply(1, HEARTBEAT), now + secs(7));
    let stray = Event::Stray {
        packet: 1,
        command: HEARTBEAT,
    };
    assert_eq!(events(&mut session), [Event::HeartbeatDue, stray]);
    session.on_timeout(now + secs(7));
    assert_eq!(events(&mut session), [Event::HeartbeatDue], "the next one was due at 6 s");
    assert_eq!(session.poll_timeout(), Some(now + secs(9)));
    session.on_timeout(now + secs(100));
    session.on_timeout(now + secs(100));
    assert_eq!(events(&mut session), [Event::HeartbeatDue], "no burst after a pause");
}

#[test]
fn a_server_closes_nine_seconds_after_the_last_heartbeat() {
    let now = Instant::now();
    let mut session = server(now);
    session.handle(&request(1, HEARTBEAT), now + secs(8));
    session.handle(&request(2, 3001), now + secs(12));
    assert_eq!(run(&mut session, now, secs(17) - STEP), []);
    assert_eq!(run(&mut session, now, secs(99)), [secs(17)]);
    assert_eq!(events(&mut session).last(), Some(&Event::Closed(CloseReason::Silent)));

    let mut session = server(now);
    assert_eq!(run(&mut session, now, secs(99)), [secs(9)], "counted from the login at first");

    let mut pair = Pair::logged_in(SessionConfig::default());
    pair.beats = false;
    pair.run(secs(60));
    assert_eq!(closed(&pair.server_log), Some((secs(9), CloseReason::Silent)));
}

#[test]
fn any_traffic_counts_if_so_configured() {
    let now = Instant::now();
    let config = SessionConfig {
        any_traffic_counts: true,
        ..SessionConfig::default()
    };
    let mut session = logged_in(Session::server(config, now), now);
    session.handle(&request(2, 3001), now + secs(5));
    session.handle(&reply(2, 3001), now + secs(8));
    session.handle(b"junk", now + secs(9));
    assert_eq!(run(&mut session, now, secs(99)), [secs(17)]);
}

#[test]
fn a_graceful_logout_closes_both_sides() {
    let mut pair = Pair::logged_in(SessionConfig::default());
    let (now, deadline) = (pair.now, pair.now + secs(5));
    let asked = pair.client.call(3001, body("x"), deadline).unwrap();
    let pushed = pair.server.call(4001, body("x"), deadline).unwrap();
    pair.client.close(Some(body("bye")), now);
    assert_eq!(pair.client.call(3001, body("x"), deadline), Err(CallError::Closed));
    assert_eq!(pair.client.heartbeat(body("x"), now), Err(CallError::Closed));
    pair.client.close(Some(body("bye")), now);
    pair.drive();
    let client: Vec<_> = pair.client_log.into_iter().map(|(_, event)| event).collect();
    let server: Vec<_> = pair.server_log.into_iter().map(|(_, event)| event).collect();
    assert_eq!(client[1..], [Event::Lost { call: asked }, Event::Closed(CloseReason::Local)]);
    assert!(matches!(client[0], Event::Request { command: 4001, .. }));
    assert!(matches!(server[0], Event::Request { command: 3001, .. }));
    assert_eq!(
        server[1..],
        [
            Event::Logout {
                packet: 3,
                data: body("bye")
            },
            Event::Lost { call: pushed },
            Event::Closed(CloseReason::LoggedOut),
        ]
    );
}

#[test]
fn a_logout_without_reply_or_answer_ends_after_three_seconds() {
    let now = Instant::now();
    let mut session = client(now);
    session.close(Some(body("bye")), now);
    session.handle(&request(1, 4001), now);
    assert!(matches!(events(&mut session)[..], [Event::Request { .. }]), "still reading");
    assert_eq!(run(&mut session, now, secs(99)), [secs(3)]);
    assert_eq!(events(&mut session), [Event::Closed(CloseReason::Local)]);

    let mut session = server(now);
    session.handle(&request(1, LOGOUT), now);
    assert_eq!(run(&mut session, now, secs(99)), [secs(3)]);
    assert_eq!(events(&mut session).last(), Some(&Event::Closed(CloseReason::LoggedOut)));

    let mut session = server(now);
    session.handle(&request(1, LOGOUT), now);
    session.answer(2, LOGOUT, body("another")).unwrap();
    assert!(session.poll_transmit().is_some() && !session.is_closed());
    session.answer(1, LOGOUT, body("")).unwrap();
    assert!(!session.is_closed(), "not before the answer is taken");
    assert!(session.poll_transmit().is_some() && session.is_closed());
    assert_eq!(session.answer(1, LOGOUT, body("")), Err(CallError::Closed));
}

#[test]
fn close_without_a_logout_is_at_once_and_bytes_can_still_be_taken() {
    let now = Instant::now();
    let mut session = client(now);
    let call = session.call(3001, body("x"), now + secs(5)).unwrap();
    session.close(None, now);
    assert_eq!(events(&mut session), [Event::Lost { call }, Event::Closed(CloseReason::Local)]);
    assert_eq!(sent(&mut session).len(), 1);
    session.handle(&reply(1, 3001), now);
    session.on_timeout(now + secs(99));
    session.eof(now);
    session.close(Some(body("bye")), now);
    assert_eq!(events(&mut session), [], "Closed is the last event");
    assert_eq!(session.call(3001, body("x"), now), Err(CallError::Closed));

    let mut session = Session::client(SessionConfig::default(), now);
    session.close(Some(body("bye")), now);
    assert!(session.is_closed(), "nobody to log out");
    assert_eq!(session.login(body("x"), now), Err(CallError::Closed));
}

#[test]
fn both_sides_call_at_once_with_the_same_numbers() {
    let mut pair = Pair::logged_in(SessionConfig::default());
    let deadline = pair.now + secs(5);
    pair.server.calls.next = 1;
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let asked = pair.client.call(3001, body("from client"), deadline).unwrap();
            let pushed = pair.server.call(3001, body("from server"), deadline).unwrap();
            assert_eq!(asked.packet(), pushed.packet());
            asked
        })
        .collect();
    pair.drive();
    for call in calls.iter().rev() {
        pair.client.answer(call.packet(), 3001, body("by client")).unwrap();
        pair.server.answer(call.packet(), 3001, body("by server")).unwrap();
    }
    pair.drive();
    for (log, by) in [(&pair.client_log, "by server"), (&pair.server_log, "by client")] {
        let answered: Vec<_> = log
            .iter()
            .filter_map(|(_, event)| match event {
                Event::Answered { call, data } => {
                    assert_eq!(data, by);
                    Some(*call)
                }
                _ => None,
            })
            .collect();
        assert_eq!(answered, calls.iter().rev().copied().collect::<Vec<_>>());
        assert_eq!(log.len(), 100);
    }
    assert_eq!((pair.client.in_flight(), pair.server.in_flight()), (0, 0));
}

#[test]
fn a_call_times_out_once_and_its_number_stays_reserved_for_the_grace() {
    let now = Instant::now();
    let config = SessionConfig {
        silence: Duration::MAX,
        ..SessionConfig::default()
    };
    let mut session = logged_in(Session::server(config, now), now);
    let late = session.call(3001, body("x"), now + secs(5)).unwrap();
    let never = session.call(3001, body("x"), now + secs(5)).unwrap();
    assert_eq!(run(&mut session, now, secs(5) - STEP), []);
    run(&mut session, now, secs(5));
    assert_eq!(events(&mut session), [Event::TimedOut { call: late }, Event::TimedOut { call: never }]);
    assert_eq!(session.in_flight(), 2);
    session.handle(&reply(1, 3001), now + secs(6));
    assert_eq!(events(&mut session), [Event::Stray { packet: 1, command: 3001 }]);
    assert_eq!(session.in_flight(), 1);
    assert_eq!(run(&mut session, now, secs(35) - STEP), []);
    run(&mut session, now, secs(35));
    assert_eq!(session.in_flight(), 0);
    assert_eq!(events(&mut session), []);
}

#[test]
fn a_late_reply_to_a_cancelled_call_reaches_nobody() {
    let now = Instant::now();
    let mut session = server(now);
    let call = session.call(3001, body("x"), now + secs(5)).unwrap();
    session.cancel(call);
    session.cancel(call);
    session.calls.next = i32::MAX as u64;
    let next = session.call(3001, body("x"), now + secs(5)).unwrap();
    assert_eq!((call.packet(), next.packet()), (1, 2), "around, and 1 is still reserved");
    session.handle(&reply(1, 3001), now + secs(1));
    assert_eq!(events(&mut session), [Event::Stray { packet: 1, command: 3001 }]);
    session.cancel(call);
    session.handle(&reply(2, 3001), now + secs(1));
    assert_eq!(
        events(&mut session),
        [Event::Answered {
            call: next,
            data: body("answer")
        }]
    );
    session.cancel(next);
    session.calls.next = i32::MAX as u64 * 2;
    let again = session.call(3001, body("x"), now + secs(5)).unwrap();
    assert_eq!(again.packet(), call.packet());
    session.cancel(call);
    session.handle(&reply(1, 3001), now + secs(2));
    assert!(matches!(session.poll_event(), Some(Event::Answered { call, .. }) if call == again));
    session.eof(now + secs(2));
    assert_eq!(events(&mut session), [Event::Closed(CloseReason::Eof)]);
}

#[test]
fn packet_numbers_go_around_and_skip_those_in_use() {
    let now = Instant::now();
    let mut session = client(now);
    session.heartbeat(body("beat"), now).unwrap();
    let deadline = now + secs(5);
    let held = session.call(3001, body("x"), deadline).unwrap();
    let freed = session.call(3001, body("x"), deadline).unwrap();
    assert_eq!((held.packet(), freed.packet()), (2, 3));
    session.calls.next = i32::MAX as u64 - 2;
    session.handle(&reply(3, 3001), now);
    let packets: Vec<u32> = (0..4).map(|_| session.call(3001, body("x"), deadline).unwrap().packet()).collect();
    assert_eq!(packets, [i32::MAX as u32 - 1, i32::MAX as u32, 3, 4], "1 is the heartbeat, 2 is held");
}

#[test]
fn a_reply_must_match_packet_and_command_and_counts_once() {
    let now = Instant::now();
    let mut session = server(now);
    let call = session.call(3001, body("x"), now + secs(5)).unwrap();
    for (packet, command) in [(1, 3002), (2, 3001), (0, 3001)] {
        session.handle(&reply(packet, command), now);
        assert_eq!(events(&mut session), [Event::Stray { packet, command }]);
    }
    session.handle(&reply(1, 3001), now);
    session.handle(&reply(1, 3001), now);
    let stray = Event::Stray { packet: 1, command: 3001 };
    assert_eq!(events(&mut session), [Event::Answered { call, data: body("answer") }, stray]);
}

#[test]
fn a_repeated_request_is_delivered_again() {
    let now = Instant::now();
    let mut session = client(now);
    session.handle(&[request(5, 4001), request(5, 4001)].concat(), now);
    let (version, data) = (Version::V1_0, body("ask"));
    let expected = Event::Request {
        packet: 5,
        command: 4001,
        data,
        version,
    };
    assert_eq!(events(&mut session), [expected.clone(), expected]);
}

#[test]
fn a_wrong_crc_or_garbage_does_not_end_the_session() {
    let now = Instant::now();
    let mut session = server(now);
    let mut bad = request(5, 3001);
    bad[17] ^= 1;
    session.handle(&[&request(4, 3001)[..], &bad, b"junk", &request(6, 3001)].concat(), now);
    let got = events(&mut session);
    assert!(matches!(got[0], Event::Request { packet: 4, .. }));
    assert!(matches!(
        got[1],
        Event::Wrong(Wrong::Crc {
            packet: 5,
            command: 3001,
            direction: 0,
            ..
        })
    ));
    assert_eq!(got[2], Event::Wrong(Wrong::Garbage { skipped: 4 }));
    assert!(matches!(got[3], Event::Request { packet: 6, .. }));
}

#[test]
fn a_damaged_reply_ends_its_call_at_once_and_its_number_stays_reserved() {
    let now = Instant::now();
    let mut session = client(now);
    let call = session.call(3001, body("x"), now + secs(5)).unwrap();
    let damaged = |command| {
        let mut bytes = reply(call.packet(), command);
        bytes[17] ^= 1;
        bytes
    };
    session.handle(&damaged(3002), now);
    assert!(matches!(events(&mut session)[..], [Event::Wrong(_)]), "another call's");
    session.handle(&[damaged(3001), damaged(3001)].concat(), now);
    assert!(matches!(events(&mut session)[..], [Event::Wrong(_), Event::Damaged { call: ended }, Event::Wrong(_)] if ended == call));
    assert_eq!(session.in_flight(), 1);
    session.handle(&reply(call.packet(), 3001), now);
    let packet = call.packet();
    assert_eq!(events(&mut session), [Event::Stray { packet, command: 3001 }]);
    assert_eq!(session.in_flight(), 0);
}

#[test]
fn noise_is_limited_per_minute() {
    let now = Instant::now();
    let mut bad = request(5, 3001);
    bad[17] ^= 1;
    for (mut session, frame) in [
        (server(now), bad),
        (client(now), [b"junk".to_vec(), request(1, 4001)].concat()),
        (Session::server(SessionConfig::default(), now), request(1, 3001)),
        (Session::server(SessionConfig::default(), now), request(1, LOGIN)),
    ] {
        (0..100).for_each(|_| session.handle(&frame, now));
        assert!(!session.is_closed());
        (0..100).for_each(|_| session.handle(&frame, now + secs(60)));
        assert!(!session.is_closed(), "a new minute");
        session.handle(&frame.repeat(2), now + secs(119));
        assert_eq!(events(&mut session).last(), Some(&Event::Closed(CloseReason::Noise)));
    }
}

#[test]
fn what_came_before_the_login_is_forgiven() {
    let now = Instant::now();
    let config = SessionConfig {
        max_wrong: 0,
        ..SessionConfig::default()
    };
    let mut session = Session::server(config, now);
    session.handle(&request(1, LOGIN), now);
    session.authenticated(now);
    let mut bad = request(5, 3001);
    bad[17] ^= 1;
    session.handle(&bad, now);
    assert!(!session.is_closed(), "a maximum of 0 means 1");
    session.handle(&bad, now);
    assert!(session.is_closed());
}

#[test]
fn too_long_is_told_from_the_header_and_can_be_refused() {
    let now = Instant::now();
    let limits = [
        (Session::server(SessionConfig::default(), now), 64 * 1024),
        (server(now), 10 * 1024 * 1024 + 64 * 1024),
        (Session::client(SessionConfig::default(), now), 10 * 1024 * 1024 + 64 * 1024),
    ];
    for (mut session, limit) in limits {
        session.handle(&claim(Direction::Request, limit as u32)[..16], now);
        session.handle(&[limit as u8], now);
        assert!(!session.is_closed() && session.is_reading(), "exactly the limit is waited for");
    }
    for authenticated in [false, true] {
        let mut session = Session::server(SessionConfig::default(), now);
        if authenticated {
            session.authenticated(now);
        }
        let limit = if authenticated { 10 * 1024 * 1024 + 64 * 1024 } else { 64 * 1024 };
        session.handle(&claim(Direction::Request, limit as u32 + 1), now);
        session.handle(&request(1, 3001), now);
        let error = TooLong {
            packet: 77,
            command: 3001,
            direction: 0,
            length: limit + 1,
            limit,
        };
        assert_eq!(events(&mut session), [Event::TooLong(error)], "nothing behind it is read");
        session.answer(77, 3001, body("too long")).unwrap();
        assert_eq!(sent(&mut session).len(), 1);
        assert_eq!(events(&mut session), [Event::Closed(CloseReason::TooLong(error))]);
    }
    let mut session = server(now);
    session.handle(&claim(Direction::Request, u32::MAX), now);
    assert_eq!(run(&mut session, now, secs(99)), [secs(3)], "nobody refuses it");
    assert!(matches!(events(&mut session).last(), Some(Event::Closed(CloseReason::TooLong(_)))));
    let mut session = server(now);
    session.handle(&claim(Direction::Reply, u32::MAX), now);
    assert!(
        matches!(events(&mut session)[..], [Event::Closed(CloseReason::TooLong(_))]),
        "a reply is not refused"
    );
}

#[test]
fn eof_loses_calls_and_tells_a_cut_frame() {
    let now = Instant::now();
    let mut session = server(now);
    let call = session.call(3001, body("x"), now + secs(5)).unwrap();
    session.read_buf().extend_from_slice(&request(1, 3001)[..18]);
    session.eof(now);
    assert_eq!(
        events(&mut session),
        [
            Event::Wrong(Wrong::Truncated { left: 18 }),
            Event::Lost { call },
            Event::Closed(CloseReason::Eof),
        ]
    );
}

#[test]
fn a_peer_that_logs_out_and_half_closes_gets_its_answer() {
    let now = Instant::now();
    let mut session = server(now);
    session.read_buf().extend_from_slice(&request(1, LOGOUT));
    session.eof(now);
    assert_eq!(
        events(&mut session),
        [Event::Logout {
            packet: 1,
            data: body("ask")
        }]
    );
    session.answer(1, LOGOUT, body("")).unwrap();
    assert_eq!(sent(&mut session).len(), 1);
    assert_eq!(events(&mut session), [Event::Closed(CloseReason::LoggedOut)]);

    let mut session = client(now);
    session.close(Some(body("bye")), now);
    session.eof(now);
    assert_eq!(events(&mut session), [Event::Closed(CloseReason::Local)], "as good as the reply");
}

#[test]
fn limits_on_what_is_sent() {
    let now = Instant::now();
    let config = SessionConfig {
        limit: 100,
        max_in_flight: 3,
        max_outgoing: 200,
        ..SessionConfig::default()
    };
    let mut session = logged_in(Session::client(config, now), now);
    let deadline = now + secs(5);
    let long = Bytes::from(vec![b'x'; 101]);
    assert!(matches!(session.call(3001, long.clone(), deadline), Err(CallError::TooLong(_))));
    assert!(matches!(session.answer(1, 3001, long.clone()), Err(CallError::TooLong(_))));
    assert!(matches!(session.heartbeat(long.clone(), now), Err(CallError::TooLong(_))));
    assert_eq!(session.poll_transmit(), None);
    let wide = long.slice(..100);
    session.answer(1, 4001, wide.clone()).unwrap();
    session.answer(1, 4001, body("")).unwrap();
    let full = CallError::OutgoingFull { waiting: 138 };
    assert_eq!(session.answer(1, 4001, wide.clone()), Err(full));
    assert_eq!(session.call(3001, wide.clone(), deadline), Err(full));
    session.heartbeat(wide.clone(), now).unwrap();
    assert_eq!(session.outgoing(), 138, "a heartbeat adds nothing to a full queue");
    assert_eq!(sent(&mut session).len(), 2);
    run(&mut session, now, secs(3));
    assert_eq!(sent(&mut session).len(), 1, "but is repeated as if it had been sent");
    let calls = [(); 3].map(|()| session.call(3001, body("x"), deadline).unwrap());
    assert_eq!(session.call(3001, body("x"), deadline), Err(CallError::InFlightFull { in_flight: 3 }));
    session.handle(&reply(calls[1].packet(), 3001), now);
    assert_eq!(session.in_flight(), 2);
    session.call(3001, body("x"), deadline).unwrap();
    session.close(Some(long), now);
    assert!(session.is_closed(), "a logout that cannot be sent is not waited for");
}

#[test]
fn a_large_outgoing_buffer_is_given_back() {
    let now = Instant::now();
    let mut session = client(now);
    let large = Bytes::from(vec![b'x'; 1 << 20]);
    session.call(3001, large, now + secs(5)).unwrap();
    drop(session.poll_transmit());
    session.call(3001, body("x"), now + secs(5)).unwrap();
    assert!(session.outgoing.capacity() <= KEEP);
}

#[test]
fn debug_and_display_never_show_a_body() {
    let now = Instant::now();
    let mut session = Session::server(SessionConfig::default(), now);
    session.handle(&encoded(Direction::Request, 1, LOGIN, b"password"), now);
    let event = session.poll_event().unwrap();
    assert!(!format!("{event:?} {session:?}").contains("password"));
    assert!(format!("{event:?}").contains("8 bytes"));
}

/// What a driver, a peer and the clock can do to a session.
#[derive(Clone, Debug)]
enum Step {
    Call {
        command: u16,
        deadline: u64,
    },
    Cancel(usize),
    Reply {
        call: usize,
        command: u16,
    },
    Request(u16),
    Answer(u16),
    Junk(Vec<u8>),
    TooLong(bool),
    Pass(u64),
    Authenticated,
    PendingHeartbeat,
    Transmit,
    /// All but the last few packet numbers were used meanwhile.
    Around(u64),
    Close(bool),
    Eof,
}

fn step() -> impl Strategy<Value = Step> {
    let command = || prop_oneof![6 => 3001u16..3003, 1 => Just(LOGIN), 1 => Just(LOGOUT), 2 => Just(HEARTBEAT)];
    prop_oneof![
        30 => (3001u16..3003, 0u64..8000).prop_map(|(command, deadline)| Step::Call { command, deadline }),
        8 => (0usize..16).prop_map(Step::Cancel),
        20 => (0usize..16, command()).prop_map(|(call, command)| Step::Reply { call, command }),
        6 => (3001u16..3003).prop_map(Step::Request),
        4 => Just(Step::Request(HEARTBEAT)),
        1 => Just(Step::Request(LOGOUT)),
        6 => command().prop_map(Step::Answer),
        2 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Step::Junk),
        1 => any::<bool>().prop_map(Step::TooLong),
        12 => (0u64..3000).prop_map(Step::Pass),
        6 => Just(Step::Authenticated),
        6 => Just(Step::PendingHeartbeat),
        6 => Just(Step::Transmit),
        4 => (1u64..20).prop_map(Step::Around),
        1 => any::<bool>().prop_map(Step::Close),
        1 => Just(Step::Eof),
    ]
}

/// What the test knows about the calls that it made.
#[derive(Default)]
struct Books {
    calls: Vec<CallId>,
    /// Neither ended nor cancelled.
    open: Vec<CallId>,
    closed: bool,
}

impl Books {
    fn note(&mut self, session: &mut Session) -> Result<(), TestCaseError> {
        for event in events(session) {
            prop_assert!(!self.closed, "{event:?} after Closed");
            match event {
                Event::Answered { call, .. } | Event::Damaged { call } | Event::TimedOut { call } | Event::Lost { call } => {
                    let open = self.open.iter().position(|&open| open == call);
                    prop_assert!(open.is_some(), "{event:?}: ended before, or cancelled");
                    self.open.remove(open.unwrap());
                }
                Event::Closed(_) => {
                    prop_assert_eq!(&self.open, &[], "calls without an end");
                    self.closed = true;
                }
                _ => {}
            }
        }
        prop_assert_eq!(self.closed, session.is_closed());
        prop_assert_eq!(session.calls.timers.len(), session.in_flight(), "one timer per number");
        prop_assert!(session.in_flight() <= 12);
        Ok(())
    }
}

proptest! {
    #[test]
    fn every_call_ends_once_and_no_two_share_a_number(
        is_client in any::<bool>(), steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut now = Instant::now();
        let config = SessionConfig {
            max_in_flight: 12, max_outgoing: 300, max_wrong: 10, grace: secs(2), ..SessionConfig::default()
        };
        let mut session = if is_client { Session::client(config, now) } else { Session::server(config, now) };
        let mut books = Books::default();
        if is_client {
            books.calls.extend(session.login(body("user"), now));
            books.open.extend(&books.calls);
        }
        for step in steps {
            match step {
                Step::Call { command, deadline } => {
                    if let Ok(call) = session.call(command, body("x"), now + STEP * deadline as u32) {
                        prop_assert!(!books.calls.contains(&call));
                        prop_assert!(books.open.iter().all(|open| open.packet() != call.packet()));
                        prop_assert!((1..=i32::MAX as u32).contains(&call.packet()));
                        books.calls.push(call);
                        books.open.push(call);
                    }
                }
                Step::Cancel(back) => if let Some(&call) = books.calls.iter().rev().nth(back) {
                    session.cancel(call);
                    books.open.retain(|&open| open != call);
                },
                Step::Reply { call, command } => {
                    let packet = books.calls.iter().rev().nth(call).map_or(1, |call| call.packet());
                    session.handle(&reply(packet, command), now);
                }
                Step::Request(command) => session.handle(&request(1, command), now),
                Step::Answer(command) => drop(session.answer(1, command, body("answer"))),
                Step::Junk(junk) => session.handle(&junk, now),
                Step::TooLong(ask) => {
                    let direction = if ask { Direction::Request } else { Direction::Reply };
                    session.handle(&claim(direction, u32::MAX), now);
                }
                Step::Pass(millis) => {
                    now += STEP * millis as u32;
                    let mut turns = 0;
                    while session.poll_timeout().is_some_and(|at| at <= now) {
                        session.on_timeout(now);
                        turns += 1;
                        prop_assert!(turns < 50, "a timer that never moves");
                    }
                }
                Step::Authenticated => session.authenticated(now),
                Step::PendingHeartbeat => drop(session.heartbeat(body("beat"), now)),
                Step::Transmit => {
                    sent(&mut session);
                }
                Step::Around(less) => session.calls.next += i32::MAX as u64 - less,
                Step::Close(logout) => session.close(logout.then(|| body("bye")), now),
                Step::Eof => session.eof(now),
            }
            books.note(&mut session)?;
            prop_assert!(session.outgoing.len() < 600);
        }
        session.close(None, now);
        books.note(&mut session)?;
        prop_assert!(books.closed && books.open.is_empty());
        prop_assert_eq!((session.in_flight(), session.poll_timeout()), (0, None));
    }

    #[test]
    fn the_same_bytes_give_the_same_events(
        commands in prop::collection::vec((any::<bool>(), 1004u16..1008, any::<bool>()), 0..60),
        size in 1usize..50, login in any::<bool>(),
    ) {
        let now = Instant::now();
        let mut stream = Vec::new();
        for (asks, command, damage) in commands {
            let mut frame = if asks { request(3, command) } else { reply(3, command) };
            frame[18] ^= u8::from(damage);
            stream.extend(frame);
        }
        let new = || {
            let session = Session::server(SessionConfig { max_wrong: 20, ..SessionConfig::default() }, now);
            if login { logged_in(session, now) } else { session }
        };
        let (mut whole, mut pieces) = (new(), new());
        whole.handle(&stream, now);
        stream.chunks(size).for_each(|piece| pieces.handle(piece, now));
        prop_assert_eq!(events(&mut whole), events(&mut pieces));
        prop_assert_eq!(whole.poll_timeout(), pieces.poll_timeout());
    }
}
