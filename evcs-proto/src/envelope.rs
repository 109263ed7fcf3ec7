//! The envelopes of Tables B.25 and B.26: `{OperatorID, Data, TimeStamp, Seq, Sig}` and
//! `{Ret, Msg, Data, Sig}`.
//!
//! Reading goes in three steps that cannot be swapped: [`read_request`] takes the parts from the
//! text, [`Request::verify`] checks the signature over them as they came, and only what it returns
//! can be opened.
mod seal;
mod verified;

pub use seal::{seal_reply, seal_request};
pub use verified::Verified;

use crate::{Keys, code::Ret, sequence::read_timestamp};
use base64::{
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use park_core::{
    DeviationKind, Deviations, Rule, Rules, Timestamp, Violation,
    json::{
        envelope::{missing, name_of, once, read, syntax, without_mark},
        lexer::{self, Fault, Lexer, Str},
    },
};
use std::{borrow::Cow, fmt};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// Base64 as peers write it: with or without `=` at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How messages are sealed for a peer. The default is the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Form {
    /// Data is readable JSON in place of encrypted text. TLS and the signature are then all that
    /// protects it.
    pub plain_data: bool,
    /// Sig in small letters.
    pub lower_case_signature: bool,
    /// Zero bytes in place of PKCS#7.
    pub zero_padding: bool,
}

/// What of a peer is opened although the document has it otherwise. The default is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Accept {
    /// Data may be readable JSON.
    pub plain_data: bool,
    /// Data may be padded with zero bytes, and may have bytes behind its last `}`.
    pub zero_padding: bool,
    /// A reply may come without Sig. Whoever is on the line can then write it.
    pub unsigned_replies: bool,
}

/// Why a message could not be opened. The same for a wrong key and wrong padding, so that nobody
/// learns one from the other.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A part of the envelope is missing or cannot be read.
    #[error("the envelope breaks the document's rules: {0}")]
    Envelope(#[source] Violation),
    /// The signature is not the sender's.
    #[error(
        "Sig does not belong to the message (签名错误): is SigSecret the one of this direction?"
    )]
    Signature,
    /// A signature belongs there.
    #[error("there is no Sig (缺少签名)")]
    Unsigned,
    /// Data is not what it has to be, before any key is used.
    #[error("Data is not Base64 of whole blocks: cut short on the way?")]
    Base64,
    /// Data does not decrypt to JSON.
    #[error(
        "Data cannot be decrypted to JSON: are DataSecret and DataSecretIV those of this direction?"
    )]
    Sealed,
    /// Data is readable, and this peer's must not be.
    #[error("Data is not encrypted; if this peer does so, Accept::plain_data has to allow it")]
    Plain,
}

/// The Data of a message as it came.
#[derive(Clone, PartialEq, Eq)]
enum Data<'a> {
    /// A JSON string.
    Text(Cow<'a, str>),
    /// An object or list.
    Json(&'a str),
}

impl Data<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Json(text) => text,
        }
    }
}

/// A request's envelope as it came, not trusted yet (消息主体), Table B.25.
pub struct Request<'a> {
    /// Who says to have sent it (运营商标识).
    pub operator_id: Cow<'a, str>,
    /// When it says to have been made.
    pub moment: Timestamp,
    /// Seq as it came (自增序列).
    pub seq: Cow<'a, str>,
    timestamp: Cow<'a, str>,
    data: Data<'a>,
    sig: Cow<'a, str>,
}

/// A reply's envelope as it came, not trusted yet, B.3.4.2.
pub struct Reply<'a> {
    /// How the call ended (返回值).
    pub ret: Ret,
    /// The text to it (返回信息).
    pub msg: String,
    data: Option<Data<'a>>,
    sig: Option<Cow<'a, str>>,
}

fn hex(mac: [u8; 16], lower_case: bool) -> [u8; 32] {
    let digits = if lower_case {
        b"0123456789abcdef"
    } else {
        b"0123456789ABCDEF"
    };
    let mut text = [0; 32];
    for (pair, byte) in text.chunks_exact_mut(2).zip(mac) {
        pair[0] = digits[usize::from(byte >> 4)];
        pair[1] = digits[usize::from(byte & 15)];
    }
    text
}

