use crate::{DeviationKind, Deviations, Rules, Strictness};
use std::fmt;

/// A rule of the document that a message broke.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// A required field is absent or empty.
    Missing,
    /// More characters than allowed.
    TooLong {
        /// The limit in characters.
        max: usize,
        /// How many there were.
        found: usize,
    },
    /// Fewer characters than allowed.
    TooShort {
        /// The limit in characters.
        min: usize,
        /// How many there were.
        found: usize,
    },
    /// More entries than allowed.
    TooMany {
        /// The limit.
        max: usize,
        /// How many there were.
        found: usize,
    },
    /// More decimals than allowed.
    Decimals {
        /// The limit.
        max: u32,
    },
    /// A value outside its range.
    Range {
        /// The range, in words.
        expected: &'static str,
    },
    /// A code that the document does not list.
    UnknownCode,
    /// A value of the wrong JSON type or form.
    Type {
        /// What the document has.
        expected: String,
        /// What came, in general terms.
        found: &'static str,
    },
    /// The same field twice.
    Duplicate,
    /// Text that is not JSON.
    Syntax {
        /// What is wrong and at which byte.
        problem: String,
    },
    /// A rule of a remark, such as "one of spaceNo, plateNo".
    Condition(&'static str),
    /// A tolerable departure, refused because the rules are strict.
    Deviates(DeviationKind),
}

impl Rule {
    /// Whether it is a limit, which a dialect may waive.
    pub fn is_limit(&self) -> bool {
        matches!(
            self,
            Self::TooLong { .. } | Self::TooShort { .. } | Self::TooMany { .. } | Self::Decimals { .. } | Self::Range { .. } | Self::UnknownCode
        )
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("required, but absent or empty"),
            Self::TooLong { max, found } => write!(f, "{found} characters, at most {max} allowed"),
            Self::TooShort { min, found } => write!(f, "{found} characters, at least {min} needed"),
            Self::TooMany { max, found } => write!(f, "{found} entries, at most {max} allowed"),
            Self::Decimals { max } => write!(f, "more than {max} decimals"),
            Self::Range { expected } => write!(f, "out of range: {expected}"),
            Self::UnknownCode => f.write_str("not in the document's list of values"),
            Self::Type { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Duplicate => f.write_str("stands twice"),
            Self::Syntax { problem } => write!(f, "not JSON: {problem}"),
            Self::Condition(rule) => f.write_str(rule),
            Self::Deviates(kind) => write!(f, "{kind} (refused: reading strictly)"),
        }
    }
}

/// One broken rule and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Violation {
    /// Where, in wire names: `data[0].parkInfo.parkCode`.
    pub path: String,
    /// What is wrong.
    pub rule: Rule,
}

impl Violation {
    /// `rule` broken at `path`.
    pub fn new(path: impl Into<String>, rule: Rule) -> Self {
        Self { path: path.into(), rule }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            self.rule.fmt(f)
        } else {
            write!(f, "{}: {}", self.path, self.rule)
        }
    }
}

impl std::error::Error for Violation {}

/// A step of a path in a message.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// How many characters of a name are told; no field of a document has as many, and what is longer is the peer's.
const NAME: usize = 64;

