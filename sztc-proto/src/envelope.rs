//! The envelopes of Tables 31 and 32: `{timestamp, sign, data}` and
//! `{resultCode, resultMsg, timestamp, data}`.
use crate::{
    Scheme,
    code::ResultCode,
    sign::{read_and_sign, unsignable},
};
use park_core::{
    DeviationKind, Deviations, Rule, Rules, Timestamp, Violation,
    json::{
        envelope::{missing, name_of, once, read, syntax, without_mark},
        lexer::{self, Fault, Lexer, Str, What},
        quote,
    },
};
use std::{
    borrow::Cow,
    fmt::{self, Write},
    iter,
};

/// A request as it was received, its data not yet decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestEnvelope<'a> {
    /// When the sender sealed it.
    pub timestamp: Timestamp,
    /// The signature as received.
    pub sign: String,
    /// The JSON texts of the entries of `data`.
    pub items: Vec<&'a str>,
    /// Their signature by the default scheme, if it was made while they were read.
    signed: Option<String>,
}

/// A reply as it was received, its data not yet decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyEnvelope<'a> {
    /// Success or failure of the whole call.
    pub result: ResultCode,
    /// The text to it.
    pub message: String,
    /// When the peer answered.
    pub timestamp: Option<Timestamp>,
    /// The JSON texts of the entries of `data`.
    pub items: Vec<&'a str>,
    /// `data` as it stands; empty where it is not there.
    data: &'a str,
}

impl ReplyEnvelope<'_> {
    /// The JSON text of the list of all entries.
    pub fn list(&self) -> Cow<'_, str> {
        match self.data.starts_with('[') {
            true => Cow::Borrowed(self.data),
            false => Cow::Owned(format!("[{}]", self.items.join(","))),
        }
    }
}

impl fmt::Debug for RequestEnvelope<'_> {
    /// Without the entries: a login's holds the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "RequestEnvelope({}, {} entries)",
            self.timestamp,
            self.items.len()
        )
    }
}

impl fmt::Debug for ReplyEnvelope<'_> {
    /// Without the entries: a login's holds the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ReplyEnvelope({}, {} entries)",
            self.result,
            self.items.len()
        )
    }
}

impl RequestEnvelope<'_> {
    /// Checks the signature over the entries as they were received, and tells which of `accepted`
    /// it follows.
    ///
    /// # Errors
    /// A signature by none of them, or data over which no signature means anything.
    pub fn verify(&self, accepted: &[Scheme]) -> Result<Scheme, Violation> {
        let sign = self.sign.trim();
        for scheme in accepted {
            let found = match &self.signed {
                Some(signed) if *scheme == Scheme::default() => signed.eq_ignore_ascii_case(sign),
                _ => scheme
                    .sign_items(self.items.iter().copied())?
                    .eq_ignore_ascii_case(sign),
            };
            if found {
                return Ok(*scheme);
            }
        }
        Err(Violation::new(
            "sign",
            Rule::Condition("the signature does not belong to the data received (签名错误)"),
        ))
    }
}

/// Seals a request around the JSON texts of its entries.
///
/// # Errors
/// Entries that cannot be signed.
pub fn seal_request<'a>(
    items: impl Iterator<Item = &'a str> + Clone,
    timestamp: Timestamp,
    scheme: Scheme,
) -> Result<String, Violation> {
    let sign = scheme.sign_items(items.clone())?;
    let mut text =
        String::with_capacity(96 + items.clone().map(|item| item.len() + 1).sum::<usize>());
    // Writing to a String cannot fail, here and below.
    let _ = write!(
        text,
        r#"{{"timestamp":{timestamp},"sign":"{sign}","data":["#
    );
    join(items, &mut text);
    text.push_str("]}");
    Ok(text)
}

/// Seals a reply around the JSON texts of its entries.
pub fn seal_reply<'a>(
    result: ResultCode,
    message: &str,
    items: impl Iterator<Item = &'a str> + Clone,
    timestamp: Timestamp,
) -> String {
    let mut text = String::with_capacity(
        96 + message.len() + items.clone().map(|item| item.len() + 1).sum::<usize>(),
    );
    let _ = write!(text, r#"{{"resultCode":{},"resultMsg":"#, result.0);
    quote(message, &mut text);
    let _ = write!(text, r#","timestamp":{timestamp},"data":["#);
    join(items, &mut text);
    text.push_str("]}");
    text
}

/// The code of a refusal that has none of the document's.
#[cfg(any(feature = "client", feature = "server", feature = "tcp"))]
const NO_CODE: crate::code::BusinessCode = crate::code::BusinessCode::MALFORMED_CODE;

/// What fits into resultMsg and message, in characters (Table 32, Tables 35 and following).
#[cfg(any(feature = "client", feature = "server", feature = "tcp"))]
pub(crate) const LONGEST_MESSAGE: usize = 255;

/// Writes the code and message of a refusal, as they stand in an entry.
#[cfg(any(feature = "client", feature = "server", feature = "tcp"))]
pub(crate) fn push_refusal(refusal: &crate::Refusal, text: &mut String) {
    let _ = write!(
        text,
        r#""code":{},"message":"#,
        refusal.code.unwrap_or(NO_CODE).0
    );
    quote(
        park_core::message::clip(&refusal.message, LONGEST_MESSAGE),
        text,
    );
}

fn join<'a>(items: impl Iterator<Item = &'a str>, text: &mut String) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(item);
    }
}

