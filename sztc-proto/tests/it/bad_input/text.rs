//! Envelopes, headers and addresses that are wrong, at both roles' routers, tolerant and strict.
use super::peer::*;
use crate::common::*;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use sztc_proto::*;

struct Row {
    name: String,
    path: &'static str,
    authorization: Option<String>,
    body: Vec<u8>,
    expected: Expected,
    deviations: &'static [DeviationKind],
}

/// Every case for the interface `code`, whose one entry `item` is good.
fn rows(code: &'static str, item: &str, token: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let bearer = Some(format!("bearer {token}"));
    let mut row = |name: &str, body: Vec<u8>, expected, deviations| {
        rows.push(Row {
            name: name.to_owned(),
            path: code,
            authorization: bearer.clone(),
            body,
            expected,
            deviations,
        });
    };
    let good = format!("[{item}]");
    let sealed_good = sealed(&good);
    let sign = |scheme: Scheme| scheme.sign(&good).expect("can be signed");
    let nothing = Scheme::default().sign("[]").expect("can be signed");

    row("good", sealed_good.clone().into(), DONE, &[]);
    row(
        "capitals and space in the signature",
        signed(
            &good,
            &format!(" {} ", sign(Scheme::default()).to_uppercase()),
        )
        .into(),
        DONE,
        &[],
    );
    row(
        "a signature over nothing",
        signed(&good, &nothing).into(),
        refused(1007, "签名错误"),
        &[],
    );
    row(
        "no signature at all",
        signed(&good, "").into(),
        refused(1007, "签名错误"),
        &[],
    );
    for scheme in &Scheme::ALL[1..] {
        row(
            &format!("{scheme:?}"),
            signed(&good, &sign(*scheme)).into(),
            DONE,
            &[DeviationKind::OTHER_SIGNATURE],
        );
    }

    row(
        "empty",
        vec![],
        refused(1000, "not JSON: unexpected end"),
        &[],
    );
    row(
        "no JSON",
        b"<html>hello</html>".into(),
        refused(1000, "not JSON: unexpected character"),
        &[],
    );
    row(
        "two texts",
        format!("{sealed_good}{sealed_good}").into(),
        refused(1000, "not JSON"),
        &[],
    );
    row(
        "a list",
        good.clone().into(),
        refused(1000, "not JSON"),
        &[],
    );
    for cut in [1, 10, sealed_good.len() / 2, sealed_good.len() - 1] {
        let cut = (cut..)
            .find(|at| sealed_good.is_char_boundary(*at))
            .expect("the end is one");
        row(
            &format!("cut at {cut}"),
            sealed_good[..cut].into(),
            refused(1000, "unexpected end"),
            &[],
        );
    }
    row(
        "not UTF-8",
        [sealed_good.as_bytes(), &[0xff]].concat(),
        refused(1000, "UTF-8"),
        &[],
    );
    row(
        "GBK",
        [&sealed_good.as_bytes()[..30], &[0xd4, 0xc1]].concat(),
        refused(1000, "not UTF-8 (编码格式应为UTF-8): byte 30"),
        &[],
    );
    let deep = format!("[{}{}]", "[".repeat(200), "]".repeat(200));
    row(
        "deep",
        signed(&deep, "0").into(),
        refused(1000, "nested too deeply"),
        &[],
    );

    let twice = |second: &str| {
        signed(
            &good.replacen('{', &format!(r#"{{"plateNo":"1","{second}":"2","#), 1),
            "0",
        )
        .into()
    };
    row("a key twice", twice("plateNo"), refused(1000, "twice"), &[]);
    row(
        "a key twice, once escaped",
        twice(r"plate\u004eo"),
        refused(1000, "twice"),
        &[],
    );
    for part in ["timestamp", "sign", "data", r"d\u0061ta"] {
        let body = sealed_good
            .replacen('{', &format!(r#"{{"{part}":[],"#), 1)
            .replace(r#""timestamp":[]"#, r#""timestamp":1"#)
            .replace(r#""sign":[]"#, r#""sign":"1""#);
        row(
            &format!("{part} twice"),
            body.into(),
            refused(1000, "stands twice"),
            &[],
        );
    }

    row("no entry", signed("[]", &nothing).into(), DONE, &[]);
    for (data, expected, deviations) in [
        ("null", refused(1000, "data: required"), &[][..]),
        (r#""""#, refused(1000, "data: required"), &[]),
        ("5", refused(1005, "data: expected a list of objects"), &[]),
        (
            r#""text""#,
            refused(1005, "data: expected a list of objects"),
            &[],
        ),
        (
            "true",
            refused(1005, "data: expected a list of objects"),
            &[],
        ),
    ] {
        row(
            &format!("data is {data}"),
            signed(data, &nothing).into(),
            expected,
            deviations,
        );
    }
    row(
        "one object for the list",
        signed(item, &sign(Scheme::default())).into(),
        DONE,
        &[DeviationKind::OBJECT_FOR_LIST],
    );
    row(
        "no data",
        format!(r#"{{"timestamp":{NOW},"sign":"{nothing}"}}"#).into(),
        refused(1000, "data: required"),
        &[],
    );
    row(
        "a byte order mark",
        format!("\u{feff}{sealed_good}").into(),
        DONE,
        &[DeviationKind::BYTE_ORDER_MARK],
    );
    row(
        "Data",
        sealed_good.replace(r#""data""#, r#""Data""#).into(),
        DONE,
        &[DeviationKind::KEY_STYLE],
    );
    row(
        "a field too many",
        sealed_good.replacen('{', r#"{"version":"1.0","#, 1).into(),
        DONE,
        &[DeviationKind::UNKNOWN_FIELD],
    );
    row(
        "no sign",
        format!(r#"{{"timestamp":{NOW},"data":{good}}}"#).into(),
        refused(1000, "sign: required"),
        &[],
    );
    row(
        "sign is null",
        sealed_good
            .replace(&format!(r#""{}""#, sign(Scheme::default())), "null")
            .into(),
        refused(1005, "sign: expected"),
        &[],
    );

    row(
        "no timestamp",
        sealed_good
            .replace(&format!(r#""timestamp":{NOW},"#), "")
            .into(),
        refused(1000, "timestamp: required"),
        &[],
    );
    for (timestamp, expected, deviations) in [
        (
            format!("\"{NOW}\""),
            DONE,
            &[DeviationKind::TEXT_FOR_NUMBER][..],
        ),
        (format!("{NOW}12"), DONE, &[DeviationKind::LONG_TIMESTAMP]),
        (format!("{NOW}123"), DONE, &[DeviationKind::LONG_TIMESTAMP]),
        (
            r#""2023-03-01 08:00:00""#.to_owned(),
            DONE,
            &[DeviationKind::DATE_TIME_FOR_TIMESTAMP],
        ),
        (format!("{NOW}.5"), DONE, &[DeviationKind::LONG_TIMESTAMP]),
        (
            "20230301080000".to_owned(),
            DONE,
            &[DeviationKind::DATE_TIME_FOR_TIMESTAMP],
        ),
        (
            "20231301080000".to_owned(),
            refused(1005, "timestamp: expected"),
            &[],
        ),
        ("null".to_owned(), refused(1005, "timestamp: expected"), &[]),
        ("{}".to_owned(), refused(1005, "timestamp: expected"), &[]),
        (
            r#""soon""#.to_owned(),
            refused(1005, "timestamp: expected"),
            &[],
        ),
        (
            "99999999999999999999".to_owned(),
            refused(1005, "timestamp: expected"),
            &[],
        ),
        ("0".to_owned(), DONE, &[DeviationKind::CLOCK_SKEW]),
        ("-1".to_owned(), DONE, &[DeviationKind::CLOCK_SKEW]),
        (
            i64::MIN.to_string(),
            refused(1005, "timestamp: expected"),
            &[],
        ),
        (
            i64::MAX.to_string(),
            refused(1005, "timestamp: expected"),
            &[],
        ),
        ((NOW - 301).to_string(), DONE, &[DeviationKind::CLOCK_SKEW]),
        ((NOW + 300).to_string(), DONE, &[]),
    ] {
        let body = sealed_good.replace(
            &format!(r#""timestamp":{NOW}"#),
            &format!(r#""timestamp":{timestamp}"#),
        );
        row(
            &format!("timestamp {timestamp}"),
            body.into(),
            expected,
            deviations,
        );
    }

    let mut other = |name: &str, path, authorization: Option<String>, expected, deviations| {
        rows.push(Row {
            name: name.to_owned(),
            path,
            authorization,
            body: sealed_good.clone().into(),
            expected,
            deviations,
        });
    };
    for path in ["7999", "1004", "1005", "65535"] {
        other(
            path,
            path,
            bearer.clone(),
            refused(1100, "is not offered"),
            &[],
        );
    }
    for path in [
        "abc", "+5010", "-1", "99999", "5010.0", "%35010", "%FF", "5010%20",
    ] {
        other(
            path,
            path,
            bearer.clone(),
            refused(1100, "number of an interface"),
            &[],
        );
    }
    other("no token", code, None, refused(3002, "访问令牌错误"), &[]);
    for header in [
        "",
        "bearer",
        "bearer ",
        "bearer wrong",
        "Basic bG90LTc6eA==",
        "bearer wrong wrong",
    ] {
        other(
            &format!("header {header:?}"),
            code,
            Some(header.to_owned()),
            refused(3002, "访问令牌错误"),
            &[],
        );
    }
    other(
        "not ASCII",
        code,
        Some(format!("bearer {token}粤")),
        refused(3002, "访问令牌错误"),
        &[],
    );
    other(
        "a token in front of another",
        code,
        Some(format!("bearer {token} {token}")),
        refused(3002, "访问令牌错误"),
        &[],
    );
    other("BEARER", code, Some(format!("BEARER  {token}")), DONE, &[]);
    other(
        "the samples' form",
        code,
        Some(format!("bearer{token}")),
        DONE,
        &[DeviationKind::HEADER_STYLE],
    );
    other(
        "the token alone",
        code,
        Some(token.to_owned()),
        DONE,
        &[DeviationKind::HEADER_STYLE],
    );
    rows
}

/// Runs all rows over one connection. Read strictly, what deviates is refused.
async fn run(peer: &Peer, code: &'static str, strict: bool, seen: &Told, service: &Tolerant) {
    let item = std::fs::read_to_string(format!(
        "{}/fixtures/samples/{code}.request.json",
        env!("CARGO_MANIFEST_DIR")
    ))
    .expect("a sample");
    for row in rows(code, &item, &peer.token) {
        let reply = peer
            .post(row.path, row.authorization.clone(), row.body.clone())
            .await;
        let told: BTreeSet<DeviationKind> = seen.kinds().into_iter().collect();
        println!("{}: {}", row.name, reply.text);
        match (strict, row.deviations) {
            (true, [DeviationKind::OTHER_SIGNATURE]) => reply.is(refused(1007, "签名错误")),
            (true, [kind]) => reply.is(refused(1005, kind.meaning())),
            _ => reply.is(row.expected),
        }
        let expected = if strict {
            BTreeSet::new()
        } else {
            row.deviations.iter().copied().collect()
        };
        assert_eq!(told, expected, "{}", row.name);
        peer.post(code, peer.bearer(), sealed(&format!("[{item}]")))
            .await
            .is(DONE);
    }
    let reply = peer.get(code).await;
    reply.is((405, 1, Some(1100), "POST"));
    peer.post(code, peer.bearer(), sealed(&format!("[{item}]")))
        .await
        .is(DONE);
    let ports: BTreeSet<_> = service.0.lock().expect("not poisoned").drain(..).collect();
    assert_eq!(ports.len(), 1, "one connection carried them all");
}

#[tokio::test]
async fn wrong_requests_are_answered_each_with_its_code() {
    for dialect in [Dialect::default(), Dialect::strict()] {
        let strict = dialect.read.strictness == Strictness::Strict;
        let (seen, service) = (Told::default(), Tolerant::default());
        let city =
            CityRouter::new(service.clone(), accounts()).options(options(dialect.clone(), &seen));
        run(&Peer::of_city(city).await, "5010", strict, &seen, &service).await;

        let partner = PartnerRouter::new(service.clone(), CallbackAuth::token(CALLBACK_TOKEN))
            .options(options(dialect, &seen));
        let peer = Peer::of_partner(partner).await;
        run(&peer, "6006", strict, &seen, &service).await;
    }
}

#[tokio::test]
async fn a_login_needs_no_token_so_a_wrong_one_keeps_nobody_out() {
    for dialect in [Dialect::default(), Dialect::strict()] {
        let seen = Told::default();
        let peer = Peer::of_city(
            CityRouter::new(Tolerant::default(), accounts()).options(options(dialect, &seen)),
        )
        .await;
        let old = format!("bearer {}", peer.token);
        for header in [
            "bearer wrong",
            "bearerX",
            "Basic x",
            "Basic bG90LTc6eA==",
            "bearer",
            "",
            &old,
        ] {
            let reply = peer
                .post(
                    "1001",
                    Some(header.to_owned()),
                    login(&account().key.seal("canary-password")),
                )
                .await;
            println!("{header:?}: {}", reply.text);
            reply.is(DONE);
            let entry: serde_json::Value =
                serde_json::from_str(reply.envelope().items[0]).expect("JSON");
            let token = entry["accessToken"].as_str().expect("a token").to_owned();
            assert_ne!(token, peer.token);
            // The header counts for nothing, so its form does not either.
            assert_eq!(seen.take(), []);
            peer.post(
                "5010",
                Some(format!("bearer {token}")),
                sealed(r#"[{"plateNo":"1"}]"#),
            )
            .await
            .is(DONE);
            let wrong = peer
                .post("1001", Some(header.to_owned()), login("AAAA"))
                .await;
            assert_eq!(wrong.code(0), Some(3001), "{header:?}");
        }
    }
}

#[tokio::test]
async fn a_token_ends_with_its_time_and_belongs_to_its_user() {
    let clock = ManualClock::new(std::time::UNIX_EPOCH + Duration::from_secs(NOW as u64));
    let city = CityRouter::new(Tolerant::default(), accounts())
        .options(options(Dialect::default(), &Told::default()))
        .tokens(MemoryTokens::new(Arc::new(clock.clone())))
        .token_life(Duration::from_secs(600));
    let peer = Peer::of_city(city).await;
    let query = || sealed(r#"[{"plateNo":"1"}]"#);
    peer.post("5010", peer.bearer(), query()).await.is(DONE);

    let password = account().key.seal("canary-password");
    let refresh = |user: &str, password: &str, token: &str| {
        sealed(&format!(
            r#"[{{"userId":"{user}","password":"{password}","accessToken":"{token}"}}]"#
        ))
    };
    // What is wrong with an entry stands in the entry; the call itself was understood.
    for (path, body, code) in [
        ("1002", refresh(USER, "AAAA", &peer.token), 3001),
        ("1002", refresh("nobody", &password, &peer.token), 3001),
        ("1002", refresh(USER, &password, "wrong"), 3002),
        ("1003", sealed(r#"[{"accessToken":"wrong"}]"#), 3002),
        ("1003", sealed(r#"[{"accessToken":""}]"#), 1000),
        ("1001", login("AAAA"), 3001),
        ("1001", login(&"A".repeat(65)), 1004),
        ("1001", sealed(r#"[{"userId":"x"}]"#), 1000),
    ] {
        let reply = peer.post(path, peer.bearer(), body).await;
        assert_eq!(
            (reply.status, reply.code(0)),
            (200, Some(code)),
            "{path} {}",
            reply.text
        );
    }
    for path in ["1002", "1003", "2001"] {
        peer.post(path, None, query())
            .await
            .is(refused(3002, "访问令牌错误"));
    }
    peer.post("5010", peer.bearer(), query()).await.is(DONE);
    clock.advance(Duration::from_secs(600));
    peer.post("5010", peer.bearer(), query())
        .await
        .is(refused(3002, "访问令牌错误"));
}
