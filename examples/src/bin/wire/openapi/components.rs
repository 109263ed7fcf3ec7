//! The schemas of a document, each once: those of different messages that have the same name get
//! numbers.
use serde_json::{Map, Value, json};

/// The components of a document.
#[derive(Default)]
pub(super) struct Components {
    schemas: Map<String, Value>,
    /// What each was made of, to know it again.
    made_of: Map<String, Value>,
}

impl Components {
    /// Takes over a self-contained schema and refers to it.
    pub(super) fn add(&mut self, schema: &Value) -> Value {
        let name = self.place(schema);
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// The same, but in place and not by name.
    pub(super) fn inline(&mut self, schema: &Value) -> Value {
        let name = self.place(schema);
        self.schemas.get(&name).cloned().unwrap_or_default()
    }

    /// The schemas.
    pub(super) fn into_schemas(self) -> Value {
        Value::Object(self.schemas)
    }

    fn place(&mut self, schema: &Value) -> String {
        let mut root = schema.clone();
        let definitions = root.as_object_mut().and_then(|members| {
            members.remove("$schema");
            members.remove("$defs")
        });
        let definitions = definitions
            .as_ref()
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let name = root["title"].as_str().unwrap_or("Message").to_owned();
        self.put(&name, root, &definitions)
    }

    /// Puts `schema` and what it refers to in its place; gives the name that it has there.
    fn put(&mut self, name: &str, schema: Value, definitions: &Map<String, Value>) -> String {
        // What it refers to counts too: the same words may mean other things.
        let made_of = json!({"schema": schema, "definitions": reached(&schema, definitions)});
        let mut place = name.to_owned();
        let mut number = 2;
        while let Some(other) = self.made_of.get(&place) {
            if *other == made_of {
                return place;
            }
            place = format!("{name}{number}");
            number += 1;
        }
        self.made_of.insert(place.clone(), made_of);
        let mut schema = schema;
        self.rewrite(&mut schema, definitions);
        self.schemas.insert(place.clone(), schema);
        place
    }

    fn rewrite(&mut self, schema: &mut Value, definitions: &Map<String, Value>) {
        match schema {
            Value::Object(members) => {
                if let Some(name) = members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|path| path.strip_prefix("#/$defs/"))
                    .map(str::to_owned)
                {
                    let target = definitions.get(&name).cloned().unwrap_or(Value::Bool(true));
                    let place = self.put(&name, target, definitions);
                    members.insert(
                        "$ref".to_owned(),
                        format!("#/components/schemas/{place}").into(),
                    );
                }
                members
                    .values_mut()
                    .for_each(|member| self.rewrite(member, definitions));
            }
            Value::Array(list) => list
                .iter_mut()
                .for_each(|entry| self.rewrite(entry, definitions)),
            _ => {}
        }
    }
}

/// Those of `definitions` that `schema` leads to.
fn reached(schema: &Value, definitions: &Map<String, Value>) -> Value {
    Value::Object(examples::schema::used(schema, definitions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_for_something_else_gets_a_number() {
        let mut components = Components::default();
        let message = |inner: &str| {
            json!({
                "$schema": "x", "title": "Message", "properties": {"a": {"$ref": "#/$defs/Inner"}},
                "$defs": {"Inner": {"type": inner}},
            })
        };
        let refs: Vec<Value> = ["string", "integer", "string"]
            .iter()
            .map(|inner| components.add(&message(inner)))
            .collect();
        assert_eq!(refs[0], refs[2]);
        assert_ne!(refs[0], refs[1]);
        let schemas = components.into_schemas();
        assert_eq!(
            schemas["Message"]["properties"]["a"]["$ref"],
            "#/components/schemas/Inner"
        );
        assert_eq!(
            schemas["Message2"]["properties"]["a"]["$ref"],
            "#/components/schemas/Inner2"
        );
        assert_eq!(
            (&schemas["Inner"]["type"], &schemas["Inner2"]["type"]),
            (&json!("string"), &json!("integer"))
        );
    }
}