/// Takes the five parts from the text of a request.
///
/// # Errors
/// Text that is not JSON, a part that is missing or cannot be read (4003).
pub fn read_request<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Request<'a>, Violation> {
    let [operator_id, data, timestamp, seq, sig] = parts(
        text,
        ["OperatorID", "Data", "TimeStamp", "Seq", "Sig"],
        rules,
        deviations,
    )?;
    let mut given = |part: Option<Part<'a>>, key| {
        let text = part
            .ok_or_else(|| missing(key))?
            .text(key, rules, deviations)?;
        text.filter(|text| !text.is_empty())
            .ok_or_else(|| missing(key))
    };
    let operator_id = given(operator_id, "OperatorID")?;
    let timestamp = given(timestamp, "TimeStamp")?;
    let seq = given(seq, "Seq")?;
    let sig = given(sig, "Sig")?;
    let data = data
        .map_or(Ok(None), Part::data)?
        .ok_or_else(|| missing("Data"))?;
    let Some((moment, other)) = read_timestamp(&timestamp) else {
        let rule = Rule::Type {
            expected: "yyyyMMddHHmmss".to_owned(),
            found: "other text",
        };
        return Err(Violation::new("TimeStamp", rule));
    };
    if other {
        rules.tolerate(DeviationKind::TIME_STYLE, "TimeStamp", deviations)?;
    }
    if seq.len() != 4 || !seq.bytes().all(|byte| byte.is_ascii_digit()) {
        rules.tolerate(crate::deviation::SEQUENCE_STYLE, "Seq", deviations)?;
    }
    Ok(Request {
        operator_id,
        moment,
        seq,
        timestamp,
        data,
        sig,
    })
}

/// Takes the parts from the text of a reply. Data and Sig may be absent, null or empty: a refusal
/// often has neither.
///
/// # Errors
/// Text that is not JSON, no Ret, a part that cannot be read.
pub fn read_reply<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Reply<'a>, Violation> {
    let [ret, msg, data, sig] = parts(text, ["Ret", "Msg", "Data", "Sig"], rules, deviations)?;
    let ret = ret.ok_or_else(|| missing("Ret"))?.json;
    // Nearly always a plain number, for which the decoder need not be set up.
    let ret = ret.parse().map_or_else(
        |_| read("Ret", ret, rules, deviations),
        |number| Ok(Ret(number)),
    )?;
    let mut text_of = |key, part: Option<Part<'a>>| {
        part.map_or(Ok(None), |part| part.text(key, rules, deviations))
    };
    Ok(Reply {
        ret,
        msg: text_of("Msg", msg)?.unwrap_or_default().into_owned(),
        sig: text_of("Sig", sig)?.filter(|sig| !sig.is_empty()),
        data: data.map_or(Ok(None), Part::data)?,
    })
}

/// The members called `names`, each at most once.
fn parts<'a, const N: usize>(
    text: &'a str,
    names: [&'static str; N],
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<[Option<Part<'a>>; N], Violation> {
    let mut parts = [None; N];
    let mut members = lexer::members(without_mark(text, rules, deviations)?);
    while let Some(member) = members.next_by(Part::read) {
        let (key, part) = member.map_err(syntax)?;
        let place = |key| names.iter().position(|name| *name == key);
        let place = match key.plain().and_then(place) {
            None => place(name_of(&key.decode(), &names, rules, deviations)?),
            exact => exact,
        };
        if let Some(place) = place {
            once(&mut parts[place], names[place], part)?;
        }
    }
    Ok(parts)
}

/// The value of one member as it stands in the text, and the string if it is one. Data is nearly
/// all of a message, so it is scanned once.
#[derive(Clone, Copy)]
struct Part<'a> {
    json: &'a str,
    text: Option<Str<'a>>,
}

impl<'a> Part<'a> {
    fn read(lexer: &mut Lexer<'a>) -> Result<Self, Fault> {
        let quoted = lexer.peek() == b'"';
        let start = lexer.at();
        let text = if quoted {
            Some(lexer.string()?)
        } else {
            lexer.value()?;
            None
        };
        let json = &lexer.text()[start..lexer.at()];
        Ok(Self { json, text })
    }

