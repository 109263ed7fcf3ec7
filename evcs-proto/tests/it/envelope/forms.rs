//! The forms in which real peers send.
use super::*;

#[test]
fn base64_may_be_wrapped_and_is_signed_as_it_came() {
    let plaintext = format!(r#"{{"Remark":"{}"}}"#, "x".repeat(500));
    let whole = encrypt(KEY, KEY, &padded(&plaintext));
    for (line_end, last) in [("\n", ""), ("\r\n", ""), ("\r\n", "\r\n"), (" ", "")] {
        let lines: Vec<&str> = whole
            .as_bytes()
            .chunks(76)
            .map(|line| std::str::from_utf8(line).expect("ASCII"))
            .collect();
        assert!(lines.len() > 5);
        let wrapped = lines.join(line_end) + last;
        assert_eq!(
            open(&around(&wrapped)),
            Ok((plaintext.clone(), vec![DeviationKind::BASE64_STYLE]))
        );
        let strict = open_with(
            &around(&wrapped),
            &keys(),
            Accept::default(),
            &Rules::strict(),
        );
        assert_eq!(
            broken(strict),
            ("Data".to_owned(), deviates(DeviationKind::BASE64_STYLE))
        );
        // A signature over other text than was sent is none.
        let mut data = String::new();
        quote(&wrapped, &mut data);
        assert_eq!(open(&request(&data, &whole)), Err(OpenError::Signature));
    }
}

#[test]
fn escapes_of_json_are_no_part_of_what_is_signed() {
    let plaintext = vector("cec102.4-appB-aes")["plaintext"]
        .as_str()
        .expect("text")
        .to_owned();
    let whole = encrypt(KEY, KEY, &padded(&plaintext));
    assert!(whole.contains('/') && whole.contains('=') && whole.contains('+'));
    for (plain, escaped) in [("/", r"\/"), ("=", r"\u003d"), ("+", r"\u002B")] {
        let data = format!("\"{}\"", whole.replace(plain, escaped));
        let strict = open_with(
            &request(&data, &whole),
            &keys(),
            Accept::default(),
            &Rules::strict(),
        );
        assert_eq!(strict, Ok((plaintext.clone(), vec![])), "{escaped}");
    }
}

#[test]
fn readable_data_is_opened_only_where_it_is_allowed() {
    let plain = accept(|accept| accept.plain_data = true);
    let spaced = "{ \"StationID\" : \"1\",\n \"Total\": 1 }";
    let mut quoted = String::new();
    quote(spaced, &mut quoted);
    for (data, signed) in [(spaced, spaced), (quoted.as_str(), spaced), ("[]", "[]")] {
        let text = request(data, signed);
        assert_eq!(open(&text), Err(OpenError::Plain), "{data}");
        let opened = open_with(&text, &keys(), plain, &Rules::default());
        assert_eq!(
            opened,
            Ok((signed.to_owned(), vec![evcs_proto::deviation::PLAIN_DATA])),
            "{data}"
        );
        let strict = open_with(&text, &keys(), plain, &Rules::strict());
        assert_eq!(
            broken(strict),
            (
                "Data".to_owned(),
                deviates(evcs_proto::deviation::PLAIN_DATA)
            ),
            "{data}"
        );
        // The signature is over the text as it came, white space included.
        let compact = text
            .replace("\" : \"", "\":\"")
            .replace("\\\" : \\\"", "\\\":\\\"");
        if compact != text {
            assert_eq!(
                open_with(&compact, &keys(), plain, &Rules::default()),
                Err(OpenError::Signature),
                "{data}"
            );
        }
    }
    // Sealed Data goes on being opened.
    let sealed = seal_request(&keys(), OPERATOR, stamp(), PLAINTEXT, Form::default());
    let opened = open_with(&sealed, &keys(), plain, &Rules::default());
    assert_eq!(opened, Ok((PLAINTEXT.to_owned(), vec![])));
    for data in ["1", "true", "-1.5"] {
        let (path, rule) = broken(open(&request(data, data)));
        assert_eq!(path, "Data");
        assert!(matches!(rule, Rule::Type { .. }), "{rule:?}");
    }
}

#[test]
fn zero_bytes_and_what_stands_behind_the_end_are_taken_off_only_where_it_is_allowed() {
    let zeros = accept(|accept| accept.zero_padding = true);
    let sixteen = r#"{"Total":123456}"#;
    assert_eq!(
        (sixteen.len(), PLAINTEXT.len().is_multiple_of(16)),
        (16, false)
    );
    let filled = |text: &str, with: &str| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.extend(with.bytes());
        bytes.resize(bytes.len().next_multiple_of(16), 0);
        bytes
    };
    for (bytes, plaintext, kinds) in [
        (
            filled(PLAINTEXT, ""),
            PLAINTEXT,
            &[evcs_proto::deviation::ZERO_PADDING][..],
        ),
        (filled(sixteen, ""), sixteen, &[]),
        (
            [filled(sixteen, ""), vec![0; 16]].concat(),
            sixteen,
            &[evcs_proto::deviation::ZERO_PADDING],
        ),
        (
            filled(PLAINTEXT, "}"),
            PLAINTEXT,
            &[evcs_proto::deviation::ZERO_PADDING],
        ),
        (
            filled(PLAINTEXT, "\u{1}\u{2}"),
            PLAINTEXT,
            &[
                evcs_proto::deviation::ZERO_PADDING,
                DeviationKind::TRAILING_BYTES,
            ],
        ),
        (
            filled(PLAINTEXT, " \n"),
            PLAINTEXT,
            &[evcs_proto::deviation::ZERO_PADDING],
        ),
        (
            padded(&format!("{PLAINTEXT}\u{7}\u{7}")),
            PLAINTEXT,
            &[DeviationKind::TRAILING_BYTES],
        ),
        (padded(PLAINTEXT), PLAINTEXT, &[]),
    ] {
        let text = around(&encrypt(KEY, KEY, &bytes));
        let (opened, found) = open_with(&text, &keys(), zeros, &Rules::default()).expect("allowed");
        assert!(
            opened.starts_with(plaintext) && opened.len() <= plaintext.len() + 2,
            "{opened:?}"
        );
        assert_eq!(found, kinds, "{opened:?}");
        if let Some(first) = kinds.first() {
            let strict = open_with(&text, &keys(), zeros, &Rules::strict());
            assert_eq!(broken(strict), ("Data".to_owned(), deviates(*first)));
        }
        if kinds.contains(&evcs_proto::deviation::ZERO_PADDING) {
            assert_eq!(open(&text), Err(OpenError::Sealed));
        }
    }
}

