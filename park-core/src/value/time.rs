//! Wall time in China. Formats live here and nowhere else.
mod read;
mod timestamp;

pub(crate) use read::{
    Read, read_date, read_date_time, read_digits, read_slash_date_time, read_time, read_timestamp,
};
pub use timestamp::Timestamp;

use crate::Check;
use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr, time::SystemTime};

/// UTC+8 all year: China keeps one time zone and no summer time.
const CHINA: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
    Some(offset) => offset,
    None => unreachable!(),
};

pub(crate) const DATE: &str = "park::Date";
pub(crate) const TIME: &str = "park::Time";
pub(crate) const DATE_TIME: &str = "park::DateTime";
/// The name under which a type asks for a [`DateTime`] that its document writes with slashes.
pub const SLASH_DATE_TIME: &str = "park::SlashDateTime";
pub(crate) const TIMESTAMP: &str = "park::Timestamp";

/// A text that is no date or time of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct TimeError {
    /// The form that was expected.
    pub expected: &'static str,
}

/// The numbers in a text of exactly `form`: digits where it has letters, its punctuation elsewhere.
/// chrono's own parser takes 2018-1-6 too, and takes ten times as long.
fn read<const N: usize>(text: &str, form: &str) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    let mut at = 0;
    for (byte, place) in text.bytes().zip(form.bytes()) {
        if place.is_ascii_alphabetic() && byte.is_ascii_digit() {
            numbers[at] = numbers[at] * 10 + u32::from(byte - b'0');
        } else if byte == place && !place.is_ascii_alphabetic() {
            at += 1;
        } else {
            return None;
        }
    }
    (text.len() == form.len()).then_some(numbers)
}

/// The opposite of [`read`].
fn show<const N: usize>(
    mut numbers: [u32; N],
    form: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut text = [0; "yyyy-MM-dd HH:mm:ss".len()];
    let text = &mut text[..form.len()];
    text.copy_from_slice(form.as_bytes());
    let mut at = N - 1;
    for place in text.iter_mut().rev() {
        if place.is_ascii_alphabetic() {
            *place = b'0' + (numbers[at] % 10) as u8;
            numbers[at] /= 10;
        } else {
            at -= 1;
        }
    }
    f.pad(std::str::from_utf8(text).expect("digits and punctuation"))
}

fn date([year, month, day]: [u32; 3]) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.try_into().ok()?, month, day)
}

fn time([hour, minute, second]: [u32; 3]) -> Option<NaiveTime> {
    match second {
        // chrono's way to write a leap second.
        60 => NaiveTime::from_hms_nano_opt(hour, minute, 59, 1_000_000_000),
        _ => NaiveTime::from_hms_opt(hour, minute, second),
    }
}

fn date_time([year, month, day, hour, minute, second]: [u32; 6]) -> Option<NaiveDateTime> {
    Some(date([year, month, day])?.and_time(time([hour, minute, second])?))
}

/// The numbers of a date; `None` for a year that has no four digits.
fn of_date(date: &NaiveDate) -> Option<[u32; 3]> {
    let year = u32::try_from(date.year())
        .ok()
        .filter(|year| *year <= 9999)?;
    Some([year, date.month(), date.day()])
}

fn of_time(time: &NaiveTime) -> Option<[u32; 3]> {
    Some([
        time.hour(),
        time.minute(),
        time.second() + time.nanosecond() / 1_000_000_000,
    ])
}

fn of_date_time(moment: &NaiveDateTime) -> Option<[u32; 6]> {
    let ([year, month, day], [hour, minute, second]) =
        (of_date(&moment.date())?, of_time(&moment.time())?);
    Some([year, month, day, hour, minute, second])
}

macro_rules! scalar {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $wire:ident, $make:ident, $split:ident,
        $format:literal, $expected:literal, $schema:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($inner);

        impl $name {
            /// The value without its zone, which is always China's.
            pub fn naive(self) -> $inner {
                self.0
            }
        }

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl FromStr for $name {
            type Err = TimeError;

            fn from_str(text: &str) -> Result<Self, TimeError> {
                read(text,
                    $expected).and_then($make).map(Self).ok_or(TimeError { expected: $expected })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match $split(&self.0) {
                    Some(numbers) => show(numbers, $expected, f),
                    None => self.0.format($format).fmt(f),
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Check for $name {}

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(|_| E::invalid_value(de::Unexpected::Other("text"),
                            &self))
                    }

                    fn visit_newtype_struct<D: Deserializer<'de>>(self,
                        deserializer: D) -> Result<$name, D::Error> {
                        deserializer.deserialize_str(self)
                    }
                }
                deserializer.deserialize_newtype_struct($wire, Visitor)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "pattern": $schema,
                    "maxLength": $expected.len(), "minLength": $expected.len()})
            }
        }
    };
}

scalar!(
    /// A day in China (日期), `yyyy-MM-dd` on the wire.
    Date, NaiveDate, DATE, date, of_date, "%Y-%m-%d", "yyyy-MM-dd", r"^\d{4}-\d{2}-\d{2}$"
);
scalar!(
    /// A time of day in China (时间), `HH:mm:ss` on the wire.
    Time, NaiveTime, TIME, time, of_time, "%H:%M:%S", "HH:mm:ss", r"^\d{2}:\d{2}:\d{2}$"
);
scalar!(
    /// A moment as the wall clock shows it in China (日期时间), `yyyy-MM-dd HH:mm:ss` on the wire.
    DateTime, NaiveDateTime, DATE_TIME, date_time, of_date_time, "%Y-%m-%d %H:%M:%S", "yyyy-MM-dd HH:mm:ss", r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"
);

