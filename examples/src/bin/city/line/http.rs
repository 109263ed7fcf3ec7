//! HTTP/1.1 on a line: where its messages end, and one exchange after the other.
use super::{Carrier, LONGEST, Loss};
use crate::traffic::{Crossed, Fault};
use bytes::{Bytes, BytesMut};
use examples::registry::Protocol;
use std::{
    io,
    time::{Instant, SystemTime},
};
use sztc_proto::tcp::Io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// More header lines than any peer sends.
const HEADERS: usize = 100;

/// Carries exchanges until one side ends, or a message gets lost.
pub async fn carry(carrier: &Carrier, client: Box<dyn Io>, server: Box<dyn Io>) -> io::Result<()> {
    let (mut client, mut server) = (Side::new(client), Side::new(server));
    loop {
        let request = tokio::select! {
            request = client.message(false) => request?,
            // A server that ends an idle connection: the client has to know before it asks again.
            _ = server.more() => None,
        };
        let Some(mut request) = request else { return Ok(()) };
        let mut crossed = Crossed::new(SystemTime::now(), request.whole());
        let began = Instant::now();
        let outcome = exchange(carrier, &mut client, &mut server, &mut request, &mut crossed).await;
        crossed.took = began.elapsed();
        // Before the client has its reply: what it does then is shown behind this.
        carrier.traffic.crossed(&carrier.link, carrier.way_name(), crossed);
        let Some(reply) = outcome? else { return Ok(()) };
        client.stream.write_all(&reply.bytes).await?;
    }
}

/// One exchange: the reply, unless something got lost.
async fn exchange(
    carrier: &Carrier,
    client: &mut Side,
    server: &mut Side,
    request: &mut Message,
    crossed: &mut Crossed,
) -> io::Result<Option<Message>> {
    let fate = carrier.faults.fate();
    if !fate.delay.is_zero() {
        crossed.faults.push(Fault::Delayed);
        tokio::time::sleep(fate.delay).await;
    }
    if fate.corrupted {
        crossed.faults.push(Fault::RequestCorrupted);
        carrier.corrupt(request.body());
    }
    if fate.dropped || carrier.losses.hits(Loss::Request) {
        crossed.faults.push(Fault::RequestLost);
        return Ok(None);
    }
    if fate.duplicated {
        // The first answer reaches nobody.
        crossed.faults.push(Fault::RequestTwice);
        server.stream.write_all(&request.bytes).await?;
        server.reply(client).await?;
    }
    server.stream.write_all(&request.bytes).await?;
    let Some(mut reply) = server.reply(client).await? else { return Ok(None) };
    crossed.reply = Some(reply.whole());
    let fate = carrier.faults.fate();
    if fate.corrupted {
        crossed.faults.push(Fault::ReplyCorrupted);
        carrier.corrupt(reply.body());
    }
    if fate.dropped || carrier.losses.hits(Loss::Reply) {
        crossed.faults.push(Fault::ReplyLost);
        return Ok(None);
    }
    Ok(Some(reply))
}

impl Carrier {
    fn corrupt(&self, body: &mut [u8]) {
        match self.link.protocol {
            Protocol::Xingxing | Protocol::Pile => self.faults.garble(body),
            _ => self.faults.corrupt(body),
        }
    }

    fn way_name(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }
}

/// One message, and where its body begins.
struct Message {
    bytes: BytesMut,
    head: usize,
    /// 100 to 199: the answer is still to come.
    interim: bool,
}

impl Message {
    fn whole(&self) -> Bytes {
        Bytes::copy_from_slice(&self.bytes)
    }

    fn body(&mut self) -> &mut [u8] {
        &mut self.bytes[self.head..]
    }
}

/// One side of a connection, with what came and is not used yet.
struct Side {
    stream: Box<dyn Io>,
    came: BytesMut,
}

impl Side {
    fn new(stream: Box<dyn Io>) -> Self {
        Self {
            stream,
            came: BytesMut::new(),
        }
    }

    /// The reply to what was sent; what precedes it goes to the client at once.
    async fn reply(&mut self, client: &mut Self) -> io::Result<Option<Message>> {
        loop {
            match self.message(true).await? {
                Some(message) if message.interim => client.stream.write_all(&message.bytes).await?,
                message => return Ok(message),
            }
        }
    }