/// Reads the envelope of a request.
///
/// # Errors
/// Text that is not JSON, a missing or unreadable part.
pub fn open_request<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<RequestEnvelope<'a>, Violation> {
    let mut timestamp = None;
    let mut sign = None;
    let mut data = None;
    // The entries have to be walked over for the signature anyway.
    let read_list = |key: Str<'_>, lexer: &mut Lexer<'a>| match key.raw() {
        "data" => read_and_sign(lexer).map(|(items, signed)| (items, Some(signed))),
        _ => Ok((lexer.list()?, None)),
    };
    for member in parts(without_mark(text, rules, deviations)?, read_list) {
        let (key, value) = member.map_err(|fault| match fault.what {
            What::DuplicateKey => unsignable(fault),
            _ => syntax(fault),
        })?;
        let key = name_of(
            &key.decode(),
            &["timestamp", "sign", "data"],
            rules,
            deviations,
        )?;
        match key {
            "timestamp" => once(
                &mut timestamp,
                key,
                read(key, value.text, rules, deviations)?,
            )?,
            "sign" => once(&mut sign, key, read(key, value.text, rules, deviations)?)?,
            "data" => once(&mut data, key, value)?,
            _ => {}
        }
    }
    let signed = data.as_mut().and_then(|part| part.signed.take());
    Ok(RequestEnvelope {
        timestamp: timestamp.ok_or_else(|| missing("timestamp"))?,
        sign: sign.ok_or_else(|| missing("sign"))?,
        // A reply may leave it out; a request without it would be acknowledged although nothing was
        // reported.
        items: match data {
            None
            | Some(Part {
                text: "null" | "\"\"",
                ..
            }) => return Err(missing("data")),
            data => entries(data, rules, deviations)?,
        },
        signed,
    })
}

/// Reads the envelope of a reply.
///
/// # Errors
/// Text that is not JSON, a missing or unreadable part.
pub fn open_reply<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<ReplyEnvelope<'a>, Violation> {
    let mut result = None;
    let mut message = None;
    let mut timestamp = None;
    let mut data = None;
    let read_list = |_: Str<'_>, lexer: &mut Lexer<'a>| Ok((lexer.list()?, None));
    for member in parts(without_mark(text, rules, deviations)?, read_list) {
        let (key, value) = member.map_err(syntax)?;
        let key = name_of(
            &key.decode(),
            &["resultCode", "resultMsg", "timestamp", "data"],
            rules,
            deviations,
        )?;
        match key {
            "resultCode" => once(&mut result, key, read(key, value.text, rules, deviations)?)?,
            "resultMsg" => once(
                &mut message,
                key,
                read::<Option<String>>(key, value.text, rules, deviations)?,
            )?,
            "timestamp" => once(
                &mut timestamp,
                key,
                read::<Option<Timestamp>>(key, value.text, rules, deviations)?,
            )?,
            "data" => once(&mut data, key, value)?,
            _ => {}
        }
    }
    Ok(ReplyEnvelope {
        result: result.ok_or_else(|| missing("resultCode"))?,
        message: message.flatten().unwrap_or_default(),
        timestamp: timestamp.flatten(),
        data: data.as_ref().map_or("", |part| part.text),
        items: entries(data, rules, deviations)?,
    })
}

/// A member of the envelope: its text, and what `read_list` made of it if it is a list, so that
/// `data` need not be walked over once more.
struct Part<'a> {
    text: &'a str,
    elements: Vec<&'a str>,
    signed: Option<String>,
}

/// The elements of a list, and their signature if it was asked for.
type List<'a> = (Vec<&'a str>, Option<String>);

fn parts<'a>(
    text: &'a str,
    read_list: impl Fn(Str<'a>, &mut Lexer<'a>) -> Result<List<'a>, Fault>,
) -> impl Iterator<Item = Result<(Str<'a>, Part<'a>), Fault>> {
    let mut members = lexer::members(text);
    iter::from_fn(move || {
        members.next_by_key(|key, lexer| {
            let list = lexer.peek() == b'[';
            let start = lexer.at();
            let (elements, signed) = if list {
                read_list(key, lexer)?
            } else {
                lexer.value()?;
                Default::default()
            };
            let text = &text[start..lexer.at()];
            Ok(Part {
                text,
                elements,
                signed,
            })
        })
    })
}

/// The entries of `data`. Absent, null or empty text stands for none, one object for a list of one.
fn entries<'a>(
    data: Option<Part<'a>>,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Vec<&'a str>, Violation> {
    let (text, elements) = data.map(|part| (part.text, part.elements)).unzip();
    match text {
        Some(list) if list.starts_with('[') => Ok(elements.unwrap_or_default()),
        Some(object) if object.starts_with('{') => {
            rules.tolerate(DeviationKind::OBJECT_FOR_LIST, "data", deviations)?;
            Ok(vec![object])
        }
        Some("\"\"") => {
            rules.tolerate(DeviationKind::EMPTY_FOR_ABSENT, "data", deviations)?;
            Ok(Vec::new())
        }
        Some("null") | None => {
            rules.tolerate(DeviationKind::NULL_FOR_ABSENT, "data", deviations)?;
            Ok(Vec::new())
        }
        Some(_) => Err(Violation::new(
            "data",
            Rule::Type {
                expected: "a list of objects".to_owned(),
                found: "something else",
            },
        )),
    }
}
