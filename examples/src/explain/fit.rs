//! Which interfaces a message fits: by its fields, by what it lacks, by the rules it breaks.
use super::{
    fields::name_of,
    message::{Message, Way, members},
};
use crate::registry::{self, Interface, Protocol, Side};
use serde_json::{Value, value::RawValue};

/// An interface that a message fits.
#[derive(Debug)]
pub struct Fit {
    /// The interface.
    pub interface: &'static Interface,
    /// The side that the message is.
    pub way: Way,
}

impl Fit {
    /// What it is read as.
    pub fn side(&self) -> &'static Side {
        side(self.interface, self.way)
    }
}

fn side(interface: &'static Interface, way: Way) -> &'static Side {
    match way {
        Way::Request => &interface.request,
        Way::Reply => &interface.reply,
    }
}

/// The interfaces that fit best, all that do so equally.
pub(super) fn best(message: &Message, wanted: &[&'static Interface]) -> Vec<Fit> {
    // What 6.10 of DB4403/T 313 takes over from T/CEC 102 is meant as that document prints it where
    // the other is not in question.
    let is_taken_over = |interface: &&'static Interface| {
        let as_printed = |other: &&'static Interface| {
            other.protocol == Protocol::Evcs && other.name == interface.name
        };
        message.protocol == Some(Protocol::Evcs)
            && interface.is_charging()
            && !wanted.iter().any(as_printed)
    };
    let candidates = |interface: &&&'static Interface| {
        message
            .protocol
            .is_none_or(|protocol| interface.travels_in(protocol) || is_taken_over(interface))
            && message
                .interface
                .as_ref()
                .is_none_or(|name| interface.is_called(name))
    };
    let ways = [Way::Request, Way::Reply]
        .into_iter()
        .filter(|way| message.way.is_none_or(|told| told == *way));
    // Once, and not for every interface.
    let first = message
        .items
        .first()
        .map(|item| (item, members(&item.json)));
    let mut best: Option<usize> = None;
    let mut fits = Vec::new();
    for (interface, way) in wanted
        .iter()
        .filter(candidates)
        .flat_map(|interface| ways.clone().map(move |way| (*interface, way)))
    {
        let cost = match &first {
            // Without data there is nothing to go by but what the message says itself.
            None if message.interface.is_some() => Some(0),
            None | Some((_, None)) => None,
            Some((item, Some(found))) => {
                let side = side(interface, way);
                match (side.normalize)(&item.json) {
                    Some(item) => cost(&item, &members(&item).unwrap_or_default(), side, message),
                    None => cost(&item.json, found, side, message),
                }
            }
        };
        let Some(cost) = cost else { continue };
        if best.is_none_or(|best| cost < best) {
            fits.clear();
            best = Some(cost);
        }
        if best == Some(cost) {
            fits.push(Fit { interface, way });
        }
    }
    fits
}

/// How badly an item fits; `None` if most of its fields are unknown there, unless the message says
/// itself that it belongs there.
fn cost(
    json: &str,
    members: &[(String, Box<RawValue>)],
    side: &Side,
    message: &Message,
) -> Option<usize> {
    let (texts, sure) = (message.texts, message.interface.is_some());
    let nothing = serde_json::Map::new();
    let properties = side.schema()["properties"].as_object().unwrap_or(&nothing);
    let known: Vec<&str> = members
        .iter()
        .filter_map(|(key, _)| name_of(key, properties))
        .map(|(name, _)| name)
        .collect();
    let unknown = members.len() - known.len();
    if !sure
        && (unknown > known.len()
            || known.is_empty() && (!members.is_empty() || !properties.is_empty()))
    {
        return None;
    }
    let required = side.schema()["required"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let missing = required
        .iter()
        .filter(|name| name.as_str().is_some_and(|name| !known.contains(&name)))
        .count();
    let mut reading = (side.read)(json);
    if texts {
        reading = registry::of_texts(reading);
    }
    let exact = members
        .iter()
        .filter(|(key, _)| properties.contains_key(key))
        .count();
    let other_types = members
        .iter()
        .filter(|(key, value)| {
            name_of(key, properties)
                .is_some_and(|(_, schema)| !texts && differs(value.get(), schema))
        })
        .count();
    // Which fields there are says more than what is inside them.
    let inside = 4 * reading.violations.len()
        + 2 * other_types
        + reading.deviations.len()
        + (known.len() - exact);
    // What is there is meant; what is missing may have been forgotten.
    Some(1000 * (3 * unknown + missing) + inside)
}

/// Whether the JSON type is another than the schema's.
fn differs(json: &str, schema: &Value) -> bool {
    let found = match json.as_bytes().first() {
        Some(b'"') => "string",
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b't' | b'f') => "boolean",
        Some(b'n') => return false,
        _ => "number",
    };
    match schema["type"].as_str() {
        Some("integer") => found != "number",
        Some(expected) => found != expected,
        None => false,
    }
}
