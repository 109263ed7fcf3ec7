//! What reading an envelope by hand needs: its members one by one, their names by any capitals,
//! their values tolerantly.
use super::{decode::Place, lexer};
use crate::{DeviationKind, Deviations, Rule, Rules, Violation};
use serde::de::DeserializeOwned;

/// The text behind the byte order mark that some platforms write first.
///
/// # Errors
/// There is one, and the rules are strict.
pub fn without_mark<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<&'a str, Violation> {
    let Some(behind) = text.strip_prefix('\u{feff}') else {
        return Ok(text);
    };
    rules.tolerate(DeviationKind::BYTE_ORDER_MARK, "", deviations)?;
    Ok(behind)
}

/// Which of `names` the peer calls `key`; empty for a field that the envelope does not have.
///
/// # Errors
/// It is written otherwise or unknown, and the rules are strict.
pub fn name_of(
    key: &str,
    names: &[&'static str],
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<&'static str, Violation> {
    match names
        .iter()
        .find(|name| name.eq_ignore_ascii_case(key.trim()))
    {
        Some(name) if *name == key => Ok(name),
        Some(name) => rules
            .tolerate(DeviationKind::KEY_STYLE, name, deviations)
            .map(|()| *name),
        // The name is the peer's, of whatever length.
        None => {
            let end = key.char_indices().nth(64).map_or(key.len(), |(end, _)| end);
            rules
                .tolerate(DeviationKind::UNKNOWN_FIELD, &key[..end], deviations)
                .map(|()| "")
        }
    }
}

/// The value of the member `key`, whose JSON is `text`.
///
/// # Errors
/// It cannot be read as `T`.
pub fn read<T: DeserializeOwned>(
    key: &str,
    text: &str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<T, Violation> {
    let mut own = Deviations::default();
    let value = Place::default()
        .decode(text, rules, &mut own)
        .map_err(|problem| Violation::new(key, problem.rule))?;
    for found in own.list() {
        deviations.note(found.kind, || key.to_owned());
    }
    Ok(value)
}

/// Puts the value of the member `key` into its place.
///
/// # Errors
/// It stands there already.
pub fn once<T>(slot: &mut Option<T>, key: &str, value: T) -> Result<(), Violation> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Violation::new(key, Rule::Duplicate)),
    }
}

/// The member `key` is not there.
pub fn missing(key: &str) -> Violation {
    Violation::new(key, Rule::Missing)
}

/// A member of an object: its text, and the texts of its elements if it is a list, so that a list
/// need not be walked over once more.
#[derive(Debug)]
pub struct Part<'a> {
    /// The member's JSON.
    pub text: &'a str,
    /// The elements' JSON, if it is a list.
    pub elements: Vec<&'a str>,
}

/// The members of the object `text`.
pub fn parts<'a>(
    text: &'a str,
) -> impl Iterator<Item = Result<(lexer::Str<'a>, Part<'a>), lexer::Fault>> {
    let mut members = lexer::members(text);
    std::iter::from_fn(move || {
        members.next_by(|lexer| {
            let list = lexer.peek() == b'[';
            let start = lexer.at();
            let elements = if list {
                lexer.list()?
            } else {
                lexer.value().map(|_| Vec::new())?
            };
            let text = &text[start..lexer.at()];
            Ok(Part { text, elements })
        })
    })
}

/// The text is not JSON.
pub fn syntax(fault: lexer::Fault) -> Violation {
    Violation::new(
        "",
        Rule::Syntax {
            problem: fault.to_string(),
        },
    )
}
