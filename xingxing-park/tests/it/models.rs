//! The models against the document: its samples as printed, and every field of every table, left
//! out, emptied, lengthened, and with each listed value.
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};
use xingxing_park::{code::*, ledger::QueryOutcome, model::*, *};

fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).expect(&path)
}

/// What is wrong with a text: the one thing that cannot be read, or the rules that are broken. What
/// can be read is written and read again.
type Read = fn(&str) -> Vec<Violation>;

fn read<T: DeserializeOwned + Serialize + Check + PartialEq + std::fmt::Debug>(
    text: &str,
) -> Vec<Violation> {
    let value = match decode::<T>(text, &Rules::default()) {
        Err(unreadable) => return vec![unreadable],
        Ok((value, _)) => value,
    };
    let written = encode(&value).expect("a model can be written");
    let (again, deviations) =
        decode::<T>(&written, &Rules::strict()).expect("strictly what the document says");
    assert_eq!((&again, deviations.count()), (&value, 0), "{written}");
    let mut violations = Violations::default();
    value.check(&mut violations);
    violations.list().to_vec()
}

/// A table of the document, an example of it, and how it is read.
fn tables() -> Vec<(&'static str, Value, Read)> {
    let sample =
        serde_json::from_str(&fixture("document/3.1-park-charge-result.json")).expect("JSON");
    vec![
        ("3.1", sample, read::<ParkChargeResult>),
        ("4.1.4", json!({"Status": 0}), read::<Receipt>),
        (
            "4.2.3",
            json!({"OperatorID": "MA5DA0053", "OrderID": "201807111622529304"}),
            read::<ChargeQuery>,
        ),
        (
            "4.3.3",
            json!({"OrderID": "201807111622529304", "DiscountMoney": 0}),
            read::<DiscountReport>,
        ),
        ("4.3.4", json!({"Status": 0}), read::<Receipt>),
    ]
}

/// Name in Chinese, name, required, type, remark.
type Row = [String; 5];

#[test]
fn every_field_is_as_its_table_has_it() {
    let rows: BTreeMap<String, Vec<Row>> =
        serde_json::from_str(&fixture("tables.json")).expect("tables");
    let mut fields = 0;
    for (table, sample, read) in tables() {
        assert_eq!(read(&sample.to_string()), [], "{table}");
        let names: Vec<&String> = rows[table].iter().map(|row| &row[1]).collect();
        let mut written: Vec<&String> = sample.as_object().expect("an object").keys().collect();
        written.sort_by_key(|key| names.iter().position(|name| name == key));
        assert_eq!(written, names, "{table}");
        for [_, name, required, kind, remark] in &rows[table] {
            fields += 1;
            let with = |value: Value| {
                let mut changed = sample.clone();
                changed[name] = value;
                read(&changed.to_string())
            };
            let broken = |rule: Rule| vec![Violation::new(name.as_str(), rule)];
            let place = format!("{table} {name}");

            assert_eq!(required, "是", "{place}");
            let mut without = sample.clone();
            without.as_object_mut().expect("an object").remove(name);
            assert_eq!(read(&without.to_string()), broken(Rule::Missing), "{place}");
            match kind.as_str() {
                "字符型" if remark.starts_with("格式") => {
                    assert_eq!(with(json!("2018-07-11 00:00:00")), [], "{place}");
                    assert_eq!(with(json!("yesterday")).len(), 1, "{place}");
                }
                "字符型" => {
                    let digits: String = remark.chars().filter(char::is_ascii_digit).collect();
                    let exactly = remark.starts_with(|first: char| first.is_ascii_digit());
                    assert_eq!(with(json!("")), broken(Rule::Missing), "{place}");
                    // The remark on OperatorID goes on to name Star Charge's: 9字符
                    // 星星充电为：313744932.
                    let max = digits
                        .strip_suffix("313744932")
                        .unwrap_or(&digits)
                        .parse::<usize>();
                    let Ok(max) = max else {
                        assert_eq!(
                            (remark.as_str(), with(json!("粤".repeat(5000)))),
                            ("", vec![]),
                            "{place}"
                        );
                        continue;
                    };
                    assert_eq!(with(json!("粤".repeat(max))), [], "{place}");
                    assert_eq!(
                        with(json!("粤".repeat(max + 1))),
                        broken(Rule::TooLong {
                            max,
                            found: max + 1
                        }),
                        "{place}"
                    );
                    for found in [1, max - 1] {
                        let short = if exactly {
                            broken(Rule::TooShort { min: max, found })
                        } else {
                            vec![]
                        };
                        assert_eq!(with(json!("粤".repeat(found))), short, "{place}");
                    }
                }
                "浮点型" => {
                    assert!(remark.ends_with("小数点后2位"), "{place}");
                    let number = |text: &str| with(serde_json::from_str(text).expect("a number"));
                    assert_eq!(number("1234567.89"), [], "{place}");
                    assert_eq!(
                        number("0.125"),
                        broken(Rule::Decimals { max: 2 }),
                        "{place}"
                    );
                }
                "整型" | "整形" => {
                    let listed: Vec<i32> = remark
                        .split(|sign: char| !sign.is_ascii_digit())
                        .filter_map(|code| code.parse().ok())
                        .collect();
                    let named: Vec<i32> = if name == "Status" {
                        ReceiptStatus::LIST.iter().map(|(code, _)| code.0).collect()
                    } else {
                        ChargeState::LIST.iter().map(|(code, _)| code.0).collect()
                    };
                    assert_eq!(named, listed, "{place}");
                    for code in -1..8 {
                        let expected = if listed.contains(&code) {
                            vec![]
                        } else {
                            broken(Rule::UnknownCode)
                        };
                        assert_eq!(with(json!(code)), expected, "{place} {code}");
                    }
                }
                other => panic!("{place}: a type {other}"),
            }
        }
    }
    assert_eq!(fields, 10 + 1 + 2 + 2 + 1);
}

