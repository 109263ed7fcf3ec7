use super::{BASE64, Form, hex};
use crate::{Keys, code::Ret, keys::BLOCK, sequence::Stamp};
use base64::Engine;
use park_core::json::quote;

/// Seals a request around `plaintext`, the JSON of its parameters.
pub fn seal_request(
    keys: &Keys,
    operator_id: &str,
    stamp: Stamp,
    plaintext: &str,
    form: Form,
) -> String {
    let mut text =
        String::with_capacity(160 + operator_id.len() + plaintext.len() * 4 / 3 + 2 * BLOCK);
    text.push_str("{\"OperatorID\":");
    quote(operator_id, &mut text);
    text.push_str(",\"Data\":");
    let data = push_data(keys, plaintext, form, &mut text);
    let (timestamp, seq) = (stamp.timestamp(), stamp.seq());
    let mac = keys.sign(&[operator_id, &text[data], &timestamp, &seq]);
    for part in [
        ",\"TimeStamp\":\"",
        &timestamp,
        "\",\"Seq\":\"",
        &seq,
        "\",\"Sig\":\"",
    ] {
        text.push_str(part);
    }
    push_hex(mac, form, &mut text);
    text.push_str("\"}");
    text
}

/// Seals a reply around `plaintext`, if it has parameters. Without keys it has no signature: the
/// sender of the request is not known.
pub fn seal_reply(
    keys: Option<&Keys>,
    ret: Ret,
    msg: &str,
    plaintext: Option<&str>,
    form: Form,
) -> String {
    let mut text = String::with_capacity(
        96 + msg.len() + plaintext.map_or(0, |plaintext| plaintext.len() * 4 / 3 + 2 * BLOCK),
    );
    text.push_str("{\"Ret\":");
    text.push_str(&ret.0.to_string());
    text.push_str(",\"Msg\":");
    quote(msg, &mut text);
    text.push_str(",\"Data\":");
    let data = match (keys, plaintext) {
        (Some(keys), Some(plaintext)) => push_data(keys, plaintext, form, &mut text),
        _ => {
            text.push_str("\"\"");
            text.len() - 1..text.len() - 1
        }
    };
    let mac = keys.map(|keys| keys.sign(&[&ret.0.to_string(), msg, &text[data]]));
    text.push_str(",\"Sig\":\"");
    if let Some(mac) = mac {
        push_hex(mac, form, &mut text);
    }
    text.push_str("\"}");
    text
}

/// Appends Data, and tells which part of `text` is signed.
fn push_data(
    keys: &Keys,
    plaintext: &str,
    form: Form,
    text: &mut String,
) -> std::ops::Range<usize> {
    if form.plain_data {
        let start = text.len();
        text.push_str(plaintext);
        return start..text.len();
    }
    let length = plaintext.len();
    let padding = match (BLOCK - length % BLOCK, form.zero_padding) {
        (BLOCK, true) => 0,
        (padding, _) => padding,
    };
    let mut bytes = Vec::with_capacity(length + padding);
    bytes.extend_from_slice(plaintext.as_bytes());
    // At most 16.
    bytes.resize(
        length + padding,
        if form.zero_padding { 0 } else { padding as u8 },
    );
    keys.encrypt(&mut bytes);
    text.push('"');
    let start = text.len();
    BASE64.encode_string(&bytes, text);
    let data = start..text.len();
    text.push('"');
    data
}

/// Appends the 32 digits of `mac`.
fn push_hex(mac: [u8; 16], form: Form, text: &mut String) {
    text.extend(hex(mac, form.lower_case_signature).map(char::from));
}
