//! What a message was told to be.
use super::{Finding, fields::Field};
use crate::registry::Protocol;
use serde::de::{self, Deserializer};
use serde_json::value::RawValue;
use std::fmt;
use sztc_proto::{DeviationKind, Deviations, Violation};

/// Which side of an interface a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It asks.
    Request,
    /// It answers.
    Reply,
}

/// One data item of a message.
#[derive(Debug)]
pub struct Item {
    /// Where it stands: `data[0]`; empty if it is the message.
    pub path: String,
    /// Its JSON.
    pub json: String,
}

/// Data that is sealed.
#[derive(Debug)]
pub enum Sealed {
    /// An envelope of T/CEC 102, as a whole.
    Evcs(String),
    /// The `data` of KT.
    Kt(String),
    /// Parameters that a callback of pile may have signed, as a form.
    Pile(String),
}

/// A message as far as it is known without an interface.
#[derive(Debug, Default)]
pub struct Message {
    /// What it looks like, in words.
    pub form: &'static str,
    /// The protocol, if that is sure.
    pub protocol: Option<Protocol>,
    /// Request or reply, if that is sure.
    pub way: Option<Way>,
    /// Name or number of the interface, where the message says it.
    pub interface: Option<String>,
    /// The fields around the items.
    pub envelope: Vec<Field>,
    /// The data.
    pub items: Vec<Item>,
    /// Whether every value was text.
    pub texts: bool,
    /// What still has to be opened.
    pub sealed: Option<Sealed>,
    /// What the document forbids.
    pub violations: Vec<Finding>,
    /// What departs from the document and can be understood.
    pub deviations: Vec<Finding>,
    /// Whether it answers an HTTP request, which says nothing of its interface.
    pub answers: bool,
    /// How to open what is sealed; said if that was not done.
    pub hint: Option<String>,
    /// What else is worth saying.
    pub notes: Vec<String>,
}

impl Message {
    /// A message of this form.
    pub fn new(
        form: &'static str,
        protocol: impl Into<Option<Protocol>>,
        way: impl Into<Option<Way>>,
    ) -> Self {
        Self {
            form,
            protocol: protocol.into(),
            way: way.into(),
            ..Self::default()
        }
    }

    /// Adds a data item.
    pub fn item(&mut self, path: impl Into<String>, json: impl Into<String>) {
        self.items.push(Item {
            path: path.into(),
            json: json.into(),
        });
    }

    /// Records what is wrong.
    pub fn breaks(&mut self, path: impl Into<String>, what: impl ToString) {
        self.violations.push(Finding {
            path: path.into(),
            kind: None,
            what: what.to_string(),
        });
    }

    /// Records a broken rule of the envelope.
    pub fn violates(&mut self, violation: Violation) {
        self.breaks(violation.path, violation.rule);
    }

    /// Records a departure.
    pub fn deviates(&mut self, path: impl Into<String>, kind: DeviationKind) {
        self.deviations.push(Finding {
            path: path.into(),
            kind: Some(format!("{kind:?}")),
            what: kind.to_string(),
        });
    }

    /// Records departures of the envelope.
    pub fn deviate(&mut self, deviations: &Deviations) {
        for found in deviations.list() {
            self.deviates(found.path.clone(), found.kind);
        }
    }

    /// Says something.
    pub fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }
}

/// The members of a JSON object in their order; a name may stand twice. `None` for other JSON and
/// what is none.
pub(super) fn members(text: &str) -> Option<Vec<(String, Box<RawValue>)>> {
    struct Members;

    impl<'de> de::Visitor<'de> for Members {
        type Value = Vec<(String, Box<RawValue>)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }

    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Members).ok()?;
    deserializer.end().ok().map(|()| members)
}

/// The elements of a JSON list. `None` for other JSON and what is none.
pub(super) fn elements(text: &str) -> Option<Vec<Box<RawValue>>> {
    text.trim_start()
        .starts_with('[')
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

/// The text of a JSON string.
pub(super) fn string(json: &str) -> Option<String> {
    json.starts_with('"')
        .then(|| serde_json::from_str(json).ok())
        .flatten()
}
