//! The partner's side against a city by hand.
use super::peer::*;
use std::time::Duration;
use sztc_proto::{
    code::*,
    frame::Direction,
    tcp::{Carry, Fallback, Link, LinkState, TcpOptions, attach},
    *,
};
use tokio::{
    io::{AsyncWriteExt, BufStream},
    task::JoinHandle,
    time::{Instant, timeout},
};

type Running = JoinHandle<Result<(), Error>>;

async fn logged_in(set: impl FnOnce(&mut TcpOptions)) -> (Peer, Link, Running) {
    let mut options = TcpOptions::default();
    set(&mut options);
    let (mut peer, io) = Peer::pair();
    // An io that keeps bytes back until it is flushed, as TLS may.
    let (link, connection) = attach(
        BufStream::new(io),
        credentials("right"),
        Service::default(),
        options,
    );
    let running = tokio::spawn(connection.run());
    peer.admit().await;
    link.wait_connected().await.expect("admitted");
    (peer, link, running)
}

/// Calls for at most `seconds`.
fn call(link: &Link, seconds: u64) -> JoinHandle<Result<String, Error>> {
    let link = link.clone();
    let deadline = (Instant::now() + Duration::from_secs(seconds)).into_std();
    tokio::spawn(async move {
        let answer = link
            .exchange(Call::new(ECHO_NAME, ECHO_NAME, sealed(&["{}"]), deadline))
            .await?;
        Ok(String::from_utf8(answer.body.into()).expect("UTF-8"))
    })
}

