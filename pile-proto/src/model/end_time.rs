use park_core::{Check, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// When charging ended (充电结束时间), or that it has not: `""` on the wire, as the document has it
/// (充电未结束时为空). Absent and `null` are read as not ended too.
///
/// Read by [`decode`](crate::decode), or from a form, the empty text is no deviation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct EndTime(
    /// The time, if it has ended.
    pub Option<DateTime>,
);

impl EndTime {
    /// Charging has not ended.
    pub const NOT_YET: Self = Self(None);
}

impl From<DateTime> for EndTime {
    fn from(time: DateTime) -> Self {
        Self(Some(time))
    }
}

impl fmt::Display for EndTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(time) => time.fmt(f),
            None => f.pad(""),
        }
    }
}

impl fmt::Debug for EndTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Check for EndTime {}

impl Serialize for EndTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EndTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As an option, so that a field that is not there at all is read as well.
        deserializer.deserialize_option(Perhaps).map(Self)
    }
}

struct Perhaps;

impl<'de> de::Visitor<'de> for Perhaps {
    type Value = Option<DateTime>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("yyyy-MM-dd HH:mm:ss or empty text")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // The name by which the tolerant decoder knows a date and time; plain serde_json comes to
        // `visit_newtype_struct`.
        deserializer.deserialize_newtype_struct("park::DateTime", self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Ok(None);
        }
        text.parse()
            .map(Some)
            .map_err(|_| E::invalid_value(de::Unexpected::Other("text"), &self))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for EndTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EndTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})?$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{DeviationKind, json};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        end: EndTime,
    }

    #[test]
    fn empty_is_written_and_every_kind_of_nothing_is_read() {
        let running = Holder {
            end: EndTime::NOT_YET,
        };
        let text = json::encode(&running).expect("a model");
        assert_eq!(text, r#"{"end":""}"#);
        assert_eq!(
            serde_json::from_str::<Holder>(&text).expect("plain serde_json"),
            running
        );
        for nothing in [r#"{"end":""}"#, r#"{"end":null}"#, "{}"] {
            assert_eq!(
                json::decode::<Holder>(nothing, &Default::default())
                    .expect(nothing)
                    .0,
                running
            );
        }
    }

    #[test]
    fn a_time_is_read_in_the_forms_that_a_time_is_read_in() {
        let ended = Holder {
            end: EndTime::from("2017-01-17 09:30:00".parse::<DateTime>().expect("a time")),
        };
        for (text, kind) in [
            (r#"{"end":"2017-01-17 09:30:00"}"#, None),
            (
                r#"{"end":"2017/01/17 09:30:00"}"#,
                Some(DeviationKind::TIME_STYLE),
            ),
            (
                r#"{"end":1484616600}"#,
                Some(DeviationKind::TIMESTAMP_FOR_DATE_TIME),
            ),
        ] {
            let (read, found) = json::decode::<Holder>(text, &Default::default()).expect(text);
            assert_eq!(
                (&read, found.list().first().map(|found| found.kind)),
                (&ended, kind),
                "{text}"
            );
        }
        assert!(json::decode::<Holder>(r#"{"end":"soon"}"#, &Default::default()).is_err());
        assert_eq!(
            serde_json::to_string(&ended).expect("a model"),
            r#"{"end":"2017-01-17 09:30:00"}"#
        );
    }
}
