//! Requests that are refused: one row a case. After each the lot still answers, and its service saw
//! none of them.
use crate::common::{cipher::*, *};
use kt_proto::{endpoint::*, model::*, *};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(super) const DAY: &str = "20190225";
pub(super) const HEAD: &str =
    "content-type: application/json;charset=utf-8\r\nuser: ktapi\r\npwd: canary-pwd\r\n";
pub(super) const STATUS: &str = "POST /api/ParkingPay/GetPaymentStatus";
pub(super) const DONE: &str = r#"{"resCode":0,"resMsg":"成功","data":[{"status":"1"}]}"#;

/// What is told of a wrong key, padding, date or character set alike.
const UNREADABLE: &str = "data 解密失败: are the key, the date (yyyyMMdd, China) and GB2312 right?";
const CUT: &str = "data is not Base64 of whole blocks: cut short on the way?";
const STRANGER: &str = "用户名或密码错误: the headers user and pwd are not known here";

/// A lot that counts what reaches it.
#[derive(Clone, Default)]
pub(super) struct Counting(pub Arc<AtomicUsize>);

impl LotService for Counting {
    async fn query_order(&self, _: &Ctx, _: OrderStatusQuery) -> Outcome<OrderStatusReply> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(reply::<GetPaymentStatus>())
    }

    async fn change_blacklist(&self, _: &Ctx, _: BlacklistChange) -> Outcome<BlacklistChangeReply> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(reply::<BlackListControl>())
    }
}

/// A lot with this dialect, where it is noon.
pub(super) async fn lot_at(dialect: &Dialect, told: &Told) -> (SocketAddr, Arc<AtomicUsize>) {
    let service = Counting::default();
    let reached = service.0.clone();
    let router =
        LotRouter::new(service, credentials()).options(options(dialect, &clock(NOON), told));
    (serve_on(router.into_router(), None).await, reached)
}

pub(super) fn around(data: &str) -> String {
    format!(r#"{{"data":"{data}"}}"#)
}

/// A request around `text`, sealed properly.
pub(super) fn sealed(text: &str) -> String {
    let bytes = encoding_rs::GBK.encode(text).0.into_owned();
    around(&seal_bytes(KEY, DAY, &bytes))
}

pub(super) fn good() -> String {
    sealed(r#"{"parkCode":"1","orderNo":"闽1"}"#)
}

/// The text of a refusal, from an answer that is as the document has it.
fn refusal(answer: &Received) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer
            .head
            .contains("content-type: application/json;charset=utf-8"),
        "{answer:?}"
    );
    let mut deviations = Deviations::default();
    let envelope = envelope::open_reply(&answer.body, &Rules::strict(), &mut deviations)
        .unwrap_or_else(|problem| panic!("{problem}: {answer:?}"));
    assert_eq!((envelope.code, envelope.items.len()), (1, 0), "{answer:?}");
    assert!(!answer.body.contains("canary"), "{answer:?}");
    envelope.message.into_owned()
}

#[tokio::test]
async fn whoever_is_not_known_is_told_nothing_else() {
    let (address, reached) = lot_at(&Dialect::default(), &Told::default()).await;
    for head in [
        "",
        "user: ktapi\r\n",
        "pwd: canary-pwd\r\n",
        "user: ktapi\r\npwd: canary-pwe\r\n",
        "user: ktapi\r\npwd: \r\n",
        "user: KTAPI\r\npwd: canary-pwd\r\n",
        "user: \r\npwd: canary-pwd\r\n",
        "user: kt\u{e4}pi\r\npwd: canary-pwd\r\n",
        "user: other\r\npwd: canary-pwd\r\n",
    ] {
        for body in [good(), "canary".to_owned(), around("AAAA"), String::new()] {
            assert_eq!(
                refusal(&send(address, STATUS, head, body.as_bytes()).await),
                STRANGER,
                "{head:?} {body}"
            );
        }
    }
    assert_eq!(
        (
            send(address, STATUS, HEAD, good().as_bytes()).await.body,
            reached.load(Ordering::SeqCst)
        ),
        (DONE.to_owned(), 1)
    );
}

