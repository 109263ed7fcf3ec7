//! Every row of the document's tables, from `fixtures/kt-endpoints.json`: name, JSON type, required
//! or not, values of its list.
use super::{fixture, interfaces::Side, samples, tolerant};
use kt_proto::*;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// Where the model has another JSON type than the table.
const OTHER_TYPE: [(&str, &str, &str); 3] = [
    (
        "PayParkingFee.request",
        "money",
        "the example in the same table has a number, as everywhere else",
    ),
    ("PayParkingFee.request", "time", "the example has a number"),
    (
        "PayParkingFee.request",
        "code",
        "the example has text; a number would lose the zeros of a voucher",
    ),
];

/// Where a field that the table does not call required (必填) is refused when it is left out of the
/// sample.
const NEEDED: &[(&str, &str, &str)] = &[
    (
        "*",
        "id",
        "what names the record, without which nothing can be done with it",
    ),
    (
        "*",
        "orderNo",
        "of the replies of 3.1, 3.5 and 3.7: what names the order",
    ),
    (
        "*",
        "cardId",
        "of the replies of 4.1 and 4.5: what names the card",
    ),
    (
        "*",
        "blackId",
        "of the replies of 4.8 and 4.9: what names the entry",
    ),
    (
        "*",
        "bookId",
        "of the replies of chapter 5: what names the booking",
    ),
    ("*", "totalNum", "what the reply of 1.1 and 1.2 is"),
    ("*", "detail", "what the reply of 1.1 and 1.2 is"),
    ("*", "payable", "what the reply is about"),
    (
        "*",
        "payMoney",
        "of the replies of 3.5 and 3.7: the change is computed from it",
    ),
    ("*", "paidAmount", "the change is computed from it"),
    ("*", "ifCharge", "whether change is owed"),
    (
        "SearchParkingInfo.reply",
        "entryTime",
        "what tells that a car is inside",
    ),
    ("GetPaymentStatus.reply", "status", "what the reply is"),
    ("GetPhoto.reply", "imageUrl", "what the reply is"),
    ("GetCarCardInfo.reply", "carType", "the unit of validValue"),
    ("GetCardProduct.reply", "rechargeAmount", "what the rule is"),
    (
        "GetCardProduct.reply",
        "rechargeType",
        "the unit of rechargeAmount",
    ),
    (
        "GetCardProduct.reply",
        "sentType",
        "the unit of sentAmount, which the sample has",
    ),
    ("GetBlackInfo.reply", "plateNo", "what the entry is about"),
    ("GetBookingCar.reply", "plateNo", "what the entry is about"),
    (
        "GateControl.request",
        "controlType",
        "without it there is nothing to do",
    ),
    (
        "ShowLedMsg.request",
        "showInfo",
        "without it there is nothing to show",
    ),
    (
        "CarCardNoManage.request",
        "plateNo",
        "needed to change, which the sample does",
    ),
    (
        "CarCardNoManage.request",
        "modifyType",
        "without it there is nothing to do",
    ),
    (
        "BlackListControl.request",
        "plateNo",
        "needed for a new entry, which the sample is",
    ),
    (
        "BlackListControl.request",
        "controlType",
        "without it there is nothing to do",
    ),
    (
        "ParkingFree.request",
        "plateNo",
        "one of it and cardNo, and the sample has it",
    ),
    (
        "PayParkingFee.request",
        "money",
        "a reduction of nothing is none",
    ),
    (
        "PayParkingFee.request",
        "time",
        "a reduction of nothing is none",
    ),
    ("PayParkingFee.request", "code", "what names the reduction"),
    ("PayParkingFee.request", "type", "what kind of reduction"),
];

/// A field that cannot stand beside another: (side, field, the other).
const INSTEAD: [(&str, &str, &str); 1] =
    [("GetCarInOutInfoByPlace.request", "leavePlace", "entryPlace")];

/// Replies whose field of the name in [`NEEDED`] for all interfaces may be absent: the call was
/// answered, and the peer knows it already.
const ECHOES: [(&str, &str); 2] = [
    ("ParkingFree.reply", "orderNo"),
    ("PayChargeNotice.reply", "orderNo"),
];

/// Fields whose remark lists their values.
const CODED: [&str; 15] = [
    "deviceType",
    "controlType",
    "payType",
    "payMethod",
    "type",
    "status",
    "ifCharge",
    "chargeType",
    "isCard",
    "modifyType",
    "rechargeType",
    "sentType",
    "bookType",
    "promptly",
    "isCarIn",
];

