//! The fields of a message, each with what the schema of its type says of it.
use super::{
    message::{elements, members, string},
    units::{table_of, unit_of, unit_of_type},
};
use serde_json::Value;
use sztc_proto::Spelling;

/// How deep and how many fields are told; a message has less.
const DEPTH: usize = 24;
const MOST: usize = 5_000;
/// How much of a value is told, in characters.
const LONGEST: usize = 80;

/// One field of a message.
#[derive(Debug)]
pub struct Field {
    /// Where it stands, in the names that were sent.
    pub path: String,
    /// The name in the document; the sent one if it has none.
    pub name: String,
    /// Its value, in short; secrets are not told.
    pub value: String,
    /// What the document calls the value, if it is one of a list.
    pub value_name: Option<String>,
    /// What it means; none for a field that the document does not have.
    pub meaning: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Table or section of the object it stands in.
    pub table: Option<String>,
}

/// The fields of the object `json` at `path`, by `schema`; `about` tells the table where the types
/// do not.
pub(super) fn of(json: &str, schema: &Value, path: &str, about: &str) -> Vec<Field> {
    let mut walk = Walk {
        root: schema,
        fields: Vec::new(),
    };
    walk.value(json, schema, path, table_of(about), 0);
    walk.fields
}

/// What is written otherwise, by the crates' own lists.
fn spellings() -> impl Iterator<Item = &'static Spelling> {
    [
        sztc_proto::SPELLINGS,
        evcs_proto::SPELLINGS,
        kt_proto::SPELLINGS,
        pile_proto::SPELLINGS,
    ]
    .into_iter()
    .flatten()
}

/// The name in the document of what is sent as `key`: exact, by other capitals, by a known
/// misspelling.
pub(super) fn name_of<'a>(
    key: &str,
    properties: &'a serde_json::Map<String, Value>,
) -> Option<(&'a str, &'a Value)> {
    let at = |name: &str| {
        properties
            .get_key_value(name)
            .map(|(name, value)| (name.as_str(), value))
    };
    at(key)
        .or_else(|| {
            properties
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key.trim()))
                .map(|(name, value)| (name.as_str(), value))
        })
        .or_else(|| {
            spellings()
                .filter(|spelling| spelling.wrong.eq_ignore_ascii_case(key.trim()))
                .find_map(|spelling| at(&spelling.right))
        })
}

struct Walk<'a> {
    root: &'a Value,
    fields: Vec<Field>,
}

impl<'a> Walk<'a> {
    /// The schema that a reference leads to, or that is one of several with something inside.
    fn resolved(&self, schema: &'a Value) -> &'a Value {
        let target = schema["$ref"]
            .as_str()
            .and_then(|path| self.root.pointer(path.strip_prefix('#')?))
            .unwrap_or(schema);
        let inside = |one: &&Value| {
            ["$ref", "properties", "items", "contentSchema"]
                .iter()
                .any(|part| !one[part].is_null())
        };
        match target["anyOf"]
            .as_array()
            .and_then(|any| any.iter().find(inside))
        {
            Some(one) => one["$ref"]
                .as_str()
                .and_then(|path| self.root.pointer(path.strip_prefix('#')?))
                .unwrap_or(one),
            None => target,
        }
    }

    /// Looks at a value that is no field of its own: the message, or the entry of a list.
    fn value(
        &mut self,
        json: &str,
        schema: &'a Value,
        path: &str,
        table: Option<String>,
        depth: usize,
    ) {
        let schema = self.resolved(schema);
        let table = schema["description"].as_str().and_then(table_of).or(table);
        if depth > DEPTH {
            return;
        }
        for (key, value) in members(json).into_iter().flatten() {
            let key_path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            self.field(key, value.get(), schema, key_path, table.clone(), depth);
        }
    }

    fn field(
        &mut self,
        key: String,
        json: &str,
        owner: &'a Value,
        path: String,
        table: Option<String>,
        depth: usize,
    ) {
        if self.fields.len() >= MOST {
            return;
        }
        let known = owner["properties"]
            .as_object()
            .and_then(|properties| name_of(&key, properties));
        let (name, schema) = known.map_or((None, &Value::Null), |(name, schema)| {
            (Some(name.to_owned()), schema)
        });
        let target = self.resolved(schema);
        let meaning = schema["description"]
            .as_str()
            .or(target["description"].as_str())
            .map(str::to_owned);
        let unit = meaning.as_deref().and_then(unit_of);
        self.fields.push(Field {
            path: path.clone(),
            name: name.unwrap_or(key),
            value: shown(json, schema, target),
            value_name: value_name(json, target),
            unit: unit.or_else(|| target["description"].as_str().and_then(unit_of_type)),
            meaning,
            table: table.clone(),
        });
        let inside = string(json).filter(|_| !target["contentSchema"].is_null());
        let (json, target) = match &inside {
            Some(text) => (text.as_str(), self.resolved(&target["contentSchema"])),
            None => (json, target),
        };
        match elements(json) {
            Some(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.value(
                        entry.get(),
                        &target["items"],
                        &format!("{path}[{index}]"),
                        table.clone(),
                        depth + 1,
                    );
                }
            }
            None => self.value(json, target, &path, table, depth + 1),
        }
    }
}

/// The value in short: of lists and objects only how many there are inside.
fn shown(json: &str, schema: &Value, target: &Value) -> String {
    if [schema, target]
        .iter()
        .any(|schema| schema["format"] == "password")
    {
        return "***".to_owned();
    }
    let objects = |entries: &[Box<serde_json::value::RawValue>]| {
        entries
            .iter()
            .any(|entry| entry.get().starts_with(['{', '[']))
    };
    match (members(json), elements(json)) {
        (Some(members), _) => format!("{{{} fields}}", members.len()),
        (_, Some(entries)) if objects(&entries) => format!("[{} entries]", entries.len()),
        _ => match json.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &json[..end]),
            None => json.to_owned(),
        },
    }
}

/// What the document calls this value of a list.
fn value_name(json: &str, schema: &Value) -> Option<String> {
    let listed = schema["enum"].as_array().or_else(|| {
        schema["anyOf"]
            .as_array()?
            .iter()
            .find_map(|one| one["enum"].as_array())
    })?;
    let text = string(json).unwrap_or_else(|| json.to_owned());
    let at = listed.iter().position(|value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
            == text
    })?;
    schema["x-enum-descriptions"][at]
        .as_str()
        .map(str::to_owned)
}
