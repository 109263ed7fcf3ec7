//! The envelope against published vectors, against what real peers send, and against its own laws.
mod faults;
mod forms;
mod laws;
mod vectors;

use crate::crypto::{encrypt, padded, sign};
use evcs_proto::{
    code::*,
    envelope::{Accept, Form, read_reply, read_request, seal_reply, seal_request},
    sequence::{LAST_SEQ, Stamp},
    *,
};
use park_core::json::quote;
use proptest::prelude::*;
use serde_json::Value;

/// The key of every published vector, also its IV and signature key.
const KEY: &str = "1234567890abcdef";
const OPERATOR: &str = "123456789";
const TIME: &str = "20160729142400";
const PLAINTEXT: &str = r#"{"StationID":"000000000000001","Total":1}"#;

fn keys_of(data_secret: &str, sig_secret: &str) -> Keys {
    Keys::new("operator secret", data_secret, KEY, sig_secret).expect("16 bytes each")
}

fn keys() -> Keys {
    keys_of(KEY, KEY)
}

fn stamp() -> Stamp {
    Stamp {
        second: Timestamp::from_seconds(1_469_773_440),
        number: 1,
    }
}

fn accept(set: impl FnOnce(&mut Accept)) -> Accept {
    let mut accept = Accept::default();
    set(&mut accept);
    accept
}

fn form(set: impl FnOnce(&mut Form)) -> Form {
    let mut form = Form::default();
    set(&mut form);
    form
}

/// A request with `data` as it stands in the JSON text, and the signature over `signed`.
fn request(data: &str, signed: &str) -> String {
    let sig = sign(KEY, &[OPERATOR, signed, TIME, "0001"]);
    format!(
        r#"{{"OperatorID":"{OPERATOR}","Data":{data},"TimeStamp":"{TIME}","Seq":"0001","Sig":"{sig}"}}"#
    )
}

/// The same around Base64 text.
fn around(base64: &str) -> String {
    let mut data = String::new();
    quote(base64, &mut data);
    request(&data, base64)
}

/// Opens a request; what was tolerated.
fn open_with(
    text: &str,
    keys: &Keys,
    accept: Accept,
    rules: &Rules,
) -> Result<(String, Vec<DeviationKind>), OpenError> {
    let mut deviations = Deviations::default();
    let request = read_request(text, rules, &mut deviations).map_err(OpenError::Envelope)?;
    let plaintext =
        request
            .verify(keys, rules, &mut deviations)?
            .open(keys, accept, rules, &mut deviations)?;
    Ok((
        plaintext,
        deviations.list().iter().map(|found| found.kind).collect(),
    ))
}

fn open(text: &str) -> Result<(String, Vec<DeviationKind>), OpenError> {
    open_with(text, &keys(), Accept::default(), &Rules::default())
}

/// Opens a reply that has Data; what was tolerated.
fn open_reply(
    text: &str,
    accept: Accept,
    rules: &Rules,
) -> Result<(Option<String>, Vec<DeviationKind>), OpenError> {
    let mut deviations = Deviations::default();
    let reply = read_reply(text, rules, &mut deviations).map_err(OpenError::Envelope)?;
    let verified = reply.verify(&keys(), accept, rules, &mut deviations)?;
    let plaintext = verified
        .map(|verified| verified.open(&keys(), accept, rules, &mut deviations))
        .transpose()?;
    Ok((
        plaintext,
        deviations.list().iter().map(|found| found.kind).collect(),
    ))
}

/// What breaks the envelope: where, and how.
fn broken<T: std::fmt::Debug>(outcome: Result<T, OpenError>) -> (String, Rule) {
    match outcome.expect_err("broken") {
        OpenError::Envelope(violation) => (violation.path, violation.rule),
        other => panic!("{other}"),
    }
}

fn deviates(kind: DeviationKind) -> Rule {
    Rule::Deviates(kind)
}

fn vector(id: &str) -> Value {
    let all: Vec<Value> =
        serde_json::from_str(include_str!("../../../fixtures/vectors.json")).expect("JSON");
    all.into_iter()
        .find(|vector| vector["id"] == id)
        .expect("a vector of this name")
}
