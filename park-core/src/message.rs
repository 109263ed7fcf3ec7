//! Reading, writing and telling: what every message goes through, whichever side it is on.
use crate::{
    Check, Deviations, Error, ErrorKind, PeerDialect, Refusal, Rules, Sent, Violation, Violations,
    json::{EncodeError, Place, encode_to},
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Display;

/// Decodes `json` and checks it by the document's rules; every broken one is told.
///
/// # Errors
/// What cannot be read, or all rules that are broken and not tolerated.
pub fn read_checked<T: DeserializeOwned + Check>(
    json: &str,
    place: Place,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<T, Vec<Violation>> {
    let found = Violations::at_place(place);
    let value = place
        .decode(json, rules, deviations)
        .map_err(|violation| vec![violation])?;
    checked(value, found, rules, deviations)
}

/// `value`, if it keeps the document's rules or these are tolerated.
///
/// # Errors
/// Every rule that it breaks.
pub fn checked<T: Check>(
    value: T,
    mut found: Violations,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<T, Vec<Violation>> {
    value.check(&mut found);
    let found = found.on_receipt(rules, deviations);
    if found.is_empty() {
        Ok(value)
    } else {
        Err(found)
    }
}

/// What of `value` breaks the rules that hold for sending to a peer of this `dialect`.
pub fn violations_of<T: Check>(
    value: &T,
    mut found: Violations,
    dialect: &impl PeerDialect,
) -> Vec<Violation> {
    value.check(&mut found);
    found.to_send(dialect.waived())
}

/// Checks a request and writes it with the peer's names.
///
/// # Errors
/// The caller's fault: rules that it breaks, a value that has no form in JSON.
pub fn write_checked<T: Serialize + Check, C>(
    value: &T,
    dialect: &impl PeerDialect,
) -> Result<String, Error<C>> {
    let found = violations_of(value, Violations::default(), dialect);
    if !found.is_empty() {
        return Err(Error::invalid(ErrorKind::Caller, Sent::No, found));
    }
    let mut text = String::new();
    encode_to(value, dialect.names(), &mut text).map_err(unwritable)?;
    Ok(text)
}

/// A value that has no form in JSON, which none of these crates' models is.
pub fn unwritable<C>(cause: EncodeError) -> Error<C> {
    Error::new(ErrorKind::Caller, Sent::No, "a value cannot be written").caused_by(cause)
}

/// Writes a service's reply with the peer's names, behind what `text` holds. What was done cannot
/// be undone by refusing it, so a reply that breaks the rules goes out, and is logged for the
/// service's author.
///
/// # Errors
/// It has no form in JSON.
pub fn write_reply<T: Serialize + Check, C>(
    proto: &str,
    label: &str,
    reply: &T,
    place: Violations,
    dialect: &impl PeerDialect,
    text: &mut String,
) -> Result<(), Refusal<C>> {
    warn_of_bad_reply(proto, label, reply, place, dialect);
    encode_to(reply, dialect.names(), text)
        .map_err(|problem| Refusal::message(format!("the reply cannot be written: {problem}")))
}

/// Logs, for the service's author, which of the document's rules our reply breaks.
pub fn warn_of_bad_reply<T: Check>(
    proto: &str,
    label: &str,
    reply: &T,
    place: Violations,
    dialect: &impl PeerDialect,
) {
    for violation in violations_of(reply, place, dialect) {
        tracing::warn!(proto, endpoint = label, %violation,
            "our reply breaks the document's rules");
    }
}

/// All of `violations` in one text, for the peer that broke them.
pub fn listed(violations: &[impl Display]) -> String {
    let texts: Vec<String> = violations.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// The first `length` characters of a message.
pub fn clip(message: &str, length: usize) -> &str {
    message
        .char_indices()
        .nth(length)
        .map_or(message, |(end, _)| &message[..end])
}

/// Longest message of a refusal, written or kept of a peer's, in characters, where the document
/// names none.
pub const LONGEST_MESSAGE: usize = 512;

/// The text of a body.
///
/// # Errors
/// The words for the peer.
pub fn utf8(body: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(body).map_err(|problem| {
        format!(
            "the body is not UTF-8 (编码格式应为UTF-8): byte {}",
            problem.valid_up_to()
        )
    })
}
