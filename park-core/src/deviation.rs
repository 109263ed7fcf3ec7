use std::fmt;

/// How a message departed from the document in a way that could still be understood. Every
/// tolerance has a name.
///
/// The constants here are the general ones; a protocol's own stand in its crate's module
/// `deviation`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviationKind {
    name: &'static str,
    meaning: &'static str,
}

impl DeviationKind {
    /// A kind of your own: a name in one word, and what was done with it, in a few.
    pub const fn new(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning }
    }

    /// Its name in one word, for lists and settings.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What was done with it, in a few words.
    pub const fn meaning(self) -> &'static str {
        self.meaning
    }
}

/// Declares kinds: name of the constant, name in one word, what was done with it.
#[doc(hidden)]
#[macro_export]
macro_rules! deviation_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $meaning:literal;)*) => {$(
        $(#[$doc])*
        pub const $kind: $crate::DeviationKind = $crate::DeviationKind::new($name, $meaning);
    )*};
}

impl DeviationKind {
    crate::deviation_kinds! {
        /// A number where the document has text; its digits are kept.
        NUMBER_FOR_TEXT = "NumberForText", "a number where text belongs; digits kept";
        /// Text where the document has a number.
        TEXT_FOR_NUMBER = "TextForNumber", "text where a number belongs";
        /// `true` or `false` where the document has a number: 1 or 0.
        BOOL_FOR_NUMBER = "BoolForNumber", "true or false where a number belongs; read as 1 or 0";
        /// 1 or 0, or text, where the document has `true` or `false`.
        NUMBER_FOR_BOOL = "NumberForBool", "1 or 0 where true or false belongs";
        /// A whole number written with a fraction, `3.0`.
        FRACTION_FOR_INTEGER = "FractionForInteger",
        "a whole number written with a fraction or exponent";
        /// A known misspelling of a field name.
        SPELLING = "Spelling", "a known misspelling of the field name";
        /// A field name with other capitals, or white space around it.
        KEY_STYLE = "KeyStyle", "other capitals or white space in the field name";
        /// A field that the document does not have; skipped.
        UNKNOWN_FIELD = "UnknownField", "a field the document does not have; skipped";
        /// `null` where the document has a value that may be absent.
        NULL_FOR_ABSENT = "NullForAbsent", "null instead of leaving it out";
        /// `""` where the document has a number, time or code that may be absent.
        EMPTY_FOR_ABSENT = "EmptyForAbsent", "empty text instead of leaving it out";
        /// `0` where the document has a date and time that may be absent.
        ZERO_FOR_ABSENT = "ZeroForAbsent", "0 instead of leaving the time out";
        /// A time of day without seconds.
        SHORT_TIME = "ShortTime", "a time without seconds";
        /// A date or time in another of the usual forms.
        TIME_STYLE = "TimeStyle", "a date or time in another form";
        /// A date where the document has a date and time: midnight.
        DATE_FOR_DATE_TIME = "DateForDateTime", "a date without time; read as midnight";
        /// A date and time where the document has a date.
        DATE_TIME_FOR_DATE = "DateTimeForDate", "a date with a time; the time is dropped";
        /// A date and time where the document has a number of seconds.
        DATE_TIME_FOR_TIMESTAMP = "DateTimeForTimestamp", "a date and time where seconds belong";
        /// A number of seconds where the document has a date and time.
        TIMESTAMP_FOR_DATE_TIME = "TimestampForDateTime", "seconds where a date and time belongs";
        /// A timestamp of 11 to 13 digits: seconds with a fraction, or milliseconds.
        LONG_TIMESTAMP = "LongTimestamp",
        "a timestamp of more than ten digits; the first ten are seconds";
        /// One object where the document has a list.
        OBJECT_FOR_LIST = "ObjectForList", "one object where a list belongs";
        /// Fields in another nesting than the document's.
        NESTING = "Nesting", "fields in another nesting";
        /// A value outside the document's list, kept.
        UNKNOWN_CODE = "UnknownCode", "a code that the document does not list; kept";
        /// A limit of the document that the dialect waives for this field.
        WAIVED_LIMIT = "WaivedLimit", "beyond a limit that the dialect waives";
        /// A clock that differs by more than the tolerated span.
        CLOCK_SKEW = "ClockSkew", "the peer's clock differs too much";
        /// A signature of another algorithm or scope than the one written.
        OTHER_SIGNATURE = "OtherSignature", "signed by another accepted algorithm or scope";
        /// A header in another form than the document's.
        HEADER_STYLE = "HeaderStyle", "a header in another form";
        /// A byte order mark before the message.
        BYTE_ORDER_MARK = "ByteOrderMark", "a byte order mark before the message; skipped";
        /// Base64 in another of its forms: with white space, without padding, with the letters for
        /// addresses, with blanks for `+`.
        BASE64_STYLE = "Base64Style",
        "Base64 in another of its forms: white space, no padding, other letters";
        /// Bytes behind the end of a decrypted message.
        TRAILING_BYTES = "TrailingBytes", "bytes behind the end of the decrypted message; cut off";
        /// An interface by another of its known names.
        INTERFACE_NAME = "InterfaceName", "the interface by another of its names";
        /// A body in another usual form: a form where JSON belongs, another word for the same
        /// answer.
        BODY_STYLE = "BodyStyle", "a body in another form";
    }
}

