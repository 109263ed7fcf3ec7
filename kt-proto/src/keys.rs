//! The key of one direction: seals a text for a day, opens what the peer sealed (chapter 1, section
//! 2).
mod first_field;
#[cfg(test)]
mod tests;

pub use first_field::plausible;

use crate::{
    charset::{self, Charset, Unmappable},
    dates::{around, vector},
    tdes::{Block, Tdes, pad, padding, xor},
};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use park_core::Date;
use std::{fmt, sync::Arc};

/// A compiled key (密钥) and the character set in which it seals. Cheap to clone; never printed,
/// wiped from memory with the last clone.
///
/// ```
/// # use kt_proto::{DateWindow, Keys};
/// let keys = Keys::new("693207DB8148FBC9D8410179")?;
/// let sealed = keys.seal(r#"{"parkCode":"1","plateNo":"京A11113"}"#, "2019-02-25".parse()?)?;
/// assert_eq!(sealed, "0edFaLw+X+9J2LHbzKQa0zo3RGmHII0JXoSLu19d+/pvYydg1qZV5A==");
/// let days = DateWindow::default().candidates("2019-02-25 23:59:59".parse()?);
/// assert_eq!(keys.open(&sealed, days, &["parkCode", "plateNo"])?.text, r#"{"parkCode":"1","plateNo":"京A11113"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Keys {
    cipher: Arc<Tdes>,
    charset: Charset,
}

/// What came out of a sealed text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened {
    /// The text.
    pub text: String,
    /// The day it was sealed with.
    pub date: Date,
    /// Whether no other of the days in question is possible too, and the first field is one of
    /// those expected. If not, the likeliest day was taken; at worst up to three characters among
    /// the first eight are not the sender's, in a field that is not of this interface.
    pub confirmed: bool,
    /// Whether the Base64 was wrapped, in its URL form, without padding, or with blanks for `+`.
    pub repaired: bool,
}

impl fmt::Debug for Opened {
    /// Without the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({}, {} bytes)", self.date, self.text.len())
    }
}

/// A key that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key has 24 bytes, its characters as they were given out (not decoded from hexadecimal or \
        Base64); this one has {found}"
)]
pub struct KeyError {
    /// How many bytes there were.
    pub found: usize,
}

/// A text that cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A character that the character set does not have.
    #[error(
        "character {place} of the text (from 0) is not in {charset}; replace it, or agree with the \
            peer on a larger character set (Keys::charset)"
    )]
    Unmappable {
        /// Which character of the text, counted from 0.
        place: usize,
        /// The character set.
        charset: Charset,
    },
}

/// Why a sealed text cannot be opened. For the log of the one who opens: a peer that is told which
/// can probe for the plaintext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Other characters than Base64's.
    #[error("data is not Base64")]
    Base64,
    /// Nothing, or no whole number of blocks.
    #[error("data has {bytes} bytes, which is no multiple of 8: cut off, or not sealed with 3DES")]
    Length {
        /// How many bytes the Base64 stands for.
        bytes: usize,
    },
    /// The padding is wrong.
    #[error(
        "data cannot be opened with this key: the peer uses another (each direction has its own), \
            or data was damaged"
    )]
    Key,
    /// The bytes are no text.
    #[error("data opens to something other than GB2312, GBK or GB18030 text{}",
        if *.utf8 { " (it is UTF-8: tell the peer)" } else { ": another key, or damaged" })]
    Charset {
        /// Whether they are UTF-8.
        utf8: bool,
    },
    /// The text is no JSON object.
    #[error("data opens to a text that is no JSON object")]
    Json,
    /// Sealed on none of the days in question.
    #[error("data was sealed {}, which is not a day to be expected now: a wrong clock or time \
        zone, or an old message", Sealed(*.sealed))]
    Date {
        /// The day it was sealed with, if that could be found out.
        sealed: Option<Date>,
    },
}

struct Sealed(Option<Date>);

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(date) => write!(f, "with the date {date}"),
            None => f.write_str("with another date"),
        }
    }
}

