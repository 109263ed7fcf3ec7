use super::{Form, Item};
use crate::json::lexer::next_escape;
use std::ops::Range;

/// The second pass: from the tape to the sink.
pub(super) struct Out<'a, F> {
    pub(super) text: &'a str,
    /// Text that is due but not handed out yet, in the hope of more that follows it directly.
    pub(super) run: Range<usize>,
    pub(super) sink: F,
}

impl<F: FnMut(&str)> Out<'_, F> {
    pub(super) fn item(&mut self, item: &Item, tape: &[Item]) {
        if item.form == Form::Whole {
            return self.copy(item.start, item.end);
        }
        if item.start < item.key_end {
            self.string(item.start, item.key_end);
            self.put(":");
        }
        match item.form {
            Form::Items { from, to } => {
                self.copy(item.value, item.value + 1);
                for (i, item) in tape[from..to].iter().enumerate() {
                    if i > 0 {
                        self.put(",");
                    }
                    self.item(item, tape);
                }
                self.copy(item.end - 1, item.end);
            }
            _ if self.text.as_bytes()[item.value] == b'"' => self.string(item.value, item.end),
            _ => self.copy(item.value, item.end),
        }
    }

    /// Writes the string between two quotes with the fewest escapes.
    fn string(&mut self, start: usize, end: usize) {
        let text = self.text;
        let mut at = start;
        while let Some((plain, escape, c, _)) = next_escape(&text[at..end]) {
            self.copy(at, at + plain.len());
            self.put(shortest(c, &mut [0; 6]));
            at += plain.len() + escape.len();
        }
        self.copy(at, end);
    }

    #[inline(always)]
    fn copy(&mut self, start: usize, end: usize) {
        if self.run.end != start {
            self.flush();
            self.run.start = start;
        }
        self.run.end = end;
    }

    /// Writes `piece`, which often stands in the text right after what is due.
    #[inline(always)]
    fn put(&mut self, piece: &str) {
        let end = self.run.end + piece.len();
        if self.text.as_bytes().get(self.run.end..end) == Some(piece.as_bytes()) {
            self.run.end = end;
        } else {
            self.flush();
            self.run.start = self.run.end;
            (self.sink)(piece);
        }
    }

    pub(super) fn flush(&mut self) {
        if !self.run.is_empty() {
            (self.sink)(&self.text[self.run.clone()]);
        }
    }
}

/// The shortest way to write a character in a string.
pub(super) fn shortest(c: char, buffer: &mut [u8; 6]) -> &str {
    match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\0'..'\x20' => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            let code = c as usize;
            *buffer = [b'\\', b'u', b'0', b'0', HEX[code >> 4], HEX[code & 15]];
            std::str::from_utf8(buffer).expect("these are ASCII characters")
        }
        _ => c.encode_utf8(buffer),
    }
}
