use crate::Violations;

/// The document's limits and rules, checked on a value before it is sent and after it was received.
pub trait Check {
    /// The name by which a [`Spelling`](crate::Spelling) means fields of this type; empty for none.
    const OWNER: &'static str = "";

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
    const OWNER: &'static str = T::OWNER;

    #[inline]
    fn check(&self, violations: &mut Violations) {
        if let Some(value) = self {
            value.check_optional(violations);
        }
    }
}

impl<T: Check> Check for Vec<T> {
    const OWNER: &'static str = T::OWNER;

    fn check(&self, violations: &mut Violations) {
        for (index, value) in self.iter().enumerate() {
            violations.index(index, |v| value.check(v));
        }
    }
}

impl<T: Check> Check for Box<T> {
    const OWNER: &'static str = T::OWNER;

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

/// Implements [`Check`] for a struct: each field with its wire name, then the functions that hold
/// its conditional rules.
///
/// A field that is left out does not compile.
#[doc(hidden)]
#[macro_export]
macro_rules! check {
    ($type:ident { $($field:ident $wire:literal),* $(,)? } $(; $($rule:path),+)?) => {
        impl $crate::Check for $type {
            const OWNER: &'static str = stringify!($type);

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
    use crate::{Deviations, Rule, Rules, Text, Violation};

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
            assert_eq!(
                (
                    v.on_receipt(&rules, &mut deviations).len(),
                    deviations.count()
                ),
                (refused, 1 - refused)
            );
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
        assert_eq!(
            v.list(),
            [Violation::new(
                "spaceNo",
                Rule::Condition("one of plates, spaceNo")
            )]
        );
    }
}
