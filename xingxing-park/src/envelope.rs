//! Requests and answers as text, without I/O: what clients and routers read and write, for whoever has a transport of their own.
use crate::{AnswerStyle, BodyStyle, Dialect, Model, ParkChargeResult, Receipt, Refusal, Ret};
use park_core::{
    Check, DeviationKind, Deviations, Rule, Rules, Violation, Violations,
    json::{
        EncodeError, Place, encode_to,
        envelope::{name_of, once, read, syntax, without_mark},
        lexer::{Lexer, members},
        quote,
    },
};
use serde::de::DeserializeOwned;
use std::borrow::Cow;

mod forms;
use forms::{from_form, object_of, to_form};

/// The name of the only parameter in the table of 4.1.3.
const WRAPPER: &str = "ParkChargeResult";

/// Longest text of a refusal, read or written, in characters.
const LONGEST_MESSAGE: usize = 512;

/// What every answer is: a [`Receipt`], or an order that may not have been found.
pub trait Reply: private::Reply {}

impl Reply for Receipt {}
impl Reply for Option<ParkChargeResult> {}

/// Writes the parameters of a request: the JSON text of its fields, and for [`BodyStyle::Form`] the form of them.
///
/// # Errors
/// None for the models of this crate.
pub fn write_request<T: Model>(request: &T, body: BodyStyle, dialect: &Dialect) -> Result<String, EncodeError> {
    let json = encode(request, dialect)?;
    Ok(match body {
        BodyStyle::Wrapped if is_result::<T>() => wrap(&json),
        BodyStyle::Fields | BodyStyle::Wrapped => json,
        BodyStyle::Form => to_form(&json),
    })
}

/// Reads the parameters of a request, in whatever form they came, and checks them.
///
/// # Errors
/// Every broken rule, or the one thing that cannot be read.
pub fn read_request<T: Model>(text: &str, dialect: &Dialect, deviations: &mut Deviations) -> Result<T, Vec<Violation>> {
    let rules = &dialect.read;
    let single = |violation| vec![violation];
    let text = without_mark(text, rules, deviations).map_err(single)?.trim();
    let wrapped = is_result::<T>();
    if text.starts_with('{') {
        let json = if wrapped { unwrapped(text, rules, deviations) } else { Ok(text.into()) };
        return checked(decode(&json.map_err(single)?, rules, deviations), dialect, deviations);
    }
    let pairs = from_form(text).map_err(single)?;
    rules.tolerate(DeviationKind::BODY_STYLE, "", deviations).map_err(single)?;
    let one = pairs.iter().find(|(name, _)| wrapped && name.eq_ignore_ascii_case(WRAPPER));
    let value = match one {
        Some((_, json)) => decode(json, rules, deviations),
        None => decode_texts(&object_of(&pairs), rules, deviations),
    };
    checked(value, dialect, deviations)
}

/// Writes a successful answer.
///
/// # Errors
/// None for the models of this crate.
pub fn write_answer<R: Reply>(reply: &R, dialect: &Dialect) -> Result<String, EncodeError> {
    let payload = reply.payload(dialect)?;
    Ok(match (dialect.write.answer, payload) {
        (AnswerStyle::Bare, Some(payload)) => payload,
        (AnswerStyle::Printed, Some(payload)) if R::RECEIPT => payload,
        (_, payload) => envelope(Ret::DONE, "", payload.as_deref()),
    })
}

/// The JSON of a successful answer alone, as it is sealed; `None` for an order that was not found.
#[cfg(feature = "server")]
pub(crate) fn encode_payload<R: Reply>(reply: &R, dialect: &Dialect) -> Result<Option<String>, EncodeError> {
    reply.payload(dialect)
}

/// Writes a refusal, in the envelope of 4.2.5. One without a code is [`Ret::SYSTEM_ERROR`].
pub fn write_refusal(refusal: &Refusal) -> String {
    let code = refusal.code.filter(|code| !code.is_success()).unwrap_or(Ret::SYSTEM_ERROR);
    envelope(code, short(&refusal.message), None)
}

/// Why an answer has nothing to tell.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnswerError {
    /// The peer refused.
    Refused(Refusal),
    /// The answer cannot be read, or breaks the document's rules.
    Invalid(Vec<Violation>),
}

impl From<Violation> for AnswerError {
    fn from(violation: Violation) -> Self {
        Self::Invalid(vec![violation])
    }
}

/// Reads an answer: as the document prints it, `{"Status":0}` or the envelope of 4.2.5 with Data as object, text or null; and as the one known receiver
/// answers, `{"result_code":"success"}`.
///
/// # Errors
/// A refusal, a text that is no answer, an order that breaks the document's rules.
pub fn read_answer<R: Reply>(text: &str, dialect: &Dialect, deviations: &mut Deviations) -> Result<R, AnswerError> {
    let rules = &dialect.read;
    let text = without_mark(text, rules, deviations)?.trim();
    match open(text, rules, deviations)? {
        Payload::Json(json) => read_payload(&json, dialect, deviations).map_err(AnswerError::Invalid),
        Payload::Nothing => nothing(rules, deviations).map_err(Into::into),
        Payload::Success if R::RECEIPT => {
            rules.tolerate(DeviationKind::BODY_STYLE, "result_code", deviations)?;
            Ok(R::nothing().0)
        }
        Payload::Success => Err(Violation::new("OrderID", Rule::Missing).into()),
    }
}

