//! Every field of every upward table against the table itself: `fixtures/kt-endpoints.json` has the
//! rows as the document prints them, the samples have every field, and each field is left out,
//! emptied, given another JSON type and every value of its list.
use super::{CALLS, PAGES, data, fixture, strict};
use kt_proto::{Rule, Violation};
use serde_json::Value;
use std::collections::BTreeSet;

/// Fields that may be absent. No upward table marks any, so each has the reason for which it may.
const OPTIONAL: [(&str, &str, &str); 24] = [
    ("1.2", "totalPlaceCount", "the sample leaves it out"),
    ("1.3", "remark", "the sample has it empty: no fault"),
    ("2.1", "cardNo", "only with a ticket, or without a plate"),
    ("2.1", "imgName", "set up by the lot"),
    ("2.1", "vplType", "no value for what was not recognised"),
    ("2.1", "vplColor", "no value for what was not recognised"),
    ("2.2", "cardNo", "only with a ticket, or without a plate"),
    ("2.2", "imgName", "set up by the lot"),
    ("2.3", "cardNo", "only with a ticket, or without a plate"),
    ("2.3", "ticketMoney", "the sample leaves it out"),
    ("2.3", "ticketTime", "the sample leaves it out"),
    ("2.3", "freeMoney", "the sample leaves it out"),
    ("2.3", "imgName", "set up by the lot"),
    ("2.4", "remark", "a note"),
    ("2.5", "areaInfo", "the sample leaves it out"),
    ("2.7", "cardNo", "only with a ticket, or without a plate"),
    (
        "2.7",
        "entryTime",
        "only this table does not forbid that it is empty",
    ),
    ("2.7", "leaveTime", "a car that paid inside is still there"),
    ("2.7", "remark", "a note"),
    (
        "3.1",
        "telPhone",
        "optional where a card is added, downward 4.1",
    ),
    ("4.1", "plateNum", "a car with a ticket may have none"),
    ("4.1", "cardNo", "the sample leaves it out"),
    ("4.2", "outTime", "the sample leaves it out"),
    ("5.3", "cardNo", "only with a ticket, or without a plate"),
];

/// Fields of another JSON type than their table's.
const OTHER_TYPE: [(&str, &str, &str, &str); 1] = [(
    "2.4",
    "entryPlace",
    "string",
    "a number cannot hold the name or IP address that its remark wants",
)];

struct Row {
    field: String,
    kind: String,
    remark: String,
    /// Where its object stands in the message.
    object: &'static str,
}

/// The rows of one side of an interface, each with its object: the rows behind `areaInfo` are those
/// of its entries.
fn rows(endpoint: &Value, side: &str) -> Vec<Row> {
    let mut object = "";
    let mut rows = Vec::new();
    for row in endpoint[side].as_array().expect("a list") {
        let text = |key: &str| row[key].as_str().expect(key).to_owned();
        rows.push(Row {
            field: text("field"),
            kind: text("type").to_lowercase(),
            remark: text("remark").replace(' ', ""),
            object,
        });
        if rows.last().is_some_and(|row| row.remark == "包含以下参数") {
            object = "/areaInfo/0";
        }
    }
    rows
}

fn fields<'a>(sample: &'a mut Value, object: &str) -> &'a mut serde_json::Map<String, Value> {
    sample
        .pointer_mut(object)
        .and_then(Value::as_object_mut)
        .expect("an object")
}

