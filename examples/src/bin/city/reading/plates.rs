//! The number plates that a message names.
use kt_proto::{PercentText, UrlCharset};
use serde_json::Value;

/// The fields that are number plates, in small letters.
const NAMES: [&str; 6] = [
    "plateno",
    "plate",
    "platenum",
    "carno",
    "platenolist",
    "oldplateno",
];

/// Adds the plates in the JSON of a data item to `plates`, each once.
pub(super) fn find(json: &str, plates: &mut Vec<String>) {
    if let Ok(value) = serde_json::from_str(json) {
        search(&value, plates);
    }
}

fn search(value: &Value, plates: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if NAMES.contains(&name.trim().to_ascii_lowercase().as_str()) {
                    take(value, plates);
                }
                search(value, plates);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| search(entry, plates)),
        _ => {}
    }
}

fn take(value: &Value, plates: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let plate = decoded(text);
            if !plate.is_empty() && !plates.contains(&plate) {
                plates.push(plate);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| take(entry, plates)),
        _ => {}
    }
}

/// Two interfaces of KT have them percent-encoded, in a charset that only the peer knows.
fn decoded(text: &str) -> String {
    let encoded: Option<PercentText> = serde_json::from_value(text.into()).ok();
    let decoded = encoded.and_then(|encoded| {
        encoded
            .text(UrlCharset::Utf8)
            .or_else(|| encoded.text(UrlCharset::Gb18030))
    });
    decoded.unwrap_or_else(|| text.to_owned()).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_are_found_however_they_are_written() {
        for (json, expected) in [
            (r#"{"plateNo":"\u7ca4B88888"}"#, &["粤B88888"][..]),
            (
                r#"{"plateNum":"%E7%B2%A4B88888","carNo":"%D4%C1B88888"}"#,
                &["粤B88888"],
            ),
            (
                r#"{"plateNoList":["粤B1","粤B2"],"oldplateNo":"粤B3"}"#,
                &["粤B3", "粤B1", "粤B2"],
            ),
            (
                r#"{"list":[{"cars":[{"PlateNo":"粤B4"},{"plateNo":""}]}]}"#,
                &["粤B4"],
            ),
            (
                r#"{"plateNo":null,"plateType":"1","plate":"100%"}"#,
                &["100%"],
            ),
            ("no JSON", &[]),
        ] {
            let mut plates = Vec::new();
            find(json, &mut plates);
            plates.sort();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(plates, expected, "{json}");
        }
    }
}
