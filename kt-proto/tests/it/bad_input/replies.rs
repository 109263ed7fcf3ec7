//! Replies that a client has to bear: read with a named tolerance, or told as a typed error.
use crate::common::{raw::*, *};
use kt_proto::{endpoint::*, *};

/// What became of a call: the reply as JSON, or who is to blame, how far it got, and a part of the
/// text.
type Expected<'a> = Result<&'a str, (ErrorKind, Sent, &'a str)>;

async fn is<E: Endpoint>(
    answer: Do,
    dialect: &Dialect,
    expected: Expected<'_>,
    kinds: &[DeviationKind],
) {
    let shown = format!("{answer:?}");
    let (base, asked) = match answer {
        Do::Answer(canned) => stub(move |_, _| canned.clone()).await,
        fault => peer(move |_, _| fault.clone()).await,
    };
    let told = Told::default();
    let client = lot(&base)
        .dialect(dialect.clone())
        .observer(told.observer())
        .with(|o| o.retry = RetryPolicy::off());
    let outcome = client.call::<E>(&request::<E>()).await;
    match (&outcome, expected) {
        (Ok(reply), Ok(text)) => assert_eq!(encode(reply).expect("a model"), text, "{shown}"),
        (Err(error), Err((blame, sent, part))) => {
            assert_eq!(
                (error.kind(), error.sent(), error.endpoint()),
                (blame, sent, Some(E::NAME)),
                "{shown}: {error}"
            );
            assert!(chain(error).contains(part), "{shown}: {error:?}");
            assert!(!chain(error).contains("canary"), "{shown}: {error:?}");
        }
        (outcome, expected) => panic!("{shown}: {outcome:?} instead of {expected:?}"),
    }
    assert_eq!(
        (told.kinds(), asked.take()),
        (kinds.to_vec(), vec![E::NAME.to_owned()]),
        "{shown}"
    );
}

fn bytes(part: &str) -> Expected<'_> {
    Err((ErrorKind::PeerBytes, Sent::Answered, part))
}

fn refused(part: &str) -> Expected<'_> {
    Err((ErrorKind::Refused, Sent::Answered, part))
}

const PAID: &str = r#"{"status":"1"}"#;

