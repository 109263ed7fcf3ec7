//! Limits on in-memory connections with a paused clock; the accept loop, shutdown and TLS on real
//! sockets.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are not covered by clippy.toml"
)]

#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
mod https;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{accept_for_ever, serve};
use crate::server::{ServeOptions, connection::Connection};

const HELLO: &[u8] = b"GET /hello HTTP/1.1\r\nhost: a\r\n\r\n";

fn router() -> Router {
    Router::new()
        .route(
            "/hello",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
        )
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/big", get(|| async { vec![b'x'; 1 << 20] }))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("a handler's fault")
                }
            }),
        )
}

/// A connection over a pipe of 4 KiB; the sender keeps the server from stopping.
fn piped(options: ServeOptions) -> (DuplexStream, JoinHandle<()>, watch::Sender<()>) {
    let (near, far) = duplex(4096);
    let (stop, stopping) = watch::channel(());
    let peer = SocketAddr::from(([10, 0, 0, 7], 40_000));
    let task = tokio::spawn(Connection::new(router(), options, stopping).http(far, peer));
    (near, task, stop)
}

/// Reads one response whose body has a length, and returns head and body.
async fn response(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        text.push(char::from(stream.read_u8().await.unwrap()));
    }
    let length = text
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "))
        .map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    text + &String::from_utf8(body).unwrap()
}

/// What comes until the server closes, and after how many seconds of the paused clock it did.
async fn until_closed(stream: &mut DuplexStream, since: Instant) -> (String, f64) {
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    (rest, (since.elapsed().as_secs_f64() * 10.0).round() / 10.0)
}

