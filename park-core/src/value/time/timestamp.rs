use super::{CHINA, DateTime, TIMESTAMP};
use crate::Check;
use chrono::{DateTime as ChronoDateTime, TimeZone, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, time::SystemTime};

/// A moment as seconds since 1970-01-01 00:00:00 UTC (时间戳), a number on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub(super) i64);

impl Timestamp {
    /// `seconds` since 1970-01-01 00:00:00 UTC.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The second in which `moment` lies.
    pub fn at(moment: SystemTime) -> Self {
        Self(ChronoDateTime::<Utc>::from(moment).timestamp())
    }

    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// China's wall clock at this moment; years beyond what a calendar can show end at its last
    /// day.
    pub fn date_time(self) -> DateTime {
        let moment = ChronoDateTime::from_timestamp(self.0, 0)
            .unwrap_or(ChronoDateTime::<Utc>::MAX_UTC - chrono::TimeDelta::days(1));
        DateTime(CHINA.from_utc_datetime(&moment.naive_utc()).naive_local())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Check for Timestamp {}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since 1970")
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Timestamp, E> {
                Ok(Timestamp(seconds))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Timestamp, E> {
                i64::try_from(seconds)
                    .map(Timestamp)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(seconds), &self))
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Timestamp, D::Error> {
                deserializer.deserialize_i64(self)
            }
        }
        deserializer.deserialize_newtype_struct(TIMESTAMP, Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer"})
    }
}
