//! Every field of every table against the table itself: `fixtures/tables.json` has the rows of
//! Appendix B and of T/CEC 102 (name, type, length, decimals, required, values), `fixtures/samples`
//! has every field, and each field is left out, lengthened, and given each value of its list.
use evcs_proto::model::*;
use park_core::{
    Rule, Rules, Violation, Violations,
    json::{decode, encode},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// A row of a table.
#[derive(serde::Deserialize)]
struct Row {
    name: String,
    r#type: String,
    max: Option<usize>,
    exact: bool,
    decimals: Option<u32>,
    required: bool,
    values: Option<Vec<Value>>,
    /// The type of the objects in this field.
    of: Option<String>,
}

#[derive(serde::Deserialize)]
struct Table {
    r#type: String,
    source: String,
    rows: Vec<Row>,
}

/// What a type can do, without the type.
struct Erased {
    name: &'static str,
    /// What is wrong with a text: the one thing that cannot be read, or the rules that are broken.
    read: fn(&str) -> Vec<Violation>,
    /// The text, read under strict rules and written again.
    rewrite: fn(&str) -> String,
}

fn read<T: Model>(text: &str) -> Vec<Violation> {
    let mut violations = Violations::default();
    match decode::<T>(text, &Rules::strict()) {
        Err(unreadable) => return vec![unreadable],
        Ok((value, _)) => value.check(&mut violations),
    }
    violations.list().to_vec()
}

fn rewrite<T: Model>(text: &str) -> String {
    let (value, deviations) = decode::<T>(text, &Rules::strict()).expect("conforming");
    assert!(deviations.is_empty(), "{deviations:?}");
    let written = encode(&value).expect("models can be written");
    let (again, _) = decode::<T>(&written, &Rules::strict()).expect("what was written can be read");
    assert_eq!(again, value);
    written
}

/// The request and the reply of every interface.
fn interfaces() -> Vec<(&'static str, [Erased; 2])> {
    macro_rules! interfaces {
        ($($name:literal: $request:ident => $reply:ident;)*) => { vec![$(($name,
            [interfaces!($request), interfaces!($reply)])),*] };
        ($type:ident) => { Erased { name: stringify!($type), read: read::<$type>,
            rewrite: rewrite::<$type> } };
    }
    interfaces! {
        "query_token": TokenQuery => TokenReply;
        "query_stations_info": StationsQuery => StationsPage;
        "notification_stationStatus": StatusNotice => StatusReceipt;
        "query_station_status": StationStatusQuery => StationStatusReply;
        "query_station_stats": StationStatsQuery => StationStatsReply;
        "query_equip_auth": ConnectorAuth => ConnectorAuthReply;
        "query_equip_business_policy": PolicyQuery => PolicyReply;
        "query_start_charge": StartCharge => StartChargeReply;
        "notification_start_charge_result": StartResult => ResultReceipt;
        "query_equip_charge_status": ChargeStatusQuery => ChargeStatus;
        "notification_equip_charge_status": ChargeStatus => ChargeStatusReceipt;
        "query_stop_charge": StopCharge => StopChargeReply;
        "notification_stop_charge_result": StopResult => ResultReceipt;
        "notification_charge_order_info": ChargeOrderInfo => OrderReceipt;
        "check_charge_orders": CheckOrders => CheckOrdersReply;
    }
}

/// Required fields that may be absent all the same, and why.
const LENIENT: &[(&str, &str, &str)] = &[
    ("", "FailReason", "left out by peers where nothing failed"),
    ("EquipmentInfo", "ManufacturerID", "left out by peers"),
    (
        "EquipmentInfo",
        "NationalStandard",
        "DB4403/T 313 alone has it",
    ),
];

/// Required fields that are required on a condition only.
const CONDITIONAL: &[(&str, &str, &str)] = &[
    ("TokenReply", "AccessToken", "there is none after a refusal"),
    (
        "TokenReply",
        "TokenAvailableTime",
        "there is none after a refusal",
    ),
    ("ConnectorAuthReply", "FailReason", "the sample has failed"),
];

fn listed(exceptions: &[(&str, &str, &str)], field: &Field<'_>) -> bool {
    exceptions.iter().any(|(table, name, _)| {
        (table.is_empty() || *table == field.table) && *name == field.row.name
    })
}

fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).expect(&path)
}

