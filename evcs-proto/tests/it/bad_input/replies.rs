//! What a caller is told of a bad reply.
use super::*;

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
        kind: if code == -1 {
            ErrorKind::Busy
        } else {
            ErrorKind::Refused
        },
        sent: Sent::Answered,
        code: Some(code),
        unauthenticated,
        part: if unauthenticated {
            "unsigned: whoever is on the line"
        } else {
            ""
        },
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
    body(format!(
        r#"{{"Ret":0,"Msg":"ok","Data":{data},"Sig":"{sig}"}}"#
    ))
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
        (
            refusal_of(r#","Data":null,"Sig":null"#),
            refused(4004, true),
        ),
        (refusal_of(r#","Data":"","Sig":"""#), refused(4004, true)),
        (
            refusal_of(&format!(r#","Data":"","Sig":"{wrong_sig}""#)),
            refused(4004, true),
        ),
        (
            refusal_of(r#","Data":"nonsense","Sig":"x""#),
            refused(4004, true),
        ),
        (body(r#"{"Ret":-1,"Msg":null}"#), refused(-1, true)),
        (body(r#"{"Ret":"500"}"#), refused(500, true)),
        (
            answer(401, br#"{"Ret":4001,"Msg":"x"}"#.to_vec()),
            refused(4001, true),
        ),
        (
            answer(500, br#"{"Ret":500,"Msg":"x"}"#.to_vec()),
            refused(500, true),
        ),
        (
            answer(400, br#"{"Ret":4003,"Msg":"x"}"#.to_vec()),
            refused(4003, true),
        ),
        (
            answer(401, b"<html>canary</html>".to_vec()),
            refused(4002, true),
        ),
        (answer(401, vec![0xff]), refused(4002, true)),
        status(500, ErrorKind::Network, Sent::Maybe, "HTTP 500"),
        status(502, ErrorKind::Network, Sent::Maybe, "a gateway"),
        status(503, ErrorKind::Network, Sent::Maybe, "a gateway"),
        status(
            404,
            ErrorKind::PeerBytes,
            Sent::Answered,
            "is the base URL right?",
        ),
        status(
            302,
            ErrorKind::PeerBytes,
            Sent::Answered,
            "redirects are not followed",
        ),
        status(
            413,
            ErrorKind::Caller,
            Sent::Answered,
            "too long for the peer",
        ),
        status(403, ErrorKind::Refused, Sent::Answered, "HTTP 403"),
        (
            body("<html>canary</html>"),
            bytes("the reply breaks the document's rules"),
        ),
        (body(""), bytes("the reply breaks the document's rules")),
        (body("[]"), bytes("the reply breaks the document's rules")),
        (body(r#"{"Msg":"canary"}"#), bytes("Ret: required")),
        (body(r#"{"Ret":0,"Ret":4001}"#), bytes("Ret")),
        (answer(200, vec![b'{', 0xff]), bytes("not UTF-8")),
        (
            body(format!(
                r#"{{"Ret":0,"Msg":"ok","Data":"{data}","Sig":""}}"#
            )),
            bytes("there is no Sig"),
        ),
        (
            body(format!(r#"{{"Ret":0,"Msg":"ok","Data":"{data}"}}"#)),
            bytes("there is no Sig"),
        ),
        (
            body(format!(
                r#"{{"Ret":0,"Msg":"ok","Data":"{data}","Sig":"{wrong_sig}"}}"#
            )),
            bytes("Sig does not belong to the message"),
        ),
        (reply("\"\""), bytes("the reply has no Data")),
        (
            reply(&quoted(data[..data.len() - 5].to_owned())),
            bytes("not Base64 of whole blocks"),
        ),
        (
            reply(&quoted("*".to_owned())),
            bytes("not Base64 of whole blocks"),
        ),
        (
            reply(&quoted(encrypt(
                "canary-wrong-key",
                DATA_IV,
                &padded(&sample_text),
            ))),
            bytes("cannot be decrypted to JSON"),
        ),
        (
            reply(&quoted(block(&[b'x'; 16]))),
            bytes("cannot be decrypted to JSON"),
        ),
        (reply(&sample_text), bytes("not encrypted")),
        (done("{}"), bytes("Total: required")),
        (done(r#"{"Total":"canary"}"#), bytes("Total")),
        (done("canary"), bytes("")),
    ];
    for (answer, expected) in rows {
        let always = answer.clone();
        let (base, asked) = stub(move |name, _| {
            if name == "query_token" {
                token("x", 7200)
            } else {
                always.clone()
            }
        })
        .await;
        let client = faults::cpo(&base).with(|o| o.retry = RetryPolicy::off());
        let error = client
            .query_station_status(&sample(STATUS, "request"))
            .await
            .expect_err("bad");
        let text = chain(&error);
        let told = (error.kind(), error.sent(), error.is_unauthenticated());
        assert_eq!(
            told,
            (expected.kind, expected.sent, expected.unauthenticated),
            "{text}"
        );
        let code = error
            .refusal()
            .and_then(|refusal| refusal.code)
            .map(|code| code.0);
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
        (
            reply(&sample_text),
            plain,
            &[evcs_proto::deviation::PLAIN_DATA],
        ),
        (body(unsigned), trusting, &[evcs_proto::deviation::UNSIGNED]),
        (
            done(&sample_text.replace("\"Total\":1", "\"total\":\"1\"")),
            Dialect::default(),
            &[DeviationKind::KEY_STYLE, DeviationKind::TEXT_FOR_NUMBER],
        ),
    ] {
        let (base, _) = stub(move |name, _| {
            if name == "query_token" {
                token("x", 7200)
            } else {
                answer.clone()
            }
        })
        .await;
        let client = faults::cpo(&base)
            .dialect(dialect)
            .observer(observer.clone());
        let answer = client
            .query_station_status(&sample(STATUS, "request"))
            .await
            .expect("understood");
        assert_eq!(answer, sample(STATUS, "reply"));
        assert_eq!(
            std::mem::take(&mut *seen.lock().expect("not poisoned")),
            kinds
        );
    }
    // What breaks the rules is kept here.
    let (base, asked) = stub(|name, _| sample_reply(name)).await;
    let long = StationStatusQuery {
        station_ids: vec!["1".into(), "1".repeat(21).into()],
    };
    let error = faults::cpo(&base)
        .query_station_status(&long)
        .await
        .expect_err("too long");
    assert_eq!(
        (error.kind(), error.sent(), error.path()),
        (ErrorKind::Caller, Sent::No, Some("StationIDs[1]"))
    );
    assert!(asked.take().is_empty());
}
