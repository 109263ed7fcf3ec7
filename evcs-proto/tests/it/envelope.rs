//! The envelope against published vectors, against what real peers send, and against its own laws.
use crate::crypto::{encrypt, padded, sign};
use evcs_proto::{
    code::*,
    envelope::{Accept, Form, read_reply, read_request, seal_reply, seal_request},
    sequence::{LAST_SEQ, Stamp},
    *,
};
use park_core::json::quote;
use proptest::prelude::*;
use serde_json::Value;

/// The key of every published vector, also its IV and signature key.
const KEY: &str = "1234567890abcdef";
const OPERATOR: &str = "123456789";
const TIME: &str = "20160729142400";
const PLAINTEXT: &str = r#"{"StationID":"000000000000001","Total":1}"#;

fn keys_of(data_secret: &str, sig_secret: &str) -> Keys {
    Keys::new("operator secret", data_secret, KEY, sig_secret).expect("16 bytes each")
}

fn keys() -> Keys {
    keys_of(KEY, KEY)
}

fn stamp() -> Stamp {
    Stamp {
        second: Timestamp::from_seconds(1_469_773_440),
        number: 1,
    }
}

fn accept(set: impl FnOnce(&mut Accept)) -> Accept {
    let mut accept = Accept::default();
    set(&mut accept);
    accept
}

fn form(set: impl FnOnce(&mut Form)) -> Form {
    let mut form = Form::default();
    set(&mut form);
    form
}

