//! How often the document lets each interface be called (调用频率), and a limiter that keeps to it.
use crate::model::{BillQuery, OrderQuery, StubGroupQuery, StubQuery};
use park_core::{AnyText, DateTime, Time};
use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

/// How often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frequency {
    /// Once on each day in China (1 次/天).
    Daily,
    /// Not again before so much time has passed.
    Every(Duration),
}

impl Frequency {
    /// So many minutes.
    pub const fn minutes(minutes: u64) -> Self {
        Self::Every(Duration::from_secs(60 * minutes))
    }

    /// How long it has to wait at `now` if it was last done at `last`; zero if it may be done.
    ///
    /// A `last` that lies further ahead than one period comes from a clock that was wrong, and does
    /// not count.
    pub fn wait(self, last: SystemTime, now: SystemTime) -> Duration {
        let (allowed, next) = match self {
            Self::Daily => (day(last) != day(now), day_after(last, midnight())),
            Self::Every(period) => (distance(last, now) >= period, last + period),
        };
        if allowed {
            return Duration::ZERO;
        }
        next.duration_since(now).unwrap_or_default()
    }
}

fn distance(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other)
        .unwrap_or_else(|negative| negative.duration())
}

fn midnight() -> Time {
    Time::from(park_core::chrono::NaiveTime::MIN)
}

/// The day in China.
pub(crate) fn day(moment: SystemTime) -> park_core::Date {
    DateTime::at(moment).date()
}

/// `time` on the day after `moment`, in China.
pub(crate) fn day_after(moment: SystemTime, time: Time) -> SystemTime {
    let date = day(moment).naive();
    let next = date.succ_opt().unwrap_or(date).and_time(time.naive());
    let seconds = DateTime::from(next).timestamp().seconds();
    // Before 1970 nobody charged a car.
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.try_into().unwrap_or(0))
}

/// The frequencies of the four queries; control has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frequencies {
    /// syncStubGroupInfo, per city (2.1). Daily.
    pub stub_groups: Frequency,
    /// syncStubInfo, per group (2.2). Every 15 minutes.
    pub stubs: Frequency,
    /// getOrderInfo, per order (2.3). Every 5 minutes.
    pub order: Frequency,
    /// checkChargeOrders (2.4). Daily.
    pub bill: Frequency,
}

impl Default for Frequencies {
    fn default() -> Self {
        Self {
            stub_groups: Frequency::Daily,
            stubs: Frequency::minutes(15),
            order: Frequency::minutes(5),
            bill: Frequency::Daily,
        }
    }
}

impl Frequencies {
    /// Those for a vendor that tells idle piles by another interface (另外提供充电桩的空闲数接口):
    /// syncStubInfo daily.
    #[must_use]
    pub fn idle_counts_elsewhere(mut self) -> Self {
        self.stubs = Frequency::Daily;
        self
    }

    /// The frequency of a call.
    pub fn of(&self, call: &LimitedCall) -> Frequency {
        match call {
            LimitedCall::StubGroups(_) => self.stub_groups,
            LimitedCall::Stubs(_) => self.stubs,
            LimitedCall::Order(_) => self.order,
            LimitedCall::Bill => self.bill,
        }
    }
}

/// What the document counts as the same call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitedCall {
    /// syncStubGroupInfo of a city, whatever the type of groups.
    StubGroups(AnyText),
    /// syncStubInfo of a group.
    Stubs(AnyText),
    /// getOrderInfo of an order.
    Order(AnyText),
    /// checkChargeOrders, whatever the time.
    Bill,
}

impl From<&StubGroupQuery> for LimitedCall {
    fn from(query: &StubGroupQuery) -> Self {
        Self::StubGroups(query.city_code.clone())
    }
}

impl From<&StubQuery> for LimitedCall {
    fn from(query: &StubQuery) -> Self {
        Self::Stubs(query.stub_group_id.clone())
    }
}

impl From<&OrderQuery> for LimitedCall {
    fn from(query: &OrderQuery) -> Self {
        Self::Order(query.order_id.clone())
    }
}

impl From<&BillQuery> for LimitedCall {
    fn from(_: &BillQuery) -> Self {
        Self::Bill
    }
}

/// A call that the document does not allow yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("called too often: the document allows it again in {} s",
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0))]
#[non_exhaustive]
pub struct TooOften {
    /// How long to wait.
    pub wait: Duration,
}

/// Keeps a client to the document's frequencies: a call that comes too early is refused with the
/// time to wait.
///
/// ```
/// use pile_proto::limit::{LimitedCall, Limiter};
/// use std::time::{Duration, SystemTime};
///
/// let mut limiter = Limiter::default();
/// let now = SystemTime::now();
/// let order = || LimitedCall::Order("V1".into());
/// assert!(limiter.admit(order(), now).is_ok());
/// let refused = limiter.admit(order(),
///     now + Duration::from_secs(60)).expect_err("four minutes early");
/// assert_eq!(refused.wait, Duration::from_secs(240));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Limiter {
    frequencies: Frequencies,
    last: HashMap<LimitedCall, SystemTime>,
    sweep_at: usize,
}

/// How many calls are remembered before the first look for those that need not be.
const FIRST_SWEEP: usize = 64;

impl Limiter {
    /// Keeps to `frequencies`.
    pub fn new(frequencies: Frequencies) -> Self {
        Self {
            frequencies,
            ..Self::default()
        }
    }

