//! What arrives over HTTPS that should not, on either side: one row a case, and after each row the connection still answers.
use crate::{
    common::{
        faults::{body, done, refusal, sample_reply, stub, token},
        *,
    },
    crypto::{encrypt, padded, sign},
};
use evcs_proto::{code::*, endpoint::*, envelope::*, model::*, replay::*, sequence::*, *};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, SystemTime},
};

/// Now, as the services' clocks show it.
const NOW: i64 = 1_677_628_800;
const TIME: &str = "20230301080000";
const STATUS: &str = "query_station_status";
const GOOD: &str = r#"{"StationIDs":["00000000000000000011"]}"#;
/// What each way of not being decrypted is answered with.
const SEALED: &str = "Data cannot be decrypted to JSON: are DataSecret and DataSecretIV those of this direction?";
const STRANGER: &str = "MA5DM667X";

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW as u64))
}

/// A charge point operator that accepts everything, and remembers what it did.
#[derive(Clone, Default)]
struct Tolerant(Arc<Calls>);

impl CpoService for Tolerant {
    async fn query_station_status(&self, cx: &Ctx, _: StationStatusQuery) -> Outcome<StationStatusReply> {
        self.0.note(STATUS, cx);
        Ok(sample(STATUS, "reply"))
    }

    async fn query_start_charge(&self, cx: &Ctx, _: StartCharge) -> Outcome<StartChargeReply> {
        self.0.note("query_start_charge", cx);
        Ok(sample("query_start_charge", "reply"))
    }

    async fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> Outcome<String> {
        self.0.note(interface, cx);
        match interface {
            "own" => answer_plaintext::<QueryStationStatus, _, _>(cx, plaintext, async |_, _| Ok(sample(STATUS, "reply"))).await,
            _ => Err(Refusal::new(Ret::WRONG_PARAMETERS, "no such interface")),
        }
    }
}

/// A peer written by hand, which has a token.
struct Hand {
    client: reqwest::Client,
    base: String,
    token: String,
    calls: Arc<Calls>,
    seq: AtomicU16,
}

/// An answer: Ret, and everything else of it.
struct Answered {
    ret: i32,
    msg: String,
    signed: bool,
    text: String,
}

