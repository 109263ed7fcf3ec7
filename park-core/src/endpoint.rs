use crate::{Check, Deviations, Retry, check};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// What every request and reply is: written, read and checked against the document.
pub trait Model:
    Serialize + DeserializeOwned + Check + Debug + Clone + PartialEq + Send + Sync + 'static
{
}

impl<T: Serialize + DeserializeOwned + Check + Debug + Clone + PartialEq + Send + Sync + 'static>
    Model for T
{
}

/// A request or reply without fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Nothing {}

check!(Nothing {});

/// One interface: a marker type, because several interfaces may share a request type.
///
/// An interface that the document does not have is one more type that implements this trait: a
/// client's `call` takes it, and a service answers it in `other`.
pub trait Endpoint: Send + Sync + 'static {
    /// Its name on the wire, or its number (接口名称, 接口编号).
    const NAME: &'static str;
    /// Name of its method in clients and services.
    const METHOD: &'static str;
    /// Chinese name (接口说明).
    const TITLE: &'static str;
    /// What errors and logs call it.
    const LABEL: &'static str = Self::NAME;
    /// What it does, in English, and where it is described.
    const ABOUT: &'static str = "";
    /// Whether a call may be repeated; never unless it is said.
    const RETRY: Retry = Retry::Never;
    /// How the entries of the reply belong to those of the request.
    const SHAPE: Shape = Shape::Each;
    /// The reply's key field, and where the request has it: a refused entry names its record by it.
    const KEY: Option<Key> = None;
    /// Whether the document names it as made for batches (可批量).
    const BATCH: bool = false;
    /// What the document has it travel over.
    const TRANSPORTS: Transports = Transports::Https;
    /// What stands before the name in its address, `/api/ParkingPay`, and behind that what older
    /// systems have; empty for nothing.
    const PATHS: &'static [&'static str] = &[];
    /// Rust types of request and reply, for catalogues.
    #[doc(hidden)]
    const TYPES: (&'static str, &'static str) = ("", "");

    /// JSON Schemas of request and reply, for catalogues.
    #[cfg(feature = "schema")]
    #[doc(hidden)]
    fn schemas() -> Option<[serde_json::Value; 2]> {
        None
    }

    /// One entry of the request.
    type Request: Model;
    /// What a call gets for it.
    type Reply: Model;

    /// Bridges an oddity of structure in one entry of a request: the entry as the table has it, or
    /// `None` if it is so already.
    fn normalize(item: &str, deviations: &mut Deviations) -> Option<String> {
        let _ = (item, deviations);
        None
    }
}

/// The JSON Schema of `T`, with the definitions that it needs.
#[cfg(feature = "schema")]
#[doc(hidden)]
pub fn root_schema<T: schemars::JsonSchema>() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// The key of a record: the field of the reply, and the path in the request.
pub type Key = (&'static str, &'static [&'static str]);

/// How the entries of a reply belong to those of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// One for each entry of the request, in its order.
    Each,
    /// Any number for the one entry of the request.
    Many,
    /// None, unless something is refused.
    Nothing,
}

/// What an interface travels over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transports {
    /// HTTPS, or plain HTTP where the document has it.
    Https,
    /// The framed TCP connection.
    Tcp,
    /// Both.
    Both,
}

impl Transports {
    /// Whether HTTPS is among them.
    pub const fn https(self) -> bool {
        !matches!(self, Self::Tcp)
    }

    /// Whether the framed TCP connection is among them.
    pub const fn tcp(self) -> bool {
        !matches!(self, Self::Https)
    }
}

/// One interface, for catalogues and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info<R> {
    /// Its name on the wire, or its number.
    pub name: &'static str,
    /// What errors and logs call it.
    pub label: &'static str,
    /// Method name in clients and services.
    pub method: &'static str,
    /// Chinese name.
    pub title: &'static str,
    /// What it does, in English, and where it is described.
    pub about: &'static str,
    /// Rust type of one entry of the request.
    pub request: &'static str,
    /// Rust type of the reply to it.
    pub reply: &'static str,
    /// Who serves it.
    pub role: R,
    /// Whether a call may be repeated.
    pub retry: Retry,
    /// How reply entries belong to request entries.
    pub shape: Shape,
    /// Whether the document names it as made for batches.
    pub batch: bool,
    /// What the document has it travel over.
    pub transports: Transports,
    /// What stands before the name in its address, newest first.
    pub paths: &'static [&'static str],
}

impl<R> Info<R> {
    /// The row of `E`, which `role` serves.
    #[doc(hidden)]
    pub const fn row<E: Endpoint>(role: R) -> Self {
        Self {
            name: E::NAME,
            label: E::LABEL,
            method: E::METHOD,
            title: E::TITLE,
            about: E::ABOUT,
            request: E::TYPES.0,
            reply: E::TYPES.1,
            role,
            retry: E::RETRY,
            shape: E::SHAPE,
            batch: E::BATCH,
            transports: E::TRANSPORTS,
            paths: E::PATHS,
        }
    }

    /// Its number, where interfaces have numbers.
    pub fn number(&self) -> Option<u16> {
        number_of(self.name)
    }
}

/// A protocol's roles know its table.
#[doc(hidden)]
pub trait Table: Copy + 'static {
    /// Every interface.
    const ENDPOINTS: &'static [Info<Self>];
    /// Other names of interfaces, and what they mean.
    const ALIASES: &'static [(&'static str, &'static str)] = &[];
}

impl<R: Table> Info<R> {
    /// The row of the interface `name`: by its number or its name, in any capitals, also by its
    /// known other names.
    pub fn of(name: &str) -> Option<&'static Self> {
        if let Some(exact) = R::ENDPOINTS.iter().find(|info| info.name == name) {
            return Some(exact);
        }
        let alias = R::ALIASES
            .iter()
            .find(|(alias, _)| alias.eq_ignore_ascii_case(name));
        let name = alias.map_or(name, |(_, name)| name);
        R::ENDPOINTS
            .iter()
            .find(|info| info.name.eq_ignore_ascii_case(name))
    }
}

/// The number that `name` is, in digits only: `parse` alone would take `+5001` too. One of 16 bits,
/// as interfaces outside a document's table may have.
#[doc(hidden)]
pub const fn number_of(name: &str) -> Option<u16> {
    let digits = name.as_bytes();
    let (mut number, mut at) = (0u32, 0);
    while at < digits.len() {
        if !digits[at].is_ascii_digit() {
            return None;
        }
        number = number * 10 + (digits[at] - b'0') as u32;
        if number > u16::MAX as u32 {
            return None;
        }
        at += 1;
    }
    if digits.is_empty() {
        None
    } else {
        Some(number as u16)
    }
}

/// What an interface is called in errors: its name, and for a number the method's too.
#[doc(hidden)]
pub const fn label_of(name: &'static str, both: &'static str) -> &'static str {
    if number_of(name).is_some() {
        both
    } else {
        name
    }
}

/// Sees every interface of a role, each as its type: for what needs no more than the marker.
pub trait Visit {
    /// Sees the interface `E`.
    fn visit<E: Endpoint>(&mut self);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_digits_only_and_sixteen_bits() {
        for (name, number) in [
            ("5004", Some(5004)),
            ("0", Some(0)),
            ("65535", Some(65535)),
            ("65536", None),
            ("99999", None),
            ("4295004996", None),
            ("005004", Some(5004)),
            ("+504", None),
            ("", None),
            ("query_token", None),
        ] {
            assert_eq!(number_of(name), number, "{name}");
        }
    }
}
