//! The tables as the fixture has them.
use super::{fixture, map::*};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) struct Row {
    pub name: String,
    pub kind: String,
    pub length: Option<usize>,
    pub required: bool,
    pub remark: String,
}

impl Row {
    pub(super) fn is_text(&self) -> bool {
        // Table 60 misspells it; Char is Table 111's xhqdbz.
        ["String", "Srtng", "Uuid", "Char"].contains(&self.kind.as_str())
    }

    /// The numbers of the list that the remark prints: `0: ...; 1: ...`. The X of Table 30 is none
    /// and does not fit its type; see SPEC-NOTES.md.
    pub(super) fn codes(&self) -> Vec<&str> {
        let code = |text: &str| {
            !text.is_empty()
                && text
                    .trim_start_matches('-')
                    .bytes()
                    .all(|byte| byte.is_ascii_digit())
        };
        self.remark
            .split([';', '；'])
            .filter_map(|entry| {
                // The first entry may stand behind an introduction.
                let parts: Vec<&str> = entry.split([':', '：']).map(str::trim).collect();
                parts[..parts.len() - 1]
                    .iter()
                    .take(2)
                    .find(|part| code(part))
                    .copied()
            })
            .collect()
    }

    /// The last value that the parties may define between themselves: `2~99：扩展`.
    fn extension(&self) -> Option<i32> {
        let (_, last) = self
            .remark
            .split(['；', '：'])
            .find_map(|part| part.split_once('~'))?;
        last.parse().ok()
    }

    /// One more than the values that the remark prints, as wide as they are.
    pub(super) fn one_more(&self) -> String {
        let last = self
            .codes()
            .into_iter()
            .max_by_key(|code| code.parse::<i32>().expect("a number"))
            .expect("a list");
        let highest = last
            .parse::<i32>()
            .expect("a number")
            .max(self.extension().unwrap_or(0));
        format!("{:0width$}", highest + 1, width = last.len())
    }

    /// `code` as a value of this row's type.
    pub(super) fn value(&self, code: &str) -> Value {
        let text = if self.is_text() {
            format!("\"{code}\"")
        } else {
            code.to_owned()
        };
        let text = if self.kind.starts_with("List") {
            format!("[{text}]")
        } else {
            text
        };
        serde_json::from_str(&text).expect("JSON")
    }
}

pub(super) fn tables() -> BTreeMap<u16, Vec<Row>> {
    let tables: BTreeMap<String, Vec<[String; 5]>> =
        serde_json::from_str(&fixture("db4403-tables.json")).expect("JSON");
    let row = |[name, kind, length, required, remark]: [String; 5]| Row {
        name,
        kind,
        length: length.parse().ok(),
        required: required == "是",
        remark,
    };
    tables
        .into_iter()
        .map(|(table, rows)| {
            (
                table.parse().unwrap_or(INVOICE_LINES),
                rows.into_iter().map(row).collect(),
            )
        })
        .filter(|(table, _)| is_built(table))
        .collect()
}
