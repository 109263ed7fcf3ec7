//! What can be wrong with a JSON text.

use std::fmt;

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
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) arrays and objects inside each other.
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
