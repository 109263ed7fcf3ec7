//! Every fixture: the conforming samples are exact in both directions and have every field of their
//! tables; each field is left out, and given each value of its list; what peers send is read with
//! exactly the deviations, and breaks exactly the rules, that stand in `fixtures/peers/expected/`.
use park_core::json::canonical::canonical;
use pile_proto::{model::*, *};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write, fs};

fn path(name: &str) -> String {
    format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> String {
    fs::read_to_string(path(name)).expect(name)
}

/// What reading one message gave.
struct Read {
    written: String,
    violations: Vec<Violation>,
}

type ReadJson = fn(&Dialect, &str, &mut Deviations) -> Result<Read, Violation>;
type ReadParams = fn(&Dialect, &Params, &mut Deviations) -> Result<Read, Violation>;

/// What is refused on receipt; the rest becomes deviations.
fn violations(
    dialect: &Dialect,
    value: &impl Model,
    deviations: &mut Deviations,
) -> Vec<Violation> {
    let mut violations = Violations::default();
    value.check(&mut violations);
    violations.on_receipt(&dialect.read, deviations)
}

fn json<T: Model>(
    dialect: &Dialect,
    text: &str,
    deviations: &mut Deviations,
) -> Result<Read, Violation> {
    let value: T = dialect.decode(text, deviations)?;
    let written = encode(&value).expect("a model can be written");
    // What we write is read again as the same value, without a deviation, also by plain serde_json.
    let (again, none): (T, _) = decode(&written, &Rules::strict()).expect(&written);
    assert_eq!((&again, none.count()), (&value, 0), "{written}");
    assert_eq!(serde_json::from_str::<T>(&written).expect(&written), value);
    let violations = violations(dialect, &value, deviations);
    Ok(Read {
        written,
        violations,
    })
}

fn params<T: Model>(
    dialect: &Dialect,
    params: &Params,
    deviations: &mut Deviations,
) -> Result<Read, Violation> {
    let value: T = params.read(&dialect.read, deviations)?;
    let written = Params::of(&value).expect("a model can be written");
    assert_eq!(
        written
            .read::<T>(&Rules::strict(), &mut Deviations::default())
            .as_ref(),
        Ok(&value)
    );
    let violations = violations(dialect, &value, deviations);
    Ok(Read {
        written: written.to_query(),
        violations,
    })
}

/// How both sides of each interface are read.
const INTERFACES: [(&str, ReadParams, ReadJson); 6] = [
    (
        "syncStubGroupInfo",
        params::<StubGroupQuery>,
        json::<Vec<StubGroup>>,
    ),
    ("syncStubInfo", params::<StubQuery>, json::<StubGroupDetail>),
    ("getOrderInfo", params::<OrderQuery>, json::<Order>),
    ("checkChargeOrders", params::<BillQuery>, json::<Bill>),
    ("chargeStart", params::<ChargeStart>, json::<Order>),
    ("chargeStop", params::<ChargeStop>, json::<Order>),
];

fn read_reply(name: &str, text: &str) -> Result<Read, Violation> {
    let (_, _, read) = INTERFACES
        .iter()
        .find(|interface| interface.0 == name)
        .expect(name);
    read(&Dialect::strict(), text, &mut Deviations::default())
}

#[test]
fn conforming_requests_are_exact_in_both_directions() {
    let strict = Dialect::strict();
    for (name, read, _) in INTERFACES {
        let text = fixture(&format!("samples/{name}.request.txt"));
        let mut sample = Params::parse(text.trim()).expect(name);
        assert_eq!(sample.to_query(), text.trim());
        assert_eq!(sample.take("token").as_deref(), Some("TOKEN"), "{name}");
        let mut none = Deviations::default();
        let found = read(&strict, &sample, &mut none).expect(name);
        assert_eq!((found.violations, none.count()), (vec![], 0), "{name}");
        assert_eq!(
            format!("token=TOKEN&{}", found.written),
            text.trim(),
            "{name}"
        );
        // The same as a JSON body.
        assert_eq!(Params::parse_json(&sample.to_json()), Ok(sample), "{name}");
    }
}

#[test]
fn conforming_replies_are_exact_in_both_directions() {
    let strict = Dialect::strict();
    for (name, _, read) in INTERFACES {
        let text = fixture(&format!("samples/{name}.reply.json"));
        let mut none = Deviations::default();
        let payload = strict.open_reply(&text, &mut none).expect(name);
        let found = read(&strict, payload, &mut none).expect(name);
        assert_eq!((found.violations, none.count()), (vec![], 0), "{name}");
        assert_eq!(canonical(&found.written), canonical(&text), "{name}");
    }
}

#[test]
fn the_callback_is_the_same_as_form_and_as_json() {
    let strict = Dialect::strict();
    let (form, json) = (
        fixture("samples/callback.request.txt"),
        fixture("samples/callback.request.json"),
    );
    let mut none = Deviations::default();
    let order = strict
        .open_callback(&form, None, &mut none)
        .expect("an order");
    assert_eq!(
        strict.open_callback(&json, None, &mut none).as_ref(),
        Ok(&order)
    );
    assert_eq!(
        (violations(&strict, &order, &mut none), none.count()),
        (vec![], 0)
    );
    let sealed = |body| strict.seal_callback(&order, body, None).expect("a model");
    assert_eq!(sealed(CallbackBody::Form), form.trim());
    assert_eq!(canonical(&sealed(CallbackBody::Json)), canonical(&json));
}

/// A row of a table: name, type, whether a request needs it, the values of its list.
struct Row {
    name: String,
    kind: String,
    required: bool,
    codes: Vec<i64>,
}

fn tables() -> BTreeMap<String, Vec<Row>> {
    let tables: BTreeMap<String, Vec<Vec<String>>> =
        serde_json::from_str(&fixture("pile-tables.json")).expect("JSON");
    let row = |cells: Vec<String>| Row {
        required: cells[2] == "Y",
        codes: codes(cells.last().expect("a remark")),
        name: cells[0].clone(),
        kind: cells[1].clone(),
    };
    tables
        .into_iter()
        .map(|(name, rows)| (name, rows.into_iter().map(row).collect()))
        .collect()
}

/// The numbers of a list of values: each stands before a colon or a space and a Chinese name.
fn codes(remark: &str) -> Vec<i64> {
    let characters: Vec<char> = remark.chars().collect();
    let mut codes = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let end = (at..characters.len())
            .find(|end| !characters[*end].is_ascii_digit())
            .unwrap_or(characters.len());
        if end > at {
            let digits: String = characters[at..end].iter().collect();
            let named = matches!(characters.get(end), Some('：' | ':' | ' '))
                && characters
                    .get(end + 1)
                    .is_some_and(|next| *next > '\u{2fff}');
            if named {
                codes.push(digits.parse().expect("digits"));
            }
        }
        at = end + 1;
    }
    codes
}