#[test]
fn the_sample_is_read_strictly_and_written_with_two_decimals() {
    let text = fixture("document/3.1-park-charge-result.json");
    let (result, deviations) =
        decode::<ParkChargeResult>(&text, &Rules::strict()).expect("as printed");
    assert_eq!(deviations.count(), 0);
    let at = |time: &str| time.parse::<DateTime>().expect(time);
    let expected = ParkChargeResult {
        operator_id: "000000002".into(),
        order_id: "201807111622529304".into(),
        connector_id: "11000000000000010033283000".into(),
        plate: "苏DR3005".into(),
        start_charge_seq_stat: ChargeState::CHARGING,
        start_time: at("2018-07-11 16:38:55"),
        end_time: at("2018-07-11 16:41:21"),
        total_power: Fixed::of_units(40),
        total_money: Money::ZERO,
        park_id: "3100000092".into(),
    };
    assert_eq!(result, expected);
    let compact: String = text.split_whitespace().collect();
    let times_apart = |text: String| text.replace("2018-07-11", "2018-07-11 ");
    let printed = times_apart(compact)
        .replace(r#""TotalPower":0.4,"#, r#""TotalPower":0.40,"#)
        .replace(r#""TotalMoney":0,"#, r#""TotalMoney":0.00,"#);
    assert_eq!(encode(&result).expect("a model"), printed);
}

#[test]
fn what_peers_write_otherwise_is_understood_and_named() {
    let sample: Value =
        serde_json::from_str(&fixture("document/3.1-park-charge-result.json")).expect("JSON");
    let (expected, _) =
        decode::<ParkChargeResult>(&sample.to_string(), &Rules::strict()).expect("as printed");
    for (name, value, kind) in [
        (
            "OrderID",
            json!(201807111622529304u64),
            DeviationKind::NUMBER_FOR_TEXT,
        ),
        (
            "StartChargeSeqStat",
            json!("2"),
            DeviationKind::TEXT_FOR_NUMBER,
        ),
        ("TotalPower", json!("0.40"), DeviationKind::TEXT_FOR_NUMBER),
        (
            "StartTime",
            json!("2018/07/11 16:38:55"),
            DeviationKind::TIME_STYLE,
        ),
        ("Remark", json!("new"), DeviationKind::UNKNOWN_FIELD),
    ] {
        let mut changed = sample.clone();
        changed[name] = value;
        let text = changed.to_string();
        let (result, deviations) =
            decode::<ParkChargeResult>(&text, &Rules::default()).expect(name);
        assert_eq!(
            (&result, deviations.list()),
            (&expected, &[Deviation::new(kind, name)][..])
        );
        assert!(
            decode::<ParkChargeResult>(&text, &Rules::strict()).is_err(),
            "{name}"
        );
    }
}

#[test]
fn nothing_found_is_an_answer() {
    let envelope: Value =
        serde_json::from_str(&fixture("document/4.2.5-not-found.json")).expect("JSON");
    let found: Option<ParkChargeResult> =
        serde_json::from_value(envelope["Data"].clone()).expect("null");
    assert_eq!(QueryOutcome::from(found), QueryOutcome::NotFound);
    assert_eq!(envelope["Ret"], json!(200));
}

#[test]
fn an_accepted_receipt_is_as_the_document_has_it() {
    assert_eq!(
        encode(&Receipt::ACCEPTED).expect("a model"),
        r#"{"Status":0}"#
    );
    let report = DiscountReport {
        order_id: "201807111622529304".into(),
        discount_money: Money::ZERO,
    };
    assert_eq!(
        encode(&report).expect("a model"),
        r#"{"OrderID":"201807111622529304","DiscountMoney":0.00}"#
    );
}
