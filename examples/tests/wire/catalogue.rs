//! Every field of the documents' tables is in the catalogue, with its length, type and required
//! flag.
use super::{fixture, good, map::*};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn catalogue(args: &[&str]) -> Vec<Value> {
    serde_json::from_str(&good(&[&["catalogue"], args].concat(), "")).expect("a JSON array")
}

/// The messages whose tables stand in 6.10, by the names of their interfaces.
const CHARGING: [(&str, &str, u16); 6] = [
    ("notification_stationInfo", "request", 103),
    ("notification_stationInfo", "reply", 104),
    ("notification_orderInfo", "request", 105),
    ("notification_orderInfo", "reply", 106),
    ("query_orderInfo", "request", 107),
    ("query_orderInfo", "reply", 108),
];

/// Tables to which no interface leads, and why.
const APART: [u16; 3] = [12, 31, 32];

#[test]
fn every_interface_of_table_1_is_there_with_everything_that_is_promised() {
    let all = catalogue(&[]);
    for row in &all {
        let members: Vec<&str> = row
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            members,
            [
                "code",
                "direction",
                "name",
                "path",
                "protocol",
                "reply",
                "request",
                "title",
                "transports"
            ]
        );
        assert!(
            ["up", "down", "both"].contains(&row["direction"].as_str().expect("text")),
            "{row}"
        );
        for side in ["request", "reply"] {
            assert_eq!(row[side]["type"], "object", "{row}");
            resolve_all(&row[side], &row[side]);
        }
    }
    let names: BTreeSet<String> = all
        .iter()
        .map(|row| format!("{} {}", row["protocol"], row["name"]))
        .collect();
    assert_eq!(names.len(), all.len(), "no interface twice");
    let of = |protocol: &str| {
        all.iter()
            .filter(|row| row["protocol"] == protocol)
            .collect::<Vec<_>>()
    };
    let codes: BTreeSet<u64> = of("sztc")
        .iter()
        .filter_map(|row| row["code"].as_u64())
        .collect();
    let mut expected: BTreeSet<u64> = sztc_proto::endpoint::ENDPOINTS
        .iter()
        .filter_map(sztc_proto::endpoint::Info::number)
        .map(u64::from)
        .collect();
    expected.extend(1101..=1106);
    assert_eq!(codes, expected);
    let counts = ["evcs", "kt", "xingxing", "pile"].map(|protocol| of(protocol).len());
    let tables = [
        evcs_proto::endpoint::ENDPOINTS.len(),
        kt_proto::endpoint::ENDPOINTS.len(),
        xingxing_park::endpoint::ENDPOINTS.len(),
        pile_proto::endpoint::ENDPOINTS.len(),
    ];
    assert_eq!(counts, tables);
    assert_eq!(
        catalogue(&["--protocol", "kt"]).len(),
        kt_proto::endpoint::ENDPOINTS.len()
    );
}

fn resolve_all(schema: &Value, root: &Value) {
    match schema {
        Value::Object(members) => {
            if let Some(path) = members.get("$ref").and_then(Value::as_str) {
                assert!(
                    root.pointer(path.strip_prefix('#').expect("of its own"))
                        .is_some(),
                    "{path}"
                );
            }
            members
                .values()
                .for_each(|member| resolve_all(member, root));
        }
        Value::Array(list) => list.iter().for_each(|entry| resolve_all(entry, root)),
        _ => {}
    }
}

/// What is behind references, lists and alternatives.
fn inside<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    if let Some(path) = schema["$ref"].as_str() {
        return inside(root.pointer(&path[1..]).expect("resolved"), root);
    }
    for part in ["items", "contentSchema"] {
        if !schema[part].is_null() {
            return inside(&schema[part], root);
        }
    }
    match schema["anyOf"].as_array().and_then(|any| {
        any.iter()
            .find(|one| one["const"].is_null() && one["enum"].is_null())
    }) {
        Some(one) if schema["type"].is_null() => inside(one, root),
        _ => schema,
    }
}

type Rows = BTreeMap<u16, Vec<[String; 5]>>;

fn tables() -> Rows {
    let tables: BTreeMap<String, Vec<[String; 5]>> =
        serde_json::from_str(&fixture("sztc-proto/fixtures/db4403-tables.json")).expect("JSON");
    tables
        .into_iter()
        .map(|(table, rows)| (table.parse().unwrap_or(INVOICE_LINES), rows))
        .collect()
}

/// Compares the rows of `table` with `schema`, and those of the tables inside it.
fn compare(
    table: u16,
    schema: &Value,
    root: &Value,
    tables: &Rows,
    place: &str,
    reached: &mut BTreeSet<(u16, String)>,
) {
    let excepted = |list: &[(u16, &str, &str)], name: &str| {
        list.iter()
            .any(|(of, field, _)| (*of, *field) == (table, name))
    };
    for [name, kind, length, required, _] in tables.get(&table).into_iter().flatten() {
        let place = format!("{place}, Table {table}, {name}");
        let field = &schema["properties"][name];
        let required = required == "是";
        if field.is_null() {
            // What an entry says of its own refusal stands beside its fields.
            assert!(
                excepted(FIELDLESS, name)
                    || !required && ["code", "message"].contains(&name.as_str()),
                "{place}: no such field"
            );
            continue;
        }
        reached.insert((table, name.clone()));
        let listed = schema["required"]
            .as_array()
            .is_some_and(|list| list.iter().any(|other| other == name));
        assert_eq!(
            listed,
            required || excepted(UNSAID, name),
            "{place}: required"
        );
        assert!(field["description"].is_string(), "{place}: no description");
        if let (Ok(length), "String" | "Srtng" | "Uuid" | "Char" | "Double", false) =
            (length.parse::<u64>(), kind.as_str(), excepted(TIMES, name))
        {
            assert_eq!(inside(field, root)["maxLength"], length, "{place}: length");
        }
        if let Some((.., inner)) = NESTED
            .iter()
            .find(|(of, field, _)| (*of, *field) == (table, name))
        {
            compare(*inner, inside(field, root), root, tables, &place, reached);
        }
    }
}

