use park_core::{Check, Deviations, Rules, Violations, json};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::{fmt, marker::PhantomData, ops::Deref};

/// A typed value that travels as JSON text inside a string (Json数组字符串), such as
/// `"plateDetails":"[{\"plateNo\":\"A12345\"}]"`.
///
/// The text inside is always read tolerantly, even under strict rules: what was tolerated there is
/// kept with the value, in [`Self::tolerated`], and not told to the observer. Two values are equal
/// whatever was tolerated.
///
/// ```
/// use kt_proto::{Embedded, encode, model::CardCar};
///
/// let plates: Embedded<Vec<CardCar>> = vec![CardCar::plate("A12345")].into();
/// assert_eq!(encode(&plates)?, r#""[{\"plateNo\":\"A12345\"}]""#);
/// assert_eq!(plates[0].plate_no.as_deref(), Some("A12345"));
/// # Ok::<(), kt_proto::EncodeError>(())
/// ```
#[derive(Clone, Default)]
pub struct Embedded<T> {
    value: T,
    tolerated: Deviations,
}

impl<T> Embedded<T> {
    /// The value.
    pub fn into_value(self) -> T {
        self.value
    }

    /// What was tolerated in the text inside, with paths that begin there: `[0].etcNo`.
    pub fn tolerated(&self) -> &Deviations {
        &self.tolerated
    }
}

impl<T> From<T> for Embedded<T> {
    fn from(value: T) -> Self {
        Self {
            value,
            tolerated: Deviations::default(),
        }
    }
}

impl<T> Deref for Embedded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Embedded<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Embedded<T> {}

impl<T: fmt::Debug> fmt::Debug for Embedded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: Check> Check for Embedded<T> {
    fn check(&self, violations: &mut Violations) {
        self.value.check(violations);
    }
}

impl<T: Serialize> Serialize for Embedded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&json::encode(&self.value).map_err(ser::Error::custom)?)
    }
}

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for Embedded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Inside<T>(PhantomData<T>);

        impl<T: de::DeserializeOwned> de::Visitor<'_> for Inside<T> {
            type Value = Embedded<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON inside a text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Embedded<T>, E> {
                match json::decode(text, &Rules::default()) {
                    Ok((value, tolerated)) => Ok(Embedded { value, tolerated }),
                    Err(violation) => {
                        Err(E::custom(format_args!("JSON inside a text ({violation})")))
                    }
                }
            }
        }

        deserializer.deserialize_str(Inside(PhantomData))
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Embedded<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Embedded{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let inside = generator.subschema_for::<T>();
        schemars::json_schema!({"type": "string", "contentMediaType": "application/json",
            "contentSchema": inside})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CardCar;
    use park_core::DeviationKind;

    type Plates = Embedded<Vec<CardCar>>;

    #[test]
    fn what_is_written_is_text_that_holds_the_json() {
        let plates = Plates::from(vec![CardCar::plate("京\"1\"")]);
        let text = json::encode(&plates).expect("text");
        assert_eq!(text, r#""[{\"plateNo\":\"京\\\"1\\\"\"}]""#);
        let (again, none) = json::decode::<Plates>(&text, &Rules::strict()).expect("as written");
        assert_eq!((&again, none.count()), (&plates, 0));
        assert!(again.tolerated().is_empty());
        assert_eq!(again.into_value(), vec![CardCar::plate("京\"1\"")]);
    }

    #[test]
    fn what_was_tolerated_inside_stays_with_the_value() {
        let (plates, outside) =
            json::decode::<Plates>(r#""[{\"plateNo\":1,\"etcNo\":null}]""#, &Rules::strict())
                .expect("readable");
        assert_eq!(outside.count(), 0);
        let noted: Vec<_> = plates
            .tolerated()
            .list()
            .iter()
            .map(|found| (found.kind, found.path.as_str()))
            .collect();
        assert_eq!(
            noted,
            [
                (DeviationKind::NUMBER_FOR_TEXT, "[0].plateNo"),
                (DeviationKind::NULL_FOR_ABSENT, "[0].etcNo")
            ]
        );
        assert_eq!(plates, Plates::from(vec![CardCar::plate("1")]));
    }

    #[test]
    fn what_cannot_be_read_inside_is_told_with_its_place() {
        for (text, told) in [
            (
                r#""[{\"plateNo\":[]}]""#,
                "[0].plateNo: expected a string, found a list",
            ),
            (r#""[{""#, "not JSON"),
            (r#""""#, "not JSON"),
            ("[]", "expected JSON inside a text, found a list"),
        ] {
            let refused = json::decode::<Plates>(text, &Rules::default())
                .expect_err(text)
                .to_string();
            assert!(refused.contains(told), "{refused}");
        }
    }
}
