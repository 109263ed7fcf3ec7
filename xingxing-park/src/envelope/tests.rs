use super::*;
use crate::{
    code::ReceiptStatus,
    model::{ChargeQuery, DiscountReport},
};
use park_core::form;
use park_core::{Deviation, Money};
use proptest::prelude::*;

const SAMPLE: &str = include_str!("../../fixtures/document/3.1-park-charge-result.json");
const NOT_FOUND: &str = include_str!("../../fixtures/document/4.2.5-not-found.json");

fn sample() -> ParkChargeResult {
    serde_json::from_str(SAMPLE).expect("as printed")
}

fn noted(deviations: &Deviations) -> Vec<(DeviationKind, &str)> {
    deviations
        .list()
        .iter()
        .map(|Deviation { kind, path, .. }| (*kind, path.as_str()))
        .collect()
}

fn answer<R: Model>(text: &str) -> (Result<R, AnswerError>, Vec<(DeviationKind, String)>) {
    let mut deviations = Deviations::default();
    let answer = read_answer(text, &Dialect::default(), &mut deviations);
    (
        answer,
        noted(&deviations)
            .into_iter()
            .map(|(kind, path)| (kind, path.to_owned()))
            .collect(),
    )
}

#[test]
fn a_request_in_any_style_is_read_and_only_a_form_is_a_departure() {
    let dialect = Dialect::default();
    let query = ChargeQuery {
        operator_id: "停车 & 1".into(),
        order_id: "1".into(),
    };
    let report = DiscountReport {
        order_id: "1".into(),
        discount_money: Money::ZERO,
    };
    for (style, departures) in [
        (BodyStyle::Fields, &[][..]),
        (BodyStyle::Wrapped, &[]),
        (BodyStyle::Form, &[(DeviationKind::BODY_STYLE, "")]),
    ] {
        let mut deviations = Deviations::default();
        let text = write_request(&sample(), style, &dialect).expect("a model");
        assert_eq!(
            text.starts_with(r#"{"ParkChargeResult":{"#),
            style == BodyStyle::Wrapped,
            "{text}"
        );
        assert_eq!(
            read_request(&text, &dialect, &mut deviations),
            Ok(sample()),
            "{text}"
        );
        assert_eq!(noted(&deviations), departures, "{text}");
        let none = &mut Deviations::default();
        let text = write_request(&query, style, &dialect).expect("a model");
        assert_eq!(
            read_request(&text, &dialect, none),
            Ok(query.clone()),
            "{text}"
        );
        let text = write_request(&report, style, &dialect).expect("a model");
        assert_eq!(
            read_request(&text, &dialect, none),
            Ok(report.clone()),
            "{text}"
        );
        let strict = read_request::<DiscountReport>(&text, &Dialect::strict(), none);
        assert_eq!(strict.is_err(), style == BodyStyle::Form);
    }
}

#[test]
fn a_notification_is_read_however_it_is_wrapped() {
    let inner = write_request(&sample(), BodyStyle::Fields, &Dialect::default()).expect("a model");
    let quoted = serde_json::to_string(&inner).expect("text");
    let mut form = String::new();
    form::push("ParkChargeResult", &inner, &mut form);
    for (text, departures) in [
        (
            format!("\u{feff} {inner}\n"),
            &[(DeviationKind::BYTE_ORDER_MARK, "")][..],
        ),
        (format!(r#"{{"ParkChargeResult":{inner}}}"#), &[]),
        (
            format!(r#"{{"parkChargeResult":{inner}}}"#),
            &[(DeviationKind::KEY_STYLE, "ParkChargeResult")],
        ),
        (
            format!(r#"{{"ParkChargeResult":{quoted}}}"#),
            &[(DeviationKind::BODY_STYLE, "ParkChargeResult")],
        ),
        (
            format!(r#"{{"ParkChargeResult":{inner},"x":1}}"#),
            &[(DeviationKind::UNKNOWN_FIELD, "x")],
        ),
        (form, &[(DeviationKind::BODY_STYLE, "")]),
    ] {
        let mut deviations = Deviations::default();
        assert_eq!(
            read_request(&text, &Dialect::default(), &mut deviations),
            Ok(sample()),
            "{text}"
        );
        assert_eq!(noted(&deviations), departures, "{text}");
    }
}

#[test]
fn what_is_no_request_is_refused_with_every_broken_rule() {
    let refused = |text: &str| {
        read_request::<ParkChargeResult>(text, &Dialect::default(), &mut Deviations::default())
            .expect_err(text)
    };
    for text in [
        "",
        "<html lang=\"a\">",
        "[]",
        "{",
        "null",
        "hello",
        r#"{"ParkChargeResult":7}"#,
        r#"{"ParkChargeResult":"#,
    ] {
        let [violation] = &refused(text)[..] else {
            panic!("{text}")
        };
        assert!(
            matches!(violation.rule, Rule::Syntax { .. } | Rule::Type { .. }),
            "{text}: {violation}"
        );
    }
    let twice = refused(r#"{"ParkChargeResult":{},"ParkChargeResult":{}}"#);
    assert_eq!(twice, [Violation::new("ParkChargeResult", Rule::Duplicate)]);
    let bad = SAMPLE
        .replace("000000002", "2")
        .replace("苏DR3005", "12345678901")
        .replace("0.4,", "0.401,");
    let paths: Vec<String> = refused(&bad)
        .into_iter()
        .map(|violation| violation.path)
        .collect();
    assert_eq!(paths, ["OperatorID", "Plate", "TotalPower"]);
    assert_eq!(refused("OrderID=1&OrderID=2")[0].rule, Rule::Duplicate);
}

#[test]
fn a_receipt_is_read_in_every_known_form() {
    let accepted = |departures: &[(DeviationKind, &str)]| {
        let departures: Vec<_> = departures
            .iter()
            .map(|(kind, path)| (*kind, (*path).to_owned()))
            .collect();
        (Ok(Receipt::ACCEPTED), departures)
    };
    for (text, expected) in [
        (r#"{"Status":0}"#, accepted(&[])),
        (
            r#"{"Ret":0,"Msg":"","Data":{"Status":0},"Sig":null}"#,
            accepted(&[]),
        ),
        (
            r#"{"Ret":200,"Msg":null,"Data":{"Status":0},"Sig":"AB"}"#,
            accepted(&[]),
        ),
        (
            "\u{feff}{\"Status\":0}",
            accepted(&[(DeviationKind::BYTE_ORDER_MARK, "")]),
        ),
        (
            r#"{"Status":"0"}"#,
            accepted(&[(DeviationKind::TEXT_FOR_NUMBER, "Status")]),
        ),
        (
            r#"{"status":0}"#,
            accepted(&[(DeviationKind::KEY_STYLE, "status")]),
        ),
        (
            r#"{"Ret":"0","Data":"{\"Status\":0}"}"#,
            accepted(&[
                (DeviationKind::TEXT_FOR_NUMBER, "Ret"),
                (DeviationKind::BODY_STYLE, "Data"),
            ]),
        ),
        (
            r#"{"Ret":0,"Data":null}"#,
            accepted(&[(DeviationKind::BODY_STYLE, "Data")]),
        ),
        (
            r#"{"Ret":0,"Data":""}"#,
            accepted(&[
                (DeviationKind::BODY_STYLE, "Data"),
                (DeviationKind::BODY_STYLE, "Data"),
            ]),
        ),
        (
            r#"{"result_code":"success"}"#,
            accepted(&[(DeviationKind::BODY_STYLE, "result_code")]),
        ),
    ] {
        assert_eq!(answer::<Receipt>(text), expected, "{text}");
    }
    let other = Receipt {
        status: ReceiptStatus(7),
    };
    assert_eq!(
        answer(r#"{"Status":7}"#),
        (
            Ok(other),
            vec![(DeviationKind::UNKNOWN_CODE, "Status".to_owned())]
        )
    );
    assert!(!other.is_accepted() && Receipt::ACCEPTED.is_accepted());
}

#[test]
fn an_order_is_read_in_every_known_form_and_not_found_is_none() {
    let data = write_request(&sample(), BodyStyle::Fields, &Dialect::default()).expect("a model");
    let quoted = serde_json::to_string(&data).expect("text");
    for text in [
        SAMPLE.to_owned(),
        format!(r#"{{"Ret":200,"Msg":"","Data":{data},"Sig":null}}"#),
        format!(r#"{{"Ret":0,"Msg":"","Data":{data}}}"#),
        format!(r#"{{"ParkChargeResult":{data}}}"#),
        format!(r#"{{"Ret":0,"Data":{{"ParkChargeResult":{data}}}}}"#),
        format!(r#"{{"Ret":0,"Data":{quoted}}}"#),
    ] {
        let (found, departures) = answer::<Option<ParkChargeResult>>(&text);
        assert_eq!(found, Ok(Some(sample())), "{text}");
        assert_eq!(departures.is_empty(), !text.contains(&quoted), "{text}");
    }
    let nothing = [
        NOT_FOUND,
        r#"{"Ret":0,"Data":null}"#,
        r#"{"Ret":0}"#,
        "null",
        r#"{"ParkChargeResult":null}"#,
    ];
    for text in nothing {
        assert_eq!(
            answer::<Option<ParkChargeResult>>(text),
            (Ok(None), vec![]),
            "{text}"
        );
    }
    for text in [r#"{"Ret":0,"Data":""}"#, r#"{"Ret":0,"Data":"null"}"#] {
        assert_eq!(
            answer::<Option<ParkChargeResult>>(text),
            (
                Ok(None),
                vec![(DeviationKind::BODY_STYLE, "Data".to_owned())]
            ),
            "{text}"
        );
    }
}

#[test]
fn a_refusal_is_told_from_a_text_that_is_no_answer() {
    for (text, refusal) in [
        (
            r#"{"Ret":4004,"Msg":"no","Data":null,"Sig":null}"#,
            Refusal::new(Ret::WRONG_PARAMETERS, "no"),
        ),
        (r#"{"Ret":-1}"#, Refusal::new(Ret::BUSY, "")),
        (r#"{"Ret":"7","Msg":null}"#, Refusal::new(Ret(7), "")),
        (
            r#"{"result_code":"fail"}"#,
            Refusal::message("result_code fail"),
        ),
    ] {
        assert_eq!(
            answer::<Receipt>(text).0,
            Err(AnswerError::Refused(refusal.clone())),
            "{text}"
        );
        assert_eq!(
            answer::<Option<ParkChargeResult>>(text).0,
            Err(AnswerError::Refused(refusal)),
            "{text}"
        );
    }
    for text in [
        "",
        "<html>",
        "ok",
        "7",
        "{}",
        "[1]",
        r#"{"Ret":{}}"#,
        r#"{"Ret":0,"Data":"c2VhbGVk"}"#,
        r#"{"Ret":0,"Ret":0}"#,
        r#"{"Data":null}"#,
    ] {
        assert!(
            matches!(answer::<Receipt>(text).0, Err(AnswerError::Invalid(_))),
            "{text}"
        );
    }
    // Success says nothing about an order.
    for text in ["{}", r#"{"result_code":"success"}"#, r#"{"Status":0}"#] {
        assert!(
            matches!(
                answer::<Option<ParkChargeResult>>(text).0,
                Err(AnswerError::Invalid(_))
            ),
            "{text}"
        );
    }
    let long = Refusal::new(Ret::SYSTEM_ERROR, "长".repeat(9999));
    let Err(AnswerError::Refused(read)) = answer::<Receipt>(&write_refusal(&long)).0 else {
        panic!("a refusal")
    };
    assert_eq!(read.message.chars().count(), LONGEST_MESSAGE);
}

#[test]
fn answers_are_written_as_the_document_prints_them() {
    let written = |style| {
        let dialect = Dialect::default().answer(style);
        let result = write_answer(&Some(sample()), &dialect).expect("a model");
        assert_eq!(answer(&result), (Ok(Some(sample())), vec![]), "{result}");
        (
            write_answer(&Receipt::ACCEPTED, &dialect).expect("a model"),
            write_answer(&None::<ParkChargeResult>, &dialect).expect("a model"),
            result.starts_with(r#"{"Ret":200,"Msg":"","Data":{"OperatorID":"#),
        )
    };
    let not_found: String = NOT_FOUND.split_whitespace().collect();
    let bare = r#"{"Status":0}"#.to_owned();
    let enveloped = r#"{"Ret":200,"Msg":"","Data":{"Status":0},"Sig":null}"#.to_owned();
    assert_eq!(
        written(AnswerStyle::Printed),
        (bare.clone(), not_found.clone(), true)
    );
    assert_eq!(
        written(AnswerStyle::Envelope),
        (enveloped, not_found.clone(), true)
    );
    assert_eq!(written(AnswerStyle::Bare), (bare, not_found, false));
    for refusal in [
        Refusal::message("x"),
        Refusal::new(Ret::OK, "x"),
        Refusal::new(Ret::DONE, "x"),
    ] {
        assert_eq!(
            write_refusal(&refusal),
            r#"{"Ret":500,"Msg":"x","Data":null,"Sig":null}"#
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,80}",
        name in "Ret|Data|Status|result_code|ParkChargeResult",
        value in "null|0|200|\"\"|\"\\{\\}\"|\\{\\}|\\[\\]|\"success\"") {
        for text in [text, format!("{{\"{name}\":{value}}}"),
            format!("{{\"Ret\":0,\"{name}\":{value}}}")] {
            let none = &mut Deviations::default();
            let _ = read_request::<ParkChargeResult>(&text, &Dialect::default(), none);
            let _ = read_request::<ChargeQuery>(&text, &Dialect::default(), none);
            let tolerant = read_answer::<Receipt>(&text, &Dialect::default(), none);
            if read_answer::<Receipt>(&text, &Dialect::strict(), none).is_ok() {
                prop_assert!(tolerant.is_ok(), "{}", text);
            }
            let _ = read_answer::<Option<ParkChargeResult>>(&text, &Dialect::default(), none);
        }
    }
}
