//! Lines between plain sockets.
use super::*;
use crate::store::Store;
use std::sync::atomic::{AtomicUsize, Ordering};
use sztc_proto::{
    frame::{self, Direction, Frame, Item, Parsed, Version},
    tcp::PlainConnector,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A line over which `faults` happen, to a server that answers each connection by `answer`.
async fn line<F: Future<Output = ()> + Send>(
    way: Way,
    faults: &str,
    answer: impl Fn(TcpStream) -> F + Clone + Send + 'static,
) -> (Line, Traffic) {
    laid(way, faults, None, answer).await
}

/// The same, where clients have to use TLS if it is given.
async fn laid<F: Future<Output = ()> + Send>(
    way: Way,
    faults: &str,
    tls: Option<ServerTls>,
    answer: impl Fn(TcpStream) -> F + Clone + Send + 'static,
) -> (Line, Traffic) {
    let server = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = server.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = server.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move { answer(stream).await });
        }
    });
    let store = Store::in_memory().expect("memory");
    let traffic = Traffic::new(&store, None, true).expect("memory");
    let link = Link {
        name: "test",
        from: "a",
        to: "b",
        protocol: Protocol::Sztc,
        numbered: false,
        opener: Opener::default(),
    };
    let rates: Vec<Rates> = if faults.is_empty() {
        Vec::new()
    } else {
        vec![faults.parse().expect("faults")]
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = Box::new(PlainConnector::dangerous_plain("127.0.0.1", port));
    let line = Line::open(
        listener,
        tls,
        server,
        link,
        way,
        Faults::new(&rates, "test", 1),
        traffic.clone(),
    )
    .expect("a line");
    (line, traffic)
}

/// Answers each request of the length 100,040 with a chunk of half a megabyte.
async fn chunked(mut stream: TcpStream) {
    let mut request = vec![0; 100_040];
    while stream.read_exact(&mut request).await.is_ok() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7A120\r\n";
        let reply = [head.as_bytes(), &vec![b'x'; 500_000], b"\r\n0\r\n\r\n"].concat();
        if stream.write_all(&reply).await.is_err() {
            break;
        }
    }
}

/// Answers requests without a body, and counts them.
async fn counting(mut stream: TcpStream, seen: Arc<AtomicUsize>) {
    let mut came = Vec::new();
    while stream
        .read_buf(&mut came)
        .await
        .is_ok_and(|count| count > 0)
    {
        while let Some(end) = came.windows(4).position(|window| window == b"\r\n\r\n") {
            came.drain(..end + 4);
            seen.fetch_add(1, Ordering::SeqCst);
            if stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                .await
                .is_err()
            {
                return;
            }
        }
    }
}

async fn connect(line: &Line) -> TcpStream {
    TcpStream::connect(("127.0.0.1", line.port))
        .await
        .expect("a line")
}

#[tokio::test]
async fn long_messages_cross_on_one_connection_whatever_says_where_they_end() {
    let (line, traffic) = line(Way::Http, "", chunked).await;
    let mut client = connect(&line).await;
    let head = b"POST /5003 HTTP/1.1\r\ncontent-length: 99994\r\n\r\n";
    let request = [head.as_slice(), &vec![b'y'; 100_040 - head.len()]].concat();
    assert_eq!(request.len() - head.len(), 99_994);
    for crossed in 1..=3 {
        for piece in request.chunks(30_000) {
            client.write_all(piece).await.expect("sent");
        }
        let mut reply = vec![0; 54 + 500_000 + 7];
        client.read_exact(&mut reply).await.expect("a reply");
        assert!(reply.ends_with(b"xx\r\n0\r\n\r\n"));
        assert_eq!(traffic.last(), crossed);
    }
    let exchange = traffic.get(1).expect("the first");
    assert_eq!(exchange.request(), request);
}

#[tokio::test]
async fn what_is_lost_takes_its_connection_with_it() {
    let (line, traffic) = line(Way::Http, "", |stream| counting(stream, Arc::default())).await;
    for (loss, told) in [
        (Loss::Request, crate::traffic::Fault::RequestLost),
        (Loss::Reply, crate::traffic::Fault::ReplyLost),
    ] {
        line.lose(loss);
        let mut client = connect(&line).await;
        client
            .write_all(b"GET /1 HTTP/1.1\r\n\r\n")
            .await
            .expect("sent");
        let mut reply = Vec::new();
        // Whether the end comes as an end or as a reset.
        let _ = client.read_to_end(&mut reply).await;
        assert_eq!(reply, b"");
        let last = traffic.get(traffic.last()).expect("it is told");
        assert_eq!(
            (last.row.outcome.as_str(), &last.row.faults[..]),
            ("lost", &[told][..])
        );
    }
    let mut client = connect(&line).await;
    client
        .write_all(b"GET /1 HTTP/1.1\r\n\r\n")
        .await
        .expect("sent");
    let mut reply = [0; 40];
    client
        .read_exact(&mut reply)
        .await
        .expect("the next is answered");
}

#[tokio::test]
async fn what_comes_twice_is_answered_once() {
    let seen = Arc::<AtomicUsize>::default();
    let sees = seen.clone();
    let (line, _) = line(Way::Http, "duplicate=100%", move |stream| {
        counting(stream, sees.clone())
    })
    .await;
    let mut client = connect(&line).await;
    client
        .write_all(b"GET /1 HTTP/1.1\r\n\r\n")
        .await
        .expect("sent");
    let mut reply = [0; 40];
    client.read_exact(&mut reply).await.expect("a reply");
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    client.shutdown().await.expect("open");
    assert_eq!(client.read(&mut reply).await.expect("the end"), 0);
}