/// Reads what was sealed in an answer.
#[cfg(all(feature = "client", feature = "sealed"))]
pub(crate) fn read_sealed<R: Reply>(payload: Option<String>, dialect: &Dialect, deviations: &mut Deviations) -> Result<R, AnswerError> {
    match payload {
        Some(json) => read_payload(json.trim(), dialect, deviations).map_err(AnswerError::Invalid),
        None => nothing(&dialect.read, deviations).map_err(Into::into),
    }
}

/// A success without Data.
fn nothing<R: Reply>(rules: &Rules, deviations: &mut Deviations) -> Result<R, Violation> {
    let (reply, printed) = R::nothing();
    if !printed {
        rules.tolerate(DeviationKind::BODY_STYLE, "Data", deviations)?;
    }
    Ok(reply)
}

/// Reads what stands in Data, or alone.
fn read_payload<R: Reply>(json: &str, dialect: &Dialect, deviations: &mut Deviations) -> Result<R, Vec<Violation>> {
    let rules = &dialect.read;
    let json = if R::RECEIPT || !json.starts_with('{') {
        Ok(json.into())
    } else {
        unwrapped(json, rules, deviations)
    };
    let json = json.map_err(|violation| vec![violation])?;
    // An order that was not found is no departure from the document.
    let value = match &*json {
        "null" if !R::RECEIPT => Ok(R::nothing().0),
        json => decode(json, rules, deviations),
    };
    checked(value, dialect, deviations)
}

/// Whether a text is an answer at all, whatever it says.
#[cfg(feature = "client")]
pub(crate) fn is_answer(text: &str) -> bool {
    let known = ["Ret", "Status", "result_code"];
    let names = |text| {
        members(text)
            .map_while(Result::ok)
            .any(|(key, _)| known.iter().any(|known| known.eq_ignore_ascii_case(&key.decode())))
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    text.starts_with('{') && names(text)
}

/// What an answer holds.
enum Payload<'a> {
    /// The reply's JSON.
    Json(Cow<'a, str>),
    /// An envelope of success without Data.
    Nothing,
    /// `{"result_code":"success"}`.
    Success,
}

fn open<'a>(text: &'a str, rules: &Rules, deviations: &mut Deviations) -> Result<Payload<'a>, AnswerError> {
    if !text.starts_with('{') {
        let mut lexer = Lexer::new(text);
        let value = lexer.value().and_then(|value| lexer.end().map(|()| value)).map_err(syntax)?;
        return Ok(Payload::Json(value.into()));
    }
    let [mut ret, mut msg, mut data, mut code] = [None::<&str>; 4];
    for member in members(text) {
        let (key, value) = member.map_err(syntax)?;
        let key = key.decode();
        let slot = match [("Ret", &mut ret), ("Msg", &mut msg), ("Data", &mut data), ("result_code", &mut code)]
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&key))
        {
            Some((_, slot)) => slot,
            None => continue,
        };
        once(slot, &key, value)?;
    }
    if let Some(ret) = ret {
        name_all(text, &["Ret", "Msg", "Data", "Sig"], rules, deviations)?;
        let ret: Ret = read("Ret", ret, rules, deviations)?;
        if !ret.is_success() {
            let msg = msg.map_or(Ok(None), |msg| read::<Option<String>>("Msg", msg, rules, deviations))?;
            return Err(AnswerError::Refused(Refusal::new(ret, short(&msg.unwrap_or_default()))));
        }
        return match data {
            None | Some("null") => Ok(Payload::Nothing),
            Some(data) => Ok(inside(data, rules, deviations)?),
        };
    }
    if let Some(code) = code {
        let code: String = read("result_code", code, rules, deviations)?;
        return match code.trim().eq_ignore_ascii_case("success") {
            true => Ok(Payload::Success),
            false => Err(AnswerError::Refused(Refusal::message(format!("result_code {}", short(&code))))),
        };
    }
    Ok(Payload::Json(text.into()))
}

