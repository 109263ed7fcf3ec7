use crate::{Rule, Violation};
use std::{borrow::Cow, fmt};

/// How a message departed from the document in a way that could still be understood. Every tolerance has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DeviationKind {
    /// A number where the document has text; its digits are kept.
    NumberForText,
    /// `true` or `false` where the document has text.
    BoolForText,
    /// Text where the document has a number.
    TextForNumber,
    /// `true` or `false` where the document has a number: 1 or 0.
    BoolForNumber,
    /// 1 or 0, or text, where the document has `true` or `false`.
    NumberForBool,
    /// A whole number written with a fraction, `3.0`.
    FractionForInteger,
    /// A known misspelling of a field name.
    Spelling,
    /// A field name with other capitals, or white space around it.
    KeyStyle,
    /// A field that the document does not have; skipped.
    UnknownField,
    /// `null` where the document has a value that may be absent.
    NullForAbsent,
    /// `""` where the document has a number, time or code that may be absent.
    EmptyForAbsent,
    /// A time of day without seconds.
    ShortTime,
    /// A date or time in another of the usual forms.
    TimeStyle,
    /// A date where the document has a date and time: midnight.
    DateForDateTime,
    /// A date and time where the document has a date.
    DateTimeForDate,
    /// A date and time where the document has a number of seconds.
    DateTimeForTimestamp,
    /// A number of seconds where the document has a date and time.
    TimestampForDateTime,
    /// A timestamp of 11 to 13 digits: seconds with a fraction, or milliseconds.
    LongTimestamp,
    /// One object where the document has a list.
    ObjectForList,
    /// Fields in another nesting than the document's.
    Nesting,
    /// A value outside the document's list, kept.
    UnknownCode,
    /// A limit of the document that the dialect waives for this field.
    WaivedLimit,
    /// An error code of 0 where the document has none.
    ZeroCode,
    /// A clock that differs by more than the tolerated span.
    ClockSkew,
    /// A signature of another algorithm or scope than the one written.
    OtherSignature,
    /// A header in another form than the document's.
    HeaderStyle,
    /// A byte order mark before the message.
    ByteOrderMark,
    /// Base64 in another of its forms: with white space, without padding, with the letters for addresses, with blanks for `+`.
    Base64Style,
    /// Zero bytes where the padding of PKCS#7 belongs.
    ZeroPadding,
    /// Bytes behind the end of a decrypted message.
    TrailingBytes,
    /// A comma before a closing bracket.
    TrailingComma,
    /// Readable data where encrypted data belongs.
    PlainData,
    /// A signature in small letters where capitals belong.
    LowerCaseSignature,
    /// No signature where one belongs.
    Unsigned,
    /// A sequence number of another length.
    SequenceStyle,
    /// An interface by another of its known names.
    InterfaceName,
    /// Sealed with the date of the day before or after.
    NeighbouringDay,
    /// Sealed on a day that nothing in the message confirms; the likeliest was taken.
    UnconfirmedDay,
    /// A body in another usual form: a form where JSON belongs, another word for the same answer.
    BodyStyle,
}

