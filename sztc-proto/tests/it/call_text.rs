//! Interfaces called by their numbers, records as JSON text: what the named methods do, for tools,
//! queues and sidecars.
use crate::{common::*, retry::faults::*};
use serde_json::{Value, json};
use sztc_proto::{code::*, endpoint::*, model::*, *};

fn record(code: u16) -> Value {
    serde_json::from_str(&text(code, "request")).expect("JSON")
}

fn text(code: u16, side: &str) -> String {
    let path = format!(
        "{}/fixtures/samples/{code}.{side}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(&path).expect(&path)
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// A space whose name tells what becomes of it.
fn space(name: &str) -> Value {
    json!({"spaceNo": name, "state": 2})
}

/// Refuses the space `gone`.
struct Spaces;

impl CityService for Spaces {
    async fn report_space_state(
        &self,
        _: &Ctx,
        items: Vec<SpaceStateReport>,
    ) -> Result<Vec<Outcome<SpaceStateReply>>, Refusal> {
        each(items, async |item| match &*item.space_no {
            "gone" => Err(Refusal::new(BusinessCode::NO_SPACE, "车位\"不存在\"")),
            _ => Ok(SpaceStateReply {
                space_no: item.space_no,
            }),
        })
        .await
    }
}

/// What the city got of 5001, from a client that thinks it answered.
async fn sent_as(record: &str) -> Value {
    let (base, asked) = stub(|_, _| done(r#"{"spaceNo":"1"}"#)).await;
    city(&base)
        .call_text("5001", record)
        .await
        .expect("answered");
    let request = asked.last(5001);
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    value(body)["data"].clone()
}

#[tokio::test]
async fn every_interface_is_called_by_its_number() {
    let (service, partner) = (ReplayCity::default(), ReplayPartner::default());
    let (at_city, at_partner) = (service.0.clone(), partner.0.clone());
    let (city, _) = city_over_https(CityRouter::new(service, accounts())).await;
    let partner = partner_over_https(PartnerRouter::new(
        partner,
        CallbackAuth::token(CALLBACK_TOKEN),
    ))
    .await;
    // Login, tokens and upload are the transport's own.
    for info in ENDPOINTS
        .iter()
        .filter(|info| !matches!(info.number(), Some(1001..=1006 | 2001)))
    {
        let code = info.number().expect("a number");
        let record = text(code, "request");
        let (outcome, calls) = match info.role {
            Role::City => (city.call_text(info.name, &record).await, at_city.take()),
            Role::Partner => (
                partner.call_text(info.name, &record).await,
                at_partner.take(),
            ),
        };
        let reply = value(&outcome.expect(info.label));
        let expected = match info.shape {
            Shape::Nothing => json!({}),
            Shape::Many => json!([value(&text(code, "reply"))]),
            _ => value(&text(code, "reply")),
        };
        assert_eq!(reply, expected, "{}", info.label);
        assert_eq!(calls.len(), 1, "{}", info.label);
        // The client of the other role calls it by no name.
        let error = match info.role {
            Role::City => partner.call_text(info.name, &record).await,
            Role::Partner => city.call_text(info.name, &record).await,
        };
        let error = error.expect_err("the other role's");
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::Caller, Sent::No),
            "{error}"
        );
        assert!(
            at_city.take().is_empty() && at_partner.take().is_empty(),
            "{}",
            info.label
        );
    }
}

#[tokio::test]
async fn a_record_is_answered_by_a_record_and_a_list_by_a_list() {
    let (city, _) = city_over_https(CityRouter::new(Spaces, accounts())).await;
    for (records, reply) in [
        (space("1"), r#"{"spaceNo":"1"}"#),
        (json!([space("1")]), r#"[{"spaceNo":"1"}]"#),
        (
            json!([space("1"), space("2")]),
            r#"[{"spaceNo":"1"},{"spaceNo":"2"}]"#,
        ),
        (json!([]), "[]"),
        // A refused entry stands in its own place.
        (
            json!([space("1"), space("gone"), space("3")]),
            r#"[{"spaceNo":"1"},{"code":1102,"message":"车位\"不存在\""},{"spaceNo":"3"}]"#,
        ),
        (
            json!([space("gone")]),
            r#"[{"code":1102,"message":"车位\"不存在\""}]"#,
        ),
    ] {
        // White space around it makes no difference.
        let text = city
            .call_text("5001", &format!(" \r\n{records:#}\n"))
            .await
            .expect("answered");
        assert_eq!(text, reply, "{records}");
    }
    // One record alone is refused as the named method is.
    let error = city
        .call_text("5001", &space("gone").to_string())
        .await
        .expect_err("refused");
    let gone = decode(&space("gone").to_string(), &Rules::strict())
        .expect("a record")
        .0;
    let named = city.report_space_state(gone).await.expect_err("refused");
    assert_eq!(error.to_string(), named.to_string());
    assert_eq!(
        (error.kind(), error.sent(), error.endpoint()),
        (
            ErrorKind::Refused,
            Sent::Answered,
            Some("5001 report_space_state")
        )
    );
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::NO_SPACE)
    );
    // The whole call, too.
    let error = city
        .call_text("5010", &text(5010, "request"))
        .await
        .expect_err("not offered");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::NO_OBJECT)
    );
}

