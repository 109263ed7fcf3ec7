//! Passwords and tokens in messages: whatever the schemas of the interfaces call a password is
//! masked wherever it stands, whether or not the message around it can be read. The mask is as long
//! as the secret, so the lengths that messages tell of themselves stay right.
#[cfg(test)]
mod tests;

use super::split;
use bytes::BytesMut;
use examples::{frames::decode, registry};
use pile_proto::Params;
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeSet, ops::Range, sync::LazyLock};
use sztc_proto::frame::{Frame, encode};

/// Heads of requests carry them.
const HEADERS: [&str; 4] = ["authorization", "pwd", "password", "token"];

/// Length of the header of a frame.
const FRAME: usize = 17;

const MASK: u8 = b'*';

/// The names of all fields that are secrets, in small letters.
static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    // Vendors of piles get it beside the parameters of their tables.
    let mut names = BTreeSet::from(["token".to_owned()]);
    for interface in registry::all() {
        for side in [&interface.request, &interface.reply] {
            collect(side.schema(), side.schema(), &mut names);
        }
    }
    names
});

fn collect(schema: &Value, root: &Value, names: &mut BTreeSet<String>) {
    let is_secret = |schema: &Value| {
        let target = schema["$ref"]
            .as_str()
            .and_then(|path| root.pointer(path.strip_prefix('#')?));
        [Some(schema), target]
            .into_iter()
            .flatten()
            .any(|schema| schema["format"] == "password")
    };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if is_secret(property) {
            names.insert(name.to_ascii_lowercase());
        }
    }
    match schema {
        Value::Object(members) => members
            .values()
            .for_each(|inner| collect(inner, root, names)),
        Value::Array(list) => list.iter().for_each(|inner| collect(inner, root, names)),
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    NAMES.contains(name.trim().to_ascii_lowercase().as_str())
}

/// A message as it crossed, without its secrets.
pub(crate) fn masked(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"SZTC") {
        return masked_frame(bytes);
    }
    let first = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let is_http = first
        .trim_ascii_end()
        .split(u8::is_ascii_whitespace)
        .any(|word| word.starts_with(b"HTTP/1."));
    let (head, body) = if is_http {
        split(bytes)
    } else {
        (&b""[..], bytes)
    };
    let mut out = Vec::with_capacity(bytes.len());
    for (number, line) in head.split_inclusive(|byte| *byte == b'\n').enumerate() {
        match number {
            0 => out.extend(masked_request_line(line)),
            _ => out.extend(masked_header(line).iter()),
        }
    }
    out.extend(masked_body(body));
    out
}

/// JSON without its secrets.
pub(super) fn masked_json(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    mask_json(&mut bytes);
    // Between two quotes there is nothing but the mask, so it is still text.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a secret of this JSON is masked: what was signed is not there any more.
pub(super) fn is_masked(text: &str) -> bool {
    let bytes = text.as_bytes();
    secrets_of_json(bytes)
        .into_iter()
        .any(|place| !place.is_empty() && bytes[place].iter().all(|byte| *byte == MASK))
}

fn masked_frame(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let data = out.len().min(FRAME);
    mask_json(&mut out[data..]);
    if out == bytes {
        return out;
    }
    // A frame that was whole stays so: its check value is that of what is shown.
    if let Ok((frame, _)) = decode(bytes) {
        let mut data = frame.data.to_vec();
        mask_json(&mut data);
        let mut whole = BytesMut::new();
        let data = data.into();
        if encode(&Frame { data, ..frame }, &mut whole).is_ok() {
            return whole.to_vec();
        }
    }
    out
}

fn masked_request_line(line: &[u8]) -> Vec<u8> {
    let mut out = line.to_vec();
    if let Some(query) = line.iter().position(|byte| *byte == b'?') {
        let end = line[query..]
            .iter()
            .position(u8::is_ascii_whitespace)
            .map_or(line.len(), |end| query + end);
        mask_form(&mut out[query + 1..end]);
    }
    out
}

fn masked_header(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return line.into();
    };
    let name = String::from_utf8_lossy(&line[..colon])
        .trim()
        .to_ascii_lowercase();
    if !HEADERS.contains(&name.as_str()) {
        return line.into();
    }
    let end = line.len()
        - line
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
    [&line[..colon], b": ***", &line[end.max(colon + 1)..]]
        .concat()
        .into()
}

fn masked_body(body: &[u8]) -> Vec<u8> {
    let mut out = body.to_vec();
    mask_json(&mut out);
    if !body.iter().any(|byte| b"{[<".contains(byte)) {
        mask_form(&mut out);
    }
    out
}

fn mask_form(form: &mut [u8]) {
    let mut at = 0;
    while at < form.len() {
        let end = form[at..]
            .iter()
            .position(|byte| *byte == b'&')
            .map_or(form.len(), |end| at + end);
        if let Some(equals) = form[at..end]
            .iter()
            .position(|byte| *byte == b'=')
            .map(|equals| at + equals)
        {
            let name = String::from_utf8_lossy(&form[at..equals]).into_owned();
            // The size of a chunk may stand before it.
            let name = name.rsplit(char::is_whitespace).next().unwrap_or_default();
            if is_secret(&decoded(name)) {
                let value = &mut form[equals + 1..end];
                let length = value
                    .iter()
                    .position(u8::is_ascii_whitespace)
                    .unwrap_or(value.len());
                value[..length].fill(MASK);
            }
        }
        at = end + 1;
    }
}

/// The name of a parameter, which may be percent-encoded.
fn decoded(name: &str) -> String {
    let params = Params::parse(&format!("{name}=")).ok();
    let decoded = params
        .as_ref()
        .and_then(|params| params.iter().next())
        .map(|(name, _)| name.to_owned());
    decoded.unwrap_or_else(|| name.to_owned())
}

fn mask_json(json: &mut [u8]) {
    for place in secrets_of_json(json) {
        // A number has to stay one, else nothing is JSON any more.
        let mask = if place.start > 0 && json[place.start - 1] == b'"' {
            MASK
        } else {
            b'0'
        };
        json[place].fill(mask);
    }
}

/// Where the secrets stand, without their quotes. It reads no more than names and the values behind
/// them, so it understands broken JSON too.
fn secrets_of_json(json: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = json[at..]
        .iter()
        .position(|byte| *byte == b'"')
        .map(|start| at + start + 1)
    {
        let end = end_of_string(json, start);
        at = (end + 1).min(json.len());
        let Some(value) = value_behind(json, at) else {
            continue;
        };
        let name = serde_json::from_slice::<String>(json.get(start - 1..=end).unwrap_or_default());
        if !name.is_ok_and(|name| is_secret(&name)) {
            continue;
        }
        let place = match json[value] {
            b'"' => value + 1..end_of_string(json, value + 1),
            byte if byte.is_ascii_digit() => {
                value
                    ..value
                        + json[value..]
                            .iter()
                            .take_while(|byte| byte.is_ascii_digit())
                            .count()
            }
            _ => continue,
        };
        at = (place.end + 1).min(json.len());
        found.push(place);
    }
    found
}

/// Where the value begins, if a name ends before `at`.
fn value_behind(json: &[u8], at: usize) -> Option<usize> {
    let next = |at: usize| {
        Some(
            at + json[at..]
                .iter()
                .position(|byte| !byte.is_ascii_whitespace())?,
        )
    };
    let colon = next(at).filter(|at| json[*at] == b':')?;
    next(colon + 1)
}

/// Where the quote is that ends the string which begins at `start`; the end of `json` if there is
/// none.
fn end_of_string(json: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}