#[tokio::test]
async fn a_result_is_read_in_every_envelope_that_peers_write() {
    for (text, expected, kinds) in [
        (
            r#"{"resCode":0,"resMsg":"","data":[{"status":"1"}]}"#,
            Ok(PAID),
            &[][..],
        ),
        (
            r#"{"data":[{"status":"1"}],"resCode":0,"resMsg":null}"#,
            Ok(PAID),
            &[],
        ),
        (r#"{"data":[{"status":"1"}],"resCode":0}"#, Ok(PAID), &[]),
        (
            r#"{"resCode":"0","data":[{"status":"1"}]}"#,
            Ok(PAID),
            &[DeviationKind::TEXT_FOR_NUMBER],
        ),
        (
            r#"{"resCode":0,"data":{"status":"1"}}"#,
            Ok(PAID),
            &[DeviationKind::OBJECT_FOR_LIST],
        ),
        (
            r#"{"resCode":0,"data":[{"status":1}]}"#,
            Ok(PAID),
            &[DeviationKind::NUMBER_FOR_TEXT],
        ),
        (
            "\u{feff}{\"ResCode\":0,\"data\":[{\"Status\":\"1\"}]}",
            Ok(PAID),
            &[
                DeviationKind::BYTE_ORDER_MARK,
                DeviationKind::KEY_STYLE,
                DeviationKind::KEY_STYLE,
            ],
        ),
        (
            r#"{"resCode":0,"resMsg":7,"data":[{"status":"1"}]}"#,
            Ok(PAID),
            &[DeviationKind::NUMBER_FOR_TEXT],
        ),
        // A text that happens to be a list is a text as long as there is a result.
        (
            r#"{"resCode":0,"resMsg":"[{\"a\":1}]","data":[{"status":"1"}]}"#,
            Ok(PAID),
            &[],
        ),
        (
            r#"{"resCode":0,"resMsg":"[{\"status\":\"1\"}]","data":null}"#,
            Ok(PAID),
            &[DeviationKind::NESTING],
        ),
        (
            r#"{"resCode":0,"resMsg":[{"status":"1"}],"data":[{"x":"canary"}]}"#,
            Ok(PAID),
            &[DeviationKind::NESTING],
        ),
        (
            r#"{"resCode":0,"resMsg":{"status":"1"},"data":null}"#,
            Ok(PAID),
            &[DeviationKind::NESTING, DeviationKind::OBJECT_FOR_LIST],
        ),
        (
            r#"{"resCode":0,"resMsg":[],"data":[{"status":"1"}]}"#,
            Ok(PAID),
            &[DeviationKind::NESTING],
        ),
        // More than the one result that is due.
        (
            r#"{"resCode":0,"data":[{"status":"1"},{"status":"0"}]}"#,
            Ok(PAID),
            &[DeviationKind::UNKNOWN_FIELD],
        ),
    ] {
        is::<GetPaymentStatus>(html(text), &Dialect::default(), expected, kinds).await;
        is::<GetPaymentStatus>(
            answer(500, "application/json", text),
            &Dialect::default(),
            expected,
            kinds,
        )
        .await;
        let strictly = if kinds.is_empty() {
            expected
        } else {
            bytes("(refused: reading strictly)")
        };
        is::<GetPaymentStatus>(html(text), &Dialect::strict(), strictly, &[]).await;
    }
}

#[tokio::test]
async fn nothing_is_success_only_where_nothing_is_due() {
    let missing = bytes("resCode 0, but no data where the call has a result");
    for (data, kinds) in [
        (r#","data":null"#, &[][..]),
        ("", &[]),
        (r#","data":[]"#, &[]),
        (r#","data":"""#, &[DeviationKind::EMPTY_FOR_ABSENT]),
        (r#","resMsg":null,"data":null"#, &[]),
        (r#","resMsg":"[]","data":null"#, &[]),
    ] {
        let text = format!(r#"{{"resCode":0{data}}}"#);
        is::<GateControl>(html(&*text), &Dialect::default(), Ok("{}"), kinds).await;
        is::<GetBookingCar>(html(&*text), &Dialect::default(), Ok("[]"), kinds).await;
        is::<GetPaymentStatus>(html(&*text), &Dialect::default(), missing, kinds).await;
    }
    // A result where none is due is passed over.
    let text = r#"{"resCode":0,"data":[{"id":"canary"}]}"#;
    is::<GateControl>(
        html(text),
        &Dialect::default(),
        Ok("{}"),
        &[DeviationKind::UNKNOWN_FIELD],
    )
    .await;
    is::<GateControl>(
        html(text),
        &Dialect::strict(),
        bytes("(refused: reading strictly)"),
        &[],
    )
    .await;
}

#[tokio::test]
async fn a_refusal_has_code_and_text() {
    for (text, part, kinds) in [
        (
            r#"{"resCode":1,"resMsg":"无此车","data":null}"#,
            "1 错误: 无此车",
            &[][..],
        ),
        (
            r#"{"resCode":1,"resMsg":null,"data":[{"status":"canary"}]}"#,
            "refused by the peer: 1 错误",
            &[],
        ),
        (r#"{"resCode":1}"#, "refused by the peer: 1 错误", &[]),
        (
            r#"{"resCode":"1","resMsg":"无此车"}"#,
            "1 错误: 无此车",
            &[DeviationKind::TEXT_FOR_NUMBER],
        ),
        (r#"{"resCode":-2,"resMsg":"无此车"}"#, "-2: 无此车", &[]),
        (
            r#"{"resCode":4294967296,"resMsg":"无此车"}"#,
            "2147483647: 无此车",
            &[],
        ),
        (
            r#"{"resCode":1,"resMsg":"a\nERROR \u001b[2J"}"#,
            r"a\nERROR \u{1b}[2J",
            &[],
        ),
    ] {
        for status in [200, 400, 500] {
            is::<GetPaymentStatus>(
                answer(status, "text/html", text),
                &Dialect::default(),
                refused(part),
                kinds,
            )
            .await;
            is::<GateControl>(
                answer(status, "text/html", text),
                &Dialect::default(),
                refused(part),
                kinds,
            )
            .await;
        }
    }
    let (base, _) = stub(|_, _| {
        html(format!(
            r#"{{"resCode":1,"resMsg":"{}"}}"#,
            "满".repeat(100_000)
        ))
    })
    .await;
    let error = lot(&base)
        .control_gate(&request::<GateControl>())
        .await
        .expect_err("refused");
    assert_eq!(
        error.refusal().expect("a refusal").message,
        "满".repeat(512)
    );
}

#[tokio::test]
async fn what_is_no_reply_says_what_it_is() {
    let page = "<!DOCTYPE html><html><title>运行时错误 canary</title>";
    for (answer, expected, kinds) in [
        (html(page), bytes("the reply is HTML, not JSON"), &[][..]),
        (html(""), bytes("the reply is empty"), &[]),
        (html("  \r\n"), bytes("the reply is empty"), &[]),
        (html("canary"), bytes("not JSON"), &[]),
        (html("[]"), bytes("not JSON"), &[]),
        (
            html("{}"),
            bytes("resCode: required, but absent or empty"),
            &[],
        ),
        (
            html(r#"{"resCode":null,"data":[]}"#),
            bytes("resCode: "),
            &[],
        ),
        (
            html(r#"{"resCode":{},"data":[]}"#),
            bytes("resCode: expected "),
            &[],
        ),
        (
            html(r#"{"resCode":0,"data":[{"status":"canary"}"#),
            bytes("not JSON"),
            &[],
        ),
        (
            html(r#"{"resCode":0,"data":[{"status":"1"}]}x"#),
            bytes("not JSON"),
            &[],
        ),
        (
            html(r#"{"resCode":0,"resCode":1}"#),
            bytes("resCode: stands twice"),
            &[],
        ),
        (
            html(b"{\"resCode\":1,\"resMsg\":\"\xce\xde\"}"),
            bytes("the reply is not UTF-8"),
            &[],
        ),
        (
            html(r#"{"resCode":0,"data":[{}]}"#),
            bytes("data[0].status: required, but absent or empty"),
            &[],
        ),
        (
            html(r#"{"resCode":0,"data":[{"status":["canary"]}]}"#),
            bytes("data[0].status: expected "),
            &[],
        ),
        (
            html(r#"{"resCode":0,"data":["canary"]}"#),
            bytes("data[0]: expected "),
            &[],
        ),
        (
            html(r#"{"resCode":0,"data":[{"status":"canary"}]}"#),
            bytes("data[0].status: 6 characters, at most 1 allowed"),
            &[],
        ),
        (
            html(r#"{"resCode":0,"resMsg":[{"status":"99"}]}"#),
            bytes("resMsg[0].status: 2 characters, at most 1 allowed"),
            &[DeviationKind::NESTING],
        ),
        (
            answer(404, "text/html", page),
            bytes("HTTP 404: no such interface there"),
            &[],
        ),
        (
            answer(302, "text/html", page),
            bytes("HTTP 302: redirects are not followed"),
            &[],
        ),
        (answer(401, "text/html", page), refused("HTTP 401"), &[]),
        (
            answer(201, "text/html", page),
            Err((ErrorKind::PeerBytes, Sent::Maybe, "HTTP 201")),
            &[],
        ),
        (
            answer(500, "text/html", page),
            Err((ErrorKind::Network, Sent::Maybe, "HTTP 500: the peer failed")),
            &[],
        ),
        (
            answer(503, "text/html", page),
            Err((ErrorKind::Network, Sent::Maybe, "HTTP 503: a gateway")),
            &[],
        ),
        (
            Do::Cut(
                b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"resCode\":0,\"resMsg\":\"canary"
                    .to_vec(),
            ),
            Err((ErrorKind::Network, Sent::Maybe, "the connection broke")),
            &[],
        ),
        (
            Do::Cut(b"canary\r\n\r\n".to_vec()),
            Err((ErrorKind::Network, Sent::Maybe, "the connection broke")),
            &[],
        ),
    ] {
        is::<GetPaymentStatus>(answer, &Dialect::default(), expected, kinds).await;
    }
    let list = r#"{"resCode":0,"data":[{"bookId":1,"plateNo":"闽D02000"},{"bookId":"x"}]}"#;
    is::<GetBookingCar>(
        html(list),
        &Dialect::default(),
        bytes("data[1].bookId: expected "),
        &[],
    )
    .await;
}

#[tokio::test]
async fn commas_before_brackets_are_read_where_the_dialect_says_so() {
    let text = "{\"resCode\":0,\"data\":[{\"status\":\"1\",},],\r\n}";
    let comma = Dialect::default().trailing_commas();
    is::<GetPaymentStatus>(html(text), &Dialect::default(), bytes("not JSON"), &[]).await;
    is::<GetPaymentStatus>(
        html(text),
        &comma,
        Ok(PAID),
        &[kt_proto::deviation::TRAILING_COMMA],
    )
    .await;
    is::<GetPaymentStatus>(
        html(text),
        &Dialect::strict().trailing_commas(),
        bytes("(refused: reading strictly)"),
        &[],
    )
    .await;
    let refusal = r#"{"resCode":1,"resMsg":"无此车,]",}"#;
    is::<GetPaymentStatus>(
        html(refusal),
        &comma,
        refused("1 错误: 无此车,]"),
        &[kt_proto::deviation::TRAILING_COMMA],
    )
    .await;
}

#[tokio::test]
async fn a_reply_has_a_longest_length() {
    let text = format!(
        r#"{{"resCode":0,"data":[{{"status":"1"}}]{}}}"#,
        " ".repeat(2000)
    );
    let length = text.len();
    let (base, _) = stub(move |_, _| html(&*text)).await;
    for (limit, read) in [(length, true), (length - 1, false)] {
        let mut options = HttpOptions::default();
        options.limit = limit;
        let client = PeerHttp::builder(&base, credentials())
            .http(options)
            .build()
            .expect("a client")
            .lot();
        let outcome = client.query_order(&request::<GetPaymentStatus>()).await;
        assert_eq!(outcome.is_ok(), read, "{outcome:?}");
        if let Err(error) = outcome {
            assert_eq!(
                (error.kind(), error.sent()),
                (ErrorKind::PeerBytes, Sent::Answered)
            );
        }
    }
}
