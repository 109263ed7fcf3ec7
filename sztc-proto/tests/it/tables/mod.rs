//! Every field of every table against the table itself: `fixtures/db4403-tables.json` has the rows
//! as the standard prints them (name, type, length, required, remark), the samples have every
//! field, and each field is left out, lengthened, and given each value of its list.
mod map;
mod rows;

use map::*;
use rows::{Row, tables};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};
use sztc_proto::{
    endpoint::*,
    envelope::{open_reply, open_request},
    model::*,
    *,
};

fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).expect(&path)
}

/// What is wrong with a text: the one thing that cannot be read, or the rules that are broken.
type Read = fn(&str) -> Vec<Violation>;

fn read<T: Model>(text: &str) -> Vec<Violation> {
    read_by::<T>(text, &Dialect::default().read)
}

fn read_by<T: Model>(text: &str, rules: &Rules) -> Vec<Violation> {
    let mut violations = Violations::default();
    match decode::<T>(text, rules) {
        Err(unreadable) => return vec![unreadable],
        Ok((value, _)) => value.check(&mut violations),
    }
    violations.list().to_vec()
}

/// The same for one of any number of entries; its path as if it stood alone.
fn read_entry<T: Model>(text: &str) -> Vec<Violation> {
    let mut found = read::<T>(&format!("[{text}]"));
    for violation in &mut found {
        violation.path = violation.path.trim_start_matches("[0].").to_owned();
    }
    found
}

fn reply<E: Endpoint>() -> Read {
    if E::SHAPE == Shape::Many {
        read_entry::<E::Reply>
    } else {
        read::<E::Reply>
    }
}

/// How the two sides of each interface are read.
#[derive(Default)]
struct Interfaces(BTreeMap<u16, (Read, Read)>);

impl Visit for Interfaces {
    fn visit<E: Endpoint>(&mut self) {
        // Heartbeat and logout over TCP have neither fields nor tables.
        if ![TcpLogOut::CODE, Heartbeat::CODE].contains(&E::CODE) {
            self.0.insert(E::CODE, (read::<E::Request>, reply::<E>()));
        }
    }
}

fn interfaces() -> BTreeMap<u16, (Read, Read)> {
    let mut interfaces = Interfaces::default();
    each_session_interface(&mut interfaces);
    each_city_interface(&mut interfaces);
    each_partner_interface(&mut interfaces);
    interfaces.0
}

/// The messages of 6.10 whose tables stand there, by their names in `fixtures/charging`.
#[cfg(feature = "charging")]
fn charging() -> [(&'static str, u16, Read); 6] {
    use sztc_proto::charging::*;

    fn read<T: Model>(text: &str) -> Vec<Violation> {
        read_by::<T>(text, &dialect().read)
    }
    [
        ("notification_stationInfo.request", 103, read::<StationPush>),
        (
            "notification_stationInfo.reply",
            104,
            read::<StationPushReply>,
        ),
        ("notification_orderInfo.request", 105, read::<CarOrder>),
        ("notification_orderInfo.reply", 106, read::<OrderPushReply>),
        ("query_orderInfo.request", 107, read::<CarOrderQuery>),
        ("query_orderInfo.reply", 108, read::<CarOrders>),
    ]
}

/// One sample and the table that it follows.
struct Sample {
    name: String,
    table: u16,
    value: Value,
    read: Read,
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut add = |name: String, table, text: &str, read: Read| {
        assert_eq!(read(text), [], "{name}");
        let value = serde_json::from_str(text).expect("JSON");
        samples.push(Sample {
            name,
            table,
            value,
            read,
        });
    };
    add(
        "Organization".to_owned(),
        12,
        ORGANIZATION,
        read::<Organization>,
    );
    for (code, (request, reply)) in interfaces() {
        let (_, request_table, reply_table) = INTERFACES
            .iter()
            .find(|row| row.0 == code)
            .expect("every interface has its line");
        for (side, table, read) in [
            ("request", *request_table, request),
            ("reply", *reply_table, reply),
        ] {
            let name = format!("{code}.{side}");
            let text = match name.as_str() {
                "2001.request" => IMAGE.to_owned(),
                "2001.reply" => "{}".to_owned(),
                _ => fixture(&format!("samples/{name}.json")),
            };
            add(name, table, &text, read);
        }
    }
    #[cfg(feature = "charging")]
    for (name, table, read) in charging() {
        add(
            name.to_owned(),
            table,
            &fixture(&format!("charging/{name}.json")),
            read,
        );
    }
    samples
}

/// One field of a sample.
struct Field<'a> {
    table: u16,
    row: &'a Row,
    object: String,
    path: String,
}