impl DeviationKind {
    /// What was done with it, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NumberForText => "a number where text belongs; digits kept",
            Self::BoolForText => "true or false where text belongs",
            Self::TextForNumber => "text where a number belongs",
            Self::BoolForNumber => "true or false where a number belongs; read as 1 or 0",
            Self::NumberForBool => "1 or 0 where true or false belongs",
            Self::FractionForInteger => "a whole number written with a fraction",
            Self::Spelling => "a known misspelling of the field name",
            Self::KeyStyle => "other capitals or white space in the field name",
            Self::UnknownField => "a field the document does not have; skipped",
            Self::NullForAbsent => "null instead of leaving it out",
            Self::EmptyForAbsent => "empty text instead of leaving it out",
            Self::ShortTime => "a time without seconds",
            Self::TimeStyle => "a date or time in another form",
            Self::DateForDateTime => "a date without time; read as midnight",
            Self::DateTimeForDate => "a date with a time; the time is dropped",
            Self::DateTimeForTimestamp => "a date and time where seconds belong",
            Self::TimestampForDateTime => "seconds where a date and time belongs",
            Self::LongTimestamp => "a timestamp of more than ten digits; the first ten are seconds",
            Self::ObjectForList => "one object where a list belongs",
            Self::Nesting => "fields in another nesting",
            Self::UnknownCode => "a code that the document does not list; kept",
            Self::WaivedLimit => "beyond a limit that the dialect waives",
            Self::ZeroCode => "an error code of 0; read as success",
            Self::ClockSkew => "the peer's clock differs too much",
            Self::OtherSignature => "signed by another accepted algorithm or scope",
            Self::HeaderStyle => "a header in another form",
            Self::ByteOrderMark => "a byte order mark before the message; skipped",
            Self::Base64Style => "Base64 in another of its forms: white space, no padding, other letters",
            Self::ZeroPadding => "zero padding where PKCS#7 belongs",
            Self::TrailingBytes => "bytes behind the end of the decrypted message; cut off",
            Self::TrailingComma => "a comma before a closing bracket; skipped",
            Self::PlainData => "readable data where encrypted data belongs",
            Self::LowerCaseSignature => "a signature in small letters",
            Self::Unsigned => "no signature where one belongs",
            Self::SequenceStyle => "a sequence number of another length",
            Self::InterfaceName => "the interface by another of its names",
            Self::NeighbouringDay => "sealed with the date of the day before or after",
            Self::UnconfirmedDay => "sealed on a day that the message does not confirm; the likeliest is taken",
            Self::BodyStyle => "a body in another form",
        }
    }
}

impl fmt::Display for DeviationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meaning())
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
        Self { kind, path: path.into() }
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

/// Whether departures from the document are tolerated on reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// Read what can be understood and list what was tolerated.
    #[default]
    Tolerant,
    /// Refuse the first departure.
    Strict,
}

/// One known misspelling of a field name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spelling {
    /// The Rust type that has the field; empty for any.
    pub owner: Cow<'static, str>,
    /// What peers write.
    pub wrong: Cow<'static, str>,
    /// What the document's table has.
    pub right: Cow<'static, str>,
}

impl Spelling {
    /// `wrong` is read as `right` in the type `owner` (empty: in any type).
    pub const fn new(owner: &'static str, wrong: &'static str, right: &'static str) -> Self {
        Self {
            owner: Cow::Borrowed(owner),
            wrong: Cow::Borrowed(wrong),
            right: Cow::Borrowed(right),
        }
    }

    /// The same with names that come from a configuration.
    pub fn from_text(owner: impl Into<String>, wrong: impl Into<String>, right: impl Into<String>) -> Self {
        Self {
            owner: Cow::Owned(owner.into()),
            wrong: Cow::Owned(wrong.into()),
            right: Cow::Owned(right.into()),
        }
    }
}

/// How one peer's messages are read.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Rules {
    /// Whether departures are tolerated.
    pub strictness: Strictness,
    /// Known misspellings.
    pub spellings: Cow<'static, [Spelling]>,
    /// Names that were agreed on with this peer: read as if the document had them.
    pub agreed: Cow<'static, [Spelling]>,
    /// Fields whose limits are not enforced.
    pub waived: Waived,
}

impl Rules {
    /// Rules that refuse every departure from the document.
    pub fn strict() -> Self {
        Self {
            strictness: Strictness::Strict,
            ..Self::default()
        }
    }

    /// Notes a departure of `kind` at `path` in `deviations`, or refuses it.
    ///
    /// # Errors
    /// The rules are strict.
    pub fn tolerate(&self, kind: DeviationKind, path: &str, deviations: &mut Deviations) -> Result<(), Violation> {
        if self.strictness == Strictness::Strict {
            return Err(Violation::new(path, Rule::Deviates(kind)));
        }
        deviations.note(kind, || path.to_owned());
        Ok(())
    }

