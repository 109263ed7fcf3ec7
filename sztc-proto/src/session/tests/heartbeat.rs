//! Heartbeats: how often, how often again, and who gives up when.
use super::*;

#[test]
fn heartbeats_keep_their_cadence_and_both_sides_alive() {
    let mut pair = Pair::logged_in(SessionConfig::default());
    pair.run(secs(3600));
    let expected: Vec<u64> = (1..=1200).map(|beat| beat * 3).collect();
    assert_eq!(
        times(&pair.client_log, |event| *event == Event::HeartbeatDue),
        expected
    );
    assert_eq!(
        times(&pair.server_log, |event| matches!(
            event,
            Event::Heartbeat { .. }
        )),
        expected
    );
    assert_eq!(
        (pair.client_log.len(), pair.server_log.len()),
        (1200, 1200),
        "and nothing else"
    );
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
    assert_eq!(
        events(&mut session),
        [
            Event::Lost { call },
            Event::Closed(CloseReason::HeartbeatLost)
        ]
    );
}

#[test]
fn a_client_that_hears_nothing_gives_up_and_the_server_notices() {
    let mut pair = Pair::logged_in(SessionConfig::default());
    pair.client_hears = false;
    pair.run(secs(60));
    assert_eq!(
        times(&pair.server_log, |event| matches!(
            event,
            Event::Heartbeat { .. }
        )),
        [3, 6, 9]
    );
    assert_eq!(
        closed(&pair.client_log),
        Some((secs(12), CloseReason::HeartbeatLost))
    );
    assert_eq!(
        closed(&pair.server_log),
        Some((secs(18), CloseReason::Silent))
    );
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
    assert_eq!(
        events(&mut session),
        [Event::HeartbeatDue],
        "the next one was due at 6 s"
    );
    assert_eq!(session.poll_timeout(), Some(now + secs(9)));
    session.on_timeout(now + secs(100));
    session.on_timeout(now + secs(100));
    assert_eq!(
        events(&mut session),
        [Event::HeartbeatDue],
        "no burst after a pause"
    );
}

#[test]
fn a_server_closes_nine_seconds_after_the_last_heartbeat() {
    let now = Instant::now();
    let mut session = server(now);
    session.handle(&request(1, HEARTBEAT), now + secs(8));
    session.handle(&request(2, 3001), now + secs(12));
    assert_eq!(run(&mut session, now, secs(17) - STEP), []);
    assert_eq!(run(&mut session, now, secs(99)), [secs(17)]);
    assert_eq!(
        events(&mut session).last(),
        Some(&Event::Closed(CloseReason::Silent))
    );

    let mut session = server(now);
    assert_eq!(
        run(&mut session, now, secs(99)),
        [secs(9)],
        "counted from the login at first"
    );

    let mut pair = Pair::logged_in(SessionConfig::default());
    pair.beats = false;
    pair.run(secs(60));
    assert_eq!(
        closed(&pair.server_log),
        Some((secs(9), CloseReason::Silent))
    );
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
