//! Where HTTP/1.1 messages end, and reading them from a stream.
use crate::line::LONGEST;
use bytes::{Bytes, BytesMut};
use std::io;
use sztc_proto::tcp::Io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// More header lines than any peer sends.
const HEADERS: usize = 100;

/// Longest head, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// One message.
pub(super) struct Message {
    /// As it came.
    pub bytes: BytesMut,
    /// Whether it says that its connection ends with it, or ends by that.
    pub ends_connection: bool,
    head: usize,
    chunked: bool,
    /// A request whose reply has no body, whatever its head says.
    is_head: bool,
    interim: bool,
}

impl Message {
    /// A copy of all of it.
    pub(super) fn whole(&self) -> Bytes {
        Bytes::copy_from_slice(&self.bytes)
    }

    /// Its content: of a body in chunks the first, without its size.
    pub(super) fn body(&mut self) -> &mut [u8] {
        let body = &mut self.bytes[self.head..];
        if !self.chunked {
            return body;
        }
        match httparse::parse_chunk_size(body) {
            Ok(httparse::Status::Complete((line, size))) => {
                let end = usize::try_from(size)
                    .unwrap_or(usize::MAX)
                    .saturating_add(line)
                    .min(body.len());
                &mut body[line..end]
            }
            _ => &mut [],
        }
    }
}

/// One side of a connection, with what came and is not used yet.
pub(super) struct Side {
    stream: Box<dyn Io>,
    came: BytesMut,
    /// The head of the message that is coming.
    head: Option<Head>,
}

impl Side {
    /// Of a stream from its beginning.
    pub(super) fn new(stream: Box<dyn Io>) -> Self {
        Self {
            stream,
            came: BytesMut::new(),
            head: None,
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// The stream is broken.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        // TLS keeps what the socket has no room for until it is asked.
        self.stream.flush().await
    }

    /// The next request; `None` at the end of the stream.
    ///
    /// # Errors
    /// The stream is broken; what comes is no HTTP.
    pub(super) async fn request(&mut self) -> io::Result<Option<Message>> {
        self.message(Asked::Nothing).await
    }

    /// The reply to `request`; what precedes it is for whoever sent that piece by piece.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub(super) async fn reply(&mut self, request: &Message) -> io::Result<Option<Message>> {
        let asked = if request.is_head {
            Asked::Head
        } else {
            Asked::Any
        };
        loop {
            match self.message(asked).await? {
                Some(message) if message.interim => {}
                message => return Ok(message),
            }
        }
    }

    /// Returns when the stream ends. What comes before is kept.
    pub(super) async fn ended(&mut self) {
        while self.came.len() <= LONGEST {
            if !self.more().await.unwrap_or(false) {
                return;
            }
        }
        // Nobody sends so much before the reply, and then it waits.
        std::future::pending().await
    }

    async fn message(&mut self, asked: Asked) -> io::Result<Option<Message>> {
        loop {
            if self.head.is_none() {
                self.head = Head::read(&self.came, asked)?;
                if self.head.as_ref().is_some_and(|head| head.expects) {
                    self.send(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
                }
            }
            if let Some(head) = &mut self.head {
                if let Some(length) = head.ends(&self.came)? {
                    return Ok(self.take(length));
                }
            } else if self.came.len() > LONGEST_HEAD {
                return Err(wrong("a head longer than the line carries"));
            }
            if !self.more().await? {
                let ends_here = self
                    .head
                    .as_ref()
                    .is_some_and(|head| matches!(head.body, Body::ToEnd));
                let length = self.came.len();
                return Ok(if ends_here { self.take(length) } else { None });
            }
        }
    }

    fn take(&mut self, length: usize) -> Option<Message> {
        let head = self.head.take()?;
        Some(Message {
            bytes: self.came.split_to(length),
            ends_connection: head.ends_connection || matches!(head.body, Body::ToEnd),
            head: head.length,
            chunked: matches!(head.body, Body::Chunks { .. }),
            is_head: head.is_head,
            interim: head.interim,
        })
    }

    async fn more(&mut self) -> io::Result<bool> {
        if self.came.len() > LONGEST {
            return Err(wrong("a message longer than the line carries"));
        }
        Ok(self.stream.read_buf(&mut self.came).await? > 0)
    }
}

/// What a message answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Nothing: it asks.
    Nothing,
    /// A request for the head alone.
    Head,
    /// Any other.
    Any,
}

/// The head of a message.
struct Head {
    length: usize,
    body: Body,
    ends_connection: bool,
    is_head: bool,
    interim: bool,
    /// Whether the sender waits to be told to go on.
    expects: bool,
}

/// Where a body ends.
#[derive(Clone, Copy)]
enum Body {
    /// After so many bytes.
    Length(usize),
    /// After the chunk of the length 0; up to `at` they are known.
    Chunks {
        /// Behind the head.
        at: usize,
    },
    /// With the stream.
    ToEnd,
}