#[tokio::test]
async fn key_padding_date_and_character_set_fail_alike() {
    let (address, reached) = lot_at(&Dialect::default(), &Told::default()).await;
    let text = r#"{"parkCode":"1","orderNo":"2"}"#.as_bytes();
    let other = "693207DB8148FBC9D8410179";
    let mut rows = vec![
        ("another key", seal_bytes(other, DAY, text)),
        ("yesterday", seal_bytes(KEY, "20190224", text)),
        ("tomorrow", seal_bytes(KEY, "20190226", text)),
        (
            "yesterday, other capitals",
            seal_bytes(KEY, "20190224", br#"{"ParkCode":"1","orderNo":"2"}"#),
        ),
        ("another year", seal_bytes(KEY, "20180225", text)),
        ("no date", seal_bytes(KEY, "00000000", text)),
        (
            "UTF-8",
            seal_bytes(
                KEY,
                DAY,
                r#"{"parkCode":"1","orderNo":"京A11113"}"#.as_bytes(),
            ),
        ),
        (
            "UTF-8",
            seal_bytes(
                KEY,
                DAY,
                r#"{"parkCode":"1","orderNo":"粤B88888"}"#.as_bytes(),
            ),
        ),
        (
            "UTF-8",
            seal_bytes(
                KEY,
                DAY,
                r#"{"parkCode":"1","orderNo":"测试车场"}"#.as_bytes(),
            ),
        ),
        (
            "UTF-8",
            seal_bytes(KEY, DAY, r#"{"parkCode":"京","orderNo":"1"}"#.as_bytes()),
        ),
        (
            "no text",
            seal_bytes(KEY, DAY, b"{\"parkCode\":\"1\",\"orderNo\":\"\xff\xff\"}"),
        ),
        ("no object", seal_bytes(KEY, DAY, br#"["parkCode","1"]"#)),
        ("no JSON", seal_bytes(KEY, DAY, b"parkCode=1&orderNo=2")),
        ("nothing", seal_bytes(KEY, DAY, b"")),
        ("a foreign block", "AAAAAAAAAAA=".to_owned()),
    ];
    // Every padding that is none.
    for last in (0..=255_u8).filter(|last| *last != 1) {
        let mut blocks = text.to_vec();
        blocks.resize(31, b' ');
        blocks.push(last);
        if !blocks.ends_with(&vec![last; usize::from(last).max(1)]) || last == 0 || last > 8 {
            rows.push(("padding", seal_blocks(KEY, DAY, &blocks)));
        }
    }
    assert!(rows.len() > 260);
    let mut told = BTreeSet::new();
    for (what, data) in rows {
        let answer = send(address, STATUS, HEAD, around(&data).as_bytes()).await;
        assert_eq!(refusal(&answer), UNREADABLE, "{what}");
        told.insert((
            answer
                .head
                .lines()
                .filter(|line| !line.starts_with("date:"))
                .collect::<String>(),
            answer.body,
        ));
    }
    assert_eq!(
        (told.len(), reached.load(Ordering::SeqCst)),
        (1, 0),
        "{told:?}"
    );
    assert_eq!(
        send(address, STATUS, HEAD, good().as_bytes()).await.body,
        DONE
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_with_its_place() {
    let (address, reached) = lot_at(&Dialect::default(), &Told::default()).await;
    let blacklist = "POST /api/ParkingCard/BlackListControl";
    let whole = good();
    let data = &whole[9..whole.len() - 2];
    let ten_megabytes = 10 * 1024 * 1024;
    let padded =
        |length: usize| whole.replacen('{', &format!("{{{}", " ".repeat(length - whole.len())), 1);
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        (STATUS, "".into(), "data: required, but absent or empty"),
        (STATUS, "{}".into(), "data: required, but absent or empty"),
        (
            STATUS,
            r#"{"data":null}"#.into(),
            "data: required, but absent or empty",
        ),
        (
            STATUS,
            around("").into(),
            "data: required, but absent or empty",
        ),
        (
            STATUS,
            "x=1&data=".into(),
            "data: required, but absent or empty",
        ),
        (
            STATUS,
            r#"{"data":7}"#.into(),
            "data: expected Base64 text, found something else",
        ),
        (
            STATUS,
            r#"{"data":"AA","data":"AA"}"#.into(),
            "data: stands twice",
        ),
        (
            STATUS,
            r#"{"data":"AA""#.into(),
            "not JSON: unexpected end of the text at byte 12",
        ),
        (
            STATUS,
            b"{\"data\":\"\xd4\xc1\"}".to_vec(),
            "the body is not UTF-8: byte 9",
        ),
        (STATUS, around("canary!").into(), CUT),
        (STATUS, around("AAAA").into(), CUT),
        (STATUS, around(&data[..data.len() - 4]).into(), CUT),
        (STATUS, "data=AAAA".into(), CUT),
        (
            STATUS,
            sealed(r#"{"parkCode":"1","orderNo":"2""#).into(),
            "not JSON: unexpected end of the text at byte 29",
        ),
        (
            STATUS,
            sealed(r#"{"parkCode":"1","orderNo":"2",}"#).into(),
            "not JSON: ",
        ),
        (
            STATUS,
            sealed("{}").into(),
            "parkCode: required, but absent or empty",
        ),
        (
            STATUS,
            sealed(r#"{"parkCode":"1"}"#).into(),
            "orderNo: required, but absent or empty",
        ),
        (
            STATUS,
            sealed(r#"{"parkCode":"1","orderNo":["canary"]}"#).into(),
            "orderNo: expected ",
        ),
        (
            STATUS,
            sealed(r#"{"parkCode":"1","orderNo":"2","orderNo":"3"}"#).into(),
            "orderNo: stands twice",
        ),
        (
            blacklist,
            sealed(r#"{"parkCode":"1","blackId":7,"controlType":0,"remark":"canary"}"#).into(),
            "blackId: 0 for a new entry; plateNo: needed for a new entry",
        ),
        (
            blacklist,
            sealed(r#"{"parkCode":"1","blackId":"x","controlType":0}"#).into(),
            "blackId: expected ",
        ),
        (
            "POST /api/ParkingPay/GetTrafficNum",
            whole.clone().into(),
            "GetTrafficNum is not offered here (接口未提供)",
        ),
        (
            "POST /GateControl",
            sealed(r#"{"parkCode":"1","deviceCode":"2","controlType":11}"#).into(),
            "GateControl is not offered here (接口未提供)",
        ),
        (
            "POST /PostParkingInfo",
            whole.clone().into(),
            "PostParkingInfo is not offered here (接口未提供)",
        ),
        (
            STATUS,
            padded(ten_megabytes + 1).into(),
            "the request is longer than 10 MB",
        ),
        (
            STATUS,
            padded(ten_megabytes * 3 / 2).into(),
            "the request is longer than 10 MB",
        ),
    ];
    for (line, body, message) in rows {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let told = refusal(&send(address, line, HEAD, &body).await);
        assert!(
            told == message || message.ends_with(' ') && told.starts_with(message),
            "{line} {shown}: {told}"
        );
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
    for body in [good(), padded(ten_megabytes)] {
        assert_eq!(
            send(address, STATUS, HEAD, body.as_bytes()).await.body,
            DONE
        );
    }
}

#[tokio::test]
async fn interfaces_are_posted_to() {
    let (address, reached) = lot_at(&Dialect::default(), &Told::default()).await;
    for (line, status, text) in [
        (
            "GET /api/ParkingPay/GetPaymentStatus",
            405,
            "interfaces are called by POST",
        ),
        (
            "PUT /api/ParkingPay/GetPaymentStatus",
            405,
            "interfaces are called by POST",
        ),
        (
            "DELETE /GetPaymentStatus",
            405,
            "interfaces are called by POST",
        ),
        ("HEAD /GetPaymentStatus", 405, ""),
        ("POST /", 404, ""),
    ] {
        let answer = send(address, line, HEAD, good().as_bytes()).await;
        assert_eq!((answer.status, &*answer.body), (status, text), "{line}");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

/// The document's own example has the header.
#[tokio::test]
async fn who_expects_to_be_told_to_go_on_is_told() {
    let (address, _) = lot_at(&Dialect::default(), &Told::default()).await;
    for (pwd, told) in [
        (PWD, DONE.to_owned()),
        (
            "wrong",
            format!(r#"{{"resCode":1,"resMsg":"{STRANGER}","data":null}}"#),
        ),
    ] {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let body = good();
        let head = format!(
            "{STATUS} HTTP/1.1\r\nContent-Type: application/json;charset=utf-8\r\nuser: \
                ktapi\r\npwd: {pwd}\r\nHost: 220.160.111.114:9099\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("writable");
        let mut go_on = [0; 25];
        stream
            .read_exact(&mut go_on)
            .await
            .expect("told before the body is sent");
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(body.as_bytes()).await.expect("writable");
        let answer = read_answer(&mut stream).await;
        assert_eq!((answer.status, answer.body), (200, told));
    }
}

/// The request of chapter 1, section 3, byte for byte: its parameters lack what the table of the
/// interface needs.
#[tokio::test]
async fn the_printed_request_is_opened() {
    let own = Credentials::new(
        "ktapi",
        "0306A9",
        Keys::new("F7A0B971B199FD2A1017CEC5").expect("24 bytes"),
    );
    let router = LotRouter::new(Counting::default(), own).options(options(
        &Dialect::default(),
        &clock("2016-01-20 13:19:19"),
        &Told::default(),
    ));
    let address = serve_on(router.into_router(), None).await;
    let head = "Content-Type: application/json;charset=utf-8\r\nuser: ktapi\r\npwd: 0306A9\r\n";
    let body = r#"{"data":"DkTwRsUUza33A8/TvrocXI3r+Az1T7bt"}"#;
    let answer = send(
        address,
        "POST /api/pay/GetParkingPaymentInfo",
        head,
        body.as_bytes(),
    )
    .await;
    assert_eq!(refusal(&answer), "parkCode: required, but absent or empty");
}
