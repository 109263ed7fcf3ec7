//! Calls: packet numbers, replies that are late or repeated.
use super::*;

#[test]
fn both_sides_call_at_once_with_the_same_numbers() {
    let mut pair = Pair::logged_in(SessionConfig::default());
    let deadline = pair.now + secs(5);
    pair.server.calls.next = 1;
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let asked = pair
                .client
                .call(3001, body("from client"), deadline)
                .unwrap();
            let pushed = pair
                .server
                .call(3001, body("from server"), deadline)
                .unwrap();
            assert_eq!(asked.packet(), pushed.packet());
            asked
        })
        .collect();
    pair.drive();
    for call in calls.iter().rev() {
        pair.client
            .answer(call.packet(), 3001, body("by client"))
            .unwrap();
        pair.server
            .answer(call.packet(), 3001, body("by server"))
            .unwrap();
    }
    pair.drive();
    for (log, by) in [
        (&pair.client_log, "by server"),
        (&pair.server_log, "by client"),
    ] {
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
    assert_eq!(
        events(&mut session),
        [
            Event::TimedOut { call: late },
            Event::TimedOut { call: never }
        ]
    );
    assert_eq!(session.in_flight(), 2);
    session.handle(&reply(1, 3001), now + secs(6));
    assert_eq!(
        events(&mut session),
        [Event::Stray {
            packet: 1,
            command: 3001
        }]
    );
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
    assert_eq!(
        (call.packet(), next.packet()),
        (1, 2),
        "around, and 1 is still reserved"
    );
    session.handle(&reply(1, 3001), now + secs(1));
    assert_eq!(
        events(&mut session),
        [Event::Stray {
            packet: 1,
            command: 3001
        }]
    );
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
    let packets: Vec<u32> = (0..4)
        .map(|_| session.call(3001, body("x"), deadline).unwrap().packet())
        .collect();
    assert_eq!(
        packets,
        [i32::MAX as u32 - 1, i32::MAX as u32, 3, 4],
        "1 is the heartbeat, 2 is held"
    );
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
    let stray = Event::Stray {
        packet: 1,
        command: 3001,
    };
    assert_eq!(
        events(&mut session),
        [
            Event::Answered {
                call,
                data: body("answer")
            },
            stray
        ]
    );
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
