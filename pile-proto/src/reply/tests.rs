use super::*;

fn enveloped() -> Dialect {
    Dialect::default().reply(
        ReplyShape::default()
            .under("data")
            .code("status")
            .success(["100"])
            .message("msg")
            .group_list("list"),
    )
}

fn opened<'a>(dialect: &Dialect, text: &'a str) -> Result<&'a str, ReplyError> {
    dialect.open_reply(text, &mut Deviations::default())
}

fn refused(code: &str, message: &str) -> Result<&'static str, ReplyError> {
    Err(ReplyError::Refused(Refusal::new(code.into(), message)))
}

#[test]
fn by_default_the_reply_is_the_payload_and_a_code_is_recognised() {
    let dialect = Dialect::default();
    for payload in [
        r#"{"OrderId":"1","status":0}"#,
        r#"[{"Id":"1"}]"#,
        r#"{"code":0,"message":"","OrderId":"1"}"#,
        r#"{"code":"200","OrderId":"1"}"#,
        r#"{"code":null,"message":"x","OrderId":"1"}"#,
        r#"{"message":"","x":1}"#,
        "{}",
        "null",
    ] {
        assert_eq!(
            opened(&dialect, &format!(" {payload}\n")),
            Ok(payload),
            "{payload}"
        );
    }
    for (text, answer) in [
        (
            r#"{"code":1001,"message":"params error"}"#,
            refused("1001", "params error"),
        ),
        (
            r#"{"resultCode":"E7","resultMsg":"桩离线"}"#,
            refused("E7", "桩离线"),
        ),
        (r#"{"Code":-1,"Msg":null,"OrderId":"1"}"#, refused("-1", "")),
        (
            r#"{"errcode":40001,"errmsg":"bad token"}"#,
            refused("40001", "bad token"),
        ),
        (
            r#"{"errmsg":"x","resultCode":0,"msg":"y","code":3}"#,
            refused("3", "y"),
        ),
        (
            r#"{"msg":"no such order"}"#,
            Err(ReplyError::Refused(Refusal::message("no such order"))),
        ),
        (
            r#"{"code":0,"code":1}"#,
            Err(Violation::new("code", Rule::Duplicate).into()),
        ),
    ] {
        assert_eq!(opened(&dialect, text), answer, "{text}");
    }
}

#[test]
fn a_vendor_s_own_envelope_is_configured() {
    let dialect = enveloped();
    for (text, answer) in [
        (
            r#"{"status":100,"msg":"ok","data":{"OrderId":"1"}}"#,
            Ok(r#"{"OrderId":"1"}"#),
        ),
        (r#"{"data":[1, 2]}"#, Ok("[1, 2]")),
        (
            r#"{"status":2004,"msg":"不存在该条订单","data":null}"#,
            refused("2004", "不存在该条订单"),
        ),
        (
            r#"{"status":100,"msg":"ok"}"#,
            Err(Violation::new("data", Rule::Missing).into()),
        ),
        (
            r#"{"status":100,"data":null}"#,
            Err(Violation::new("data", Rule::Missing).into()),
        ),
        ("[]", Err(Violation::new("data", Rule::Missing).into())),
    ] {
        assert_eq!(opened(&dialect, text), answer, "{text}");
    }
    let mut noted = Deviations::default();
    dialect
        .open_reply(
            "\u{feff}{\"status\":100,\"pager\":{},\"data\":1}",
            &mut noted,
        )
        .expect("a reply");
    let kinds: Vec<_> = noted.list().iter().map(|found| found.kind).collect();
    assert_eq!(
        kinds,
        [DeviationKind::BYTE_ORDER_MARK, DeviationKind::UNKNOWN_FIELD]
    );
}

#[test]
fn what_is_no_json_is_told() {
    for dialect in [Dialect::default(), enveloped()] {
        for bad in [r#"{"code":"#, r#"{"data":[}"#, "{} {}"] {
            assert!(
                matches!(
                    opened(&dialect, bad),
                    Err(ReplyError::Unreadable(Violation {
                        rule: Rule::Syntax { .. },
                        ..
                    }))
                ),
                "{bad}"
            );
        }
    }
    for bad in ["<html>", "", "[1"] {
        assert!(
            matches!(
                opened(&Dialect::default(), bad),
                Err(ReplyError::Unreadable(_))
            ),
            "{bad}"
        );
    }
}

#[test]
fn a_list_is_found_where_the_vendor_puts_it() {
    let bare = Dialect::default();
    let under = enveloped();
    for (dialect, text, entries, count) in [
        (
            &bare,
            r#"[{"Id":"1"}, {"Id":"2"}]"#,
            vec![r#"{"Id":"1"}"#, r#"{"Id":"2"}"#],
            0,
        ),
        (&bare, r#"{"Id":"1"}"#, vec![r#"{"Id":"1"}"#], 1),
        (&bare, "null", vec![], 1),
        (&under, r#"{"data":{"list":[{}]}}"#, vec!["{}"], 0),
        (&under, r#"{"data":{"total":0,"list":null}}"#, vec![], 1),
    ] {
        let mut noted = Deviations::default();
        assert_eq!(dialect.open_list(text, &mut noted), Ok(entries), "{text}");
        assert_eq!(noted.count(), count, "{text}");
    }
    let none = &mut Deviations::default();
    assert_eq!(
        under.open_list(r#"{"data":{}}"#, none),
        Err(Violation::new("list", Rule::Missing).into())
    );
    assert!(bare.open_list("7", none).is_err());
    assert!(Dialect::strict().open_list("null", none).is_err());
}

#[test]
fn what_is_sealed_is_opened() {
    for dialect in [Dialect::default(), enveloped()] {
        let none = &mut Deviations::default();
        assert_eq!(
            dialect.open_reply(&dialect.seal_reply(r#"{"a":1}"#), none),
            Ok(r#"{"a":1}"#)
        );
        assert_eq!(
            dialect.open_list(&dialect.seal_list(["{}", "{}"]), none),
            Ok(vec!["{}", "{}"])
        );
        assert_eq!(dialect.open_list(&dialect.seal_list([]), none), Ok(vec![]));
        let refusal = Refusal::new("1001".into(), "params \"error\"");
        assert_eq!(
            dialect.open_reply(&dialect.seal_refusal(&refusal), none),
            Err(ReplyError::Refused(refusal.clone()))
        );
        assert_eq!(
            dialect.open_acknowledgement(&dialect.seal_acknowledgement()),
            Ok(())
        );
        assert_eq!(
            dialect.open_acknowledgement(&dialect.seal_refusal(&refusal)),
            Err(refusal)
        );
        assert!(none.is_empty());
    }
}

#[test]
fn a_refusal_is_never_written_as_a_success() {
    let dialect = Dialect::default();
    for refusal in [
        Refusal::message("x"),
        Refusal::new("0".into(), "x"),
        Refusal::new("".into(), "x"),
    ] {
        assert_eq!(
            dialect.seal_refusal(&refusal),
            r#"{"code":1,"message":"x"}"#
        );
    }
    assert_eq!(
        dialect.seal_refusal(&Refusal::new("0012".into(), "x")),
        r#"{"code":"0012","message":"x"}"#
    );
}

#[test]
fn only_a_failing_code_refuses_a_callback() {
    let dialect = Dialect::default();
    for taken in [
        "",
        "success",
        r#"{"code":0}"#,
        r#"{"ok":true}"#,
        "{",
        r#"{"result_code":"success"}"#,
    ] {
        assert_eq!(dialect.open_acknowledgement(taken), Ok(()), "{taken}");
    }
    assert_eq!(
        dialect.open_acknowledgement(r#"{"code":"7","msg":"busy"}"#),
        Err(Refusal::new("7".into(), "busy"))
    );
}
