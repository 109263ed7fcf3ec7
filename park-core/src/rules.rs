use crate::{Check, DeviationKind, Deviations, Rule, Violation, violation::without_numbers};
use std::borrow::Cow;

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
    /// The [`OWNER`](crate::Check::OWNER) of the type that has the field; empty for any.
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

    /// `wrong` is read as `right` in the type `T`.
    pub const fn of<T: Check>(wrong: &'static str, right: &'static str) -> Self {
        Self::new(T::OWNER, wrong, right)
    }

    /// The same with names that come from a configuration.
    pub fn from_text(
        owner: impl Into<String>,
        wrong: impl Into<String>,
        right: impl Into<String>,
    ) -> Self {
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

    /// Rules that know `spellings` besides the document's, and note of `waived` fields what breaks
    /// their limits instead of refusing it.
    #[doc(hidden)]
    pub fn knowing(spellings: &'static [Spelling], waived: &[&'static str]) -> Self {
        Self {
            spellings: Cow::Borrowed(spellings),
            waived: waived.iter().copied().collect(),
            ..Self::default()
        }
    }

    /// Notes a departure of `kind` at `path` in `deviations`, or refuses it.
    ///
    /// # Errors
    /// The rules are strict.
    pub fn tolerate(
        &self,
        kind: DeviationKind,
        path: &str,
        deviations: &mut Deviations,
    ) -> Result<(), Violation> {
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
        match noted.list().first() {
            Some(found) if self.strictness == Strictness::Strict => Err(Violation::new(
                found.path.clone(),
                Rule::Deviates(found.kind),
            )),
            _ => Ok(()),
        }
    }
}

/// Fields whose limits (length, range, list, type of a code) the dialect does not enforce, because
/// real values break them.
///
/// An entry is the end of a wire path without the numbers of list entries: `districtCode` waives it
/// everywhere, `parkInfo.districtCode` only there, `StationInfos.StationName` in every station.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waived(Vec<Cow<'static, str>>);

impl Waived {
    /// Waives the limits of one more field.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>) {
        self.0.push(field.into());
    }

    /// Whether a violation of `rule` at `path` is waived. Only limits can be: a missing field or a
    /// broken condition stays a violation.
    pub fn covers(&self, path: &str, rule: &Rule) -> bool {
        if !rule.is_limit() || self.0.is_empty() {
            return false;
        }
        let path = without_numbers(path).replace("[]", "");
        self.0.iter().any(|field| {
            path.strip_suffix(field.as_ref())
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
    }
}

impl<F: Into<Cow<'static, str>>> FromIterator<F> for Waived {
    fn from_iter<I: IntoIterator<Item = F>>(fields: I) -> Self {
        Self(fields.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Deviation;

    #[test]
    fn a_waiver_names_the_end_of_a_path() {
        let waived: Waived = [
            "districtCode",
            "chargingStandard.permitNo",
            "StationInfos.StationName",
        ]
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
        assert_eq!(
            Rules::default().tolerate(DeviationKind::CLOCK_SKEW, "timestamp", &mut deviations),
            Ok(())
        );
        assert_eq!(
            deviations.list(),
            [Deviation::new(DeviationKind::CLOCK_SKEW, "timestamp")]
        );
        let refused = Err(Violation::new(
            "timestamp",
            Rule::Deviates(DeviationKind::CLOCK_SKEW),
        ));
        assert_eq!(Rules::strict().tolerate_noted(&deviations), refused);
        assert_eq!(Rules::default().tolerate_noted(&deviations), Ok(()));
        let mut none = Deviations::default();
        assert_eq!(
            Rules::strict().tolerate(DeviationKind::CLOCK_SKEW, "timestamp", &mut none),
            refused
        );
        assert_eq!(Rules::strict().tolerate_noted(&none), Ok(()));
    }
}
