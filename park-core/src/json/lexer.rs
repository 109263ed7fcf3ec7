//! One lexer over JSON text (RFC 8259), shared by the tolerant decoder and the canonical form.
//!
//! It borrows everything from the text and keeps number literals as they are written. Whoever
//! drives it says what may come next; [`Lexer::value`] skips a whole value with the full grammar
//! checked.

mod fault;
mod items;

use std::borrow::Cow;

pub use fault::{Fault, What};
pub use items::{Elements, Members, elements, members};

/// How many arrays and objects may be open at the same time.
pub const MAX_DEPTH: usize = 128;

/// A string as it stands in the text, known to be well-formed.
#[derive(Debug, Clone, Copy)]
pub struct Str<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Str<'a> {
    /// What stands between the quotes, escapes included.
    #[inline]
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// The value, if it contains no escapes.
    #[inline]
    pub fn plain(self) -> Option<&'a str> {
        (!self.escaped).then_some(self.raw)
    }

    /// The value; borrowed unless it contains escapes.
    #[inline]
    pub fn decode(self) -> Cow<'a, str> {
        if self.escaped {
            Cow::Owned(self.unescaped())
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    /// A string that a lexer has read before; `raw` is what [`Str::raw`] returned then.
    pub(super) fn checked(raw: &'a str) -> Self {
        Self {
            raw,
            escaped: raw.contains('\\'),
        }
    }

    #[cold]
    fn unescaped(self) -> String {
        let mut value = String::with_capacity(self.raw.len());
        let mut rest = self.raw;
        while let Some((plain, _, c, after)) = next_escape(rest) {
            value.push_str(plain);
            value.push(c);
            rest = after;
        }
        value.push_str(rest);
        value
    }
}

/// Splits a checked string at its first escape: what stands before it, the escape, the character it
/// stands for, and the rest.
pub(super) fn next_escape(raw: &str) -> Option<(&str, &str, char, &str)> {
    let (plain, rest) = raw.split_at(raw.find('\\')?);
    let (c, len) = unescape(rest.as_bytes()).expect("the lexer has checked every escape");
    let (escape, after) = rest.split_at(len);
    Some((plain, escape, c, after))
}

/// The character that an escape stands for, and the length of the escape. `rest` begins with the
/// backslash.
fn unescape(rest: &[u8]) -> Result<(char, usize), What> {
    let c = match rest.get(1).ok_or(What::End)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unicode(rest),
        _ => return Err(What::Escape),
    };
    Ok((c, 2))
}

/// `\uXXXX`, or two of them for a character beyond the basic plane.
fn unescape_unicode(rest: &[u8]) -> Result<(char, usize), What> {
    let high = hex4(&rest[2..])?;
    if let Some(c) = char::from_u32(high) {
        return Ok((c, 6));
    }
    let low = match rest[6..] {
        _ if high >= 0xdc00 => return Err(What::Surrogate),
        [] | [b'\\'] => return Err(What::End),
        [b'\\', b'u', ..] => hex4(&rest[8..])?,
        _ => return Err(What::Surrogate),
    };
    if !(0xdc00..0xe000).contains(&low) {
        return Err(What::Surrogate);
    }
    let c = char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
    Ok((c.ok_or(What::Surrogate)?, 12))
}

fn hex4(digits: &[u8]) -> Result<u32, What> {
    let mut code = 0;
    for at in 0..4 {
        let digit = char::from(*digits.get(at).ok_or(What::End)?);
        code = code << 4 | digit.to_digit(16).ok_or(What::Escape)?;
    }
    Ok(code)
}