impl Head {
    /// The head at the front of `came`, or `None` while it is not there as a whole.
    fn read(came: &[u8], asked: Asked) -> io::Result<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let (parsed, status, method) = if asked == Asked::Nothing {
            let mut head = httparse::Request::new(&mut headers);
            let parsed = head
                .parse(came)
                .map_err(|cause| wrong(format!("no HTTP request: {cause}")))?;
            (parsed, None, head.method)
        } else {
            let mut head = httparse::Response::new(&mut headers);
            let parsed = head
                .parse(came)
                .map_err(|cause| wrong(format!("no HTTP reply: {cause}")))?;
            (parsed, head.code, None)
        };
        let is_head = method == Some("HEAD");
        let httparse::Status::Complete(length) = parsed else {
            return Ok(None);
        };
        let values = |name: &'static str| {
            let of_name = headers
                .iter()
                .filter(move |header| header.name.eq_ignore_ascii_case(name));
            of_name.map(|header| {
                String::from_utf8_lossy(header.value)
                    .trim()
                    .to_ascii_lowercase()
            })
        };
        let interim = status.is_some_and(|status| (100..200).contains(&status));
        let chunked = values("transfer-encoding").any(|coding| coding.contains("chunked"));
        let lengths: Vec<String> = values("content-length").collect();
        let body = match (&lengths[..], chunked) {
            _ if interim || asked == Asked::Head || matches!(status, Some(204 | 304)) => {
                Body::Length(0)
            }
            ([], true) => Body::Chunks { at: 0 },
            ([], false) if asked == Asked::Nothing => Body::Length(0),
            ([], false) => Body::ToEnd,
            ([length], false) => Body::Length(
                length
                    .parse()
                    .map_err(|_| wrong(format!("a Content-Length of {length:?}")))?,
            ),
            _ => return Err(wrong("several headers say where the body ends")),
        };
        Ok(Some(Self {
            length,
            body,
            ends_connection: values("connection").any(|value| value == "close"),
            is_head,
            interim,
            expects: values("expect").any(|value| value == "100-continue"),
        }))
    }

    /// Where the message ends, once `came` holds all of it.
    fn ends(&mut self, came: &[u8]) -> io::Result<Option<usize>> {
        let end = match &mut self.body {
            Body::ToEnd => None,
            Body::Length(length) => Some(self.length.saturating_add(*length)),
            Body::Chunks { at } => chunks(&came[self.length..], at)?.map(|body| self.length + body),
        };
        Ok(end.filter(|end| *end <= came.len()))
    }
}

/// How long a body in chunks is, once its last is there; `at` is where to go on.
fn chunks(body: &[u8], at: &mut usize) -> io::Result<Option<usize>> {
    loop {
        let Some(rest) = body.get(*at..) else {
            return Ok(None);
        };
        let size =
            httparse::parse_chunk_size(rest).map_err(|_| wrong("a chunk without its size"))?;
        let httparse::Status::Complete((line, size)) = size else {
            return Ok(None);
        };
        if size == 0 {
            // Trailers, which nobody sends, and the empty line.
            let behind = &rest[line..];
            let last = if behind.starts_with(b"\r\n") {
                Some(2)
            } else {
                behind
                    .windows(4)
                    .position(|window| window == b"\r\n\r\n")
                    .map(|at| at + 4)
            };
            return Ok(last.map(|last| *at + line + last));
        }
        let size = usize::try_from(size).map_err(|cause| wrong(cause.to_string()))?;
        let next = at
            .saturating_add(line)
            .saturating_add(size)
            .saturating_add(2);
        if next > body.len() {
            return Ok(None);
        }
        *at = next;
    }
}

fn wrong(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the message at the front of `came` ends.
    fn measure(came: &[u8], asked: Asked) -> io::Result<Option<usize>> {
        match Head::read(came, asked)? {
            Some(mut head) => head.ends(came),
            None => Ok(None),
        }
    }

    #[test]
    fn a_message_ends_where_its_head_says() {
        for (asked, message, behind) in [
            (Asked::Nothing, "GET /a HTTP/1.1\r\n\r\n", "GET"),
            (
                Asked::Nothing,
                "POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc",
                "POST",
            ),
            (
                Asked::Any,
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP",
            ),
            (Asked::Any, "HTTP/1.1 204 No Content\r\n\r\n", "HTTP"),
            (Asked::Any, "HTTP/1.1 100 Continue\r\n\r\n", "HTTP"),
            (
                Asked::Head,
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
                "HTTP",
            ),
            (
                Asked::Any,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: \
                    chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n",
                "HTTP",
            ),
            (
                Asked::Any,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n\r\n",
                "HTTP",
            ),
        ] {
            let both = format!("{message}{behind}");
            assert_eq!(
                measure(both.as_bytes(), asked).expect("a message"),
                Some(message.len()),
                "{message}"
            );
            for cut in 0..message.len() {
                assert_eq!(
                    measure(&message.as_bytes()[..cut], asked).expect("no contradiction"),
                    None,
                    "{message} {cut}"
                );
            }
        }
        let open = Head::read(b"HTTP/1.1 200 OK\r\n\r\nabc", Asked::Any)
            .expect("a head")
            .expect("a head");
        assert!(matches!(open.body, Body::ToEnd));
    }

    #[test]
    fn chunks_are_found_piece_by_piece() {
        let message = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: \
                chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        let mut head = None;
        for end in 0..=message.len() {
            if head.is_none() {
                head = Head::read(&message[..end], Asked::Any).expect("a head");
            }
            let found = head
                .as_mut()
                .and_then(|head| head.ends(&message[..end]).expect("chunks"));
            assert_eq!(found, (end == message.len()).then_some(end), "{end}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for wrong in [
            "\0\0\0",
            "POST /a HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
            "POST /a HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            "POST /a HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        ] {
            assert!(
                measure(wrong.as_bytes(), Asked::Nothing).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_content_is_not_the_size_of_a_chunk() {
        for (text, content) in [
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "abc",
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nde", "de"),
            ("HTTP/1.1 204 No Content\r\n\r\n", ""),
        ] {
            let head = Head::read(text.as_bytes(), Asked::Any)
                .expect("a head")
                .expect("a head");
            let mut message = Message {
                bytes: BytesMut::from(text),
                ends_connection: false,
                head: head.length,
                chunked: matches!(head.body, Body::Chunks { .. }),
                is_head: false,
                interim: false,
            };
            assert_eq!(message.body(), content.as_bytes());
        }
    }
}
