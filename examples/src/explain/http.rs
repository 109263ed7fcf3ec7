//! HTTP requests and replies as they cross the line, and bare addresses.
use super::{
    message::{Message, Way},
    multipart, told,
};
use crate::fault::Fault;
use std::borrow::Cow;
use sztc_proto::DeviationKind;

/// Whether `bytes` begin like something for [`read`].
pub(super) fn is_http(bytes: &[u8]) -> bool {
    let first = bytes
        .split(u8::is_ascii_whitespace)
        .next()
        .unwrap_or_default();
    [&b"GET"[..], b"POST", b"PUT"].contains(&first)
        || [&b"http://"[..], b"https://", b"/", b"HTTP/1."]
            .iter()
            .any(|start| first.starts_with(start))
}

/// A request, a reply, or only an address.
///
/// # Errors
/// A body that none of the protocols sends.
pub(super) fn read(bytes: &[u8]) -> Result<Message, Fault> {
    let (head, content) = split(bytes);
    let head = String::from_utf8_lossy(head);
    let content = without_chunks(&head, content)?;
    match head.strip_prefix("HTTP/1.") {
        Some(version) => reply(version.lines().next().unwrap_or_default(), &content),
        None => request(&head, &content),
    }
}

fn request(head: &str, content: &[u8]) -> Result<Message, Fault> {
    let line: Vec<&str> = head
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let address = line
        .iter()
        .find(|word| word.contains('/') && !word.starts_with("HTTP/"))
        .copied()
        .unwrap_or_default();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let name = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut message = match (content.trim_ascii(), query, boundary(head)) {
        (b"", "", _) => Message::new("an address", None, Way::Request),
        (b"", query, _) => told::form(query)?,
        (_, _, Some(boundary)) => multipart::read(content, &boundary)?,
        _ => body(content, None)?,
    };
    message.way = Some(Way::Request);
    if !name.is_empty() {
        let known = xingxing_park::endpoint::Info::of(&name)
            .map(|info| info.name)
            .or_else(|| evcs_proto::endpoint::Info::of(&name).map(|info| info.name));
        message.interface = Some(known.map_or(name, str::to_owned));
    }
    Ok(message)
}

/// A reply with the status line `version`, which begins with the minor version.
fn reply(version: &str, content: &[u8]) -> Result<Message, Fault> {
    let status = version
        .split_once(' ')
        .map_or("", |(_, status)| status.trim());
    let refused = !status.starts_with('2');
    let mut message = match content.trim_ascii() {
        b"" => Message::new("an HTTP reply without a body", None, Way::Reply),
        _ => match body(content, Some(Way::Reply)) {
            // What stands before the peer answers with a page of its own.
            Err(Fault::Bad(what)) if refused => {
                let mut message = Message::new("an HTTP reply", None, Way::Reply);
                message.note(what);
                message
            }
            told => told?,
        },
    };
    if refused {
        message.note(format!("HTTP status {status}"));
    }
    message.way = Some(Way::Reply);
    message.answers = true;
    Ok(message)
}

fn body(content: &[u8], way: Option<Way>) -> Result<Message, Fault> {
    let text = std::str::from_utf8(content)
        .map_err(|cause| {
            Fault::bad(format!(
                "the body is not UTF-8: byte {} of it (from 0) is wrong",
                cause.valid_up_to()
            ))
        })?
        .trim();
    let Some(text) = text.strip_prefix('\u{feff}') else {
        return told::body(text, way);
    };
    let mut message = told::body(text.trim(), way)?;
    message.deviates("", DeviationKind::BYTE_ORDER_MARK);
    Ok(message)
}

/// What stands before the first empty line, and what behind it.
pub(super) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    while let Some(length) = bytes[start..].iter().position(|byte| *byte == b'\n') {
        if bytes[start..start + length].trim_ascii().is_empty() {
            return (&bytes[..start], &bytes[start + length + 1..]);
        }
        start += length + 1;
    }
    (bytes, b"")
}

/// The value of the header `name`.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(key, value)| key.trim().eq_ignore_ascii_case(name).then(|| value.trim()))
}

/// The parameter `name` of the value of a header: `form-data; name="file"`.
pub(super) fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let (_, mut rest) = value.split_once(';')?;
    loop {
        let (key, behind) = rest.split_once('=')?;
        let behind = behind.trim_start();
        let (found, next) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => behind.split_at(behind.find(';').unwrap_or(behind.len())),
        };
        if key.trim_matches([';', ' ']).eq_ignore_ascii_case(name) {
            return Some(found.trim());
        }
        rest = next;
    }
}

/// What stands between the parts of a multipart form.
fn boundary(head: &str) -> Option<String> {
    let kind = header(head, "content-type")
        .filter(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))?;
    parameter(kind, "boundary").map(str::to_owned)
}

/// The body without its transfer encoding. One that does not begin with a chunk was put together
/// already by whoever wrote it down.
fn without_chunks<'a>(head: &str, content: &'a [u8]) -> Result<Cow<'a, [u8]>, Fault> {
    let coding = header(head, "transfer-encoding").unwrap_or_default();
    if !coding.to_ascii_lowercase().contains("chunked") || chunk(content).is_none() {
        return Ok(content.into());
    }
    let mut whole = Vec::with_capacity(content.len());
    let mut rest = content;
    loop {
        let at = content.len() - rest.len();
        let cut = || {
            Fault::bad(format!(
                "the body's chunks break off or go wrong at byte {at} of it (from 0)"
            ))
        };
        let (size, behind) = chunk(rest).ok_or_else(cut)?;
        if size == 0 {
            return Ok(whole.into());
        }
        let (piece, next) = behind.split_at_checked(size).ok_or_else(cut)?;
        whole.extend_from_slice(piece);
        rest = next
            .strip_prefix(b"\r\n")
            .or_else(|| next.strip_prefix(b"\n"))
            .unwrap_or(next);
    }
}

/// The size of the chunk that `bytes` begin with, and what stands behind the line with it.
fn chunk(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    let line = std::str::from_utf8(&bytes[..end]).ok()?;
    let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
    Some((size, bytes.get(end + 1..).unwrap_or_default()))
}
