use crate::Fen;
use park_core::{Check, Violations, json};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, IntoDeserializer, value::Error as Refused},
    ser,
};
use std::{fmt, marker::PhantomData};

/// A whole number that a table makes text, such as `"totalFee":"23600"`.
///
/// ```
/// use kt_proto::{AsText, Fen, FenText, encode, code::CarType};
///
/// let fee: FenText = Fen(23_600).into();
/// assert_eq!(encode(&fee)?, "\"23600\"");
/// assert_eq!(encode(&AsText(CarType::MONTHLY))?, "\"2\"");
/// # Ok::<(), kt_proto::EncodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AsText<T>(
    /// The number.
    pub T,
);

/// A count that a table makes text: `parkArea` of upward 1.2, `spaceNum`, `totalNum`.
pub type IntText = AsText<i64>;

/// An amount in fen that a table makes text: `payable` of downward 1.1 and 1.2, `totalFee`,
/// `payedFee`.
pub type FenText = AsText<Fen>;

impl<T> From<T> for AsText<T> {
    fn from(number: T) -> Self {
        Self(number)
    }
}

impl<T: fmt::Display> fmt::Display for AsText<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Check> Check for AsText<T> {
    fn check(&self, violations: &mut Violations) {
        self.0.check(violations);
    }
}

impl<T: Serialize> Serialize for AsText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What the number would be on the wire is what stands between the quotes.
        serializer.serialize_str(&json::encode(&self.0).map_err(ser::Error::custom)?)
    }
}

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for AsText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits<T>(PhantomData<T>);

        impl<T: de::DeserializeOwned> de::Visitor<'_> for Digits<T> {
            type Value = AsText<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number written as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<AsText<T>, E> {
                let number = text.trim().parse::<i64>().ok();
                number
                    .and_then(|number| {
                        T::deserialize(IntoDeserializer::<Refused>::into_deserializer(number)).ok()
                    })
                    .map(AsText)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Other("text"), &self))
            }
        }

        deserializer.deserialize_str(Digits(PhantomData))
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for AsText<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}AsText", T::schema_name()).into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^-?\\d+$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::CarType;
    use park_core::{DeviationKind, Rule, Rules, Violation};

    #[test]
    fn a_number_as_text_is_text_and_reads_a_number() {
        for (text, kinds) in [
            ("\"1000\"", vec![]),
            ("\" 1000 \"", vec![]),
            ("1000", vec![DeviationKind::NUMBER_FOR_TEXT]),
        ] {
            let (fee, deviations) = json::decode::<FenText>(text, &Default::default()).expect(text);
            assert_eq!(fee, AsText(Fen(1000)), "{text}");
            assert_eq!(
                deviations
                    .list()
                    .iter()
                    .map(|found| found.kind)
                    .collect::<Vec<_>>(),
                kinds,
                "{text}"
            );
            assert_eq!(json::encode(&fee).expect("digits"), "\"1000\"");
        }
    }

    #[test]
    fn what_is_no_whole_number_is_refused() {
        for text in [
            "\"\"",
            "\"a\"",
            "\"1.5\"",
            "\"9223372036854775808\"",
            "null",
            "[]",
        ] {
            assert!(
                json::decode::<IntText>(text, &Default::default()).is_err(),
                "{text}"
            );
        }
        assert!(json::decode::<AsText<CarType>>("\"2147483648\"", &Default::default()).is_err());
    }

    #[test]
    fn a_code_as_text_is_checked_as_a_code() {
        let (kind, _) =
            json::decode::<AsText<CarType>>("\"42\"", &Rules::strict()).expect("digits");
        let mut violations = Violations::default();
        violations.at("carType", |v| kind.check(v));
        assert_eq!(
            violations.list(),
            [Violation::new("carType", Rule::UnknownCode)]
        );
        assert_eq!(json::encode(&kind).expect("digits"), "\"42\"");
    }
}
