use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canned {
    /// The status.
    pub status: u16,
    /// Names and values; the length is added.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Canned {
    /// An answer without headers.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} x\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }
}

/// What a peer does with one request that it has read whole.
#[derive(Clone)]
pub enum Do {
    /// Answers.
    Answer(Canned),
    /// Sends these bytes, whatever they promise, and closes.
    Cut(Vec<u8>),
    /// Closes the connection in good order.
    Close,
    /// Breaks it.
    Reset,
    /// Never answers.
    Silence,
}

impl fmt::Debug for Do {
    /// Bytes as text, and not more than a failed test has use for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
        match self {
            Self::Answer(canned) => write!(f, "Answer({})", text(&canned.to_bytes())),
            Self::Cut(bytes) => write!(f, "Cut({})", text(bytes)),
            Self::Close => f.write_str("Close"),
            Self::Reset => f.write_str("Reset"),
            Self::Silence => f.write_str("Silence"),
        }
    }
}

impl From<Canned> for Do {
    fn from(canned: Canned) -> Self {
        Self::Answer(canned)
    }
}

/// An answer, as what a script gives: for [`stub`](crate::stub()) the answer itself, for [`peer`]
/// what it does.
pub fn answer<T: From<Canned>>(status: u16, body: impl Into<Vec<u8>>) -> T {
    Canned::new(status, body).into()
}

/// A request: the last part of its path, and its text, head and body.
#[derive(Debug, Clone)]
struct Request {
    name: String,
    text: String,
}

#[derive(Debug, Default)]
struct Requests {
    all: Vec<Request>,
    taken: usize,
}

/// The requests that a peer got, in order, each named by the last part of its path.
#[derive(Debug, Clone, Default)]
pub struct Asked(Arc<Mutex<Requests>>);

impl Asked {
    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.0.lock().expect("not poisoned")
    }

    /// Keeps a request; how many there have been of its name.
    pub(crate) fn note(&self, name: &str, text: String) -> usize {
        let mut requests = self.lock();
        let name = name.to_owned();
        requests.all.push(Request { name, text });
        let (last, before) = requests.all.split_last().expect("one was put there");
        1 + before
            .iter()
            .filter(|other| other.name == last.name)
            .count()
    }

    /// The names of the requests since this was last asked.
    pub fn take(&self) -> Vec<String> {
        self.take_requests()
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    /// The same with the texts.
    pub fn take_requests(&self) -> Vec<(String, String)> {
        let mut requests = self.lock();
        let taken = std::mem::replace(&mut requests.taken, usize::MAX);
        requests.taken = requests.all.len();
        requests.all[taken..]
            .iter()
            .map(|one| (one.name.clone(), one.text.clone()))
            .collect()
    }

    /// The last request of this name, head and body.
    ///
    /// # Panics
    /// When there was none.
    pub fn last(&self, name: &str) -> String {
        let requests = self.lock();
        let found = requests.all.iter().rev().find(|other| other.name == name);
        found.expect("asked").text.clone()
    }

    /// How many requests of this name were not taken yet.
    pub fn count(&self, name: &str) -> usize {
        let requests = self.lock();
        requests.all[requests.taken..]
            .iter()
            .filter(|other| other.name == name)
            .count()
    }

    /// Waits until there is such a request.
    pub async fn wait_for(&self, name: &str) {
        while self.count(name) == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Starts a peer that does `script(name, number of requests of this name so far)` with each
/// request. Its address, and what it was asked.
///
/// Only for what no HTTP server would send; where every request is answered,
/// [`stub`](crate::stub()) does.
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
    while let Some((name, text)) = request(&mut stream).await {
        let number = asked.note(&name, text);
        match script(&name, number) {
            Do::Answer(canned) => {
                if stream.write_all(&canned.to_bytes()).await.is_err() {
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

/// Reads one request whole: the last part of its path, and its text.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
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
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    while bytes.len() < head + length.unwrap_or(0) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let name = text
        .split_whitespace()
        .nth(1)?
        .rsplit('/')
        .next()?
        .to_owned();
    Some((name, text))
}
