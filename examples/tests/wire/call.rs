//! `wire call` against a peer that answers once.
use super::{command, run};
use evcs_proto::{
    Keys,
    code::Ret,
    envelope::{Form, seal_reply},
};
use std::{
    io::{Read, Write},
    net::TcpListener,
    thread::{self, JoinHandle},
};

/// Answers as many requests as there are bodies, each on a connection of its own, and tells what
/// was asked.
fn peer(bodies: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/base", listener.local_addr().expect("bound"));
    let answers = move || bodies.iter().map(|body| answer(&listener, body)).collect();
    (url, thread::spawn(answers))
}

fn answer(listener: &TcpListener, body: &str) -> String {
    let (mut line, _) = listener.accept().expect("a caller");
    let mut asked = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = line.read(&mut piece).expect("a request");
        asked.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&asked).to_lowercase();
        let Some((head, content)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().expect("a length"));
        if read == 0 || content.len() >= length {
            break;
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: \
            {}\r\n\r\n",
        body.len()
    );
    line.write_all((head + body).as_bytes())
        .expect("it listens");
    String::from_utf8(asked).expect("UTF-8")
}

const SECRETS: [(&str, &str); 9] = [
    ("WIRE_USER", "cadre01"),
    ("WIRE_PASSWORD", "canary-password"),
    ("WIRE_KEY", "693207DB8148FBC9D8410179"),
    ("WIRE_TOKEN", "canary-token"),
    ("WIRE_OPERATOR", "123456789"),
    ("WIRE_OPERATOR_SECRET", "canary-operator"),
    ("WIRE_DATA_SECRET", "1234567890abcdef"),
    ("WIRE_IV", "1234567890abcdef"),
    ("WIRE_SIG_SECRET", "canary-sig"),
];

fn call(
    protocol: &str,
    interface: &str,
    url: &str,
    body: &str,
    without: &[&str],
    more: &[&str],
) -> super::Ran {
    let mut called = command(
        &[
            &[
                "call",
                "--protocol",
                protocol,
                "--interface",
                interface,
                "--url",
                url,
            ][..],
            more,
        ]
        .concat(),
    );
    called.envs(
        SECRETS
            .into_iter()
            .filter(|(name, _)| !without.contains(name)),
    );
    run(called, body.as_bytes())
}

#[test]
fn an_interface_of_each_protocol_is_called() {
    for (protocol, interface, body, reply, asked, printed, without) in [
        (
            "sztc",
            "6006",
            r#"{"parkCode":"1","plateNo":"粤B88888"}"#,
            r#"{"resultCode":1,"resultMsg":"no","timestamp":1,"data":[{"code":3002,"message":"wrong"}]}"#,
            "POST /base/6006 ",
            None,
            &[][..],
        ),
        (
            "kt",
            "GetPaymentStatus",
            r#"{"parkCode":"1","orderNo":"2"}"#,
            r#"{"resCode":0,"resMsg":"","data":[{"status":"1"}]}"#,
            "POST /base/api/ParkingPay/GetPaymentStatus ",
            Some(1),
            &[],
        ),
        (
            "xingxing",
            "query_parking_discount_result",
            r#"{"OrderID":"1","DiscountMoney":1.50}"#,
            r#"{"Status":0}"#,
            "POST /base/query_parking_discount_result ",
            Some(1),
            &["WIRE_DATA_SECRET"],
        ),
        (
            "pile",
            "getOrderInfo",
            r#"{"orderId":"V1"}"#,
            r#"{"OrderId":"V1","status":2}"#,
            "GET /base/getOrderInfo?token=canary-token&orderId=V1 ",
            Some(1),
            &[],
        ),
    ] {
        let (url, peer) = peer(vec![reply.to_owned()]);
        let ran = call(
            protocol,
            interface,
            &url,
            body,
            without,
            &["--insecure-http"],
        );
        let heard = peer.join().expect("it answered");
        assert!(heard[0].starts_with(asked), "{protocol}: {}", heard[0]);
        match printed {
            Some(_) => {
                let data: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
                assert!(
                    ran.status == Some(0) && data.is_object(),
                    "{protocol}: {ran:?}"
                );
            }
            None => assert!(
                ran.status == Some(1) && ran.err.contains("3002") && ran.err.lines().count() == 1,
                "{protocol}: {ran:?}"
            ),
        }
        assert!(
            !ran.err.contains("canary") && !ran.out.contains("canary"),
            "{ran:?}"
        );
    }
}

#[test]
fn a_charging_peer_is_asked_for_a_token_first() {
    let keys = Keys::new(
        "canary-operator",
        "1234567890abcdef",
        "1234567890abcdef",
        "canary-sig",
    )
    .expect("keys");
    let sealed = |plain: &str| seal_reply(Some(&keys), Ret::OK, "", Some(plain), Form::default());
    let token = r#"{"OperatorID":"123456789","SuccStat":0,"AccessToken":"t-1","TokenAvailableTime":7200,"FailReason":0}"#;
    let states = r#"{"Total":0,"StationStatusInfos":[]}"#;
    let (url, peer) = peer(vec![sealed(token), sealed(states)]);
    let ran = call(
        "evcs",
        "query_station_status",
        &url,
        r#"{"StationIDs":["1"]}"#,
        &[],
        &["--insecure-http"],
    );
    let heard = peer.join().expect("it answered");
    assert_eq!(
        (ran.out.trim_end(), ran.status),
        (states, Some(0)),
        "{ran:?}"
    );
    assert!(
        heard[0].starts_with("POST /base/query_token ")
            && heard[1]
                .to_lowercase()
                .contains("authorization: bearer t-1"),
        "{heard:?}"
    );
}

