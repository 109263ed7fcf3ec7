//! Calls over the framed TCP connection of DB4403/T 313 (6.1.3): `tls://host:port`, or
//! `tcp://host:port` where plain connections are allowed.
use super::{
    Peer,
    city::{credentials, dialect},
    told,
};
use crate::fault::Fault;
use std::{
    io,
    sync::atomic::{AtomicU32, Ordering},
};
use sztc_proto::{
    Answer, BoxFuture, Call, CityClient, Error, ErrorKind, Sent, Transport,
    code::BusinessCode,
    endpoint::TcpLogIn,
    frame::{self, Direction, Frame, FrameReader, Item, Version},
    model::TcpLogin,
    tcp::{Connector, Io, PlainConnector, TlsConnector},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Mutex,
    time::{Instant, timeout_at},
};

/// Longest reply that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Whether an address means the framed connection.
pub(super) fn is_session(url: &str) -> bool {
    url.starts_with("tls://") || url.starts_with("tcp://")
}

/// A client of the city platform over its framed connection, logged in (1004) if `log_in`.
pub(super) async fn logged_in(peer: &Peer, log_in: bool) -> Result<CityClient, Fault> {
    let client = CityClient::over(open(peer).await?).dialect(dialect());
    if log_in {
        let credentials = credentials(peer)?;
        let login = TcpLogin {
            user_id: credentials.user_id.clone(),
            password: credentials.sealed_password(),
        };
        let outcomes = told!(client.call::<TcpLogIn>(&[login]).await)?;
        if let Some(Err(refusal)) = outcomes.into_iter().next() {
            return Err(Fault::bad(format!(
                "the login (1004) was refused: {refusal}"
            )));
        }
    }
    Ok(client)
}

async fn open(peer: &Peer) -> Result<Frames, Fault> {
    let url = peer.url.trim_end_matches('/');
    let wrong = || Fault::usage(format!("--url: {url:?} is no tls://host:port"));
    let (scheme, place) = url.split_once("://").ok_or_else(wrong)?;
    let (host, port) = place.rsplit_once(':').ok_or_else(wrong)?;
    let port = port.parse().map_err(|_| wrong())?;
    let connector: Box<dyn Connector> = match scheme {
        "tls" => Box::new(TlsConnector::new(host, port, peer.http.tls.clone())),
        _ if peer.http.allows_plain_http() => Box::new(PlainConnector::dangerous_plain(host, port)),
        _ => {
            return Err(Fault::usage(
                "--url: tcp:// sends passwords readable; say --insecure-http if that is meant, or \
                    tls://",
            ));
        }
    };
    let io = connector
        .connect()
        .await
        .map_err(|cause| Fault::bad(format!("{place}: {cause}")))?;
    Ok(Frames {
        line: Mutex::new((io, FrameReader::new())),
        packet: AtomicU32::new(0),
    })
}

/// One connection, one call after the other.
struct Frames {
    line: Mutex<(Box<dyn Io>, FrameReader)>,
    packet: AtomicU32,
}

impl Frames {
    async fn send(&self, call: Call<'_>) -> io::Result<bytes::Bytes> {
        let packet = self.packet.fetch_add(1, Ordering::SeqCst) + 1;
        let request = Frame {
            version: Version::default(),
            packet,
            direction: Direction::Request,
            command: call.endpoint.parse().map_err(io::Error::other)?,
            data: call.body,
        };
        let mut bytes = bytes::BytesMut::new();
        frame::encode(&request, &mut bytes).map_err(io::Error::other)?;
        let mut line = self.line.lock().await;
        let (io, reader) = &mut *line;
        io.write_all(&bytes).await?;
        io.flush().await?;
        loop {
            match reader.next(LONGEST).map_err(io::Error::other)? {
                Some(Item::Frame(reply))
                    if reply.direction == Direction::Reply && reply.packet == packet =>
                {
                    return Ok(reply.data);
                }
                // The city may ask something meanwhile; a trial has no answers.
                Some(Item::Frame(_)) => {}
                Some(Item::Wrong(wrong)) => return Err(io::Error::other(wrong)),
                None if io.read_buf(reader.buffer()).await? == 0 => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                None => {}
            }
        }
    }
}

impl Transport for Frames {
    type Code = BusinessCode;

    fn name(&self) -> &'static str {
        "tcp"
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            match timeout_at(Instant::from_std(call.deadline), self.send(call)).await {
                Err(_) => Err(Error::new(
                    ErrorKind::Timeout,
                    Sent::Maybe,
                    "no reply before the deadline",
                )),
                Ok(Err(cause)) => Err(Error::new(
                    ErrorKind::Network,
                    Sent::Maybe,
                    format!("the connection failed: {cause}"),
                )),
                Ok(Ok(data)) => Ok(Answer::new(data)),
            }
        })
    }
}
