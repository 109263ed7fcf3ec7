//! Envelopes, tokens and parameters that are refused, and what is tolerated.
use super::*;

#[tokio::test]
async fn every_fault_of_the_envelope_has_its_ret() {
    let hand = Hand::of(options(Dialect::default())).await;
    let good = || block(&padded(GOOD));
    let seal = |bytes: &[u8]| hand.signed(&block(bytes));
    let mut rows: Vec<(&str, String, i32, &str, bool)> = vec![
        ("good", hand.signed(&good()), 0, "请求成功", true),
        (
            "cut Base64",
            hand.signed(&good()[..21]),
            4003,
            "cut short",
            true,
        ),
        (
            "cut block",
            hand.signed(&good()[..20]),
            4003,
            "cut short",
            true,
        ),
        ("no Base64", hand.signed("*"), 4003, "cut short", true),
        (
            "wrong key",
            hand.signed(&encrypt("canary-wrong-key", DATA_IV, &padded(GOOD))),
            4003,
            SEALED,
            true,
        ),
        ("no padding", seal(&[b'x'; 16]), 4003, SEALED, true),
        (
            "bad padding",
            seal(b"{\"StationIDs\":\x02\x03"),
            4003,
            SEALED,
            true,
        ),
        (
            "no UTF-8",
            seal(&[b"\xff\xfe".as_slice(), &[14; 14]].concat()),
            4003,
            SEALED,
            true,
        ),
        ("no JSON", seal(&padded("\u{7}garbage")), 4003, SEALED, true),
        ("half JSON", seal(&padded(&GOOD[..20])), 4003, SEALED, true),
        (
            "a comma too many",
            seal(&padded(r#"{"StationIDs":["1"],}"#)),
            4003,
            SEALED,
            true,
        ),
        ("nothing", seal(&padded("")), 4003, SEALED, true),
        (
            "wrong SigSecret",
            hand.signed_by("canary-wrong", &good()),
            4001,
            "SigSecret",
            true,
        ),
        ("readable", hand.signed(GOOD), 4003, "not encrypted", true),
        (
            "Data is a number",
            hand.signed("x").replace("\"x\"", "7"),
            4003,
            "Data",
            false,
        ),
        ("not JSON", "canary".to_owned(), 4003, "", false),
        ("empty", String::new(), 4003, "", false),
        ("a list", "[]".to_owned(), 4003, "", false),
        ("deep", "[".repeat(100_000), 4003, "", false),
        ("half", hand.seal(GOOD)[..100].to_owned(), 4003, "", false),
        ("two", hand.seal(GOOD) + "{}", 4003, "", false),
        (
            "time",
            hand.seal(GOOD).replace(TIME, "20231332000000"),
            4003,
            "TimeStamp",
            false,
        ),
        (
            "five minutes ago",
            hand.seal_at(NOW - 300, GOOD),
            0,
            "",
            true,
        ),
        (
            "in five minutes",
            hand.seal_at(NOW + 300, GOOD),
            0,
            "",
            true,
        ),
        (
            "stale",
            hand.seal_at(NOW - 301, GOOD),
            4003,
            "TimeStamp is -301 s from our clock",
            true,
        ),
        (
            "future",
            hand.seal_at(NOW + 301, GOOD),
            4003,
            "TimeStamp is 301 s from our clock",
            true,
        ),
        (
            "long ago",
            hand.seal_at(0, GOOD),
            4003,
            "TimeStamp is",
            true,
        ),
        (
            "an operator who is not known",
            hand.seal(GOOD).replace(OPERATOR, "123456789"),
            4004,
            "无此运营商",
            false,
        ),
        (
            "another operator's name",
            hand.seal(GOOD).replace(OPERATOR, STRANGER),
            4001,
            "",
            false,
        ),
    ];
    // One letter of the signature, and each part that it covers.
    let whole = hand.seal(GOOD);
    for (about, text) in [
        (
            "Sig",
            whole
                .replace("\"Sig\":\"", "\"Sig\":\"0")
                .replacen("\"}", "}", 1)
                .replace('}', "\"}"),
        ),
        ("Seq", whole.replace("\"Seq\":\"0", "\"Seq\":\"9")),
        ("TimeStamp", whole.replace(TIME, "20230301080001")),
        ("Data", whole.replace("\"Data\":\"", "\"Data\":\"AAAA")),
    ] {
        assert_ne!(text, whole);
        rows.push((
            about,
            text,
            4001,
            "Sig does not belong to the message",
            true,
        ));
    }
    let parts: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&whole).expect("JSON");
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
            assert_eq!(
                told.msg, SEALED,
                "{about}: no difference between a key and a padding"
            );
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
    let stranger = Keys::new("other", "other-data-key-1", "other-data-iv-01", "other-sig")
        .expect("16 bytes each");
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
        let told = hand
            .send(STATUS, authorization.clone(), hand.seal(GOOD))
            .await;
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
    let reply =
        read_reply(&told.text, &Rules::strict(), &mut Deviations::default()).expect("a reply");
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
        (
            STATUS,
            &long,
            4004,
            "StationIDs[1]: 21 characters, at most 20",
        ),
        (
            STATUS,
            r#"{"StationIDs":["1"],"StationIDs":["2"]}"#,
            4004,
            "StationIDs",
        ),
        (STATUS, "[]", 4004, ""),
        (STATUS, "7", 4004, ""),
        (STATUS, "null", 4004, ""),
        (STATUS, r#"{"stationids":["1"]}"#, 0, ""),
        (STATUS, r#"{"StationIDs":[1],"colour":{}}"#, 0, ""),
        ("query_start_charge", order, 0, ""),
        (
            "query_start_charge",
            &both,
            4004,
            "StartChargeSeq: 17 characters",
        ),
        ("query_start_charge", &both, 4004, "ConnectorID: required"),
        (
            "query_token",
            r#"{"OperatorID":"MA5EQ42K7"}"#,
            4004,
            "OperatorSecret: required",
        ),
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
        (
            "notification_stationStatus",
            "{}",
            4004,
            "no such interface",
        ),
        ("nothing_known", "{}", 4004, "no such interface"),
    ] {
        let told = hand
            .send(interface, hand.bearer(), hand.seal(plaintext))
            .await;
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
        let mut options = options(if strict {
            Dialect::strict()
        } else {
            Dialect::default()
        });
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
            (
                STATUS,
                small(hand.seal(GOOD)),
                &[evcs_proto::deviation::LOWER_CASE_SIGNATURE],
                4003,
            ),
            (
                STATUS,
                hand.signed(&wrapped).replace('\n', "\\n"),
                &[DeviationKind::BASE64_STYLE],
                4003,
            ),
            (
                STATUS,
                hand.seal(GOOD).replacen('{', "{\"x\":1,", 1),
                &[DeviationKind::UNKNOWN_FIELD],
                4003,
            ),
            (
                STATUS,
                hand.seal(GOOD).replace("\"Seq\"", "\"seq\""),
                &[DeviationKind::KEY_STYLE],
                4003,
            ),
            (
                STATUS,
                hand.seal(r#"{"StationIDs":[1],"x":2}"#),
                &[DeviationKind::NUMBER_FOR_TEXT, DeviationKind::UNKNOWN_FIELD],
                4004,
            ),
            (
                STATUS,
                format!("\u{feff}{}", hand.seal(GOOD)),
                &[DeviationKind::BYTE_ORDER_MARK],
                4003,
            ),
            (
                "Query_Station_State",
                hand.seal(GOOD),
                &[DeviationKind::INTERFACE_NAME],
                4003,
            ),
            // Also where it is an interface of one's own, whose envelope and parameters are read
            // apart.
            (
                "own",
                small(hand.seal(r#"{"StationIDs":[1]}"#)),
                &[
                    evcs_proto::deviation::LOWER_CASE_SIGNATURE,
                    DeviationKind::NUMBER_FOR_TEXT,
                ],
                4003,
            ),
            (
                "own",
                hand.seal(r#"{"StationIDs":[1]}"#),
                &[DeviationKind::NUMBER_FOR_TEXT],
                4004,
            ),
        ] {
            seen.take();
            let told = hand.send(interface, hand.bearer(), text).await;
            let expected = if strict && !kinds.is_empty() { ret } else { 0 };
            assert_eq!(
                (told.ret, told.signed),
                (expected, true),
                "{strict} {kinds:?}: {}",
                told.text
            );
            assert_eq!(
                seen.kinds(),
                if strict { &[][..] } else { kinds },
                "{interface}"
            );
        }
    }
}
