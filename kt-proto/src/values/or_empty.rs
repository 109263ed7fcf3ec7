use park_core::{
    Check, Rules, Violations,
    json::{decode, encode},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, marker::PhantomData};

/// A value written as text, or `""` where the document itself gives that a meaning: "unchanged" in
/// 4.2, "not yet" in 3.7, "nothing" in 3.2.
///
/// Elsewhere `""` in place of a time or number is a deviation; here it is the document's own way.
/// Inside it both styles of dates are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrEmpty<T> {
    /// `""`.
    #[default]
    Empty,
    /// A value.
    Value(T),
}

impl<T> OrEmpty<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Empty => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> From<T> for OrEmpty<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Check> Check for OrEmpty<T> {
    fn check(&self, violations: &mut Violations) {
        if let Self::Value(value) = self {
            value.check(violations);
        }
    }
}

impl<T: Serialize> Serialize for OrEmpty<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_str(""),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for OrEmpty<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);
        impl<T: de::DeserializeOwned> de::Visitor<'_> for Visitor<T> {
            type Value = OrEmpty<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or \"\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OrEmpty<T>, E> {
                if text.is_empty() {
                    return Ok(OrEmpty::Empty);
                }
                // The text was taken off the message to look at it, so the value is read from the
                // text alone.
                let quoted = encode(text).map_err(E::custom)?;
                let (value, _) = decode(&quoted, &Rules::default()).map_err(E::custom)?;
                Ok(OrEmpty::Value(value))
            }
        }
        deserializer.deserialize_str(Visitor(PhantomData))
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for OrEmpty<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}OrEmpty", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"anyOf": [{"const": ""}, T::json_schema(generator)]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::DateTime;

    #[test]
    fn empty_text_is_a_value_of_its_own_and_no_deviation() {
        let time: OrEmpty<DateTime> = "2018-08-31 23:59:59"
            .parse::<DateTime>()
            .expect("a time")
            .into();
        for (json, read) in [("\"\"", OrEmpty::Empty), ("\"2018-08-31 23:59:59\"", time)] {
            let (value, deviations) =
                decode::<Option<OrEmpty<DateTime>>>(json, &Rules::strict()).expect(json);
            assert_eq!((value, deviations.count()), (Some(read), 0));
            assert_eq!(encode(&read).as_deref(), Ok(json));
        }
        let (other_style, _) =
            decode::<OrEmpty<DateTime>>("\"2018/8/31 23:59:59\"", &Rules::default())
                .expect("the other style");
        assert_eq!(other_style, time);
        assert!(decode::<OrEmpty<DateTime>>("\"soon\"", &Rules::default()).is_err());
    }
}
