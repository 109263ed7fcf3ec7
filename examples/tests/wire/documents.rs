//! The OpenAPI documents: what 3.1 requires of them, and that every reference leads somewhere.
//! (`openapi-spec-validator` finds nothing in them either; it is no part of this test, since it is
//! a Python package.)
use super::good;
use serde_json::Value;
use std::collections::BTreeSet;

const ROLES: [(&str, &str, usize); 10] = [
    ("sztc", "city", 34),
    ("sztc", "partner", 20),
    ("evcs", "cpo", 9),
    ("evcs", "emsp", 7),
    ("kt", "lot", 28),
    ("kt", "cloud", 15),
    ("xingxing", "charging", 2),
    ("xingxing", "parking", 1),
    ("pile", "vendor", 6),
    ("pile", "aggregator", 1),
];

fn document(protocol: &str, role: &str) -> Value {
    serde_json::from_str(&good(
        &["openapi", "--protocol", protocol, "--role", role],
        "",
    ))
    .expect("JSON")
}

#[test]
fn every_role_has_a_document_with_what_openapi_requires() {
    for (protocol, role, paths) in ROLES {
        let document = document(protocol, role);
        assert_eq!(document["openapi"], "3.1.0");
        assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
        let all = document["paths"].as_object().expect("paths");
        assert_eq!(all.len(), paths, "{protocol} {role}");
        let mut ids = BTreeSet::new();
        for (path, item) in all {
            assert!(path.starts_with('/'), "{path}");
            for (verb, operation) in item.as_object().expect("a path item") {
                assert_eq!(verb, if role == "vendor" { "get" } else { "post" });
                assert!(
                    ids.insert(operation["operationId"].as_str().expect("an id")),
                    "{path}: one id twice"
                );
                assert!(
                    operation["responses"]["200"]["description"].is_string(),
                    "{path}"
                );
                assert!(
                    operation["responses"]["200"]["content"]["application/json"]["schema"]
                        .is_object(),
                    "{path}"
                );
                let asks = operation["requestBody"]["content"]
                    .as_object()
                    .is_some_and(|content| content.values().all(|one| one["schema"].is_object()));
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let asked = parameters.filter(|one| {
                    one["name"].is_string()
                        && one["in"] == "query"
                        && one["required"].is_boolean()
                        && one["schema"].is_object()
                });
                assert!(asks || asked.count() > 0, "{path}");
            }
        }
        for name in document["components"]["schemas"]
            .as_object()
            .expect("schemas")
            .keys()
        {
            assert!(
                name.chars()
                    .all(|character| character.is_ascii_alphanumeric()
                        || "._-".contains(character)),
                "{name}"
            );
        }
        for needed in document["security"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|one| one.as_object().expect("an object").keys())
        {
            assert!(
                document["components"]["securitySchemes"][needed]["type"].is_string(),
                "{needed}"
            );
        }
        look(&document, &document, &format!("{protocol} {role}"));
    }
}

/// Every reference leads somewhere, and nothing of a schema's own definitions is left behind.
fn look(value: &Value, document: &Value, place: &str) {
    match value {
        Value::Object(members) => {
            if let Some(path) = members.get("$ref").and_then(Value::as_str) {
                let target = path
                    .strip_prefix('#')
                    .and_then(|path| document.pointer(path));
                assert!(target.is_some(), "{place}: {path} leads nowhere");
            }
            assert!(
                !members.contains_key("$defs") && !members.contains_key("$schema"),
                "{place}"
            );
            members
                .iter()
                .for_each(|(key, member)| look(member, document, &format!("{place}/{key}")));
        }
        Value::Array(list) => list.iter().for_each(|entry| look(entry, document, place)),
        _ => {}
    }
}

#[test]
fn messages_stand_in_their_envelopes() {
    let body = |protocol: &str, role: &str, path: &str| {
        let document = document(protocol, role);
        document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
            .clone()
    };
    let entry = body("sztc", "city", "/5004");
    assert_eq!(
        entry["required"],
        serde_json::json!(["timestamp", "sign", "data"])
    );
    assert_eq!(
        entry["properties"]["data"]["items"]["$ref"],
        "#/components/schemas/ParkingRecord"
    );
    let sealed = body("evcs", "cpo", "/query_start_charge");
    assert_eq!(
        sealed["properties"]["Data"]["x-plaintext"]["$ref"],
        "#/components/schemas/StartCharge"
    );
    let state = body("sztc", "city", "/notification_stationstate");
    assert_eq!(
        state["properties"]["Data"]["x-plaintext"]["$ref"],
        "#/components/schemas/StatusNotice"
    );
    let bill = body("kt", "lot", "/api/ParkingPay/GetParkingPaymentInfo");
    assert_eq!(
        bill["properties"]["data"]["x-plaintext"]["$ref"],
        "#/components/schemas/BillQuery"
    );
}
