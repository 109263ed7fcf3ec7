//! The canonical form against a slow one written plainly, and against itself.
#![no_main]
use libfuzzer_sys::fuzz_target;
use park_core::json::{
    canonical::{canonical, canonical_to},
    lexer::MAX_DEPTH,
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{collections::BTreeMap, fmt};

fuzz_target!(|text: &str| {
    let fast = canonical(text).ok();
    assert_eq!(fast, slow(text, 0), "{text}");
    if let Some(form) = fast {
        assert_eq!(
            canonical(&form).as_deref(),
            Ok(&*form),
            "a canonical form is its own"
        );
        let mut pieces = Vec::new();
        canonical_to(text, &mut |piece| pieces.extend_from_slice(piece))
            .expect("it went well before");
        assert_eq!(pieces, form.as_bytes());
    }
});

fn slow(text: &str, depth: usize) -> Option<String> {
    // Checks the grammar; everything below is a part of what was checked.
    let text = serde_json::from_str::<&RawValue>(text).ok()?.get();
    let nested = text.starts_with(['{', '[']);
    if nested && depth == MAX_DEPTH {
        return None;
    }
    Some(match text.as_bytes()[0] {
        b'{' => {
            let members: Members = serde_json::from_str(text).ok()?;
            let members: Option<Vec<String>> = members
                .0
                .iter()
                .map(|(key, value)| {
                    Some(format!("{}:{}", quote(key), slow(value.get(), depth + 1)?))
                })
                .collect();
            format!("{{{}}}", members?.join(","))
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let items: Option<Vec<String>> = items
                .iter()
                .map(|item| slow(item.get(), depth + 1))
                .collect();
            format!("[{}]", items?.join(","))
        }
        b'"' => quote(&serde_json::from_str::<String>(text).ok()?),
        _ => text.to_owned(),
    })
}

/// serde_json writes the fewest escapes, too.
fn quote(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}

/// Members in the order of their keys' bytes, each key once.
struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    if members.insert(key, value).is_some() {
                        return Err(serde::de::Error::custom("a key stands twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Once)
    }
}
