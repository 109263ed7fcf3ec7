//! One lexer over JSON text (RFC 8259), shared by the tolerant decoder and the canonical form.
//!
//! It borrows everything from the text and keeps number literals as they are written. Whoever drives it
//! says what may come next; [`Lexer::value`] skips a whole value with the full grammar checked.

use std::borrow::Cow;
use std::fmt;

/// How many arrays and objects may be open at the same time.
pub const MAX_DEPTH: usize = 128;

/// What is wrong with a JSON text, and where. It never carries a piece of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Offset in bytes from the start of the text that was given to the lexer.
    pub at: usize,
    /// The kind of mistake.
    pub what: What,
}

/// The kinds of mistakes in a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// The text ends inside a value.
    End,
    /// A character that the grammar does not allow at this place.
    Unexpected,
    /// A raw control character (below U+0020) inside a string.
    Control,
    /// An unknown escape, or `\u` without four hexadecimal digits.
    Escape,
    /// Half a surrogate pair: no character at all.
    Surrogate,
    /// A number that JSON does not allow, for instance `01`, `1.` or `-`.
    Number,
    /// A bare word other than `true`, `false` and `null`.
    Word,
    /// More than [`MAX_DEPTH`] arrays and objects inside each other.
    Deep,
    /// A key that the same object already has.
    DuplicateKey,
    /// Something other than white space after the value.
    Trailing,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::End => "unexpected end of the text",
            Self::Unexpected => "unexpected character",
            Self::Control => "raw control character in a string",
            Self::Escape => "wrong escape in a string",
            Self::Surrogate => "half a surrogate pair in a string",
            Self::Number => "malformed number",
            Self::Word => "unknown word",
            Self::Deep => "nested too deeply",
            Self::DuplicateKey => "key occurs twice in the same object",
            Self::Trailing => "something follows the value",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.what, self.at)
    }
}

impl std::error::Error for Fault {}

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

    #[cold]
    fn unescaped(self) -> String {
        let mut value = String::with_capacity(self.raw.len());
        let mut rest = self.raw;
        while let Some(run) = rest.find('\\') {
            let (c, len) =
                unescape(&rest.as_bytes()[run..]).expect("the lexer checked every escape");
            value.push_str(&rest[..run]);
            value.push(c);
            rest = &rest[run + len..];
        }
        value.push_str(rest);
        value
    }
}

/// The character that an escape stands for, and the length of the escape. `rest` begins with the backslash.
pub(crate) fn unescape(rest: &[u8]) -> Result<(char, usize), What> {
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
    /// A NUL in the text also gives 0. No token begins with it, so [`Lexer::unexpected`] tells the two apart.
    #[inline]
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
    #[inline]
    pub fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek() != byte || self.at == self.text.len() {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(())
    }

    /// Skips white space and reads a string.
    #[inline]
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
            let what = if at == bytes.len() {
                What::End
            } else {
                What::Number
            };
            return Err(Fault {
                at: if what == What::End { at } else { start },
                what,
            });
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

    /// Reads a string, number or word and returns whether there was one; false before `{`, `[` and everything else.
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

    /// Skips one complete value, whose grammar is checked, and returns its text without the white space around it.
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
            // A value is complete: close what ends here, and stop at the next comma or at the outermost end.
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
    #[inline]
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

/// The members of the object that is the whole of `text`: key, and the slice of the value.
///
/// Each value is checked but not decoded. The iterator ends after the first fault; offsets count from the
/// start of `text`. Duplicate keys come out as they stand.
pub fn members(text: &str) -> Members<'_> {
    Members(Items::new(text, b'{', b'}'))
}

/// The elements of the array that is the whole of `text`, as slices.
///
/// Each element is checked but not decoded. The iterator ends after the first fault; offsets count from the
/// start of `text`.
pub fn elements(text: &str) -> Elements<'_> {
    Elements(Items::new(text, b'[', b']'))
}

/// Iterator over the members of an object, made by [`members`].
#[derive(Debug, Clone)]
pub struct Members<'a>(Items<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = Result<(Str<'a>, &'a str), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(|lexer| Ok((lexer.key()?, lexer.value()?)))
    }
}

/// Iterator over the elements of an array, made by [`elements`].
#[derive(Debug, Clone)]
pub struct Elements<'a>(Items<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = Result<&'a str, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(Lexer::value)
    }
}

/// What objects and arrays have in common.
#[derive(Debug, Clone)]
struct Items<'a> {
    lexer: Lexer<'a>,
    open: u8,
    close: u8,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    Within,
    Over,
}

impl<'a> Items<'a> {
    fn new(text: &'a str, open: u8, close: u8) -> Self {
        Self {
            lexer: Lexer::new(text),
            open,
            close,
            state: State::Before,
        }
    }

    fn next<T>(
        &mut self,
        read: impl FnOnce(&mut Lexer<'a>) -> Result<T, Fault>,
    ) -> Option<Result<T, Fault>> {
        let item = match self.separator() {
            Ok(true) => read(&mut self.lexer),
            Ok(false) => return None,
            Err(fault) => Err(fault),
        };
        if item.is_err() {
            self.state = State::Over;
        }
        Some(item)
    }

    /// Reads what stands before the next item; false if there is none.
    fn separator(&mut self) -> Result<bool, Fault> {
        let before = std::mem::replace(&mut self.state, State::Within);
        let next = self.lexer.peek();
        match before {
            State::Before if next == self.open => {
                self.lexer.enter()?;
                if self.lexer.peek() != self.close {
                    return Ok(true);
                }
            }
            State::Within if next == b',' => {
                self.lexer.at += 1;
                return Ok(true);
            }
            State::Within if next == self.close => {}
            State::Over => {
                self.state = State::Over;
                return Ok(false);
            }
            _ => return Err(self.lexer.unexpected()),
        }
        self.lexer.leave();
        self.state = State::Over;
        self.lexer.end().map(|()| false)
    }
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// The first byte at or after `at` that ends a plain stretch of a string: quote, backslash or control character;
/// the length of the text if there is none.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    // Eight bytes at a time: the high bit of a byte is set in `found` where the byte is special. A borrow may
    // set wrong bits, but only above a right one, and the lowest counts.
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ ONES * u64::from(b'"');
        let slash = word ^ ONES * u64::from(b'\\');
        let found = (quote.wrapping_sub(ONES) & !quote
            | slash.wrapping_sub(ONES) & !slash
            | word.wrapping_sub(ONES * 0x20) & !word)
            & ONES << 7;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
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