impl fmt::Display for DeviationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meaning)
    }
}

impl fmt::Debug for DeviationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// One departure from the document: where and how, never the value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Deviation {
    /// How.
    pub kind: DeviationKind,
    /// Where, in wire names: `data[0].parkInfo.districtCode`.
    pub path: String,
}

impl Deviation {
    /// A deviation of `kind` at `path`.
    pub fn new(kind: DeviationKind, path: impl Into<String>) -> Self {
        Self {
            kind,
            path: path.into(),
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.kind)
    }
}

/// How many deviations of one message are kept; the rest is counted.
const KEPT: usize = 64;

/// The deviations of one message, bounded: the first 64 are kept, the others counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deviations {
    list: Vec<Deviation>,
    more: usize,
}

impl Deviations {
    /// Records one; `path` is only built when it is kept.
    #[cold]
    pub fn note(&mut self, kind: DeviationKind, path: impl FnOnce() -> String) {
        if self.list.len() < KEPT {
            self.list.push(Deviation { kind, path: path() });
        } else {
            self.more += 1;
        }
    }

    /// Where the record stands now, to come back to.
    pub(crate) fn mark(&self) -> (usize, usize) {
        (self.list.len(), self.more)
    }

    /// Forgets what was recorded since `mark`.
    pub(crate) fn rewind(&mut self, (kept, more): (usize, usize)) {
        self.list.truncate(kept);
        self.more = more;
    }

    /// The deviations kept, in the order of the text.
    pub fn list(&self) -> &[Deviation] {
        &self.list
    }

    /// Those behind the first `count` that were kept.
    #[cfg(feature = "service")]
    pub(crate) fn since(&self, count: usize) -> Self {
        Self {
            list: self.list.get(count..).unwrap_or_default().to_vec(),
            more: 0,
        }
    }

    /// How many there were in all.
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }

    /// Whether the message was exactly as the document has it.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes over those of a part.
    pub fn append(&mut self, other: Deviations) {
        for deviation in other.list {
            self.note(deviation.kind, || deviation.path);
        }
        self.more += other.more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_deviations_is_counted_not_kept() {
        let mut deviations = Deviations::default();
        for i in 0..1000 {
            deviations.note(DeviationKind::UNKNOWN_FIELD, || format!("data[{i}].x"));
        }
        assert_eq!((deviations.list().len(), deviations.count()), (KEPT, 1000));
    }
}
