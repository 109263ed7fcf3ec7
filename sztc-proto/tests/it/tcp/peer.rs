//! The other side of a line, frame by frame, and services to call.
use bytes::{Bytes, BytesMut};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use sztc_proto::{
    Credentials,
    code::*,
    envelope::{seal_reply, seal_request},
    frame::{Direction, Frame, FrameReader, Item, Version, encode},
    model::*,
    *,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

pub(super) const USER: &str = "lot-7";
pub(super) const ECHO: u16 = 7001;
pub(super) const ECHO_NAME: &str = "7001";
pub(super) const SLOW: u16 = 7002;
pub(super) const PANIC: u16 = 7003;
pub(super) const COUNT: u16 = 7004;

fn key() -> PasswordKey {
    PasswordKey::new("12345678").expect("eight bytes")
}

pub(super) fn credentials(password: &str) -> Credentials {
    Credentials::new(USER, password, key())
}

pub(super) fn accounts() -> HashMap<String, Account> {
    let account = Account {
        password: "right".into(),
        key: key(),
    };
    HashMap::from([(USER.to_owned(), account)])
}

/// The entry of a login.
pub(super) fn login(password: &str) -> String {
    format!(
        r#"{{"userId":"{USER}","password":"{}"}}"#,
        key().seal(password)
    )
}

pub(super) fn sealed(items: &[&str]) -> String {
    seal_request(
        items.iter().copied(),
        Timestamp::at(std::time::SystemTime::now()),
        Scheme::default(),
    )
    .expect("JSON")
}

/// Answers 7001 with what it was asked, 7002 after 30 s, 7003 never, 7004 with how often it was
/// asked.
#[derive(Clone, Default)]
pub(super) struct Service(Arc<AtomicU32>);

impl Service {
    async fn any(&self, name: &str, data: &str) -> Result<String, Refusal> {
        match name.parse().expect("a number") {
            ECHO => Ok(data.to_owned()),
            SLOW => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                Ok(data.to_owned())
            }
            PANIC => panic!("on purpose"),
            COUNT => Ok(format!(
                r#"[{{"n":{}}}]"#,
                self.0.fetch_add(1, Ordering::Relaxed) + 1
            )),
            _ => Err(Refusal::new(BusinessCode::NO_OBJECT, "unknown")),
        }
    }
}

impl CityService for Service {
    async fn report_vacancy(
        &self,
        cx: &Ctx,
        items: Vec<Vacancy>,
    ) -> Result<Vec<Outcome<VacancyReply>>, Refusal> {
        assert_eq!((&*cx.peer, cx.transport), (USER, TransportKind::Tcp));
        each(items, async |item: Vacancy| {
            Ok(VacancyReply {
                park_code: Some(item.park_code),
            })
        })
        .await
    }

    async fn other(&self, _: &Ctx, name: &str, data: &str) -> Result<String, Refusal> {
        self.any(name, data).await
    }
}

impl PartnerService for Service {
    async fn query_lease(
        &self,
        _: &Ctx,
        items: Vec<LeaseQuery>,
    ) -> Result<Vec<Outcome<LeaseQueryReply>>, Refusal> {
        each(items, async |_| {
            Err(Refusal::new(BusinessCode::NO_LEASE, "月租租约不存在"))
        })
        .await
    }

    async fn other(&self, _: &Ctx, name: &str, data: &str) -> Result<String, Refusal> {
        self.any(name, data).await
    }
}

/// A peer by hand.
pub(super) struct Peer {
    pub io: DuplexStream,
    reader: FrameReader,
    packet: u32,
}

impl Peer {
    /// A peer and what to give to the library.
    pub(super) fn pair() -> (Self, DuplexStream) {
        let (io, other) = duplex(1 << 20);
        let peer = Self {
            io,
            reader: FrameReader::new(),
            packet: 0,
        };
        (peer, other)
    }

    pub(super) async fn send(
        &mut self,
        direction: Direction,
        packet: u32,
        command: u16,
        text: &str,
    ) {
        let bytes = bytes_of(direction, packet, command, text);
        // The library may have closed already.
        let _ = self.io.write_all(&bytes).await;
    }

    /// Asks and gives the packet number.
    pub(super) async fn ask(&mut self, command: u16, items: &[&str]) -> u32 {
        self.packet += 1;
        self.send(Direction::Request, self.packet, command, &sealed(items))
            .await;
        self.packet
    }

    pub(super) async fn success(&mut self, packet: u32, command: u16, items: &[&str]) {
        let text = seal_reply(
            ResultCode::SUCCESS,
            "成功",
            items.iter().copied(),
            Timestamp::at(std::time::SystemTime::now()),
        );
        self.send(Direction::Reply, packet, command, &text).await;
    }

    /// The next frame, `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        loop {
            match self.reader.next(usize::MAX).expect("no limit") {
                Some(Item::Frame(frame)) => return Some(frame),
                Some(Item::Wrong(wrong)) => panic!("{wrong}"),
                None => {}
            }
            if self.io.read_buf(self.reader.buffer()).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// The next frame but heartbeats, which are answered.
    pub(super) async fn next_call(&mut self) -> Option<Frame> {
        loop {
            let frame = self.next().await?;
            if frame.direction == Direction::Request && frame.command == 1006 {
                self.success(frame.packet, 1006, &[]).await;
            } else {
                return Some(frame);
            }
        }
    }

    /// The reply to the last question: packet, command and text.
    pub(super) async fn reply(&mut self) -> (u32, u16, String) {
        let frame = self.next().await.expect("a reply");
        assert_eq!(frame.direction, Direction::Reply, "{frame:?}");
        (frame.packet, frame.command, text(frame.data))
    }

    pub(super) async fn exchange(&mut self, command: u16, items: &[&str]) -> String {
        let packet = self.ask(command, items).await;
        let (replied, with, text) = self.reply().await;
        assert_eq!((replied, with), (packet, command));
        text
    }

    pub(super) async fn log_in(&mut self, password: &str) -> String {
        self.exchange(1004, &[&login(password)]).await
    }

    /// As the city: takes the login and admits it.
    pub(super) async fn admit(&mut self) {
        let login = self.next().await.expect("a login");
        assert_eq!((login.command, login.direction), (1004, Direction::Request));
        let body = text(login.data);
        assert!(body.contains(USER) && !body.contains("right"), "{body}");
        self.success(login.packet, 1004, &[]).await;
    }
}

pub(super) fn bytes_of(direction: Direction, packet: u32, command: u16, text: &str) -> BytesMut {
    let mut bytes = BytesMut::new();
    let frame = Frame {
        version: Version::V1_0,
        packet,
        direction,
        command,
        data: Bytes::copy_from_slice(text.as_bytes()),
    };
    encode(&frame, &mut bytes).expect("short");
    bytes
}

pub(super) fn text(data: Bytes) -> String {
    String::from_utf8(data.into()).expect("UTF-8")
}