/// The reply of an interface or the object in it, with the place of that object.
fn replies() -> Vec<(String, &'static str, &'static str, Value)> {
    let mut replies = Vec::new();
    for (name, _, _) in INTERFACES {
        let value: Value =
            serde_json::from_str(&fixture(&format!("samples/{name}.reply.json"))).expect(name);
        let at = if value.is_array() { "/0" } else { "" };
        replies.push((format!("{name}.reply"), name, at, value.clone()));
        if name == "syncStubInfo" {
            replies.push(("StubInfo".to_owned(), name, "/StubInfo/0", value));
        }
    }
    replies
}

#[test]
fn the_lists_of_values_are_as_counted_in_the_document() {
    let counted: Vec<_> = tables()
        .into_iter()
        .flat_map(|(table, rows)| {
            rows.into_iter()
                .map(move |row| (format!("{table}.{}", row.name), row.codes))
        })
        .filter(|(_, codes)| !codes.is_empty())
        .collect();
    assert_eq!(counted.len(), 12, "{counted:?}");
    let values: BTreeMap<_, _> = counted.into_iter().collect();
    assert_eq!(values["StubInfo.status"], [0, 1, 2, 3, 4, 5, 6, 7, 9, 99]);
    assert_eq!(values["StubInfo.parkingStatus"], [0, 1, 2]);
    assert_eq!(values["chargeStop.reply.status"], [0, 1, 2, 9]);
    assert_eq!(values["syncStubGroupInfo.request.stubGroupType"], [0, 1, 2]);
}