async fn failure(call: JoinHandle<Result<String, Error>>) -> (ErrorKind, Sent) {
    let error = call.await.expect("no panic").expect_err("no reply");
    (error.kind(), error.sent())
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_ends_with_the_refusal() {
    let (mut peer, io) = Peer::pair();
    let (link, connection) = attach(
        io,
        credentials("right"),
        Service::default(),
        TcpOptions::default(),
    );
    let running = tokio::spawn(connection.run());
    let waiting = call(&link, 60);
    let login = peer.next().await.expect("a login");
    peer.success(
        login.packet,
        1004,
        &[r#"{"code":3001,"message":"用户名或密码错误"}"#],
    )
    .await;
    let error = running.await.expect("no panic").expect_err("refused");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::WRONG_PASSWORD)
    );
    assert_eq!(error.endpoint(), Some("1004 tcp_login"));
    assert_eq!(failure(waiting).await, (ErrorKind::Closed, Sent::No));
    assert!(peer.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_login_without_reply_ends_in_time() {
    let (_peer, io) = Peer::pair();
    let (_link, connection) = attach(
        io,
        credentials("right"),
        Service::default(),
        TcpOptions::default(),
    );
    let start = Instant::now();
    assert_eq!(
        connection.run().await.map_err(|error| error.kind()),
        Err(ErrorKind::Timeout)
    );
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn replies_find_their_calls_in_any_order() {
    let (mut peer, link, _running) = logged_in(|_| {}).await;
    let calls = [call(&link, 60), call(&link, 60), call(&link, 60)];
    let mut packets = Vec::new();
    for _ in &calls {
        packets.push(peer.next_call().await.expect("a call").packet);
    }
    for packet in packets.iter().rev() {
        peer.success(*packet, ECHO, &[&format!(r#"{{"packet":{packet}}}"#)])
            .await;
    }
    for (call, packet) in calls.into_iter().zip(packets) {
        let text = call.await.expect("no panic").expect("answered");
        assert!(
            text.contains(&format!(r#"{{"packet":{packet}}}"#)),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_never_comes_is_a_timeout_that_may_have_acted() {
    let (mut peer, link, _running) = logged_in(|_| {}).await;
    let start = Instant::now();
    let waiting = call(&link, 30);
    let beating = tokio::spawn(async move { while peer.next_call().await.is_some() {} });
    assert_eq!(failure(waiting).await, (ErrorKind::Timeout, Sent::Maybe));
    assert_eq!(start.elapsed().as_secs(), 30);
    assert!(link.is_connected(), "the heartbeat went on");
    drop(beating);
}

#[tokio::test(start_paused = true)]
async fn without_heartbeats_answered_the_line_ends_and_tells_everybody() {
    let (mut peer, link, running) = logged_in(|_| {}).await;
    let start = Instant::now();
    let waiting = [call(&link, 60), call(&link, 60)];
    for call in waiting {
        assert_eq!(failure(call).await, (ErrorKind::Network, Sent::Maybe));
    }
    assert_eq!(
        start.elapsed().as_secs(),
        12,
        "a beat after 3 s, and twice again, 3 s each"
    );
    assert_eq!(
        running
            .await
            .expect("no panic")
            .map_err(|error| error.kind()),
        Err(ErrorKind::Network)
    );
    assert_eq!(
        failure(call(&link, 60)).await,
        (ErrorKind::Closed, Sent::No)
    );
    let mut beats = 0;
    while let Some(frame) = peer.next().await {
        beats += u32::from(frame.command == 1006);
    }
    assert_eq!(beats, 3);
}

#[tokio::test(start_paused = true)]
async fn a_broken_line_tells_everybody_at_once() {
    let (mut peer, link, running) = logged_in(|_| {}).await;
    let start = Instant::now();
    let waiting = call(&link, 60);
    peer.next_call().await.expect("the call");
    drop(peer);
    assert_eq!(failure(waiting).await, (ErrorKind::Network, Sent::Maybe));
    assert_eq!(
        running
            .await
            .expect("no panic")
            .map_err(|error| error.kind()),
        Err(ErrorKind::Network)
    );
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_s_reply_reaches_nobody_else() {
    let (mut peer, link, _running) = logged_in(|_| {}).await;
    let dropped = call(&link, 60);
    let first = peer.next_call().await.expect("the call").packet;
    dropped.abort();
    assert!(dropped.await.is_err_and(|error| error.is_cancelled()));
    // Past a heartbeat, where calls without callers are ended.
    let beat = peer.next().await.expect("a beat");
    peer.success(beat.packet, 1006, &[]).await;
    let waiting = call(&link, 60);
    let second = peer.next_call().await.expect("the call").packet;
    assert_ne!(first, second);
    peer.success(first, ECHO, &[r#"{"for":"nobody"}"#]).await;
    peer.success(second, ECHO, &[r#"{"for":"second"}"#]).await;
    let text = waiting.await.expect("no panic").expect("answered");
    assert!(text.contains("second"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_is_given_up_before_the_line_is_up_is_never_sent() {
    let (mut peer, io) = Peer::pair();
    let (link, connection) = attach(
        io,
        credentials("right"),
        Service::default(),
        TcpOptions::default(),
    );
    let waiting = call(&link, 2);
    assert_eq!(failure(waiting).await, (ErrorKind::Network, Sent::No));
    let impatient = link.without_waiting();
    assert_eq!(
        failure(call(&impatient, 2)).await,
        (ErrorKind::Network, Sent::No)
    );
    let _running = tokio::spawn(connection.run());
    let patient = call(&link, 20);
    peer.admit().await;
    let frame = peer.next_call().await.expect("the call");
    assert_eq!(frame.command, ECHO, "only the one that still waits");
    peer.success(frame.packet, ECHO, &[]).await;
    patient.await.expect("no panic").expect("answered");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_leaves_all_unanswered_makes_the_line_busy() {
    let (mut peer, link, _running) = logged_in(|options| options.session.max_in_flight = 2).await;
    let waiting = [call(&link, 60), call(&link, 60)];
    for _ in &waiting {
        peer.next_call().await.expect("a call");
    }
    assert_eq!(failure(call(&link, 60)).await, (ErrorKind::Busy, Sent::No));
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_calls_on_their_way_and_logs_out() {
    let (mut peer, link, running) = logged_in(|_| {}).await;
    let waiting = call(&link, 60);
    let packet = peer.next_call().await.expect("the call").packet;
    let closing = tokio::spawn({
        let link = link.clone();
        async move { link.close().await }
    });
    assert!(
        timeout(Duration::from_secs(2), peer.next_call())
            .await
            .is_err(),
        "no logout yet"
    );
    peer.success(packet, ECHO, &[]).await;
    waiting
        .await
        .expect("no panic")
        .expect("answered while closing");
    let logout = peer.next_call().await.expect("a logout");
    assert_eq!(
        (logout.command, logout.direction),
        (1005, Direction::Request)
    );
    peer.success(logout.packet, 1005, &[]).await;
    closing.await.expect("no panic");
    assert!(running.await.expect("no panic").is_ok());
    assert_eq!(link.state(), LinkState::Closed);
    assert!(peer.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn closing_does_not_wait_forever() {
    let (mut peer, link, running) = logged_in(|_| {}).await;
    let waiting = call(&link, 60);
    peer.next_call().await.expect("the call");
    let start = Instant::now();
    link.close().await;
    assert_eq!(
        start.elapsed().as_secs(),
        6,
        "for the call, then for the reply to the logout"
    );
    assert_eq!(failure(waiting).await, (ErrorKind::Closed, Sent::Maybe));
    assert!(running.await.expect("no panic").is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_last_handle_dropped_logs_out() {
    let (mut peer, link, running) = logged_in(|_| {}).await;
    drop(link);
    assert_eq!(peer.next_call().await.expect("a logout").command, 1005);
    drop(peer);
    assert!(running.await.expect("no panic").is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_failure_told_is_that_of_the_way_that_could_have_carried_it() {
    let (link, _connection) = attach(
        Peer::pair().1,
        credentials("right"),
        Service::default(),
        TcpOptions::default(),
    );
    let off = link.without_waiting();
    let lease = Call::new(
        "6009",
        "6009",
        "{}",
        Instant::now().into_std() + Duration::from_secs(5),
    );
    let leases = || off.carrying(Carry::Leases);
    for ways in [
        Fallback::new(off.clone()).or(leases()),
        Fallback::new(leases()).or(off.clone()),
    ] {
        let error = ways.exchange(lease.clone()).await.expect_err("no line");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Network, Sent::No));
    }
    let error = Fallback::new(off)
        .exchange(lease)
        .await
        .expect_err("Table 1 has it over HTTPS");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
}

#[tokio::test(start_paused = true)]
async fn the_other_way_is_taken_only_if_nothing_was_sent() {
    let (down, _connection) = attach(
        Peer::pair().1,
        credentials("right"),
        Service::default(),
        TcpOptions::default(),
    );
    let (mut peer, up, _running) = logged_in(|_| {}).await;
    let both = Fallback::new(down.without_waiting()).or(up.clone());
    let deadline = (Instant::now() + Duration::from_secs(60)).into_std();
    let calling = tokio::spawn(async move {
        both.exchange(Call::new(ECHO_NAME, ECHO_NAME, sealed(&[]), deadline))
            .await
    });
    let packet = peer.next_call().await.expect("over the other way").packet;
    peer.success(packet, ECHO, &[]).await;
    calling.await.expect("no panic").expect("answered");

    let both = Fallback::new(up).or(down);
    let calling = tokio::spawn(async move {
        both.exchange(Call::new(ECHO_NAME, ECHO_NAME, sealed(&[]), deadline))
            .await
    });
    peer.next_call().await.expect("the call");
    drop(peer);
    let error = calling.await.expect("no panic").expect_err("broken");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Network, Sent::Maybe),
        "never twice"
    );
}

#[tokio::test(start_paused = true)]
async fn a_damaged_reply_ends_its_call_at_once() {
    let (mut peer, link, _running) = logged_in(|_| {}).await;
    let start = Instant::now();
    let calls = [call(&link, 60), call(&link, 60)];
    let packets = [
        peer.next_call().await.expect("a call").packet,
        peer.next_call().await.expect("a call").packet,
    ];
    let mut damaged = bytes_of(Direction::Reply, packets[0], ECHO, "{}");
    damaged[17] ^= 1;
    peer.io.write_all(&damaged).await.expect("open");
    peer.success(packets[1], ECHO, &[]).await;
    let [first, second] = calls;
    assert_eq!(failure(first).await, (ErrorKind::PeerBytes, Sent::Answered));
    second.await.expect("no panic").expect("the line goes on");
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_reply_to_the_login_ends_the_line() {
    let (mut peer, io) = Peer::pair();
    let (_link, connection) = attach(
        io,
        credentials("right"),
        Service::default(),
        TcpOptions::default(),
    );
    let running = tokio::spawn(connection.run());
    let login = peer.next().await.expect("a login");
    let mut damaged = bytes_of(Direction::Reply, login.packet, 1004, "{}");
    damaged[17] ^= 1;
    peer.io.write_all(&damaged).await.expect("open");
    let error = running.await.expect("no panic").expect_err("damaged");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::PeerBytes, Sent::Answered)
    );
}

#[tokio::test(start_paused = true)]
async fn a_line_may_have_all_the_time_in_the_world_to_close() {
    let (mut peer, link, running) =
        logged_in(|options| options.session.close_wait = Duration::MAX).await;
    let waiting = call(&link, 60);
    let packet = peer.next_call().await.expect("the call").packet;
    let closing = tokio::spawn(async move { link.close().await });
    peer.success(packet, ECHO, &[]).await;
    waiting.await.expect("no panic").expect("answered");
    let logout = peer.next_call().await.expect("a logout");
    peer.success(logout.packet, 1005, &[]).await;
    closing.await.expect("no panic");
    assert!(running.await.expect("no panic").is_ok());
}
