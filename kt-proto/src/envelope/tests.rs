use super::*;

fn open(text: &str) -> Result<Reply<'_>, ReplyError> {
    open_reply(text, &Rules::default(), &mut Deviations::default())
}

#[test]
fn a_reply_is_read_as_peers_write_it() {
    for (text, code, message, items, found) in [
        (
            r#"{"data":[{"a":1},{"a":2}],"resCode":0,"resMsg":null}"#,
            0,
            "",
            &[r#"{"a":1}"#, r#"{"a":2}"#][..],
            &[][..],
        ),
        (
            r#"{"resCode":1,"resMsg":"车牌\u53f7","data":null}"#,
            1,
            "车牌号",
            &[],
            &[],
        ),
        (r#"{"resCode":0}"#, 0, "", &[], &[]),
        (r#"{"resCode":0,"data":[]}"#, 0, "", &[], &[]),
        (
            r#"{"resCode":0,"data":""}"#,
            0,
            "",
            &[],
            &[DeviationKind::EMPTY_FOR_ABSENT],
        ),
        (
            r#"{"resCode":"0","data":{"a":1}}"#,
            0,
            "",
            &[r#"{"a":1}"#],
            &[
                DeviationKind::TEXT_FOR_NUMBER,
                DeviationKind::OBJECT_FOR_LIST,
            ],
        ),
        (
            "\u{feff} {\"ResCode\":0,\"x\":1}",
            0,
            "",
            &[],
            &[
                DeviationKind::BYTE_ORDER_MARK,
                DeviationKind::KEY_STYLE,
                DeviationKind::UNKNOWN_FIELD,
            ],
        ),
        (
            r#"{"data":[{"status":"1"}],"resCode":0,"resMsg":[{"a":1}]}"#,
            0,
            r#"[{"a":1}]"#,
            &[r#"{"status":"1"}"#],
            &[DeviationKind::NESTING],
        ),
        (
            r#"{"resCode":-3,"resMsg":7}"#,
            -3,
            "7",
            &[],
            &[DeviationKind::NUMBER_FOR_TEXT],
        ),
    ] {
        let mut deviations = Deviations::default();
        let reply = open_reply(text, &Rules::default(), &mut deviations).expect(text);
        assert_eq!(
            (reply.code, &*reply.message, &*reply.items),
            (code, message, items),
            "{text}"
        );
        assert_eq!(
            reply.data.trim_matches(['[', ']']),
            items.join(","),
            "{text}"
        );
        let kinds: Vec<DeviationKind> = deviations
            .list()
            .iter()
            .map(|deviation| deviation.kind)
            .collect();
        assert_eq!(kinds, found, "{text}");
        let strictly = open_reply(text, &Rules::strict(), &mut Deviations::default());
        assert_eq!(strictly.is_ok(), found.is_empty(), "{text}");
        assert!(!format!("{reply:?}").contains("status"));
    }
}

#[test]
fn what_is_no_reply_says_what_it_is() {
    for (text, error) in [
        ("", "the reply is empty: is this the right address?"),
        (" \r\n", "the reply is empty: is this the right address?"),
        (
            "\u{feff}<!DOCTYPE html>",
            "the reply is HTML, not JSON: is this the right address?",
        ),
        (
            "<html>canary",
            "the reply is HTML, not JSON: is this the right address?",
        ),
        (
            "canary",
            "the reply is not as it should be: not JSON: unexpected character at byte 0",
        ),
        (
            r#"{"resMsg":""}"#,
            "the reply is not as it should be: resCode: required, but absent or empty",
        ),
        (
            r#"{"resCode":0,"resCode":1}"#,
            "the reply is not as it should be: resCode: stands twice",
        ),
        (
            r#"{"resCode":0,"data":[{"a":1],"resMsg":""}"#,
            "the reply is not as it should be: not JSON: unexpected character at byte 27",
        ),
    ] {
        assert_eq!(open(text).expect_err(text).to_string(), error);
    }
}

#[test]
fn a_result_is_asked_for_where_one_is_due() {
    let refused = NoResult::Refused {
        code: 1,
        message: "无此车".to_owned(),
    };
    for (text, accepted, result) in [
        (r#"{"resCode":0,"data":[7]}"#, Ok(1), Ok("7")),
        (
            r#"{"resCode":0,"data":null}"#,
            Ok(0),
            Err(NoResult::Missing),
        ),
        (
            r#"{"resCode":1,"resMsg":"无此车","data":[7]}"#,
            Err(refused.clone()),
            Err(refused.clone()),
        ),
    ] {
        let reply = open(text).expect(text);
        assert_eq!(reply.accepted().map(<[&str]>::len), accepted);
        assert_eq!(reply.result(), result);
    }
}

#[test]
fn what_is_written_is_read() {
    for (code, message, items, text) in [
        (
            0,
            "",
            &["{\"a\":1}", "2"][..],
            r#"{"resCode":0,"resMsg":"","data":[{"a":1},2]}"#,
        ),
        (
            1,
            "没有\"\n",
            &[],
            r#"{"resCode":1,"resMsg":"没有\"\n","data":null}"#,
        ),
    ] {
        let sealed = seal_reply(code, message, items.iter().copied());
        assert_eq!(sealed, text);
        let reply =
            open_reply(&sealed, &Rules::strict(), &mut Deviations::default()).expect("its own");
        assert_eq!(
            (reply.code, &*reply.message, &*reply.items),
            (code, message, items)
        );
    }
}

#[test]
fn a_request_is_its_data() {
    let open = |text| open_request(text, &Rules::default(), &mut Deviations::default());
    assert_eq!(open(r#"{"data":"DkTw"}"#).as_deref(), Ok("DkTw"));
    assert_eq!(open(r#"{"Data" : "Dk\/w","x":[]}"#).as_deref(), Ok("Dk/w"));
    for (text, path) in [
        ("{}", "data"),
        (r#"{"data":null}"#, "data"),
        (r#"{"data":""}"#, "data"),
        (r#"{"data":{"plateNo":"canary"}}"#, "data"),
        (r#"{"data":"a","data":"b"}"#, "data"),
        ("data=canary", ""),
    ] {
        let violation = open(text).expect_err(text);
        assert_eq!(violation.path, path, "{text}");
        assert!(!violation.to_string().contains("canary"));
    }
}

#[test]
fn trailing_commas_go_and_nothing_else() {
    for (text, without) in [
        (r#"{"a":1,}"#, r#"{"a":1}"#),
        ("[1 ,\r\n ]", "[1 \r\n ]"),
        (
            r#"{"a":[1,2,],"b":{"c":",}",},}"#,
            r#"{"a":[1,2],"b":{"c":",}"}}"#,
        ),
        (r#"["\",]",]"#, r#"["\",]"]"#),
        ("[1,,]", "[1,]"),
    ] {
        assert_eq!(without_trailing_commas(text), without);
    }
    for whole in [
        r#"{"a":",]"}"#,
        "",
        "[",
        "\"\\",
        "[1,2]",
        ",",
        "{\"a\":\"粤,}",
    ] {
        assert!(
            matches!(without_trailing_commas(whole), Cow::Borrowed(same) if same == whole),
            "{whole}"
        );
    }
}