/// Walks over a JSON text, one token at a time.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Lexer<'a> {
    /// Starts at the first byte of `text`.
    #[inline]
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    /// Offset of the next byte that has not been read.
    #[inline]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The whole text.
    #[inline]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Skips white space and returns the next byte without reading it; 0 at the end.
    ///
    /// A NUL in the text also gives 0. No token begins with it, so [`Lexer::unexpected`] tells the
    /// two apart.
    #[inline(always)]
    pub fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    /// Skips white space and reads `byte`.
    #[inline(always)]
    pub fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek() != byte || self.at == self.text.len() {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(())
    }

    /// Skips white space and reads a string.
    #[inline(always)]
    pub fn string(&mut self) -> Result<Str<'a>, Fault> {
        self.expect(b'"')?;
        let start = self.at;
        let end = plain_end(self.text.as_bytes(), start);
        let escaped = self.text.as_bytes().get(end) != Some(&b'"');
        let end = if escaped { self.escaped_end(end)? } else { end };
        self.at = end + 1;
        Ok(Str {
            raw: &self.text[start..end],
            escaped,
        })
    }

    /// The closing quote of a string whose first unusual byte stands at `at`.
    #[cold]
    fn escaped_end(&self, mut at: usize) -> Result<usize, Fault> {
        let bytes = self.text.as_bytes();
        loop {
            let what = match bytes.get(at) {
                Some(b'"') => return Ok(at),
                Some(b'\\') => match unescape(&bytes[at..]) {
                    Ok((_, len)) => {
                        at = plain_end(bytes, at + len);
                        continue;
                    }
                    Err(what) => what,
                },
                Some(_) => What::Control,
                None => What::End,
            };
            let at = if what == What::End { bytes.len() } else { at };
            return Err(Fault { at, what });
        }
    }

    /// Skips white space and reads a number; its literal is returned as it is written.
    ///
    /// What follows the number is not looked at: the next [`Lexer::expect`] does that.
    #[inline]
    pub fn number(&mut self) -> Result<&'a str, Fault> {
        self.peek();
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
        let whole = at;
        at = digits(bytes, at);
        let mut good = at == whole + 1 || at > whole && bytes[whole] != b'0';
        if let Some(b'.' | b'e' | b'E') = bytes.get(at) {
            (at, good) = fraction(bytes, at, good);
        }
        if !good {
            // After a digit the number is complete, and wrong; otherwise more of it could have
            // come.
            let cut =
                at == bytes.len() && !self.text[start..].ends_with(|c: char| c.is_ascii_digit());
            let (at, what) = if cut {
                (at, What::End)
            } else {
                (start, What::Number)
            };
            return Err(Fault { at, what });
        }
        self.at = at;
        Ok(&self.text[start..at])
    }

    /// Skips white space and reads the bare word `word` (`true`, `false` or `null`).
    #[inline]
    pub fn word(&mut self, word: &str) -> Result<(), Fault> {
        self.peek();
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        if word.as_bytes().starts_with(rest) {
            return Err(Fault {
                at: self.text.len(),
                what: What::End,
            });
        }
        Err(Fault {
            at: self.at,
            what: What::Word,
        })
    }

    /// Reads a string, number or word and returns whether there was one; false before `{`, `[` and
    /// everything else.
    #[inline]
    pub fn scalar(&mut self) -> Result<bool, Fault> {
        match self.peek() {
            b'"' => self.string().map(|_| true),
            b'-' | b'0'..=b'9' => self.number().map(|_| true),
            b't' => self.word("true").map(|()| true),
            b'f' => self.word("false").map(|()| true),
            b'n' => self.word("null").map(|()| true),
            _ => Ok(false),
        }
    }

    /// Skips one complete value, whose grammar is checked, and returns its text without the white
    /// space around it.
    pub fn value(&mut self) -> Result<&'a str, Fault> {
        self.peek();
        let start = self.at;
        let outer = self.depth;
        // One bit per open container: 1 for an object, 0 for an array.
        let mut objects = 0_u128;
        loop {
            if !self.scalar()? {
                let open = self.peek();
                let close = match open {
                    b'{' => b'}',
                    b'[' => b']',
                    _ => return Err(self.unexpected()),
                };
                self.enter()?;
                if self.peek() != close {
                    objects = objects << 1 | u128::from(open == b'{');
                    if open == b'{' {
                        self.key()?;
                    }
                    continue;
                }
                self.leave();
            }
            // A value is complete: close what ends here, and stop at the next comma or at the
            // outermost end.
            loop {
                if self.depth == outer {
                    return Ok(&self.text[start..self.at]);
                }
                let object = objects & 1 == 1;
                match self.peek() {
                    b',' => {
                        self.at += 1;
                        if object {
                            self.key()?;
                        }
                        break;
                    }
                    b'}' if object => self.leave(),
                    b']' if !object => self.leave(),
                    _ => return Err(self.unexpected()),
                }
                objects >>= 1;
            }
        }
    }

    /// Reads the opening `{` or `[` on which [`Lexer::peek`] stands.
    ///
    /// # Errors
    /// [`What::Deep`] when [`MAX_DEPTH`] are open already.
    #[inline]
    pub fn enter(&mut self) -> Result<(), Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault {
                at: self.at,
                what: What::Deep,
            });
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Reads the closing `}` or `]` on which [`Lexer::peek`] stands.
    #[inline]
    pub fn leave(&mut self) {
        debug_assert!(self.depth > 0, "leave without enter");
        self.depth -= 1;
        self.at += 1;
    }

    /// Skips white space and reads a key and the colon after it.
    #[inline(always)]
    pub fn key(&mut self) -> Result<Str<'a>, Fault> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// Checks that only white space remains.
    #[inline]
    pub fn end(&mut self) -> Result<(), Fault> {
        self.peek();
        if self.at < self.text.len() {
            return Err(Fault {
                at: self.at,
                what: What::Trailing,
            });
        }
        Ok(())
    }

    /// The fault of finding what stands here: a wrong character, or the end of the text.
    #[cold]
    pub fn unexpected(&self) -> Fault {
        let what = if self.at < self.text.len() {
            What::Unexpected
        } else {
            What::End
        };
        Fault { at: self.at, what }
    }
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// From how many bytes on a string counts as long. Most are shorter; encrypted data and pictures
/// are not.
const LONG: usize = 32;

