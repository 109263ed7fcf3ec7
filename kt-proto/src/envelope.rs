//! The JSON around a call: `{data}` on the way there (chapter 1, section 2),
//! `{resCode, resMsg, data}` on the way back (section 3), never sealed.
mod commas;
#[cfg(test)]
mod tests;

pub use commas::without_trailing_commas;

use park_core::{
    DeviationKind, Deviations, Rule, Rules, Violation,
    json::{
        envelope::{Part, missing, name_of, once, parts, read, syntax, without_mark},
        lexer, quote,
    },
};
use std::{
    borrow::Cow,
    fmt::{self, Write},
};

/// A reply as it was received, its entries not yet decoded.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply<'a> {
    /// Whether the call succeeded (resCode): 0 yes, 1 no.
    pub code: i64,
    /// The text to it (resMsg); empty if there is none. What peers put there that is no text is
    /// kept as its JSON.
    pub message: Cow<'a, str>,
    /// The JSON texts of the entries (data). None if it is absent, `null`, `[]` or `""`: that is
    /// success where the call has no result.
    pub items: Vec<&'a str>,
    /// The JSON in which they stand: a list, also where there are none; an entry itself where it
    /// stands without brackets.
    pub data: &'a str,
}

impl fmt::Debug for Reply<'_> {
    /// Without the entries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} entries)", self.code, self.items.len())
    }
}

/// A body that is no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// Nothing at all.
    #[error("the reply is empty: is this the right address?")]
    Empty,
    /// A web page, as servers send with status 200 too.
    #[error("the reply is HTML, not JSON: is this the right address?")]
    Html,
    /// Not JSON, or not the envelope.
    #[error("the reply is not as it should be: {0}")]
    Envelope(#[from] Violation),
}

/// What came instead of a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoResult {
    /// `resCode` is not 0.
    #[error("refused with resCode {code}")]
    Refused {
        /// The code.
        code: i64,
        /// The peer's text; not part of this error's own.
        message: String,
    },
    /// `data` is absent, `null` or empty although the call has a result.
    #[error("resCode 0, but no data where the call has a result")]
    Missing,
}

impl<'a> Reply<'a> {
    /// The entries of a successful call; there may be none.
    ///
    /// # Errors
    /// A `resCode` other than 0.
    pub fn accepted(&self) -> Result<&[&'a str], NoResult> {
        match self.code {
            0 => Ok(&self.items),
            code => Err(NoResult::Refused {
                code,
                message: self.message.clone().into_owned(),
            }),
        }
    }

    /// The first entry of a successful call that has a result.
    ///
    /// # Errors
    /// A `resCode` other than 0, and no entry.
    pub fn result(&self) -> Result<&'a str, NoResult> {
        self.accepted()?.first().copied().ok_or(NoResult::Missing)
    }
}

/// The Base64 in the body of a request.
///
/// # Errors
/// A body that is not JSON, or without `data`.
pub fn open_request<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Cow<'a, str>, Violation> {
    let mut data = None;
    for member in parts(without_mark(text, rules, deviations)?) {
        let (key, value) = member.map_err(syntax)?;
        if name_of(&key.decode(), &["data"], rules, deviations)? == "data" {
            once(&mut data, "data", value.text)?;
        }
    }
    match data {
        None | Some("null" | "\"\"") => Err(missing("data")),
        Some(text) => string(text).ok_or_else(|| {
            Violation::new(
                "data",
                Rule::Type {
                    expected: "Base64 text".to_owned(),
                    found: "something else",
                },
            )
        }),
    }
}

/// Writes a reply around the JSON texts of its entries; without any, `data` is `null`, as the
/// document's samples have it.
pub fn seal_reply<'a>(
    code: i64,
    message: &str,
    items: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut text = String::with_capacity(64 + message.len());
    // Writing to a String cannot fail.
    let _ = write!(text, r#"{{"resCode":{code},"resMsg":"#);
    quote(message, &mut text);
    text.push_str(r#","data":"#);
    let mut before = "[";
    for item in items {
        text.push_str(before);
        text.push_str(item);
        before = ",";
    }
    text.push_str(if before == "[" { "null}" } else { "]}" });
    text
}

/// Reads the envelope of a reply, whatever its content type said.
///
/// # Errors
/// [`ReplyError`]: nothing, a web page, no JSON, no `resCode`.
pub fn open_reply<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Reply<'a>, ReplyError> {
    match text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .as_bytes()
        .first()
    {
        None => return Err(ReplyError::Empty),
        Some(b'<') => return Err(ReplyError::Html),
        Some(_) => {}
    }
    let (mut code, mut message, mut data) = (None, None, None);
    for member in parts(without_mark(text, rules, deviations)?) {
        let (key, value) = member.map_err(syntax)?;
        match name_of(
            &key.decode(),
            &["resCode", "resMsg", "data"],
            rules,
            deviations,
        )? {
            "resCode" => once(
                &mut code,
                "resCode",
                read("resCode", value.text, rules, deviations)?,
            )?,
            "resMsg" => once(
                &mut message,
                "resMsg",
                message_of(value.text, rules, deviations)?,
            )?,
            "data" => once(&mut data, "data", value)?,
            _ => {}
        }
    }
    let code = code.ok_or_else(|| missing("resCode"))?;
    let (data, items) = data.map_or_else(|| Ok(NONE), |data| entries(data, rules, deviations))?;
    Ok(Reply {
        code,
        message: message.unwrap_or_default(),
        items,
        data,
    })
}

/// No entries.
const NONE: (&str, Vec<&str>) = ("[]", Vec::new());

/// The JSON of the entries, and of each. Absent, null and `""` stand for none, anything but a list
/// for one.
fn entries<'a>(
    data: Part<'a>,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<(&'a str, Vec<&'a str>), Violation> {
    match data.text {
        // The document's own samples have it.
        "null" => Ok(NONE),
        "\"\"" => rules
            .tolerate(DeviationKind::EMPTY_FOR_ABSENT, "data", deviations)
            .map(|()| NONE),
        text if text.starts_with('[') => Ok((text, data.elements)),
        text => rules
            .tolerate(DeviationKind::OBJECT_FOR_LIST, "data", deviations)
            .map(|()| (text, vec![text])),
    }
}

/// Text or null; two samples (3.5, 3.6) have a list there.
fn message_of<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Cow<'a, str>, Violation> {
    if text == "null" {
        return Ok(Cow::Borrowed(""));
    }
    match string(text) {
        Some(message) => Ok(message),
        None => {
            let kind = if text.starts_with(['[', '{']) {
                DeviationKind::NESTING
            } else {
                DeviationKind::NUMBER_FOR_TEXT
            };
            rules
                .tolerate(kind, "resMsg", deviations)
                .map(|()| Cow::Borrowed(text))
        }
    }
}

/// The value of a JSON string.
fn string(text: &str) -> Option<Cow<'_, str>> {
    lexer::Lexer::new(text)
        .string()
        .ok()
        .map(lexer::Str::decode)
}
