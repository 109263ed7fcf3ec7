//! TimeStamp and Seq: what makes each request of an operator different from every other.
use park_core::{
    BoxFuture, DateTime, Timestamp,
    chrono::{Datelike, NaiveDate, Timelike},
};
use std::{
    fmt,
    sync::{Mutex, PoisonError},
};
#[cfg(feature = "client")]
use {
    park_core::{Clock, Error, ErrorKind, Sent},
    std::time::{Duration, Instant, UNIX_EPOCH},
};

/// The last number of a second; the next message waits for the next second.
pub const LAST_SEQ: u16 = 9999;

/// When a request was made, to the second, and its number within that second (时间戳, 自增序列),
/// Table B.25.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stamp {
    /// The second.
    pub second: Timestamp,
    /// From 1 to [`LAST_SEQ`].
    pub number: u16,
}

impl Stamp {
    /// TimeStamp as it travels: `yyyyMMddHHmmss`, China time.
    pub fn timestamp(self) -> String {
        let moment = self.second.date_time().naive();
        let date = moment.year() * 10_000 + moment.month() as i32 * 100 + moment.day() as i32;
        format!(
            "{date:08}{:06}",
            moment.hour() * 10_000 + moment.minute() * 100 + moment.second()
        )
    }

    /// Seq as it travels: four digits.
    pub fn seq(self) -> String {
        format!("{:04}", self.number)
    }

    /// What [`timestamp`](Self::timestamp) and [`seq`](Self::seq) give; Seq also with fewer digits.
    /// `None` for anything else.
    ///
    /// ```
    /// use evcs_proto::sequence::Stamp;
    ///
    /// let stamp = Stamp::parse("20160729142400", "0001").expect("as in T/CEC 102.4");
    /// assert_eq!((stamp.timestamp(), stamp.seq()),
    ///     ("20160729142400".to_owned(), "0001".to_owned()));
    /// ```
    pub fn parse(timestamp: &str, seq: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let second = Some(timestamp)
            .filter(|text| text.len() == 14 && digits(text))
            .and_then(date_time)?
            .timestamp();
        let number = Some(seq)
            .filter(|text| digits(text))
            .and_then(|text| text.parse().ok())?;
        (1..=LAST_SEQ)
            .contains(&number)
            .then_some(Self { second, number })
    }
}

/// Where stamps come from. In memory by default; several instances that speak as one operator share
/// a source, for example a counter in a database.
pub trait Sequence: Send + Sync + 'static {
    /// The next stamp at `now`, not given out before (unless a clock was set back by more than the
    /// source bridges). `None` when the numbers of this second are used up: ask again in the next.
    fn next(&self, now: Timestamp) -> BoxFuture<'_, Option<Stamp>>;
}

impl<S: Sequence + ?Sized> Sequence for std::sync::Arc<S> {
    fn next(&self, now: Timestamp) -> BoxFuture<'_, Option<Stamp>> {
        (**self).next(now)
    }
}

/// The next stamp of `sequence`; waits for the next second when this one's are used up.
///
/// # Errors
/// The deadline comes before the next second.
#[cfg(feature = "client")]
#[doc(hidden)]
pub async fn stamp<C>(
    sequence: &dyn Sequence,
    clock: &dyn Clock,
    deadline: Instant,
) -> Result<Stamp, Error<C>> {
    loop {
        let now = clock.now();
        if let Some(stamp) = sequence.next(Timestamp::at(now)).await {
            return Ok(stamp);
        }
        let into = now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.subsec_nanos());
        let wait = Duration::from_secs(1) - Duration::from_nanos(into.into());
        if Instant::now()
            .checked_add(wait)
            .is_none_or(|next| next >= deadline)
        {
            let what = "the sequence numbers of this second are used up, and the deadline comes \
                before the next";
            return Err(Error::new(ErrorKind::Busy, Sent::No, what));
        }
        tokio::time::sleep(wait).await;
    }
}

/// Counts in this process's memory.
#[derive(Default)]
pub struct MemorySequence(Mutex<Option<Stamp>>);

/// How far a clock may be set back, in seconds, before stamps follow it. Within this span they go
/// on in the second reached before, so that none comes twice; a clock that was hours ahead must not
/// keep stamps there, which every peer would refuse.
const SET_BACK: i64 = 60;