impl DateTime {
    /// China's wall clock at `moment`, whole seconds.
    pub fn at(moment: SystemTime) -> Self {
        Timestamp::at(moment).date_time()
    }

    /// The moment that this wall time is in China.
    pub fn timestamp(self) -> Timestamp {
        // A fixed offset maps every wall time to exactly one moment.
        Timestamp(self.0.and_utc().timestamp() - i64::from(CHINA.local_minus_utc()))
    }

    /// The day.
    pub fn date(self) -> Date {
        Date(self.0.date())
    }

    /// The time of day.
    pub fn time(self) -> Time {
        Time(self.0.time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviationKind;

    #[test]
    fn wall_time_is_china_time_on_any_host() {
        let moment = Timestamp::from_seconds(1_677_628_800);
        assert_eq!(moment.date_time().to_string(), "2023-03-01 08:00:00");
        assert_eq!(moment.date_time().timestamp(), moment);
        assert_eq!(
            DateTime::at(SystemTime::UNIX_EPOCH).to_string(),
            "1970-01-01 08:00:00"
        );
    }

    #[test]
    fn only_the_document_s_forms_are_parsed_strictly() {
        for bad in [
            "2018-1-6",
            "2018/01/06",
            "20180106",
            "2018-02-30",
            "",
            "2018- 1- 6",
            "+2018-1-06",
            "2018-01-0粤",
            "2018-01-061",
            "18-01-0006",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        assert!("+2018-1-06 15:32:25".parse::<DateTime>().is_err());
        assert!("2018-01-06 15: 2:25".parse::<DateTime>().is_err());
        assert!("24:00:00".parse::<Time>().is_err());
        assert!("2018-01-06T15:32:25".parse::<DateTime>().is_err());
    }

    #[test]
    fn what_is_parsed_is_printed_again() {
        for text in [
            "0000-01-01 00:00:00",
            "2024-02-29 23:59:59",
            "2016-12-31 23:59:60",
            "9999-12-31 09:08:07",
        ] {
            assert_eq!(
                text.parse::<DateTime>()
                    .map(|moment| moment.to_string())
                    .as_deref(),
                Ok(text)
            );
            assert_eq!(
                text[..10]
                    .parse::<Date>()
                    .map(|date| date.to_string())
                    .as_deref(),
                Ok(&text[..10])
            );
            assert_eq!(
                text[11..]
                    .parse::<Time>()
                    .map(|time| time.to_string())
                    .as_deref(),
                Ok(&text[11..])
            );
        }
        assert_eq!(
            Timestamp::from_seconds(300_000_000_000)
                .date_time()
                .to_string(),
            "+11476-08-15 13:20:00"
        );
        assert_eq!(
            format!(
                "{:>12}|{:<9}|",
                "2024-02-29".parse::<Date>().expect("a day"),
                Time(NaiveTime::MIN)
            ),
            "  2024-02-29|00:00:00 |"
        );
    }

    #[test]
    fn what_peers_write_is_read_and_named() {
        let cases = [
            (
                "2015-01-01",
                "2015-01-01 00:00:00",
                DeviationKind::DATE_FOR_DATE_TIME,
            ),
            (
                "2018/01/06 15:32:25",
                "2018-01-06 15:32:25",
                DeviationKind::TIME_STYLE,
            ),
            (
                "2018-01-06T15:32:25.120",
                "2018-01-06 15:32:25",
                DeviationKind::TIME_STYLE,
            ),
            (
                "20180106153225",
                "2018-01-06 15:32:25",
                DeviationKind::TIME_STYLE,
            ),
        ];
        for (text, read, kind) in cases {
            let (moment, deviation) = read_date_time(text).expect(text);
            assert_eq!((moment.to_string().as_str(), deviation), (read, Some(kind)));
        }
        assert_eq!(read_date_time("2801012305000"), None);
        assert_eq!(
            read_time("09:00").map(|(t, k)| (t.to_string(), k)),
            Some(("09:00:00".into(), Some(DeviationKind::SHORT_TIME)))
        );
    }

    #[test]
    fn ten_digits_of_a_timestamp_are_seconds() {
        for (digits, seconds, kind) in [
            ("1255555566", 1_255_555_566, None),
            (
                "12555555662",
                1_255_555_566,
                Some(DeviationKind::LONG_TIMESTAMP),
            ),
            (
                "125555556621",
                1_255_555_566,
                Some(DeviationKind::LONG_TIMESTAMP),
            ),
            (
                "1255555566215",
                1_255_555_566,
                Some(DeviationKind::LONG_TIMESTAMP),
            ),
            ("0", 0, None),
        ] {
            assert_eq!(read_timestamp(digits), Some((Timestamp(seconds), kind)));
        }
    }

    #[test]
    fn a_year_beyond_the_calendar_is_no_panic() {
        for seconds in [i64::MAX, i64::MIN] {
            let shown = Timestamp::from_seconds(seconds).date_time().to_string();
            assert_eq!(shown, "+262142-12-31 07:59:59", "the calendar's last day");
        }
    }
}