#[test]
fn every_field_of_db4403_has_its_length_and_its_flag() {
    let all = catalogue(&["--protocol", "sztc"]);
    let tables = tables();
    let mut reached = BTreeSet::new();
    for (code, request, reply) in INTERFACES {
        let row = all.iter().find(|row| row["code"] == *code).expect("a row");
        for (side, table) in [("request", *request), ("reply", *reply)] {
            compare(
                table,
                &row[side],
                &row[side],
                &tables,
                &format!("{code} {side}"),
                &mut reached,
            );
        }
    }
    let invoice = all.iter().find(|row| row["code"] == 1201).expect("a row");
    let lines = inside(
        &invoice["request"]["properties"]["xmxxList"],
        &invoice["request"],
    );
    compare(
        INVOICE_LINES,
        lines,
        &invoice["request"],
        &tables,
        "1201 lines",
        &mut reached,
    );
    for (name, side, table) in CHARGING {
        let row = all.iter().find(|row| row["name"] == name).expect("a row");
        compare(table, &row[side], &row[side], &tables, name, &mut reached);
    }
    let rows = tables
        .iter()
        .filter(|(table, _)| !APART.contains(table))
        .flat_map(|(table, rows)| rows.iter().map(|row| (*table, row)));
    for (table, [name, _, _, required, _]) in rows {
        let without_field = FIELDLESS
            .iter()
            .any(|(of, field, _)| (*of, *field) == (table, name))
            || required != "是" && ["code", "message"].contains(&name.as_str());
        assert!(
            without_field || reached.contains(&(table, name.clone())),
            "Table {table}, {name} is reached by no interface"
        );
    }
}

/// Types that the document gives wrongly, and why.
const OTHER_TYPES: [(&str, &str, &str); 4] = [
    (
        "PostBlackInInfo",
        "entryPlace",
        "a name, an address or a device code: text",
    ),
    (
        "PayParkingFee",
        "money",
        "the example in the same table has a number",
    ),
    ("PayParkingFee", "time", "the example has a number"),
    (
        "PayParkingFee",
        "code",
        "the example has text; a number would lose the zeros of a voucher",
    ),
];

/// Remarks that say required of one of several fields, or only in some cases.
fn is_required(remark: &str) -> Option<bool> {
    let conditional = ["三选一", "二选一", "新增时必填", "修改删除时必填"]
        .iter()
        .any(|words| remark.contains(words));
    match (remark.contains("必填"), remark.contains("选填")) {
        _ if conditional => None,
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// The fields of a schema at every depth: name, types, and whether the object that has it requires
/// it.
fn fields<'a>(schema: &'a Value, root: &'a Value, found: &mut Vec<(&'a str, Vec<&'a str>, bool)>) {
    let schema = inside(schema, root);
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let target = field["$ref"]
            .as_str()
            .map_or(field, |path| root.pointer(&path[1..]).expect("resolved"));
        let any = target["anyOf"].as_array().into_iter().flatten();
        let types = any
            .chain([target])
            .filter_map(|one| one["type"].as_str())
            .collect();
        let required = schema["required"]
            .as_array()
            .is_some_and(|list| list.iter().any(|other| other == name));
        found.push((name, types, required));
        fields(field, root, found);
    }
}

#[test]
fn every_field_of_kt_has_its_type_and_its_flag() {
    let all = catalogue(&["--protocol", "kt"]);
    let endpoints: Vec<Value> =
        serde_json::from_str(&fixture("kt-proto/fixtures/kt-endpoints.json")).expect("JSON");
    let (mut compared, mut flags) = (0, 0);
    // The two page links have parameters of an address, no interface.
    for endpoint in endpoints
        .iter()
        .filter(|endpoint| endpoint["name"] != "(page)")
    {
        let row = all
            .iter()
            .find(|row| row["name"] == endpoint["name"])
            .expect("a row");
        for side in ["request", "reply"] {
            let mut found = Vec::new();
            fields(&row[side], &row[side], &mut found);
            for field in endpoint[side].as_array().into_iter().flatten() {
                let place = format!("{} {side} {field}", endpoint["name"]);
                let text = |name: &str| field[name].as_str().expect("text");
                let own: Vec<_> = found
                    .iter()
                    .filter(|(name, ..)| name.eq_ignore_ascii_case(text("field")))
                    .collect();
                let expected = match text("type").to_lowercase().as_str() {
                    "int" => "integer",
                    "string" => "string",
                    "array" => "array",
                    other => panic!("{place}: {other}"),
                };
                let excepted = OTHER_TYPES
                    .iter()
                    .any(|(name, field, _)| endpoint["name"] == *name && text("field") == *field);
                assert!(
                    excepted || own.iter().any(|(_, types, _)| types.contains(&expected)),
                    "{place}: {own:?}"
                );
                compared += 1;
                if let Some(required) = is_required(text("remark")) {
                    assert!(
                        own.iter().any(|(.., flag)| *flag == required),
                        "{place}: required {required}, {own:?}"
                    );
                    flags += 1;
                }
            }
        }
    }
    assert!(
        compared > 340 && flags > 90,
        "{compared} fields, {flags} flags"
    );
}
