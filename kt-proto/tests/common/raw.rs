//! Peers by hand: one that sends any bytes, one that answers with any bytes.
use super::{credentials, quick};
use kt_proto::*;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// An answer as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Sends `head` (lines, each with its end; host and length are put before) and `body`, and reads the answer to its end.
pub async fn send(address: SocketAddr, first_line: &str, head: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("somebody listens");
    let length = body.len();
    let head = format!("{first_line} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\nconnection: close\r\n{head}\r\n");
    stream.write_all(head.as_bytes()).await.expect("writable");
    stream.write_all(body).await.expect("writable");
    read_answer(&mut stream).await
}

/// Reads one answer, whose connection ends behind it.
pub async fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.expect("an answer, not a broken connection");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {text}"));
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    Answer {
        status: status.expect("a status"),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

/// What a peer does with one request that it has read whole.
#[derive(Debug, Clone)]
pub enum Do {
    /// Answers with these bytes; the connection stays.
    Answer(Vec<u8>),
    /// Answers with these bytes and closes.
    Cut(Vec<u8>),
    /// Closes the connection.
    Close,
    /// Breaks it.
    Reset,
    /// Never answers.
    Silence,
}

/// A whole answer.
pub fn answer(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Do {
    let body = body.into();
    let mut bytes = format!("HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend(body);
    Do::Answer(bytes)
}

/// A body as KT's own server labels it.
pub fn html(body: impl Into<Vec<u8>>) -> Do {
    answer(200, "text/html; charset=utf-8", body)
}

/// The requests that a peer got, in order: address and the whole text.
#[derive(Clone, Default)]
pub struct Asked(Arc<Mutex<Vec<(String, String)>>>);

impl Asked {
    /// The names of the interfaces that were asked for.
    pub fn take(&self) -> Vec<String> {
        self.take_requests().into_iter().map(|(name, _)| name).collect()
    }

    /// Names and texts.
    pub fn take_requests(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }

    fn count(&self, name: &str) -> usize {
        self.0.lock().expect("not poisoned").iter().filter(|(other, _)| other == name).count()
    }
}

/// Starts a peer that does `script(interface, number of requests for it so far)` with each request.
pub async fn peer(script: impl Fn(&str, usize) -> Do + Send + Sync + 'static) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let asked = Asked::default();
    let (seen, script) = (asked.clone(), Arc::new(script));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, seen.clone(), script.clone()));
        }
    });
    (base, asked)
}

async fn talk(mut stream: TcpStream, asked: Asked, script: Arc<impl Fn(&str, usize) -> Do>) {
    while let Some((name, text)) = read_request(&mut stream).await {
        asked.0.lock().expect("not poisoned").push((name.clone(), text));
        match script(&name, asked.count(&name)) {
            Do::Answer(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Do::Cut(bytes) => return drop(stream.write_all(&bytes).await),
            Do::Close => return,
            Do::Reset => return stream.set_zero_linger().expect("a socket"),
            Do::Silence => std::future::pending().await,
        }
    }
}

/// Reads one request whole: the interface it is for, and its text.
async fn read_request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    while bytes.len() < head + length.unwrap_or(0) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let name = text.split_whitespace().nth(1)?.rsplit('/').next()?.to_owned();
    Some((name, text))
}

/// A client of a peer of [`peer`].
pub fn lot(base: &str) -> LotClient {
    LotClient::new(base, credentials()).expect("a client").with(quick)
}

/// A client of a peer of [`peer`].
pub fn cloud(base: &str) -> CloudClient {
    CloudClient::new(base, credentials()).expect("a client").with(quick)
}