/// `a.b[3].c`
#[cold]
pub(crate) fn path(steps: &[Step<'_>]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Key(key) => {
                if !path.is_empty() {
                    path.push('.');
                }
                match key.char_indices().nth(NAME) {
                    None => path.push_str(key),
                    Some((end, _)) => {
                        path.push_str(&key[..end]);
                        path.push('…');
                    }
                }
            }
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

/// How many violations of one item are kept.
const KEPT: usize = 64;

/// The violations of one message, with wire paths. At most 64 are kept.
#[derive(Debug, Default)]
pub struct Violations {
    steps: Vec<Step<'static>>,
    list: Vec<Violation>,
}

impl Violations {
    /// Violations of an item that stands at `key[index]` of its message.
    pub fn of_item(key: &'static str, index: usize) -> Self {
        // Room for the fields below, so that looking at them takes no memory again.
        let mut steps = Vec::with_capacity(8);
        steps.extend([Step::Key(key), Step::Index(index)]);
        Self { steps, list: Vec::new() }
    }

    /// Looks at the field `key`.
    #[inline]
    pub fn at(&mut self, key: &'static str, look: impl FnOnce(&mut Self)) {
        self.steps.push(Step::Key(key));
        look(self);
        self.steps.pop();
    }

    /// Looks at the entry `index` of a list.
    #[inline]
    pub fn index(&mut self, index: usize, look: impl FnOnce(&mut Self)) {
        self.steps.push(Step::Index(index));
        look(self);
        self.steps.pop();
    }

    /// Records a violation here.
    #[cold]
    pub fn add(&mut self, rule: Rule) {
        if self.list.len() < KEPT {
            self.list.push(Violation {
                path: path(&self.steps),
                rule,
            });
        }
    }

    /// Records a violation of `rule` at the field `key`.
    #[cold]
    pub fn add_at(&mut self, key: &'static str, rule: Rule) {
        self.at(key, |v| v.add(rule));
    }

    /// What was found.
    pub fn list(&self) -> &[Violation] {
        &self.list
    }

    /// What is refused on sending: everything that `waived` does not cover.
    pub fn to_send(self, waived: &crate::Waived) -> Vec<Violation> {
        if self.list.is_empty() {
            return self.list;
        }
        self.list.into_iter().filter(|found| !waived.covers(&found.path, &found.rule)).collect()
    }

    /// What is refused on receipt. Waived limits are noted instead; unknown codes too, unless the rules are strict.
    pub fn on_receipt(self, rules: &Rules, deviations: &mut Deviations) -> Vec<Violation> {
        if self.list.is_empty() {
            return self.list;
        }
        self.list
            .into_iter()
            .filter_map(|found| {
                let kind = if rules.waived.covers(&found.path, &found.rule) {
                    DeviationKind::WaivedLimit
                } else if found.rule == Rule::UnknownCode && rules.strictness == Strictness::Tolerant {
                    DeviationKind::UnknownCode
                } else {
                    return Some(found);
                };
                deviations.note(kind, || found.path);
                None
            })
            .collect()
    }
}

/// The document's limits and rules, checked on a value before it is sent and after it was received.
pub trait Check {
    /// Reports every broken rule to `violations`.
    fn check(&self, violations: &mut Violations) {
        let _ = violations;
    }

    /// The same for a field that may be absent: here an empty text is no violation.
    fn check_optional(&self, violations: &mut Violations) {
        self.check(violations);
    }
}

impl<T: Check> Check for Option<T> {
    #[inline]
    fn check(&self, violations: &mut Violations) {
        if let Some(value) = self {
            value.check_optional(violations);
        }
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, violations: &mut Violations) {
        for (index, value) in self.iter().enumerate() {
            violations.index(index, |v| value.check(v));
        }
    }
}

impl<T: Check> Check for Box<T> {
    fn check(&self, violations: &mut Violations) {
        T::check(self, violations);
    }
}

impl Check for bool {}
impl Check for i32 {}
impl Check for i64 {}
impl Check for f64 {}
impl Check for String {}

/// Whether an optional text says something: present and not empty.
pub fn given<T: AsRef<str>>(text: &Option<T>) -> bool {
    text.as_ref().is_some_and(|text| !text.as_ref().is_empty())
}

/// Implements [`Check`] for a struct: each field with its wire name, then the functions that hold its conditional rules.
///
/// A field that is left out does not compile.
#[doc(hidden)]
#[macro_export]
macro_rules! check {
    ($type:ident { $($field:ident $wire:literal),* $(,)? } $(; $($rule:path),+)?) => {
        impl $crate::Check for $type {
            fn check(&self, violations: &mut $crate::Violations) {
                let $type { $($field),* } = self;
                $(violations.at($wire, |v| $crate::Check::check($field, v));)*
                $($($rule(self, violations);)+)?
                let _ = violations;
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Text;

    struct Entry {
        park_code: Text<4>,
        plates: Vec<Text<2>>,
        space_no: Option<Text<2>>,
    }
    check!(Entry { park_code "parkCode", plates "plates", space_no "spaceNo" }; one_of);
    fn one_of(entry: &Entry, v: &mut Violations) {
        if entry.plates.is_empty() && !given(&entry.space_no) {
            v.add_at("spaceNo", Rule::Condition("one of plates, spaceNo"));
        }
    }

    #[test]
    fn every_violation_comes_at_once_with_its_path() {
        let entry = Entry {
            park_code: "粤粤粤粤粤".into(),
            plates: vec!["ok".into(), "".into(), "abc".into()],
            space_no: Some("".into()),
        };
        let mut v = Violations::of_item("data", 7);
        entry.check(&mut v);
        let found: Vec<String> = v.list().iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "data[7].parkCode: 5 characters, at most 4 allowed",
                "data[7].plates[1]: required, but absent or empty",
                "data[7].plates[2]: 3 characters, at most 2 allowed",
            ]
        );
    }

    #[test]
    fn a_name_of_the_peer_s_is_told_in_part() {
        let whole = "粤".repeat(NAME);
        let long = "粤".repeat(100_000);
        for (key, told) in [(&whole, whole.clone()), (&long, format!("{whole}…"))] {
            assert_eq!(path(&[Step::Key("data"), Step::Index(3), Step::Key(key)]), format!("data[3].{told}"));
        }
    }

    #[test]
    fn a_waiver_holds_under_strict_rules_too() {
        let entry = || Entry {
            park_code: "12345".into(),
            plates: vec!["ok".into()],
            space_no: Some("".into()),
        };
        for (rules, refused) in [
            (Rules::strict(), 1),
            (
                Rules {
                    waived: ["parkCode"].into_iter().collect(),
                    ..Rules::strict()
                },
                0,
            ),
        ] {
            let mut v = Violations::of_item("data", 0);
            entry().check(&mut v);
            let mut deviations = Deviations::default();
            assert_eq!((v.on_receipt(&rules, &mut deviations).len(), deviations.count()), (refused, 1 - refused));
        }
    }

    #[test]
    fn an_empty_text_does_not_satisfy_one_of() {
        let entry = Entry {
            park_code: "1".into(),
            plates: vec![],
            space_no: Some("".into()),
        };
        let mut v = Violations::default();
        entry.check(&mut v);
        assert_eq!(v.list(), [Violation::new("spaceNo", Rule::Condition("one of plates, spaceNo"))]);
    }
}