struct Row {
    side: String,
    field: String,
    json: String,
    remark: String,
    required: bool,
    /// The object that it stands in, in the sample; the second part inside the JSON of a text.
    within: (String, Option<String>),
}

fn rows(samples: &BTreeMap<String, (Side, Value)>) -> Vec<Row> {
    let text = fs::read_to_string(fixture("kt-endpoints.json")).expect("the tables are there");
    let tables: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let mut rows = Vec::new();
    for table in tables.iter().filter(|table| table["direction"] == "down") {
        for half in ["request", "reply"] {
            let side = format!("{}.{half}", table["name"].as_str().expect("a name"));
            let list = matches!(samples.get(&side), Some((_, Value::Array(_))));
            let mut within = (if list { "/0".to_owned() } else { String::new() }, None);
            for row in table[half].as_array().expect("rows") {
                let text = |key: &str| row[key].as_str().expect(key).to_owned();
                let row = Row {
                    side: side.clone(),
                    field: text("field"),
                    json: text("type").to_lowercase(),
                    remark: text("remark"),
                    required: row.get("required") == Some(&Value::Bool(true)),
                    within: within.clone(),
                };
                // The rows behind these two belong to what they hold.
                if row.remark.contains("包含以下参数") {
                    within.0 = format!("{}/{}/0", within.0, row.field);
                } else if row.remark.contains("freeDetail数据") {
                    within.1 = Some(row.field.clone());
                }
                rows.push(row);
            }
        }
    }
    rows
}

impl Row {
    /// The sample with its object changed by `change`.
    fn with(&self, sample: &Value, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let mut sample = sample.clone();
        let object = sample
            .pointer_mut(&self.within.0)
            .and_then(Value::as_object_mut)
            .expect("an object");
        match &self.within.1 {
            None => change(object),
            Some(text) => {
                let mut list: Value =
                    serde_json::from_str(object[text].as_str().expect("text")).expect("JSON");
                change(list[0].as_object_mut().expect("an object"));
                object.insert(text.clone(), list.to_string().into());
            }
        }
        sample.to_string()
    }

    fn of(&self, sample: &Value) -> Map<String, Value> {
        let mut found = Map::new();
        self.with(sample, |object| found = object.clone());
        found
    }

    fn needed(&self) -> bool {
        let exception = NEEDED.iter().any(|(side, field, _)| {
            *field == self.field
                && (*side == self.side || *side == "*" && self.side.ends_with(".reply"))
        });
        let echo = ECHOES.contains(&(self.side.as_str(), self.field.as_str()));
        self.required || exception && !echo
    }
}

fn all() -> (BTreeMap<String, (Side, Value)>, Vec<Row>) {
    let mut samples: BTreeMap<String, (Side, Value)> = samples()
        .into_iter()
        .map(|(name, side, text)| (name, (side, serde_json::from_str(&text).expect("JSON"))))
        .collect();
    let rows = rows(&samples);
    for (side, field, other) in INSTEAD {
        // The same sample once more, under a name of its own.
        let (how, mut sample) = samples[side].clone();
        let value = sample
            .as_object_mut()
            .and_then(|sample| sample.remove(other))
            .expect("the other field");
        sample[field] = value;
        samples.insert(format!("{side} {field}"), (how, sample));
    }
    (samples, rows)
}

/// The sample that has the row's field.
fn sample_of<'a>(row: &Row, samples: &'a BTreeMap<String, (Side, Value)>) -> &'a (Side, Value) {
    let alone = samples.get(&format!("{} {}", row.side, row.field));
    alone.unwrap_or_else(|| &samples[&row.side])
}

