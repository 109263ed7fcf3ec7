//! What stands around the payload of a reply. The document has no envelope, no form of errors and
//! no names for its lists, so each vendor has its own.
use crate::{Dialect, Refusal};
use park_core::{
    DeviationKind, Deviations, Rule, Violation,
    json::{
        lexer::{Fault, Lexer, elements, members},
        quote,
    },
};
use std::borrow::Cow;

/// Why a reply has no payload.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// The vendor refused.
    #[error("refused by the vendor: {0}")]
    Refused(Refusal),
    /// The reply cannot be read.
    #[error("unreadable reply: {0}")]
    Unreadable(Violation),
}

impl From<Violation> for ReplyError {
    fn from(violation: Violation) -> Self {
        Self::Unreadable(violation)
    }
}

type Name = Cow<'static, str>;

/// What one vendor's replies look like. By default:
///
/// - The reply is the payload itself: the object of the document's table, or an array of them where
///   there are several.
/// - An object may also have a code, `code`, `resultCode`, `errorCode` or `errcode`, as number or
///   text. 0 and 200 are success, everything else is a refusal. Without a code it is a success,
///   unless it has a message and nothing else.
/// - The message is `message`, `msg`, `resultMsg`, `errorMsg` or `errmsg`.
/// - The piles of a group stand in `StubInfo`, the only name that the document prints.
///
/// `status` is never taken for a code unless it is configured, since it is a field of orders. Other
/// capitals are read.
///
/// ```
/// use pile_proto::{ReplyShape, Dialect};
/// // {"status":100,"msg":"..","data":{..}}
/// let dialect =
///     Dialect::default().reply(ReplyShape::default().under("data").code("status").success(["100"]).message("msg"));
/// let payload = dialect.open_reply(r#"{"status":100,"msg":"ok","data":{"OrderId":"1"}}"#, &mut Default::default())?;
/// assert_eq!(payload, r#"{"OrderId":"1"}"#);
/// # Ok::<(), pile_proto::ReplyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplyShape {
    /// The member that holds the payload; `None` if the reply is the payload.
    pub payload: Option<Name>,
    /// Members that may hold the code; the first is written.
    pub codes: Cow<'static, [Name]>,
    /// Members that may hold the message; the first is written.
    pub messages: Cow<'static, [Name]>,
    /// Codes that mean success; the first is written.
    pub success: Cow<'static, [Name]>,
    /// The member of the payload that holds the groups of a city; `None` if the payload is the
    /// list.
    pub group_list: Option<Name>,
    /// The member that holds the piles of a group.
    pub pile_list: Name,
}

impl Default for ReplyShape {
    fn default() -> Self {
        const fn names<const N: usize>(list: &'static [Name; N]) -> Cow<'static, [Name]> {
            Cow::Borrowed(list)
        }
        const fn name(name: &'static str) -> Name {
            Cow::Borrowed(name)
        }
        Self {
            payload: None,
            codes: names(
                const {
                    &[
                        name("code"),
                        name("resultCode"),
                        name("errorCode"),
                        name("errcode"),
                    ]
                },
            ),
            messages: names(
                const {
                    &[
                        name("message"),
                        name("msg"),
                        name("resultMsg"),
                        name("errorMsg"),
                        name("errmsg"),
                    ]
                },
            ),
            success: names(const { &[name("0"), name("200")] }),
            group_list: None,
            pile_list: name("StubInfo"),
        }
    }
}

impl ReplyShape {
    /// Takes the payload from the member `name`, such as `data`.
    #[must_use]
    pub fn under(mut self, name: impl Into<Name>) -> Self {
        self.payload = Some(name.into());
        self
    }

    /// Takes the code from the member `name`.
    #[must_use]
    pub fn code(mut self, name: impl Into<Name>) -> Self {
        self.codes = Cow::Owned(vec![name.into()]);
        self
    }

    /// Takes the message from the member `name`.
    #[must_use]
    pub fn message(mut self, name: impl Into<Name>) -> Self {
        self.messages = Cow::Owned(vec![name.into()]);
        self
    }

    /// Takes `codes` for success.
    #[must_use]
    pub fn success<N: Into<Name>>(mut self, codes: impl IntoIterator<Item = N>) -> Self {
        self.success = Cow::Owned(codes.into_iter().map(Into::into).collect());
        self
    }

    /// Takes the groups of a city from the member `name` of the payload.
    #[must_use]
    pub fn group_list(mut self, name: impl Into<Name>) -> Self {
        self.group_list = Some(name.into());
        self
    }

    /// Takes the piles of a group from the member `name`.
    #[must_use]
    pub fn pile_list(mut self, name: impl Into<Name>) -> Self {
        self.pile_list = name.into();
        self
    }