/// Skips pieces of a long string in which nothing ends it; written so that the compiler can look at
/// all bytes of a piece at once.
#[inline(never)]
fn skip_long(bytes: &[u8], mut at: usize) -> usize {
    while let Some(piece) = bytes.get(at..).and_then(|rest| rest.first_chunk::<LONG>()) {
        // Bytes and no bools, which the compiler would take out of the vectors one by one.
        let special = |found, byte: &u8| {
            found | u8::from(*byte == b'"') | u8::from(*byte == b'\\') | u8::from(*byte < 0x20)
        };
        if piece.iter().fold(0, special) != 0 {
            break;
        }
        at += LONG;
    }
    at
}

/// The first byte at or after `at` that ends a plain stretch of a string: quote, backslash or
/// control character; the length of the text if there is none.
#[inline(always)]
pub(super) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    let start = at;
    // Eight bytes at a time: the high bit of a byte is set in `found` where the byte is special. A
    // borrow may set wrong bits, but only above a right one, and the lowest counts.
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * u64::from(b'"'));
        let slash = word ^ (ONES * u64::from(b'\\'));
        let found = (quote.wrapping_sub(ONES) & !quote
            | slash.wrapping_sub(ONES) & !slash
            | word.wrapping_sub(ONES * 0x20) & !word)
            & ONES << 7;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
        if at - start == LONG {
            at = skip_long(bytes, at);
        }
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < 0x20 {
            break;
        }
        at += 1;
    }
    at
}

/// The first byte at or after `at` that is no decimal digit.
#[inline]
fn digits(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// The end of the fraction and exponent at `at`, and whether the number is still well-formed.
fn fraction(bytes: &[u8], mut at: usize, mut good: bool) -> (usize, bool) {
    if bytes.get(at) == Some(&b'.') {
        let end = digits(bytes, at + 1);
        good &= end > at + 1;
        at = end;
    }
    if let Some(b'e' | b'E') = bytes.get(at)
        && good
    {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = digits(bytes, at + 1 + sign);
        good &= end > at + 1 + sign;
        at = end;
    }
    (at, good)
}

#[cfg(test)]
mod tests;
