//! Splits one object or array into slices, without decoding what they hold.

use super::{Fault, Lexer, Str};

/// The members of the object that is the whole of `text`: key, and the slice of the value.
///
/// Each value is checked but not decoded. The iterator ends after the first fault; offsets count
/// from the start of `text`. Duplicate keys come out as they stand.
pub fn members(text: &str) -> Members<'_> {
    Members(Items::new(text, b'{', b'}'))
}

/// The elements of the array that is the whole of `text`, as slices.
///
/// Each element is checked but not decoded. The iterator ends after the first fault; offsets count
/// from the start of `text`.
pub fn elements(text: &str) -> Elements<'_> {
    Elements(Items::new(text, b'[', b']'))
}

/// Iterator over the members of an object, made by [`members`].
#[derive(Debug, Clone)]
pub struct Members<'a>(Items<'a>);

impl<'a> Members<'a> {
    /// The next member, whose value `read` reads; it has to read exactly that.
    #[inline]
    pub fn next_by<T>(
        &mut self,
        read: impl FnOnce(&mut Lexer<'a>) -> Result<T, Fault>,
    ) -> Option<Result<(Str<'a>, T), Fault>> {
        self.next_by_key(|_, lexer| read(lexer))
    }

    /// The same, if how the value is read depends on the key.
    #[inline]
    pub fn next_by_key<T>(
        &mut self,
        read: impl FnOnce(Str<'a>, &mut Lexer<'a>) -> Result<T, Fault>,
    ) -> Option<Result<(Str<'a>, T), Fault>> {
        self.0.next(|lexer| {
            let key = lexer.key()?;
            Ok((key, read(key, lexer)?))
        })
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<(Str<'a>, &'a str), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_by(Lexer::value)
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

impl<'a> Lexer<'a> {
    /// Reads the opening `open`; false if `close` comes right behind it, which is then read too.
    #[inline]
    fn open(&mut self, open: u8, close: u8) -> Result<bool, Fault> {
        if self.peek() != open {
            return Err(self.unexpected());
        }
        self.enter()?;
        let more = self.peek() != close;
        if !more {
            self.leave();
        }
        Ok(more)
    }

    /// Reads what stands behind an item: a comma, or `close`, and then false.
    #[inline]
    fn more(&mut self, close: u8) -> Result<bool, Fault> {
        if self.peek() == close {
            self.leave();
            return Ok(false);
        }
        self.expect(b',').map(|()| true)
    }

    /// Reads the array that stands here, and returns the texts of its elements.
    ///
    /// # Errors
    /// The first mistake in it, and anything that is no array.
    pub fn list(&mut self) -> Result<Vec<&'a str>, Fault> {
        self.list_by(Self::value)
    }

    /// The same, each element read by `read`.
    pub(crate) fn list_by(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<&'a str, Fault>,
    ) -> Result<Vec<&'a str>, Fault> {
        let mut elements = Vec::new();
        let mut more = self.open(b'[', b']')?;
        while more {
            elements.push(read(self)?);
            more = self.more(b']')?;
        }
        Ok(elements)
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

    #[inline]
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
    #[inline]
    fn separator(&mut self) -> Result<bool, Fault> {
        let more = match self.state {
            State::Before => self.lexer.open(self.open, self.close)?,
            State::Within => self.lexer.more(self.close)?,
            State::Over => return Ok(false),
        };
        if more {
            self.state = State::Within;
        } else {
            self.state = State::Over;
            self.lexer.end()?;
        }
        Ok(more)
    }
}