    /// Whether `name` holds a code or message.
    pub(crate) fn is_of_envelope(&self, name: &str) -> bool {
        is(&self.codes, name) || is(&self.messages, name)
    }
}

fn is(names: &[Name], name: &str) -> bool {
    rank(names, name).is_some()
}

/// The members of an object that the envelope consists of.
#[derive(Default)]
struct Parts<'a> {
    /// With its rank in the list of names; the first in the list counts.
    code: Option<(usize, String)>,
    message: Option<(usize, String)>,
    payload: Option<(usize, &'a str)>,
    /// Whether there are others.
    more: bool,
}

impl Dialect {
    /// Opens a reply: the JSON text of its payload.
    ///
    /// # Errors
    /// The vendor's refusal, or text that is no reply.
    pub fn open_reply<'a>(
        &self,
        text: &'a str,
        deviations: &mut Deviations,
    ) -> Result<&'a str, ReplyError> {
        let text = self.without_mark(text, deviations)?;
        if !text.starts_with('{') {
            return match &self.reply.payload {
                Some(name) => Err(Violation::new(name.clone(), Rule::Missing).into()),
                None => whole(text).map_err(Into::into),
            };
        }
        let parts = self.parts(text, deviations)?;
        self.refusal(&parts)?;
        match &self.reply.payload {
            Some(name) => {
                let (_, payload) = parts
                    .payload
                    .ok_or_else(|| Violation::new(name.clone(), Rule::Missing))?;
                Ok(payload)
            }
            None => Ok(text),
        }
    }

    /// Opens a reply that lists groups of piles: the JSON texts of its entries.
    ///
    /// # Errors
    /// As [`open_reply`](Self::open_reply); a payload that is no list.
    pub fn open_list<'a>(
        &self,
        text: &'a str,
        deviations: &mut Deviations,
    ) -> Result<Vec<&'a str>, ReplyError> {
        let payload = self.open_reply(text, deviations)?;
        let (path, list) = match &self.reply.group_list {
            None => ("", payload),
            Some(name) => (&**name, member(payload, name)?),
        };
        match list.as_bytes().first() {
            Some(b'[') => elements(list)
                .collect::<Result<_, _>>()
                .map_err(|fault| syntax(fault).into()),
            Some(b'{') => {
                self.read
                    .tolerate(DeviationKind::OBJECT_FOR_LIST, path, deviations)?;
                Ok(vec![list])
            }
            Some(b'n') => {
                self.read
                    .tolerate(DeviationKind::NULL_FOR_ABSENT, path, deviations)?;
                Ok(Vec::new())
            }
            _ => Err(Violation::new(
                path,
                Rule::Type {
                    expected: "a list of objects".to_owned(),
                    found: "something else",
                },
            )
            .into()),
        }
    }

    /// Reads the answer to a callback, of which the document says nothing: only an object with a
    /// code that does not mean success is a refusal.
    ///
    /// # Errors
    /// The refusal.
    pub fn open_acknowledgement(&self, text: &str) -> Result<(), Refusal> {
        let parts = match text.trim_start_matches('\u{feff}').trim() {
            object if object.starts_with('{') => self
                .parts(object, &mut Deviations::default())
                .unwrap_or_default(),
            _ => return Ok(()),
        };
        match parts.code {
            Some((_, code)) if !is(&self.reply.success, &code) => Err(Refusal::new(
                code.into(),
                parts.message.unwrap_or_default().1,
            )),
            _ => Ok(()),
        }
    }

    /// Seals a reply around the JSON text of its payload.
    pub fn seal_reply(&self, payload: &str) -> String {
        let Some(name) = &self.reply.payload else {
            return payload.to_owned();
        };
        let mut text = self.head(first(&self.reply.success), "ok");
        text.push(',');
        quote(name, &mut text);
        text.push(':');
        text.push_str(payload);
        text.push('}');
        text
    }

    /// Seals a reply that lists groups of piles around the JSON texts of its entries.
    pub fn seal_list<'a>(&self, entries: impl IntoIterator<Item = &'a str>) -> String {
        self.seal_array(list_of(entries))
    }

    /// Seals a reply around the JSON array of the groups.
    pub(crate) fn seal_array(&self, mut list: String) -> String {
        if let Some(name) = &self.reply.group_list {
            let mut quoted = String::new();
            quote(name, &mut quoted);
            list = format!("{{{quoted}:{list}}}");
        }
        self.seal_reply(&list)
    }

    /// Seals a refusal: code and message. A refusal without a code, or with one that means success,
    /// is written with code 1.
    pub fn seal_refusal(&self, refusal: &Refusal) -> String {
        let code = refusal
            .code
            .as_deref()
            .filter(|code| !code.is_empty() && !is(&self.reply.success, code));
        self.head(code.unwrap_or("1"), &refusal.message) + "}"
    }

    /// Seals the answer to a callback that was taken: a code that means success, and a message.
    pub fn seal_acknowledgement(&self) -> String {
        self.head(first(&self.reply.success), "ok") + "}"
    }

    /// Code and message, and no closing brace.
    fn head(&self, code: &str, message: &str) -> String {
        let mut text = String::from("{");
        quote(first(&self.reply.codes), &mut text);
        text.push(':');
        // Digits are a number, unless a leading zero makes them text.
        match code.parse::<u32>() {
            Ok(number) if number.to_string() == code => text.push_str(code),
            _ => quote(code, &mut text),
        }
        text.push(',');
        quote(first(&self.reply.messages), &mut text);
        text.push(':');
        quote(message, &mut text);
        text
    }

    fn refusal(&self, parts: &Parts<'_>) -> Result<(), ReplyError> {
        let (_, message) = parts.message.clone().unwrap_or_default();
        match &parts.code {
            Some((_, code)) if is(&self.reply.success, code) => Ok(()),
            Some((_, code)) => Err(ReplyError::Refused(Refusal::new(code.into(), message))),
            None if !message.is_empty() && parts.payload.is_none() && !parts.more => {
                Err(ReplyError::Refused(Refusal::message(message)))
            }
            None => Ok(()),
        }
    }

    fn parts<'a>(
        &self,
        text: &'a str,
        deviations: &mut Deviations,
    ) -> Result<Parts<'a>, Violation> {
        let shape = &self.reply;
        let mut parts = Parts::default();
        for found in members(text) {
            let (name, value) = found.map_err(syntax)?;
            let name = name.decode();
            let twice = if let Some(rank) = rank(&shape.codes, &name) {
                scalar(value).is_some_and(|code| set(&mut parts.code, rank, code))
            } else if let Some(rank) = rank(&shape.messages, &name) {
                scalar(value).is_some_and(|message| set(&mut parts.message, rank, message))
            } else if shape
                .payload
                .as_deref()
                .is_some_and(|payload| payload.eq_ignore_ascii_case(&name))
            {
                value != "null" && set(&mut parts.payload, 0, value)
            } else {
                parts.more = true;
                if shape.payload.is_some() {
                    self.read
                        .tolerate(DeviationKind::UNKNOWN_FIELD, &name, deviations)?;
                }
                false
            };
            if twice {
                return Err(Violation::new(name, Rule::Duplicate));
            }
        }
        Ok(parts)
    }

    /// The text behind the byte order mark that some platforms write first, and behind white space.
    fn without_mark<'a>(
        &self,
        text: &'a str,
        deviations: &mut Deviations,
    ) -> Result<&'a str, Violation> {
        let Some(behind) = text.strip_prefix('\u{feff}') else {
            return Ok(text.trim());
        };
        self.read
            .tolerate(DeviationKind::BYTE_ORDER_MARK, "", deviations)?;
        Ok(behind.trim())
    }
}