#[test]
fn every_sample_has_every_field_of_its_table_in_its_order_and_type() {
    let tables = tables();
    for (name, _, _) in INTERFACES {
        let text = fixture(&format!("samples/{name}.request.txt"));
        let sample = Params::parse(text.trim()).expect(name);
        let rows: Vec<&str> = tables[&format!("{name}.request")]
            .iter()
            .map(|row| row.name.as_str())
            .collect();
        assert_eq!(
            sample.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            rows,
            "{name}"
        );
    }
    for (table, _, at, value) in replies() {
        let object = value.pointer(at).and_then(Value::as_object).expect(&table);
        assert_eq!(object.len(), tables[&table].len(), "{table}");
        for row in &tables[&table] {
            let found = object
                .get(&row.name)
                .unwrap_or_else(|| panic!("{table}: {}", row.name));
            let fits = match row.kind.as_str() {
                "String" | "string" => found.is_string(),
                "int" | "Long" => found.is_i64(),
                "number" => found.is_number(),
                "String[]" => found
                    .as_array()
                    .is_some_and(|list| list.iter().all(Value::is_string)),
                "StubInfo" => found
                    .as_array()
                    .is_some_and(|list| list.iter().all(Value::is_object)),
                other => panic!("{table}: {other}"),
            };
            assert!(fits, "{table}: {} is no {}", row.name, row.kind);
        }
    }
}

#[test]
fn what_a_request_requires_is_missed_and_nothing_else() {
    let tables = tables();
    let dialect = Dialect::default();
    for (name, read, _) in INTERFACES {
        let text = fixture(&format!("samples/{name}.request.txt"));
        for row in tables[&format!("{name}.request")]
            .iter()
            .filter(|row| row.name != "token")
        {
            let mut sample = Params::parse(text.trim()).expect(name);
            sample.take("token");
            sample.take(&row.name).expect("in the sample");
            let found =
                read(&dialect, &sample, &mut Deviations::default()).map(|found| found.violations);
            let missing = Violation::new(row.name.clone(), Rule::Missing);
            assert_eq!(
                found,
                if row.required {
                    Err(missing.clone())
                } else {
                    Ok(vec![])
                },
                "{name} {}",
                row.name
            );
            // Empty is as good as absent.
            sample.push(row.name.clone(), "");
            let found = read(&dialect, &sample, &mut Deviations::default());
            match found {
                Ok(found) => assert_eq!(
                    found.violations,
                    if row.required { vec![missing] } else { vec![] },
                    "{name} {}",
                    row.name
                ),
                Err(unreadable) => assert!(
                    row.required && unreadable.path == row.name,
                    "{name}: {unreadable}"
                ),
            }
        }
    }
}

/// What a reply cannot do without; the document marks nothing.
const NEEDED: [(&str, &[&str]); 4] = [
    ("syncStubGroupInfo.reply", &["Id", "stubGroupName"]),
    ("syncStubInfo.reply", &["stubGroupId", "StubInfo"]),
    ("StubInfo", &["Id", "status"]),
    (
        "checkChargeOrders.reply",
        &[
            "orderCount",
            "totalOrderPower",
            "totoalOrderFee",
            "orderList",
        ],
    ),
];
const NEEDED_OF_ORDERS: &[&str] = &["OrderId", "status"];

#[test]
fn a_reply_needs_its_numbers_and_what_it_is_for() {
    let tables = tables();
    for (table, name, at, value) in replies() {
        let needed = NEEDED
            .iter()
            .find(|(of, _)| *of == table)
            .map_or(NEEDED_OF_ORDERS, |(_, needed)| needed);
        for row in &tables[&table] {
            let mut changed = value.clone();
            let object = changed
                .pointer_mut(at)
                .and_then(Value::as_object_mut)
                .expect("an object");
            object.remove(&row.name).expect("in the sample");
            let found = read_reply(name, &changed.to_string());
            if needed.contains(&row.name.as_str()) {
                let missed = found.map(|found| found.violations).expect_err(&row.name);
                assert!(
                    missed.rule == Rule::Missing && missed.path.ends_with(&row.name),
                    "{table}: {missed}"
                );
            } else {
                assert_eq!(
                    found.map(|found| found.violations),
                    Ok(vec![]),
                    "{table} {}",
                    row.name
                );
            }
        }
    }
}

