//! What an exchange says: interface, outcome, number plates, and everything for the page.
mod outcome;
mod plates;
mod secrets;
#[cfg(test)]
mod tests;

use crate::line::Link;
use bytes::BytesMut;
use examples::{
    explain::{self, Explanation, Opener},
    registry::{self, Interface, Protocol},
};
pub(crate) use secrets::masked;
use serde_json::{Value, json};
use std::borrow::Cow;
use sztc_proto::frame::{Direction, Frame, Version, encode, parse};

/// A message longer than this, in bytes, is not read but for its head: it would hold up the line.
pub(crate) const LONGEST_READ: usize = 1024 * 1024;

/// An exchange, read.
pub(crate) struct Reading {
    protocol: Protocol,
    request: Option<Explanation>,
    reply: Reply,
    /// Status of an HTTP reply.
    status: Option<u16>,
}

/// A reply, read.
enum Reply {
    None,
    Told(Box<Explanation>),
    TooLong,
    Unreadable(String),
}

impl Reading {
    /// Reads what crossed `link`.
    pub(crate) fn of(link: &Link, request: &[u8], reply: Option<&[u8]>) -> Self {
        let told = read(&without_body(request), &link.wanted(), &link.opener);
        let told = told
            .or_else(|problem| by_address(request, link, &problem))
            .ok();
        let interface = told.as_ref().and_then(Explanation::interface);
        let wanted = interface.map_or_else(|| link.wanted(), |interface| vec![interface]);
        Self {
            protocol: link.protocol,
            request: told,
            reply: match reply {
                None => Reply::None,
                Some(reply) if reply.len() > LONGEST_READ => Reply::TooLong,
                Some(reply)
                    if status(reply).is_some() && split(reply).1.trim_ascii().is_empty() =>
                {
                    Reply::Unreadable("a reply without a body".to_owned())
                }
                Some(reply) => match read(reply, &wanted, &link.opener) {
                    Ok(told) => Reply::Told(Box::new(told)),
                    Err(problem) => Reply::Unreadable(problem),
                },
            },
            status: reply.and_then(status),
        }
    }

    /// The interface, if the request tells it.
    pub(crate) fn interface(&self) -> Option<&'static Interface> {
        self.request.as_ref().and_then(Explanation::interface)
    }

    /// Its number in DB4403/T 313, if it has one there.
    pub(crate) fn code(&self) -> Option<u16> {
        self.interface()?.code
    }

    /// The number plates in request and reply, each once.
    pub(crate) fn plates(&self) -> Vec<String> {
        let mut found = Vec::new();
        for json in [self.request.as_ref(), self.reply()]
            .into_iter()
            .flatten()
            .flat_map(|told| &told.plain)
        {
            plates::find(json, &mut found);
        }
        found
    }

    /// One side for the page: as it crossed, opened, explained.
    pub(crate) fn side(told: Option<&Explanation>, bytes: &[u8]) -> Value {
        let mut side = told.map_or_else(|| json!({}), Explanation::json);
        side["raw"] = shown(bytes).into();
        side["plain"] = json!(told.map(|told| {
            told.plain
                .iter()
                .map(|json| secrets::masked_json(json))
                .collect::<Vec<_>>()
        }));
        side
    }

    /// Both sides for the page.
    pub(crate) fn sides(&self, request: &[u8], reply: Option<&[u8]>) -> Value {
        json!({
            "request": Self::side(self.request.as_ref(), request),
            "reply": reply.map(|reply| Self::side(self.reply(), reply)),
        })
    }

    fn reply(&self) -> Option<&Explanation> {
        match &self.reply {
            Reply::Told(told) => Some(told),
            _ => None,
        }
    }
}

/// Explains a message whose secrets may be masked already.
fn read(
    bytes: &[u8],
    wanted: &[&'static Interface],
    opener: &Opener,
) -> Result<Explanation, String> {
    let mut told = explain::read(bytes, wanted, opener).map_err(|problem| problem.to_string())?;
    if told.plain.iter().any(|json| secrets::is_masked(json)) {
        told.message.violations.retain(|found| found.path != "sign");
        told.message.note(
            "a secret in it is masked, so that nobody can tell here whether its signature fits",
        );
    }
    Ok(told)
}

/// A request whose body cannot be read: its address says at least which interface is meant.
fn by_address(request: &[u8], link: &Link, problem: &str) -> Result<Explanation, String> {
    if request.starts_with(b"SZTC") {
        return Err(problem.to_owned());
    }
    let head = split(request).0.to_vec();
    let mut told = read(&head, &link.wanted(), &link.opener)?;
    told.message.breaks("", problem);
    Ok(told)
}

/// The head of a message that is too long to be read, which says at least its interface; any other
/// as it is.
fn without_body(message: &[u8]) -> Cow<'_, [u8]> {
    if message.len() <= LONGEST_READ {
        return message.into();
    }
    if let Err(long) = parse(message, 0)
        && let Some(direction) = Direction::from_byte(long.direction)
    {
        let frame = Frame {
            version: Version::default(),
            packet: long.packet,
            direction,
            command: long.command,
            data: bytes::Bytes::new(),
        };
        let mut head = BytesMut::new();
        return match encode(&frame, &mut head) {
            Ok(()) => head.to_vec().into(),
            Err(_) => b"".into(),
        };
    }
    let (head, _) = split(message);
    match head.get(..LONGEST_READ) {
        // All of it is head, which no peer sends.
        Some(_) => b"".into(),
        None => head.into(),
    }
}

/// The head of an HTTP message, and its body.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        if line.trim_ascii().is_empty() {
            return message.split_at(end);
        }
    }
    (message, b"")
}

impl Link {
    /// The interfaces that may cross it.
    pub(crate) fn wanted(&self) -> Vec<&'static Interface> {
        let numbered = |name: &str| {
            registry::of(Protocol::Sztc).any(|own| own.is_charging() && own.is_called(name))
        };
        let fits = |interface: &&'static Interface| match self.numbered {
            // 6.10 numbers interfaces of T/CEC 102; the others keep their names.
            true => {
                interface.is_charging()
                    && (interface.protocol == Protocol::Sztc || !numbered(interface.name))
            }
            false => interface.travels_in(self.protocol),
        };
        registry::all().iter().filter(fits).collect()
    }
}

/// As text, or in hexadecimal where it is none.
fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text.to_owned(),
        _ => bytes
            .chunks(16)
            .enumerate()
            .map(|(line, bytes)| {
                let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                let text: String = bytes
                    .iter()
                    .map(|byte| {
                        if byte.is_ascii_graphic() {
                            char::from(*byte)
                        } else {
                            '.'
                        }
                    })
                    .collect();
                format!("{:06x}  {:47}  {text}\n", line * 16, hex.join(" "))
            })
            .collect(),
    }
}

fn status(bytes: &[u8]) -> Option<u16> {
    let line = bytes.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(line).ok()?.parse().ok()
}
