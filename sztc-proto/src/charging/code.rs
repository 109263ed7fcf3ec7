use evcs_proto::{Check, Rule, Violations};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::RangeInclusive};

/// What became of an order that was pushed (确认结果), Table 106. Not
/// [`ConfirmResult`](evcs_proto::code::ConfirmResult) of Table B.18, whose 1 disputes the order;
/// this 1 says that it was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PushResult(
    /// The value on the wire.
    pub i32,
);

impl PushResult {
    /// Taken (成功, 0).
    pub const OK: Self = Self(0);
    /// Not taken; push it again (失败, 1).
    pub const FAILED: Self = Self(1);

    /// Every listed value with its Chinese name.
    pub const LIST: &'static [(Self, &'static str)] = &[(Self::OK, "成功"), (Self::FAILED, "失败")];

    /// What the parties may define between themselves (扩展).
    pub const EXTENSION: RangeInclusive<i32> = 2..=99;

    /// The Chinese name, if the document lists the value.
    pub fn name(self) -> Option<&'static str> {
        Self::LIST
            .iter()
            .find(|(value, _)| *value == self)
            .map(|(_, name)| *name)
    }
}

impl fmt::Display for PushResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} {name}", self.0),
            None => self.0.fmt(f),
        }
    }
}

impl fmt::Debug for PushResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushResult({self})")
    }
}

impl Check for PushResult {
    fn check(&self, violations: &mut Violations) {
        if self.name().is_none() && !Self::EXTENSION.contains(&self.0) {
            violations.add(Rule::UnknownCode);
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PushResult {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PushResult".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "anyOf": [{"enum": [0, 1]}, {"minimum": 2, "maximum": 99}],
            "x-enum-descriptions": ["成功", "失败"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evcs_proto::{Violation, code::ConfirmResult, decode, encode};

    #[test]
    fn an_extension_is_known_and_what_is_beyond_is_not() {
        for (code, known) in [
            (-1, false),
            (0, true),
            (1, true),
            (2, true),
            (99, true),
            (100, false),
        ] {
            let mut v = Violations::default();
            PushResult(code).check(&mut v);
            let broken = [Violation::new("", Rule::UnknownCode)];
            assert_eq!(
                v.list(),
                if known { &[][..] } else { &broken[..] },
                "{code}"
            );
            let (read, deviations) =
                decode::<PushResult>(&code.to_string(), &Default::default()).expect("a number");
            assert_eq!((read, deviations.count()), (PushResult(code), 0));
            assert_eq!(encode(&read).expect("a number"), code.to_string());
        }
    }

    #[test]
    fn one_means_failed_here_and_disputed_there() {
        assert_eq!(PushResult::FAILED.to_string(), "1 失败");
        assert_eq!(ConfirmResult::DISPUTED.to_string(), "1 争议交易");
        assert_eq!((PushResult::FAILED.0, ConfirmResult::DISPUTED.0), (1, 1));
        assert_eq!(format!("{:?}", PushResult(7)), "PushResult(7)");
    }
}