impl Keys {
    /// The 24 characters of a key, as bytes.
    ///
    /// # Errors
    /// Another number of bytes.
    pub fn new(key: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let key = key.as_ref();
        let bytes = key.try_into().map_err(|_| KeyError { found: key.len() })?;
        Ok(Self {
            cipher: Arc::new(Tdes::new(bytes)),
            charset: Charset::default(),
        })
    }

    /// The same key, sealing in another character set. Opening reads all of them.
    #[must_use]
    pub fn charset(self, charset: Charset) -> Self {
        Self { charset, ..self }
    }

    /// Seals `text` with the day `date` in China, as Base64.
    ///
    /// # Errors
    /// A character that the character set does not have.
    pub fn seal(&self, text: &str, date: Date) -> Result<String, SealError> {
        Ok(BASE64_STANDARD.encode(self.encrypt(text, date)?))
    }

    /// Seals `text` as the body of a request, `{"data":".."}`.
    ///
    /// # Errors
    /// As [`Keys::seal`].
    pub fn seal_request(&self, text: &str, date: Date) -> Result<String, SealError> {
        let bytes = self.encrypt(text, date)?;
        let mut body = String::with_capacity(bytes.len().div_ceil(3) * 4 + r#"{"data":""}"#.len());
        body.push_str(r#"{"data":""#);
        BASE64_STANDARD.encode_string(bytes, &mut body);
        body.push_str(r#""}"#);
        Ok(body)
    }

    fn encrypt(&self, text: &str, date: Date) -> Result<Vec<u8>, SealError> {
        let mut bytes =
            self.charset
                .encode(text)
                .map_err(|Unmappable(place)| SealError::Unmappable {
                    place,
                    charset: self.charset,
                })?;
        pad(&mut bytes);
        let (blocks, _) = bytes.as_chunks_mut();
        self.cipher.encrypt(vector(date), blocks);
        Ok(bytes)
    }

    /// Opens a JSON object that was sealed on one of `dates`, the likeliest first.
    ///
    /// A wrong day damages nothing but up to three of the first eight characters, so the text alone
    /// does not show it: the name of its first field does, which has to be one of `fields`, those
    /// of the interface. A first field that the interface does not have is accepted, unless another
    /// day turns it into one that it has: then that day is told in the error.
    ///
    /// # Errors
    /// [`OpenError`], which never holds a part of the key or the text.
    pub fn open(
        &self,
        data: &str,
        dates: impl IntoIterator<Item = Date>,
        fields: &[&str],
    ) -> Result<Opened, OpenError> {
        let mut plain = self.decrypt(data)?;
        let mut dates = dates.into_iter().peekable();
        let likeliest = dates.peek().copied();
        match plain.search(dates, |text| plausible(text, fields)) {
            Err(OpenError::Date { .. }) => {}
            result => return result,
        }
        let likeliest = likeliest.ok_or(OpenError::Date { sealed: None })?;
        match plain.day_near(likeliest, fields) {
            None => plain
                .search([likeliest], first_field::is_object)
                .map(|opened| Opened {
                    confirmed: false,
                    ..opened
                }),
            sealed => Err(OpenError::Date { sealed }),
        }
    }

    /// Opens a text that was sealed on the first of `dates` with which `accept` takes it. JSON is
    /// not enough to go by, see [`Keys::open`].
    ///
    /// # Errors
    /// As [`Keys::open`]; [`OpenError::Date`] if `accept` took none.
    pub fn open_with(
        &self,
        data: &str,
        dates: impl IntoIterator<Item = Date>,
        accept: impl Fn(&str) -> bool,
    ) -> Result<Opened, OpenError> {
        self.decrypt(data)?.search(dates, accept)
    }

    fn decrypt(&self, data: &str) -> Result<Plain, OpenError> {
        let (mut bytes, repaired) = read_base64(data).ok_or(OpenError::Base64)?;
        let length = OpenError::Length { bytes: bytes.len() };
        let (blocks, rest) = bytes.as_chunks_mut();
        if !rest.is_empty() {
            return Err(length);
        }
        let nobody_s = Block::default();
        self.cipher.decrypt(nobody_s, blocks);
        let first = *blocks.first().ok_or(length)?;
        Ok(Plain {
            bytes,
            first,
            repaired,
        })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(***)")
    }
}

/// How many days before and after the likeliest are tried to tell the day of a stale message: more
/// than ten years.
const STALE: u64 = 4000;

/// How many bytes of a message hold the name of its first field, with the white space before it.
const BEGINNING: usize = 64;

/// A decrypted text whose first block still lacks its date.
struct Plain {
    bytes: Vec<u8>,
    first: Block,
    repaired: bool,
}

impl Plain {
    /// The text if it was sealed on `date`.
    fn at(&mut self, date: Date) -> Result<String, OpenError> {
        let opened = xor(self.first, vector(date));
        self.bytes[..8].copy_from_slice(&opened);
        let (blocks, _) = self.bytes.as_chunks();
        let Some(count) = blocks.last().and_then(padding) else {
            // In a single block a wrong date damages the padding too, but in this century not the
            // first two characters.
            let short = blocks.len() == 1 && matches!(opened, [b'{', b'}' | b'"' | b' ', ..]);
            return Err(if short {
                OpenError::Date { sealed: None }
            } else {
                OpenError::Key
            });
        };
        let bytes = &self.bytes[..self.bytes.len() - count];
        let text = charset::decode(bytes).filter(|_| !charset::is_utf8(bytes));
        text.ok_or_else(|| OpenError::Charset {
            utf8: std::str::from_utf8(bytes).is_ok(),
        })
    }

    /// The text at the first of `dates` that `accept` takes, or what is wrong at the first of them.
    fn search(
        &mut self,
        dates: impl IntoIterator<Item = Date>,
        accept: impl Fn(&str) -> bool,
    ) -> Result<Opened, OpenError> {
        let mut result = Err(None);
        for date in dates {
            let fault = match self.at(date) {
                Ok(text) if accept(&text) => match result {
                    Ok(first) => {
                        return Ok(Opened {
                            confirmed: false,
                            ..first
                        });
                    }
                    Err(_) => {
                        let repaired = self.repaired;
                        result = Ok(Opened {
                            text,
                            date,
                            confirmed: true,
                            repaired,
                        });
                        continue;
                    }
                },
                Ok(text) if !first_field::may_be_object(&text) => OpenError::Json,
                Ok(_) => OpenError::Date { sealed: None },
                Err(fault) => fault,
            };
            if let Err(first) = &mut result {
                first.get_or_insert(fault);
            }
        }
        result.map_err(|fault| fault.unwrap_or(OpenError::Date { sealed: None }))
    }

    /// The day nearest to `likeliest` on which the text begins with one of `fields`. Only where no
    /// day in question does.
    fn day_near(&mut self, likeliest: Date, fields: &[&str]) -> Option<Date> {
        // The beginning is enough to rule out nearly every day, however long the message is.
        let mut beginning = self.bytes[..self.bytes.len().min(BEGINNING)].to_vec();
        around(likeliest, STALE).find(|date| {
            beginning[..8].copy_from_slice(&xor(self.first, vector(*date)));
            first_field::may_begin_with(&beginning, fields)
                && self.at(*date).is_ok_and(|text| plausible(&text, fields))
        })
    }
}

/// Base64 in its proper form, or wrapped, URL-safe, unpadded, or with its `+` decoded to blanks on
/// the way; and whether it was one of these.
fn read_base64(data: &str) -> Option<(Vec<u8>, bool)> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    if let Ok(bytes) = BASE64_STANDARD.decode(data) {
        return Some((bytes, false));
    }
    let mend = |data: &str| {
        let bytes = data
            .bytes()
            .filter(|byte| !matches!(byte, b'\r' | b'\n' | b'\t'));
        let text: Vec<u8> = bytes
            .map(|byte| match byte {
                b' ' | b'-' => b'+',
                b'_' => b'/',
                byte => byte,
            })
            .collect();
        LENIENT
            .decode(text)
            .ok()
            .filter(|bytes| bytes.len() % 8 == 0)
    };
    // A blank at either end is a `+` first, and white space if that does not fit.
    let bytes = mend(data).or_else(|| mend(data.trim()))?;
    Some((bytes, true))
}
