//! Messages in the envelopes of their protocols, taken apart.
use super::{
    fields,
    message::{Message, Sealed, Way, elements, members, string},
};
use crate::{envelopes, registry::Protocol};
use serde_json::{Value, json, value::RawValue};
use sztc_proto::{
    DeviationKind, Deviations, Dialect, Scheme,
    code::BusinessCode,
    envelope::{open_reply, open_request},
};

/// The fields of an envelope, without those of its data.
pub(super) fn around(text: &str, schema: Value) -> Vec<fields::Field> {
    let mut told = fields::of(text, &schema, "", "");
    told.retain(|field| !field.path.contains(['.', '[']));
    told
}

/// Table 31.
pub(super) fn sztc_request(text: &str) -> Message {
    let mut message = Message::new(
        "a request in the envelope of DB4403/T 313 (Table 31)",
        Protocol::Sztc,
        Way::Request,
    );
    message.envelope = around(text, envelopes::sztc_request(json!({})));
    let mut deviations = Deviations::default();
    match open_request(text, &Dialect::default().read, &mut deviations) {
        Err(violation) => message.violates(violation),
        Ok(envelope) => {
            match envelope.verify(&Scheme::ALL) {
                Ok(scheme) if scheme == Scheme::default() => {}
                Ok(_) => message.deviates("sign", DeviationKind::OTHER_SIGNATURE),
                Err(violation) => message.violates(violation),
            }
            for (index, item) in envelope.items.iter().enumerate() {
                message.item(format!("data[{index}]"), *item);
            }
        }
    }
    message.deviate(&deviations);
    message
}

/// Table 32.
pub(super) fn sztc_reply(text: &str) -> Message {
    let mut message = Message::new(
        "a reply in the envelope of DB4403/T 313 (Table 32)",
        Protocol::Sztc,
        Way::Reply,
    );
    message.envelope = around(text, envelopes::sztc_reply(json!({})));
    let mut deviations = Deviations::default();
    match open_reply(text, &Dialect::default().read, &mut deviations) {
        Err(violation) => message.violates(violation),
        Ok(envelope) => {
            for (index, item) in envelope.items.iter().enumerate() {
                let path = format!("data[{index}]");
                match refusal(item) {
                    None => message.item(path, *item),
                    Some(code) => {
                        let mut told = fields::of(item, &envelopes::sztc_refusal(), &path, "");
                        if let Some(field) = told.iter_mut().find(|field| field.name == "code") {
                            field.value_name = BusinessCode(code).name().map(str::to_owned);
                        }
                        message.envelope.extend(told);
                    }
                }
            }
        }
    }
    message.deviate(&deviations);
    message
}

/// The code with which an entry of a reply is refused.
fn refusal(item: &str) -> Option<i32> {
    let code = members(item)?.into_iter().find(|(key, _)| key == "code")?.1;
    let code = string(code.get()).unwrap_or_else(|| code.get().to_owned());
    code.trim().parse().ok().filter(|code| *code != 0)
}

/// Tables B.25 and B.26.
pub(super) fn evcs(text: &str, way: Way, schema: Value) -> Message {
    let mut message = Message::new(
        "a message in the envelope of T/CEC 102",
        Protocol::Evcs,
        way,
    );
    message.envelope = around(text, schema);
    message.sealed = Some(Sealed::Evcs(text.to_owned()));
    let rules = evcs_proto::Dialect::default().read;
    let mut deviations = Deviations::default();
    let read = match way {
        Way::Request => {
            evcs_proto::envelope::read_request(text, &rules, &mut deviations).map(|_| ())
        }
        Way::Reply => evcs_proto::envelope::read_reply(text, &rules, &mut deviations).map(|_| ()),
    };
    if let Err(violation) = read {
        message.violates(violation);
    }
    message.deviate(&deviations);
    message.hint = Some(
        "Data is sealed; with --data-secret, --iv and --sig-secret it is opened and explained too"
            .to_owned(),
    );
    message
}

/// A reply with Ret: sealed, of T/CEC 102; readable, of Star Charge.
pub(super) fn ret(text: &str, data: Option<&str>, sealed: Option<String>) -> Message {
    match (data, sealed) {
        (_, Some(base64)) if !base64.trim().is_empty() && !base64.trim_start().starts_with('{') => {
            evcs(text, Way::Reply, envelopes::evcs_reply(json!({})))
        }
        (data, inside) => {
            let mut message = Message::new(
                "a reply in an envelope with readable Data",
                None,
                Way::Reply,
            );
            message.envelope = around(text, envelopes::xingxing_reply(json!({})));
            let json = inside
                .or_else(|| data.map(str::to_owned))
                .unwrap_or_default();
            if json.trim_start().starts_with('{') {
                message.item("Data", json);
            } else {
                message.note(
                    "without Data it says nothing of its interface: a reply of T/CEC 102 \
                    or Star Charge",
                );
            }
            message
        }
    }
}

/// Chapter 1, section 3.
pub(super) fn kt_reply(text: &str) -> Message {
    let mut message = Message::new(
        "a reply of KT (chapter 1, section 3)",
        Protocol::Kt,
        Way::Reply,
    );
    message.envelope = around(text, envelopes::kt_reply(json!({})));
    let mut deviations = Deviations::default();
    match kt_proto::envelope::open_reply(text, &kt_proto::Dialect::default().read, &mut deviations)
    {
        Err(kt_proto::envelope::ReplyError::Envelope(violation)) => message.violates(violation),
        Err(error) => message.note(error.to_string()),
        // Two samples of the document have the entries under resMsg, and those of another interface
        // under data.
        Ok(reply) => match elements(&reply.message)
            .filter(|entries| entries.iter().any(|entry| members(entry.get()).is_some()))
        {
            Some(entries) => {
                entries.iter().enumerate().for_each(|(index, entry)| {
                    message.item(format!("resMsg[{index}]"), entry.get())
                });
            }
            None => reply
                .items
                .iter()
                .enumerate()
                .for_each(|(index, item)| message.item(format!("data[{index}]"), *item)),
        },
    }
    message.deviate(&deviations);
    message
}

/// What a vendor of piles puts around its payload, if it is that: the document has no envelope, so
/// each has its own.
pub(super) fn pile_reply(text: &str, fields: &[(String, Box<RawValue>)]) -> Option<Message> {
    let is = |key: &str, names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    let code = fields
        .iter()
        .find(|(key, _)| is(key, &["code", "status", "errorCode", "errcode"]))?;
    let (name, data) = fields
        .iter()
        .find(|(_, value)| value.get().starts_with(['{', '[']))?;
    let nothing_else = fields.iter().all(|(key, _)| {
        [&code.0, name].contains(&key) || is(key, &["msg", "message", "errorMsg", "errmsg"])
    });
    if !nothing_else {
        return None;
    }
    let mut message = Message::new(
        "a reply in a vendor's own envelope",
        Protocol::Pile,
        Way::Reply,
    );
    message.envelope = around(text, envelopes::pile_reply(&code.0, name));
    match elements(data.get()) {
        Some(entries) => entries
            .iter()
            .enumerate()
            .for_each(|(index, entry)| message.item(format!("{name}[{index}]"), entry.get())),
        None => message.item(name.clone(), data.get()),
    }
    Some(message)
}
