//! Tells the messages of the five protocols apart by what stands around their data.
use super::{
    envelope::{around, evcs, kt_reply, pile_reply, ret, sztc_reply, sztc_request},
    fields, http,
    message::{Message, Sealed, Way, elements, members, string},
};
use crate::{
    envelopes,
    fault::Fault,
    frames::{decode, unhex},
    registry::Protocol,
};
use serde_json::json;
use sztc_proto::{
    DeviationKind, Rule, Violation,
    endpoint::Info,
    frame::{Direction, Frame},
};

/// What the bytes are, before anybody looks for the interface.
///
/// # Errors
/// They are nothing that any of the protocols sends.
pub(super) fn apart(bytes: &[u8]) -> Result<Message, Fault> {
    if bytes.starts_with(b"SZTC") {
        return frame(bytes);
    }
    let bare = bytes
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(bytes)
        .trim_ascii_start();
    let text = match std::str::from_utf8(bytes) {
        // The file of an upload is no text.
        Err(_) if http::is_http(bare) => return http::read(bare),
        text => text,
    };
    let text = text.map_err(|cause| {
        Fault::bad(format!(
            "neither a frame nor UTF-8 text: byte {} (from 0) is wrong",
            cause.valid_up_to()
        ))
    })?;
    let (text, mark) = match text.strip_prefix('\u{feff}') {
        Some(behind) => (behind.trim(), true),
        None => (text.trim(), false),
    };
    let mut message = by_start(text)?;
    if mark {
        message.deviates("", DeviationKind::BYTE_ORDER_MARK);
    }
    Ok(message)
}

fn by_start(text: &str) -> Result<Message, Fault> {
    if text
        .get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("535A5443"))
    {
        return frame(&unhex(text)?);
    }
    if http::is_http(text.as_bytes()) {
        return http::read(text.as_bytes());
    }
    body(text, None)
}

/// What stands in the body of a request or reply, if `way` tells which; or all there is.
///
/// # Errors
/// It is nothing that any of the protocols sends.
pub(super) fn body(text: &str, way: Option<Way>) -> Result<Message, Fault> {
    match text.as_bytes().first() {
        None => Err(Fault::bad("there is no message")),
        Some(b'{' | b'[') => json_text(text, way),
        Some(b'<') => Err(Fault::bad(
            "a web page or XML, no message of these protocols",
        )),
        _ if text.contains('=') => form(text),
        _ => Err(Fault::bad("neither JSON, nor a form, nor a frame")),
    }
}

fn json_text(text: &str, way: Option<Way>) -> Result<Message, Fault> {
    if members(text).is_some() || elements(text).is_some() {
        return Ok(by_fields(text, way));
    }
    let mended = kt_proto::envelope::without_trailing_commas(text);
    if members(&mended).is_none() && elements(&mended).is_none() {
        let problem = sztc_proto::canonical(text)
            .err()
            .map_or_else(|| "not JSON".to_owned(), |violation| violation.to_string());
        return Err(Fault::bad(problem));
    }
    let mut message = by_fields(&mended, way);
    message.deviates("", kt_proto::deviation::TRAILING_COMMA);
    Ok(message)
}