/// Notes the members that the envelope does not have, or has in other letters.
fn name_all(text: &str, names: &[&'static str], rules: &Rules, deviations: &mut Deviations) -> Result<(), Violation> {
    for member in members(text) {
        let (key, _) = member.map_err(syntax)?;
        name_of(&key.decode(), names, rules, deviations)?;
    }
    Ok(())
}

/// Data of an envelope: JSON, or a text that holds it.
fn inside<'a>(data: &'a str, rules: &Rules, deviations: &mut Deviations) -> Result<Payload<'a>, Violation> {
    if !data.starts_with('"') {
        return Ok(Payload::Json(data.into()));
    }
    let text = Lexer::new(data).string().map_err(syntax)?.decode();
    rules.tolerate(DeviationKind::BODY_STYLE, "Data", deviations)?;
    match text.trim() {
        "" | "null" => Ok(Payload::Nothing),
        json if json.starts_with('{') => Ok(Payload::Json(json.to_owned().into())),
        _ => Err(Violation::new(
            "Data",
            Rule::Condition("neither JSON nor empty: is the peer's answer sealed?"),
        )),
    }
}

fn envelope(ret: Ret, msg: &str, data: Option<&str>) -> String {
    let mut text = format!("{{\"Ret\":{},\"Msg\":", ret.0);
    quote(msg, &mut text);
    text.push_str(",\"Data\":");
    text.push_str(data.unwrap_or("null"));
    text.push_str(",\"Sig\":null}");
    text
}

/// The object within `{"ParkChargeResult": ..}`, or the text itself.
fn unwrapped<'a>(text: &'a str, rules: &Rules, deviations: &mut Deviations) -> Result<Cow<'a, str>, Violation> {
    let mut inner = None;
    for member in members(text) {
        let (key, value) = member.map_err(syntax)?;
        if key.decode().eq_ignore_ascii_case(WRAPPER) {
            once(&mut inner, WRAPPER, value)?;
        }
    }
    let Some(inner) = inner else { return Ok(text.into()) };
    name_all(text, &[WRAPPER], rules, deviations)?;
    if inner.starts_with('"') {
        rules.tolerate(DeviationKind::BODY_STYLE, WRAPPER, deviations)?;
        return Ok(Lexer::new(inner).string().map_err(syntax)?.decode().trim().to_owned().into());
    }
    Ok(inner.into())
}

fn wrap(json: &str) -> String {
    format!("{{\"{WRAPPER}\":{json}}}")
}

/// Whether the table of the request has one parameter of the type ParkChargeResult.
fn is_result<T: 'static>() -> bool {
    std::any::TypeId::of::<T>() == std::any::TypeId::of::<ParkChargeResult>()
}

/// Where everything is text, digits for a number are no departure of their own.
fn decode_texts<T: DeserializeOwned>(json: &str, rules: &Rules, deviations: &mut Deviations) -> Result<T, Violation> {
    let mut found = Deviations::default();
    let value = decode(json, rules, &mut found)?;
    for deviation in found.list().iter().filter(|found| found.kind != DeviationKind::TEXT_FOR_NUMBER) {
        deviations.note(deviation.kind, || deviation.path.clone());
    }
    Ok(value)
}

fn decode<T: DeserializeOwned>(json: &str, rules: &Rules, deviations: &mut Deviations) -> Result<T, Violation> {
    Place::default().decode(json, rules, deviations)
}

fn checked<T: Check>(value: Result<T, Violation>, dialect: &Dialect, deviations: &mut Deviations) -> Result<T, Vec<Violation>> {
    let value = value.map_err(|violation| vec![violation])?;
    let mut violations = Violations::default();
    value.check(&mut violations);
    let found = violations.on_receipt(&dialect.read, deviations);
    if found.is_empty() { Ok(value) } else { Err(found) }
}

pub(crate) fn encode<T: serde::Serialize>(value: &T, dialect: &Dialect) -> Result<String, EncodeError> {
    let mut text = String::new();
    encode_to(value, &dialect.write.names, &mut text)?;
    Ok(text)
}

fn short(message: &str) -> &str {
    let end = message.char_indices().nth(LONGEST_MESSAGE).map_or(message.len(), |(end, _)| end);
    &message[..end]
}

mod private {
    use super::encode;
    use crate::{Dialect, ParkChargeResult, Receipt};
    use park_core::{Check, json::EncodeError};
    use serde::de::DeserializeOwned;

    pub trait Reply: Check + DeserializeOwned + Send + 'static {
        /// Whether it is a receipt.
        const RECEIPT: bool;

        /// Its JSON; `None` for an order that was not found.
        fn payload(&self, dialect: &Dialect) -> Result<Option<String>, EncodeError>;

        /// What a success without Data says, and whether the document has it so.
        fn nothing() -> (Self, bool);
    }

    impl Reply for Receipt {
        const RECEIPT: bool = true;

        fn payload(&self, dialect: &Dialect) -> Result<Option<String>, EncodeError> {
            encode(self, dialect).map(Some)
        }

        fn nothing() -> (Self, bool) {
            (Self::ACCEPTED, false)
        }
    }

    impl Reply for Option<ParkChargeResult> {
        const RECEIPT: bool = false;

        fn payload(&self, dialect: &Dialect) -> Result<Option<String>, EncodeError> {
            self.as_ref().map(|result| encode(result, dialect)).transpose()
        }

        fn nothing() -> (Self, bool) {
            (None, true)
        }
    }
}

#[cfg(test)]
mod tests;
