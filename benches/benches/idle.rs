//! User-space memory of an idle TCP session on the server, which runs in a process of its own.
//! Kernel socket buffers are not in it.
use benches::net;
use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Command, Stdio},
    time::Duration,
};
use sztc_proto::{
    ClientTls, Credentials, ReportOnly,
    tcp::{Connector, Io, PlainConnector, TcpOptions, TlsConnector, attach},
};

const SERVER: &str = "IDLE_SERVER";
const FIRST: usize = 200;
const MORE: usize = 1000;

fn main() {
    if let Ok(kind) = std::env::var(SERVER) {
        return serve(kind == "TLS");
    }
    if !cfg!(target_os = "linux") {
        println!("skipped: the memory of a process is read from /proc, which only Linux has");
        return;
    }
    for (kind, target) in [("plain", 8.0), ("TLS", 15.0)] {
        let per_line = measure(kind);
        let verdict = if per_line <= target { "" } else { "  MISSED" };
        println!("idle TCP session, {kind:<5}: {per_line:6.2} KiB, target <= {target}{verdict}");
    }
}

/// The server's side: prints its port and, for TLS, the authority to trust; ends with its standard
/// input.
fn serve(tls: bool) {
    let certificate = testkit::Certificate::localhost();
    let address = net::city(tls.then(|| certificate.server()));
    println!("{}\n{}\nend", address.port(), certificate.authority);
    let _ = std::io::stdout().flush();
    let _ = std::io::stdin().lines().next();
}

fn measure(kind: &str) -> f64 {
    let mut server = Command::new(std::env::current_exe().expect("this program"))
        .env(SERVER, kind)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(server.stdout.take().expect("piped"))
        .lines()
        .map_while(Result::ok);
    let port: u16 = lines
        .next()
        .and_then(|line| line.parse().ok())
        .expect("a port");
    let authority: Vec<String> = lines.take_while(|line| line != "end").collect();
    let address = SocketAddr::from(([127, 0, 0, 1], port));

    let connector: Box<dyn Connector> = if kind == "TLS" {
        let tls = ClientTls::default()
            .only_root_pem(authority.join("\n").as_bytes())
            .expect("its authority");
        Box::new(TlsConnector::new("localhost", port, tls))
    } else {
        Box::new(PlainConnector::dangerous_plain(
            address.ip().to_string(),
            port,
        ))
    };
    let per_line = net::runtime().block_on(async {
        let mut links = Vec::new();
        // The first lines pay for what all share.
        for _ in 0..FIRST {
            links.push(line(&*connector, links.len()).await);
        }
        let before = resident(server.id()).await;
        for _ in 0..MORE {
            links.push(line(&*connector, links.len()).await);
        }
        let after = resident(server.id()).await;
        (after - before) / MORE as f64
    });
    drop(server.stdin.take());
    let _ = server.wait();
    per_line
}

/// A line that is logged in, and then says nothing but its heartbeats.
async fn line(connector: &dyn Connector, number: usize) -> sztc_proto::tcp::Link {
    let io: Box<dyn Io> = connector.connect().await.expect("a connection");
    let account = net::account();
    let credentials = Credentials::new(format!("lot-{number}"), account.password, account.key);
    let (link, connection) = attach(io, credentials, ReportOnly, TcpOptions::default());
    tokio::spawn(connection.run());
    link.wait_connected().await.expect("logged in");
    link
}

/// KiB of memory that a process has in use, after a time for everybody to come to rest and for a
/// heartbeat or two.
async fn resident(process: u32) -> f64 {
    tokio::time::sleep(Duration::from_secs(5)).await;
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("Linux tells");
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .expect("a number")
}