    /// The text of the member `key`; `None` for null.
    fn text(
        self,
        key: &str,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<Option<Cow<'a, str>>, Violation> {
        match self.text {
            Some(text) => Ok(Some(text.decode())),
            None => read::<Option<String>>(key, self.json, rules, deviations)
                .map(|text| text.map(Cow::Owned)),
        }
    }

    fn data(self) -> Result<Option<Data<'a>>, Violation> {
        match (self.text, self.json.as_bytes().first()) {
            (Some(text), _) => Ok(Some(text.decode())
                .filter(|text| !text.is_empty())
                .map(Data::Text)),
            (None, Some(b'{' | b'[')) => Ok(Some(Data::Json(self.json))),
            _ if self.json == "null" => Ok(None),
            _ => Err(Violation::new(
                "Data",
                Rule::Type {
                    expected: "Base64 text".to_owned(),
                    found: "something else",
                },
            )),
        }
    }
}

impl<'a> Request<'a> {
    /// Checks the signature over the parts as they came.
    ///
    /// # Errors
    /// [`OpenError::Signature`]; under strict rules also one in small letters.
    pub fn verify(
        self,
        keys: &Keys,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<Verified<'a>, OpenError> {
        let mac = keys.sign(&[
            &self.operator_id,
            self.data.as_str(),
            &self.timestamp,
            &self.seq,
        ]);
        check_sig(&self.sig, mac, rules, deviations)?;
        Ok(Verified {
            data: self.data,
            mac,
        })
    }
}

impl<'a> Reply<'a> {
    /// Whether it has a signature, and that is the sender's.
    pub fn is_signed(&self, keys: &Keys) -> bool {
        self.sig
            .as_ref()
            .is_some_and(|sig| matches_mac(sig, self.mac(keys)))
    }

    fn mac(&self, keys: &Keys) -> [u8; 16] {
        let data = self.data.as_ref().map_or("", Data::as_str);
        keys.sign(&[&self.ret.0.to_string(), &self.msg, data])
    }

    /// Checks the signature over the parts as they came. `None` if there is no Data to open.
    ///
    /// # Errors
    /// [`OpenError::Signature`], [`OpenError::Unsigned`]; under strict rules also a signature in
    /// small letters.
    pub fn verify(
        self,
        keys: &Keys,
        accept: Accept,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<Option<Verified<'a>>, OpenError> {
        let mac = self.mac(keys);
        match &self.sig {
            Some(sig) => check_sig(sig, mac, rules, deviations)?,
            None if accept.unsigned_replies => rules
                .tolerate(crate::deviation::UNSIGNED, "Sig", deviations)
                .map_err(OpenError::Envelope)?,
            None => return Err(OpenError::Unsigned),
        }
        Ok(self.data.map(|data| Verified { data, mac }))
    }
}

fn check_sig(
    sig: &str,
    mac: [u8; 16],
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<(), OpenError> {
    if !matches_mac(sig, mac) {
        return Err(OpenError::Signature);
    }
    if sig.bytes().any(|byte| byte.is_ascii_lowercase()) {
        rules
            .tolerate(crate::deviation::LOWER_CASE_SIGNATURE, "Sig", deviations)
            .map_err(OpenError::Envelope)?;
    }
    Ok(())
}

/// Whether `sig` is `mac` in hexadecimal, by any capitals. The time taken does not depend on the
/// digits.
fn matches_mac(sig: &str, mac: [u8; 16]) -> bool {
    let sig = sig.trim().as_bytes();
    let Ok(mut sig) = <[u8; 32]>::try_from(sig) else {
        return false;
    };
    sig.make_ascii_uppercase();
    let differs = sig
        .iter()
        .zip(hex(mac, false))
        .fold(0, |differs, (one, other)| differs | (one ^ other));
    differs.ct_eq(&0).into()
}

macro_rules! silent {
    ($($type:ident)*) => {$(
        impl fmt::Debug for $type<'_> {
            /// Without the message, which may hold a token.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($type))
            }
        }
    )*};
}
silent!(Request Reply Verified);