/// A request with `data` as it stands in the JSON text, and the signature over `signed`.
fn request(data: &str, signed: &str) -> String {
    let sig = sign(KEY, &[OPERATOR, signed, TIME, "0001"]);
    format!(r#"{{"OperatorID":"{OPERATOR}","Data":{data},"TimeStamp":"{TIME}","Seq":"0001","Sig":"{sig}"}}"#)
}

/// The same around Base64 text.
fn around(base64: &str) -> String {
    let mut data = String::new();
    quote(base64, &mut data);
    request(&data, base64)
}

/// Opens a request; what was tolerated.
fn open_with(text: &str, keys: &Keys, accept: Accept, rules: &Rules) -> Result<(String, Vec<DeviationKind>), OpenError> {
    let mut deviations = Deviations::default();
    let request = read_request(text, rules, &mut deviations).map_err(OpenError::Envelope)?;
    let plaintext = request.verify(keys, rules, &mut deviations)?.open(keys, accept, rules, &mut deviations)?;
    Ok((plaintext, deviations.list().iter().map(|found| found.kind).collect()))
}

fn open(text: &str) -> Result<(String, Vec<DeviationKind>), OpenError> {
    open_with(text, &keys(), Accept::default(), &Rules::default())
}

/// Opens a reply that has Data; what was tolerated.
fn open_reply(text: &str, accept: Accept, rules: &Rules) -> Result<(Option<String>, Vec<DeviationKind>), OpenError> {
    let mut deviations = Deviations::default();
    let reply = read_reply(text, rules, &mut deviations).map_err(OpenError::Envelope)?;
    let verified = reply.verify(&keys(), accept, rules, &mut deviations)?;
    let plaintext = verified
        .map(|verified| verified.open(&keys(), accept, rules, &mut deviations))
        .transpose()?;
    Ok((plaintext, deviations.list().iter().map(|found| found.kind).collect()))
}

/// What breaks the envelope: where, and how.
fn broken<T: std::fmt::Debug>(outcome: Result<T, OpenError>) -> (String, Rule) {
    match outcome.expect_err("broken") {
        OpenError::Envelope(violation) => (violation.path, violation.rule),
        other => panic!("{other}"),
    }
}

fn deviates(kind: DeviationKind) -> Rule {
    Rule::Deviates(kind)
}

fn vector(id: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(include_str!("../../fixtures/vectors.json")).expect("JSON");
    all.into_iter().find(|vector| vector["id"] == id).expect("a vector of this name")
}

#[test]
fn published_texts_are_encrypted_and_decrypted_to_the_byte() {
    for id in ["cec102.4-appB-aes", "aes-hello-world"] {
        let vector = vector(id);
        let text = |name: &str| vector[name].as_str().expect("text");
        assert_eq!((text("key"), text("iv")), (KEY, KEY));
        let (plaintext, ciphertext) = (text("plaintext"), text("ciphertext_b64"));
        let sealed: Value = serde_json::from_str(&seal_request(&keys(), OPERATOR, stamp(), plaintext, Form::default())).expect("JSON");
        assert_eq!(sealed["Data"], ciphertext, "{id}");
        assert_eq!(open(&around(ciphertext)), Ok((plaintext.to_owned(), vec![])), "{id}");
        assert_eq!(encrypt(KEY, KEY, &padded(plaintext)), ciphertext, "{id}: the test's own");
    }
}

#[test]
fn published_requests_are_written_and_read_to_the_byte() {
    let appendix = vector("cec102.4-appC3-request-sig");
    let plaintext = vector("cec102.4-appB-aes")["plaintext"].as_str().expect("text").to_owned();
    let platform = vector("xiaoju-query_token-request");
    for (envelope, plaintext) in [
        (&appendix, plaintext.as_str()),
        (&platform["envelope"], platform["plaintext"].as_str().expect("text")),
    ] {
        let part = |name: &str| envelope[name].as_str().expect("text");
        let names = ["OperatorID", "Data", "TimeStamp", "Seq", "Sig"];
        let text = format!("{{{}}}", names.map(|name| format!(r#""{name}":"{}""#, part(name))).join(","));
        let mut deviations = Deviations::default();
        let request = read_request(&text, &Rules::strict(), &mut deviations).expect("conforming");
        assert_eq!((&*request.operator_id, &*request.seq), (part("OperatorID"), "0001"));
        let stamp = Stamp {
            second: request.moment,
            number: 1,
        };
        assert_eq!(seal_request(&keys(), part("OperatorID"), stamp, plaintext, Form::default()), text);
        let opened = open_with(&text, &keys(), Accept::default(), &Rules::strict());
        assert_eq!(opened, Ok((plaintext.to_owned(), vec![])));
    }
}

#[test]
fn the_draft_of_2016_signed_otherwise_and_is_neither_written_nor_accepted() {
    let draft = vector("legacy-draft-2016-07-sig");
    let part = |name: &str| draft[name].as_str().expect("text");
    let (operator, data, time, sig) = (part("OperatorID"), part("Data"), part("TimeStamp"), part("Sig"));
    let theirs = sign("key", &[&format!("OperatorId={operator}&Data={data}&TimeStamp={time}")]);
    assert_eq!(theirs.to_lowercase(), sig, "what the vector documents");
    let keys = keys_of(KEY, "key");
    let text = format!(r#"{{"OperatorID":"{operator}","Data":"{data}","TimeStamp":"{time}","Seq":"0001","Sig":"{sig}"}}"#);
    for text in [text.clone(), text.replace(sig, &theirs)] {
        assert_eq!(open_with(&text, &keys, Accept::default(), &Rules::default()), Err(OpenError::Signature));
    }
    let without = text.replace(r#""Seq":"0001","#, "");
    assert_eq!(
        broken(open_with(&without, &keys, Accept::default(), &Rules::default())),
        ("Seq".to_owned(), Rule::Missing)
    );
    for lower_case in [false, true] {
        let form = form(|form| form.lower_case_signature = lower_case);
        let sealed = seal_request(&keys, operator, stamp(), part("data_plaintext"), form);
        assert!(!sealed.contains(sig) && !sealed.contains(&theirs), "{sealed}");
    }
}

#[test]
fn the_printed_sample_of_b33_is_no_base64_even_with_a_good_signature() {
    let sample = vector("db4403-b33-misprinted-ciphertext");
    let data = sample["data"].as_str().expect("text");
    assert_eq!(open(&around(data)), Err(OpenError::Base64));
}

#[test]
fn data_that_is_cut_short_or_no_base64_is_told_before_a_key_is_used() {
    let plaintext = r#"{"StationID":"1"}"#;
    let whole = encrypt(KEY, KEY, &padded(plaintext));
    for length in 1..whole.trim_end_matches('=').len() {
        let cut = &whole[..length];
        let expected = match open(&around(cut)) {
            // Cut between blocks: nothing of that shows before decryption.
            Err(OpenError::Sealed) => (cut.trim_end_matches('=').len() * 3 / 4).is_multiple_of(16),
            Err(OpenError::Base64) => true,
            other => panic!("{length}: {other:?}"),
        };
        assert!(expected, "{length}");
    }
    for data in ["====", "*", "il7B0BSEjFdzpyKzfOFpvg-_", "AAAA", &whole.replace('=', "é"), " ", "\n"] {
        assert_eq!(open(&around(data)), Err(OpenError::Base64), "{data:?}");
    }
    let without_padding = whole.trim_end_matches('=');
    assert!(without_padding.len() < whole.len());
    assert_eq!(open(&around(without_padding)), Ok((plaintext.to_owned(), vec![])));
}

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
        assert_eq!(open(&around(&wrapped)), Ok((plaintext.clone(), vec![DeviationKind::BASE64_STYLE])));
        let strict = open_with(&around(&wrapped), &keys(), Accept::default(), &Rules::strict());
        assert_eq!(broken(strict), ("Data".to_owned(), deviates(DeviationKind::BASE64_STYLE)));
        // A signature over other text than was sent is none.
        let mut data = String::new();
        quote(&wrapped, &mut data);
        assert_eq!(open(&request(&data, &whole)), Err(OpenError::Signature));
    }
}

#[test]
fn escapes_of_json_are_no_part_of_what_is_signed() {
    let plaintext = vector("cec102.4-appB-aes")["plaintext"].as_str().expect("text").to_owned();
    let whole = encrypt(KEY, KEY, &padded(&plaintext));
    assert!(whole.contains('/') && whole.contains('=') && whole.contains('+'));
    for (plain, escaped) in [("/", r"\/"), ("=", r"\u003d"), ("+", r"\u002B")] {
        let data = format!("\"{}\"", whole.replace(plain, escaped));
        let strict = open_with(&request(&data, &whole), &keys(), Accept::default(), &Rules::strict());
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
        assert_eq!(opened, Ok((signed.to_owned(), vec![evcs_proto::deviation::PLAIN_DATA])), "{data}");
        let strict = open_with(&text, &keys(), plain, &Rules::strict());
        assert_eq!(broken(strict), ("Data".to_owned(), deviates(evcs_proto::deviation::PLAIN_DATA)), "{data}");
        // The signature is over the text as it came, white space included.
        let compact = text.replace("\" : \"", "\":\"").replace("\\\" : \\\"", "\\\":\\\"");
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
    assert_eq!((sixteen.len(), PLAINTEXT.len().is_multiple_of(16)), (16, false));
    let filled = |text: &str, with: &str| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.extend(with.bytes());
        bytes.resize(bytes.len().next_multiple_of(16), 0);
        bytes
    };
    for (bytes, plaintext, kinds) in [
        (filled(PLAINTEXT, ""), PLAINTEXT, &[evcs_proto::deviation::ZERO_PADDING][..]),
        (filled(sixteen, ""), sixteen, &[]),
        (
            [filled(sixteen, ""), vec![0; 16]].concat(),
            sixteen,
            &[evcs_proto::deviation::ZERO_PADDING],
        ),
        (filled(PLAINTEXT, "}"), PLAINTEXT, &[evcs_proto::deviation::ZERO_PADDING]),
        (
            filled(PLAINTEXT, "\u{1}\u{2}"),
            PLAINTEXT,
            &[evcs_proto::deviation::ZERO_PADDING, DeviationKind::TRAILING_BYTES],
        ),
        (filled(PLAINTEXT, " \n"), PLAINTEXT, &[evcs_proto::deviation::ZERO_PADDING]),
        (padded(&format!("{PLAINTEXT}\u{7}\u{7}")), PLAINTEXT, &[DeviationKind::TRAILING_BYTES]),
        (padded(PLAINTEXT), PLAINTEXT, &[]),
    ] {
        let text = around(&encrypt(KEY, KEY, &bytes));
        let (opened, found) = open_with(&text, &keys(), zeros, &Rules::default()).expect("allowed");
        assert!(opened.starts_with(plaintext) && opened.len() <= plaintext.len() + 2, "{opened:?}");
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
    assert_eq!(open(&text), Ok((PLAINTEXT.to_owned(), vec![evcs_proto::deviation::LOWER_CASE_SIGNATURE])));
    let strict = open_with(&text, &keys(), Accept::default(), &Rules::strict());
    assert_eq!(broken(strict), ("Sig".to_owned(), deviates(evcs_proto::deviation::LOWER_CASE_SIGNATURE)));
    let text = seal_reply(Some(&keys()), Ret::OK, "", Some(PLAINTEXT), small);
    let opened = open_reply(&text, Accept::default(), &Rules::default());
    assert_eq!(
        opened,
        Ok((Some(PLAINTEXT.to_owned()), vec![evcs_proto::deviation::LOWER_CASE_SIGNATURE]))
    );
    assert_eq!(
        broken(open_reply(&text, Accept::default(), &Rules::strict())).1,
        deviates(evcs_proto::deviation::LOWER_CASE_SIGNATURE)
    );
    // A wrong one is wrong in any letters.
    for wrong in ["0".repeat(32), "x".repeat(32), "AB".to_owned(), "é".repeat(16), " ".repeat(32)] {
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
        (r#","Data":null,"Sig":null"#, false, &[DeviationKind::NULL_FOR_ABSENT]),
        (r#","Data":"","Sig":"""#, false, &[]),
        (r#","Data":"""#, false, &[]),
        (&format!(r#","Sig":"{good}""#), true, &[]),
        (&format!(r#","Data":"","Sig":"{good}""#), true, &[]),
        (&format!(r#","Data":null,"Sig":"{}""#, good.to_lowercase()), true, &[]),
        (&format!(r#","Data":"","Sig":"{}""#, "0".repeat(32)), false, &[]),
        (r#","Data":"","Sig":"nonsense""#, false, &[]),
        (r#","Data":{"x":1}"#, false, &[]),
    ] {
        for ret in ["4002", "\"4002\""] {
            let text = format!(r#"{{"Ret":{ret},"Msg":"Token错误"{rest}}}"#);
            let mut deviations = Deviations::default();
            let reply = read_reply(&text, &Rules::default(), &mut deviations).expect("a reply");
            assert_eq!((reply.ret, &*reply.msg), (Ret::WRONG_TOKEN, "Token错误"), "{text}");
            assert_eq!(reply.is_signed(&keys()), signed, "{text}");
            let mut found: Vec<DeviationKind> = deviations.list().iter().map(|found| found.kind).collect();
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
        assert_eq!(deviations.list().iter().map(|found| found.kind).collect::<Vec<_>>(), kinds, "{text}");
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
        let problem = read_reply(text, &Rules::default(), &mut Deviations::default()).expect_err(text);
        assert_eq!(problem.path, path, "{text}");
    }
}

#[test]
fn a_reply_proves_itself_before_its_data_is_looked_at() {
    let data = encrypt(KEY, KEY, &padded(PLAINTEXT));
    let reply = |data: &str, sig: &str| format!(r#"{{"Ret":0,"Msg":"请求成功","Data":"{data}","Sig":"{sig}"}}"#);
    let good = sign(KEY, &["0", "请求成功", &data]);
    let text = reply(&data, &good);
    assert_eq!(seal_reply(Some(&keys()), Ret::OK, "请求成功", Some(PLAINTEXT), Form::default()), text);
    let none = Accept::default();
    assert_eq!(open_reply(&text, none, &Rules::strict()), Ok((Some(PLAINTEXT.to_owned()), vec![])));
    // Data that nobody could open is not looked at before the signature.
    for data in ["*", &data[..20], &data] {
        assert_eq!(
            open_reply(&reply(data, &"0".repeat(32)), none, &Rules::default()),
            Err(OpenError::Signature)
        );
        assert_eq!(open_reply(&reply(data, ""), none, &Rules::default()), Err(OpenError::Unsigned));
    }
    for (data, error) in [("*", OpenError::Base64), (&data[..20], OpenError::Base64)] {
        assert_eq!(
            open_reply(&reply(data, &sign(KEY, &["0", "请求成功", data])), none, &Rules::default()),
            Err(error)
        );
    }
    // Signed by nobody, where that is allowed; a signature that is there has to be right all the same.
    let unsigned = accept(|accept| accept.unsigned_replies = true);
    assert_eq!(
        open_reply(&reply(&data, ""), unsigned, &Rules::default()),
        Ok((Some(PLAINTEXT.to_owned()), vec![evcs_proto::deviation::UNSIGNED]))
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
    let text = seal_reply(None, Ret::WRONG_PARAMETERS, "\"", Some(PLAINTEXT), Form::default());
    assert_eq!(text, r#"{"Ret":4004,"Msg":"\"","Data":"","Sig":""}"#);
}

#[test]
fn sequence_and_time_are_read_in_the_forms_of_real_peers() {
    let data = encrypt(KEY, KEY, &padded(PLAINTEXT));
    let request = |time: &str, seq: &str| {
        let bare = |text: &str| text.trim_matches('"').to_owned();
        let sig = sign(KEY, &[OPERATOR, &data, &bare(time), &bare(seq)]);
        format!(r#"{{"OperatorID":"{OPERATOR}","Data":"{data}","TimeStamp":{time},"Seq":{seq},"Sig":"{sig}"}}"#)
    };
    let moment = 1_469_773_440;
    for (time, seq, seconds, kinds) in [
        (r#""20160729142400""#, r#""0001""#, moment, &[][..]),
        (r#""20160729142400""#, r#""1""#, moment, &[evcs_proto::deviation::SEQUENCE_STYLE]),
        (r#""20160729142400""#, r#""00001""#, moment, &[evcs_proto::deviation::SEQUENCE_STYLE]),
        (
            r#""20160729142400""#,
            r#""12345678901234567890""#,
            moment,
            &[evcs_proto::deviation::SEQUENCE_STYLE],
        ),
        (r#""20160729142400""#, r#""a1b2""#, moment, &[evcs_proto::deviation::SEQUENCE_STYLE]),
        (r#""20160729142400""#, "1000", moment, &[DeviationKind::NUMBER_FOR_TEXT]),
        (
            r#""20160729142400""#,
            "1",
            moment,
            &[DeviationKind::NUMBER_FOR_TEXT, evcs_proto::deviation::SEQUENCE_STYLE],
        ),
        ("20160729142400", r#""0001""#, moment, &[DeviationKind::NUMBER_FOR_TEXT]),
        (r#""201607291424""#, r#""0001""#, moment, &[DeviationKind::TIME_STYLE]),
        (r#""1469773440""#, r#""0001""#, moment, &[DeviationKind::TIME_STYLE]),
        (r#""1469773440999""#, r#""0001""#, moment, &[DeviationKind::TIME_STYLE]),
        (r#""2016-07-29 14:24:00""#, r#""0001""#, moment, &[DeviationKind::TIME_STYLE]),
    ] {
        let text = request(time, seq);
        let mut deviations = Deviations::default();
        let read = read_request(&text, &Rules::default(), &mut deviations).expect("read");
        assert_eq!((read.moment.seconds(), &*read.seq), (seconds, seq.trim_matches('"')), "{text}");
        assert_eq!(open(&text), Ok((PLAINTEXT.to_owned(), kinds.to_vec())), "{time} {seq}");
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
        assert_eq!(broken(open(&request(time, r#""0001""#))).0, "TimeStamp", "{time}");
    }
}

/// Every other spelling of the five names is told, and none of the five may be away or there twice.
#[test]
fn each_of_the_five_parts_is_there_once() {
    let whole = seal_request(&keys(), OPERATOR, stamp(), PLAINTEXT, Form::default());
    let parts: serde_json::Map<String, Value> = serde_json::from_str(&whole).expect("JSON");
    assert_eq!(parts.len(), 5);
    for (name, value) in &parts {
        let member = format!("\"{name}\":{value}");
        assert!(whole.contains(&member));
        for (text, rule) in [
            (whole.replace(&member, "\"x\":1"), Some(Rule::Missing)),
            (whole.replace(&member, &format!("\"{name}\":\"\"")), Some(Rule::Missing)),
            (whole.replace(&member, &format!("\"{name}\":null")), None),
            (whole.replace(&member, &format!("{member},{member}")), Some(Rule::Duplicate)),
            (
                whole.replace(&member, &format!("{member},{}", member.to_lowercase())),
                Some(Rule::Duplicate),
            ),
        ] {
            let (path, found) = broken(open(&text));
            assert_eq!(path, *name, "{text}");
            assert!(rule.is_none_or(|rule| rule == found), "{text}: {found:?}");
        }
        let other = whole.replace(name, &name.to_lowercase());
        assert_eq!(open(&other), Ok((PLAINTEXT.to_owned(), vec![DeviationKind::KEY_STYLE])), "{other}");
    }
    let more = whole.replacen('{', r#"{"Version":"1.0","#, 1);
    assert_eq!(open(&more), Ok((PLAINTEXT.to_owned(), vec![DeviationKind::UNKNOWN_FIELD])));
    assert_eq!(
        open(&format!("\u{feff}{whole}")),
        Ok((PLAINTEXT.to_owned(), vec![DeviationKind::BYTE_ORDER_MARK]))
    );
}

/// What every wrong key and every wrong padding is told as.
fn is_sealed<T: std::fmt::Debug>(outcome: Result<T, OpenError>) {
    let error = outcome.expect_err("cannot be decrypted");
    assert_eq!(error, OpenError::Sealed);
    assert_eq!(
        format!("{error} {error:?}"),
        "Data cannot be decrypted to JSON: are DataSecret and DataSecretIV those of this direction? Sealed"
    );
}

#[test]
fn every_fault_of_the_padding_is_the_same_error() {
    let fifteen = r#"{"a":123456789}"#;
    for last in (0..=255).filter(|last| *last != 1) {
        let block = [fifteen.as_bytes(), &[last]].concat();
        is_sealed(open(&around(&encrypt(KEY, KEY, &block))));
        is_sealed(open(&around(&encrypt(KEY, KEY, &[padded(PLAINTEXT), block].concat()))));
    }
    let mut faults = 0;
    for padding in 2..=16_u8 {
        let mut block = vec![b'x'; 16 - usize::from(padding)];
        block.resize(16, padding);
        assert!(open(&around(&encrypt(KEY, KEY, &block))).is_ok(), "{padding}");
        for index in 16 - usize::from(padding)..15 {
            for wrong in [0, 1, padding - 1, padding + 1, padding ^ 0x80, 255] {
                let mut block = block.clone();
                block[index] = wrong;
                is_sealed(open(&around(&encrypt(KEY, KEY, &block))));
                faults += 1;
            }
        }
    }
    assert_eq!(faults, 6 * (1..=15).sum::<i32>());
    // Padded well, but no UTF-8.
    for bytes in [&b"\xff\xfe"[..], b"{\"a\":\"\xe6\xbb\"}", b"\xc0\xaf"] {
        let mut block = bytes.to_vec();
        block.resize(16, 16 - bytes.len() as u8);
        is_sealed(open(&around(&encrypt(KEY, KEY, &block))));
    }
}

#[test]
fn a_wrong_key_is_the_same_error_also_where_its_padding_looks_good() {
    let text = seal_request(&keys(), OPERATOR, stamp(), PLAINTEXT, Form::default());
    let zeros = accept(|accept| accept.zero_padding = true);
    let mut well_padded = 0;
    for number in 0..3000 {
        let key = format!("wrong-key-{number:06}");
        let wrong = keys_of(&key, KEY);
        is_sealed(open_with(&text, &wrong, Accept::default(), &Rules::default()));
        // With any padding accepted, it is what was decrypted that is wrong.
        is_sealed(open_with(&text, &wrong, zeros, &Rules::default()));
        well_padded += usize::from(looks_padded(&key, &text));
    }
    assert!(well_padded > 3, "{well_padded} of 3000, and one in 256 is to be expected");
    let iv = Keys::new("", KEY, "0000000000000000", KEY).expect("16 bytes");
    let one_block = seal_request(&keys(), OPERATOR, stamp(), "\u{e9}", Form::default());
    is_sealed(open_with(&one_block, &iv, Accept::default(), &Rules::default()));
}

/// Whether Data of `text`, decrypted with another key, ends in good padding.
fn looks_padded(key: &str, text: &str) -> bool {
    use aes::cipher::{Array, BlockModeDecrypt, KeyIvInit};
    use base64::{Engine, engine::general_purpose::STANDARD};
    let envelope: Value = serde_json::from_str(text).expect("JSON");
    let mut bytes = STANDARD.decode(envelope["Data"].as_str().expect("text")).expect("Base64");
    let key: [u8; 16] = key.as_bytes().try_into().expect("16 bytes");
    let iv: [u8; 16] = KEY.as_bytes().try_into().expect("16 bytes");
    let (blocks, _) = Array::slice_as_chunks_mut(&mut bytes);
    cbc::Decryptor::<aes::Aes128>::new(&key.into(), &iv.into()).decrypt_blocks(blocks);
    let padding = usize::from(*bytes.last().expect("a block"));
    (1..=16).contains(&padding) && bytes[bytes.len() - padding..].iter().all(|byte| usize::from(*byte) == padding)
}

#[test]
fn nothing_of_a_message_is_printed() {
    let text = seal_request(&keys(), OPERATOR, stamp(), r#"{"canary":1}"#, form(|form| form.plain_data = true));
    let mut deviations = Deviations::default();
    let request = read_request(&text, &Rules::default(), &mut deviations).expect("read");
    let mut printed = format!("{request:?}");
    let verified = request.verify(&keys(), &Rules::default(), &mut deviations).expect("signed");
    printed += &format!("{verified:?}");
    let text = seal_reply(Some(&keys()), Ret::OK, "canary", Some("{}"), Form::default());
    printed += &format!("{:?}", read_reply(&text, &Rules::default(), &mut deviations).expect("read"));
    assert_eq!(printed, "RequestVerifiedReply");
}

/// JSON of parameters: what readable and zero-padded Data can carry.
fn object() -> impl Strategy<Value = String> {
    proptest::collection::btree_map("[A-Za-z\u{4e00}-\u{4eff}]{1,8}", any::<String>(), 0..4)
        .prop_map(|members| serde_json::to_string(&members).expect("text"))
}

proptest! {
    #[test]
    fn what_was_sealed_opens(plaintext in any::<String>(), operator in "[A-Z0-9\"\\\\\u{4e00}]{1,12}", lower_case: bool, seconds in 0..4_000_000_000_i64, number in 1..=LAST_SEQ) {
        let form = form(|form| form.lower_case_signature = lower_case);
        let stamp = Stamp { second: Timestamp::from_seconds(seconds), number };
        let text = seal_request(&keys(), &operator, stamp, &plaintext, form);
        let mut deviations = Deviations::default();
        let request = read_request(&text, &Rules::strict(), &mut deviations).expect("conforming");
        prop_assert_eq!((&*request.operator_id, request.moment, &*request.seq), (&*operator, stamp.second, &*stamp.seq()));
        let (opened, kinds) = open(&text).expect("sealed by us");
        prop_assert_eq!(&opened, &plaintext);
        prop_assert!(kinds.iter().all(|kind| lower_case && *kind == evcs_proto::deviation::LOWER_CASE_SIGNATURE));
        let reply = seal_reply(Some(&keys()), Ret(number.into()), &operator, Some(&plaintext), form);
        prop_assert_eq!(open_reply(&reply, Accept::default(), &Rules::default()).expect("sealed by us").0, Some(plaintext));
    }

    #[test]
    fn what_was_sealed_in_any_form_opens_where_that_is_accepted(plaintext in object(), plain: bool, zeros: bool, lower_case: bool) {
        let form = form(|form| (form.plain_data, form.zero_padding, form.lower_case_signature) = (plain, zeros, lower_case));
        let accept = accept(|accept| (accept.plain_data, accept.zero_padding) = (plain, zeros));
        let text = seal_request(&keys(), OPERATOR, stamp(), &plaintext, form);
        prop_assert_eq!(open_with(&text, &keys(), accept, &Rules::default()).expect("sealed by us").0, plaintext.clone());
        let text = seal_reply(Some(&keys()), Ret::OK, "", Some(&plaintext), form);
        prop_assert_eq!(open_reply(&text, accept, &Rules::default()).expect("sealed by us").0, Some(plaintext.clone()));
        // What is not accepted is not opened by mistake.
        if plain {
            prop_assert_eq!(open(&seal_request(&keys(), OPERATOR, stamp(), &plaintext, form)), Err(OpenError::Plain));
        }
    }

    #[test]
    fn a_message_that_was_changed_anywhere_does_not_open(plaintext in object(), form in 0..3, at in any::<prop::sample::Index>(), bit in 0..7) {
        let form = self::form(|f| match form { 1 => f.plain_data = true, 2 => f.zero_padding = true, _ => {} });
        let accept = accept(|accept| (accept.plain_data, accept.zero_padding) = (true, true));
        let text = seal_request(&keys(), OPERATOR, stamp(), &plaintext, form);
        let before = open_with(&text, &keys(), accept, &Rules::default()).expect("sealed by us");
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        let Ok(changed) = String::from_utf8(bytes) else { return Ok(()) };
        let sig = text.len() - 34..text.len() - 2;
        match open_with(&changed, &keys(), accept, &Rules::default()) {
            Err(_) => {}
            // The signature may be written in small letters, names in any.
            Ok((opened, kinds)) => {
                prop_assert_eq!(opened, before.0);
                let kind = if sig.contains(&at) { evcs_proto::deviation::LOWER_CASE_SIGNATURE } else { DeviationKind::KEY_STYLE };
                prop_assert!(bit == 5 && kinds.contains(&kind), "{} became {}", text, changed);
                prop_assert!(open_with(&changed, &keys(), accept, &Rules::strict()).is_err());
            }
        }
    }
}