/// Fills a slot unless a name of higher rank has; whether the same name has.
fn set<T>(slot: &mut Option<(usize, T)>, rank: usize, value: T) -> bool {
    match slot {
        Some((filled, _)) if *filled <= rank => *filled == rank,
        _ => {
            *slot = Some((rank, value));
            false
        }
    }
}

fn rank(names: &[Name], name: &str) -> Option<usize> {
    names
        .iter()
        .position(|known| known.eq_ignore_ascii_case(name))
}

/// The JSON array of these entries.
pub(crate) fn list_of<'a>(entries: impl IntoIterator<Item = &'a str>) -> String {
    let mut list = String::from("[");
    for (index, entry) in entries.into_iter().enumerate() {
        if index > 0 {
            list.push(',');
        }
        list.push_str(entry);
    }
    list.push(']');
    list
}

/// The first of the names; a configuration without any still writes something.
fn first(names: &[Name]) -> &str {
    names.first().map_or("0", |name| name)
}

/// Text, number, true or false as text; `None` for null, objects and lists.
fn scalar(value: &str) -> Option<String> {
    match value.as_bytes().first()? {
        b'"' => Some(Lexer::new(value).string().ok()?.decode().trim().to_owned()),
        b'n' | b'{' | b'[' => None,
        _ => Some(value.to_owned()),
    }
}

/// The member `name` of the object `text`.
fn member<'a>(text: &'a str, name: &str) -> Result<&'a str, Violation> {
    for found in members(text) {
        let (key, value) = found.map_err(syntax)?;
        if key.decode().eq_ignore_ascii_case(name) {
            return Ok(value);
        }
    }
    Err(Violation::new(name, Rule::Missing))
}

/// `text`, if it is one JSON value.
fn whole(text: &str) -> Result<&str, Violation> {
    let mut lexer = Lexer::new(text);
    lexer
        .value()
        .and_then(|value| lexer.end().map(|()| value))
        .map_err(syntax)
}

fn syntax(fault: Fault) -> Violation {
    Violation::new(
        "",
        Rule::Syntax {
            problem: fault.to_string(),
        },
    )
}

#[cfg(test)]
mod tests;