#[test]
fn every_value_of_a_list_is_known_and_one_more_is_not() {
    let tables = tables();
    let mut tested = 0;
    for (table, name, at, value) in replies() {
        for row in tables[&table].iter().filter(|row| !row.codes.is_empty()) {
            let with = |code: i64| {
                let mut changed = value.clone();
                let code: Value = if row.kind == "String" {
                    code.to_string().into()
                } else {
                    code.into()
                };
                changed.pointer_mut(at).expect("an object")[&row.name] = code;
                let mut found = read_reply(name, &changed.to_string())
                    .expect("any code is read")
                    .violations;
                found.retain(|violation| violation.path.ends_with(&row.name));
                found
                    .into_iter()
                    .map(|violation| violation.rule)
                    .collect::<Vec<_>>()
            };
            for code in &row.codes {
                assert_eq!(with(*code), [], "{table} {} {code}", row.name);
                tested += 1;
            }
            for code in [8, 77, -1]
                .into_iter()
                .filter(|code| !row.codes.contains(code))
            {
                assert_eq!(
                    with(code),
                    [Rule::UnknownCode],
                    "{table} {} {code}",
                    row.name
                );
            }
        }
    }
    assert_eq!(tested, 3 + 10 + 2 + 3 + 3 + 3 * (2 + 4));
}

/// The vendor whose messages are in `fixtures/peers`: `{"status":100,"msg":..,"data":..}` and
/// signed callbacks.
fn peer() -> Dialect {
    Dialect::default().reply(
        ReplyShape::default()
            .under("data")
            .code("status")
            .success(["100"])
            .message("msg"),
    )
}

#[test]
fn what_peers_send_is_read_with_the_expected_deviations() {
    let dialect = peer();
    let signer = CallbackSigner::new("secret-1");
    let mut files: Vec<_> = fs::read_dir(path("peers"))
        .expect("the folder is there")
        .map(|entry| entry.expect("readable"))
        .filter(|entry| entry.file_type().expect("a type").is_file())
        .map(|entry| entry.file_name().into_string().expect("UTF-8"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 8);
    for file in files {
        let text = fixture(&format!("peers/{file}"));
        let (name, _) = file.split_once('.').expect("interface.side");
        let mut deviations = Deviations::default();
        let mut told = String::new();
        let interface = INTERFACES.iter().find(|interface| interface.0 == name);
        let read = match interface {
            None => {
                let order = dialect
                    .open_callback(&text, Some(&signer), &mut deviations)
                    .expect(&file);
                let written = dialect
                    .seal_callback(&order, CallbackBody::Form, Some(&signer))
                    .expect("a model");
                Some(Read {
                    written,
                    violations: violations(&dialect, &order, &mut deviations),
                })
            }
            Some((_, read, _)) if file.contains("request") => {
                let mut params = Params::parse(text.trim()).expect(&file);
                params.take("token").expect("a token");
                Some(read(&dialect, &params, &mut deviations).expect(&file))
            }
            Some((_, _, read)) => match dialect.open_reply(&text, &mut deviations) {
                Ok(payload) => Some(read(&dialect, payload, &mut deviations).expect(&file)),
                Err(refused) => {
                    let _ = writeln!(told, "{refused}");
                    None
                }
            },
        };
        for deviation in deviations.list() {
            let _ = writeln!(told, "tolerated {:?} {}", deviation.kind, deviation.path);
        }
        if let Some(read) = read {
            for violation in &read.violations {
                let _ = writeln!(told, "broken    {violation}");
            }
            let _ = writeln!(told, "written   {}", read.written);
        }
        let expected = path(&format!("peers/expected/{file}.txt"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &told).expect("writable");
        }
        assert_eq!(
            told,
            fs::read_to_string(&expected).unwrap_or_default(),
            "{file}"
        );
    }
}

#[test]
fn strict_rules_refuse_what_deviates() {
    let mut strict = peer();
    strict.read.strictness = Strictness::Strict;
    let signer = CallbackSigner::new("secret-1");
    for file in [
        "callback.charging.request.txt",
        "callback.waiting.request.txt",
    ] {
        let text = fixture(&format!("peers/{file}"));
        let refused = strict
            .open_callback(&text, Some(&signer), &mut Deviations::default())
            .expect_err(file);
        assert!(matches!(refused.rule, Rule::Deviates(_)), "{refused}");
    }
    for (name, _, read) in INTERFACES
        .iter()
        .filter(|(name, ..)| name.starts_with("sync"))
    {
        let text = fixture(&format!("peers/{name}.reply.json"));
        let none = &mut Deviations::default();
        let refused = strict
            .open_reply(&text, none)
            .and_then(|payload| read(&strict, payload, none).map(|_| ()).map_err(Into::into));
        assert!(
            matches!(
                refused,
                Err(ReplyError::Unreadable(Violation {
                    rule: Rule::Deviates(_),
                    ..
                }))
            ),
            "{name}"
        );
    }
}
