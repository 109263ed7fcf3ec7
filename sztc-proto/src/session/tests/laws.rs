//! Laws: whatever comes in whatever order.
use super::*;
use proptest::prelude::*;

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
    let command = || {
        prop_oneof![6 => 3001u16..3003, 1 => Just(LOGIN), 1 => Just(LOGOUT),
        2 => Just(HEARTBEAT)]
    };
    prop_oneof![
        30 => (3001u16..3003, 0u64..8000).prop_map(|(command, deadline)| Step::Call { command,
            deadline }),
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
                Event::Answered { call, .. }
                | Event::Damaged { call }
                | Event::TimedOut { call }
                | Event::Lost { call } => {
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
        prop_assert_eq!(
            session.calls.timers.len(),
            session.in_flight(),
            "one timer per number"
        );
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
            max_in_flight: 12, max_outgoing: 300, max_wrong: 10, grace: secs(2),
            ..SessionConfig::default()
        };
        let mut session = if is_client { Session::client(config,
            now) } else { Session::server(config, now) };
        let mut books = Books::default();
        if is_client {
            books.calls.extend(session.login(body("user"), now));
            books.open.extend(&books.calls);
        }
        for step in steps {
            match step {
                Step::Call { command, deadline } => {
                    if let Ok(call) = session.call(command, body("x"),
                        now + STEP * deadline as u32) {
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
            let session = Session::server(SessionConfig { max_wrong: 20,
                ..SessionConfig::default() }, now);
            if login { logged_in(session, now) } else { session }
        };
        let (mut whole, mut pieces) = (new(), new());
        whole.handle(&stream, now);
        stream.chunks(size).for_each(|piece| pieces.handle(piece, now));
        prop_assert_eq!(events(&mut whole), events(&mut pieces));
        prop_assert_eq!(whole.poll_timeout(), pieces.poll_timeout());
    }
}
