//! Requests and answers as text, without I/O: what clients and routers read and write, for whoever
//! has a transport of their own.
use crate::{
    AnswerStyle, BodyStyle, Dialect, Error, ErrorKind, Refusal, Sent,
    code::Ret,
    model::{Model, ParkChargeResult, Receipt},
};
use park_core::{
    DeviationKind, Deviations, Rule, Rules, Violation, Violations,
    json::{
        EncodeError, Place, encode_to,
        envelope::{name_of, once, read, syntax, without_mark},
        lexer::{Lexer, members},
        quote,
    },
    message::{LONGEST_MESSAGE, checked, clip, read_checked},
};
use std::{
    any::{Any, TypeId},
    borrow::Cow,
};

mod forms;
use forms::{from_form, object_of, to_form};

/// The name of the only parameter in the table of 4.1.3.
const WRAPPER: &str = "ParkChargeResult";

/// Data that is not there: an order that was not found.
const NOTHING: &str = "null";

/// Writes the parameters of a request: the JSON text of its fields, and for [`BodyStyle::Form`] the
/// form of them.
///
/// # Errors
/// None for the models of this crate.
pub fn write_request<T: Model>(
    request: &T,
    body: BodyStyle,
    dialect: &Dialect,
) -> Result<String, EncodeError> {
    Ok(request_of::<T>(encode(request, dialect)?, body))
}

/// The request whose fields are `json`.
pub(crate) fn request_of<T: Model>(json: String, body: BodyStyle) -> String {
    match body {
        BodyStyle::Wrapped if is_order::<T>() => format!("{{\"{WRAPPER}\":{json}}}"),
        BodyStyle::Fields | BodyStyle::Wrapped => json,
        BodyStyle::Form => to_form(&json),
    }
}

/// Reads the parameters of a request, in whatever form they came, and checks them.
///
/// # Errors
/// Every broken rule, or the one thing that cannot be read.
pub fn read_request<T: Model>(
    text: &str,
    dialect: &Dialect,
    deviations: &mut Deviations,
) -> Result<T, Vec<Violation>> {
    let rules = &dialect.read;
    let single = |violation| vec![violation];
    let text = without_mark(text, rules, deviations)
        .map_err(single)?
        .trim();
    if text.starts_with('{') {
        let json = unwrapped::<T>(text, rules, deviations).map_err(single)?;
        return read_checked(&json, Place::default(), rules, deviations);
    }
    let pairs = from_form(text).map_err(single)?;
    rules
        .tolerate(DeviationKind::BODY_STYLE, "", deviations)
        .map_err(single)?;
    match pairs
        .iter()
        .find(|(name, _)| is_order::<T>() && name.eq_ignore_ascii_case(WRAPPER))
    {
        Some((_, json)) => read_checked(json, Place::default(), rules, deviations),
        None => {
            let value = decode_texts(&object_of(&pairs), rules, deviations).map_err(single)?;
            checked(value, Violations::default(), rules, deviations)
        }
    }
}

/// Writes a successful answer: a [`Receipt`], or an order that may not have been found.
///
/// # Errors
/// None for the models of this crate.
pub fn write_answer<R: Model>(reply: &R, dialect: &Dialect) -> Result<String, EncodeError> {
    Ok(answer_of::<R>(
        encode(reply, dialect)?,
        dialect.write.answer,
    ))
}

/// The answer whose Data is `payload`, empty for an order that was not found.
pub(crate) fn answer_of<R: Model>(payload: String, style: AnswerStyle) -> String {
    match style {
        AnswerStyle::Bare if !payload.is_empty() => payload,
        AnswerStyle::Printed if is::<R, Receipt>() => payload,
        _ => envelope(Ret::DONE, "", &payload),
    }
}

/// Writes a refusal, in the envelope of 4.2.5. One without a code is [`Ret::SYSTEM_ERROR`].
pub fn write_refusal(refusal: &Refusal) -> String {
    let code = refusal
        .code
        .filter(|code| !code.is_success())
        .unwrap_or(Ret::SYSTEM_ERROR);
    envelope(code, clip(&refusal.message, LONGEST_MESSAGE), "")
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

impl From<AnswerError> for Error {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Refused(refusal) if refusal.code == Some(Ret::BUSY) => Self::busy(refusal),
            AnswerError::Refused(refusal) => Self::refused(refusal),
            AnswerError::Invalid(violations) => {
                Self::invalid(ErrorKind::PeerBytes, Sent::Answered, violations)
            }
        }
    }
}

/// Reads an answer: as the document prints it, `{"Status":0}` or the envelope of 4.2.5 with Data as
/// object, text or null; and as the one known receiver answers, `{"result_code":"success"}`.
///
/// # Errors
/// A refusal, a text that is no answer, an order that breaks the document's rules.
pub fn read_answer<R: Model>(
    text: &str,
    dialect: &Dialect,
    deviations: &mut Deviations,
) -> Result<R, AnswerError> {
    let rules = &dialect.read;
    let text = without_mark(text, rules, deviations)?.trim();
    match open(text, rules, deviations)? {
        Payload::Json(json) => read_payload(&json, rules, deviations),
        Payload::Nothing => Ok(nothing("Data", rules, deviations)?),
        // Success alone says nothing about an order.
        Payload::Success if is::<R, Receipt>() => Ok(nothing("result_code", rules, deviations)?),
        Payload::Success => Err(Violation::new("Data", Rule::Missing).into()),
    }
}

