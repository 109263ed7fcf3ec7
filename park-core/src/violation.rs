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
            Self::TooLong { .. }
                | Self::TooShort { .. }
                | Self::TooMany { .. }
                | Self::Decimals { .. }
                | Self::Range { .. }
                | Self::UnknownCode
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
        Self {
            path: path.into(),
            rule,
        }
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

/// How many characters of a name are told; no field of a document has as many, and what is longer
/// is the peer's.
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
        Self {
            steps,
            list: Vec::new(),
        }
    }

    /// Violations of what stands at `place`.
    pub(crate) fn at_place(place: crate::json::Place) -> Self {
        match place.item {
            Some((key, index)) => Self::of_item(key, index),
            None => Self::default(),
        }
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
        self.list
            .into_iter()
            .filter(|found| !waived.covers(&found.path, &found.rule))
            .collect()
    }

    /// What is refused on receipt. Waived limits are noted instead; unknown codes too, unless the
    /// rules are strict.
    pub fn on_receipt(self, rules: &Rules, deviations: &mut Deviations) -> Vec<Violation> {
        if self.list.is_empty() {
            return self.list;
        }
        self.list
            .into_iter()
            .filter_map(|found| {
                let kind = if rules.waived.covers(&found.path, &found.rule) {
                    DeviationKind::WAIVED_LIMIT
                } else if found.rule == Rule::UnknownCode
                    && rules.strictness == Strictness::Tolerant
                {
                    DeviationKind::UNKNOWN_CODE
                } else {
                    return Some(found);
                };
                deviations.note(kind, || found.path);
                None
            })
            .collect()
    }
}

/// The path without the numbers of list entries: `data[].lines[].name` for `data[3].lines[0].name`.
pub(crate) fn without_numbers(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut index = false;
    for c in path.chars() {
        index = (index || c == '[') && c != ']';
        if !index || c == '[' {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_peer_s_is_told_in_part() {
        let whole = "粤".repeat(NAME);
        let long = "粤".repeat(100_000);
        for (key, told) in [(&whole, whole.clone()), (&long, format!("{whole}…"))] {
            assert_eq!(
                path(&[Step::Key("data"), Step::Index(3), Step::Key(key)]),
                format!("data[3].{told}")
            );
        }
    }
}