#[test]
fn every_field_is_as_its_table_has_it() {
    let endpoints: Vec<Value> =
        serde_json::from_str(&fixture("kt-endpoints.json").expect("the tables")).expect("JSON");
    let upward: Vec<&Value> = endpoints
        .iter()
        .filter(|endpoint| endpoint["direction"] == "up")
        .collect();
    assert_eq!(upward.len(), CALLS.len() + PAGES.len());
    let (mut checked, mut optional) = (0, BTreeSet::new());
    for endpoint in upward {
        let section = endpoint["section"].as_str().expect("a section");
        let call = CALLS
            .iter()
            .chain(&PAGES)
            .find(|call| call.section == section)
            .expect(section);
        assert_eq!(endpoint["name"], call.name);
        for (side, read) in [("request", call.request), ("reply", call.reply)] {
            let rows = rows(endpoint, side);
            let text = match (call.section, side) {
                ("5.1", "request") => Some(r#"{"parkCode":"123"}"#.to_owned()),
                ("5.2", "request") => {
                    Some(r#"{"parkCode":"123","orderNo":"0215646456465"}"#.to_owned())
                }
                ("5.1" | "5.2", _) => None,
                (_, "request") => fixture(&format!("samples/{}.request.json", call.name)),
                _ => data(&fixture(&format!("samples/{}.reply.json", call.name)).expect(section))
                    .expect(section),
            };
            let Some(text) = text else {
                assert!(rows.is_empty(), "{section} {side}");
                continue;
            };
            let sample: Value = serde_json::from_str(&text).expect(section);
            let refusals = |change: &dyn Fn(&mut Value)| {
                let mut changed = sample.clone();
                change(&mut changed);
                match read(&changed.to_string(), &strict()) {
                    Ok(seen) => seen.violations,
                    Err(violation) => vec![violation],
                }
            };
            for object in rows.iter().map(|row| row.object).collect::<BTreeSet<_>>() {
                let of_table: BTreeSet<&str> = rows
                    .iter()
                    .filter(|row| row.object == object)
                    .map(|row| row.field.as_str())
                    .collect();
                let of_sample: BTreeSet<&str> = sample
                    .pointer(object)
                    .and_then(Value::as_object)
                    .expect("an object")
                    .keys()
                    .map(String::as_str)
                    .collect();
                assert_eq!(of_table, of_sample, "{section} {side} {object}");
            }
            for Row {
                field,
                kind,
                remark,
                object,
            } in &rows
            {
                checked += 1;
                let place = format!("{section} {side} {field}");
                let path = if object.is_empty() {
                    field.clone()
                } else {
                    format!("areaInfo[0].{field}")
                };

                let missing = refusals(&|sample| drop(fields(sample, object).remove(field)));
                let may_be_absent = OPTIONAL
                    .iter()
                    .any(|row| (row.0, row.1) == (section, field));
                let expected = [Violation::new(path.clone(), Rule::Missing)];
                assert_eq!(
                    missing,
                    if may_be_absent { &[][..] } else { &expected },
                    "{place}"
                );
                if may_be_absent {
                    optional.insert((section, field.clone()));
                }

                let wanted = OTHER_TYPE
                    .iter()
                    .find(|row| (row.0, row.1) == (section, field))
                    .map_or(kind.as_str(), |row| row.2);
                let value = &sample.pointer(object).expect("an object")[field];
                let (fits, other) = match wanted {
                    "string" => (value.is_string(), Value::from(1)),
                    "int" => (value.is_i64(), Value::from("1")),
                    "array" => (value.is_array(), Value::from("1")),
                    _ => panic!("{place}: {wanted}"),
                };
                assert!(fits, "{place}: {wanted}");
                let refused = refusals(&|sample| {
                    drop(fields(sample, object).insert(field.clone(), other.clone()))
                });
                assert_eq!(
                    refused
                        .iter()
                        .map(|found| found.path.as_str())
                        .collect::<Vec<_>>(),
                    [path.as_str()],
                    "{place}: {other}"
                );

                if remark.contains("不允许为空") {
                    assert!(!may_be_absent, "{place}");
                    let empty = refusals(&|sample| {
                        drop(fields(sample, object).insert(field.clone(), "".into()))
                    });
                    assert_eq!(empty.len(), 1, "{place} is not empty");
                    assert_eq!(empty[0].path, path, "{place}");
                }
            }
        }
    }
    assert_eq!(optional.len(), OPTIONAL.len());
    assert_eq!(checked, 136);
}

#[test]
fn values_of_the_lists_are_accepted_and_others_reported() {
    /// Section, field and the values that its remark or appendix lists.
    const LISTS: [(&str, &str, &[&str]); 14] = [
        ("1.2", "/areaInfo/0/areaType", &["0", "1", "2"]),
        ("1.3", "/deviceType", &["1", "2", "3", "4"]),
        ("1.4", "/deviceType", &["1", "2", "3", "4"]),
        ("2.1", "/vplType", &["\"1\"", "\"2\""]),
        (
            "2.1",
            "/vplColor",
            &["\"0\"", "\"1\"", "\"2\"", "\"3\"", "\"4\""],
        ),
        (
            "2.3",
            "/payType",
            &["0", "1", "2", "3", "4", "5", "6", "7", "100"],
        ),
        (
            "2.3",
            "/carType",
            &[
                "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "99", "100",
            ],
        ),
        (
            "2.7",
            "/carType",
            &[
                "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "99", "100",
            ],
        ),
        (
            "2.7",
            "/terminalType",
            &[
                "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "13", "14", "15",
            ],
        ),
        (
            "2.7",
            "/payType",
            &[
                "100", "101", "102", "103", "104", "105", "106", "107", "108", "109", "110", "111",
                "112", "113", "114", "115",
            ],
        ),
        ("2.7", "/paidType", &["0", "1", "2"]),
        (
            "3.1",
            "/carType",
            &[
                "\"0\"", "\"1\"", "\"2\"", "\"3\"", "\"4\"", "\"5\"", "\"6\"", "\"7\"", "\"8\"",
                "\"9\"", "\"99\"", "\"100\"",
            ],
        ),
        ("4.1", "reply/payType", &["6", "7"]),
        ("4.2", "reply/payType", &["6", "7"]),
    ];
    for (section, place, listed) in LISTS {
        let call = CALLS
            .iter()
            .find(|call| call.section == section)
            .expect(section);
        let (pointer, side, read) = match place.strip_prefix("reply") {
            Some(pointer) => (pointer, "reply", call.reply),
            None => (place, "request", call.request),
        };
        let text = fixture(&format!("samples/{}.{side}.json", call.name)).expect(section);
        let text = if side == "reply" {
            data(&text).expect(section).expect(section)
        } else {
            text
        };
        let sample: Value = serde_json::from_str(&text).expect(section);
        let is_text = listed[0].starts_with('"');
        let accepted: BTreeSet<String> = (-1..130)
            .filter_map(|number: i64| {
                let mut changed = sample.clone();
                *changed.pointer_mut(pointer).expect(place) = if is_text {
                    number.to_string().into()
                } else {
                    number.into()
                };
                let seen = read(&changed.to_string(), &strict()).expect("an open code");
                let ok = seen.violations.is_empty();
                if !ok {
                    assert!(
                        matches!(
                            seen.violations[0].rule,
                            Rule::UnknownCode | Rule::TooLong { .. }
                        ),
                        "{section} {place}"
                    );
                    let written: Value = serde_json::from_str(&seen.written).expect("JSON");
                    assert_eq!(written, changed, "an unknown value survives");
                }
                ok.then(|| {
                    if is_text {
                        format!("\"{number}\"")
                    } else {
                        number.to_string()
                    }
                })
            })
            .collect();
        assert_eq!(
            accepted,
            listed.iter().map(ToString::to_string).collect(),
            "{section} {place}"
        );
    }
}