#[tokio::test(start_paused = true)]
async fn a_head_must_come_in_time() {
    for sent in ["", "G", "GET / HTTP/1.1\r\nhost: a\r\n"] {
        let (mut client, task, _stop) = piped(ServeOptions::default());
        let start = Instant::now();
        client.write_all(sent.as_bytes()).await.unwrap();
        assert_eq!(
            until_closed(&mut client, start).await,
            (String::new(), 5.0),
            "{sent:?}"
        );
        task.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_trickle_does_not_prolong_the_head() {
    let (mut client, task, _stop) = piped(ServeOptions::default());
    let start = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for byte in HELLO {
        ticks.tick().await;
        if client.write_all(&[*byte]).await.is_err() {
            break;
        }
    }
    task.await.unwrap();
    assert!(
        (5..=6).contains(&start.elapsed().as_secs()),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_stays_a_minute_but_its_next_head_gets_five_seconds() {
    let (mut client, _task, _stop) = piped(ServeOptions::default());
    for pause in [0, 59, 59] {
        tokio::time::advance(Duration::from_secs(pause)).await;
        client.write_all(HELLO).await.unwrap();
        assert!(response(&mut client).await.ends_with("10.0.0.7"));
    }
    let start = Instant::now();
    assert_eq!(
        until_closed(&mut client, start).await,
        (String::new(), 60.0)
    );

    let (mut client, _task, _stop) = piped(ServeOptions::default());
    client.write_all(HELLO).await.unwrap();
    response(&mut client).await;
    tokio::time::advance(Duration::from_secs(30)).await;
    let start = Instant::now();
    client.write_all(b"GET /hello").await.unwrap();
    assert_eq!(until_closed(&mut client, start).await, (String::new(), 5.0));
}

#[tokio::test(start_paused = true)]
async fn a_late_body_gets_408_and_the_connection_ends() {
    let (mut client, task, _stop) = piped(ServeOptions::default());
    let start = Instant::now();
    client
        .write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf")
        .await
        .unwrap();
    let (text, seconds) = until_closed(&mut client, start).await;
    assert!(
        text.starts_with("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n"),
        "{text}"
    );
    assert_eq!(seconds, 60.0);
    task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_within_the_limit_is_served() {
    let (mut client, _task, _stop) = piped(ServeOptions::default());
    client
        .write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n")
        .await
        .unwrap();
    for byte in b"slow!" {
        tokio::time::advance(Duration::from_secs(11)).await;
        client.write_all(&[*byte]).await.unwrap();
    }
    assert!(response(&mut client).await.ends_with("slow!"));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_is_dropped() {
    let (mut client, task, _stop) = piped(ServeOptions::default());
    let start = Instant::now();
    client
        .write_all(b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    task.await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 30);

    let (mut client, _task, _stop) = piped(ServeOptions::default());
    client
        .write_all(b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut got = 0;
    while got < 1 << 20 {
        // slow, far longer than the limit in all, but it reads
        tokio::time::advance(Duration::from_secs(1)).await;
        let mut some = [0; 8192];
        let read = client.read(&mut some).await.unwrap();
        assert!(read > 0, "closed after {got} bytes");
        got += read;
    }
}

#[tokio::test(start_paused = true)]
async fn pipelined_requests_and_a_head_too_large() {
    let (mut client, _task, _stop) = piped(ServeOptions::default());
    client.write_all(&HELLO.repeat(3)).await.unwrap();
    for _ in 0..3 {
        assert!(response(&mut client).await.ends_with("10.0.0.7"));
    }
    let (client, task, _stop) = piped(ServeOptions::default());
    let (mut read, mut write) = tokio::io::split(client);
    let flood = async {
        let _ = write.write_all(b"GET / HTTP/1.1\r\nx: ").await;
        while write.write_all(&[b'x'; 1024]).await.is_ok() {}
    };
    let answer = async { response(&mut read).await };
    let (answer, ()) = tokio::join!(answer, flood);
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refused_accepts_are_repeated() {
    let answers = [24, 103, 24, 23, 0]; // EMFILE, ECONNABORTED, EMFILE, ENFILE, success
    let mut answers = answers.into_iter();
    let start = Instant::now();
    let accepted = accept_for_ever(|| {
        let code = answers.next().unwrap();
        std::future::ready(if code == 0 {
            Ok("peer")
        } else {
            Err(io::Error::from_raw_os_error(code))
        })
    });
    assert_eq!(accepted.await, "peer");
    assert_eq!(start.elapsed(), 3 * super::ACCEPT_PAUSE);
}

/// A server on a real socket.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

async fn start(router: Router, options: ServeOptions) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(serve(listener, router, options, async {
        drop(stopped.await)
    }));
    Running {
        address,
        stop,
        task,
    }
}

impl Running {
    async fn connect(&self, request: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream
    }

    async fn end(self) {
        drop(self.stop);
        self.task.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_half_sent_head_is_closed_on_a_real_socket() {
    let options = ServeOptions {
        header_timeout: Duration::from_millis(200),
        ..ServeOptions::default()
    };
    let server = start(router(), options).await;
    let since = std::time::Instant::now();
    let mut stream = server.connect(b"GET /hello HTTP/1.1\r\nho").await;
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0);
    assert!(
        (200..2000).contains(&since.elapsed().as_millis()),
        "{:?}",
        since.elapsed()
    );
    server.end().await;
}

#[tokio::test]
async fn connections_above_the_limit_wait_for_a_slot() {
    let options = ServeOptions {
        max_connections: 2,
        ..ServeOptions::default()
    };
    let (entered, mut entries) = mpsc::unbounded_channel();
    let (open, inside, most) = (
        Arc::new(Notify::new()),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    let handler = {
        let (open, most) = (open.clone(), most.clone());
        move || async move {
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            entered.send(()).unwrap();
            open.notified().await;
            inside.fetch_sub(1, Ordering::SeqCst);
        }
    };
    let server = start(Router::new().route("/", get(handler)), options).await;
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let mut streams = Vec::new();
    for _ in 0..6 {
        streams.push(server.connect(request).await);
    }
    for _ in 0..6 {
        entries.recv().await.unwrap();
        open.notify_one();
    }
    for mut stream in streams {
        assert!(response(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
    assert!(most.load(Ordering::SeqCst) <= 2);
    server.end().await;
}

#[tokio::test]
async fn shutdown_lets_the_running_request_finish() {
    let (entered, mut entries) = mpsc::unbounded_channel();
    let open = Arc::new(Notify::new());
    let handler = {
        let open = open.clone();
        move || async move {
            entered.send(()).unwrap();
            open.notified().await;
            "done"
        }
    };
    let server = start(
        router().route("/wait", get(handler)),
        ServeOptions::default(),
    )
    .await;
    let mut idle = server.connect(HELLO).await;
    response(&mut idle).await;
    let mut silent = server.connect(b"").await;
    let mut running = server
        .connect(b"GET /wait HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    entries.recv().await.unwrap();

    let Running {
        address,
        stop,
        task,
    } = server;
    drop(stop);
    for quiet in [&mut idle, &mut silent] {
        assert_eq!(quiet.read(&mut [0; 16]).await.unwrap(), 0, "closed at once");
    }
    assert!(
        TcpStream::connect(address).await.is_err(),
        "no longer listening"
    );
    assert!(!task.is_finished());
    open.notify_one();
    let answer = response(&mut running).await;
    assert!(
        answer.contains("connection: close") && answer.ends_with("done"),
        "{answer}"
    );
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn grace_ends() {
    let (entered, mut entries) = mpsc::unbounded_channel();
    let handler = move || async move {
        entered.send(()).unwrap();
        std::future::pending::<()>().await;
    };
    let options = ServeOptions {
        grace: Duration::from_millis(50),
        ..ServeOptions::default()
    };
    let server = start(Router::new().route("/", get(handler)), options).await;
    let mut stream = server.connect(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    entries.recv().await.unwrap();
    server.end().await;
    assert!(matches!(stream.read(&mut [0; 16]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_panic_costs_one_connection() {
    let server = start(router(), ServeOptions::default()).await;
    let mut lost = server
        .connect(b"GET /panic HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    assert!(matches!(lost.read(&mut [0; 16]).await, Ok(0) | Err(_)));
    let mut next = server.connect(HELLO).await;
    assert!(response(&mut next).await.ends_with("127.0.0.1"));
    server.end().await;
}

#[tokio::test]
async fn nobody_could_connect() {
    let options = ServeOptions {
        max_connections: 0,
        ..ServeOptions::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = serve(listener, router(), options, std::future::pending())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}
