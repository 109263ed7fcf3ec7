//! One exchange: as a line saw it, as it is listed, as it is kept.
use crate::{
    line::Link,
    reading::{self, LONGEST_READ, Reading},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};
use sztc_proto::chrono::{DateTime, FixedOffset, SecondsFormat, Utc};

/// What a line did to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// The request waited.
    Delayed,
    /// The request was changed.
    RequestCorrupted,
    /// The request did not arrive.
    RequestLost,
    /// The request arrived twice.
    RequestTwice,
    /// The reply was changed.
    ReplyCorrupted,
    /// The reply did not arrive.
    ReplyLost,
}

/// One exchange as a line saw it.
pub(crate) struct Crossed {
    /// When the request came.
    pub at: SystemTime,
    /// The request as it was sent.
    pub request: Bytes,
    /// The reply as it was sent, if there was one.
    pub reply: Option<Bytes>,
    /// What the line did to them.
    pub faults: Vec<Fault>,
    /// From the request to the end of it.
    pub took: Duration,
}

impl Crossed {
    /// A request that has no reply yet.
    pub(crate) fn new(at: SystemTime, request: Bytes) -> Self {
        Self {
            at,
            request,
            reply: None,
            faults: Vec::new(),
            took: Duration::ZERO,
        }
    }
}

/// One exchange as it is listed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Row {
    /// Counts up.
    pub id: u64,
    /// When the request came, in China.
    pub time: String,
    /// Name of the link.
    pub link: String,
    /// Who asked.
    pub from: String,
    /// Who was asked.
    pub to: String,
    /// Its protocol.
    pub protocol: String,
    /// `https`, `http` or `tcp`.
    pub transport: String,
    /// Number in DB4403/T 313, where it has one.
    pub code: Option<u16>,
    /// Name of the interface; empty if the request could not be read.
    pub interface: String,
    /// Chinese name.
    pub title: String,
    /// `answered`, `refused`, `unreadable` (there is a reply, and it is none of the protocol),
    /// `lost`; `failed`: there was no exchange.
    pub outcome: String,
    /// What a refusal says, or why there is no answer.
    pub reason: Option<String>,
    /// From the request to the reply, in milliseconds.
    pub took: f64,
    /// The number plates in it.
    pub plates: Vec<String>,
    /// What the line did.
    pub faults: Vec<Fault>,
}

impl Row {
    /// What happened on `link` at this time, and nothing of it yet.
    pub(crate) fn of(link: &Link, transport: &str, at: SystemTime) -> Self {
        Self {
            time: in_china(at),
            link: link.name.to_owned(),
            from: link.from.to_owned(),
            to: link.to.to_owned(),
            protocol: link.protocol.name().to_owned(),
            transport: transport.to_owned(),
            ..Self::default()
        }
    }

    /// The same with what the messages say of themselves.
    pub(crate) fn read(self, reading: &Reading) -> Self {
        let interface = reading.interface();
        let (outcome, reason) = reading.outcome(&self.faults);
        Self {
            code: reading.code(),
            interface: interface.map_or_else(String::new, |interface| interface.name.to_owned()),
            title: interface.map_or_else(String::new, |interface| interface.title.to_owned()),
            plates: reading.plates(),
            outcome: outcome.to_owned(),
            reason,
            ..self
        }
    }
}

/// One exchange as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Exchange {
    /// As it is listed.
    #[serde(flatten)]
    pub row: Row,
    /// The request as it was sent, in Base64; passwords and tokens are masked, and what is long is
    /// cut off.
    pub request: String,
    /// The reply.
    pub reply: Option<String>,
}

impl Exchange {
    /// As it is kept, of what crossed.
    pub(crate) fn new(row: Row, request: &[u8], reply: Option<&[u8]>) -> Self {
        Self {
            row,
            request: kept(request),
            reply: reply.map(kept),
        }
    }

    /// The bytes of the request.
    pub(crate) fn request(&self) -> Vec<u8> {
        STANDARD.decode(&self.request).unwrap_or_default()
    }

    /// The bytes of the reply.
    pub(crate) fn reply(&self) -> Option<Vec<u8>> {
        self.reply
            .as_ref()
            .map(|reply| STANDARD.decode(reply).unwrap_or_default())
    }

    /// How much room its messages take, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.request.len() + self.reply.as_ref().map_or(0, String::len)
    }
}

/// A message without its secrets; of a long one the beginning, and how long it was. It stays too
/// long to be read, as the whole was.
fn kept(message: &[u8]) -> String {
    let Some((beginning, rest)) = message
        .split_at_checked(LONGEST_READ)
        .filter(|(_, rest)| !rest.is_empty())
    else {
        return STANDARD.encode(reading::masked(message));
    };
    // A character that is cut through would make text of it none.
    let whole = (0..4)
        .map(|back| beginning.len() - back)
        .find(|end| message[*end] & 0xC0 != 0x80);
    let beginning = &beginning[..whole.unwrap_or(beginning.len())];
    let note = format!(
        "\n... cut off here: {} bytes in all, the first {} are kept",
        rest.len() + LONGEST_READ,
        beginning.len()
    );
    STANDARD.encode([&reading::masked(beginning), note.as_bytes()].concat())
}

/// With milliseconds, and the zone said.
pub(super) fn in_china(at: SystemTime) -> String {
    let china = FixedOffset::east_opt(8 * 3600).expect("eight hours are a zone");
    DateTime::<Utc>::from(at)
        .with_timezone(&china)
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}
