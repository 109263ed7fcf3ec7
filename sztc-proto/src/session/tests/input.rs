//! What comes damaged, too long or cut off.
use super::*;

#[test]
fn a_wrong_crc_or_garbage_does_not_end_the_session() {
    let now = Instant::now();
    let mut session = server(now);
    let mut bad = request(5, 3001);
    bad[17] ^= 1;
    session.handle(
        &[&request(4, 3001)[..], &bad, b"junk", &request(6, 3001)].concat(),
        now,
    );
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
    assert!(
        matches!(events(&mut session)[..], [Event::Wrong(_)]),
        "another call's"
    );
    session.handle(&[damaged(3001), damaged(3001)].concat(), now);
    assert!(matches!(events(&mut session)[..],
            [Event::Wrong(_), Event::Damaged { call: ended }, Event::Wrong(_)] if ended == call));
    assert_eq!(session.in_flight(), 1);
    session.handle(&reply(call.packet(), 3001), now);
    let packet = call.packet();
    assert_eq!(
        events(&mut session),
        [Event::Stray {
            packet,
            command: 3001
        }]
    );
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
        (
            Session::server(SessionConfig::default(), now),
            request(1, 3001),
        ),
        (
            Session::server(SessionConfig::default(), now),
            request(1, LOGIN),
        ),
    ] {
        (0..100).for_each(|_| session.handle(&frame, now));
        assert!(!session.is_closed());
        (0..100).for_each(|_| session.handle(&frame, now + secs(60)));
        assert!(!session.is_closed(), "a new minute");
        session.handle(&frame.repeat(2), now + secs(119));
        assert_eq!(
            events(&mut session).last(),
            Some(&Event::Closed(CloseReason::Noise))
        );
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
        (
            Session::client(SessionConfig::default(), now),
            10 * 1024 * 1024 + 64 * 1024,
        ),
    ];
    for (mut session, limit) in limits {
        session.handle(&claim(Direction::Request, limit as u32)[..16], now);
        session.handle(&[limit as u8], now);
        assert!(
            !session.is_closed() && session.is_reading(),
            "exactly the limit is waited for"
        );
    }
    for authenticated in [false, true] {
        let mut session = Session::server(SessionConfig::default(), now);
        if authenticated {
            session.authenticated(now);
        }
        let limit = if authenticated {
            10 * 1024 * 1024 + 64 * 1024
        } else {
            64 * 1024
        };
        session.handle(&claim(Direction::Request, limit as u32 + 1), now);
        session.handle(&request(1, 3001), now);
        let error = TooLong {
            packet: 77,
            command: 3001,
            direction: 0,
            length: limit + 1,
            limit,
        };
        assert_eq!(
            events(&mut session),
            [Event::TooLong(error)],
            "nothing behind it is read"
        );
        session.answer(77, 3001, body("too long")).unwrap();
        assert_eq!(sent(&mut session).len(), 1);
        assert_eq!(
            events(&mut session),
            [Event::Closed(CloseReason::TooLong(error))]
        );
    }
    let mut session = server(now);
    session.handle(&claim(Direction::Request, u32::MAX), now);
    assert_eq!(
        run(&mut session, now, secs(99)),
        [secs(3)],
        "nobody refuses it"
    );
    assert!(matches!(
        events(&mut session).last(),
        Some(Event::Closed(CloseReason::TooLong(_)))
    ));
    let mut session = server(now);
    session.handle(&claim(Direction::Reply, u32::MAX), now);
    assert!(
        matches!(
            events(&mut session)[..],
            [Event::Closed(CloseReason::TooLong(_))]
        ),
        "a reply is not refused"
    );
}

#[test]
fn eof_loses_calls_and_tells_a_cut_frame() {
    let now = Instant::now();
    let mut session = server(now);
    let call = session.call(3001, body("x"), now + secs(5)).unwrap();
    session
        .read_buf()
        .extend_from_slice(&request(1, 3001)[..18]);
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
    assert_eq!(
        events(&mut session),
        [Event::Closed(CloseReason::LoggedOut)]
    );

    let mut session = client(now);
    session.close(Some(body("bye")), now);
    session.eof(now);
    assert_eq!(
        events(&mut session),
        [Event::Closed(CloseReason::Local)],
        "as good as the reply"
    );
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
    assert!(matches!(
        session.call(3001, long.clone(), deadline),
        Err(CallError::TooLong(_))
    ));
    assert!(matches!(
        session.answer(1, 3001, long.clone()),
        Err(CallError::TooLong(_))
    ));
    assert!(matches!(
        session.heartbeat(long.clone(), now),
        Err(CallError::TooLong(_))
    ));
    assert_eq!(session.poll_transmit(), None);
    let wide = long.slice(..100);
    session.answer(1, 4001, wide.clone()).unwrap();
    session.answer(1, 4001, body("")).unwrap();
    let full = CallError::OutgoingFull { waiting: 138 };
    assert_eq!(session.answer(1, 4001, wide.clone()), Err(full));
    assert_eq!(session.call(3001, wide.clone(), deadline), Err(full));
    session.heartbeat(wide.clone(), now).unwrap();
    assert_eq!(
        session.outgoing(),
        138,
        "a heartbeat adds nothing to a full queue"
    );
    assert_eq!(sent(&mut session).len(), 2);
    run(&mut session, now, secs(3));
    assert_eq!(
        sent(&mut session).len(),
        1,
        "but is repeated as if it had been sent"
    );
    let calls = [(); 3].map(|()| session.call(3001, body("x"), deadline).unwrap());
    assert_eq!(
        session.call(3001, body("x"), deadline),
        Err(CallError::InFlightFull { in_flight: 3 })
    );
    session.handle(&reply(calls[1].packet(), 3001), now);
    assert_eq!(session.in_flight(), 2);
    session.call(3001, body("x"), deadline).unwrap();
    session.close(Some(long), now);
    assert!(
        session.is_closed(),
        "a logout that cannot be sent is not waited for"
    );
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
