//! `wire explain` tells messages apart by itself.
use super::{command, fixture, good, run, wire};
use serde_json::Value;

/// What it says of a message, and whether the message is good.
fn explained(args: &[&str], message: &str) -> (Value, bool) {
    let ran = wire(&[&["explain", "--json"], args].concat(), message);
    assert!(ran.err.is_empty(), "{message}: {ran:?}");
    (
        serde_json::from_str(&ran.out).expect("JSON"),
        ran.status == Some(0),
    )
}

#[test]
fn every_sample_is_told_by_its_fields_alone() {
    let mut told = 0;
    for (protocol, folder) in [
        ("sztc", "sztc-proto"),
        ("evcs", "evcs-proto"),
        ("kt", "kt-proto"),
        ("pile", "pile-proto"),
    ] {
        let path = format!(
            "{}/../{folder}/fixtures/samples",
            env!("CARGO_MANIFEST_DIR")
        );
        for file in std::fs::read_dir(&path).expect("the samples") {
            let file = file
                .expect("a file")
                .file_name()
                .into_string()
                .expect("UTF-8");
            let [name, side, _] = file.split('.').collect::<Vec<_>>()[..] else {
                panic!("{file}")
            };
            let message = fixture(&format!("{folder}/fixtures/samples/{file}"));
            let (said, good) = explained(&[], &message);
            assert!(good, "{file}: {said}");
            let candidates = said["candidates"].as_array().expect("a list");
            let name = if name == "callback" {
                "orderCallback"
            } else {
                name
            };
            let own = |one: &Value| {
                one["protocol"] == protocol
                    && (one["name"] == name
                        || name.parse::<u16>().is_ok_and(|code| one["code"] == code))
            };
            // An answer of KT without entries says nothing of its interface.
            assert!(
                candidates.iter().any(|one| own(one) && one["side"] == side)
                    || protocol == "kt" && candidates.is_empty(),
                "{file}: {candidates:?}"
            );
            told += 1;
        }
    }
    assert!(told > 200, "{told} samples");
}

#[test]
fn every_printed_sample_of_db4403_is_told_by_its_fields_alone() {
    let path = format!(
        "{}/../sztc-proto/fixtures/annex-d",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut told = 0;
    for file in std::fs::read_dir(&path).expect("the samples") {
        let file = file
            .expect("a file")
            .file_name()
            .into_string()
            .expect("UTF-8");
        let Some((code, side)) = file
            .strip_suffix(".json")
            .and_then(|name| name.split_once('.'))
        else {
            continue;
        };
        let code: u16 = code.parse().expect("a number");
        let (said, _) = explained(
            &[],
            &fixture(&format!("sztc-proto/fixtures/annex-d/{file}")),
        );
        let side = if side == "response" { "reply" } else { side };
        assert_eq!(
            (&said["protocol"], &said["direction"]),
            (&"sztc".into(), &side.into()),
            "{file}"
        );
        let candidates = said["candidates"].as_array().expect("a list");
        // Some have no entries, which say nothing of their interface.
        let empty = said["fields"].as_array().is_some_and(|fields| {
            fields
                .iter()
                .all(|field| !field["path"].to_string().contains('['))
        });
        assert!(
            candidates.iter().any(|one| one["code"] == code) || empty,
            "{file}: {candidates:?}"
        );
        told += 1;
    }
    assert!(told > 70, "{told} samples");
}

#[test]
fn a_body_that_fits_several_interfaces_lists_them() {
    let (said, _) = explained(
        &[],
        &fixture("sztc-proto/fixtures/samples/5004.request.json"),
    );
    let codes: Vec<&Value> = said["candidates"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["code"])
        .collect();
    assert_eq!(codes, [5004, 5005, 5006]);
    let (said, _) = explained(
        &["--interface", "5005"],
        &fixture("sztc-proto/fixtures/samples/5004.request.json"),
    );
    assert_eq!(
        (
            said["candidates"].as_array().map(Vec::len),
            &said["interface"]["name"]
        ),
        (Some(1), &"report_exit".into())
    );
}

#[test]
fn fields_have_meaning_unit_table_and_the_name_of_their_value() {
    let (said, good) = explained(
        &[],
        &fixture("sztc-proto/fixtures/annex-d/5004.request.json"),
    );
    // The signature that the document prints is not that of its data.
    assert!(!good && said["violations"][0]["path"] == "sign", "{said}");
    let field = |path: &str| {
        said["fields"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|field| field["path"] == path)
            .expect(path)
            .clone()
    };
    let due = field("data[0].receivables");
    assert_eq!(
        (&due["unit"], &due["table"], &due["value"]),
        (&"yuan".into(), &"Table 13".into(), &"20.00".into())
    );
    assert!(
        due["meaning"]
            .as_str()
            .is_some_and(|meaning| meaning.contains("应收汇总"))
    );
    assert_eq!(
        (
            &field("data[0].parkCarInfo.carModel")["valueName"],
            &field("timestamp")["table"]
        ),
        (&"小型车".into(), &"Table 31".into())
    );
    assert_eq!(field("data[0].isSharedParking")["meaning"], Value::Null);
    let deviations: Vec<(&str, &str)> = said["deviations"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            (
                one["path"].as_str().expect("text"),
                one["kind"].as_str().expect("text"),
            )
        })
        .collect();
    assert!(
        deviations.contains(&("data[0].parkCode", "NumberForText"))
            && deviations.contains(&("data[0].isSharedParking", "UnknownField"))
    );
}

