//! The program as somebody starts it to develop against.
use serde_json::Value;
use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long anything may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The program, up until it is dropped.
pub(crate) struct City {
    child: Child,
    /// Host and port of the page.
    pub page: String,
    state: PathBuf,
}

impl City {
    /// On ports that are free, with an empty state, once the page is there.
    pub(crate) fn start(name: &str) -> Self {
        let state = env::temp_dir().join(format!("city-page-{}-{name}.redb", std::process::id()));
        let _ = fs::remove_file(&state);
        let mut child = Command::new(env!("CARGO_BIN_EXE_city"))
            .args(["--serve", "--port", "0", "--state"])
            .arg(&state)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let printed = BufReader::new(child.stdout.take().expect("it is piped"));
        let (told, page) = mpsc::channel();
        // Reads on, or the program would wait for a reader.
        thread::spawn(move || {
            for line in printed.lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("page: http://") {
                    let _ = told.send(address.trim_end_matches('/').to_owned());
                }
            }
        });
        let mut city = Self {
            child,
            page: String::new(),
            state,
        };
        city.page = page.recv_timeout(LIMIT).expect("the page's address");
        city
    }

    /// What is answered, as it comes.
    pub(crate) fn begin(&self, request: &str) -> BufReader<TcpStream> {
        self.send(request, "")
    }

    fn send(&self, request: &str, body: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.page).expect("the page");
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        let (host, length) = (&self.page, body.len());
        write!(
            stream,
            "{request} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: \
                {length}\r\n\r\n{body}"
        )
        .expect("it reads");
        BufReader::new(stream)
    }

    /// Status and body.
    pub(crate) fn ask(&self, request: &str) -> (u16, String) {
        self.post(request, "")
    }

    /// The same of a request that has a body.
    pub(crate) fn post(&self, request: &str, body: &str) -> (u16, String) {
        let mut text = String::new();
        self.send(request, body)
            .read_to_string(&mut text)
            .expect("UTF-8 in time");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        (head[9..12].parse().expect("a status"), body.to_owned())
    }

    /// What has to be there, as JSON.
    pub(crate) fn json(&self, path: &str) -> Value {
        let (status, body) = self.ask(&format!("GET {path}"));
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    /// All fields' meanings of the request of a message, as the page shows them.
    pub(crate) fn meanings(&self, id: u64) -> BTreeSet<String> {
        let message = self.json(&format!("/api/messages/{id}"));
        let fields = message["request"]["fields"].as_array().expect("fields");
        fields
            .iter()
            .filter_map(|field| field["meaning"].as_str())
            .map(|meaning| meaning.replace('`', ""))
            .collect()
    }
}

impl Drop for City {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.state);
    }
}