impl Field<'_> {
    fn is(&self, (table, name, _): &(u16, &str, &str)) -> bool {
        (*table, *name) == (self.table, self.row.name.as_str())
    }
}

impl Sample {
    /// All fields, at all depths.
    fn fields<'a>(&self, tables: &'a BTreeMap<u16, Vec<Row>>) -> Vec<Field<'a>> {
        let mut fields = Vec::new();
        let mut objects = vec![(self.table, String::new(), String::new())];
        while let Some((table, object, at)) = objects.pop() {
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
                match tables
                    .get(&table)
                    .and_then(|rows| rows.iter().find(|row| row.name == *key))
                {
                    Some(row) => fields.push(Field {
                        table,
                        row,
                        object: object.clone(),
                        path: path.clone(),
                    }),
                    None => assert!(
                        ROWLESS
                            .iter()
                            .any(|(of, name, _)| (*of, *name) == (table, key)),
                        "{}: {path} has no row in Table {table}",
                        self.name
                    ),
                }
                let inner = NESTED
                    .iter()
                    .find(|(of, name, _)| (*of, *name) == (table, key))
                    .map(|(_, _, inner)| *inner);
                if inner == Some(ELSEWHERE) {
                    continue;
                }
                let mut nested = |pointer: String, path: String| {
                    objects.push((
                        inner.unwrap_or_else(|| panic!("{path}: which table?")),
                        pointer,
                        path,
                    ))
                };
                match value {
                    Value::Object(_) => nested(format!("{object}/{key}"), path),
                    Value::Array(list) => {
                        for index in (0..list.len()).filter(|index| list[*index].is_object()) {
                            nested(
                                format!("{object}/{key}/{index}"),
                                format!("{path}[{index}]"),
                            );
                        }
                    }
                    _ => assert_eq!(inner, None, "{path}: no object"),
                }
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
        (self.read)(&changed.to_string())
    }
}