#[tokio::test]
async fn a_question_with_many_answers_stands_alone() {
    let (base, asked) = stub(|code, _| {
        if code == 6005 {
            answer(200, "", reply(0, ""))
        } else {
            status(500)
        }
    })
    .await;
    let partner = partner(&base);
    let query = record(6005);
    assert_eq!(
        partner
            .call_text("6005", &query.to_string())
            .await
            .expect("none found"),
        "[]"
    );
    assert_eq!(
        partner
            .call_text("6005", &json!([query]).to_string())
            .await
            .expect("none found"),
        "[[]]"
    );
    assert_eq!(asked.take(), [6005, 6005]);
    let two = json!([query, query]).to_string();
    let error = partner
        .call_text("6005", &two)
        .await
        .expect_err("one question a call");
    assert_eq!(
        (error.kind(), error.sent(), error.endpoint()),
        (ErrorKind::Caller, Sent::No, Some("6005 find_cars"))
    );
    assert!(asked.take().is_empty());
}

#[tokio::test]
async fn what_is_merely_written_otherwise_is_sent_as_the_table_has_it() {
    let right = json!([space("123")]);
    for record in [
        r#"{"spaceNo":"123","state":2}"#,
        r#"{"state":"2","SpaceNo":123}"#,
        r#"{"spaceNo":"123","state":2,"parkCode":null}"#,
        r#"[{" spaceno ":"123","state":2}]"#,
    ] {
        assert_eq!(sent_as(record).await, right, "{record}");
    }
}

