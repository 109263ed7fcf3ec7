//! A page as a program reaches it, without a sandbox behind it.
use crate::{
    line::Link,
    page::{Offer, Page, Teller},
    store::Store,
    traffic::{Crossed, Traffic},
};
use bytes::Bytes;
use examples::{explain::Opener, registry::Protocol};
use std::time::{Duration, SystemTime};
use sztc_proto::{ServeOptions, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

const SECOND: Duration = Duration::from_secs(1);

/// A page on a port.
pub(super) struct Open {
    pub port: u16,
    pub traffic: Traffic,
    pub teller: Teller,
    pub played: mpsc::Receiver<String>,
}

impl Open {
    /// Its queue has room for one scenario.
    pub(super) async fn new() -> Self {
        let traffic =
            Traffic::new(&Store::in_memory().expect("memory"), None, true).expect("it is empty");
        traffic.add_link(link());
        let (play, played) = mpsc::channel(1);
        let teller = Teller::new();
        let offer = |name: &str| Offer {
            name: name.to_owned(),
            section: "6.7".to_owned(),
            title: "预约".to_owned(),
            about: "A space is booked.".to_owned(),
        };
        let page = Page {
            traffic: traffic.clone(),
            places: Vec::new(),
            scenarios: vec![offer("reservation")],
            play,
            teller: teller.clone(),
            authority: "-----BEGIN CERTIFICATE-----".to_owned(),
            ask: Box::new(|code, way, body| {
                Box::pin(async move {
                    anyhow::ensure!(code == 6001, "an external system\nhas no interface {code}");
                    Ok(format!("[\"{way:?}\",{body}]"))
                })
            }),
        };
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = socket.local_addr().expect("an address").port();
        tokio::spawn(serve(
            socket,
            page.router(),
            ServeOptions::default(),
            std::future::pending(),
        ));
        Self {
            port,
            traffic,
            teller,
            played,
        }
    }

    /// Messages cross, all at once.
    pub(super) fn cross(&self, count: usize, request: &'static str) {
        for _ in 0..count {
            self.cross_with(request, r#"{"resCode":"0","resMsg":"ok"}"#);
        }
    }

    /// One message crosses, and a reply to it.
    pub(super) fn cross_with(&self, request: &'static str, reply: &'static str) {
        let mut crossed = Crossed::new(SystemTime::now(), Bytes::from(request));
        crossed.reply = Some(Bytes::from(reply));
        self.traffic.crossed(&link(), "http", crossed);
    }

    async fn send(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))
            .await
            .expect("it listens");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it reads");
        stream
    }

    async fn begin(&self, request: &str, headers: &str) -> TcpStream {
        self.send(&format!(
            "{request} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n"
        ))
        .await
    }

    /// Status, head and body.
    pub(super) async fn ask(&self, request: &str, headers: &str) -> (u16, String, String) {
        self.exchange(&format!(
            "{request} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n"
        ))
        .await
    }

    async fn exchange(&self, request: &str) -> (u16, String, String) {
        let mut text = String::new();
        let mut stream = self.send(request).await;
        timeout(10 * SECOND, stream.read_to_string(&mut text))
            .await
            .expect("in time")
            .expect("UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        (
            head[9..12].parse().expect("a status"),
            head.to_owned(),
            body.to_owned(),
        )
    }

    pub(super) async fn get(&self, path: &str) -> (u16, String, String) {
        self.ask(&format!("GET {path}"), "host: localhost\r\n")
            .await
    }

    pub(super) async fn play(&self, name: &str, headers: &str) -> u16 {
        self.ask(&format!("POST /api/play/{name}"), headers).await.0
    }

    pub(super) async fn question(&self, path: &str, headers: &str, body: &str) -> (u16, String) {
        let request = format!(
            "POST /api/ask/{path} HTTP/1.1\r\nconnection: close\r\ncontent-length: \
                {}\r\n{headers}\r\n{body}",
            body.len()
        );
        let (status, _, text) = self.exchange(&request).await;
        (status, text)
    }

    pub(super) async fn listen(&self, query: &str, headers: &str) -> Events {
        let stream = self
            .begin(
                &format!("GET /api/events{query}"),
                &format!("host: localhost\r\n{headers}"),
            )
            .await;
        Events {
            stream,
            text: Vec::new(),
        }
    }
}

/// A stream of events, as far as it was read.
pub(super) struct Events {
    stream: TcpStream,
    text: Vec<u8>,
}

impl Events {
    /// Reads until `enough`.
    pub(super) async fn until(&mut self, enough: impl Fn(&str) -> bool) -> String {
        let reading = async {
            loop {
                let text = String::from_utf8_lossy(&self.text).into_owned();
                if enough(&text) {
                    return text;
                }
                assert_ne!(
                    self.stream
                        .read_buf(&mut self.text)
                        .await
                        .expect("a stream"),
                    0,
                    "{text}"
                );
            }
        };
        timeout(20 * SECOND, reading)
            .await
            .expect("the events come in time")
    }

    /// The numbers of all messages so far, when the one with `last` has come.
    pub(super) async fn ids(&mut self, last: u64) -> Vec<u64> {
        let text = self
            .until(|text| text.contains(&format!("\nid: {last}\n")))
            .await;
        text.lines()
            .filter_map(|line| line.strip_prefix("id: ")?.parse().ok())
            .collect()
    }
}

/// Where all that crosses does.
pub(super) fn link() -> Link {
    Link {
        name: "kt-lot",
        from: "lot",
        to: "cloud",
        protocol: Protocol::Kt,
        numbered: false,
        opener: Opener::default(),
    }
}