    /// Refuses what was noted before it was known that these rules count.
    ///
    /// # Errors
    /// The rules are strict, and something was noted: the first.
    pub fn tolerate_noted(&self, noted: &Deviations) -> Result<(), Violation> {
        match noted.list.first() {
            Some(found) if self.strictness == Strictness::Strict => Err(Violation::new(found.path.clone(), Rule::Deviates(found.kind))),
            _ => Ok(()),
        }
    }
}

/// Fields whose limits (length, range, list, type of a code) the dialect does not enforce, because real values break them.
///
/// An entry is the end of a wire path without the numbers of list entries: `districtCode` waives it everywhere, `parkInfo.districtCode` only there,
/// `StationInfos.StationName` in every station.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waived(Vec<Cow<'static, str>>);

impl Waived {
    /// Waives the limits of one more field.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>) {
        self.0.push(field.into());
    }

    /// Whether a violation of `rule` at `path` is waived. Only limits can be: a missing field or a broken condition stays a violation.
    pub fn covers(&self, path: &str, rule: &Rule) -> bool {
        if !rule.is_limit() || self.0.is_empty() {
            return false;
        }
        let path = without_numbers(path);
        self.0.iter().any(|field| {
            path.strip_suffix(field.as_ref())
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
    }
}

/// The path without the numbers of list entries: `data.lines.name` for `data[3].lines[0].name`.
fn without_numbers(path: &str) -> String {
    let mut inside = false;
    path.chars()
        .filter(|c| {
            inside = (inside || *c == '[') && *c != ']';
            !inside && *c != ']'
        })
        .collect()
}

impl<F: Into<Cow<'static, str>>> FromIterator<F> for Waived {
    fn from_iter<I: IntoIterator<Item = F>>(fields: I) -> Self {
        Self(fields.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_names_the_end_of_a_path() {
        let waived: Waived = ["districtCode", "chargingStandard.permitNo", "StationInfos.StationName"]
            .into_iter()
            .collect();
        let rule = Rule::TooLong { max: 9, found: 12 };
        for (path, covered) in [
            ("data[0].parkInfo.districtCode", true),
            ("districtCode", true),
            ("data[0].oldDistrictCode", false),
            ("data[0].parkInfo.chargingStandard.permitNo", true),
            ("data[0].permitNo", false),
            ("data[0].StationInfos[3].StationName", true),
            ("StationName", false),
        ] {
            assert_eq!(waived.covers(path, &rule), covered, "{path}");
        }
        assert!(!waived.covers("districtCode", &Rule::Missing));
    }

    #[test]
    fn a_departure_is_noted_or_refused() {
        let mut deviations = Deviations::default();
        assert_eq!(Rules::default().tolerate(DeviationKind::ClockSkew, "timestamp", &mut deviations), Ok(()));
        assert_eq!(deviations.list(), [Deviation::new(DeviationKind::ClockSkew, "timestamp")]);
        let refused = Err(Violation::new("timestamp", Rule::Deviates(DeviationKind::ClockSkew)));
        assert_eq!(Rules::strict().tolerate_noted(&deviations), refused);
        assert_eq!(Rules::default().tolerate_noted(&deviations), Ok(()));
        let mut none = Deviations::default();
        assert_eq!(Rules::strict().tolerate(DeviationKind::ClockSkew, "timestamp", &mut none), refused);
        assert_eq!(Rules::strict().tolerate_noted(&none), Ok(()));
    }

    #[test]
    fn a_flood_of_deviations_is_counted_not_kept() {
        let mut deviations = Deviations::default();
        for i in 0..1000 {
            deviations.note(DeviationKind::UnknownField, || format!("data[{i}].x"));
        }
        assert_eq!((deviations.list().len(), deviations.count()), (KEPT, 1000));
    }
}
