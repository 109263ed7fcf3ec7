//! Entries that are wrong: each is answered in its own place.
use super::peer::*;
use crate::common::*;
use std::sync::Arc;
use sztc_proto::{code::*, model::*, *};

const SPACE: &str = r#"{"spaceNo":"44030400","state":2}"#;
const CREDIT: &str = include_str!("../../../fixtures/samples/1301.request.json");

/// `good` with one member replaced or, without a value, left out.
fn with(good: &str, member: &str, value: Option<&str>) -> String {
    let mut entry: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(good).expect("JSON");
    entry.remove(member);
    if let Some(value) = value {
        entry.insert(
            member.to_owned(),
            serde_json::from_str(value).expect("JSON"),
        );
    }
    serde_json::Value::from(entry).to_string()
}

#[tokio::test]
async fn one_bad_entry_among_fifty() {
    let long = format!("\"{}\"", "1".repeat(29));
    let space = |member, value| (SPACE, "5001", with(SPACE, member, value));
    let credit = |member, value| (CREDIT, "1301", with(CREDIT, member, value));
    let raw = |text: &str| (SPACE, "5001", text.to_owned());
    let cases = [
        (
            space("spaceNo", None),
            Some((1000, "data[7].spaceNo: required")),
            &[][..],
        ),
        (
            space("spaceNo", Some("\"\"")),
            Some((1000, "data[7].spaceNo: required")),
            &[],
        ),
        (
            space("spaceNo", Some(&long)),
            Some((1004, "data[7].spaceNo: 29 characters, at most 28")),
            &[],
        ),
        (
            space("spaceNo", Some("{\"a\":1}")),
            Some((1005, "data[7].spaceNo: expected")),
            &[],
        ),
        (
            space("spaceNo", Some("4.4E22")),
            Some((1005, "data[7].spaceNo: expected")),
            &[],
        ),
        (
            space("spaceNo", Some("null")),
            Some((1005, "data[7].spaceNo: expected")),
            &[],
        ),
        (
            space("state", Some("\"free\"")),
            Some((1005, "data[7].state: expected")),
            &[],
        ),
        (
            space("state", Some("[1]")),
            Some((1005, "data[7].state: expected")),
            &[],
        ),
        (
            space("state", Some("99999999999")),
            Some((1005, "data[7].state: expected")),
            &[],
        ),
        (
            credit("idType", Some("\"X\"")),
            Some((1007, "data[7].idType: out of range")),
            &[],
        ),
        (
            credit("name", None),
            Some((1006, "data[7].name: required")),
            &[],
        ),
        (raw("1"), Some((1005, "data[7]: expected")), &[]),
        (raw("\"text\""), Some((1005, "data[7]: expected")), &[]),
        (raw("null"), Some((1005, "data[7]: expected")), &[]),
        (raw("[[]]"), Some((1005, "data[7]: expected")), &[]),
        (raw("{}"), Some((1000, "data[7].spaceNo: required")), &[]),
        // Understood all the same, and noted.
        (
            space("state", Some("77")),
            None,
            &[DeviationKind::UNKNOWN_CODE][..],
        ),
        (
            space("state", Some("\"2\"")),
            None,
            &[DeviationKind::TEXT_FOR_NUMBER],
        ),
        (
            space("spaceNo", Some("4403040010010100001")),
            None,
            &[DeviationKind::NUMBER_FOR_TEXT],
        ),
        (
            space("parkCode", Some("null")),
            None,
            &[DeviationKind::NULL_FOR_ABSENT],
        ),
        (
            space("colour", Some("{\"deep\":[]}")),
            None,
            &[DeviationKind::UNKNOWN_FIELD],
        ),
        (
            raw(r#"{"SpaceNo":"1","state":2}"#),
            None,
            &[DeviationKind::KEY_STYLE],
        ),
    ];
    for dialect in [Dialect::default(), Dialect::strict()] {
        let strict = dialect.read.strictness == Strictness::Strict;
        let seen = Told::default();
        let peer = Peer::of_city(
            CityRouter::new(Tolerant::default(), accounts()).options(options(dialect, &seen)),
        )
        .await;
        for ((good, path, bad), refusal, deviations) in &cases {
            let entries: Vec<&str> = (0..50)
                .map(|index| if index == 7 { bad.as_str() } else { good })
                .collect();
            let reply = peer
                .post(
                    path,
                    peer.bearer(),
                    sealed(&format!("[{}]", entries.join(","))),
                )
                .await;
            // The other forty-nine are done, so the call as a whole is.
            assert_eq!(
                (
                    reply.status,
                    reply.envelope().result,
                    reply.envelope().items.len()
                ),
                (200, ResultCode::SUCCESS, 50),
                "{bad}"
            );
            let expected = match (refusal, deviations) {
                (Some(refusal), _) => Some(*refusal),
                // A code that is not listed is out of range; a form that is not the document's is a
                // wrong type.
                (None, [DeviationKind::UNKNOWN_CODE]) if strict => Some((1007, "data[7]")),
                (None, _) if strict => Some((1005, "data[7]")),
                (None, _) => None,
            };
            for index in 0..50 {
                let expected = expected.filter(|_| index == 7);
                assert_eq!(
                    reply.code(index),
                    expected.map(|(code, _)| code),
                    "{index} {bad} {}",
                    reply.text
                );
                let part = expected.map_or("", |(_, part)| part);
                assert!(
                    reply.envelope().items[index].contains(part),
                    "{bad}: {}",
                    reply.envelope().items[index]
                );
            }
            let told: Vec<DeviationKind> =
                seen.take().into_iter().map(|(_, kind, _)| kind).collect();
            assert_eq!(told, if strict { &[][..] } else { deviations }, "{bad}");
        }
    }
}

#[tokio::test]
async fn a_refused_entry_names_its_record_only_by_something_that_is_a_key() {
    let peer = Peer::of_city(
        CityRouter::new(Tolerant::default(), accounts())
            .options(options(Dialect::default(), &Told::default())),
    )
    .await;
    for (key, named) in [
        (r#""44030400""#, Some("44030400")),
        ("4403", Some("4403")),
        (r#"{"a":[1]}"#, None),
        ("null", None),
        ("true", None),
        ("4403E4", None),
    ] {
        let reply = peer
            .post(
                "5001",
                peer.bearer(),
                sealed(&format!(r#"[{{"spaceNo":{key},"state":[]}}]"#)),
            )
            .await;
        let entry: serde_json::Value =
            serde_json::from_str(reply.envelope().items[0]).expect("JSON");
        assert_eq!(
            (entry["code"].as_i64(), entry["spaceNo"].as_str()),
            (Some(1005), named),
            "{}",
            reply.text
        );
    }
    let long = format!(r#"[{{"spaceNo":"{}","state":2}}]"#, "1".repeat(5000));
    let reply = peer.post("5001", peer.bearer(), sealed(&long)).await;
    assert!(reply.text.len() < 500, "{}", reply.text);
    // However long the list of what is wrong, a message has at most 255 characters.
    let reply = peer
        .post(
            "1301",
            peer.bearer(),
            sealed(&format!(
                "[{{{}}}]",
                (0..40)
                    .map(|i| format!("\"{}{i}\":1", "k".repeat(300)))
                    .collect::<Vec<_>>()
                    .join(",")
            )),
        )
        .await;
    let entry: serde_json::Value = serde_json::from_str(reply.envelope().items[0]).expect("JSON");
    assert!(entry["message"].as_str().expect("text").chars().count() <= 255);
}

#[tokio::test]
async fn garbage_is_answered_entry_by_entry_up_to_a_limit() {
    let service = Tolerant::default();
    let peer = Peer::of_city(
        CityRouter::new(service.clone(), accounts())
            .options(options(Dialect::default(), &Told::default())),
    )
    .await;
    let garbage = |count: usize| format!("[{}]", vec!["0"; count].join(","));
    let reply = peer
        .post("5001", peer.bearer(), sealed(&garbage(10_000)))
        .await;
    assert_eq!(
        (
            reply.envelope().result,
            reply.envelope().items.len(),
            reply.code(9_999)
        ),
        (ResultCode::SUCCESS, 10_000, Some(1005))
    );
    for count in [10_001, 1_000_000] {
        peer.post("5001", peer.bearer(), sealed(&garbage(count)))
            .await
            .is(refused(1005, "more than 10000 entries are wrong"));
    }
    assert!(
        service.0.lock().expect("not poisoned").is_empty(),
        "nothing of it came to the service"
    );
    let good = format!("[{}]", vec![SPACE; 100_000].join(","));
    assert_eq!(
        peer.post("5001", peer.bearer(), sealed(&good))
            .await
            .envelope()
            .items
            .len(),
        100_000
    );
}

#[tokio::test]
async fn deviations_are_told_once_wherever_they_stand() {
    let seen = Told::default();
    let peer = Peer::of_city(
        CityRouter::new(Tolerant::default(), accounts())
            .options(options(Dialect::default(), &seen)),
    )
    .await;
    for (path, name) in [("5010", "5010 query_auto_pay"), ("7001", "7001")] {
        let data = r#"[{"plateNo":1,"x":2}]"#;
        let body = signed(
            data,
            &Scheme::new(Algorithm::Md5, Scope::List)
                .sign(data)
                .expect("can be signed"),
        );
        peer.post(path, peer.bearer(), body).await.is(DONE);
        let mut told = seen.take();
        told.sort();
        let paths: Vec<(DeviationKind, &str)> = told
            .iter()
            .map(|(_, kind, path)| (*kind, path.as_str()))
            .collect();
        let mut expected = [
            (DeviationKind::OTHER_SIGNATURE, "sign"),
            (DeviationKind::NUMBER_FOR_TEXT, "data[0].plateNo"),
            (DeviationKind::UNKNOWN_FIELD, "data[0].x"),
        ];
        expected.sort();
        let mut sorted = paths.clone();
        sorted.sort();
        assert_eq!(sorted, expected, "{path}");
        // `other` answers for QueryAutoPay here, so its entries go by that name.
        assert!(
            told.iter()
                .all(|(endpoint, ..)| endpoint == name || endpoint == "5010 query_auto_pay"),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn a_service_that_panics_at_login_or_upload_answers() {
    struct Clumsy;
    impl CityService for Clumsy {
        async fn logged_in(&self, _: &Ctx, _: &Login) -> Result<(), Refusal> {
            panic!("a bug in the application")
        }
    }
    let peer = Peer::of(
        CityRouter::new(Clumsy, accounts())
            .options(options(Dialect::default(), &Told::default()))
            .into_router(),
    )
    .await;
    peer.post("1001", None, login(&account().key.seal("canary-password")))
        .await
        .is((200, 1, None, "系统内部错误"));

    #[derive(Clone)]
    struct Upload;
    impl CityService for Upload {
        async fn upload_image(
            &self,
            _: &Ctx,
            _: ImageUpload,
            _: ImageStream<'_>,
        ) -> Result<(), Refusal> {
            panic!("a bug in the application")
        }
    }
    let peer = Peer::of_city(
        CityRouter::new(Arc::new(Upload), accounts())
            .options(options(Dialect::default(), &Told::default())),
    )
    .await;
    super::image::Form::table()
        .post(&peer)
        .await
        .is((200, 1, None, "系统内部错误"));
}