    /// The next whole message; `None` at the end of the stream.
    async fn message(&mut self, reply: bool) -> io::Result<Option<Message>> {
        loop {
            if let Some(end) = measure(&self.came, reply)? {
                match end.length {
                    Some(length) if self.came.len() >= length => {
                        let bytes = self.came.split_to(length);
                        return Ok(Some(end.message(bytes)));
                    }
                    Some(_) => {}
                    None => {
                        // A reply that ends with the connection.
                        while self.more().await? {}
                        let bytes = self.came.split();
                        return Ok(Some(end.message(bytes)));
                    }
                }
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    async fn more(&mut self) -> io::Result<bool> {
        if self.came.len() > LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a message longer than the line carries"));
        }
        Ok(self.stream.read_buf(&mut self.came).await? > 0)
    }
}

/// What a head says of its message.
struct End {
    head: usize,
    /// Of head and body; `None` if the end of the stream is its end.
    length: Option<usize>,
    interim: bool,
}

impl End {
    fn message(&self, bytes: BytesMut) -> Message {
        Message {
            bytes,
            head: self.head,
            interim: self.interim,
        }
    }
}

/// Where the message at the front of `came` ends, or `None` while that cannot be said.
fn measure(came: &[u8], reply: bool) -> io::Result<Option<End>> {
    let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let (parsed, status) = if reply {
        let mut head = httparse::Response::new(&mut headers);
        let parsed = head.parse(came).map_err(|cause| wrong(cause.to_string()))?;
        (parsed, head.code)
    } else {
        (
            httparse::Request::new(&mut headers)
                .parse(came)
                .map_err(|cause| wrong(cause.to_string()))?,
            None,
        )
    };
    let httparse::Status::Complete(head) = parsed else { return Ok(None) };
    let value = |name: &str| {
        let found = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok()).map(str::trim)
    };
    let interim = status.is_some_and(|status| (100..200).contains(&status));
    let end = |length| Some(End { head, length, interim });
    if interim || matches!(status, Some(204 | 304)) {
        return Ok(end(Some(head)));
    }
    if value("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")) {
        return Ok(chunks(&came[head..]).map_err(wrong)?.and_then(|body| end(Some(head + body))));
    }
    match value("content-length") {
        Some(length) => {
            let length: usize = length.parse().map_err(|_| wrong(format!("a Content-Length of {length:?}")))?;
            Ok(end(Some(head.saturating_add(length))))
        }
        None if reply => Ok(end(None)),
        None => Ok(end(Some(head))),
    }
}

/// How long a body in chunks is, once its last is there.
fn chunks(body: &[u8]) -> Result<Option<usize>, String> {
    let mut at = 0;
    loop {
        let size = httparse::parse_chunk_size(&body[at..]).map_err(|_| "a chunk without its size".to_owned())?;
        let httparse::Status::Complete((line, size)) = size else {
            return Ok(None);
        };
        let size = usize::try_from(size).map_err(|cause| cause.to_string())?;
        if size == 0 {
            // Trailers, which nobody sends, and the empty line.
            let rest = &body[at + line..];
            let last = if rest.starts_with(b"\r\n") {
                Some(2)
            } else {
                find(rest, b"\r\n\r\n").map(|at| at + 4)
            };
            return Ok(last.map(|last| at + line + last));
        }
        at = at.saturating_add(line).saturating_add(size).saturating_add(2);
        if body.len() < at {
            return Ok(None);
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_where_its_head_says() {
        for (reply, message, behind) in [
            (false, "GET /a HTTP/1.1\r\n\r\n", "GET"),
            (false, "POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc", "POST"),
            (true, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP"),
            (true, "HTTP/1.1 204 No Content\r\n\r\n", "HTTP"),
            (true, "HTTP/1.1 100 Continue\r\n\r\n", "HTTP"),
            (
                true,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n",
                "HTTP",
            ),
            (true, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n\r\n", "HTTP"),
        ] {
            let both = format!("{message}{behind}");
            let end = measure(both.as_bytes(), reply).expect("a head").expect("an end");
            assert_eq!(end.length, Some(message.len()), "{message}");
            for cut in 0..message.len() {
                let part = measure(&message.as_bytes()[..cut], reply).expect("no contradiction");
                assert!(part.is_none_or(|end| end.length.is_none_or(|length| length > cut)), "{message} {cut}");
            }
        }
        let open = measure(b"HTTP/1.1 200 OK\r\n\r\nabc", true).expect("a head").expect("an end");
        assert_eq!(open.length, None);
    }

    #[test]
    fn nonsense_is_refused() {
        for wrong in [
            "\0\0\0",
            "POST /a HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        ] {
            assert!(measure(wrong.as_bytes(), false).is_err(), "{wrong}");
        }
    }
}
