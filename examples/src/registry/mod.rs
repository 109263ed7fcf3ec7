//! Every interface of the five protocols with its types erased: what `explain`, `catalogue`,
//! `openapi` and `call` go through. The rows are those of the crates' own tables.
mod evcs;
mod kt;
mod pile;
mod sztc;
mod xingxing;

use crate::schema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::OnceLock;
use sztc_proto::{
    Check, Deviation, DeviationKind, Deviations, Rules, Spelling, Violation, Violations, decode,
    endpoint::Endpoint,
};

/// One of the five protocols.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// DB4403/T 313-2023, city parking platform.
    Sztc,
    /// T/CEC 102, charging.
    Evcs,
    /// KT parking lots.
    Kt,
    /// Star Charge, parking and charging.
    Xingxing,
    /// Charging-pile vendors.
    Pile,
}

/// Who serves an interface.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// sztc: the city platform.
    City,
    /// sztc: the external system.
    Partner,
    /// evcs: the charge point operator.
    Cpo,
    /// evcs: the customer's operator.
    Emsp,
    /// kt: the lot.
    Lot,
    /// kt: the third party.
    Cloud,
    /// xingxing: the charging platform.
    Charging,
    /// xingxing: the parking platform.
    Parking,
    /// pile: the vendor.
    Vendor,
    /// pile: the aggregator.
    Aggregator,
}

macro_rules! named {
    ($type:ident $($value:ident $name:literal)*) => {
        impl $type {
            /// Its name on the command line and in results.
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)* }
            }
        }
    };
}
named!(Protocol Sztc "sztc" Evcs "evcs" Kt "kt" Xingxing "xingxing" Pile "pile");
named!(Role City "city" Partner "partner" Cpo "cpo" Emsp "emsp" Lot "lot" Cloud "cloud" Charging "charging" Parking "parking" Vendor "vendor" Aggregator "aggregator");

impl Role {
    /// The protocol that has it.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::City | Self::Partner => Protocol::Sztc,
            Self::Cpo | Self::Emsp => Protocol::Evcs,
            Self::Lot | Self::Cloud => Protocol::Kt,
            Self::Charging | Self::Parking => Protocol::Xingxing,
            Self::Vendor | Self::Aggregator => Protocol::Pile,
        }
    }

    /// Whether calls to it go up (上行): to the platform, not to the site.
    fn is_up(self) -> bool {
        matches!(
            self,
            Self::City | Self::Emsp | Self::Cloud | Self::Charging | Self::Aggregator
        )
    }
}

/// One interface.
#[derive(Debug)]
pub struct Interface {
    /// The protocol.
    pub protocol: Protocol,
    /// Its name or number for the clients' `call_text`.
    pub wire: &'static str,
    /// Number in DB4403/T 313, if it has one there.
    pub code: Option<u16>,
    /// Wire name, or where that is a number the name of the method.
    pub name: &'static str,
    /// Chinese name.
    pub title: &'static str,
    /// What it does, in English, and where it is described.
    pub about: &'static str,
    /// Who serves it.
    pub roles: &'static [Role],
    /// `https`, `http`, `tcp`.
    pub transports: &'static [&'static str],
    /// Behind the base address.
    pub path: String,
    /// What is asked.
    pub request: Side,
    /// What is answered.
    pub reply: Side,
}

impl Interface {
    /// `up`, `down` or `both`.
    pub fn direction(&self) -> &'static str {
        match (
            self.roles.iter().any(|role| role.is_up()),
            self.roles.iter().any(|role| !role.is_up()),
        ) {
            (true, true) => "both",
            (true, false) => "up",
            _ => "down",
        }
    }

    /// What it is, as one JSON object: protocol, code, name, title, direction.
    pub fn json(&self) -> Value {
        json!({
            "protocol": self.protocol.name(),
            "code": self.code,
            "name": self.name,
            "title": self.title,
            "direction": self.direction(),
        })
    }

    /// Whether it travels in the charging envelope: T/CEC 102, and 1101 to 1106.
    pub fn is_charging(&self) -> bool {
        self.protocol == Protocol::Evcs
            || self.protocol == Protocol::Sztc
                && self.code.is_some_and(|code| (1101..=1106).contains(&code))
    }

    /// Whether it travels in the envelope of `protocol`; of those that both charging documents
    /// have, only one is meant.
    pub fn travels_in(&self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Sztc => self.protocol == Protocol::Sztc && !self.is_charging(),
            Protocol::Evcs => {
                self.protocol == Protocol::Evcs
                    || self.is_charging() && evcs_proto::endpoint::Info::of(self.name).is_none()
            }
            other => self.protocol == other,
        }
    }

    /// Whether calls to it go up (上行), to the platform and not to the site.
    pub fn is_served_above(&self) -> bool {
        self.roles.iter().all(|role| role.is_up())
    }

    /// Whether `word` is its name or number.
    pub fn is_called(&self, word: &str) -> bool {
        self.name.eq_ignore_ascii_case(word)
            || self.code.is_some_and(|code| code.to_string() == word)
    }
}