/// Fields around the data that only one of the protocols has.
fn by_fields(text: &str, way: Option<Way>) -> Message {
    let Some(fields) = members(text) else {
        let mut message = Message::new("a list of entries", None, None);
        for (index, entry) in elements(text).into_iter().flatten().enumerate() {
            message.item(format!("[{index}]"), entry.get());
        }
        return message;
    };
    let get = |name: &str| {
        fields
            .iter()
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.get())
    };
    let has = |name: &str| get(name).is_some();
    let sealed = |name: &str| get(name).and_then(string);
    let may_ask = way != Some(Way::Reply);
    if has("resultCode") && ["resultMsg", "timestamp", "data"].into_iter().any(has) {
        return sztc_reply(text);
    }
    if may_ask && has("data") && (has("sign") || has("timestamp")) && !has("OperatorID") {
        return sztc_request(text);
    }
    if may_ask
        && has("OperatorID")
        && has("Data")
        && ["Sig", "TimeStamp", "Seq"].into_iter().any(has)
    {
        return evcs(text, Way::Request, envelopes::evcs_request(json!({})));
    }
    if has("Ret") && (has("Data") || has("Msg") || has("Sig")) {
        return ret(text, get("Data"), sealed("Data"));
    }
    if has("resCode") {
        return kt_reply(text);
    }
    if let ([(_, data)], Some(base64), true) = (&fields[..], sealed("data"), may_ask) {
        let mut message = Message::new(
            "a request of KT (chapter 1, section 2)",
            Protocol::Kt,
            Way::Request,
        );
        message.envelope = around(text, envelopes::kt_request(json!({})));
        message.sealed = Some(Sealed::Kt(base64));
        message.hint = Some(format!(
            "data is sealed ({} characters); with --key it is opened and explained too",
            data.get().len()
        ));
        return message;
    }
    if let ([(_, inner)], true) = (&fields[..], has("ParkChargeResult")) {
        let mut message = Message::new(
            "a notification of Star Charge in its wrapper (4.1.3)",
            Protocol::Xingxing,
            Way::Request,
        );
        let inner = string(inner.get()).unwrap_or_else(|| inner.get().to_owned());
        message.item("ParkChargeResult", inner);
        return message;
    }
    pile_reply(text, &fields).unwrap_or_else(|| {
        let mut message = Message::new("a bare body", None, None);
        message.item("", text);
        message
    })
}

fn frame(bytes: &[u8]) -> Result<Message, Fault> {
    let (frame, crc) = decode(bytes)?;
    let (header, way) = described(&frame, crc);
    let text = String::from_utf8(frame.data.to_vec())
        .map_err(|_| Fault::bad("data of the frame: not UTF-8"))?;
    let mut message = match text.trim() {
        "" => Message::new("", Protocol::Sztc, way),
        data => json_text(data, None)?,
    };
    message.form = "a TCP frame of DB4403/T 313 (Table 33)";
    if message.way.is_some_and(|told| told != way) {
        message.breaks("direction", "the frame's direction is not that of its data");
    }
    message.protocol = Some(Protocol::Sztc);
    message.interface = Some(frame.command.to_string());
    if Info::of(&frame.command.to_string()).is_none() {
        message.violates(Violation::new("command", Rule::UnknownCode));
    }
    let inside = std::mem::take(&mut message.envelope);
    message.envelope = fields::of(&header, &envelopes::frame(), "", "");
    message.envelope.extend(inside);
    Ok(message)
}

/// The header as JSON, in the order of Table 33, and the side that it says.
fn described(frame: &Frame, crc: u16) -> (String, Way) {
    let way = match frame.direction {
        Direction::Request => Way::Request,
        Direction::Reply => Way::Reply,
    };
    let header = format!(
        r#"{{"version":"{}","packetNo":{},"length":{},"direction":"{}","command":{},"name":{},"crc":"{crc:04X}"}}"#,
        frame.version,
        frame.packet,
        frame.data.len(),
        way.name(),
        frame.command,
        json!(Info::of(&frame.command.to_string()).map(|info| info.method)),
    );
    (header, way)
}

/// A query or form: of pile vendors, of old systems of KT, of Star Charge.
///
/// # Errors
/// It is not percent-encoded as it has to be.
pub(super) fn form(text: &str) -> Result<Message, Fault> {
    let mut params = pile_proto::Params::parse(text).map_err(Fault::bad)?;
    let only: Vec<(&str, &str)> = params.iter().collect();
    if let [(name, value)] = only[..] {
        if name == "data" {
            return Ok(by_fields(&json!({"data": value}).to_string(), None));
        }
        if name.eq_ignore_ascii_case("ParkChargeResult") {
            return json_text(&format!("{{\"ParkChargeResult\":{}}}", json!(value)), None);
        }
    }
    let mut message = Message::new("parameters of a query or form", None, Way::Request);
    message.sealed = Some(Sealed::Pile(text.to_owned()));
    for (name, meaning) in [
        ("token", "Who asks (token), in every request."),
        (pile_proto::SIGN, "Signature of the callback (签名)."),
    ] {
        if params.take(name).is_some() {
            let schema = json!({"properties": {name: {"type": "string", "format": "password",
                "description": meaning}}});
            message
                .envelope
                .extend(fields::of(&json!({name: ""}).to_string(), &schema, "", ""));
        }
    }
    message.texts = true;
    message.item("", params.to_json());
    Ok(message)
}