fn tables() -> BTreeMap<String, Table> {
    let tables: Vec<Table> =
        serde_json::from_str(&fixture("tables.json")).expect("the form of Table");
    let count = tables.len();
    let by_type: BTreeMap<_, _> = tables
        .into_iter()
        .map(|table| (table.r#type.clone(), table))
        .collect();
    assert_eq!(by_type.len(), count, "a type has one table");
    by_type
}

struct Sample {
    name: String,
    text: String,
    value: Value,
    of: Erased,
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (interface, sides) in interfaces() {
        for (of, side) in sides.into_iter().zip(["request", "reply"]) {
            let name = format!("{interface}.{side}");
            let text = fixture(&format!("samples/{name}.json"));
            let value = serde_json::from_str(&text).expect("JSON");
            samples.push(Sample {
                name,
                text,
                value,
                of,
            });
        }
    }
    samples
}

/// One field of a sample: its row, the object it stands in, and its path in wire names.
struct Field<'a> {
    table: &'a str,
    row: &'a Row,
    object: String,
    path: String,
}

impl Sample {
    /// All fields, at all depths.
    fn fields<'a>(&self, tables: &'a BTreeMap<String, Table>) -> Vec<Field<'a>> {
        let mut fields = Vec::new();
        let mut objects = vec![(self.of.name, String::new(), String::new())];
        while let Some((table, object, at)) = objects.pop() {
            let (table, rows) = tables
                .get_key_value(table)
                .map(|(name, table)| (name, &table.rows))
                .expect(table);
            for (key, value) in self
                .value
                .pointer(&object)
                .and_then(Value::as_object)
                .expect("an object")
            {
                let path = if at.is_empty() {
                    key.clone()
                } else {
                    format!("{at}.{key}")
                };
                let row = rows.iter().find(|row| row.name == *key);
                let row = row.unwrap_or_else(|| panic!("{}: {path} has no row", self.name));
                match (value, row.of.as_deref()) {
                    (Value::Object(_), Some(of)) => {
                        objects.push((of, format!("{object}/{key}"), path.clone()))
                    }
                    (Value::Array(list), Some(of)) => {
                        assert!(!list.is_empty(), "{}: {path} shows nothing", self.name);
                        objects.extend((0..list.len()).map(|index| {
                            (
                                of,
                                format!("{object}/{key}/{index}"),
                                format!("{path}[{index}]"),
                            )
                        }));
                    }
                    (_, of) => assert_eq!(of, None, "{path}: no object"),
                }
                fields.push(Field {
                    table,
                    row,
                    object: object.clone(),
                    path,
                });
            }
        }
        fields
    }

    /// What is wrong with the sample when `field` has `value`, or is left out.
    fn with(&self, field: &Field<'_>, value: Option<Value>) -> Vec<Violation> {
        let mut changed = self.value.clone();
        let object = changed
            .pointer_mut(&field.object)
            .and_then(Value::as_object_mut)
            .expect("an object");
        match value {
            Some(value) => object.insert(field.row.name.clone(), value),
            None => object.remove(&field.row.name),
        };
        (self.of.read)(&changed.to_string())
    }

    /// The rules broken at `field` when it has `value`.
    fn broken(&self, field: &Field<'_>, value: Value) -> Vec<Rule> {
        let found = self.with(field, Some(value));
        found
            .into_iter()
            .filter(|found| found.path == field.path)
            .map(|found| found.rule)
            .collect()
    }
}

