//! JSON Schemas as `catalogue` and `openapi` give them: of one data item, without what only Rust
//! needs.
use serde_json::{Map, Value};
use sztc_proto::Spelling;

/// The schema of one data item, from that of a request or reply: of an entry, where that is a list,
/// and of what is there, where it may be absent.
pub fn item_of(mut schema: Value) -> Value {
    let definitions = schema.get_mut("$defs").map(Value::take);
    if let Some(Value::Array(any)) = schema.get_mut("anyOf")
        && let Some(there) = any.iter_mut().find(|one| one["type"] != "null")
    {
        schema = there.take();
    }
    if let Some(items) = schema.get_mut("items").map(Value::take) {
        schema = items;
    }
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix("#/$defs/"))
        .map(str::to_owned)
        && let Some(target) = definitions
            .as_ref()
            .and_then(|definitions| definitions.get(&name))
    {
        schema = target.clone();
        schema["title"] = name.into();
    }
    if let Some(Value::Object(mut definitions)) = definitions {
        for (name, definition) in &mut definitions {
            definition["title"] = name.as_str().into();
        }
        schema["$defs"] = Value::Object(used(&schema, &definitions));
    }
    if schema["$defs"].as_object().is_some_and(Map::is_empty) {
        schema.as_object_mut().map(|schema| schema.remove("$defs"));
    }
    tidy(&mut schema);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema
}

/// The schema with the field names that a dialect writes.
pub fn renamed(mut schema: Value, names: &[Spelling]) -> Value {
    let rename = |object: &mut Value| {
        let title = object["title"].as_str().unwrap_or_default().to_owned();
        for name in names
            .iter()
            .filter(|name| name.owner.is_empty() || name.owner == title)
        {
            if let Some(fields) = object["properties"].as_object_mut()
                && let Some(field) = fields.remove(&*name.right)
            {
                fields.insert(name.wrong.to_string(), field);
                let required = object["required"].as_array_mut().into_iter().flatten();
                required
                    .filter(|required| **required == *name.right)
                    .for_each(|required| *required = (*name.wrong).into());
            }
        }
    };
    rename(&mut schema);
    schema["$defs"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
        .for_each(rename);
    if schema["$defs"].is_null() {
        schema.as_object_mut().map(|schema| schema.remove("$defs"));
    }
    schema
}

/// Those of `definitions` that `schema` refers to, directly or through others.
pub fn used(schema: &Value, definitions: &Map<String, Value>) -> Map<String, Value> {
    let mut found = Map::new();
    let mut open = references(schema);
    while let Some(name) = open.pop() {
        if let (false, Some(definition)) = (found.contains_key(&name), definitions.get(&name)) {
            open.extend(references(definition));
            found.insert(name, definition.clone());
        }
    }
    found
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => {
            let own = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|path| path.strip_prefix("#/$defs/"));
            own.map(str::to_owned)
                .into_iter()
                .chain(members.values().flat_map(references))
                .collect()
        }
        Value::Array(list) => list.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Takes `null` away, which stands for an `Option` and never on the wire, and links of the
/// documentation.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = plain(text);
            }
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|kind| kind != "null");
                if types.len() == 1 {
                    let only = types.remove(0);
                    members.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(values)) = members.get_mut("enum") {
                values.retain(|value| !value.is_null());
            }
            if let Some(Value::Array(any)) = members.get_mut("anyOf") {
                any.retain(|one| one["type"] != "null");
                if any.len() == 1 && any[0].is_object() {
                    let only = any.remove(0);
                    members.remove("anyOf");
                    for (key, value) in only.as_object().into_iter().flatten() {
                        members.entry(key.clone()).or_insert(value.clone());
                    }
                }
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(list) => list.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// A documentation comment as plain text: no links, in one line, its first paragraph.
fn plain(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let mut out = String::with_capacity(paragraph.len());
    let mut rest = paragraph;
    while let Some(start) = rest.find("[`") {
        out.push_str(&rest[..start]);
        let Some(end) = rest[start..].find("`]").map(|end| start + end) else {
            break;
        };
        out.push_str(&rest[start + 2..end]);
        rest = &rest[end + 2..];
        if rest.starts_with('(')
            && let Some(close) = rest.find(')')
        {
            rest = &rest[close + 1..];
        }
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
