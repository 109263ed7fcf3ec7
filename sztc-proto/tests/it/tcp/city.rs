//! The city's side against a partner by hand.
use super::peer::*;
use std::{
    collections::HashMap,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};
use sztc_proto::{
    code::*,
    envelope::seal_request,
    frame::Direction,
    model::*,
    tcp::{CityListener, Partners, TcpOptions},
    *,
};
use tokio::{
    io::AsyncWriteExt,
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, timeout},
};

struct City {
    peer: Peer,
    partners: Partners,
    line: JoinHandle<Result<(), Error>>,
}

fn city(set: impl FnOnce(&mut TcpOptions)) -> City {
    let mut options = TcpOptions::default();
    set(&mut options);
    let listener = CityListener::new(Service::default(), accounts()).tcp(options);
    let partners = listener.partners();
    let (peer, io) = Peer::pair();
    let line = tokio::spawn(async move { listener.serve_connection(io, None).await });
    City {
        peer,
        partners,
        line,
    }
}

async fn logged_in(set: impl FnOnce(&mut TcpOptions)) -> City {
    let mut city = city(set);
    let reply = city.peer.log_in("right").await;
    assert!(reply.contains(r#""resultCode":0"#), "{reply}");
    city
}

#[tokio::test(start_paused = true)]
async fn who_logs_in_is_known_until_the_line_ends() {
    let mut city = logged_in(|_| {}).await;
    assert_eq!(city.partners.connected(), [Arc::from(USER)]);
    assert!(city.partners.wait_for(USER).await.is_connected());
    let again = city.peer.log_in("right").await;
    assert!(again.contains(r#""resultCode":0"#), "{again}");
    let wrong = city.peer.log_in("wrong").await;
    assert!(
        wrong.contains("3001"),
        "a failed second login changes nothing: {wrong}"
    );
    let goodbye = city.peer.exchange(1005, &[]).await;
    assert!(goodbye.contains(r#""resultCode":0"#), "{goodbye}");
    assert!(city.peer.next().await.is_none());
    assert!(
        city.line.await.expect("no panic").is_ok(),
        "a logout is an end in order"
    );
    assert_eq!(city.partners.connected(), []);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_login_is_answered_and_closed() {
    let mut city = city(|_| {});
    let reply = city.peer.log_in("wrong").await;
    assert!(
        reply.contains(r#""resultCode":1"#) && reply.contains(r#""code":3001"#),
        "{reply}"
    );
    assert!(city.peer.next().await.is_none());
    assert_eq!(city.partners.connected(), []);
}

#[tokio::test(start_paused = true)]
async fn before_the_login_there_is_nothing_but_the_login() {
    let mut city = city(|_| {});
    for command in [1005, 1006, ECHO] {
        let reply = city.peer.exchange(command, &["{}"]).await;
        assert!(reply.contains(r#""code":3002"#), "{command}: {reply}");
    }
    let start = Instant::now();
    assert!(city.peer.next().await.is_none());
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(
        city.line
            .await
            .expect("no panic")
            .map_err(|error| error.kind()),
        Err(ErrorKind::Timeout)
    );
}

#[tokio::test(start_paused = true)]
async fn the_heartbeat_goes_on_beside_a_slow_service() {
    let mut city = logged_in(|_| {}).await;
    let slow = city.peer.ask(SLOW, &[r#"{"a":1}"#]).await;
    for beat in 1..10 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        // Empty and unsigned heartbeats are signs of life, too.
        let body = if beat % 2 == 0 {
            sealed(&[])
        } else {
            String::new()
        };
        city.peer
            .send(Direction::Request, 100 + beat, 1006, &body)
            .await;
        let (packet, command, text) = city.peer.reply().await;
        assert_eq!((packet, command), (100 + beat, 1006));
        assert!(text.contains(r#""resultCode":0"#), "{text}");
    }
    let (packet, command, text) = city.peer.reply().await;
    assert_eq!((packet, command), (slow, SLOW));
    assert!(text.contains(r#""data":[{"a":1}]"#), "{text}");
}

#[tokio::test(start_paused = true)]
async fn silence_ends_the_line() {
    let mut city = logged_in(|_| {}).await;
    let start = Instant::now();
    assert!(city.peer.next().await.is_none());
    assert_eq!(start.elapsed().as_secs(), 9);
    assert_eq!(
        city.line
            .await
            .expect("no panic")
            .map_err(|error| error.kind()),
        Err(ErrorKind::Network)
    );
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_are_refused_at_once() {
    let mut city = logged_in(|options| options.max_calls = 2).await;
    for _ in 0..2 {
        city.peer.ask(SLOW, &["{}"]).await;
    }
    let reply = city.peer.exchange(ECHO, &["{}"]).await;
    assert!(
        reply.contains(r#""resultCode":1"#) && reply.contains("too many requests at once"),
        "{reply}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_that_takes_too_long_or_panics_is_refused_and_the_line_lives() {
    let mut city = logged_in(|options| options.answer_within = Duration::from_secs(5)).await;
    for (command, why) in [(PANIC, "internal error"), (SLOW, "no answer in time")] {
        let reply = city.peer.exchange(command, &["{}"]).await;
        assert!(
            reply.contains(r#""resultCode":1"#) && reply.contains(why),
            "{reply}"
        );
    }
    assert!(
        city.peer
            .exchange(ECHO, &[r#"{"b":2}"#])
            .await
            .contains(r#"{"b":2}"#)
    );
}

#[tokio::test(start_paused = true)]
async fn damage_is_answered_where_it_can_be_and_survived() {
    let mut city = logged_in(|_| {}).await;
    let mut broken = bytes_of(Direction::Request, 77, ECHO, &sealed(&["{}"]));
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    city.peer.io.write_all(&broken).await.expect("open");
    let (packet, command, text) = city.peer.reply().await;
    assert_eq!((packet, command), (77, ECHO));
    assert!(
        text.contains(r#""code":1000"#) && text.contains("CRC"),
        "{text}"
    );
    // A broken reply, garbage, a reply that nobody waits for: no answer.
    let mut broken = bytes_of(Direction::Reply, 78, ECHO, "{}");
    broken[18] ^= 1;
    city.peer.io.write_all(&broken).await.expect("open");
    city.peer
        .io
        .write_all(b"GET / HTTP/1.1\r\n\r\nSZT")
        .await
        .expect("open");
    city.peer.success(99, ECHO, &[]).await;
    let unknown = city.peer.exchange(7999, &["{}"]).await;
    assert!(unknown.contains(r#""code":1100"#), "{unknown}");
    city.peer
        .send(Direction::Request, 5, ECHO, r#"{"timestamp":1,"sign":"#)
        .await;
    let (packet, _, text) = city.peer.reply().await;
    assert_eq!(packet, 5);
    assert!(text.contains(r#""code":1000"#), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_frame_too_long_is_refused_before_it_arrives() {
    for authenticated in [false, true] {
        let mut city = city(|options| options.session.limit = 100_000);
        if authenticated {
            city.peer.log_in("right").await;
        }
        let mut header = bytes_of(Direction::Request, 9, ECHO, "");
        let length: u32 = if authenticated {
            100_001
        } else {
            64 * 1024 + 1
        };
        header[10..14].copy_from_slice(&length.to_be_bytes());
        city.peer.io.write_all(&header[..17]).await.expect("open");
        let (packet, command, text) = city.peer.reply().await;
        assert_eq!((packet, command), (9, ECHO));
        assert!(text.contains(r#""code":1004"#), "{text}");
        assert!(city.peer.next().await.is_none());
        assert_eq!(
            city.line
                .await
                .expect("no panic")
                .map_err(|error| error.kind()),
            Err(ErrorKind::PeerBytes)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_not_read_from() {
    for (limit, all_taken) in [(10_000, false), (10_000_000, true)] {
        let mut city = logged_in(|options| {
            options.session.limit = limit;
            options.max_calls = usize::MAX;
        })
        .await;
        let request = bytes_of(
            Direction::Request,
            1,
            ECHO,
            &sealed(&[&format!(r#"{{"text":"{}"}}"#, "x".repeat(8000))]),
        );
        let writing = async {
            for _ in 0..500 {
                city.peer.io.write_all(&request).await.expect("open");
            }
        };
        // Four megabytes, of which the pipe holds one in each direction.
        assert_eq!(
            timeout(Duration::from_secs(5), writing).await.is_ok(),
            all_taken
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_half_closed_connection_is_closed() {
    let mut city = logged_in(|_| {}).await;
    let link = city.partners.get(USER).expect("logged in");
    city.peer.io.shutdown().await.expect("open");
    assert!(city.peer.next().await.is_none());
    assert_eq!(
        link.changed(tcp::LinkState::Connected).await,
        tcp::LinkState::Closed
    );
}

#[tokio::test(start_paused = true)]
async fn both_sides_ask_at_once() {
    let mut city = logged_in(|_| {}).await;
    let slow = city.peer.ask(SLOW, &["{}"]).await;
    let partner = PartnerClient::over(
        city.partners
            .wait_for(USER)
            .await
            .carrying(tcp::Carry::Leases),
    );
    let question = LeaseQuery {
        plate_no: "粤B12345".into(),
        park_code: "44030400100101000010".into(),
    };
    let asking = tokio::spawn(async move { partner.query_lease(question).await });
    let call = city.peer.next().await.expect("a call");
    assert_eq!((call.command, call.direction), (6009, Direction::Request));
    let refusal = r#"{"code":1106,"message":"月租租约不存在"}"#;
    city.peer.success(call.packet, 6009, &[refusal]).await;
    let outcome = asking.await.expect("no panic").expect_err("refused");
    assert_eq!(
        outcome.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::NO_LEASE)
    );
    for packet in [200, 201, 202, 203, 204, 205, 206, 207, 208] {
        tokio::time::sleep(Duration::from_secs(3)).await;
        city.peer.send(Direction::Request, packet, 1006, "").await;
        assert_eq!(city.peer.reply().await.0, packet);
    }
    assert_eq!(city.peer.reply().await.0, slow);
}

#[tokio::test(start_paused = true)]
async fn a_second_login_takes_the_place_of_the_first_or_is_refused() {
    for replace in [true, false] {
        let listener = Arc::new(CityListener::new(Service::default(), accounts()).replace(replace));
        let partners = listener.partners();
        let come = || {
            let (peer, io) = Peer::pair();
            let listener = listener.clone();
            tokio::spawn(async move { listener.serve_connection(io, None).await });
            peer
        };
        let (mut first, mut second) = (come(), come());
        first.log_in("right").await;
        let former = partners.get(USER).expect("logged in");
        let reply = second.log_in("right").await;
        let (mut gone, mut stays) = if replace {
            (first, second)
        } else {
            (second, first)
        };
        assert_eq!(reply.contains(r#""resultCode":0"#), replace, "{reply}");
        assert!(gone.next().await.is_none());
        assert!(
            stays
                .exchange(ECHO, &["{}"])
                .await
                .contains(r#""resultCode":0"#)
        );
        assert_eq!(former.is_connected(), !replace);
        assert!(partners.get(USER).is_some_and(|link| link.is_connected()));
    }
}

#[tokio::test]
async fn the_listener_closes_in_order() {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback");
    let unset = CityListener::new(Service::default(), accounts());
    let other = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback");
    assert!(
        unset.serve(other, pending()).await.is_err(),
        "no TLS is never by accident"
    );

    let address = socket.local_addr().expect("bound");
    let listener = CityListener::new(Service::default(), accounts()).dangerous_plain();
    let partners = listener.partners();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(listener.serve(socket, async {
        let _ = stopped.await;
    }));
    let io = tokio::net::TcpStream::connect(address)
        .await
        .expect("listening");
    let (link, connection) = tcp::attach(
        io,
        credentials("right"),
        Service::default(),
        TcpOptions::default(),
    );
    let running = tokio::spawn(connection.run());
    link.wait_connected().await.expect("right password");
    partners.wait_for(USER).await;
    let start = Instant::now();
    stop.send(()).expect("serving");
    serving.await.expect("no panic").expect("served");
    assert_eq!(
        running
            .await
            .expect("no panic")
            .map_err(|error| error.kind()),
        Err(ErrorKind::Network)
    );
    assert_eq!(link.state(), tcp::LinkState::Closed);
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "lines were closed, not cut off"
    );
}

#[tokio::test(start_paused = true)]
async fn a_login_is_read_by_the_dialect_of_whom_it_names() {
    for (user, default, own, admitted) in [
        (USER, Dialect::default(), Dialect::strict(), false),
        (USER, Dialect::strict(), Dialect::default(), true),
        (
            "somebody-else",
            Dialect::strict(),
            Dialect::default(),
            false,
        ),
        ("somebody-else", Dialect::default(), Dialect::strict(), true),
    ] {
        let mut city = city(|options| {
            options.server.dialect = Arc::new(default);
            options.server.dialects = HashMap::from([(user.to_owned(), Arc::new(own))]);
        });
        let item = login("right").replace("userId", " UserId");
        let reply = city.peer.exchange(1004, &[&item]).await;
        let expected = if admitted {
            r#""resultCode":0"#
        } else {
            r#""code":1005"#
        };
        assert!(reply.contains(expected), "{user} {reply}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_s_own_signature_is_accepted_whatever_else_is() {
    let own = Scheme::new(Algorithm::Md5, Scope::List);
    for read in [Dialect::default().read, Dialect::strict().read] {
        let strict = read.strictness == Strictness::Strict;
        let mut city = city(|options| {
            let mut dialect = Dialect::default().sign_with(own);
            dialect.read = read;
            options.server.accept = vec![Scheme::default()];
            options.server.dialects = HashMap::from([(USER.to_owned(), Arc::new(dialect))]);
        });
        for (command, item) in [(1004, login("right")), (ECHO, "{}".to_owned())] {
            let now = Timestamp::at(std::time::SystemTime::now());
            let body = seal_request([item.as_str()].into_iter(), now, own).expect("JSON");
            city.peer.send(Direction::Request, 9, command, &body).await;
            let (.., reply) = city.peer.reply().await;
            assert!(reply.contains(r#""resultCode":0"#), "{command}: {reply}");
        }
        // Another than its own is accepted where deviations are.
        let reply = city.peer.exchange(ECHO, &["{}"]).await;
        assert_eq!(reply.contains("sign"), strict, "{reply}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_that_is_looked_up_ends_with_its_line() {
    struct Stuck(Mutex<Option<oneshot::Sender<()>>>);
    impl Lookup for Stuck {
        type Found = Account;

        fn find<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<Account>> {
            let held = self.0.lock().expect("not poisoned").take();
            Box::pin(async move {
                let _held = held;
                pending().await
            })
        }
    }
    let (held, dropped) = oneshot::channel();
    let listener = CityListener::new(Service::default(), Stuck(Mutex::new(Some(held))));
    let (mut peer, io) = Peer::pair();
    let line = tokio::spawn(async move { listener.serve_connection(io, None).await });
    peer.ask(1004, &[&login("right")]).await;
    let start = Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    drop(peer);
    assert!(line.await.expect("no panic").is_err());
    assert!(dropped.await.is_err());
    assert_eq!(start.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_entry_names_its_record_however_the_key_s_name_is_written() {
    const NAMES: &[Spelling] = &[Spelling::new("", "spaceId", "spaceNo")];
    let long = "1".repeat(64);
    for (name, key, named) in [
        ("spaceNo", "A1", true),
        (" SPACENO ", "A1", true),
        ("spaceId", "A1", true),
        ("space", "A1", false),
        ("spaceNo", long.as_str(), true),
        ("spaceNo", &format!("{long}1"), false),
    ] {
        for written in ["spaceNo", "spaceId"] {
            let mut city = logged_in(|options| {
                let mut dialect = Dialect::default();
                dialect.read.spellings = NAMES.into();
                if written == "spaceId" {
                    dialect.write.names = NAMES.into();
                }
                options.server.dialects = HashMap::from([(USER.to_owned(), Arc::new(dialect))]);
            })
            .await;
            let reply = city
                .peer
                .exchange(5001, &[&format!(r#"{{"{name}":"{key}","state":[]}}"#)])
                .await;
            let member = format!(r#"{{"{written}":"{key}","code":1005"#);
            assert!(reply.contains(r#""code":100"#), "{reply}");
            assert_eq!(reply.contains(&member), named, "{name} {reply}");
        }
    }
}

#[tokio::test]
async fn a_listener_may_give_its_lines_all_the_time_in_the_world() {
    let mut options = TcpOptions::default();
    options.session.close_wait = Duration::MAX;
    let listener = CityListener::new(Service::default(), accounts())
        .tcp(options)
        .dangerous_plain();
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = socket.local_addr().expect("bound");
    listener
        .serve(socket, async {})
        .await
        .expect("nobody to wait for");
    tokio::net::TcpStream::connect(address)
        .await
        .expect_err("it listens no more");
}
