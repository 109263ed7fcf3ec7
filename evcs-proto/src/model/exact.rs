use park_core::{Check, Rule, Violations};
use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, fmt, ops::Deref};

/// Text of exactly `N` characters (字符). As [`Text`](crate::Text), it keeps whatever came;
/// [`Check`] tells when it is longer or shorter.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exact<const N: usize>(String);

/// Id of an operator (运营商ID): characters 9 to 17 of its unified social credit code
/// (统一社会信用代码).
pub type OperatorId = Exact<9>;

/// A serial number (流水号, 充电订单号): the operator's id and 18 more characters, unique with that
/// operator.
pub type SerialNo = Exact<27>;

impl<const N: usize> Exact<N> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl OperatorId {
    /// The operator id in a unified social credit code (统一社会信用代码, GB 32100). `None` unless
    /// that is 18 ASCII letters and digits; its check character is not looked at.
    pub fn of_credit_code(code: &str) -> Option<Self> {
        (code.len() == 18 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .then(|| code[8..17].into())
    }
}

/// How many characters of a serial number are the operator's id.
const OPERATOR: usize = 9;
/// How many characters follow.
const UNIQUE: usize = 18;

/// Parts that give no serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SerialError {
    /// The operator's id has another length.
    #[error("an operator id has 9 characters, this one {found}")]
    Operator {
        /// How many characters it has.
        found: usize,
    },
    /// The unique part is empty or too long.
    #[error("the unique part has 1 to 18 characters, this one {found}")]
    Unique {
        /// How many characters it has.
        found: usize,
    },
}

impl SerialNo {
    /// The serial number of what the operator calls `unique`, which is padded with zeros on the
    /// left (运营商ID+唯一编号).
    ///
    /// # Errors
    /// An operator id that has not 9 characters; a unique part of none or more than 18.
    pub fn compose(operator_id: &str, unique: &str) -> Result<Self, SerialError> {
        let found = operator_id.chars().count();
        if found != OPERATOR {
            return Err(SerialError::Operator { found });
        }
        let found = unique.chars().count();
        if !(1..=UNIQUE).contains(&found) {
            return Err(SerialError::Unique { found });
        }
        Ok(format!("{operator_id}{unique:0>UNIQUE$}").into())
    }

    /// The id of the operator who gave it out: the first 9 characters, or all where there are
    /// fewer.
    pub fn operator(&self) -> &str {
        self.0
            .char_indices()
            .nth(OPERATOR)
            .map_or(&self.0, |(end, _)| &self.0[..end])
    }
}

impl<const N: usize, S: Into<String>> From<S> for Exact<N> {
    fn from(text: S) -> Self {
        Self(text.into())
    }
}

impl<const N: usize> Deref for Exact<N> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> AsRef<str> for Exact<N> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> Borrow<str> for Exact<N> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> PartialEq<str> for Exact<N> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl<const N: usize> PartialEq<&str> for Exact<N> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl<const N: usize> fmt::Debug for Exact<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const N: usize> fmt::Display for Exact<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<const N: usize> Check for Exact<N> {
    fn check(&self, v: &mut Violations) {
        if self.0.is_empty() {
            v.add(Rule::Missing);
        }
        self.check_optional(v);
    }

    fn check_optional(&self, v: &mut Violations) {
        match self.0.chars().count() {
            0 => {}
            found if found < N => v.add(Rule::TooShort { min: N, found }),
            found if found > N => v.add(Rule::TooLong { max: N, found }),
            _ => {}
        }
    }
}

#[cfg(feature = "schema")]
impl<const N: usize> schemars::JsonSchema for Exact<N> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Exact{N}").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": N, "maxLength": N})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_exact_text_is_neither_longer_nor_shorter() {
        for (text, required, optional) in [
            ("", Some(Rule::Missing), None),
            (
                "粤粤",
                Some(Rule::TooShort { min: 3, found: 2 }),
                Some(Rule::TooShort { min: 3, found: 2 }),
            ),
            ("粤粤粤", None, None),
            (
                "1234",
                Some(Rule::TooLong { max: 3, found: 4 }),
                Some(Rule::TooLong { max: 3, found: 4 }),
            ),
        ] {
            let found = |look: &dyn Fn(&mut Violations)| {
                let mut v = Violations::default();
                look(&mut v);
                assert!(v.list().len() < 2, "{text}");
                v.list().first().map(|violation| violation.rule.clone())
            };
            let text = Exact::<3>::from(text);
            assert_eq!(found(&|v| text.check(v)), required, "{text}");
            assert_eq!(found(&|v| Some(text.clone()).check(v)), optional, "{text}");
        }
    }

    #[test]
    fn the_operator_stands_in_its_credit_code() {
        for (code, operator) in [
            ("91440300MA5DM667X2", Some("MA5DM667X")),
            ("91440300MA5DM667X", None),
            ("91440300MA5DM667X21", None),
            ("91440300-MA5DM667X", None),
            ("粤粤粤粤粤粤", None),
        ] {
            assert_eq!(
                OperatorId::of_credit_code(code),
                operator.map(Into::into),
                "{code}"
            );
        }
    }

    #[test]
    fn a_serial_number_is_not_made_of_other_parts() {
        for (operator, unique, error) in [
            ("12345678", "1", SerialError::Operator { found: 8 }),
            ("1234567890", "1", SerialError::Operator { found: 10 }),
            ("MA5DM667X", "", SerialError::Unique { found: 0 }),
            (
                "MA5DM667X",
                "1234567890123456789",
                SerialError::Unique { found: 19 },
            ),
        ] {
            assert_eq!(SerialNo::compose(operator, unique), Err(error));
        }
        assert_eq!(
            SerialNo::compose("MA5DM667X", "20230301101030").expect("short enough"),
            "MA5DM667X000020230301101030"
        );
    }

    #[cfg(feature = "schema")]
    #[test]
    fn the_schema_has_the_length() {
        let schema = schemars::schema_for!(SerialNo);
        assert_eq!(schema.get("minLength"), Some(&27.into()));
        assert_eq!(schema.get("maxLength"), Some(&27.into()));
    }

    proptest! {
        #[test]
        fn a_serial_number_keeps_its_operator(operator in "\\PC{9}", unique in "\\PC{1,18}") {
            let serial = SerialNo::compose(&operator, &unique).expect("the lengths are right");
            let mut v = Violations::default();
            serial.check(&mut v);
            prop_assert!(v.list().is_empty());
            prop_assert_eq!(serial.operator(), operator);
            prop_assert!(serial.ends_with(&unique));
        }

        #[test]
        fn any_text_has_an_operator(text in ".{0,40}") {
            let serial = SerialNo::from(text.clone());
            prop_assert!(text.starts_with(serial.operator()));
        }
    }
}