impl Hand {
    async fn of(options: ServerOptions) -> Self {
        let service = Tolerant::default();
        let calls = service.0.clone();
        let stranger = Keys::new("other", "other-data-key-1", "other-data-iv-01", "other-sig").expect("16 bytes each");
        let mut operators = operators();
        operators.insert(STRANGER.to_owned(), stranger);
        let certificate = Certificate::localhost();
        let (base, _) = serve_https(CpoRouter::new(service, operators).options(options).into_router(), &certificate).await;
        let config = certificate.client().rustls_config().expect("our own authority");
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(Arc::unwrap_or_clone(config))
            .no_proxy()
            .pool_max_idle_per_host(1)
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        let mut hand = Self {
            client,
            base: format!("{base}/evcs/v1"),
            token: String::new(),
            calls,
            seq: AtomicU16::new(0),
        };
        let query = format!(r#"{{"OperatorID":"{OPERATOR}","OperatorSecret":"{OPERATOR_SECRET}"}}"#);
        let told = hand.send("query_token", None, hand.seal(&query)).await;
        let reply = read_reply(&told.text, &Rules::strict(), &mut Deviations::default()).expect("a reply");
        let rules = Rules::default();
        let verified = reply
            .verify(&keys(), Accept::default(), &rules, &mut Deviations::default())
            .expect("signed");
        let accept = hand_accepts(&told.text);
        let plaintext = verified
            .expect("there is Data")
            .open(&keys(), accept, &rules, &mut Deviations::default())
            .expect("opened");
        let reply: serde_json::Value = serde_json::from_str(&plaintext).expect("JSON");
        hand.token = reply["AccessToken"].as_str().expect("a token").to_owned();
        hand
    }

    fn next(&self) -> u16 {
        self.seq.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A request as the document has it.
    fn seal(&self, plaintext: &str) -> String {
        self.seal_at(NOW, plaintext)
    }

    fn seal_at(&self, seconds: i64, plaintext: &str) -> String {
        let stamp = Stamp {
            second: Timestamp::from_seconds(seconds),
            number: self.next(),
        };
        seal_request(&keys(), OPERATOR, stamp, plaintext, Form::default())
    }

    /// A request with this Data, signed well.
    fn signed(&self, data: &str) -> String {
        self.signed_by(SIG_SECRET, data)
    }

    fn signed_by(&self, secret: &str, data: &str) -> String {
        let seq = format!("{:04}", self.next());
        let sig = sign(secret, &[OPERATOR, data, TIME, &seq]);
        let data = if data.starts_with('{') { data.to_owned() } else { format!("\"{data}\"") };
        format!(r#"{{"OperatorID":"{OPERATOR}","Data":{data},"TimeStamp":"{TIME}","Seq":"{seq}","Sig":"{sig}"}}"#)
    }

    fn bearer(&self) -> Option<String> {
        Some(format!("Bearer {}", self.token))
    }

    /// Posts `body` with this header.
    async fn send(&self, interface: &str, authorization: Option<String>, body: impl Into<reqwest::Body>) -> Answered {
        let mut request = self.client.post(format!("{}/{interface}", self.base)).body(body);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let response = request.send().await.expect("an answer, not a broken connection");
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "application/json;charset=utf-8");
        let text = response.text().await.expect("the whole answer");
        let reply = read_reply(&text, &Rules::strict(), &mut Deviations::default()).unwrap_or_else(|problem| panic!("{problem}: {text}"));
        Answered {
            ret: reply.ret.0,
            msg: reply.msg.to_string(),
            signed: reply.is_signed(&keys()),
            text,
        }
    }

    /// Posts `body` as it should be posted.
    async fn post(&self, body: impl Into<reqwest::Body>) -> Answered {
        self.send(STATUS, self.bearer(), body).await
    }

    /// The connection is good for another call.
    async fn goes_on(&self) {
        self.calls.take();
        let told = self.post(self.seal(GOOD)).await;
        assert_eq!((told.ret, told.signed, self.calls.take().len()), (0, true, 1), "{}", told.text);
    }
}

fn hand_accepts(text: &str) -> Accept {
    let mut accept = Accept::default();
    accept.plain_data = text.contains("\"Data\":{");
    accept
}

impl Answered {
    /// It is a refusal with nothing in it that anybody could learn from.
    fn is(&self, about: &str, ret: i32, part: &str, signed: bool) {
        assert_eq!((self.ret, self.signed), (ret, signed), "{about}: {}", self.text);
        assert!(self.msg.contains(part), "{about}: {}", self.text);
        assert!(self.msg.chars().count() <= 512, "{about}");
        if ret != 0 {
            assert!(self.text.contains(r#""Data":"""#), "{about}: {}", self.text);
        }
        assert!(!self.text.contains("canary"), "{about}: {}", self.text);
    }
}

fn options(dialect: Dialect) -> ServerOptions {
    let mut options = ServerOptions::default();
    options.dialects.insert(OPERATOR.to_owned(), Arc::new(dialect));
    options.clock = Arc::new(clock());
    options
}

fn block(bytes: &[u8]) -> String {
    encrypt(DATA_SECRET, DATA_IV, bytes)
}

#[tokio::test]
async fn every_fault_of_the_envelope_has_its_ret() {
    let hand = Hand::of(options(Dialect::default())).await;
    let good = || block(&padded(GOOD));
    let seal = |bytes: &[u8]| hand.signed(&block(bytes));
    let mut rows: Vec<(&str, String, i32, &str, bool)> = vec![
        ("good", hand.signed(&good()), 0, "请求成功", true),
        ("cut Base64", hand.signed(&good()[..21]), 4003, "cut short", true),
        ("cut block", hand.signed(&good()[..20]), 4003, "cut short", true),
        ("no Base64", hand.signed("*"), 4003, "cut short", true),
        (
            "wrong key",
            hand.signed(&encrypt("canary-wrong-key", DATA_IV, &padded(GOOD))),
            4003,
            SEALED,
            true,
        ),
        ("no padding", seal(&[b'x'; 16]), 4003, SEALED, true),
        ("bad padding", seal(b"{\"StationIDs\":\x02\x03"), 4003, SEALED, true),
        ("no UTF-8", seal(&[b"\xff\xfe".as_slice(), &[14; 14]].concat()), 4003, SEALED, true),
        ("no JSON", seal(&padded("\u{7}garbage")), 4003, SEALED, true),
        ("half JSON", seal(&padded(&GOOD[..20])), 4003, SEALED, true),
        ("a comma too many", seal(&padded(r#"{"StationIDs":["1"],}"#)), 4003, SEALED, true),
        ("nothing", seal(&padded("")), 4003, SEALED, true),
        ("wrong SigSecret", hand.signed_by("canary-wrong", &good()), 4001, "SigSecret", true),
        ("readable", hand.signed(GOOD), 4003, "not encrypted", true),
        ("Data is a number", hand.signed("x").replace("\"x\"", "7"), 4003, "Data", false),
        ("not JSON", "canary".to_owned(), 4003, "", false),
        ("empty", String::new(), 4003, "", false),
        ("a list", "[]".to_owned(), 4003, "", false),
        ("deep", "[".repeat(100_000), 4003, "", false),
        ("half", hand.seal(GOOD)[..100].to_owned(), 4003, "", false),
        ("two", hand.seal(GOOD) + "{}", 4003, "", false),
        ("time", hand.seal(GOOD).replace(TIME, "20231332000000"), 4003, "TimeStamp", false),
        ("five minutes ago", hand.seal_at(NOW - 300, GOOD), 0, "", true),
        ("in five minutes", hand.seal_at(NOW + 300, GOOD), 0, "", true),
        ("stale", hand.seal_at(NOW - 301, GOOD), 4003, "TimeStamp is -301 s from our clock", true),
        ("future", hand.seal_at(NOW + 301, GOOD), 4003, "TimeStamp is 301 s from our clock", true),
        ("long ago", hand.seal_at(0, GOOD), 4003, "TimeStamp is", true),
        (
            "an operator who is not known",
            hand.seal(GOOD).replace(OPERATOR, "123456789"),
            4004,
            "无此运营商",
            false,
        ),
        ("another operator's name", hand.seal(GOOD).replace(OPERATOR, STRANGER), 4001, "", false),
    ];
    // One letter of the signature, and each part that it covers.
    let whole = hand.seal(GOOD);
    for (about, text) in [
        (
            "Sig",
            whole.replace("\"Sig\":\"", "\"Sig\":\"0").replacen("\"}", "}", 1).replace('}', "\"}"),
        ),
        ("Seq", whole.replace("\"Seq\":\"0", "\"Seq\":\"9")),
        ("TimeStamp", whole.replace(TIME, "20230301080001")),
        ("Data", whole.replace("\"Data\":\"", "\"Data\":\"AAAA")),
    ] {
        assert_ne!(text, whole);
        rows.push((about, text, 4001, "Sig does not belong to the message", true));
    }
    let parts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&whole).expect("JSON");
    for (name, value) in &parts {
        let member = format!("\"{name}\":{value}");
        let name: &str = ["OperatorID", "Data", "TimeStamp", "Seq", "Sig"]
            .into_iter()
            .find(|known| known == name)
            .expect("one of five");
        for other in [
            "\"x\":1".to_owned(),
            format!("\"{name}\":\"\""),
            format!("\"{name}\":null"),
            format!("{member},{member}"),
        ] {
            rows.push((name, whole.replace(&member, &other), 4003, name, false));
        }
    }
    for (about, text, ret, part, signed) in rows {
        hand.calls.take();
        let told = hand.post(text).await;
        told.is(about, ret, part, signed);
        assert_eq!(hand.calls.take().len(), usize::from(ret == 0), "{about}");
        if part == SEALED {
            assert_eq!(told.msg, SEALED, "{about}: no difference between a key and a padding");
        }
        hand.goes_on().await;
    }
    let told = hand.post(vec![b'{', 0xff]).await;
    told.is("not UTF-8", 4003, "编码格式应为UTF-8", false);
    for body in [vec![0xff; 100], b"{\"OperatorID\":\"\xd0\xcf\"}".to_vec()] {
        hand.post(body).await.is("not UTF-8", 4003, "UTF-8", false);
    }
    hand.goes_on().await;
}

#[tokio::test]
async fn the_token_has_to_be_the_operator_s_own() {
    let hand = Hand::of(options(Dialect::default())).await;
    let stranger = Keys::new("other", "other-data-key-1", "other-data-iv-01", "other-sig").expect("16 bytes each");
    for (authorization, ret) in [
        (None, 4002),
        (Some("Bearer".to_owned()), 4002),
        (Some("Bearer ".to_owned()), 4002),
        (Some("Bearer wrong".to_owned()), 4002),
        (Some(format!("Bearer {}x", hand.token)), 4002),
        (Some(format!("Basic {}", hand.token)), 4002),
        (hand.bearer(), 0),
        (Some(format!("bearer {}", hand.token)), 0),
        (Some(format!("Bearer{}", hand.token)), 0),
        (Some(hand.token.clone()), 0),
    ] {
        let told = hand.send(STATUS, authorization.clone(), hand.seal(GOOD)).await;
        told.is(
            &format!("{authorization:?}").replace(&hand.token, "T"),
            ret,
            if ret == 0 { "" } else { "Token错误" },
            true,
        );
        hand.goes_on().await;
    }
    let stamp = Stamp {
        second: Timestamp::from_seconds(NOW),
        number: 1,
    };
    let text = seal_request(&stranger, STRANGER, stamp, GOOD, Form::default());
    let told = hand.post(text).await;
    assert_eq!(told.ret, 4002, "{}", told.text);
    let reply = read_reply(&told.text, &Rules::strict(), &mut Deviations::default()).expect("a reply");
    assert!(reply.is_signed(&stranger), "sealed for whoever asked");
}

#[tokio::test]
async fn bad_parameters_are_told_by_their_names() {
    let hand = Hand::of(options(Dialect::default())).await;
    let long = format!(r#"{{"StationIDs":["1","{}"]}}"#, "1".repeat(21));
    let order = r#"{"StartChargeSeq":"MA5EQ42K7000020230301101030","ConnectorID":"1","QRCode":""}"#;
    let both = order.replace("0301101030", "").replace("\"1\"", "\"\"");
    for (interface, plaintext, ret, part) in [
        (STATUS, "{}", 4004, "StationIDs: required"),
        (STATUS, r#"{"StationIDs":true}"#, 4004, "StationIDs"),
        (STATUS, r#"{"StationIDs":7}"#, 4004, "StationIDs"),
        (STATUS, r#"{"StationIDs":[{}]}"#, 4004, "StationIDs[0]"),
        (STATUS, &long, 4004, "StationIDs[1]: 21 characters, at most 20"),
        (STATUS, r#"{"StationIDs":["1"],"StationIDs":["2"]}"#, 4004, "StationIDs"),
        (STATUS, "[]", 4004, ""),
        (STATUS, "7", 4004, ""),
        (STATUS, "null", 4004, ""),
        (STATUS, r#"{"stationids":["1"]}"#, 0, ""),
        (STATUS, r#"{"StationIDs":[1],"colour":{}}"#, 0, ""),
        ("query_start_charge", order, 0, ""),
        ("query_start_charge", &both, 4004, "StartChargeSeq: 17 characters"),
        ("query_start_charge", &both, 4004, "ConnectorID: required"),
        ("query_token", r#"{"OperatorID":"MA5EQ42K7"}"#, 4004, "OperatorSecret: required"),
        (
            "query_token",
            r#"{"OperatorID":"MA5EQ42K7","OperatorSecret":""}"#,
            4004,
            "OperatorSecret: required",
        ),
        (
            "query_token",
            r#"{"OperatorID":"short","OperatorSecret":"x"}"#,
            4004,
            "OperatorID: 5 characters",
        ),
        ("own", "{}", 4004, "StationIDs: required"),
        ("own", "x", 4003, SEALED),
        ("own", GOOD, 0, ""),
        ("notification_stationStatus", "{}", 4004, "no such interface"),
        ("nothing_known", "{}", 4004, "no such interface"),
    ] {
        let told = hand.send(interface, hand.bearer(), hand.seal(plaintext)).await;
        told.is(&format!("{interface} {plaintext}"), ret, part, true);
        hand.goes_on().await;
    }
    // However much is wrong, a message has an end.
    let many = format!(r#"{{"StationIDs":[{}]}}"#, vec!["\"\""; 2000].join(","));
    let told = hand.post(hand.seal(&many)).await;
    told.is("many", 4004, "StationIDs", true);
    assert_eq!(told.msg.chars().count(), 512);
}

#[tokio::test]
async fn what_is_tolerated_is_told_once_and_refused_by_strict_rules() {
    for strict in [false, true] {
        let seen = Told::default();
        let mut options = options(if strict { Dialect::strict() } else { Dialect::default() });
        options.observer = Some(seen.observer());
        let hand = Hand::of(options).await;
        let wrapped = block(&padded(GOOD));
        let wrapped = format!("{}\n{}", &wrapped[..20], &wrapped[20..]);
        let small = |text: String| {
            let (before, sig) = text.rsplit_once(":\"").expect("Sig is the last");
            format!("{before}:\"{}", sig.to_lowercase())
        };
        for (interface, text, kinds, ret) in [
            (STATUS, hand.seal(GOOD), &[][..], 0),
            (STATUS, small(hand.seal(GOOD)), &[evcs_proto::deviation::LOWER_CASE_SIGNATURE], 4003),
            (STATUS, hand.signed(&wrapped).replace('\n', "\\n"), &[DeviationKind::BASE64_STYLE], 4003),
            (
                STATUS,
                hand.seal(GOOD).replacen('{', "{\"x\":1,", 1),
                &[DeviationKind::UNKNOWN_FIELD],
                4003,
            ),
            (STATUS, hand.seal(GOOD).replace("\"Seq\"", "\"seq\""), &[DeviationKind::KEY_STYLE], 4003),
            (
                STATUS,
                hand.seal(r#"{"StationIDs":[1],"x":2}"#),
                &[DeviationKind::NUMBER_FOR_TEXT, DeviationKind::UNKNOWN_FIELD],
                4004,
            ),
            (STATUS, format!("\u{feff}{}", hand.seal(GOOD)), &[DeviationKind::BYTE_ORDER_MARK], 4003),
            ("Query_Station_State", hand.seal(GOOD), &[DeviationKind::INTERFACE_NAME], 4003),
            // Also where it is an interface of one's own, whose envelope and parameters are read apart.
            (
                "own",
                small(hand.seal(r#"{"StationIDs":[1]}"#)),
                &[evcs_proto::deviation::LOWER_CASE_SIGNATURE, DeviationKind::NUMBER_FOR_TEXT],
                4003,
            ),
            ("own", hand.seal(r#"{"StationIDs":[1]}"#), &[DeviationKind::NUMBER_FOR_TEXT], 4004),
        ] {
            seen.take();
            let told = hand.send(interface, hand.bearer(), text).await;
            let expected = if strict && !kinds.is_empty() { ret } else { 0 };
            assert_eq!((told.ret, told.signed), (expected, true), "{strict} {kinds:?}: {}", told.text);
            assert_eq!(seen.kinds(), if strict { &[][..] } else { kinds }, "{interface}");
        }
    }
}

#[tokio::test]
async fn a_request_that_comes_again_is_refused() {
    for guard in [ReplayGuard::Everything, ReplayGuard::Actions, ReplayGuard::Off] {
        let hand = Hand::of(options(Dialect::default().guard(guard))).await;
        let order = r#"{"StartChargeSeq":"MA5EQ42K7000020230301101030","ConnectorID":"1","QRCode":""}"#;
        let both = r#"{"StartChargeSeq":"MA5EQ42K7000020230301101030","ConnectorID":"1","QRCode":"","StationIDs":["1"]}"#;
        let (query, action, either) = (hand.seal(GOOD), hand.seal(order), hand.seal(both));
        let refused = |refused: bool| if refused { (4003, "重复的请求") } else { (0, "请求成功") };
        for (interface, text, is_refused) in [
            (STATUS, &query, false),
            (STATUS, &query, guard == ReplayGuard::Everything),
            ("query_start_charge", &action, false),
            ("query_start_charge", &action, guard != ReplayGuard::Off),
            (STATUS, &query, guard == ReplayGuard::Everything),
            ("query_start_charge", &action, guard != ReplayGuard::Off),
            // The signature covers no interface: a question must not come again as an order.
            (STATUS, &either, false),
            ("query_start_charge", &either, guard != ReplayGuard::Off),
        ] {
            hand.calls.take();
            let told = hand.send(interface, hand.bearer(), text.clone()).await;
            let (ret, part) = refused(is_refused);
            told.is(&format!("{guard:?} {interface}"), ret, part, true);
            assert_eq!(hand.calls.take().len(), usize::from(!is_refused), "{guard:?} {interface}");
        }
        // With the parts cut elsewhere, or written otherwise, it is the same message.
        let text = hand.seal(order);
        let told = hand.send("query_start_charge", hand.bearer(), text.clone()).await;
        told.is("first", 0, "", true);
        if guard != ReplayGuard::Off {
            let (before, sig) = text.rsplit_once(":\"").expect("Sig is the last");
            for other in [
                format!(" {text} "),
                format!("{before}:\"{}", sig.to_lowercase()),
                text.replace("Seq", "seq"),
                text.replace("0000\",\"Seq\":\"", "\",\"Seq\":\"0000"),
                text.replace("00\",\"Seq\":\"", "\",\"Seq\":\"00"),
            ] {
                assert_ne!(other, text);
                hand.send("query_start_charge", hand.bearer(), other.clone())
                    .await
                    .is(&other, 4003, "", true);
            }
        }
        hand.goes_on().await;
    }
}

#[tokio::test]
async fn a_constant_sequence_is_no_repetition_and_an_old_message_is_stale() {
    let clock = clock();
    let mut options = options(Dialect::default());
    options.clock = Arc::new(clock.clone());
    let hand = Hand::of(options).await;
    let at = |seconds: i64, plaintext: &str| {
        let data = block(&padded(plaintext));
        let time = Stamp {
            second: Timestamp::from_seconds(seconds),
            number: 1,
        }
        .timestamp();
        let sig = sign(SIG_SECRET, &[OPERATOR, &data, &time, "0001"]);
        format!(r#"{{"OperatorID":"{OPERATOR}","Data":"{data}","TimeStamp":"{time}","Seq":"0001","Sig":"{sig}"}}"#)
    };
    let other = GOOD.replace("11", "12");
    for (text, ret, part) in [
        (at(NOW, GOOD), 0, ""),
        (at(NOW, &other), 0, ""),
        (at(NOW + 1, GOOD), 0, ""),
        (at(NOW, &other), 4003, "重复的请求"),
    ] {
        hand.post(text).await.is("constant", ret, part, true);
    }
    // As long as its time is accepted it is remembered, and no moment longer is it accepted.
    let text = at(NOW + 300, GOOD);
    for (seconds, part) in [
        (0, "请求成功"),
        (0, "重复的请求"),
        (599, "重复的请求"),
        (1, "重复的请求"),
        (1, "TimeStamp is -301 s"),
    ] {
        clock.advance(Duration::from_secs(seconds));
        hand.post(text.clone())
            .await
            .is("old", if part == "请求成功" { 0 } else { 4003 }, part, true);
    }
}

#[tokio::test]
async fn a_memory_that_is_full_answers_busy() {
    struct Full;
    impl Replays for Full {
        fn remember<'a>(&'a self, seen: Seen, now: SystemTime, until: SystemTime) -> BoxFuture<'a, Memory> {
            assert_eq!(
                (&*seen.operator, until.duration_since(now).expect("later")),
                (OPERATOR, Duration::from_secs(601))
            );
            Box::pin(async { Memory::Full })
        }
    }
    let mut options = options(Dialect::default());
    options.replays = Arc::new(Full);
    let certificate = Certificate::localhost();
    let router = CpoRouter::new(Tolerant::default(), operators()).options(options);
    let (base, paths) = serve_https(router.into_router(), &certificate).await;
    let way = PeerHttp::builder(format!("{base}/evcs/v1"), credentials())
        .http(certificate.http())
        .clock(Arc::new(clock()))
        .build()
        .expect("a client");
    let error = way
        .cpo()
        .with(quick)
        .query_station_status(&sample(STATUS, "request"))
        .await
        .expect_err("full");
    assert_eq!(
        (error.kind(), error.refusal().and_then(|refusal| refusal.code)),
        (ErrorKind::Busy, Some(Ret::BUSY)),
        "{error}"
    );
    assert_eq!(paths.take().len(), 3, "no token, and three attempts to get one");
}

#[tokio::test]
async fn ten_megabytes_are_read_and_more_is_refused() {
    const LIMIT: usize = 10 * 1024 * 1024;
    let hand = Hand::of(options(Dialect::default())).await;
    let filled = |length: usize| {
        let text = hand.seal(GOOD);
        let space = " ".repeat(length - text.len());
        text.replacen('{', &format!("{{{space}"), 1)
    };
    for (length, ret, part) in [
        (LIMIT, 0, ""),
        (LIMIT + 1, 4003, "longer than 10 MB"),
        (LIMIT * 3 / 2, 4003, "longer than 10 MB"),
    ] {
        hand.post(filled(length)).await.is(&length.to_string(), ret, part, ret == 0);
        hand.goes_on().await;
    }
}

#[tokio::test]
async fn what_is_no_call_is_answered_by_http() {
    let hand = Hand::of(options(Dialect::default())).await;
    let url = |path: &str| format!("{}/{path}", hand.base);
    for (request, status) in [
        (hand.client.get(url(STATUS)), 405),
        (hand.client.put(url(STATUS)).body(hand.seal(GOOD)), 405),
        (hand.client.delete(url("nothing_known")), 405),
        (hand.client.post(url("x/y")).body(hand.seal(GOOD)), 404),
        (
            hand.client
                .post(hand.base.replace("/evcs/v1", "/query_station_status"))
                .body(hand.seal(GOOD)),
            404,
        ),
        (hand.client.post(url("%ff")).body(hand.seal(GOOD)), 400),
    ] {
        let response = request
            .header("authorization", hand.bearer().expect("a token"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status().as_u16(), status);
        hand.goes_on().await;
    }
}

/// What a caller is told.
struct Expected {
    kind: ErrorKind,
    sent: Sent,
    code: Option<i32>,
    unauthenticated: bool,
    /// Part of the error or its cause.
    part: &'static str,
}

/// Refused with this Ret, by the peer or by whoever is on the line.
fn refused(code: i32, unauthenticated: bool) -> Expected {
    Expected {
        kind: if code == -1 { ErrorKind::Busy } else { ErrorKind::Refused },
        sent: Sent::Answered,
        code: Some(code),
        unauthenticated,
        part: if unauthenticated { "unsigned: whoever is on the line" } else { "" },
    }
}

/// The peer's bytes are to blame.
fn bytes(part: &'static str) -> Expected {
    Expected {
        kind: ErrorKind::PeerBytes,
        sent: Sent::Answered,
        code: None,
        unauthenticated: false,
        part,
    }
}

fn status(status: u16, kind: ErrorKind, sent: Sent, part: &'static str) -> (Canned, Expected) {
    let answer = answer(status, b"<html>canary</html>".to_vec());
    let expected = Expected {
        kind,
        sent,
        code: None,
        unauthenticated: false,
        part,
    };
    (answer, expected)
}

/// A success around `data` as it stands in JSON, with a signature over it.
fn reply(data: &str) -> Canned {
    let sig = sign(SIG_SECRET, &["0", "ok", data.trim_matches('"')]);
    body(format!(r#"{{"Ret":0,"Msg":"ok","Data":{data},"Sig":"{sig}"}}"#))
}

#[tokio::test]
async fn a_caller_is_told_what_a_bad_reply_means() {
    let quoted = |data: String| format!("\"{data}\"");
    let sample_text = encode(&sample::<StationStatusReply>(STATUS, "reply")).expect("a model");
    let data = block(&padded(&sample_text));
    let refusal_of = |rest: &str| body(format!(r#"{{"Ret":4004,"Msg":"参数错误"{rest}}}"#));
    let wrong_sig = "0".repeat(32);
    let rows = vec![
        (refusal(Ret::WRONG_SIGNATURE), refused(4001, false)),
        (refusal(Ret::WRONG_ENVELOPE), refused(4003, false)),
        (refusal(Ret::WRONG_PARAMETERS), refused(4004, false)),
        (refusal(Ret::SYSTEM_ERROR), refused(500, false)),
        (refusal(Ret(4999)), refused(4999, false)),
        (refusal(Ret::BUSY), refused(-1, false)),
        (refusal_of(""), refused(4004, true)),
        (refusal_of(r#","Data":null,"Sig":null"#), refused(4004, true)),
        (refusal_of(r#","Data":"","Sig":"""#), refused(4004, true)),
        (refusal_of(&format!(r#","Data":"","Sig":"{wrong_sig}""#)), refused(4004, true)),
        (refusal_of(r#","Data":"nonsense","Sig":"x""#), refused(4004, true)),
        (body(r#"{"Ret":-1,"Msg":null}"#), refused(-1, true)),
        (body(r#"{"Ret":"500"}"#), refused(500, true)),
        (answer(401, br#"{"Ret":4001,"Msg":"x"}"#.to_vec()), refused(4001, true)),
        (answer(500, br#"{"Ret":500,"Msg":"x"}"#.to_vec()), refused(500, true)),
        (answer(400, br#"{"Ret":4003,"Msg":"x"}"#.to_vec()), refused(4003, true)),
        (answer(401, b"<html>canary</html>".to_vec()), refused(4002, true)),
        (answer(401, vec![0xff]), refused(4002, true)),
        status(500, ErrorKind::Network, Sent::Maybe, "HTTP 500"),
        status(502, ErrorKind::Network, Sent::Maybe, "a gateway"),
        status(503, ErrorKind::Network, Sent::Maybe, "a gateway"),
        status(404, ErrorKind::PeerBytes, Sent::Answered, "is the base URL right?"),
        status(302, ErrorKind::PeerBytes, Sent::Answered, "redirects are not followed"),
        status(413, ErrorKind::Caller, Sent::Answered, "too long for the peer"),
        status(403, ErrorKind::Refused, Sent::Answered, "HTTP 403"),
        (body("<html>canary</html>"), bytes("the reply breaks the document's rules")),
        (body(""), bytes("the reply breaks the document's rules")),
        (body("[]"), bytes("the reply breaks the document's rules")),
        (body(r#"{"Msg":"canary"}"#), bytes("Ret: required")),
        (body(r#"{"Ret":0,"Ret":4001}"#), bytes("Ret")),
        (answer(200, vec![b'{', 0xff]), bytes("not UTF-8")),
        (
            body(format!(r#"{{"Ret":0,"Msg":"ok","Data":"{data}","Sig":""}}"#)),
            bytes("there is no Sig"),
        ),
        (body(format!(r#"{{"Ret":0,"Msg":"ok","Data":"{data}"}}"#)), bytes("there is no Sig")),
        (
            body(format!(r#"{{"Ret":0,"Msg":"ok","Data":"{data}","Sig":"{wrong_sig}"}}"#)),
            bytes("Sig does not belong to the message"),
        ),
        (reply("\"\""), bytes("the reply has no Data")),
        (reply(&quoted(data[..data.len() - 5].to_owned())), bytes("not Base64 of whole blocks")),
        (reply(&quoted("*".to_owned())), bytes("not Base64 of whole blocks")),
        (
            reply(&quoted(encrypt("canary-wrong-key", DATA_IV, &padded(&sample_text)))),
            bytes("cannot be decrypted to JSON"),
        ),
        (reply(&quoted(block(&[b'x'; 16]))), bytes("cannot be decrypted to JSON")),
        (reply(&sample_text), bytes("not encrypted")),
        (done("{}"), bytes("Total: required")),
        (done(r#"{"Total":"canary"}"#), bytes("Total")),
        (done("canary"), bytes("")),
    ];
    for (answer, expected) in rows {
        let always = answer.clone();
        let (base, asked) = stub(move |name, _| if name == "query_token" { token("x", 7200) } else { always.clone() }).await;
        let client = faults::cpo(&base).with(|o| o.retry = RetryPolicy::off());
        let error = client.query_station_status(&sample(STATUS, "request")).await.expect_err("bad");
        let text = chain(&error);
        let told = (error.kind(), error.sent(), error.is_unauthenticated());
        assert_eq!(told, (expected.kind, expected.sent, expected.unauthenticated), "{text}");
        let code = error.refusal().and_then(|refusal| refusal.code).map(|code| code.0);
        assert_eq!(code, expected.code, "{text}");
        assert!(text.contains(expected.part), "{}: {text}", expected.part);
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(error.endpoint(), Some(STATUS));
        let attempts = if expected.code == Some(4002) { 4 } else { 2 };
        assert_eq!(asked.take().len(), attempts, "{text}");
    }
}

#[tokio::test]
async fn deviations_of_a_reply_are_told_and_what_the_dialect_allows_is_read() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = seen.clone();
    let observer = Observer::new(move |observed| {
        let found = observed.deviations.list().iter().map(|found| found.kind);
        list.lock().expect("not poisoned").extend(found);
    });
    let sample_text = encode(&sample::<StationStatusReply>(STATUS, "reply")).expect("a model");
    let data = block(&padded(&sample_text));
    let unsigned = format!(r#"{{"Ret":0,"Msg":"ok","Data":"{data}","Sig":""}}"#);
    let plain = Dialect::default().accept(|accept| accept.plain_data = true);
    let trusting = Dialect::default().accept(|accept| accept.unsigned_replies = true);
    for (answer, dialect, kinds) in [
        (reply(&format!("\"{data}\"")), Dialect::strict(), &[][..]),
        (reply(&sample_text), plain, &[evcs_proto::deviation::PLAIN_DATA]),
        (body(unsigned), trusting, &[evcs_proto::deviation::UNSIGNED]),
        (
            done(&sample_text.replace("\"Total\":1", "\"total\":\"1\"")),
            Dialect::default(),
            &[DeviationKind::KEY_STYLE, DeviationKind::TEXT_FOR_NUMBER],
        ),
    ] {
        let (base, _) = stub(move |name, _| if name == "query_token" { token("x", 7200) } else { answer.clone() }).await;
        let client = faults::cpo(&base).dialect(dialect).observer(observer.clone());
        let answer = client.query_station_status(&sample(STATUS, "request")).await.expect("understood");
        assert_eq!(answer, sample(STATUS, "reply"));
        assert_eq!(std::mem::take(&mut *seen.lock().expect("not poisoned")), kinds);
    }
    // What breaks the rules is kept here.
    let (base, asked) = stub(|name, _| sample_reply(name)).await;
    let long = StationStatusQuery {
        station_ids: vec!["1".into(), "1".repeat(21).into()],
    };
    let error = faults::cpo(&base).query_station_status(&long).await.expect_err("too long");
    assert_eq!(
        (error.kind(), error.sent(), error.path()),
        (ErrorKind::Caller, Sent::No, Some("StationIDs[1]"))
    );
    assert!(asked.take().is_empty());
}