/// What is refused before anything is sent: name, record, where it is wrong, and what the text says
/// of it.
fn wrong() -> Vec<(&'static str, String, Option<&'static str>, &'static str)> {
    let with = |member: &str, value: Value| {
        let mut space = space("1");
        space[member] = value;
        space
    };
    let unknown = || with("colour", json!("red"));
    let mut deep = record(3001);
    deep["parkInfo"]["colour"] = json!({"deep": []});
    let long = "1".repeat(29);
    vec![
        (
            "5001",
            unknown().to_string(),
            Some("colour"),
            "would not be sent",
        ),
        (
            "5001",
            json!([space("1"), unknown()]).to_string(),
            Some("data[1].colour"),
            "would not be sent",
        ),
        (
            "3001",
            deep.to_string(),
            Some("parkInfo.colour"),
            "would not be sent",
        ),
        (
            "5001",
            with("state", json!([1])).to_string(),
            Some("state"),
            "5001 report_space_state: ",
        ),
        (
            "5001",
            json!([space("1"), 5]).to_string(),
            Some("data[1]"),
            "expected",
        ),
        (
            "5001",
            json!([null]).to_string(),
            Some("data[0]"),
            "expected",
        ),
        (
            "5001",
            with("state", json!(77)).to_string(),
            Some("data[0].state"),
            "list of values",
        ),
        // All that breaks the rules, at once.
        (
            "5001",
            json!([space(&long), space("1"), space("")]).to_string(),
            Some("data[0].spaceNo"),
            "at most 28 allowed; data[2].spaceNo: required",
        ),
        ("5001", "{}".to_owned(), Some("spaceNo"), "required"),
        (
            "5001",
            r#"{"spaceNo":"1","spaceNo":"2","state":2}"#.to_owned(),
            Some("spaceNo"),
            "twice",
        ),
        ("5001", String::new(), Some(""), "not JSON"),
        ("5001", "{".to_owned(), Some(""), "not JSON"),
        (
            "5001",
            r#"[{"spaceNo":"1","state":2}"#.to_owned(),
            Some(""),
            "not JSON",
        ),
        ("5001", "[1] 2".to_owned(), Some(""), "not JSON"),
        ("5001", "<html>".to_owned(), Some(""), "not JSON"),
        // Names that mean nothing to this client.
        (
            "7001",
            space("1").to_string(),
            None,
            r#""7001" is no interface"#,
        ),
        (
            "6001",
            text(6001, "request"),
            None,
            r#""6001" is no interface"#,
        ),
        ("05001", space("1").to_string(), None, "is no interface"),
        ("+5001", space("1").to_string(), None, "is no interface"),
        (
            "report_space_state",
            space("1").to_string(),
            None,
            "is no interface",
        ),
        ("", space("1").to_string(), None, "is no interface"),
    ]
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_path_and_nothing_is_sent() {
    let (base, asked) = stub(|_, _| done(r#"{"spaceNo":"1"}"#)).await;
    let city = city(&base);
    for (name, record, path, part) in wrong() {
        let error = city.call_text(name, &record).await.expect_err(&record);
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::Caller, Sent::No),
            "{name} {record}: {error}"
        );
        assert_eq!(error.path(), path, "{name} {record}: {error}");
        assert!(error.to_string().contains(part), "{name} {record}: {error}");
        assert_eq!(error.endpoint().is_some(), path.is_some(), "{error}");
        // Asked beforehand it is the same.
        let checked = city.check_text(name, &record).expect_err(&record);
        assert_eq!(checked.to_string(), error.to_string());
    }
    assert!(asked.take().is_empty());
    // A long name is not repeated at its full length.
    let error = city
        .check_text(&"9".repeat(10_000), "{}")
        .expect_err("no such interface");
    assert!(error.to_string().len() < 200, "{error}");
}

#[tokio::test]
async fn what_is_right_is_checked_without_a_call() {
    let (base, asked) = stub(|_, _| done("{}")).await;
    let (city, partner) = (city(&base), partner(&base));
    for info in ENDPOINTS
        .iter()
        .filter(|info| !matches!(info.number(), Some(1001..=1006 | 2001)))
    {
        let record = text(info.number().expect("a number"), "request");
        for record in [format!("[{record},{record}]"), record] {
            match info.role {
                Role::City => city.check_text(info.name, &record).expect(info.label),
                Role::Partner => partner.check_text(info.name, &record).expect(info.label),
            }
        }
    }
    city.check_text("5001", "[]")
        .expect("nothing is nothing wrong");
    assert!(asked.take().is_empty());
}

#[tokio::test]
async fn a_waived_limit_is_waived_here_too() {
    let (base, asked) = stub(|_, _| done(r#"{"permitNo":"44030401"}"#)).await;
    let mut tariff = record(3005);
    tariff["permitNo"] = json!("6634344557");
    let tariff = tariff.to_string();
    let error = city(&base)
        .call_text("3005", &tariff)
        .await
        .expect_err("too long");
    assert_eq!(error.path(), Some("data[0].permitNo"));
    assert!(asked.take().is_empty());
    let waiving = city(&base).dialect(Dialect::default().waive(KNOWN_SLIPS));
    waiving.check_text("3005", &tariff).expect("waived");
    waiving.call_text("3005", &tariff).await.expect("waived");
    assert_eq!(asked.take(), [3005]);
}

#[tokio::test]
async fn what_acts_twice_is_sent_once_and_the_rest_is_repeated() {
    for (name, answer) in [
        ("5007", r#"{"orderNo":"1"}"#),
        ("5010", r#"{"state":"0"}"#),
        ("5001", r#"{"spaceNo":"1"}"#),
    ] {
        let (base, asked) = stub(move |_, number| {
            if number == 1 {
                status(503)
            } else {
                done(answer)
            }
        })
        .await;
        let info = Info::of(name).expect("in the table");
        let code = info.number().expect("a number");
        let city = city(&base);
        let outcome = city.call_text(name, &text(code, "request")).await;
        if info.retry == Retry::Never {
            let error = outcome.expect_err("not repeated");
            assert_eq!(
                (error.kind(), error.sent(), error.endpoint()),
                (ErrorKind::Network, Sent::Maybe, Some(info.label))
            );
            assert_eq!(asked.take(), [code]);
        } else {
            assert_eq!(outcome.expect("the second time"), answer);
            assert_eq!(asked.take(), [code, code]);
        }
    }
    // What was set for the client holds.
    let (base, asked) = stub(|_, _| status(503)).await;
    let once = city(&base).with(|o| o.retry = RetryPolicy::off());
    once.call_text("5010", &text(5010, "request"))
        .await
        .expect_err("not repeated");
    assert_eq!(asked.take(), [5010]);
}
