//! Logout and close.
use super::*;

#[test]
fn a_graceful_logout_closes_both_sides() {
    let mut pair = Pair::logged_in(SessionConfig::default());
    let (now, deadline) = (pair.now, pair.now + secs(5));
    let asked = pair.client.call(3001, body("x"), deadline).unwrap();
    let pushed = pair.server.call(4001, body("x"), deadline).unwrap();
    pair.client.close(Some(body("bye")), now);
    assert_eq!(
        pair.client.call(3001, body("x"), deadline),
        Err(CallError::Closed)
    );
    assert_eq!(
        pair.client.heartbeat(body("x"), now),
        Err(CallError::Closed)
    );
    pair.client.close(Some(body("bye")), now);
    pair.drive();
    let client: Vec<_> = pair
        .client_log
        .into_iter()
        .map(|(_, event)| event)
        .collect();
    let server: Vec<_> = pair
        .server_log
        .into_iter()
        .map(|(_, event)| event)
        .collect();
    assert_eq!(
        client[1..],
        [
            Event::Lost { call: asked },
            Event::Closed(CloseReason::Local)
        ]
    );
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
    assert!(
        matches!(events(&mut session)[..], [Event::Request { .. }]),
        "still reading"
    );
    assert_eq!(run(&mut session, now, secs(99)), [secs(3)]);
    assert_eq!(events(&mut session), [Event::Closed(CloseReason::Local)]);

    let mut session = server(now);
    session.handle(&request(1, LOGOUT), now);
    assert_eq!(run(&mut session, now, secs(99)), [secs(3)]);
    assert_eq!(
        events(&mut session).last(),
        Some(&Event::Closed(CloseReason::LoggedOut))
    );

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
    assert_eq!(
        events(&mut session),
        [Event::Lost { call }, Event::Closed(CloseReason::Local)]
    );
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
