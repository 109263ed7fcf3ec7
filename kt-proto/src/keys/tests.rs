use super::*;
use crate::DateWindow;
use park_core::DateTime;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Printed {
    document: Vec<Vector>,
    openssl: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    key: String,
    date: String,
    charset: String,
    plaintext: String,
    data: String,
}

const KEY: &str = "693207DB8148FBC9D8410179";
const FIELDS: &[&str] = &["parkCode", "plateNo", "tel", "orderNo", "cardId"];

fn keys() -> Keys {
    Keys::new(KEY).expect("24 bytes")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn days(of: &[&str]) -> Vec<Date> {
    of.iter().map(|text| day(text)).collect()
}

#[test]
fn what_others_sealed_is_opened_and_sealed_the_same() {
    let printed: Printed =
        serde_json::from_str(include_str!("../../fixtures/vectors.json")).expect("a fixture");
    assert_eq!((printed.document.len(), printed.openssl.len()), (2, 4));
    for vector in printed.document.iter().chain(&printed.openssl) {
        let charset = match &*vector.charset {
            "GB2312" => Charset::Gb2312,
            "GBK" => Charset::Gbk,
            _ => Charset::Gb18030,
        };
        let keys = Keys::new(&vector.key).expect("24 bytes").charset(charset);
        let date = day(&vector.date);
        assert_eq!(
            keys.seal(&vector.plaintext, date).as_deref(),
            Ok(&*vector.data)
        );
        assert_eq!(
            keys.seal_request(&vector.plaintext, date),
            Ok(format!(r#"{{"data":"{}"}}"#, vector.data))
        );
        let opened = keys
            .open(&vector.data, [date], FIELDS)
            .expect("sealed properly");
        assert_eq!(
            opened,
            Opened {
                text: vector.plaintext.clone(),
                date,
                confirmed: true,
                repaired: false
            }
        );
    }
}

#[test]
fn every_fault_is_told_apart_and_tells_nothing() {
    let (keys, today) = (keys(), day("2019-02-25"));
    let text = r#"{"parkCode":"canary","plateNo":"京A11113"}"#;
    let sealed = keys.seal(text, today).expect("GB2312");
    let wrong = Keys::new("693207DB8148FBC9D8410178").expect("24 bytes");
    // The lowest bit of each byte of a key does not count: 8 and 9 are the same.
    assert!(wrong.open(&sealed, [today], FIELDS).is_ok());
    let wrong = Keys::new("693207DB8148FBC9D8canary").expect("24 bytes");
    let of_bytes = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        pad(&mut bytes);
        keys.cipher.encrypt(vector(today), bytes.as_chunks_mut().0);
        BASE64_STANDARD.encode(bytes)
    };
    for (data, keys, fault) in [
        ("{canary}", &keys, OpenError::Base64),
        ("数据", &keys, OpenError::Base64),
        ("", &keys, OpenError::Length { bytes: 0 }),
        ("QUJD", &keys, OpenError::Length { bytes: 3 }),
        (
            &sealed[..sealed.len() - 4],
            &keys,
            OpenError::Length { bytes: 45 },
        ),
        (&sealed, &wrong, OpenError::Key),
        (
            &of_bytes(b"{\"plateNo\":\"\xff\xff\"}"),
            &keys,
            OpenError::Charset { utf8: false },
        ),
        // The three bytes of 京 in UTF-8 are no characters of GB18030.
        (
            &of_bytes("{\"plateNo\":\"京\"}".as_bytes()),
            &keys,
            OpenError::Charset { utf8: true },
        ),
        (&of_bytes(b"[1,2,3,4,5,6,7]"), &keys, OpenError::Json),
        (&of_bytes(b"canary canary canary"), &keys, OpenError::Json),
        (&of_bytes(b"{canary:1,plateNo:2}"), &keys, OpenError::Json),
        (&of_bytes(b""), &keys, OpenError::Json),
    ] {
        let found = keys.open(data, [today], FIELDS).expect_err("wrong");
        assert_eq!(found, fault, "{data}");
        assert!(!found.to_string().contains("canary"), "{found}");
        assert_eq!(
            keys.open_with(data, [today], |_| true).is_ok(),
            fault == OpenError::Json,
            "{data}"
        );
    }
    assert!(!format!("{keys:?}{:?}", keys.open(&sealed, [today], FIELDS)).contains("canary"));
    assert!(format!("{:?}", keys).find("69").is_none());
    for (length, found) in [
        ("", 0),
        ("693207DB8148FBC9D841017", 23),
        ("京京京京京京京京京", 27),
    ] {
        assert_eq!(Keys::new(length).err(), Some(KeyError { found }));
    }
    assert_eq!(
        keys.seal("{\"userName\":\"朱镕基\"}", today),
        Err(SealError::Unmappable {
            place: 14,
            charset: Charset::Gb2312
        })
    );
}

#[test]
fn a_wrong_day_is_named() {
    let keys = keys();
    for (text, sealed, now) in [
        (r#"{"parkCode":"1"}"#, "2019-02-24", "2019-02-25"),
        (r#"{"plateNo":"京A11113"}"#, "2018-12-31", "2019-01-01"),
        (r#"{ "tel" : "" }"#, "2018-12-31", "2019-01-01"),
        (r#"{"tel":"138"}"#, "2019-02-26", "2019-02-25"),
        ("{\n  \"orderNo\": \"1\"\n}", "2016-01-20", "2019-02-25"),
        ("{}", "2019-02-24", "2019-02-25"),
        // Other capitals, other white space.
        (r#"{"PlateNo":"1"}"#, "2019-02-24", "2019-02-25"),
        ("{\n\"parkCode\":\"1\"}", "2019-02-24", "2019-02-25"),
        ("{\n\t\"parkCode\":\"1\"}", "2019-02-24", "2019-02-25"),
        (
            "{\n\t\"parkCode\":\"1\",\"plateNo\":\"京A11113\"}",
            "2019-02-25",
            "2018-01-01",
        ),
    ] {
        let data = keys.seal(text, day(sealed)).expect("GB2312");
        let found = keys
            .open(&data, [day(now)], FIELDS)
            .expect_err("sealed on another day");
        assert_eq!(
            found,
            OpenError::Date {
                sealed: Some(day(sealed))
            },
            "{text}"
        );
        assert!(found.to_string().contains(sealed), "{found}");
        assert_eq!(
            keys.open(&data, days(&[now, sealed]), FIELDS)
                .map(|opened| opened.text)
                .as_deref(),
            Ok(text)
        );
    }
    assert_eq!(
        keys.open(
            &keys.seal("{}", day("2019-02-24")).expect("ASCII"),
            [],
            FIELDS
        ),
        Err(OpenError::Date { sealed: None })
    );
}

#[test]
fn a_field_that_the_interface_does_not_have_may_be_the_first() {
    let (keys, today) = (keys(), day("2019-02-25"));
    let data = keys
        .seal(r#"{"version":2,"plateNo":"1"}"#, today)
        .expect("ASCII");
    let opened = keys
        .open(&data, days(&["2019-02-25", "2019-02-24"]), FIELDS)
        .expect("today is the likeliest");
    assert_eq!(
        (&*opened.text, opened.date, opened.confirmed),
        (r#"{"version":2,"plateNo":"1"}"#, today, false)
    );
    // Capitals and a byte order mark do not matter.
    for text in [r#"{"PLATENO":"1"}"#, "\u{feff}{\"plateNo\":1}"] {
        let data = keys
            .clone()
            .charset(Charset::Gb18030)
            .seal(text, today)
            .expect("Unicode");
        assert!(
            keys.open(&data, days(&["2019-02-25", "2019-02-24"]), FIELDS)
                .is_ok_and(|opened| opened.confirmed && opened.text == text)
        );
    }
    // A number so near to the beginning may be another day's.
    let data = keys.seal(r#"{"tel":138}"#, today).expect("ASCII");
    assert!(
        keys.open(&data, days(&["2019-02-25", "2019-02-26"]), FIELDS)
            .is_ok_and(|opened| !opened.confirmed && opened.date == today)
    );
}

#[test]
fn base64_is_read_as_the_way_left_it() {
    let (keys, today) = (keys(), day("2019-02-25"));
    let text = r#"{"parkCode":"1","plateNo":"京A11113"}"#;
    let sealed = keys.seal(text, today).expect("GB2312");
    assert!(sealed.contains('+') && sealed.contains("=="));
    let wrapped = format!("{}\r\n{}\n", &sealed[..20], &sealed[20..]);
    for data in [
        &*sealed,
        &wrapped,
        &format!(" {sealed} "),
        &sealed.replace('+', " "),
        &sealed.replace('+', "-").replace('/', "_"),
        sealed.trim_end_matches('='),
    ] {
        let opened = keys.open(data, [today], FIELDS).expect(data);
        assert_eq!(
            (&*opened.text, opened.repaired),
            (text, data != sealed),
            "{data}"
        );
    }
}

/// Texts as callers write them: an object whose first name is known.
fn objects() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "\"[ -!#-\\[\\]-~粤京A-Z0-9]{0,12}\""
            .prop_map(|text| text.replace(['"', '\\'], ""))
            .prop_map(|text| format!("\"{text}\"")),
        "-?[1-9][0-9]{0,3}".prop_map(|number| number),
        Just("null".to_owned()),
        Just("[{\"a\":1}]".to_owned()),
    ];
    let style = prop_oneof![
        Just(("{", ":")),
        Just(("{ ", ": ")),
        Just(("{\n  ", ": ")),
        Just(("{\t", ":"))
    ];
    (
        proptest::sample::select(FIELDS),
        style,
        value,
        "[a-z粤 ]{0,40}",
    )
        .prop_filter_map(
            "a number after a short name may be another day's",
            |(name, (start, colon), value, rest)| {
                (name.len() > 3 || !value.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
                    .then(|| format!("{start}\"{name}\"{colon}{value},\"rest\":\"{rest}\"}}"))
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn around_midnight_the_sender_s_day_is_found(text in objects(), day_number in 0_u64..40_000,
        after in any::<bool>()) {
        let keys = keys();
        let sent = Date::from(park_core::chrono::NaiveDate::from_ymd_opt(2000, 1,
            2).expect("a day") + park_core::chrono::Days::new(day_number % 36_000));
        let sent_naive = sent.naive();
        let other =
            Date::from(if after { sent_naive.succ_opt() } else { sent_naive.pred_opt() }.expect("a \
                day"));
        let data = keys.seal(&text, sent).expect("GB2312");
        let opened = keys.open(&data, [other, sent], FIELDS).expect("the right day is among them");
        prop_assert_eq!((&*opened.text, opened.date), (&*text, sent));
        let opened = keys.open(&data, [sent, other], FIELDS).expect("the right day is the first");
        prop_assert_eq!((&*opened.text, opened.date), (&*text, sent));
        // Without the right day it is refused or, in an unusual style, not confirmed.
        prop_assert!(keys.open(&data, [other],
            FIELDS).is_ok_and(|opened| !opened.confirmed) || keys.open(&data, [other],
            FIELDS).is_err());
    }

    #[test]
    fn whatever_comes_is_opened_or_refused(data in "\\PC{0,60}", key: [u8; 24],
        bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let keys = Keys::new(key).expect("24 bytes");
        let now: DateTime = "2019-02-25 00:00:00".parse().expect("a moment");
        for data in [data, BASE64_STANDARD.encode(bytes)] {
            let opened = keys.open(&data, DateWindow::Always.candidates(now), FIELDS);
            let object = opened.as_ref().map(|opened| opened.text.starts_with('{'));
            prop_assert!(object.unwrap_or(true));
        }
    }
}

#[test]
fn a_plus_at_either_end_may_come_as_a_blank() {
    let (keys, day) = (
        Keys::new("693207DB8148FBC9D8410179").expect("24 bytes"),
        "2019-02-25".parse().expect("a day"),
    );
    // The first block decides how the Base64 begins, and the name of the first field stands in it.
    let sealed = (0..10_000).map(|number| {
        let text = format!(r#"{{"n{number}":""}}"#);
        (
            keys.seal(&text, day).expect("ASCII"),
            text,
            format!("n{number}"),
        )
    });
    let (data, text, field) = sealed
        .into_iter()
        .find(|(data, ..)| data.starts_with('+'))
        .expect("one of 64 begins so");
    for came in [data.replace('+', " "), format!(" {data} ")] {
        assert_eq!(
            keys.open(&came, [day], &[&field]).expect("put right").text,
            text,
            "{came:?}"
        );
    }
}