#[test]
fn what_cannot_be_called_is_said_before_anything_is_sent() {
    let nowhere = "https://127.0.0.1:1";
    for (protocol, interface, url, body, status, said) in [
        ("sztc", "6006", "http://127.0.0.1:1", "{}", 2, "https://"),
        ("sztc", "1006", nowhere, "{}", 2, "tcp"),
        (
            "sztc",
            "6006",
            nowhere,
            r#"{"parkCode":"123456789012345678901"}"#,
            1,
            "parkCode",
        ),
        ("sztc", "6006", nowhere, "{", 1, "not JSON"),
        (
            "kt",
            "GateControl",
            nowhere,
            r#"{"parkCode":"1","deviceCode":"2","controlType":0,"operateTyp":1}"#,
            1,
            "operateTyp",
        ),
        (
            "sztc",
            "6006",
            nowhere,
            r#"{"parkCode":"1","plateNo":"粤B88888"}"#,
            1,
            "refused",
        ),
        (
            "sztc",
            "2001",
            nowhere,
            r#"{"fileName":"a","imageBizType":1,"destPath":"/1/2/3/","timestamp":1,"pickTime":1}"#,
            2,
            "--file",
        ),
    ] {
        let ran = call(protocol, interface, url, body, &[], &[]);
        assert!(
            ran.status == Some(status) && ran.err.to_lowercase().contains(&said.to_lowercase()),
            "{interface} {body}: {ran:?}"
        );
        assert!(
            ran.err.lines().count() == 1 && !ran.err.contains("canary"),
            "{ran:?}"
        );
    }
    let ran = call(
        "kt",
        "GateControl",
        "http://127.0.0.1:1",
        "{}",
        &["WIRE_PASSWORD"],
        &[],
    );
    assert!(
        ran.status == Some(2) && ran.err.contains("WIRE_PASSWORD"),
        "{ran:?}"
    );
}

/// A city with TCP, whose authority is in a file.
async fn city() -> (String, std::path::PathBuf) {
    use sztc_proto::{
        Account, CityService, Ctx, Outcome, PasswordKey, Refusal, each,
        model::{Vacancy, VacancyReply},
        tcp::CityListener,
    };
    struct Service;
    impl CityService for Service {
        async fn report_vacancy(
            &self,
            _: &Ctx,
            items: Vec<Vacancy>,
        ) -> Result<Vec<Outcome<VacancyReply>>, Refusal> {
            each(items, async |vacancy| {
                Ok(VacancyReply {
                    park_code: Some(vacancy.park_code),
                })
            })
            .await
        }
    }
    let certificate = testkit::Certificate::localhost();
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("wire-city-{}.pem", std::process::id()));
    std::fs::write(&file, &certificate.authority).expect("written");
    let account = Account::new(
        "canary-password",
        PasswordKey::new("693207DB").expect("a key"),
    );
    let accounts = std::collections::HashMap::from([("cadre01".to_owned(), account)]);
    let listener = CityListener::new(Service, accounts).tls(certificate.server());
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!(
        "tls://localhost:{}",
        socket.local_addr().expect("bound").port()
    );
    tokio::spawn(listener.serve(socket, std::future::pending()));
    (url, file)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_is_called_over_its_framed_connection() {
    let (url, file) = city().await;
    let ca = file.to_str().expect("a path");
    let called = |interface: &str, body: &str, more: &[&str]| {
        let mut command = command(
            &[
                &[
                    "call",
                    "--protocol",
                    "sztc",
                    "--interface",
                    interface,
                    "--url",
                    &url,
                    "--ca",
                    ca,
                    "--key",
                    "693207DB",
                ],
                more,
            ]
            .concat(),
        );
        command.envs(
            SECRETS
                .into_iter()
                .filter(|(name, _)| ["WIRE_USER", "WIRE_PASSWORD"].contains(name)),
        );
        tokio::task::block_in_place(|| run(command, body.as_bytes()))
    };
    for (interface, body, printed) in [
        ("1006", "[]", "[]\n"),
        ("heartbeat", "{}", "{}\n"),
        ("1005", "[]", "[]\n"),
        (
            "5003",
            r#"{"parkCode":"44","usedSpaces":1,"unusedSpaces":2}"#,
            "{\"parkCode\":\"44\"}\n",
        ),
    ] {
        let ran = called(interface, body, &[]);
        assert_eq!(
            (ran.status, ran.out.as_str(), ran.err.as_str()),
            (Some(0), printed, ""),
            "{interface}"
        );
    }
    let wrong = called("1006", "[]", &["--user", "nobody"]);
    assert_eq!(wrong.status, Some(1));
    assert!(
        wrong
            .err
            .starts_with("wire: 1004 tcp_login: refused by the peer: 3001"),
        "{}",
        wrong.err
    );
    assert!(!wrong.err.contains("canary"));
    let plain = run(
        command(&[
            "call",
            "--protocol",
            "sztc",
            "--interface",
            "1006",
            "--url",
            "tcp://localhost:1",
            "--body",
            "[]",
        ]),
        b"",
    );
    assert_eq!(
        (plain.status, plain.err.contains("--insecure-http")),
        (Some(2), true),
        "{}",
        plain.err
    );
}