    /// Admits a call at `now`, and remembers it.
    ///
    /// # Errors
    /// It comes too early. Nothing is remembered then, so that trying does not push the time
    /// further away.
    pub fn admit(&mut self, call: LimitedCall, now: SystemTime) -> Result<(), TooOften> {
        if let Some(last) = self.last.get(&call) {
            let wait = self.frequencies.of(&call).wait(*last, now);
            if !wait.is_zero() {
                return Err(TooOften { wait });
            }
        }
        self.sweep(now);
        self.last.insert(call, now);
        Ok(())
    }

    /// Forgets a call that was admitted but never left.
    pub fn take_back(&mut self, call: &LimitedCall) {
        self.last.remove(call);
    }

    /// Forgets calls that may be repeated anyway, each time their number has doubled.
    fn sweep(&mut self, now: SystemTime) {
        if self.last.len() < self.sweep_at.max(FIRST_SWEEP) {
            return;
        }
        let frequencies = self.frequencies;
        self.last
            .retain(|call, last| !frequencies.of(call).wait(*last, now).is_zero());
        self.sweep_at = 2 * self.last.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SystemTime {
        let moment: DateTime = text.parse().expect(text);
        SystemTime::UNIX_EPOCH
            + Duration::from_secs(moment.timestamp().seconds().try_into().expect("after 1970"))
    }

    #[test]
    fn each_call_has_the_document_s_frequency() {
        let noon = at("2017-01-17 12:00:00");
        let hours = |hours: u64| Duration::from_secs(3600 * hours);
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        for (call, frequencies, wait) in [
            (
                LimitedCall::StubGroups("440300".into()),
                Frequencies::default(),
                hours(12),
            ),
            (
                LimitedCall::Stubs("G1".into()),
                Frequencies::default(),
                minutes(15),
            ),
            (
                LimitedCall::Stubs("G1".into()),
                Frequencies::default().idle_counts_elsewhere(),
                hours(12),
            ),
            (
                LimitedCall::Order("V1".into()),
                Frequencies::default(),
                minutes(5),
            ),
            (LimitedCall::Bill, Frequencies::default(), hours(12)),
        ] {
            let mut limiter = Limiter::new(frequencies);
            assert_eq!(limiter.admit(call.clone(), noon), Ok(()));
            assert_eq!(
                limiter.admit(call.clone(), noon),
                Err(TooOften { wait }),
                "{call:?}"
            );
            let almost = noon + wait - Duration::from_nanos(1);
            let refused = limiter
                .admit(call.clone(), almost)
                .expect_err("a nanosecond early");
            assert_eq!(
                refused.to_string(),
                "called too often: the document allows it again in 1 s"
            );
            assert_eq!(limiter.admit(call.clone(), noon + wait), Ok(()));
        }
    }

    #[test]
    fn calls_are_limited_each_on_its_own() {
        let now = at("2017-01-17 12:00:00");
        let mut limiter = Limiter::default();
        for city in ["440300", "330100"] {
            let query = StubGroupQuery {
                city_code: city.into(),
                stub_group_type: None,
            };
            assert_eq!(limiter.admit(LimitedCall::from(&query), now), Ok(()));
            assert!(limiter.admit(LimitedCall::from(&query), now).is_err());
        }
        for call in [
            LimitedCall::Stubs("1".into()),
            LimitedCall::Order("1".into()),
            LimitedCall::Bill,
        ] {
            assert_eq!(limiter.admit(call, now), Ok(()));
        }
    }

    #[test]
    fn a_call_that_never_left_does_not_count() {
        let now = at("2017-01-17 12:00:00");
        let mut limiter = Limiter::default();
        assert_eq!(limiter.admit(LimitedCall::Bill, now), Ok(()));
        limiter.take_back(&LimitedCall::Bill);
        assert_eq!(limiter.admit(LimitedCall::Bill, now), Ok(()));
    }

    #[test]
    fn a_day_is_a_day_in_china() {
        for (last, now, wait) in [
            ("2017-01-17 23:59:59", "2017-01-18 00:00:00", 0),
            ("2017-01-18 00:00:00", "2017-01-18 23:59:59", 1),
            ("2017-01-18 07:59:59", "2017-01-18 08:00:00", 16 * 3600),
            ("2017-01-19 00:00:00", "2017-01-18 23:59:59", 0),
        ] {
            assert_eq!(
                Frequency::Daily.wait(at(last), at(now)),
                Duration::from_secs(wait),
                "{last} {now}"
            );
        }
    }

    #[test]
    fn a_clock_that_was_wrong_blocks_nothing_for_long() {
        let now = at("2017-01-17 12:00:00");
        let five = Frequency::minutes(5);
        assert_eq!(five.wait(at("2027-01-17 12:00:00"), now), Duration::ZERO);
        assert_eq!(
            five.wait(now + Duration::from_secs(60), now),
            Duration::from_secs(360)
        );
    }

    #[test]
    fn calls_that_may_be_repeated_are_forgotten() {
        let mut now = at("2017-01-17 00:00:00");
        let mut limiter = Limiter::default();
        for order in 0..10_000 {
            assert_eq!(
                limiter.admit(LimitedCall::Order(order.to_string().into()), now),
                Ok(())
            );
            now += Duration::from_secs(10);
        }
        assert!(
            limiter.last.len() <= 2 * FIRST_SWEEP,
            "{}",
            limiter.last.len()
        );
        assert!(
            limiter
                .admit(LimitedCall::Order("9999".into()), now)
                .is_err()
        );
    }
}
