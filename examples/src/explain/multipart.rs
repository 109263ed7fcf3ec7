//! Multipart forms: the image upload of DB4403/T 313.
use super::{
    http::{header, parameter, split},
    message::{Message, Way},
};
use crate::fault::Fault;
use pile_proto::Params;
use serde_json::json;

/// The text parts of a form as one data item; of files only name and size are told.
///
/// # Errors
/// No part at all.
pub(super) fn read(content: &[u8], boundary: &str) -> Result<Message, Fault> {
    let (parts, is_whole) = parts(content, boundary);
    if parts.is_empty() {
        return Err(Fault::bad(
            "the multipart form has no part between its boundaries",
        ));
    }
    let mut message = Message::new("a multipart form", None, Way::Request);
    let mut members = Vec::new();
    for part in parts {
        let (head, value) = split(part);
        let head = String::from_utf8_lossy(head);
        let kind = header(&head, "content-disposition").unwrap_or_default();
        let name = parameter(kind, "name").unwrap_or_default();
        match (file_name(kind), std::str::from_utf8(value)) {
            (None, Ok(text)) if name != "file" => {
                members.push(format!("{}:{}", json!(name), json!(text)))
            }
            (file, _) => {
                let file = file.map(|file| format!(" {file:?}")).unwrap_or_default();
                message.note(format!("{name}: a file{file} of {} bytes", value.len()));
            }
        }
    }
    if !is_whole {
        message.breaks("", "the form is cut off: its last boundary is missing");
    }
    message.texts = true;
    message.item("", format!("{{{}}}", members.join(",")));
    Ok(message)
}

/// The parts with their headers, and whether the last boundary closes the form.
fn parts<'a>(content: &'a [u8], boundary: &str) -> (Vec<&'a [u8]>, bool) {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut begun: Option<usize> = None;
    for at in 0..content.len() {
        if !content[at..].starts_with(delimiter.as_bytes()) || at > 0 && content[at - 1] != b'\n' {
            continue;
        }
        let behind = &content[at + delimiter.len()..];
        let closes = behind.starts_with(b"--");
        let line = behind
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(behind.len());
        if !closes && !behind[..line].trim_ascii().is_empty() {
            continue;
        }
        if let Some(start) = begun {
            parts.push(without_line_end(content.get(start..at).unwrap_or_default()));
        }
        if closes {
            return (parts, true);
        }
        begun = Some(at + delimiter.len() + line + 1);
    }
    parts.extend(begun.and_then(|start| content.get(start..)));
    (parts, false)
}

/// The line end before a boundary is part of the boundary.
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// The name of the file that a part is; other characters than ASCII's are percent-encoded in
/// `filename*`.
fn file_name(kind: &str) -> Option<String> {
    let Some(encoded) = parameter(kind, "filename*") else {
        return parameter(kind, "filename").map(str::to_owned);
    };
    let (_, name) = encoded.split_once("''").unwrap_or(("", encoded));
    let form = format!("name={}", name.replace('+', "%2B").replace('&', "%26"));
    let decoded = Params::parse(&form)
        .ok()
        .and_then(|params| params.get("name").map(str::to_owned));
    Some(decoded.unwrap_or_else(|| name.to_owned()))
}