#[test]
fn every_row_is_a_field_of_its_name_and_type() {
    let (samples, rows) = all();
    assert_eq!(rows.len(), 234);
    let mut others = BTreeSet::new();
    for row in &rows {
        let (side, sample) = sample_of(row, &samples);
        let name = format!("{} {}", row.side, row.field);
        let object = row.of(sample);
        let value = object
            .get(&row.field)
            .unwrap_or_else(|| panic!("{name}: not in the sample"));
        let json = match value {
            Value::String(_) => "string",
            Value::Number(number) if number.is_i64() => "int",
            Value::Array(_) => "array",
            other => panic!("{name}: {other}"),
        };
        if json != row.json {
            others.insert((row.side.as_str(), row.field.as_str()));
        }
        // The model has it: strict rules know no other field.
        let strict = Rules::strict();
        let read = (side.sample)(&sample.to_string(), &strict)
            .unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert!(read.broken.is_empty(), "{name}: {:?}", read.broken);
        // An object in its place is refused, so it is read as what it is.
        assert!(
            (side.sample)(
                &row.with(sample, |object| object[&row.field] =
                    Value::Object(Map::new())),
                &tolerant()
            )
            .is_err(),
            "{name}"
        );
        // Text for a number and a number for text are told from what the table has; inside a text
        // that is told to whoever asks the value.
        let swapped = match value {
            Value::String(_) if row.within.1.is_none() => Value::from(5),
            Value::Number(number) if row.within.1.is_none() => number.to_string().into(),
            _ => continue,
        };
        assert!(
            (side.sample)(
                &row.with(sample, |object| object[&row.field] = swapped),
                &strict
            )
            .is_err(),
            "{name}"
        );
    }
    assert_eq!(
        others,
        OTHER_TYPE
            .iter()
            .map(|(side, field, _)| (*side, *field))
            .collect()
    );
}

#[test]
fn the_samples_have_no_field_without_row() {
    let (samples, rows) = all();
    for (name, (_, sample)) in &samples {
        let side = name.split(' ').next().expect("a side");
        let known: BTreeSet<&str> = rows
            .iter()
            .filter(|row| row.side == side)
            .map(|row| row.field.as_str())
            .collect();
        let mut objects = vec![sample];
        while let Some(value) = objects.pop() {
            match value {
                Value::Object(fields) => {
                    for (field, value) in fields {
                        assert!(known.contains(field.as_str()), "{name}: {field}");
                        objects.push(value);
                    }
                }
                Value::Array(list) => objects.extend(list),
                _ => {}
            }
        }
    }
}

#[test]
fn what_is_required_is_refused_when_left_out_and_nothing_else() {
    let (samples, rows) = all();
    let mut used = BTreeSet::new();
    for row in &rows {
        let (side, sample) = sample_of(row, &samples);
        let name = format!("{} {}", row.side, row.field);
        let without = row.with(sample, |object| drop(object.remove(&row.field)));
        let violations = match (side.sample)(&without, &tolerant()) {
            Err(violation) => vec![violation],
            Ok(read) => read.violations,
        };
        if !row.needed() {
            assert_eq!(violations, [], "{name}");
            continue;
        }
        used.insert(row.field.as_str());
        let told = violations
            .first()
            .unwrap_or_else(|| panic!("{name}: left out without refusal"))
            .to_string();
        assert!(told.contains(&row.field), "{name}: {told}");
    }
    assert!(NEEDED.iter().all(|(_, field, _)| used.contains(field)));
}

#[test]
fn a_required_text_is_not_empty() {
    let (samples, rows) = all();
    for row in rows
        .iter()
        .filter(|row| row.needed() && row.json == "string")
    {
        let (side, sample) = sample_of(row, &samples);
        let empty = row.with(sample, |object| object[&row.field] = "".into());
        let refused =
            (side.sample)(&empty, &tolerant()).map_or(true, |read| !read.broken.is_empty());
        assert!(refused, "{} {}", row.side, row.field);
    }
}

#[test]
fn each_code_is_known_exactly_where_its_remark_lists_it() {
    let (samples, rows) = all();
    let mut tried = 0;
    for row in rows
        .iter()
        .filter(|row| CODED.contains(&row.field.as_str()))
    {
        let (side, sample) = sample_of(row, &samples);
        let digits = |text: &str| {
            text.split(|c: char| !c.is_ascii_digit())
                .filter_map(|run| run.parse().ok())
                .collect::<BTreeSet<i32>>()
        };
        let listed = digits(&row.remark);
        let known: BTreeSet<i32> = (-1..120)
            .filter(|code| {
                let value = if row.json == "string" {
                    code.to_string().into()
                } else {
                    Value::from(*code)
                };
                let text = row.with(sample, |object| object[&row.field] = value);
                let read = (side.sample)(&text, &tolerant()).expect("a code is read, known or not");
                // Another value may break a rule about other fields too.
                read.violations.iter().all(|violation| {
                    !matches!(violation.rule, Rule::UnknownCode | Rule::TooLong { .. })
                })
            })
            .collect();
        assert_eq!(known, listed, "{} {}: {}", row.side, row.field, row.remark);
        tried += 1;
    }
    assert_eq!(tried, 27);
}
