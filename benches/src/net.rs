//! Servers on loopback, each on a thread of its own, and a client that loads them.
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use std::{
    future::pending,
    io,
    net::SocketAddr,
    sync::mpsc,
    thread,
    time::{Duration, Instant, SystemTime},
};
use sztc_proto::{
    Account, BoxFuture, CityClient, CityHttp, CityRouter, CityService, Credentials, Ctx,
    Deviations, Lookup, Outcome, PasswordKey, Refusal, Rules, Scheme, ServeOptions, ServerTls,
    Timestamp,
    code::{ResultCode, SpaceState},
    each,
    envelope::{open_reply, seal_request},
    frame::{Direction, Frame, FrameCodec, FrameReader, Item, Version, encode},
    model::{Model, SpaceStateReply, SpaceStateReport, TcpLogin},
    serve,
    session::SessionConfig,
    tcp::CityListener,
};
use testkit::Certificate;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
};
use tokio_util::codec::Framed;

/// Longest data of a frame here.
const LIMIT: usize = 1 << 20;

/// A runtime on this thread.
///
/// # Panics
/// The system gives no event queue.
pub fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("an event queue")
}

/// Runs `serve` with a listener on loopback, on a thread and a runtime of its own, for as long as
/// the process lives.
///
/// # Panics
/// There is no free port.
pub fn start<F: Future<Output = ()>>(
    serve: impl FnOnce(TcpListener) -> F + Send + 'static,
) -> SocketAddr {
    let (tell, hear) = mpsc::channel();
    thread::spawn(move || {
        runtime().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let _ = tell.send(listener.local_addr().expect("bound"));
            serve(listener).await;
        });
    });
    hear.recv().expect("it listens")
}

/// Answers each frame with itself, through the same codec: what no server over this frame can beat.
pub fn echo() -> SocketAddr {
    echo_after(|_| ())
}

/// The same, with `work` done on the data of each frame before it is answered.
pub fn echo_after(work: fn(&[u8])) -> SocketAddr {
    start(async move |listener| {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            let _ = stream.set_nodelay(true);
            tokio::spawn(async move {
                let (sink, frames) = Framed::new(stream, FrameCodec::new(LIMIT)).split();
                let replies = frames.filter_map(async |item| match item {
                    Ok(Item::Frame(frame)) => {
                        work(&frame.data);
                        Some(Ok(Frame {
                            direction: Direction::Reply,
                            ..frame
                        }))
                    }
                    Ok(Item::Wrong(_)) => None,
                    Err(problem) => Some(Err(problem)),
                });
                let _ = replies.boxed().forward(sink).await;
            });
        }
    })
}

/// A city that takes space states (5001).
#[derive(Debug, Clone, Copy)]
pub struct Spaces;

impl CityService for Spaces {
    async fn report_space_state(
        &self,
        _: &Ctx,
        items: Vec<SpaceStateReport>,
    ) -> Result<Vec<Outcome<SpaceStateReply>>, Refusal> {
        each(items, async |item| {
            Ok(SpaceStateReply {
                space_no: item.space_no,
            })
        })
        .await
    }
}

/// Lets everybody in with one password.
#[derive(Debug, Clone, Copy)]
pub struct Everybody;

impl Lookup for Everybody {
    type Found = Account;

    fn find<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<Account>> {
        Box::pin(async { Some(account()) })
    }
}

/// The one account.
///
/// # Panics
/// Never: the key has eight bytes.
pub fn account() -> Account {
    Account::new(
        "correct horse",
        PasswordKey::new("12345678").expect("eight bytes"),
    )
}

/// The one account as the user `user_id` logs in with it.
pub fn credentials(user_id: String) -> Credentials {
    let account = account();
    Credentials::new(user_id, account.password, account.key)
}

/// The session server; never closes a silent line, so that a load needs no heartbeats.
pub fn city(tls: Option<ServerTls>) -> SocketAddr {
    start(async |listener| {
        let mut config = SessionConfig::default();
        config.silence = Duration::MAX;
        let city = CityListener::new(Spaces, Everybody).session(config);
        let city = match tls {
            Some(tls) => city.tls(tls),
            None => city.dangerous_plain(),
        };
        city.serve(listener, pending()).await.expect("it serves");
    })
}

/// A client of the HTTPS server, which is started.
///
/// # Panics
/// No certificate can be made.
pub fn https() -> CityClient {
    let certificate = Certificate::localhost();
    let tls = certificate.server();
    let address = start(async |listener| {
        let router = CityRouter::new(Spaces, Everybody).into_router();
        let _ = serve(listener, router, ServeOptions::with_tls(tls), pending()).await;
    });
    let http = CityHttp::builder(
        format!("https://localhost:{}", address.port()),
        Credentials {
            user_id: "lot-7".into(),
            account: account(),
        },
    )
    .callback_server("https://localhost/callback")
    .online_order_url("https://localhost/pay")
    .http(certificate.http())
    .build()
    .expect("a client");
    CityClient::over(http)
}

/// Four space states.
pub fn states() -> Vec<SpaceStateReport> {
    (0..4)
        .map(|number| SpaceStateReport {
            space_no: format!("4403040010010100001000B1A10{number}").into(),
            park_code: Some("44030400100101000010".into()),
            state: SpaceState::FREE,
        })
        .collect()
}