/// Calls `test` with every field of every sample; it tells whether there was something to test. How
/// many there are at least was counted in the fixtures.
fn each_field(at_least: usize, test: impl Fn(&str, &Sample, &Field<'_>) -> bool) {
    let tables = tables();
    let mut tested = 0;
    for sample in samples() {
        for field in sample.fields(&tables) {
            let place = format!(
                "{} {} ({})",
                sample.name, field.path, tables[field.table].source
            );
            tested += usize::from(test(&place, &sample, &field));
        }
    }
    assert!(tested >= at_least, "only {tested} fields tested");
}

/// JSON without the white space between its tokens.
fn compact(text: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    text.chars()
        .filter(|&c| {
            if c == '"' && !escaped {
                quoted = !quoted;
            }
            escaped = c == '\\' && !escaped;
            quoted || !c.is_whitespace()
        })
        .collect()
}

#[test]
fn every_sample_is_conforming_and_written_as_it_was_read() {
    for sample in samples() {
        assert_eq!((sample.of.read)(&sample.text), [], "{}", sample.name);
        let written = (sample.of.rewrite)(&sample.text);
        assert_eq!(written, compact(&sample.text), "{}", sample.name);
        assert_eq!(
            serde_json::from_str::<Value>(&written).expect("JSON"),
            sample.value,
            "{}",
            sample.name
        );
    }
}

#[test]
fn every_sample_belongs_to_an_interface_and_shows_every_row() {
    let files =
        fs::read_dir(format!("{}/fixtures/samples", env!("CARGO_MANIFEST_DIR"))).expect("samples");
    assert_eq!(files.count(), 2 * interfaces().len());
    let tables = tables();
    for sample in samples() {
        let shown: BTreeSet<(&str, &str)> = sample
            .fields(&tables)
            .iter()
            .map(|field| (field.table, field.row.name.as_str()))
            .collect();
        for table in shown
            .iter()
            .map(|(table, _)| *table)
            .collect::<BTreeSet<_>>()
        {
            for row in &tables[table].rows {
                assert!(
                    shown.contains(&(table, &*row.name)),
                    "{}: {table}.{} is not shown",
                    sample.name,
                    row.name
                );
            }
        }
    }
    let reached: BTreeSet<String> = samples()
        .iter()
        .flat_map(|sample| {
            sample
                .fields(&tables)
                .into_iter()
                .map(|field| field.table.to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        reached.iter().collect::<Vec<_>>(),
        tables.keys().collect::<Vec<_>>(),
        "tables that no interface leads to"
    );
}

#[test]
fn what_a_table_requires_is_missed_and_nothing_else() {
    each_field(283, |place, sample, field| {
        let found = sample.with(field, None);
        if listed(CONDITIONAL, field) {
            assert!(
                matches!(&found[..], [Violation { path, rule: Rule::Condition(_),
                    .. }] if *path == field.path),
                "{place}: {found:?}"
            );
        } else if field.row.required && !listed(LENIENT, field) {
            assert_eq!(
                found,
                [Violation::new(&field.path, Rule::Missing)],
                "{place}"
            );
        } else {
            assert_eq!(found, [], "{place}");
        }
        true
    });
}

#[test]
fn a_required_text_is_not_empty() {
    each_field(63, |place, sample, field| {
        // A QR code has no part of the operator's own where the operator defines none.
        if field.row.r#type != "text"
            || !field.row.required
            || field.row.name == "QRCode"
            || listed(LENIENT, field)
        {
            return false;
        }
        let expected = if listed(CONDITIONAL, field) {
            Rule::Condition("required when SuccStat is 0")
        } else {
            Rule::Missing
        };
        assert_eq!(sample.broken(field, "".into()), [expected], "{place}");
        true
    });
}

#[test]
fn a_text_has_as_many_characters_as_its_table_allows() {
    each_field(79, |place, sample, field| {
        let Some(max) = field.row.max.filter(|_| field.row.r#type == "text") else {
            return false;
        };
        for (letter, length) in ["1", "粤"]
            .into_iter()
            .flat_map(|letter| [max - 1, max, max + 1].map(|length| (letter, length)))
        {
            let mut broken = sample.broken(field, letter.repeat(length).into());
            // The time of day in PolicyInfo has a form too.
            broken.retain(|rule| !matches!(rule, Rule::Range { .. }));
            let expected = match length {
                _ if length > max => vec![Rule::TooLong { max, found: length }],
                _ if length < max && field.row.exact => vec![Rule::TooShort {
                    min: max,
                    found: length,
                }],
                _ => vec![],
            };
            assert_eq!(broken, expected, "{place}: {length} times {letter}");
        }
        true
    });
}

#[test]
fn a_time_has_the_length_of_its_table() {
    each_field(29, |place, sample, field| {
        let Some(max) = field.row.max.filter(|_| field.row.r#type == "time") else {
            return false;
        };
        let text = "2024-02-29 23:59:59";
        for length in [10, 19] {
            let found = sample.with(field, Some(text[..length].into()));
            assert_eq!(found.is_empty(), length == max, "{place}: {found:?}");
            assert!(
                found.iter().all(|found| found.path == field.path),
                "{place}: {found:?}"
            );
        }
        true
    });
}

/// The ends of each value or range (`"3~99"`) of a list.
fn ranges(values: &[Value]) -> Vec<(i64, i64)> {
    let number = |text: &str| text.parse().expect("a number");
    values
        .iter()
        .map(|value| {
            match value
                .as_str()
                .map(|range| range.split_once('~').expect("a range"))
            {
                Some((low, high)) => (number(low), number(high)),
                None => value
                    .as_i64()
                    .map(|value| (value, value))
                    .expect("a number"),
            }
        })
        .collect()
}

#[test]
fn every_value_of_a_list_is_known_and_those_beside_are_not() {
    each_field(47, |place, sample, field| {
        let Some(ranges) = field.row.values.as_deref().map(ranges) else {
            return false;
        };
        let inside = |value: i64| {
            ranges
                .iter()
                .any(|(low, high)| (*low..=*high).contains(&value))
        };
        for value in ranges
            .iter()
            .flat_map(|(low, high)| [low - 1, *low, *high, high + 1])
        {
            let unknown = sample
                .broken(field, value.into())
                .contains(&Rule::UnknownCode);
            assert_eq!(unknown, !inside(value), "{place}: {value}");
        }
        true
    });
}

#[test]
fn a_number_has_as_many_decimals_as_its_table_allows() {
    each_field(84, |place, sample, field| {
        let Some(max) = field.row.decimals else {
            return false;
        };
        let number = |decimals: u32| {
            serde_json::from_str(&format!("1.{}", "1".repeat(decimals as usize))).expect("a number")
        };
        assert_eq!(sample.broken(field, number(max)), [], "{place}");
        assert_eq!(
            sample.broken(field, number(max + 1)),
            [Rule::Decimals { max }],
            "{place}"
        );
        true
    });
}

#[test]
fn a_value_of_another_type_is_refused_at_its_place() {
    each_field(283, |place, sample, field| {
        let other = match &*field.row.r#type {
            "text" | "time" => Value::from(vec![1]),
            "int" | "decimal" => "x".into(),
            "list" | "object" => 1.into(),
            other => panic!("{place}: {other}"),
        };
        let found = sample.with(field, Some(other));
        assert!(
            matches!(&found[..], [Violation { path, rule: Rule::Type { .. },
                .. }] if *path == field.path),
            "{place}: {found:?}"
        );
        true
    });
}
