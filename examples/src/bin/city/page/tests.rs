use super::*;
use crate::{line::Link, store::Store, traffic::Crossed};
use bytes::Bytes;
use examples::{explain::Opener, registry::Protocol};
use std::time::{Duration, SystemTime};
use sztc_proto::{ServeOptions, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const SECOND: Duration = Duration::from_secs(1);

const ENTRY: &str = r#"{"parkCode":"123","plateNo":"闽D02000","entryTime":"2019/02/25 10:00:00","entryPlace":"<b>入口1</b>"}"#;

struct Open {
    port: u16,
    traffic: Traffic,
    told: broadcast::Sender<Told>,
    played: mpsc::Receiver<String>,
}

impl Open {
    /// A page on a port, whose queue has room for one scenario.
    async fn new() -> Self {
        let traffic = Traffic::new(&Store::in_memory().expect("memory"), None, true).expect("it is empty");
        traffic.add_link(link());
        let (play, played) = mpsc::channel(1);
        let told = broadcast::channel(16).0;
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
            told: told.clone(),
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
        tokio::spawn(serve(socket, page.router(), ServeOptions::default(), std::future::pending()));
        Self { port, traffic, told, played }
    }

    /// Messages cross, all at once.
    fn cross(&self, count: usize, request: &'static str) {
        for _ in 0..count {
            let mut crossed = Crossed::new(SystemTime::now(), Bytes::from(request));
            crossed.reply = Some(Bytes::from(r#"{"resCode":"0","resMsg":"ok"}"#));
            self.traffic.crossed(&link(), "http", crossed);
        }
    }

    async fn send(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        stream
    }

    async fn begin(&self, request: &str, headers: &str) -> TcpStream {
        self.send(&format!("{request} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n")).await
    }

    /// Status, head and body.
    async fn ask(&self, request: &str, headers: &str) -> (u16, String, String) {
        self.exchange(&format!("{request} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n")).await
    }

    async fn exchange(&self, request: &str) -> (u16, String, String) {
        let mut text = String::new();
        let mut stream = self.send(request).await;
        timeout(10 * SECOND, stream.read_to_string(&mut text))
            .await
            .expect("in time")
            .expect("UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        (head[9..12].parse().expect("a status"), head.to_owned(), body.to_owned())
    }

    async fn get(&self, path: &str) -> (u16, String, String) {
        self.ask(&format!("GET {path}"), "host: localhost\r\n").await
    }

    async fn play(&self, name: &str, headers: &str) -> u16 {
        self.ask(&format!("POST /api/play/{name}"), headers).await.0
    }

    async fn question(&self, path: &str, headers: &str, body: &str) -> (u16, String) {
        let request = format!(
            "POST /api/ask/{path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        let (status, _, text) = self.exchange(&request).await;
        (status, text)
    }

    async fn listen(&self, query: &str, headers: &str) -> Events {
        let stream = self
            .begin(&format!("GET /api/events{query}"), &format!("host: localhost\r\n{headers}"))
            .await;
        Events { stream, text: Vec::new() }
    }
}

/// A stream of events, as far as it was read.
struct Events {
    stream: TcpStream,
    text: Vec<u8>,
}

impl Events {
    /// Reads until `enough`.
    async fn until(&mut self, enough: impl Fn(&str) -> bool) -> String {
        let reading = async {
            loop {
                let text = String::from_utf8_lossy(&self.text).into_owned();
                if enough(&text) {
                    return text;
                }
                assert_ne!(self.stream.read_buf(&mut self.text).await.expect("a stream"), 0, "{text}");
            }
        };
        timeout(20 * SECOND, reading).await.expect("the events come in time")
    }

    /// The numbers of all messages so far, when the one with `last` has come.
    async fn ids(&mut self, last: u64) -> Vec<u64> {
        let text = self.until(|text| text.contains(&format!("\nid: {last}\n"))).await;
        text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect()
    }
}

fn link() -> Link {
    Link {
        name: "kt-lot",
        from: "lot",
        to: "cloud",
        protocol: Protocol::Kt,
        numbered: false,
        opener: Opener::default(),
    }
}

#[tokio::test]
async fn files_come_with_their_types_and_nothing_else_is_loaded() {
    let page = Open::new().await;
    for (path, kind, _) in FILES {
        let (status, head, body) = page.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(head.contains(&format!("content-type: {kind}")), "{head}");
        assert!(head.contains("cache-control: no-store"), "{head}");
        assert!(head.contains("content-security-policy: default-src 'self';"), "{head}");
        assert!(!body.contains("innerHTML") && !body.contains("style="), "{path}");
        assert!(
            !body.replace("http://www.w3.org/2000/svg", "").contains("://"),
            "{path} loads something from elsewhere"
        );
    }
    assert!(page.get("/authority.pem").await.2.starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(page.get("/nothing").await.0, 404);
}

#[tokio::test]
async fn messages_are_listed_and_opened() {
    let page = Open::new().await;
    page.cross(3, ENTRY);
    let rows: Vec<Value> = serde_json::from_str(&page.get("/api/messages?after=1").await.2).expect("rows");
    assert_eq!(rows.iter().map(|row| row["id"].as_u64()).collect::<Vec<_>>(), [Some(2), Some(3)]);
    let message: Value = serde_json::from_str(&page.get("/api/messages/2").await.2).expect("a message");
    assert_eq!(message["interface"], "PostCarInInfo");
    assert_eq!(message["plates"], json!(["闽D02000"]));
    let fields = message["request"]["fields"].as_array().expect("fields");
    let plate = fields.iter().find(|field| field["path"] == "plateNo").expect("a plate");
    assert_eq!(plate["meaning"], "Plate number (车牌号).");
    assert_eq!(message["request"]["raw"], ENTRY);
    assert_eq!(message["reply"]["fields"][0]["path"], "resCode");
    for (path, status) in [
        ("/api/messages/4", 404),
        ("/api/messages/x", 404),
        ("/api/messages?after=-1", 400),
        ("/api/events?after=x", 400),
    ] {
        let (found, _, text) = page.get(path).await;
        assert_eq!(found, status, "{path}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

#[tokio::test]
async fn events_come_once_and_without_a_gap() {
    let page = Open::new().await;
    page.cross(3, ENTRY);
    let mut events = page.listen("?after=1", "").await;
    assert_eq!(events.ids(3).await, [2, 3]);
    page.cross(2, ENTRY);
    assert_eq!(events.ids(5).await, [2, 3, 4, 5]);
    // A browser that comes back asks for the same address, and says what it had.
    let mut back = page.listen("?after=1", "last-event-id: 4\r\n").await;
    assert_eq!(back.ids(5).await, [5]);
    // More than a listener may be behind.
    page.cross(1100, "unreadable");
    assert_eq!(events.ids(1105).await, (2..=1105).collect::<Vec<_>>());
    // Numbers of a sandbox that was there before say nothing in this one.
    let mut stranger = page.listen("?after=9999", "").await;
    assert_eq!(stranger.ids(1105).await.len(), 1105);
}

#[tokio::test]
async fn scenarios_are_told_of_also_to_those_who_come_later() {
    let page = Open::new().await;
    let mut first = page.listen("", "").await;
    first.until(|text| text.contains("event: begin")).await;
    let told = Told {
        scenario: "reservation".to_owned(),
        state: "failed",
        text: "2 in the books,\n1 expected".to_owned(),
    };
    page.told.send(told).expect("somebody listens");
    let expected = r#"data: {"scenario":"reservation","state":"failed","text":"2 in the books,\n1 expected"}"#;
    first.until(|text| text.contains(expected)).await;
    page.listen("", "").await.until(|text| text.contains(expected)).await;
}

#[tokio::test]
async fn scenarios_are_played_from_the_page_only() {
    let mut page = Open::new().await;
    let own = format!("host: 127.0.0.1:{0}\r\norigin: http://127.0.0.1:{0}\r\n", page.port);
    assert_eq!(page.play("parade", &own).await, 404);
    for foreign in [
        "host: localhost\r\norigin: http://elsewhere.example\r\n",
        "host: localhost\r\norigin: http://localhost:1\r\n",
        "host: localhost\r\norigin: null\r\n",
        "host: elsewhere.example\r\norigin: http://elsewhere.example\r\n",
        "host: elsewhere.example\r\n",
    ] {
        assert_eq!(page.play("reservation", foreign).await, 403, "{foreign}");
    }
    assert!(page.played.try_recv().is_err());
    assert_eq!(page.play("reservation", &own).await, 202);
    assert_eq!(page.play("reservation", "host: localhost:8440\r\n").await, 409);
    assert_eq!(page.played.recv().await.as_deref(), Some("reservation"));
    assert_eq!(page.play("reservation", "host: [::1]:8440\r\n").await, 202);
    page.played.close();
    while page.played.recv().await.is_some() {}
    assert_eq!(page.play("reservation", &own).await, 503);
}

#[tokio::test]
async fn software_of_ones_own_is_asked_from_the_page_only() {
    let page = Open::new().await;
    let own = format!("host: 127.0.0.1:{0}\r\norigin: http://127.0.0.1:{0}\r\n", page.port);
    for (way, answer) in [("https", r#"["Https",{"a":1.50}]"#), ("tcp", r#"["Tcp",{"a":1.50}]"#)] {
        assert_eq!(
            page.question(&format!("{way}/6001"), &own, r#"{"a":1.50}"#).await,
            (200, answer.to_owned())
        );
    }
    for foreign in [
        "host: localhost\r\norigin: http://elsewhere.example\r\n",
        "host: localhost\r\norigin: null\r\n",
        "host: elsewhere.example\r\n",
    ] {
        assert_eq!(page.question("https/6001", foreign, "{}").await.0, 403, "{foreign}");
    }
    for (path, status) in [("post/6001", 404), ("https/x", 400), ("https/65536", 400)] {
        let (found, text) = page.question(path, &own, "{}").await;
        assert_eq!((found, text.lines().count()), (status, 1), "{path}: {text}");
    }
    let problem = "an external system has no interface 6006\n";
    assert_eq!(page.question("tcp/6006", &own, "{}").await, (502, problem.to_owned()));
    assert_eq!(page.get("/api/ask/https/6001").await.0, 405);
}

#[tokio::test]
async fn every_question_comes_with_a_request() {
    let page = Open::new().await;
    let about: Value = serde_json::from_str(&page.get("/api/about").await.2).expect("JSON");
    let questions = about["questions"].as_array().expect("questions");
    assert!(questions.iter().any(|question| question["code"] == 6009 && question["tcp"] == false));
    for question in questions {
        let sample = question["sample"].as_str().expect("a text");
        assert!(serde_json::from_str::<Value>(sample).is_ok_and(|sample| sample.is_object()), "{question}");
        assert!(question["name"].is_string() && question["title"].is_string(), "{question}");
    }
}
