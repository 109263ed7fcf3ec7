//! A peer that can be told how to fail, and clients that call it.
use super::{credentials, keys, plain, plain_base};
use evcs_proto::{
    envelope::{Form, seal_reply},
    *,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What a peer does with one request that it has read whole.
#[derive(Debug, Clone)]
pub enum Do {
    /// Answers with this status and this body.
    Answer(u16, Vec<u8>),
    /// Closes the connection.
    Close,
    /// Never answers.
    Silence,
}

/// Any body with status 200.
pub fn body(text: impl Into<String>) -> Do {
    Do::Answer(200, text.into().into_bytes())
}

/// A signed reply around `plaintext`.
pub fn done(plaintext: &str) -> Do {
    body(seal_reply(Some(&keys()), Ret::OK, "", Some(plaintext), Form::default()))
}

/// A signed refusal.
pub fn refusal(ret: Ret) -> Do {
    body(seal_reply(Some(&keys()), ret, "x", None, Form::default()))
}

/// The reply of the samples.
pub fn sample_reply(name: &str) -> Do {
    let path = format!("{}/fixtures/samples/{name}.reply.json", env!("CARGO_MANIFEST_DIR"));
    done(&std::fs::read_to_string(path).expect("a sample"))
}

/// A token that lives so many seconds.
pub fn token(name: &str, seconds: i64) -> Do {
    done(&encode(&TokenReply::ok(super::OPERATOR, name, seconds)).expect("a model"))
}

/// The interfaces that a peer was asked for, in order, and the requests themselves.
#[derive(Clone, Default)]
pub struct Asked(Arc<Mutex<Vec<(String, String)>>>, Arc<Mutex<HashMap<String, usize>>>);

impl Asked {
    pub fn take(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.0.lock().expect("not poisoned"));
        asked.into_iter().map(|(name, _)| name).collect()
    }

    /// The last request for `name`, head and body.
    pub fn last(&self, name: &str) -> String {
        let asked = self.0.lock().expect("not poisoned");
        let found = asked.iter().rev().find(|(other, _)| other == name);
        found.expect("asked").1.clone()
    }

    pub fn count(&self, name: &str) -> usize {
        self.0.lock().expect("not poisoned").iter().filter(|(other, _)| other == name).count()
    }
}

/// Starts a peer that does `script(interface, number of requests for it so far)` with each request.
pub async fn peer(script: impl Fn(&str, usize) -> Do + Send + Sync + 'static) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = plain_base(listener.local_addr().expect("bound"));
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
        asked.0.lock().expect("not poisoned").push((name.clone(), text));
        let number = {
            let mut numbers = asked.1.lock().expect("not poisoned");
            let number = numbers.entry(name.clone()).or_default();
            *number += 1;
            *number
        };
        match script(&name, number) {
            Do::Answer(status, body) => {
                let mut bytes = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
                bytes.extend(body);
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Do::Close => return,
            Do::Silence => std::future::pending().await,
        }
    }
}

/// Reads one request whole; the interface it is for, and its text.
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

/// Quick repetitions, so that nothing waits.
pub fn quick(options: &mut CallOptions) {
    options.retry.first = Duration::from_millis(1);
    options.deadline = Duration::from_secs(10);
}

/// The way to a peer of [`peer`], by `clock`.
pub fn way_by(base: &str, clock: &ManualClock) -> PeerHttp {
    let builder = PeerHttp::builder(base, credentials()).http(plain()).clock(Arc::new(clock.clone()));
    builder.build().expect("a client")
}

/// A client of a peer of [`peer`].
pub fn cpo(base: &str) -> CpoClient {
    let way = PeerHttp::builder(base, credentials()).http(plain()).build().expect("a client");
    way.cpo().with(quick)
}