impl MemorySequence {
    /// The next stamp at `now`.
    pub fn take(&self, now: Timestamp) -> Option<Stamp> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = match *last {
            Some(last)
                if last.second >= now && last.second.seconds() - now.seconds() <= SET_BACK =>
            {
                Stamp {
                    second: last.second,
                    number: (last.number < LAST_SEQ).then(|| last.number + 1)?,
                }
            }
            _ => Stamp {
                second: now,
                number: 1,
            },
        };
        *last = Some(next);
        Some(next)
    }
}

impl Sequence for MemorySequence {
    fn next(&self, now: Timestamp) -> BoxFuture<'_, Option<Stamp>> {
        let stamp = self.take(now);
        Box::pin(async move { stamp })
    }
}

impl fmt::Debug for MemorySequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemorySequence")
    }
}

/// When a request says it was made: fourteen digits, or in the forms of real peers (twelve digits
/// without seconds, seconds or milliseconds since 1970). The second value tells whether it was
/// another form.
pub(crate) fn read_timestamp(text: &str) -> Option<(Timestamp, bool)> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        // `2016-07-29 14:24:00`
        let moment: DateTime = text.parse().ok()?;
        return Some((moment.timestamp(), true));
    }
    match text.len() {
        14 => date_time(text).map(|moment| (moment.timestamp(), false)),
        12 => date_time(&format!("{text}00")).map(|moment| (moment.timestamp(), true)),
        10 => text
            .parse()
            .ok()
            .map(|seconds| (Timestamp::from_seconds(seconds), true)),
        13 => text
            .parse::<i64>()
            .ok()
            .map(|millis| (Timestamp::from_seconds(millis / 1000), true)),
        _ => None,
    }
}

/// Fourteen bytes, known to be digits. Without a format, since reading by one takes as long as
/// decrypting a small message.
fn date_time(digits: &str) -> Option<DateTime> {
    let digits: &[u8; 14] = digits.as_bytes().try_into().ok()?;
    let pair = |at: usize| {
        digits[at..at + 2]
            .iter()
            .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    let date =
        NaiveDate::from_ymd_opt((pair(0) * 100 + pair(2)).try_into().ok()?, pair(4), pair(6))?;
    // A leap second counts to the one before it, as everywhere here.
    let second = if pair(12) == 60 { 59 } else { pair(12) };
    date.and_hms_opt(pair(8), pair(10), second)
        .map(DateTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn a_second_has_9999_numbers_and_the_next_begins_anew() {
        let sequence = MemorySequence::default();
        let now = at(1_469_773_440);
        for number in 1..=LAST_SEQ {
            assert_eq!(
                sequence.take(now),
                Some(Stamp {
                    second: now,
                    number
                })
            );
        }
        assert_eq!(sequence.take(now), None);
        let next = sequence.take(at(1_469_773_441)).expect("a new second");
        assert_eq!(
            (next.timestamp().as_str(), next.seq().as_str()),
            ("20160729142401", "0001")
        );
    }

    #[test]
    fn a_clock_that_is_set_back_gives_no_stamp_twice() {
        let sequence = MemorySequence::default();
        for (now, second, number) in [
            (1000, 1000, 1),
            (1000, 1000, 2),
            (990, 1000, 3),
            (940, 1000, 4),
            (1001, 1001, 1),
            (900, 900, 1),
        ] {
            assert_eq!(
                sequence.take(at(now)),
                Some(Stamp {
                    second: at(second),
                    number
                }),
                "{now}"
            );
        }
    }

    #[test]
    fn timestamps_are_read_as_real_peers_write_them() {
        let moment = at(1_469_773_440);
        for (text, read) in [
            ("20160729142400", Some((moment, false))),
            ("201607291424", Some((moment, true))),
            ("1469773440", Some((moment, true))),
            ("1469773440123", Some((moment, true))),
            ("2016-07-29 14:24:00", Some((moment, true))),
            // A leap second, as everywhere here.
            ("20160729142460", Some((at(1_469_773_499), false))),
            ("20160729142461", None),
            ("20160732142400", None),
            ("2016072914", Some((at(2_016_072_914), true))),
            ("", None),
            ("now", None),
            ("99999999999999", None),
        ] {
            assert_eq!(read_timestamp(text), read, "{text}");
        }
    }
}
