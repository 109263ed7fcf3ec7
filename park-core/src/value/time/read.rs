//! What peers write where a date or time belongs.
use super::{Date, DateTime, Time, Timestamp, date_time};
use crate::DeviationKind;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// A value, and the name of the tolerance that reading it needed.
pub(crate) type Read<T> = (T, Option<DeviationKind>);

/// What peers write where a [`Time`] belongs: the time, and the name of the tolerance if it needed
/// one.
pub(crate) fn read_time(text: &str) -> Option<Read<Time>> {
    if let Ok(time) = text.parse() {
        return Some((time, None));
    }
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    Some((Time(time), Some(DeviationKind::SHORT_TIME)))
}

/// What peers write where a [`Date`] belongs.
pub(crate) fn read_date(text: &str) -> Option<Read<Date>> {
    if let Ok(date) = text.parse() {
        return Some((date, None));
    }
    if let Ok(moment) = text.parse::<DateTime>() {
        return Some((moment.date(), Some(DeviationKind::DATE_TIME_FOR_DATE)));
    }
    let date = ["%Y/%m/%d", "%Y-%m-%d", "%Y%m%d"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
    Some((Date(date), Some(DeviationKind::TIME_STYLE)))
}

/// What peers write as digits where a [`DateTime`] belongs: time since 1970 in ten digits or, with
/// milliseconds, in thirteen, from 2001 to 2033; the digits of a date, or of a date and time. What
/// else a number could mean nobody knows, so nothing is made of it.
pub(crate) fn read_digits(digits: &str) -> Option<Read<DateTime>> {
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let calendar = |form: &str, kind| {
        let [year, month, day, hour, minute, second, _] = read_run::<7>(digits, form)?;
        let moment = date_time([year, month, day, hour, minute, second])?;
        Some((DateTime(moment), Some(kind)))
    };
    match digits.len() {
        10 | 13 if digits.starts_with('1') => {
            let seconds = digits[..10].parse().ok()?;
            let moment = Timestamp::from_seconds(seconds).date_time();
            Some((moment, Some(DeviationKind::TIMESTAMP_FOR_DATE_TIME)))
        }
        8 => calendar("yyyyMMdd", DeviationKind::DATE_FOR_DATE_TIME),
        12 => calendar("yyyyMMddHHmm", DeviationKind::TIME_STYLE),
        14 => calendar("yyyyMMddHHmmss", DeviationKind::TIME_STYLE),
        17 => calendar("yyyyMMddHHmmssSSS", DeviationKind::TIME_STYLE),
        _ => None,
    }
}

/// The numbers in digits without anything between them, one for each letter of `form`.
fn read_run<const N: usize>(digits: &str, form: &str) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    let mut at = 0;
    let mut before = None;
    for (digit, letter) in digits.bytes().zip(form.bytes()) {
        at += usize::from(before.is_some_and(|before| before != letter));
        numbers[at] = numbers[at] * 10 + u32::from(digit - b'0');
        before = Some(letter);
    }
    (digits.len() == form.len()).then_some(numbers)
}

/// What peers write as text where a [`DateTime`] belongs.
pub(crate) fn read_date_time(text: &str) -> Option<Read<DateTime>> {
    if let Ok(moment) = text.parse() {
        return Some((moment, None));
    }
    if let Some(read) = read_digits(text) {
        return Some(read);
    }
    if let Ok(date) = text.parse::<Date>() {
        return Some((
            DateTime(date.0.and_time(NaiveTime::MIN)),
            Some(DeviationKind::DATE_FOR_DATE_TIME),
        ));
    }
    let moment = [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y/%m/%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    // The wire knows whole seconds only; a kept fraction would make two equal printed times differ.
    Some((
        DateTime(moment.with_nanosecond(0)?),
        Some(DeviationKind::TIME_STYLE),
    ))
}

/// The same where the document has slashes or dashes, with or without leading zeros.
pub(crate) fn read_slash_date_time(text: &str) -> Option<Read<DateTime>> {
    ["%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|moment| (DateTime(moment), None))
        .or_else(|| read_date_time(text))
}

/// What peers write as a number where a [`Timestamp`] belongs: ten digits are seconds, up to three
/// more are their fraction, also behind a point; fourteen are a date and time.
pub(crate) fn read_timestamp(number: &str) -> Option<Read<Timestamp>> {
    let (digits, fraction) = number.split_once('.').unwrap_or((number, ""));
    let seconds: i64 = digits.parse().ok()?;
    if !fraction.is_empty() {
        let is_fraction =
            digits.len() == 10 && fraction.bytes().all(|digit| digit.is_ascii_digit());
        return is_fraction.then_some((Timestamp(seconds), Some(DeviationKind::LONG_TIMESTAMP)));
    }
    match digits.len() {
        14 => {
            let (moment, _) = read_digits(digits)?;
            Some((
                moment.timestamp(),
                Some(DeviationKind::DATE_TIME_FOR_TIMESTAMP),
            ))
        }
        15.. => None,
        11..=13 if seconds > 0 => Some((
            Timestamp(seconds / 10i64.pow(digits.len() as u32 - 10)),
            Some(DeviationKind::LONG_TIMESTAMP),
        )),
        _ => Some((Timestamp(seconds), None)),
    }
}