/// One data item of one direction.
#[derive(Debug)]
pub struct Side {
    schema: fn() -> Option<[Value; 2]>,
    /// Which of the two it is.
    at: usize,
    cached: OnceLock<(Value, Vec<String>)>,
    /// Reads and checks the JSON of an item.
    pub read: fn(&str) -> Reading,
    /// Puts an oddity of structure right; `None` where there is none.
    pub normalize: fn(&str) -> Option<String>,
    /// Whether there may be any number of them.
    pub many: bool,
}

impl Side {
    /// The requests of `E`.
    fn request<E: Endpoint>(read: fn(&str) -> Reading, many: bool) -> Self {
        Self::of::<E>(0, read, many)
    }

    /// The replies of `E`, or their entries where they are lists.
    fn reply<E: Endpoint>(read: fn(&str) -> Reading, many: bool) -> Self {
        Self::of::<E>(1, read, many)
    }

    fn of<E: Endpoint>(at: usize, read: fn(&str) -> Reading, many: bool) -> Self {
        Self {
            schema: E::schemas,
            at,
            cached: OnceLock::new(),
            read,
            normalize: |_| None,
            many,
        }
    }

    /// The same with oddities of structure.
    fn normalized_by(self, normalize: fn(&str) -> Option<String>) -> Self {
        Self { normalize, ..self }
    }

    /// The same with the field names that a dialect writes.
    fn renamed(&self, names: &[Spelling]) -> Self {
        let renamed = with_fields(schema::renamed(self.schema().clone(), names));
        Self {
            cached: renamed.into(),
            ..*self
        }
    }

    fn cached(&self) -> &(Value, Vec<String>) {
        self.cached.get_or_init(|| {
            let schemas = (self.schema)().expect("every row of a table has schemas");
            with_fields(schema::item_of(schemas[self.at].clone()))
        })
    }

    /// JSON Schema of an item, self-contained.
    pub fn schema(&self) -> &Value {
        &self.cached().0
    }

    /// The names of its fields.
    pub fn fields(&self) -> &[String] {
        &self.cached().1
    }
}

/// A schema, and the names of its fields.
fn with_fields(schema: Value) -> (Value, Vec<String>) {
    let fields = schema["properties"]
        .as_object()
        .map(|fields| fields.keys().cloned().collect());
    (schema, fields.unwrap_or_default())
}

/// What reading an item found.
#[derive(Debug, Default)]
pub struct Reading {
    /// What was tolerated.
    pub deviations: Vec<Deviation>,
    /// What the document forbids.
    pub violations: Vec<Violation>,
}

impl Reading {
    fn of(deviations: Deviations, violations: Vec<Violation>) -> Self {
        Self {
            deviations: deviations.list().to_vec(),
            violations,
        }
    }
}

/// Reads an item as `T`.
fn read<T: DeserializeOwned + Check>(text: &str, rules: &Rules) -> Reading {
    checked(decode::<T>(text, rules), rules)
}

/// Checks what was decoded.
fn checked<T: Check>(decoded: Result<(T, Deviations), Violation>, rules: &Rules) -> Reading {
    match decoded {
        Err(unreadable) => Reading::of(Deviations::default(), vec![unreadable]),
        Ok((value, mut deviations)) => {
            let mut violations = Violations::default();
            value.check(&mut violations);
            let violations = violations.on_receipt(rules, &mut deviations);
            Reading::of(deviations, violations)
        }
    }
}

/// Reads an entry of the list `T`; its paths are those of the entry.
fn read_entry<T: DeserializeOwned + Check>(text: &str, rules: &Rules) -> Reading {
    entry_of(read::<T>(&format!("[{text}]"), rules))
}

/// The paths of a list's only entry, without the list.
fn entry_of(mut reading: Reading) -> Reading {
    let bare = |path: &mut String| {
        *path = path
            .trim_start_matches("[0]")
            .trim_start_matches('.')
            .to_owned()
    };
    reading
        .deviations
        .iter_mut()
        .for_each(|found| bare(&mut found.path));
    reading
        .violations
        .iter_mut()
        .for_each(|found| bare(&mut found.path));
    reading
}

/// Where every value is text, digits for a number and empty text for what is absent are no
/// deviations.
pub fn of_texts(mut reading: Reading) -> Reading {
    reading.deviations.retain(|found| {
        !matches!(
            found.kind,
            DeviationKind::TEXT_FOR_NUMBER | DeviationKind::EMPTY_FOR_ABSENT
        )
    });
    reading
}

/// Every interface of every protocol.
pub fn all() -> &'static [Interface] {
    static ALL: OnceLock<Vec<Interface>> = OnceLock::new();
    ALL.get_or_init(|| {
        [
            sztc::rows(),
            evcs::rows(),
            kt::rows(),
            xingxing::rows(),
            pile::rows(),
        ]
        .into_iter()
        .flatten()
        .collect()
    })
}

/// Every interface of `protocol`.
pub fn of(protocol: Protocol) -> impl Iterator<Item = &'static Interface> {
    all()
        .iter()
        .filter(move |interface| interface.protocol == protocol)
}
