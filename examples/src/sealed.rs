//! What opens sealed data, and the keys to it.
use crate::{
    fault::Fault,
    registry::{self, Protocol},
};
use evcs_proto::{
    Deviations, Dialect, Keys, OpenError,
    envelope::{Accept, read_reply, read_request},
};
use sztc_proto::PasswordKey;

/// Opens a request (with its sender) or a reply (whose Data may be absent), whichever `text` is.
///
/// # Errors
/// An envelope that is neither, a wrong signature, Data that does not open.
pub fn open_evcs(
    text: &str,
    keys: &Keys,
    deviations: &mut Deviations,
) -> Result<(Option<String>, Option<String>), OpenError> {
    let Dialect { read: rules, .. } = Dialect::default();
    let accept = Accept::default();
    if is_reply(text) {
        let reply = read_reply(text, &rules, deviations).map_err(OpenError::Envelope)?;
        let verified = reply.verify(keys, accept, &rules, deviations)?;
        let plaintext = verified
            .map(|verified| verified.open(keys, accept, &rules, deviations))
            .transpose()?;
        return Ok((None, plaintext));
    }
    let request = read_request(text, &rules, deviations).map_err(OpenError::Envelope)?;
    let sender = request.operator_id.clone().into_owned();
    let plaintext = request
        .verify(keys, &rules, deviations)?
        .open(keys, accept, &rules, deviations)?;
    Ok((Some(sender), Some(plaintext)))
}

/// Whether it has the field that only replies have.
fn is_reply(text: &str) -> bool {
    let value: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).ok();
    value.is_some_and(|value| value.keys().any(|key| key.eq_ignore_ascii_case("Ret")))
}

/// The names that the first field of a request of KT may have: those of all interfaces.
pub fn first_fields() -> Vec<&'static str> {
    registry::of(Protocol::Kt)
        .flat_map(|interface| interface.request.fields().iter().map(String::as_str))
        .collect()
}

/// The key of passwords of DB4403/T 313, with its vector if there is one.
///
/// # Errors
/// One of the wrong length.
pub fn password_key(key: String, iv: Option<String>) -> Result<PasswordKey, Fault> {
    let key = PasswordKey::new(key).map_err(Fault::usage)?;
    match iv {
        Some(iv) => key.iv(iv).map_err(Fault::usage),
        None => Ok(key),
    }
}