/// Reads what was sealed in an answer.
#[cfg(all(feature = "client", feature = "sealed"))]
pub(crate) fn read_sealed<R: Model>(
    payload: Option<&str>,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<R, AnswerError> {
    match payload {
        Some(json) => read_payload(json.trim(), rules, deviations),
        None => Ok(nothing("Data", rules, deviations)?),
    }
}

/// A success without Data, as `path` tells: the document has it for an order that was not found,
/// others for a message that was accepted.
fn nothing<R: Model>(
    path: &'static str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<R, Violation> {
    match (&Receipt::ACCEPTED as &dyn Any).downcast_ref::<R>() {
        Some(accepted) => {
            rules.tolerate(DeviationKind::BODY_STYLE, path, deviations)?;
            Ok(accepted.clone())
        }
        None => not_found(path),
    }
}

/// What may be absent.
fn not_found<R: Model>(path: &'static str) -> Result<R, Violation> {
    serde_json::from_str(NOTHING).map_err(|_| Violation::new(path, Rule::Missing))
}

/// Reads what stands in Data, or alone.
fn read_payload<R: Model>(
    json: &str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<R, AnswerError> {
    let json = if json.starts_with('{') {
        unwrapped::<R>(json, rules, deviations)?
    } else {
        json.into()
    };
    // An order that was not found is no departure from the document.
    if json == NOTHING
        && let Ok(none) = not_found("Data")
    {
        return Ok(none);
    }
    read_checked(&json, Place::default(), rules, deviations).map_err(AnswerError::Invalid)
}

/// Whether a text is an answer at all, whatever it says.
pub(crate) fn is_answer(text: &str) -> bool {
    let known = ["Ret", "Status", "result_code"];
    let names = |text| {
        members(text).map_while(Result::ok).any(|(key, _)| {
            known
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&key.decode()))
        })
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

fn open<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Payload<'a>, AnswerError> {
    if !text.starts_with('{') {
        let mut lexer = Lexer::new(text);
        let value = lexer
            .value()
            .and_then(|value| lexer.end().map(|()| value))
            .map_err(syntax)?;
        return Ok(Payload::Json(value.into()));
    }
    let [mut ret, mut msg, mut data, mut code] = [None::<&str>; 4];
    for member in members(text) {
        let (key, value) = member.map_err(syntax)?;
        let key = key.decode();
        let slot = match [
            ("Ret", &mut ret),
            ("Msg", &mut msg),
            ("Data", &mut data),
            ("result_code", &mut code),
        ]
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
            let msg = msg.map_or(Ok(None), |msg| {
                read::<Option<String>>("Msg", msg, rules, deviations)
            })?;
            return Err(AnswerError::Refused(Refusal::new(
                ret,
                clip(&msg.unwrap_or_default(), LONGEST_MESSAGE),
            )));
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
            false => Err(AnswerError::Refused(Refusal::message(format!(
                "result_code {}",
                clip(&code, LONGEST_MESSAGE)
            )))),
        };
    }
    Ok(Payload::Json(text.into()))
}

/// Notes the members that the envelope does not have, or has in other letters.
fn name_all(
    text: &str,
    names: &[&'static str],
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<(), Violation> {
    for member in members(text) {
        let (key, _) = member.map_err(syntax)?;
        name_of(&key.decode(), names, rules, deviations)?;
    }
    Ok(())
}

/// Data of an envelope: JSON, or a text that holds it.
fn inside<'a>(
    data: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Payload<'a>, Violation> {
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

fn envelope(ret: Ret, msg: &str, data: &str) -> String {
    let mut text = format!("{{\"Ret\":{},\"Msg\":", ret.0);
    quote(msg, &mut text);
    text.push_str(",\"Data\":");
    text.push_str(if data.is_empty() { NOTHING } else { data });
    text.push_str(",\"Sig\":null}");
    text
}

/// The object within `{"ParkChargeResult": ..}` where an order is wanted, or the text itself.
fn unwrapped<'a, T: Model>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Cow<'a, str>, Violation> {
    if !is_order::<T>() {
        return Ok(text.into());
    }
    let mut inner = None;
    for member in members(text) {
        let (key, value) = member.map_err(syntax)?;
        if key.decode().eq_ignore_ascii_case(WRAPPER) {
            once(&mut inner, WRAPPER, value)?;
        }
    }
    let Some(inner) = inner else {
        return Ok(text.into());
    };
    name_all(text, &[WRAPPER], rules, deviations)?;
    if inner.starts_with('"') {
        rules.tolerate(DeviationKind::BODY_STYLE, WRAPPER, deviations)?;
        return Ok(Lexer::new(inner)
            .string()
            .map_err(syntax)?
            .decode()
            .trim()
            .to_owned()
            .into());
    }
    Ok(inner.into())
}

/// Whether `T` is `U`.
pub(crate) fn is<T: 'static, U: 'static>() -> bool {
    TypeId::of::<T>() == TypeId::of::<U>()
}

/// Whether `T` is the order, whose table has one parameter of the type ParkChargeResult.
fn is_order<T: 'static>() -> bool {
    is::<T, ParkChargeResult>() || is::<T, Option<ParkChargeResult>>()
}

/// Where everything is text, digits for a number are no departure of their own.
fn decode_texts<T: Model>(
    json: &str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<T, Violation> {
    let mut found = Deviations::default();
    let value = Place::default().decode(json, rules, &mut found)?;
    for deviation in found
        .list()
        .iter()
        .filter(|found| found.kind != DeviationKind::TEXT_FOR_NUMBER)
    {
        deviations.note(deviation.kind, || deviation.path.clone());
    }
    Ok(value)
}

fn encode<T: Model>(value: &T, dialect: &Dialect) -> Result<String, EncodeError> {
    let mut text = String::new();
    encode_to(value, &dialect.write.names, &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
