//! Login: who is let in, and what is read before.
use super::*;

#[test]
fn login_comes_first() {
    let mut pair = Pair::new(SessionConfig::default());
    let deadline = pair.now + secs(5);
    assert_eq!(
        pair.client.call(3001, body("x"), deadline),
        Err(CallError::NotLoggedIn)
    );
    assert_eq!(
        pair.server.call(3001, body("x"), deadline),
        Err(CallError::NotLoggedIn)
    );
    assert_eq!(
        pair.client.heartbeat(body("x"), pair.now),
        Err(CallError::NotLoggedIn)
    );
    assert_eq!(
        pair.server.login(body("x"), pair.now),
        Err(CallError::WrongSide)
    );
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
    assert_eq!(
        pair.client_log,
        [(
            secs(0),
            Event::Answered {
                call,
                data: body("welcome")
            }
        )]
    );
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
    assert_eq!(
        events(&mut session),
        [
            Event::TimedOut { call },
            Event::Closed(CloseReason::NoLogin)
        ]
    );
}

#[test]
fn before_the_login_other_requests_are_only_reported() {
    let now = Instant::now();
    let mut session = Session::server(SessionConfig::default(), now);
    for command in [LOGOUT, HEARTBEAT, 3001] {
        session.handle(&request(9, command), now);
        assert_eq!(
            events(&mut session),
            [Event::Unauthenticated { packet: 9, command }]
        );
        session.answer(9, command, body("no")).unwrap();
        assert_eq!(sent(&mut session).len(), 1);
    }
    session.handle(&reply(9, 3001), now);
    assert_eq!(
        events(&mut session),
        [Event::Stray {
            packet: 9,
            command: 3001
        }]
    );
    assert!(!session.is_closed());
}
