//! What the tolerant decoder bridges, what it names it, and what it refuses.
use park_core::{
    Date, DateTime, DecimalText, DeviationKind, Fixed, Money, Rule, Rules, Spelling, Text, Time,
    Timestamp,
    json::{Place, decode, encode},
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Car {
    plate_no: Option<Text<10>>,
    manage_type: Option<i32>,
    tagged: Option<bool>,
    amount: Option<Money>,
    price: Option<DecimalText<12, 2>>,
    longitude: Option<f64>,
    open: Option<Time>,
    begin: Option<DateTime>,
    day: Option<Date>,
    moment: Option<Timestamp>,
    spaces: Option<Vec<Text<4>>>,
    inner: Option<Box<Car>>,
}

const SPELLINGS: &[Spelling] = &[Spelling::new("Car", "mangeType", "manageType")];

fn rules() -> Rules {
    let mut rules = Rules::default();
    rules.spellings = SPELLINGS.into();
    rules
}

type Tolerated = (
    &'static str,
    &'static str,
    &'static [(DeviationKind, &'static str)],
);

/// Text, how it is written again, and the deviations that were named.
const TOLERATED: &[Tolerated] = &[
    (
        r#"{"plateNo":44030400100101000010}"#,
        r#"{"plateNo":"44030400100101000010"}"#,
        &[(DeviationKind::NUMBER_FOR_TEXT, "plateNo")],
    ),
    (
        r#"{"plateNo":113.94}"#,
        r#"{"plateNo":"113.94"}"#,
        &[(DeviationKind::NUMBER_FOR_TEXT, "plateNo")],
    ),
    (
        r#"{"manageType":3E+2}"#,
        r#"{"manageType":300}"#,
        &[(DeviationKind::FRACTION_FOR_INTEGER, "manageType")],
    ),
    (
        r#"{"begin":1677629730}"#,
        r#"{"begin":"2023-03-01 08:15:30"}"#,
        &[(DeviationKind::TIMESTAMP_FOR_DATE_TIME, "begin")],
    ),
    (
        r#"{"begin":"1677629730123"}"#,
        r#"{"begin":"2023-03-01 08:15:30"}"#,
        &[(DeviationKind::TIMESTAMP_FOR_DATE_TIME, "begin")],
    ),
    (
        r#"{"begin":20261130}"#,
        r#"{"begin":"2026-11-30 00:00:00"}"#,
        &[(DeviationKind::DATE_FOR_DATE_TIME, "begin")],
    ),
    (
        r#"{"begin":202611301100}"#,
        r#"{"begin":"2026-11-30 11:00:00"}"#,
        &[(DeviationKind::TIME_STYLE, "begin")],
    ),
    (
        r#"{"begin":20261130110059}"#,
        r#"{"begin":"2026-11-30 11:00:59"}"#,
        &[(DeviationKind::TIME_STYLE, "begin")],
    ),
    (
        r#"{"begin":"20261130110059123"}"#,
        r#"{"begin":"2026-11-30 11:00:59"}"#,
        &[(DeviationKind::TIME_STYLE, "begin")],
    ),
    (
        r#"{"begin":0,"manageType":0}"#,
        r#"{"manageType":0}"#,
        &[(DeviationKind::ZERO_FOR_ABSENT, "begin")],
    ),
    (
        r#"{"manageType":" 2 "}"#,
        r#"{"manageType":2}"#,
        &[(DeviationKind::TEXT_FOR_NUMBER, "manageType")],
    ),
    (
        r#"{"manageType":true}"#,
        r#"{"manageType":1}"#,
        &[(DeviationKind::BOOL_FOR_NUMBER, "manageType")],
    ),
    (
        r#"{"manageType":3.0}"#,
        r#"{"manageType":3}"#,
        &[(DeviationKind::FRACTION_FOR_INTEGER, "manageType")],
    ),
    (
        r#"{"tagged":0}"#,
        r#"{"tagged":false}"#,
        &[(DeviationKind::NUMBER_FOR_BOOL, "tagged")],
    ),
    (
        r#"{"tagged":"true"}"#,
        r#"{"tagged":true}"#,
        &[(DeviationKind::NUMBER_FOR_BOOL, "tagged")],
    ),
    (
        r#"{"amount":"20.5"}"#,
        r#"{"amount":20.50}"#,
        &[(DeviationKind::TEXT_FOR_NUMBER, "amount")],
    ),
    (
        r#"{"price":""}"#,
        "{}",
        &[(DeviationKind::EMPTY_FOR_ABSENT, "price")],
    ),
    (
        r#"{"longitude":"114.5"}"#,
        r#"{"longitude":114.5}"#,
        &[(DeviationKind::TEXT_FOR_NUMBER, "longitude")],
    ),
    (
        r#"{"mangeType":1}"#,
        r#"{"manageType":1}"#,
        &[(DeviationKind::SPELLING, "mangeType")],
    ),
    (
        r#"{"begin":" 2023-03-01 08:15:30"}"#,
        r#"{"begin":"2023-03-01 08:15:30"}"#,
        &[(DeviationKind::TIME_STYLE, "begin")],
    ),
    (
        r#"{"begin":"2023-3-1 08:15:30"}"#,
        r#"{"begin":"2023-03-01 08:15:30"}"#,
        &[(DeviationKind::TIME_STYLE, "begin")],
    ),
    (
        r#"{"PlateNo ":"x"}"#,
        r#"{"plateNo":"x"}"#,
        &[(DeviationKind::KEY_STYLE, "PlateNo ")],
    ),
    (
        r#"{"isShared":{"a":[1,{}]}}"#,
        "{}",
        &[(DeviationKind::UNKNOWN_FIELD, "isShared")],
    ),
    (
        r#"{"plateNo":null}"#,
        "{}",
        &[(DeviationKind::NULL_FOR_ABSENT, "plateNo")],
    ),
    (
        r#"{"plateNo":"","manageType":"","begin":"","amount":""}"#,
        r#"{"plateNo":""}"#,
        &[
            (DeviationKind::EMPTY_FOR_ABSENT, "manageType"),
            (DeviationKind::EMPTY_FOR_ABSENT, "begin"),
            (DeviationKind::EMPTY_FOR_ABSENT, "amount"),
        ],
    ),
    (
        r#"{"open":"09:00"}"#,
        r#"{"open":"09:00:00"}"#,
        &[(DeviationKind::SHORT_TIME, "open")],
    ),
    (
        r#"{"begin":"2015-01-01"}"#,
        r#"{"begin":"2015-01-01 00:00:00"}"#,
        &[(DeviationKind::DATE_FOR_DATE_TIME, "begin")],
    ),
    (
        r#"{"begin":"2015/01/01 10:00:00"}"#,
        r#"{"begin":"2015-01-01 10:00:00"}"#,
        &[(DeviationKind::TIME_STYLE, "begin")],
    ),
    (
        r#"{"begin":1255555566}"#,
        r#"{"begin":"2009-10-15 05:26:06"}"#,
        &[(DeviationKind::TIMESTAMP_FOR_DATE_TIME, "begin")],
    ),
    (
        r#"{"day":"2015-01-01 10:00:00"}"#,
        r#"{"day":"2015-01-01"}"#,
        &[(DeviationKind::DATE_TIME_FOR_DATE, "day")],
    ),
    (
        r#"{"moment":125555556621}"#,
        r#"{"moment":1255555566}"#,
        &[(DeviationKind::LONG_TIMESTAMP, "moment")],
    ),
    (
        r#"{"moment":"2018-01-01 01:01:01"}"#,
        r#"{"moment":1514739661}"#,
        &[(DeviationKind::DATE_TIME_FOR_TIMESTAMP, "moment")],
    ),
    (
        r#"{"moment":"1255555566"}"#,
        r#"{"moment":1255555566}"#,
        &[(DeviationKind::TEXT_FOR_NUMBER, "moment")],
    ),
    (
        r#"{"spaces":null}"#,
        "{}",
        &[(DeviationKind::NULL_FOR_ABSENT, "spaces")],
    ),
    (
        r#"{"inner":{"inner":{"spaces":["a",5]}}}"#,
        r#"{"inner":{"inner":{"spaces":["a","5"]}}}"#,
        &[(DeviationKind::NUMBER_FOR_TEXT, "inner.inner.spaces[1]")],
    ),
    (
        r#" { "plateNo" : "a\u0062" , "manageType" : -1 } "#,
        r#"{"plateNo":"ab","manageType":-1}"#,
        &[],
    ),
    (r#"{"plate\u004eo":"x"}"#, r#"{"plateNo":"x"}"#, &[]),
];

#[test]
fn what_peers_write_is_read_named_and_never_written() {
    for (text, written, named) in TOLERATED {
        let (car, deviations): (Car, _) =
            decode(text, &rules()).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        assert_eq!(encode(&car).unwrap(), *written, "{text}");
        let found: Vec<_> = deviations
            .list()
            .iter()
            .map(|found| (found.kind, found.path.as_str()))
            .collect();
        assert_eq!(found, *named, "{text}");
        let (again, none): (Car, _) = decode(written, &Rules::strict()).expect(written);
        assert_eq!((again, none.count()), (car, 0), "{text}");
    }
}

#[test]
fn strict_rules_refuse_the_first_deviation_and_say_which() {
    for (text, _, named) in TOLERATED {
        let mut strict = rules();
        strict.strictness = park_core::Strictness::Strict;
        let outcome = decode::<Car>(text, &strict)
            .map(|_| ())
            .map_err(|problem| (problem.rule, problem.path));
        let expected = match named.first() {
            Some((kind, path)) => Err((Rule::Deviates(*kind), (*path).to_owned())),
            None => Ok(()),
        };
        assert_eq!(outcome, expected, "{text}");
    }
}

#[test]
fn one_object_is_a_list_of_one() {
    let (list, deviations): (Vec<Car>, _) = decode(r#"{"plateNo":"x"}"#, &rules()).unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(deviations.list()[0].kind, DeviationKind::OBJECT_FOR_LIST);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "only what cannot be read is looked at")]
struct Required {
    park_code: Text<20>,
    state: i32,
    amount: Money,
    begin: DateTime,
    count: u8,
    power: Fixed<4>,
}

#[test]
fn what_cannot_be_read_is_told_with_path_expected_and_found() {
    let good = r#"{"parkCode":"1","state":1,"amount":1.00,"begin":"2023-03-01 08:00:00","count":1,"power":1.0000}"#;
    decode::<Required>(good, &Rules::strict()).unwrap();
    for (from, to, message) in [
        (
            r#""parkCode":"1","#,
            "",
            "data[3].parkCode: required, but absent or empty",
        ),
        (
            r#""state":1"#,
            r#""state":"x""#,
            "data[3].state: expected i32, found other text",
        ),
        (
            r#""state":1"#,
            r#""state":3000000000"#,
            "data[3].state: expected i32, found another number",
        ),
        (
            r#""state":1"#,
            r#""state":1.5"#,
            "data[3].state: expected i32, found another number",
        ),
        (
            r#""state":1"#,
            r#""state":null"#,
            "data[3].state: expected i32, found null",
        ),
        (
            r#""state":1"#,
            r#""state":{}"#,
            "data[3].state: expected i32, found an object",
        ),
        (
            r#""count":1"#,
            r#""count":256"#,
            "data[3].count: expected u8, found another number",
        ),
        (
            r#""parkCode":"1""#,
            r#""parkCode":["1"]"#,
            "data[3].parkCode: expected a string, found a list",
        ),
        (
            r#""amount":1.00"#,
            r#""amount":"free""#,
            "data[3].amount: expected a decimal number, found other text",
        ),
        (
            r#"2023-03-01 08:00:00"#,
            "2023-02-30 08:00:00",
            "data[3].begin: expected yyyy-MM-dd HH:mm:ss, found other text",
        ),
        (
            r#""state":1"#,
            r#""state":1,"state":1"#,
            "data[3].state: stands twice",
        ),
        (
            r#""state":1"#,
            r#""state":01"#,
            "data[3].state: not JSON: malformed number at byte 24",
        ),
        (
            r#","count""#,
            r#",,"count""#,
            "data[3]: not JSON: unexpected character at byte 77",
        ),
        ("}", "", "data[3]: not JSON: unexpected end at byte 97"),
        (
            "}",
            "} x",
            "data[3]: not JSON: text after the end at byte 99",
        ),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good);
        let place = Place {
            item: Some(("data", 3)),
            known: &[],
        };
        let problem = place
            .decode::<Required>(&text, &rules(), &mut Default::default())
            .expect_err(&text);
        let told = problem.to_string();
        // The exact words for a syntax fault are the lexer's; the path and the kind are what
        // matters here.
        if message.contains("not JSON") {
            assert!(
                told.starts_with(message.split(": ").next().unwrap()) && told.contains("not JSON"),
                "{told}"
            );
        } else {
            assert_eq!(told, message);
        }
    }
}

#[test]
fn agreed_names_are_no_deviation() {
    let mut rules = Rules::strict();
    assert!(decode::<Car>(r#"{"mangeType":1}"#, &rules).is_err());
    rules.agreed = SPELLINGS.into();
    for text in [r#"{"mangeType":1}"#, r#"{"manageType":1}"#] {
        let (car, deviations) = decode::<Car>(text, &rules).unwrap();
        assert_eq!((car.manage_type, deviations.count()), (Some(1), 0));
    }
}

#[test]
fn deep_nesting_is_refused_without_a_stack_overflow() {
    let deep = format!("{}{}", r#"{"inner":"#.repeat(10_000), "}".repeat(10_000));
    assert!(
        decode::<Car>(&deep, &rules())
            .unwrap_err()
            .to_string()
            .contains("not JSON")
    );
}

#[test]
fn empty_texts_that_mean_absent_cost_a_bounded_number_of_looks() {
    let many = format!("[{}]", vec![r#"{"manageType":""}"#; 1000].join(","));
    let outcome = decode::<Vec<Car>>(&many, &rules());
    assert_eq!(
        outcome.unwrap_err().rule,
        Rule::Type {
            expected: "i32".into(),
            found: "empty text"
        }
    );
}

/// What nobody can tell the meaning of is refused: it would be read as something else.
#[test]
fn nothing_is_read_as_something_else() {
    for text in [
        r#"{"plateNo":2.0261130E+20}"#,
        r#"{"plateNo":20261130.0}"#,
        r#"{"plateNo":true}"#,
        r#"{"plateNo":false}"#,
        r#"{"begin":20261330}"#,
        r#"{"begin":202611302500}"#,
        r#"{"begin":2026113}"#,
        r#"{"begin":999999999}"#,
        r#"{"begin":2000000000}"#,
        r#"{"begin":2677629730123}"#,
        r#"{"begin":16776297301}"#,
        r#"{"begin":1677629730.5}"#,
        r#"{"begin":1.677629730E9}"#,
        r#"{"begin":-1}"#,
        r#"{"begin":1}"#,
        r#"{"manageType":3.5E0}"#,
        r#"{"manageType":1E-1}"#,
        r#"{"manageType":1E99}"#,
    ] {
        assert!(decode::<Car>(text, &rules()).is_err(), "{text}");
    }
    let required = |text: &str| decode::<DateTime>(text, &rules());
    assert!(required("0").is_err());
    for (text, seconds) in [
        ("1677629730", Some(1_677_629_730)),
        ("167762973012", Some(1_677_629_730)),
        ("1677629730.999", Some(1_677_629_730)),
        ("20261201050045", Some(1_796_072_445)),
        ("\"20261201050045\"", Some(1_796_072_445)),
        ("\"2026-12-01 05:00:45\"", Some(1_796_072_445)),
        ("1", Some(1)),
        ("20261301050045", None),
        ("167762973012345", None),
        ("1.6E9", None),
    ] {
        let read = decode::<Timestamp>(text, &rules()).ok();
        assert_eq!(read.map(|(moment, _)| moment.seconds()), seconds, "{text}");
    }
}

/// What could be read is written, and strictly read as the same.
fn means_the_same_when_written<
    T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
>(
    text: &str,
) -> Result<(), TestCaseError> {
    if let Ok((value, _)) = decode::<T>(text, &rules()) {
        let written = encode(&value).expect("a value that was read");
        let (again, deviations) =
            decode::<T>(&written, &Rules::strict()).expect("a text that was written");
        prop_assert_eq!((again, deviations.count()), (value, 0), "{}", written);
    }
    Ok(())
}

proptest! {
    // What serde_json reads without complaint, the tolerant decoder reads as the same, without a
    // deviation; and it never panics.
    #[test]
    fn agrees_with_serde_json_on_what_is_exact(
        plate in proptest::option::of(".{0,12}"), kind in proptest::option::of(any::<i32>()),
        tagged in proptest::option::of(any::<bool>()),
        cents in proptest::option::of(any::<i32>()),
        spaces in proptest::option::of(proptest::collection::vec("[a-z\\\\\"\u{0}-\u{1f}粤]{1,4}",
            0..4)),
    ) {
        let car = Car {
            plate_no: plate.map(Text::from), manage_type: kind, tagged,
            amount: cents.map(|cents| Money::fen(cents.into())),
            spaces: spaces.map(|spaces| spaces.into_iter().map(Text::from).collect()),
            ..Car::default()
        };
        let text = encode(&car).unwrap();
        let (read, deviations): (Car, _) = decode(&text, &Rules::strict()).unwrap();
        prop_assert_eq!((&read, deviations.count()), (&car, 0));
        prop_assert_eq!(serde_json::from_str::<Car>(&text).unwrap(), car);
    }

    #[test]
    fn never_panics(text in "[\\[\\]{}\",:0-9.eE+\\-truefalsn\\\\ plateNoinner]{0,60}") {
        means_the_same_when_written::<Car>(&text)?;
        means_the_same_when_written::<Vec<Car>>(&text)?;
    }
}