#[tokio::test]
async fn long_messages_cross_tls_and_who_waits_to_be_told_to_go_on_is_told() {
    let (tls, _) =
        crate::certificates::of(&Store::in_memory().expect("memory")).expect("certificates");
    let (line, _) = laid(Way::Http, "", Some(tls.server), chunked).await;
    let connector = sztc_proto::tcp::TlsConnector::new("localhost", line.port, tls.client);
    let mut client = connector.connect().await.expect("a line");
    let head = b"POST /5003 HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 99972\r\n\r\n";
    let request = [head.as_slice(), &vec![b'y'; 100_040 - head.len()]].concat();
    client.write_all(head).await.expect("sent");
    client.flush().await.expect("sent");
    let mut go_on = [0; 25];
    timeout(HANDSHAKE, client.read_exact(&mut go_on))
        .await
        .expect("an answer")
        .expect("an answer");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    client
        .write_all(&request[head.len()..])
        .await
        .expect("sent");
    client.flush().await.expect("sent");
    let mut reply = vec![0; 54 + 500_000 + 7];
    timeout(HANDSHAKE, client.read_exact(&mut reply))
        .await
        .expect("a reply")
        .expect("a reply");
    assert!(reply.ends_with(b"xx\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn what_is_no_tls_is_told() {
    let (tls, _) =
        crate::certificates::of(&Store::in_memory().expect("memory")).expect("certificates");
    let (line, traffic) = laid(Way::Http, "", Some(tls.server), chunked).await;
    let mut client = connect(&line).await;
    client
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .await
        .expect("sent");
    let told = timeout(HANDSHAKE, async {
        while traffic.last() == 0 {
            tokio::task::yield_now().await;
        }
    });
    told.await.expect("it is told");
    let row = traffic.get(1).expect("one row").row.clone();
    assert_eq!(row.outcome, "failed");
    assert!(
        row.reason
            .is_some_and(|reason| reason.starts_with("no TLS: "))
    );
}

/// Answers one frame and leaves.
async fn parting(mut stream: TcpStream) {
    let mut came = Vec::new();
    while !matches!(frame::parse(&came, LONGEST), Ok(Parsed::Item { .. })) {
        if stream
            .read_buf(&mut came)
            .await
            .is_ok_and(|count| count == 0)
        {
            return;
        }
    }
    // The reply is to the same packet; that it is a request again does not matter here.
    let _ = stream.write_all(&came).await;
}

#[tokio::test]
async fn what_is_said_before_leaving_arrives() {
    for _ in 0..50 {
        let (line, _) = line(Way::Frames, "", parting).await;
        let mut client = connect(&line).await;
        let mut bytes = bytes::BytesMut::new();
        frame::encode(&heartbeat(), &mut bytes).expect("a frame");
        client.write_all(&bytes).await.expect("sent");
        let mut reply = Vec::new();
        timeout(HANDSHAKE, client.read_to_end(&mut reply))
            .await
            .expect("an end")
            .expect("an end");
        assert_eq!(reply, bytes);
    }
}

fn heartbeat() -> Frame {
    Frame {
        version: Version::default(),
        packet: 7,
        direction: Direction::Request,
        command: 1006,
        data: r#"{"timestamp":1,"sign":"","data":[]}"#.into(),
    }
}

/// Answers every frame.
async fn echo(mut stream: TcpStream) {
    let mut came = Vec::new();
    while stream
        .read_buf(&mut came)
        .await
        .is_ok_and(|count| count > 0)
    {
        while let Ok(Parsed::Item { item, consumed }) = frame::parse(&came, LONGEST) {
            came.drain(..consumed);
            if let Item::Frame(frame) = item {
                let mut bytes = bytes::BytesMut::new();
                let reply = Frame {
                    direction: Direction::Reply,
                    data: r#"{"resultCode":0,"timestamp":1,"data":[]}"#.into(),
                    ..frame
                };
                frame::encode(&reply, &mut bytes).expect("a frame");
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[tokio::test]
async fn frames_cross_byte_by_byte_and_damage_is_noticed() {
    let mut bytes = bytes::BytesMut::new();
    frame::encode(&heartbeat(), &mut bytes).expect("a frame");
    for (faults, whole) in [("", true), ("corrupt=100%", false)] {
        let (line, traffic) = line(Way::Frames, faults, echo).await;
        let mut client = connect(&line).await;
        for byte in &bytes {
            client.write_all(&[*byte]).await.expect("sent");
        }
        if !whole {
            // The server has no frame to answer; the exchange is told when the line ends.
            client.shutdown().await.expect("open");
        }
        let mut reply = Vec::new();
        let reading = async {
            while reply.len() < bytes.len()
                && client
                    .read_buf(&mut reply)
                    .await
                    .is_ok_and(|count| count > 0)
            {}
        };
        timeout(HANDSHAKE, reading).await.expect("an end");
        let answered = matches!(
            frame::parse(&reply, LONGEST),
            Ok(Parsed::Item {
                item: Item::Frame(_),
                ..
            })
        );
        assert_eq!(answered, whole);
        let told = timeout(HANDSHAKE, async {
            while traffic.last() == 0 {
                tokio::task::yield_now().await;
            }
        });
        told.await.expect("it is told");
        let row = traffic.get(1).expect("one exchange").row.clone();
        assert_eq!(
            (row.code, row.outcome.as_str()),
            (Some(1006), if whole { "answered" } else { "lost" })
        );
    }
}
