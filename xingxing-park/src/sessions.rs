//! Stretches of time and their union.
use park_core::{DateTime, Timestamp};
use std::time::Duration;

/// A stretch of time, from `begins` up to but not including `ends`. One that ends before it begins
/// is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChargingSession {
    /// Its first moment.
    pub begins: DateTime,
    /// The first moment after it.
    pub ends: DateTime,
}

impl ChargingSession {
    /// How long it is, in whole seconds; zero if it is empty.
    pub fn duration(self) -> Duration {
        let seconds = self.ends.timestamp().seconds() - self.begins.timestamp().seconds();
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    }

    /// The part of it that lies in `limits`; may be empty.
    pub fn within(self, limits: Self) -> Self {
        Self {
            begins: self.begins.max(limits.begins),
            ends: self.ends.min(limits.ends),
        }
    }

    fn is_empty(self) -> bool {
        self.duration().is_zero()
    }
}

/// The union of any number of sessions (时间上的整合, section 4.1.1): in order of time, overlapping
/// and adjoining ones made one, empty ones left out.
///
/// ```
/// use std::time::Duration;
/// use xingxing_park::{ChargingSession, ChargingSessions};
/// let session = |begins: &str, ends: &str| ChargingSession {
///     begins: format!("2018-07-11 {begins}").parse().expect("a time"),
///     ends: format!("2018-07-11 {ends}").parse().expect("a time"),
/// };
/// let merged: ChargingSessions = [
///     session("12:00:00", "12:30:00"),
///     session("10:00:00", "10:40:00"),
///     session("10:30:00", "11:00:00"), // overlaps the one before
///     session("11:00:00", "11:10:00"), // adjoins it
/// ]
/// .into_iter()
/// .collect();
/// assert_eq!(merged.list(), [session("10:00:00", "11:10:00"), session("12:00:00", "12:30:00")]);
/// assert_eq!(merged.total(), Duration::from_secs(100 * 60));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChargingSessions(Vec<ChargingSession>);

impl ChargingSessions {
    /// The merged sessions in order of time.
    pub fn list(&self) -> &[ChargingSession] {
        &self.0
    }

    /// How long they are together.
    pub fn total(&self) -> Duration {
        self.0.iter().map(|session| session.duration()).sum()
    }

    /// The parts of them that lie in `limits`.
    pub fn within(&self, limits: ChargingSession) -> Self {
        self.0
            .iter()
            .map(|session| session.within(limits))
            .collect()
    }

    /// Each of them `by` longer at its end; what overlaps then counts once.
    pub fn extended(&self, by: Duration) -> Self {
        let by = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        let later = |moment: DateTime| {
            Timestamp::from_seconds(moment.timestamp().seconds().saturating_add(by)).date_time()
        };
        self.0
            .iter()
            .map(|session| ChargingSession {
                ends: later(session.ends),
                ..*session
            })
            .collect()
    }
}

impl FromIterator<ChargingSession> for ChargingSessions {
    fn from_iter<I: IntoIterator<Item = ChargingSession>>(sessions: I) -> Self {
        let mut sorted: Vec<ChargingSession> = sessions
            .into_iter()
            .filter(|session| !session.is_empty())
            .collect();
        sorted.sort_unstable();
        let mut merged: Vec<ChargingSession> = Vec::with_capacity(sorted.len());
        for session in sorted {
            match merged.last_mut() {
                Some(last) if session.begins <= last.ends => {
                    last.ends = last.ends.max(session.ends)
                }
                _ => merged.push(session),
            }
        }
        Self(merged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> DateTime {
        Timestamp::from_seconds(1_531_267_200 + second).date_time()
    }

    fn session((begins, ends): (i64, i64)) -> ChargingSession {
        ChargingSession {
            begins: at(begins),
            ends: at(ends),
        }
    }

    /// The slow way: which of the seconds lie in one of them.
    fn seconds(sessions: &[(i64, i64)], allowed: impl Fn(i64) -> bool) -> u64 {
        let inside = |second: &i64| {
            allowed(*second)
                && sessions
                    .iter()
                    .any(|(begins, ends)| begins <= second && second < ends)
        };
        (0..200).filter(inside).count() as u64
    }

    proptest! {
        #[test]
        fn merging_counts_every_second_once(sessions in prop::collection::vec((0i64..100,
            0i64..100), 0..8), limits in (0i64..100, 0i64..100), by in 0u64..60) {
            let merged: ChargingSessions = sessions.iter().copied().map(session).collect();
            prop_assert_eq!(merged.total().as_secs(), seconds(&sessions, |_| true));
            prop_assert!(merged.list().windows(2).all(|pair| pair[0].ends < pair[1].begins),
                "{merged:?}");
            prop_assert!(merged.list().iter().all(|session| session.begins < session.ends),
                "{merged:?}");
            let clipped = merged.within(session(limits));
            prop_assert_eq!(clipped.total().as_secs(),
                seconds(&sessions, |second| limits.0 <= second && second < limits.1));
            let longer: Vec<_> = sessions.iter().filter(|(begins,
                ends)| begins < ends).map(|(begins, ends)| (*begins, ends + by as i64)).collect();
            prop_assert_eq!(merged.extended(Duration::from_secs(by)).total().as_secs(),
                seconds(&longer, |_| true));
        }
    }

    #[test]
    fn an_endless_extension_ends_with_the_calendar() {
        let sessions: ChargingSessions = [session((0, 10))].into_iter().collect();
        let longest = sessions.extended(Duration::MAX);
        assert!(longest.list()[0].ends > at(10));
        assert_eq!(
            longest.within(session((5, 25))).total(),
            Duration::from_secs(20)
        );
    }
}