/// A sealed request around `entries`, in a frame.
fn request<T: Model>(command: u16, entries: &[T]) -> Bytes {
    let texts: Vec<String> = entries.iter().map(|entry| encode_entry(entry)).collect();
    let sealed = seal_request(
        texts.iter().map(String::as_str),
        Timestamp::at(SystemTime::now()),
        Scheme::default(),
    )
    .expect("JSON");
    let frame = Frame {
        version: Version::V1_0,
        packet: 1,
        direction: Direction::Request,
        command,
        data: sealed.into(),
    };
    let mut bytes = BytesMut::new();
    encode(&frame, &mut bytes).expect("short");
    bytes.freeze()
}

fn encode_entry<T: Model>(entry: &T) -> String {
    sztc_proto::encode(entry).expect("a model can be written")
}

/// A report of four space states (5001) as it goes over the line: about 500 bytes.
pub fn report() -> Bytes {
    request(5001, &states())
}

/// A heartbeat (1006), which has no entries: about 100 bytes.
pub fn heartbeat() -> Bytes {
    request::<SpaceStateReport>(1006, &[])
}

/// A line, as raw bytes.
///
/// # Errors
/// The server does not answer.
pub async fn connected(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The same, logged in.
///
/// # Errors
/// The server does not answer.
pub async fn logged_in(address: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = connected(address).await?;
    let account = account();
    let login = TcpLogin {
        user_id: format!("lot-{}", stream.local_addr()?.port()).into(),
        password: account.key.seal(account.password.expose()).into(),
    };
    answered(&mut stream, &request(1004, &[login]), 0).await?;
    answered(&mut stream, &report(), 4).await?;
    Ok(stream)
}

/// Sends `request` and checks that it succeeds, with so many entries: a refusal is quick, and no
/// message.
async fn answered(stream: &mut TcpStream, request: &Bytes, entries: usize) -> io::Result<()> {
    stream.write_all(request).await?;
    let mut reader = FrameReader::new();
    loop {
        stream.read_buf(reader.buffer()).await?;
        if let Some(Item::Frame(reply)) = reader.next(LIMIT).map_err(io::Error::other)? {
            let text = std::str::from_utf8(&reply.data).map_err(io::Error::other)?;
            let reply = open_reply(text, &Rules::strict(), &mut Deviations::default())
                .map_err(io::Error::other)?;
            assert_eq!(
                (reply.result, reply.items.len()),
                (ResultCode::SUCCESS, entries),
                "{text}"
            );
            assert!(!text.contains("\"code\""), "{text}");
            return Ok(());
        }
    }
}

/// Frames that one read brings, at least one.
async fn read(stream: &mut TcpStream, reader: &mut FrameReader) -> io::Result<usize> {
    loop {
        if stream.read_buf(reader.buffer()).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut frames = 0;
        while let Some(item) = reader.next(LIMIT).map_err(io::Error::other)? {
            assert!(matches!(item, Item::Frame(_)), "{item:?}");
            frames += 1;
        }
        if frames > 0 {
            return Ok(frames);
        }
    }
}

/// Sends `frame` over `stream` so many times, `window` unanswered at once, and waits for the
/// replies.
///
/// # Errors
/// The line broke.
pub async fn send(
    stream: &mut TcpStream,
    frame: &Bytes,
    window: usize,
    total: usize,
) -> io::Result<()> {
    let mut reader = FrameReader::new();
    let mut sent = window.min(total);
    let mut answered = 0;
    stream.write_all(&frame.repeat(sent)).await?;
    while answered < total {
        let replies = read(stream, &mut reader).await?;
        answered += replies;
        let more = replies.min(total - sent);
        sent += more;
        stream.write_all(&frame.repeat(more)).await?;
    }
    Ok(())
}

/// Lines and what each of them sends.
#[derive(Debug)]
pub struct Load {
    lines: Vec<TcpStream>,
    frame: Bytes,
}

impl Load {
    /// `frame` over so many lines that `connect` opens.
    ///
    /// # Panics
    /// No line.
    pub async fn new(
        count: usize,
        frame: &Bytes,
        connect: impl AsyncFn() -> io::Result<TcpStream>,
    ) -> Self {
        let (mut lines, frame) = (Vec::new(), frame.clone());
        for _ in 0..count {
            lines.push(connect().await.expect("a line"));
        }
        Self { lines, frame }
    }

    /// Nanoseconds a message, when all lines carry `total` of them at the same time, each with
    /// `window` unanswered at once.
    ///
    /// # Panics
    /// A line broke.
    pub async fn carry(&mut self, window: usize, total: usize) -> f64 {
        let count = self.lines.len() * total;
        let start = Instant::now();
        let jobs: Vec<_> = self
            .lines
            .drain(..)
            .map(|mut line| {
                let frame = self.frame.clone();
                tokio::spawn(async move {
                    send(&mut line, &frame, window, total)
                        .await
                        .expect("the line holds");
                    line
                })
            })
            .collect();
        for job in jobs {
            self.lines.push(job.await.expect("it does not panic"));
        }
        start.elapsed().as_nanos() as f64 / count as f64
    }
}