/// Calls `test` with every field of every sample; it tells whether there was something to test.
fn each_field(at_least: usize, test: impl Fn(&str, &Sample, &Field<'_>) -> bool) {
    let tables = tables();
    let mut tested = 0;
    for sample in samples() {
        for field in sample.fields(&tables) {
            let place = format!("{} {} (Table {})", sample.name, field.path, field.table);
            tested += usize::from(test(&place, &sample, &field));
        }
    }
    assert!(tested >= at_least, "only {tested} fields tested");
}

#[test]
fn every_table_and_every_row_is_reached() {
    let tables = tables();
    let numbers = (3..=116).chain([INVOICE_LINES]).filter(is_built);
    assert_eq!(
        INTERFACES.iter().map(|row| row.0).collect::<Vec<_>>(),
        interfaces().into_keys().collect::<Vec<_>>()
    );
    let mut tables_reached: BTreeSet<u16> = UNREACHED.iter().map(|(table, _)| *table).collect();
    let mut rows_reached = BTreeSet::new();
    for sample in samples() {
        tables_reached.insert(sample.table);
        assert!(
            sample.table > 0 || sample.value == serde_json::json!({}),
            "{} has fields but no table",
            sample.name
        );
        for field in sample.fields(&tables) {
            tables_reached.insert(field.table);
            rows_reached.insert((field.table, field.row.name.as_str()));
        }
    }
    let left: Vec<u16> = numbers
        .filter(|table| !tables_reached.contains(table))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    for (table, rows) in &tables {
        for row in rows
            .iter()
            .filter(|_| UNREACHED.iter().all(|(unreached, _)| unreached != table))
        {
            let excepted = FIELDLESS
                .iter()
                .any(|(of, name, _)| (*of, *name) == (*table, row.name.as_str()));
            // What an entry says of its own refusal is read beside its fields.
            let of_refusals = !row.required && ["code", "message"].contains(&row.name.as_str());
            let reached = rows_reached.contains(&(*table, row.name.as_str()));
            assert!(
                reached != (excepted || of_refusals),
                "Table {table}, {}: reached {reached}",
                row.name
            );
        }
    }
}

#[test]
fn what_a_table_requires_is_missed_and_nothing_else() {
    each_field(821, |place, sample, field| {
        let found = sample.with(field, None);
        if field.row.required || UNSAID.iter().any(|unsaid| field.is(unsaid)) {
            assert_eq!(
                found,
                [Violation::new(&field.path, Rule::Missing)],
                "{place}"
            );
        } else if CONDITIONAL.iter().any(|condition| field.is(condition)) {
            assert!(
                matches!(&found[..], [Violation { path, rule: Rule::Condition(_),
                    .. }] if *path == field.path),
                "{place}: {found:?}"
            );
        } else {
            assert_eq!(found, [], "{place}");
        }
        true
    });
}

#[test]
fn a_text_has_as_many_characters_as_its_table_allows() {
    each_field(437, |place, sample, field| {
        // An Int's length is no number of digits; see SPEC-NOTES.md.
        let Some(max) = field
            .row
            .length
            .filter(|_| field.row.is_text() || field.row.kind == "Double")
        else {
            return false;
        };
        if TIMES.iter().any(|time| field.is(time)) {
            return false;
        }
        let at_field = |length: usize| {
            let ones = if field.row.kind == "Double" {
                format!("{}.11", "1".repeat(length - 3))
            } else {
                "1".repeat(length)
            };
            let mut found = sample.with(field, Some(ones.into()));
            found.retain(|violation| violation.path == field.path);
            found
                .into_iter()
                .map(|violation| violation.rule)
                .collect::<Vec<_>>()
        };
        let too_long = Rule::TooLong {
            max,
            found: max + 1,
        };
        assert!(
            at_field(max + 1).contains(&too_long),
            "{place}: {:?}",
            at_field(max + 1)
        );
        let longest = at_field(max);
        let other = |rule: &Rule| {
            *rule == Rule::UnknownCode
                || FORMS.iter().any(|form| field.is(form)) && matches!(rule, Rule::Range { .. })
        };
        assert!(longest.iter().all(other), "{place}: {longest:?}");
        true
    });
}

#[test]
fn every_value_of_a_list_is_known_and_one_more_is_not() {
    let lists: Vec<usize> = tables()
        .values()
        .flatten()
        .map(|row| row.codes().len())
        .filter(|length| *length > 0)
        .collect();
    // Two lists of two values each are those of charging.
    let counted = if cfg!(feature = "charging") {
        (65, 234)
    } else {
        (63, 230)
    };
    assert_eq!(
        (lists.len(), lists.iter().sum::<usize>()),
        counted,
        "as counted in the tables"
    );
    each_field(100, |place, sample, field| {
        let codes = field.row.codes();
        if codes.is_empty() {
            return false;
        }
        let at_field = |code: &str| {
            let mut found = sample.with(field, Some(field.row.value(code)));
            found.retain(|violation| violation.path.trim_end_matches("[0]") == field.path);
            found
                .into_iter()
                .map(|violation| violation.rule)
                .collect::<Vec<_>>()
        };
        for code in codes {
            assert_eq!(at_field(code), [], "{place}: {code}");
        }
        let code = field.row.one_more();
        assert_eq!(at_field(&code), [Rule::UnknownCode], "{place}: {code}");
        true
    });
}

#[test]
fn the_envelopes_have_what_their_tables_require() {
    let rules = Dialect::default().read;
    let request = serde_json::json!({"timestamp": 1, "sign": "", "data": [{}]});
    let reply = serde_json::json!({"resultCode": 0, "resultMsg": "", "timestamp": 1, "data": [{}]});
    let without = |envelope: &Value, part: &str| {
        let mut envelope = envelope.clone();
        envelope
            .as_object_mut()
            .expect("an object")
            .remove(part)
            .expect("the part is there");
        envelope.to_string()
    };
    let tables = tables();
    for row in &tables[&31] {
        let opened = open_request(
            &without(&request, &row.name),
            &rules,
            &mut Deviations::default(),
        )
        .map(|_| ());
        assert_eq!(opened, Err(Violation::new(&row.name, Rule::Missing)));
    }
    for row in &tables[&32] {
        let opened = open_reply(
            &without(&reply, &row.name),
            &rules,
            &mut Deviations::default(),
        )
        .map(|_| ());
        // Nothing can be done without the result; a reply without the rest is still an answer.
        let expected = if row.name == "resultCode" {
            Err(Violation::new(&row.name, Rule::Missing))
        } else {
            Ok(())
        };
        assert_eq!(opened, expected, "{}", row.name);
    }
}
