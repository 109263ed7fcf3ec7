use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// An answer as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// Status line and headers, in small letters.
    pub head: String,
    /// The body.
    pub body: String,
}

/// Sends any bytes as the body of a request and reads the answer to its end. `first_line` is method
/// and target; `head` is lines, each with its end; host and length are put before them.
pub async fn send(address: SocketAddr, first_line: &str, head: &str, body: &[u8]) -> Received {
    let mut stream = TcpStream::connect(address).await.expect("somebody listens");
    let length = body.len();
    let head = format!(
        "{first_line} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\nconnection: \
            close\r\n{head}\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("writable");
    stream.write_all(body).await.expect("writable");
    read_answer(&mut stream).await
}

/// Reads one answer, whose connection ends behind it.
pub async fn read_answer(stream: &mut TcpStream) -> Received {
    let mut bytes = Vec::new();
    stream
        .read_to_end(&mut bytes)
        .await
        .expect("an answer, not a broken connection");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no head: {text}"));
    let status = head
        .split_whitespace()
        .nth(1)
        .and_then(|status| status.parse().ok());
    Received {
        status: status.expect("a status"),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}
