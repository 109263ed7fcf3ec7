use super::*;
use crate::traffic::Fault;
use sztc_proto::{Scheme, Timestamp, envelope::seal_request};

fn link(protocol: Protocol) -> Link {
    Link::new("test", "a", "b", protocol)
}

const REPORT: &[u8] = b"POST /5001 HTTP/1.1\r\n\r\n{\"timestamp\":1,\"sign\":\"\",\"data\":[]}";

fn outcome(
    protocol: Protocol,
    reply: &str,
    faults: &[Fault],
) -> (&'static str, Option<String>, bool) {
    let reading = Reading::of(&link(protocol), REPORT, Some(reply.as_bytes()));
    let (outcome, reason) = reading.outcome(faults);
    (outcome, reason, reading.is_answered(faults))
}

#[test]
fn a_reply_that_cannot_be_read_is_no_answer() {
    let good = "HTTP/1.1 200 OK\r\n\r\n{\"resultCode\":0,\"resultMsg\":\"\",\"data\":[]}";
    assert_eq!(outcome(Protocol::Sztc, good, &[]), ("answered", None, true));
    assert_eq!(
        outcome(Protocol::Sztc, good, &[Fault::ReplyLost]),
        ("lost", None, false)
    );
    let (told, reason, counts) = outcome(Protocol::Sztc, good, &[Fault::ReplyCorrupted]);
    assert!(told == "unreadable" && reason.is_some() && !counts);
    for (reply, says) in [
        ("HTTP/1.1 200 OK\r\n\r\n<html>Welcome</html>", "a web page"),
        ("HTTP/1.1 200 OK\r\n\r\n{\"resultCode\":0,", "JSON"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "without a body",
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\n{\"resCode\":0,\"resMsg\":\"\",\"data\":[]}",
            "without resultCode",
        ),
    ] {
        let (told, reason, counts) = outcome(Protocol::Sztc, reply, &[]);
        let reason = reason.expect("a reason");
        assert!(
            told == "unreadable" && !counts && reason.contains(says),
            "{reply}: {told} {reason}"
        );
    }
    let (told, reason, _) = outcome(
        Protocol::Sztc,
        "HTTP/1.1 502 Bad Gateway\r\n\r\n<html>",
        &[],
    );
    assert_eq!((told, reason.as_deref()), ("refused", Some("HTTP 502")));
    for (reply, expected) in [
        ("{\"Ret\":0,\"Msg\":\"\"}", "answered"),
        ("{\"hello\":0}", "unreadable"),
    ] {
        let reply = format!("HTTP/1.1 200 OK\r\n\r\n{reply}");
        assert_eq!(
            outcome(Protocol::Xingxing, &reply, &[]).0,
            expected,
            "{reply}"
        );
    }
    assert_eq!(
        outcome(Protocol::Pile, "HTTP/1.1 200 OK\r\n\r\n[]", &[]).0,
        "answered"
    );
    // Sealed by nobody whose keys are known.
    let (told, reason, _) = outcome(
        Protocol::Evcs,
        "HTTP/1.1 200 OK\r\n\r\n{\"Ret\":0,\"Msg\":\"\",\"Data\":\"YWJj\",\"Sig\":\"\"}",
        &[],
    );
    assert_eq!(
        (told, reason),
        ("answered", None),
        "a line without keys cannot tell"
    );
}

#[test]
fn the_text_of_a_refusal_is_no_json() {
    let reply = r#"{"resultCode":1,"resultMsg":"\u505c\u8f66\u573a \"7\"","data":[]}"#;
    let reply = format!("HTTP/1.1 200 OK\r\n\r\n{reply}");
    assert_eq!(
        outcome(Protocol::Sztc, &reply, &[]).1.as_deref(),
        Some("1 停车场 \"7\"")
    );
}

#[test]
fn what_is_too_long_is_known_by_its_head() {
    let long = vec![b' '; LONGEST_READ];
    let request = [REPORT, &long].concat();
    let reply = [b"HTTP/1.1 200 OK\r\n\r\n", &long[..]].concat();
    let reading = Reading::of(&link(Protocol::Sztc), &request, Some(&reply));
    assert_eq!(reading.code(), Some(5001));
    let (outcome, reason) = reading.outcome(&[]);
    assert!(outcome == "answered" && reason.is_some() && !reading.is_answered(&[]));

    let frame = Frame {
        version: Version::default(),
        packet: 3,
        direction: Direction::Request,
        command: 5004,
        data: long.into(),
    };
    let mut bytes = BytesMut::new();
    encode(&frame, &mut bytes).expect("a frame");
    assert_eq!(
        Reading::of(&link(Protocol::Sztc), &bytes, None).code(),
        Some(5004)
    );
}

#[test]
fn secrets_are_masked_where_a_message_is_opened() {
    let items = [r#"{"userId":"lot-7","password":"canary"}"#];
    let login = seal_request(
        items.into_iter(),
        Timestamp::from_seconds(1_700_000_000),
        Scheme::default(),
    )
    .expect("an envelope");
    let request = format!("POST /1001 HTTP/1.1\r\n\r\n{login}");
    let reading = Reading::of(&link(Protocol::Sztc), request.as_bytes(), None);
    let stored = masked(request.as_bytes());
    let again = Reading::of(&link(Protocol::Sztc), &stored, None);
    let sides = again.sides(&stored, None);
    assert_eq!(again.code(), Some(1001));
    // The signature was over the secret: that it does not fit the mask is no fault of the message.
    let violations = |reading: &Reading| {
        reading
            .request
            .as_ref()
            .expect("read")
            .message
            .violations
            .iter()
            .map(|found| found.path.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(violations(&again), violations(&reading));
    assert!(!sides.to_string().contains("canary"), "{sides}");
    assert!(!reading.sides(&stored, None).to_string().contains("canary"));
}

#[test]
fn bytes_that_are_no_text_are_shown_in_hexadecimal() {
    let text = shown(b"SZTC\x01\x00\x00\x00\x00\x01");
    assert!(
        text.starts_with("000000  53 5a 54 43 01 00 00 00 00 01 "),
        "{text}"
    );
    assert!(text.ends_with("SZTC......\n"), "{text}");
    assert_eq!(shown("粤B".as_bytes()), "粤B");
}

#[test]
fn a_request_that_cannot_be_read_is_told_under_the_interface_of_its_address() {
    let link = link(Protocol::Sztc);
    let reading = Reading::of(
        &link,
        b"POST /5004 HTTP/1.1\r\ncontent-length: 7\r\n\r\ngarbage",
        None,
    );
    assert_eq!(reading.code(), Some(5004));
    let sides = reading.sides(b"", None);
    assert!(
        sides["request"]["violations"][0]["problem"]
            .as_str()
            .is_some_and(|problem| problem.contains("neither JSON")),
        "{sides}"
    );
    let unknown = Reading::of(
        &link,
        b"POST /9999 HTTP/1.1\r\ncontent-length: 7\r\n\r\ngarbage",
        None,
    );
    assert_eq!(unknown.code(), None);
}
