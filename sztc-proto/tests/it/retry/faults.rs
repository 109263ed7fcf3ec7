//! A peer that can be told how to fail, and the clients that call it.
use crate::common::calling;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use sztc_proto::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What a peer does with one request that it has read whole.
#[derive(Debug, Clone)]
pub enum Do {
    /// Answers with this status, these headers and this body.
    Answer(u16, &'static str, String),
    /// Breaks the connection.
    Reset,
    /// Closes it in good order.
    Close,
    /// Promises a reply and closes in the middle of it.
    Cut,
    /// Never answers.
    Silence,
}

/// A success around one entry.
pub fn done(entry: &str) -> Do {
    Do::Answer(200, "", reply(0, entry))
}

/// An envelope around one entry.
pub fn reply(result: i32, entry: &str) -> String {
    format!(r#"{{"resultCode":{result},"resultMsg":"x","timestamp":1677628800,"data":[{entry}]}}"#)
}

pub fn status(status: u16) -> Do {
    Do::Answer(status, "", "<html>a gateway</html>".to_owned())
}

/// The interface that each request asked for, in order, and the requests themselves.
#[derive(Clone, Default)]
pub struct Asked(Arc<Mutex<Vec<u16>>>, Arc<Mutex<Vec<String>>>);

impl Asked {
    pub fn take(&self) -> Vec<u16> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }

    /// The last request for `code`, head and body.
    pub fn last(&self, code: u16) -> String {
        let first_line = format!("/{code} ");
        let requests = self.1.lock().expect("not poisoned");
        let found = requests
            .iter()
            .rev()
            .find(|text| text.lines().next().is_some_and(|line| line.contains(&first_line)));
        found.expect("asked").clone()
    }

    pub fn count(&self, code: u16) -> usize {
        self.0.lock().expect("not poisoned").iter().filter(|other| **other == code).count()
    }

    /// Waits until `code` was asked.
    pub async fn wait_for(&self, code: u16) {
        while self.count(code) == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Starts a peer that does `script(interface, number of requests for it so far)` with each request.
pub async fn peer(script: impl Fn(u16, usize) -> Do + Send + Sync + 'static) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = base(listener.local_addr().expect("bound"));
    let asked = Asked::default();
    let (seen, script) = (asked.clone(), Arc::new(script));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, seen.clone(), script.clone()));
        }
    });
    (base, asked)
}

pub fn base(address: SocketAddr) -> String {
    format!("http://{address}/api")
}

async fn talk(mut stream: TcpStream, asked: Asked, script: Arc<impl Fn(u16, usize) -> Do>) {
    while let Some((code, text)) = request(&mut stream).await {
        asked.1.lock().expect("not poisoned").push(text);
        let number = {
            let mut list = asked.0.lock().expect("not poisoned");
            list.push(code);
            list.iter().filter(|other| **other == code).count()
        };
        match script(code, number) {
            Do::Answer(status, headers, body) => {
                let head = format!("HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\n\r\n", body.len());
                if stream.write_all((head + &body).as_bytes()).await.is_err() {
                    return;
                }
            }
            Do::Reset => return stream.set_zero_linger().expect("a socket"),
            Do::Close => return,
            Do::Cut => return drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"resultCode\":0").await),
            Do::Silence => std::future::pending().await,
        }
    }
}

/// Reads one request whole; the interface it is for, and its text.
async fn request(stream: &mut TcpStream) -> Option<(u16, String)> {
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
    let length: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    while bytes.len() < head + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let code = text.split_whitespace().nth(1)?.rsplit('/').next()?.parse().ok()?;
    Some((code, String::from_utf8_lossy(&bytes).into_owned()))
}

pub fn plain() -> HttpOptions {
    let mut options = HttpOptions::default();
    options.dangerous_plain_http();
    options
}

/// Quick repetitions, so that nothing waits.
pub fn quick(options: &mut CallOptions) {
    options.retry.first = Duration::from_millis(1);
    options.deadline = Duration::from_secs(10);
}

pub fn partner(base: &str) -> PartnerClient {
    calling(base, "agreed", plain()).with(quick)
}

/// Calls the city's interfaces with an agreed token, without a login.
pub fn city(base: &str) -> CityClient {
    let http = PartnerHttp::builder(base).http(plain()).token("agreed").build();
    CityClient::over(http.expect("a client")).with(quick)
}
