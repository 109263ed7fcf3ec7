use park_core::{Check, DateTime, chrono::NaiveDateTime, json::SLASH_DATE_TIME};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A moment as the wall clock shows it in China (日期时间), `yyyy/MM/dd HH:mm:ss` on the wire: the
/// form of chapter 2 of the upward part, whose tables give none and whose samples have slashes.
/// Dashes are read as well, and numbers without their leading zero, as other samples of the
/// document show.
///
/// Where a table gives the form it has dashes; such fields are a [`DateTime`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KtDateTime(DateTime);

impl From<DateTime> for KtDateTime {
    fn from(moment: DateTime) -> Self {
        Self(moment)
    }
}

impl From<KtDateTime> for DateTime {
    fn from(moment: KtDateTime) -> Self {
        moment.0
    }
}

impl fmt::Display for KtDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string().replace('-', "/"))
    }
}

impl fmt::Debug for KtDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Check for KtDateTime {}

impl Serialize for KtDateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KtDateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = KtDateTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("yyyy/MM/dd HH:mm:ss")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<KtDateTime, E> {
                ["%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S"]
                    .iter()
                    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
                    .map(|moment| KtDateTime(moment.into()))
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Other("text"), &self))
            }

            // serde_json does not know the name.
            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<KtDateTime, D::Error> {
                deserializer.deserialize_str(self)
            }
        }

        deserializer.deserialize_newtype_struct(SLASH_DATE_TIME, Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for KtDateTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KtDateTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": r"^\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}$", "maxLength": 19, "minLength": 19})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{DeviationKind, Rules, json};

    #[test]
    fn both_printed_forms_are_read_and_slashes_are_written() {
        let moment: DateTime = "2018-12-12 08:20:19".parse().expect("a moment");
        for text in [
            "2018/12/12 08:20:19",
            "2018-12-12 08:20:19",
            "2018/12/12 8:20:19",
        ] {
            let quoted = format!("\"{text}\"");
            let (read, _) = json::decode::<KtDateTime>(&quoted, &Rules::strict()).expect(text);
            assert_eq!(DateTime::from(read), moment, "{text}");
            assert_eq!(
                json::encode(&read).expect("text"),
                "\"2018/12/12 08:20:19\""
            );
            assert_eq!(
                serde_json::from_str::<KtDateTime>(&quoted).expect(text),
                read
            );
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "\"yyyy/MM/dd HH:mm:ss\"",
            "\"2018/13/01 00:00:00\"",
            "\"2018/12/12\"",
            "\"\"",
            "201812",
            "null",
        ] {
            let refused = json::decode::<KtDateTime>(text, &Rules::default()).expect_err(text);
            assert!(
                refused
                    .to_string()
                    .starts_with("expected yyyy/MM/dd HH:mm:ss"),
                "{refused}"
            );
        }
    }

    #[test]
    fn empty_text_is_an_absent_time_where_it_may_be_absent() {
        let (none, deviations) =
            json::decode::<Option<KtDateTime>>("\"\"", &Rules::default()).expect("absent");
        assert_eq!(
            (none, deviations.list()[0].kind),
            (None, DeviationKind::EMPTY_FOR_ABSENT)
        );
    }
}
