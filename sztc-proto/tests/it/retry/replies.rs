//! Replies that are not as the document has them: what is understood, what is refused, and by whom.
use super::faults::*;
use crate::common::sample;
use std::sync::{Arc, Mutex};
use sztc_proto::{code::*, model::*, *};

/// What a caller is told about a reply.
#[derive(Debug, PartialEq)]
enum Told {
    Done,
    Refused(Option<i32>),
    /// The peer's bytes are to blame, at this path.
    Bytes(Option<&'static str>),
}

fn told<T>(outcome: Result<T, Error>) -> (Told, String) {
    match outcome {
        Ok(_) => (Told::Done, String::new()),
        Err(error) => {
            let text = format!("{error} {error:?}");
            assert_eq!(error.sent(), Sent::Answered, "{text}");
            match (error.kind(), error.refusal()) {
                (ErrorKind::Refused, Some(refusal)) => {
                    (Told::Refused(refusal.code.map(|code| code.0)), text)
                }
                (ErrorKind::PeerBytes, None) => (
                    Told::Bytes(error.path().map(|path| &*path.to_owned().leak())),
                    text,
                ),
                _ => panic!("{text}"),
            }
        }
    }
}

#[tokio::test]
async fn a_reply_means_what_it_says_however_it_is_written() {
    use Told::*;
    let entry = |entry: &str| reply(0, entry);
    let data = |data: &str| reply(0, "{}").replace("[{}]", data);
    let good = || entry(r#"{"state":"0"}"#);
    let cases = [
        (good(), Done, &[][..]),
        (
            good().replace(r#""resultCode":0"#, r#""resultCode":"0""#),
            Done,
            &[DeviationKind::TEXT_FOR_NUMBER],
        ),
        (
            good().replace("resultCode", "ResultCode"),
            Done,
            &[DeviationKind::KEY_STYLE],
        ),
        (
            good().replace("\"data\"", "\"Data\""),
            Done,
            &[DeviationKind::KEY_STYLE],
        ),
        (good().replace(r#","timestamp":1677628800"#, ""), Done, &[]),
        (
            good().replace("1677628800", "null"),
            Done,
            &[DeviationKind::NULL_FOR_ABSENT],
        ),
        (
            good().replace(r#""x""#, "null"),
            Done,
            &[DeviationKind::NULL_FOR_ABSENT],
        ),
        (
            good().replacen('{', r#"{"success":true,"#, 1),
            Done,
            &[DeviationKind::UNKNOWN_FIELD],
        ),
        (
            data(r#"{"state":"0"}"#),
            Done,
            &[DeviationKind::OBJECT_FOR_LIST],
        ),
        (
            entry(r#"{"state":0}"#),
            Done,
            &[DeviationKind::NUMBER_FOR_TEXT],
        ),
        (
            entry(r#"{"state":"0","code":0}"#),
            Done,
            &[sztc_proto::deviation::ZERO_CODE],
        ),
        (
            entry(r#"{"state":"0","code":"0","message":"ok"}"#),
            Done,
            &[
                DeviationKind::TEXT_FOR_NUMBER,
                sztc_proto::deviation::ZERO_CODE,
            ],
        ),
        (
            entry(r#"{"state":"0","code":null}"#),
            Done,
            &[DeviationKind::NULL_FOR_ABSENT],
        ),
        (
            entry(r#"{"state":"0","code":""}"#),
            Done,
            &[DeviationKind::EMPTY_FOR_ABSENT],
        ),
        (
            entry(r#"{"state":"0","colour":1}"#),
            Done,
            &[DeviationKind::UNKNOWN_FIELD],
        ),
        // A code is an error, and then nothing else is required.
        (
            entry(r#"{"code":1103,"message":"no such car"}"#),
            Refused(Some(1103)),
            &[],
        ),
        (
            entry(r#"{"state":"0","code":1103}"#),
            Refused(Some(1103)),
            &[],
        ),
        (
            entry(r#"{"code":"1103"}"#),
            Refused(Some(1103)),
            &[DeviationKind::TEXT_FOR_NUMBER],
        ),
        (entry(r#"{"code":98765}"#), Refused(Some(98765)), &[]),
        (
            entry(r#"{"state":"0","Code":1103}"#),
            Refused(Some(1103)),
            &[DeviationKind::KEY_STYLE],
        ),
        (
            entry(r#"{"state":"0","c\u006fde":1103}"#),
            Refused(Some(1103)),
            &[],
        ),
        (reply(1, r#"{"code":1103}"#), Refused(Some(1103)), &[]),
        (reply(1, ""), Refused(None), &[]),
        (reply(7, ""), Refused(None), &[]),
        (reply(-1, r#"{"state":"0"}"#), Refused(None), &[]),
        (
            reply(1, "").replace("[]", "null"),
            Refused(None),
            &[DeviationKind::NULL_FOR_ABSENT],
        ),
        (
            reply(1, "").replace("[]", r#""""#),
            Refused(None),
            &[DeviationKind::EMPTY_FOR_ABSENT],
        ),
        (
            reply(1, "").replace(r#","data":[]"#, ""),
            Refused(None),
            &[DeviationKind::NULL_FOR_ABSENT],
        ),
        (reply(1, "1"), Refused(None), &[]),
        // What cannot be told apart from the wrong thing is refused.
        (
            entry(r#"{"state":"0","code":1103,"code":0}"#),
            Bytes(Some("data[0].code")),
            &[],
        ),
        (
            entry(r#"{"state":"0","code":0,"Code":0}"#),
            Bytes(Some("data[0].code")),
            &[DeviationKind::KEY_STYLE],
        ),
        (
            entry(r#"{"state":"0","code":[]}"#),
            Bytes(Some("data[0].code")),
            &[],
        ),
        (entry("{}"), Bytes(Some("data[0].state")), &[]),
        (
            entry(r#"{"state":null}"#),
            Bytes(Some("data[0].state")),
            &[],
        ),
        (entry(r#"{"state":{}}"#), Bytes(Some("data[0].state")), &[]),
        (
            entry(r#"{"state":"0","state":"1"}"#),
            Bytes(Some("data[0].state")),
            &[],
        ),
        (entry("5"), Bytes(Some("data[0]")), &[]),
        (entry("null"), Bytes(Some("data[0]")), &[]),
        (entry(""), Bytes(None), &[]),
        (entry(r#"{"state":"0"},{"state":"0"}"#), Bytes(None), &[]),
        (data("7"), Bytes(Some("data")), &[]),
        (
            good().replace(r#""resultCode":0,"#, ""),
            Bytes(Some("resultCode")),
            &[],
        ),
        (
            good().replace(r#""resultCode":0"#, r#""resultCode":"fine""#),
            Bytes(Some("resultCode")),
            &[],
        ),
        (
            good().replacen('{', r#"{"resultCode":1,"#, 1),
            Bytes(Some("resultCode")),
            &[],
        ),
        (good()[..40].to_owned(), Bytes(Some("")), &[]),
        ("<html>canary</html>".to_owned(), Bytes(Some("")), &[]),
        (String::new(), Bytes(Some("")), &[]),
        ("[]".to_owned(), Bytes(Some("")), &[]),
        ("null".to_owned(), Bytes(Some("")), &[]),
    ];
    for (text, expected, deviations) in cases {
        let body = text.clone();
        let (base, asked) = stub(move |_, _| answer(200, "", body.clone())).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let list = seen.clone();
        let observer = Observer::new(move |observed| {
            list.lock()
                .expect("not poisoned")
                .extend(observed.deviations.list().iter().map(|found| found.kind))
        });
        let (found, error) = told(
            city(&base)
                .observer(observer)
                .query_auto_pay(sample(5010, "request"))
                .await,
        );
        assert_eq!(found, expected, "{text}");
        assert!(!error.contains("canary"), "{error}");
        let mut noted = std::mem::take(&mut *seen.lock().expect("not poisoned"));
        // A name in other capitals is unknown to the reply's own fields, which is noted too.
        noted.retain(|kind| deviations.contains(kind) || *kind != DeviationKind::UNKNOWN_FIELD);
        assert_eq!(noted, deviations, "{text}");
        assert_eq!(
            asked.take(),
            [5010],
            "what the peer answered is not asked again"
        );

        let strict = told(
            city(&base)
                .dialect(Dialect::strict())
                .query_auto_pay(sample(5010, "request"))
                .await,
        )
        .0;
        match deviations {
            [] => assert!(strict == expected || text.contains(r"\u006f"), "{text}"),
            _ => assert!(matches!(strict, Bytes(_)), "{text}"),
        }
    }
}

#[tokio::test]
async fn what_is_no_reply_is_blamed_on_who_sent_it() {
    for (status, headers, blame, part) in [
        (
            302,
            "location: /elsewhere/6006\r\n",
            ErrorKind::PeerBytes,
            "redirects are not followed",
        ),
        (
            307,
            "location: /elsewhere/6006\r\n",
            ErrorKind::PeerBytes,
            "redirects are not followed",
        ),
        (400, "", ErrorKind::PeerBytes, "HTTP 400"),
        (403, "", ErrorKind::Refused, "HTTP 403"),
        (404, "", ErrorKind::PeerBytes, "is the base URL right?"),
        (413, "", ErrorKind::Caller, "too long for the peer"),
        (201, "", ErrorKind::PeerBytes, "no reply of this protocol"),
    ] {
        let (base, asked) = stub(move |_, _| answer(status, headers, "canary".to_owned())).await;
        let error = partner(&base)
            .query_fee(sample(6006, "request"))
            .await
            .expect_err("no reply");
        assert_eq!(error.kind(), blame, "{error}");
        assert_eq!(
            error.refusal().is_some(),
            blame == ErrorKind::Refused,
            "{error}"
        );
        assert_eq!(
            error.sent(),
            if status == 201 {
                Sent::Maybe
            } else {
                Sent::Answered
            },
            "{error}"
        );
        assert!(
            error.to_string().contains(part) && !format!("{error:?}").contains("canary"),
            "{error:?}"
        );
        assert_eq!(asked.take(), [6006], "{status}");
    }
    // The document's envelope counts whatever the status.
    for status in [400, 403, 404, 500, 503] {
        let (base, asked) =
            stub(move |_, _| answer(status, "", reply(1, r#"{"code":1103}"#))).await;
        let error = partner(&base)
            .query_fee(sample(6006, "request"))
            .await
            .expect_err("refused");
        assert_eq!(
            error.refusal().and_then(|refusal| refusal.code),
            Some(BusinessCode::NO_CAR),
            "{status}"
        );
        assert_eq!(asked.take(), [6006]);
    }
}

#[tokio::test]
async fn a_reply_over_the_limit_is_not_read_to_its_end() {
    let (base, asked) = stub(|_, _| {
        answer(
            200,
            "",
            reply(0, &format!(r#"{{"state":"0","x":"{}"}}"#, "y".repeat(2000))),
        )
    })
    .await;
    for (limit, expected) in [(1000, Told::Bytes(None)), (3000, Told::Done)] {
        let mut options = plain();
        options.limit = limit;
        let client = CityClient::over(
            PartnerHttp::builder(&*base)
                .http(options)
                .build()
                .expect("a client"),
        );
        assert_eq!(
            told(client.query_auto_pay(sample(5010, "request")).await).0,
            expected
        );
        assert_eq!(asked.take(), [5010]);
    }
}

#[tokio::test]
async fn a_batch_s_reply_is_told_entry_by_entry_or_not_at_all() {
    let space = r#"{"spaceNo":"1"}"#;
    for (result, entries, expected) in [
        (0, vec![space; 3], Ok(vec![None; 3])),
        (
            0,
            vec![space, r#"{"spaceNo":"1","code":1102}"#, space],
            Ok(vec![None, Some(1102), None]),
        ),
        // Some peers fail the whole call when an entry fails; the entries tell which.
        (
            1,
            vec![space, r#"{"code":1102}"#, space],
            Ok(vec![None, Some(1102), None]),
        ),
        (1, vec![r#"{"code":1102}"#], Err(Told::Refused(Some(1102)))),
        (1, vec![], Err(Told::Refused(None))),
        (1, vec![space; 3], Err(Told::Refused(None))),
        (0, vec![space; 2], Err(Told::Bytes(None))),
        (0, vec![space; 4], Err(Told::Bytes(None))),
        (
            0,
            vec![space, "{}", space],
            Err(Told::Bytes(Some("data[1].spaceNo"))),
        ),
    ] {
        let text = reply(result, &entries.join(","));
        let (base, _) = stub(move |_, _| answer(200, "", text.clone())).await;
        let item: SpaceStateReport = sample(5001, "request");
        let outcome = city(&base)
            .report_space_states(&[item.clone(), item.clone(), item])
            .await;
        let outcome = match outcome {
            Ok(outcomes) => Ok(outcomes
                .into_iter()
                .map(|outcome| {
                    outcome
                        .err()
                        .and_then(|refusal| refusal.code)
                        .map(|code| code.0)
                })
                .collect()),
            Err(error) => Err(told::<()>(Err(error)).0),
        };
        assert_eq!(outcome, expected, "{result} {entries:?}");
    }
}

#[tokio::test]
async fn a_long_message_is_cut_and_a_wild_one_tamed() {
    let long = "满".repeat(10_000);
    for text in [
        reply(1, "").replace(r#""x""#, &format!("\"{long}\"")),
        reply(0, &format!(r#"{{"code":1103,"message":"{long}"}}"#)),
    ] {
        let (base, _) = stub(move |_, _| answer(200, "", text.clone())).await;
        let error = city(&base)
            .query_auto_pay(sample(5010, "request"))
            .await
            .expect_err("refused");
        let refusal = error.refusal().expect("a refusal");
        assert_eq!(refusal.message, "满".repeat(255));
    }
    let (base, _) = stub(|_, _| {
        answer(
            200,
            "",
            reply(0, r#"{"code":1103,"message":"a\nERROR b\u001b[2J"}"#),
        )
    })
    .await;
    let error = city(&base)
        .query_auto_pay(sample(5010, "request"))
        .await
        .expect_err("refused");
    assert!(
        error.to_string().ends_with(r"a\nERROR b\u{1b}[2J"),
        "{error}"
    );
}