#[test]
fn a_signature_in_small_letters_is_noted_and_refused_by_strict_rules() {
    let small = form(|form| form.lower_case_signature = true);
    let text = seal_request(&keys(), OPERATOR, stamp(), PLAINTEXT, small);
    assert_eq!(
        open(&text),
        Ok((
            PLAINTEXT.to_owned(),
            vec![evcs_proto::deviation::LOWER_CASE_SIGNATURE]
        ))
    );
    let strict = open_with(&text, &keys(), Accept::default(), &Rules::strict());
    assert_eq!(
        broken(strict),
        (
            "Sig".to_owned(),
            deviates(evcs_proto::deviation::LOWER_CASE_SIGNATURE)
        )
    );
    let text = seal_reply(Some(&keys()), Ret::OK, "", Some(PLAINTEXT), small);
    let opened = open_reply(&text, Accept::default(), &Rules::default());
    assert_eq!(
        opened,
        Ok((
            Some(PLAINTEXT.to_owned()),
            vec![evcs_proto::deviation::LOWER_CASE_SIGNATURE]
        ))
    );
    assert_eq!(
        broken(open_reply(&text, Accept::default(), &Rules::strict())).1,
        deviates(evcs_proto::deviation::LOWER_CASE_SIGNATURE)
    );
    // A wrong one is wrong in any letters.
    for wrong in [
        "0".repeat(32),
        "x".repeat(32),
        "AB".to_owned(),
        "é".repeat(16),
        " ".repeat(32),
    ] {
        let sig = sign(KEY, &[OPERATOR, "", TIME, "0001"]);
        let text = request("\"AAAA\"", "").replace(&sig, &wrong);
        assert_eq!(open(&text), Err(OpenError::Signature), "{wrong}");
    }
}