#[test]
fn envelopes_tell_the_protocol() {
    let frame = "535A5443010000000001000000000003EEBBC3";
    let order = r#"{"OperatorID":"313744932","OrderID":"1","ConnectorID":"1","Plate":"粤B88888","StartChargeSeqStat":2,"StartTime":"2018-07-11 16:38:55","EndTime":"2018-07-11 16:41:21","TotalPower":0.40,"TotalMoney":0.00,"ParkID":"1"}"#;
    for (message, protocol, interface, side) in [
        (frame.to_owned(), "sztc", "heartbeat", "request"),
        (
            r#"{"resultCode":0,"resultMsg":"","timestamp":1677629730,"data":[{"orderNo":"1","totalSpaces":3}]}"#.to_owned(),
            "sztc",
            "",
            "reply",
        ),
        (
            r#"{"OperatorID":"123456789","Data":"AAAA","TimeStamp":"20160729142400","Seq":"0001","Sig":"00"}"#.to_owned(),
            "evcs",
            "",
            "request",
        ),
        (r#"{"data":"0edFaLw+X+9J2LHbzKQa0w=="}"#.to_owned(), "kt", "", "request"),
        (r#"{"resCode":0,"resMsg":"","data":null}"#.to_owned(), "kt", "", "reply"),
        (
            format!(r#"{{"ParkChargeResult":{order}}}"#),
            "xingxing",
            "notification_parking_charge_result",
            "request",
        ),
        (
            format!(r#"{{"Ret":200,"Msg":"","Data":{order},"Sig":null}}"#),
            "xingxing",
            "query_parking_charge_result",
            "reply",
        ),
        (
            "GET /api/getOrderInfo?token=t&orderId=1 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "pile",
            "getOrderInfo",
            "request",
        ),
        (
            "https://vendor.example/api/syncStubInfo?token=t&stubGroupId=7".to_owned(),
            "pile",
            "syncStubInfo",
            "request",
        ),
    ] {
        let (said, _) = explained(&[], &message);
        assert_eq!(
            (&said["protocol"], &said["direction"]),
            (&protocol.into(), &side.into()),
            "{message}: {said}"
        );
        if !interface.is_empty() {
            assert_eq!(said["interface"]["name"], interface, "{message}: {said}");
        }
    }
    let (said, _) = explained(
        &[],
        "GET /api/getOrderInfo?token=canary&orderId=1 HTTP/1.1\n\n",
    );
    assert!(!said.to_string().contains("canary"), "{said}");
}

#[test]
fn sealed_data_is_explained_with_its_secrets() {
    let secrets = [
        "--data-secret",
        "1234567890abcdef",
        "--iv",
        "1234567890abcdef",
        "--sig-secret",
        "1234567890abcdef",
    ];
    let message = fixture("evcs-proto/fixtures/samples/query_start_charge.request.json");
    let sealed = good(
        &[&["evcs", "seal", "--operator", "123456789"][..], &secrets].concat(),
        &message,
    );
    let (said, is_good) = explained(&secrets, &sealed);
    assert!(
        is_good && said["interface"]["name"] == "query_start_charge",
        "{said}"
    );
    let wrong = [
        "--data-secret",
        "1234567890abcdef",
        "--iv",
        "1234567890abcdef",
        "--sig-secret",
        "other",
    ];
    let (said, is_good) = explained(&wrong, &sealed);
    assert!(!is_good && said["violations"][0]["path"] == "Sig", "{said}");
    let kt = r#"{"data":"0edFaLw+X+9J2LHbzKQa0zo3RGmHII0JXoSLu19d+/pvYydg1qZV5A=="}"#;
    let (said, _) = explained(&["--key", "693207DB8148FBC9D8410179"], kt);
    let plate = said["fields"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|field| field["path"] == "plateNo")
        .expect("the plate");
    assert_eq!(plate["value"], "\"京A11113\"");
}

#[test]
fn http_replies_are_explained_as_they_cross_the_line() {
    let body = r#"{"resultCode":0,"resultMsg":"","timestamp":1677629730,"data":[{"orderNo":"1","totalSpaces":3}]}"#;
    let (first, second) = body.split_at(20);
    let chunks = format!(
        "{:x};note=1\r\n{first}\r\n{:X}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    );
    for message in [
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}"),
        // Put together already by what wrote it down.
        format!("HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n{body}\n"),
    ] {
        let (said, is_good) = explained(&[], &message);
        assert!(
            is_good && said["protocol"] == "sztc" && said["direction"] == "reply",
            "{message}: {said}"
        );
        let paths: Vec<&Value> = said["fields"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|field| &field["path"])
            .collect();
        assert!(paths.contains(&&"data[0].orderNo".into()), "{paths:?}");
        // Only the caller knows what it answers.
        let (said, _) = explained(&["--protocol", "sztc", "--interface", "6006"], &message);
        assert_eq!(said["interface"]["code"], 6006, "{message}: {said}");
    }
    let (said, _) = explained(
        &["--interface", "5004"],
        "HTTP/1.1 200 OK\r\n\r\n{\"resultCode\":0,\"resultMsg\":\"\",\"data\":[]}",
    );
    assert_eq!(
        (&said["interface"]["code"], &said["interface"]["side"]),
        (&5004.into(), &"reply".into()),
        "{said}"
    );
    let (said, _) = explained(
        &[],
        "HTTP/1.1 200 OK\r\n\r\n{\"code\":0,\"msg\":\"\",\"data\":{\"OrderId\":\"V1\",\"status\":2}}",
    );
    assert_eq!(
        (&said["protocol"], &said["direction"]),
        (&"pile".into(), &"reply".into()),
        "{said}"
    );
    let (said, _) = explained(&[], "HTTP/1.1 502 Bad Gateway\r\n\r\n<html></html>");
    assert!(
        said["notes"][0]
            .as_str()
            .is_some_and(|note| note.contains("web page"))
            && said["notes"][1] == "HTTP status 502 Bad Gateway",
        "{said}"
    );
    let ran = wire(
        &["explain"],
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{",
    );
    assert!(
        ran.status == Some(1) && ran.err.contains("break off"),
        "{ran:?}"
    );
}

#[test]
fn a_multipart_form_is_explained_without_its_file() {
    let form = |closing: &str| {
        let fields = [
            ("fileName", "粤B88888.jpg"),
            ("imageBizType", "1"),
            (
                "destPath",
                "/20230301/44030400100101000010/581fba5ae28431e275ea3aa4f676fc68/",
            ),
            ("timestamp", "1677629730"),
            ("pickTime", "1677629730"),
        ];
        let head = "POST /base/2001 HTTP/1.1\r\nContent-Type: multipart/form-data; \
            boundary=\"x1\"\r\nAuthorization: Bearer canary\r\n\r\n";
        let part = |(name, value): (&str, &str)| {
            format!("--x1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = "--x1\r\nContent-Disposition: form-data; name=\"file\"; \
            filename*=utf-8''%E7%B2%A4B.jpg\r\nContent-Type: image/jpeg\r\n\r\n";
        // A picture is no text, and may have empty lines and what looks like a boundary.
        let picture = b"\xff\xd8\r\n\r\n--x12\xff\n";
        let text = format!("{head}{}{file}", fields.map(part).concat());
        [text.as_bytes(), picture, closing.as_bytes()].concat()
    };
    let ran = run(command(&["explain", "--json"]), &form("\r\n--x1--\r\n"));
    let said: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert!(
        ran.status == Some(0)
            && said["interface"]["code"] == 2001
            && said["direction"] == "request",
        "{said}"
    );
    assert_eq!(
        said["notes"][0], "file: a file \"粤B.jpg\" of 13 bytes",
        "{said}"
    );
    let field = &said["fields"][1];
    assert_eq!(
        (&field["path"], &field["value"]),
        (&"imageBizType".into(), &"\"1\"".into())
    );
    assert!(
        field["meaning"].is_string() && !ran.out.contains("canary"),
        "{said}"
    );
    let ran = run(command(&["explain"]), &form(""));
    assert!(
        ran.status == Some(1) && ran.out.contains("cut off"),
        "{ran:?}"
    );
}

#[test]
fn people_get_lines() {
    let text = good(
        &["explain"],
        &fixture("kt-proto/fixtures/samples/PayParkingFee.request.json"),
    );
    for part in [
        "kt PayParkingFee",
        "direction: request",
        "amount = ",
        "[unit: fen]",
        "violations: none",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