#[test]
fn a_refusal_is_read_with_or_without_data_and_signature() {
    let signed = |ret: &str, msg: &str| sign(KEY, &[ret, msg]);
    let good = signed("4002", "Token错误");
    for (rest, signed, kinds) in [
        ("", false, &[][..]),
        (
            r#","Data":null,"Sig":null"#,
            false,
            &[DeviationKind::NULL_FOR_ABSENT],
        ),
        (r#","Data":"","Sig":"""#, false, &[]),
        (r#","Data":"""#, false, &[]),
        (&format!(r#","Sig":"{good}""#), true, &[]),
        (&format!(r#","Data":"","Sig":"{good}""#), true, &[]),
        (
            &format!(r#","Data":null,"Sig":"{}""#, good.to_lowercase()),
            true,
            &[],
        ),
        (
            &format!(r#","Data":"","Sig":"{}""#, "0".repeat(32)),
            false,
            &[],
        ),
        (r#","Data":"","Sig":"nonsense""#, false, &[]),
        (r#","Data":{"x":1}"#, false, &[]),
    ] {
        for ret in ["4002", "\"4002\""] {
            let text = format!(r#"{{"Ret":{ret},"Msg":"Token错误"{rest}}}"#);
            let mut deviations = Deviations::default();
            let reply = read_reply(&text, &Rules::default(), &mut deviations).expect("a reply");
            assert_eq!(
                (reply.ret, &*reply.msg),
                (Ret::WRONG_TOKEN, "Token错误"),
                "{text}"
            );
            assert_eq!(reply.is_signed(&keys()), signed, "{text}");
            let mut found: Vec<DeviationKind> =
                deviations.list().iter().map(|found| found.kind).collect();
            found.retain(|kind| *kind != DeviationKind::TEXT_FOR_NUMBER || ret == "4002");
            assert_eq!(found, kinds, "{text}");
        }
    }
    for (msg, kinds) in [
        ("", &[][..]),
        (r#","Msg":null"#, &[DeviationKind::NULL_FOR_ABSENT]),
        (r#","Msg":"""#, &[]),
    ] {
        let text = format!(r#"{{"Ret":500{msg},"Sig":"{}"}}"#, signed("500", ""));
        let mut deviations = Deviations::default();
        let reply = read_reply(&text, &Rules::default(), &mut deviations).expect("a reply");
        assert_eq!((reply.ret, &*reply.msg), (Ret::SYSTEM_ERROR, ""), "{text}");
        assert!(reply.is_signed(&keys()), "{text}");
        assert_eq!(
            deviations
                .list()
                .iter()
                .map(|found| found.kind)
                .collect::<Vec<_>>(),
            kinds,
            "{text}"
        );
    }
    for (text, path) in [
        (r#"{"Msg":"x"}"#, "Ret"),
        (r#"{"Ret":null}"#, "Ret"),
        (r#"{"Ret":"busy"}"#, "Ret"),
        (r#"{"Ret":{}}"#, "Ret"),
        (r#"{"Ret":0,"Ret":4001}"#, "Ret"),
        (r#"{"Ret":0,"ret":4001}"#, "Ret"),
        (r#"{"Ret":0,"Data":7}"#, "Data"),
        (r#"{"Ret":0,"Sig":[]}"#, "Sig"),
        ("[]", ""),
        ("", ""),
        ("<html></html>", ""),
        (r#"{"Ret":0}x"#, ""),
        (r#"{"Ret":0"#, ""),
    ] {
        let problem =
            read_reply(text, &Rules::default(), &mut Deviations::default()).expect_err(text);
        assert_eq!(problem.path, path, "{text}");
    }
}

#[test]
fn a_reply_proves_itself_before_its_data_is_looked_at() {
    let data = encrypt(KEY, KEY, &padded(PLAINTEXT));
    let reply = |data: &str, sig: &str| {
        format!(r#"{{"Ret":0,"Msg":"请求成功","Data":"{data}","Sig":"{sig}"}}"#)
    };
    let good = sign(KEY, &["0", "请求成功", &data]);
    let text = reply(&data, &good);
    assert_eq!(
        seal_reply(
            Some(&keys()),
            Ret::OK,
            "请求成功",
            Some(PLAINTEXT),
            Form::default()
        ),
        text
    );
    let none = Accept::default();
    assert_eq!(
        open_reply(&text, none, &Rules::strict()),
        Ok((Some(PLAINTEXT.to_owned()), vec![]))
    );
    // Data that nobody could open is not looked at before the signature.
    for data in ["*", &data[..20], &data] {
        assert_eq!(
            open_reply(&reply(data, &"0".repeat(32)), none, &Rules::default()),
            Err(OpenError::Signature)
        );
        assert_eq!(
            open_reply(&reply(data, ""), none, &Rules::default()),
            Err(OpenError::Unsigned)
        );
    }
    for (data, error) in [("*", OpenError::Base64), (&data[..20], OpenError::Base64)] {
        assert_eq!(
            open_reply(
                &reply(data, &sign(KEY, &["0", "请求成功", data])),
                none,
                &Rules::default()
            ),
            Err(error)
        );
    }
    // Signed by nobody, where that is allowed; a signature that is there has to be right all the
    // same.
    let unsigned = accept(|accept| accept.unsigned_replies = true);
    assert_eq!(
        open_reply(&reply(&data, ""), unsigned, &Rules::default()),
        Ok((
            Some(PLAINTEXT.to_owned()),
            vec![evcs_proto::deviation::UNSIGNED]
        ))
    );
    assert_eq!(
        broken(open_reply(&reply(&data, ""), unsigned, &Rules::strict())).1,
        deviates(evcs_proto::deviation::UNSIGNED)
    );
    assert_eq!(
        open_reply(&reply(&data, &"0".repeat(32)), unsigned, &Rules::default()),
        Err(OpenError::Signature)
    );
    // Without keys nothing is signed and nothing is said.
    let text = seal_reply(
        None,
        Ret::WRONG_PARAMETERS,
        "\"",
        Some(PLAINTEXT),
        Form::default(),
    );
    assert_eq!(text, r#"{"Ret":4004,"Msg":"\"","Data":"","Sig":""}"#);
}

#[test]
fn sequence_and_time_are_read_in_the_forms_of_real_peers() {
    let data = encrypt(KEY, KEY, &padded(PLAINTEXT));
    let request = |time: &str, seq: &str| {
        let bare = |text: &str| text.trim_matches('"').to_owned();
        let sig = sign(KEY, &[OPERATOR, &data, &bare(time), &bare(seq)]);
        format!(
            r#"{{"OperatorID":"{OPERATOR}","Data":"{data}","TimeStamp":{time},"Seq":{seq},"Sig":"{sig}"}}"#
        )
    };
    let moment = 1_469_773_440;
    for (time, seq, seconds, kinds) in [
        (r#""20160729142400""#, r#""0001""#, moment, &[][..]),
        (
            r#""20160729142400""#,
            r#""1""#,
            moment,
            &[evcs_proto::deviation::SEQUENCE_STYLE],
        ),
        (
            r#""20160729142400""#,
            r#""00001""#,
            moment,
            &[evcs_proto::deviation::SEQUENCE_STYLE],
        ),
        (
            r#""20160729142400""#,
            r#""12345678901234567890""#,
            moment,
            &[evcs_proto::deviation::SEQUENCE_STYLE],
        ),
        (
            r#""20160729142400""#,
            r#""a1b2""#,
            moment,
            &[evcs_proto::deviation::SEQUENCE_STYLE],
        ),
        (
            r#""20160729142400""#,
            "1000",
            moment,
            &[DeviationKind::NUMBER_FOR_TEXT],
        ),
        (
            r#""20160729142400""#,
            "1",
            moment,
            &[
                DeviationKind::NUMBER_FOR_TEXT,
                evcs_proto::deviation::SEQUENCE_STYLE,
            ],
        ),
        (
            "20160729142400",
            r#""0001""#,
            moment,
            &[DeviationKind::NUMBER_FOR_TEXT],
        ),
        (
            r#""201607291424""#,
            r#""0001""#,
            moment,
            &[DeviationKind::TIME_STYLE],
        ),
        (
            r#""1469773440""#,
            r#""0001""#,
            moment,
            &[DeviationKind::TIME_STYLE],
        ),
        (
            r#""1469773440999""#,
            r#""0001""#,
            moment,
            &[DeviationKind::TIME_STYLE],
        ),
        (
            r#""2016-07-29 14:24:00""#,
            r#""0001""#,
            moment,
            &[DeviationKind::TIME_STYLE],
        ),
    ] {
        let text = request(time, seq);
        let mut deviations = Deviations::default();
        let read = read_request(&text, &Rules::default(), &mut deviations).expect("read");
        assert_eq!(
            (read.moment.seconds(), &*read.seq),
            (seconds, seq.trim_matches('"')),
            "{text}"
        );
        assert_eq!(
            open(&text),
            Ok((PLAINTEXT.to_owned(), kinds.to_vec())),
            "{time} {seq}"
        );
        let strict = open_with(&text, &keys(), Accept::default(), &Rules::strict());
        match kinds.first() {
            None => assert_eq!(strict, Ok((PLAINTEXT.to_owned(), vec![]))),
            Some(kind) => assert_eq!(broken(strict).1, deviates(*kind)),
        }
    }
    for time in [
        r#""now""#,
        r#""20161301000000""#,
        r#""20160729""#,
        r#""""#,
        "null",
        "[]",
        r#""-1469773440""#,
    ] {
        assert_eq!(
            broken(open(&request(time, r#""0001""#))).0,
            "TimeStamp",
            "{time}"
        );
    }
}
