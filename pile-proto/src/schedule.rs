//! What is due when, by the document's frequencies, without clock, I/O or threads.
use crate::{
    code::OrderStatus,
    limit::{Frequencies, Frequency, LimitedCall, day, day_after},
};
use park_core::{
    AnyText, Date, DateTime, Time,
    chrono::{NaiveDate, NaiveTime, TimeDelta},
};
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

/// A query that is due.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// getOrderInfo: of this order nothing was heard for too long.
    Order(AnyText),
    /// syncStubInfo of this group.
    Stubs(AnyText),
    /// syncStubGroupInfo of this city.
    StubGroups(AnyText),
    /// checkChargeOrders: whole days that have not been settled, the first moment and the last
    /// second of them.
    Bill {
        /// `startTim`.
        from: DateTime,
        /// `endTim`.
        until: DateTime,
    },
}

impl Task {
    /// What the limiter counts it as.
    pub fn call(&self) -> LimitedCall {
        match self {
            Self::Order(order) => LimitedCall::Order(order.clone()),
            Self::Stubs(group) => LimitedCall::Stubs(group.clone()),
            Self::StubGroups(city) => LimitedCall::StubGroups(city.clone()),
            Self::Bill { .. } => LimitedCall::Bill,
        }
    }
}

/// When things are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScheduleOptions {
    /// How often each query may be called. Default: as the document says.
    pub frequencies: Frequencies,
    /// How long a callback for an order is waited for before its order is asked for. Default 5
    /// minutes; counts as at least the frequency of getOrderInfo.
    pub silence: Duration,
    /// The time of day in China from which on daily queries are due. Default 02:00.
    pub daily_at: Time,
}

impl Default for ScheduleOptions {
    fn default() -> Self {
        Self {
            frequencies: Frequencies::default(),
            silence: Duration::from_secs(300),
            daily_at: NaiveTime::from_hms_opt(2, 0, 0)
                .unwrap_or(NaiveTime::MIN)
                .into(),
        }
    }
}

/// What is due when.
///
/// - **Groups and piles**: cities and groups that were added are due at once, then by their
///   frequency.
/// - **Orders**: an order is asked for while it is charged, when nothing was heard of it for 5
///   minutes: neither a callback nor an answer. So polling stops as long as callbacks come, resumes
///   when they fall silent, and ends with the order.
/// - **Reconciliation**: once a day, for all days since the last that was settled. A day whose
///   query failed is part of the next day's.
///
/// The application asks [`due`](Self::due), makes the calls, and tells [`asked`](Self::asked) of
/// each, also if it failed: frequencies are about calls. A call that never left need not be told.
/// `now` is taken from one clock throughout; if that is set back, at most one period is lost.
///
/// ```
/// use pile_proto::{Schedule, code::OrderStatus, schedule::Task};
/// use std::time::{Duration, SystemTime};
///
/// let mut schedule = Schedule::default();
/// let minute = |minutes: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(60 * minutes);
/// schedule.charging("V1", minute(0));
/// assert_eq!(schedule.due(minute(4)), []);
/// schedule.callback("V1", OrderStatus::CHARGING, minute(4));
/// assert_eq!(schedule.due(minute(8)), []);
/// assert_eq!(schedule.next_due(minute(8)), Some(minute(9)));
/// assert_eq!(schedule.due(minute(9)), [Task::Order("V1".into())]);
/// schedule.asked(&Task::Order("V1".into()), minute(9));
/// schedule.callback("V1", OrderStatus::ENDED, minute(11));
/// assert_eq!(schedule.next_due(minute(11)), None);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    options: ScheduleOptions,
    cities: BTreeMap<AnyText, Option<SystemTime>>,
    groups: BTreeMap<AnyText, Option<SystemTime>>,
    orders: BTreeMap<AnyText, Heard>,
    books: Option<Books>,
}

/// When an order was last heard of or asked for, and how long that suffices.
#[derive(Debug, Clone, Copy)]
struct Heard {
    at: SystemTime,
    suffices: Frequency,
}

#[derive(Debug, Clone, Copy)]
struct Books {
    /// The last day that is settled.
    settled: Date,
    asked: Option<SystemTime>,
}

impl Schedule {
    /// A schedule of nothing yet.
    pub fn new(options: ScheduleOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Adds a city whose groups are asked for. One that is there already stays as it is.
    pub fn add_city(&mut self, city_code: impl Into<AnyText>) {
        self.cities.entry(city_code.into()).or_default();
    }

    /// Removes a city.
    pub fn remove_city(&mut self, city_code: &str) {
        self.cities.remove(city_code);
    }

    /// Adds a group whose piles are asked for. One that is there already stays as it is.
    pub fn add_group(&mut self, stub_group_id: impl Into<AnyText>) {
        self.groups.entry(stub_group_id.into()).or_default();
    }

    /// Removes a group.
    pub fn remove_group(&mut self, stub_group_id: &str) {
        self.groups.remove(stub_group_id);
    }

    /// Watches an order that began to be charged at `now`: with the reply of chargeStart, or after
    /// a restart of the program.
    pub fn charging(&mut self, order_id: impl Into<AnyText>, now: SystemTime) {
        let suffices = self.options.frequencies.order;
        self.orders
            .entry(order_id.into())
            .or_insert(Heard { at: now, suffices });
    }

    /// A callback told of an order at `now`. False if the order is not watched, which the
    /// application may then do: it is not done here, since anybody who can send a callback could
    /// fill the memory.
    pub fn callback(&mut self, order_id: &str, status: OrderStatus, now: SystemTime) -> bool {
        let Some(heard) = self.orders.get_mut(order_id) else {
            return false;
        };
        let suffices = match self.options.frequencies.order {
            Frequency::Every(period) => Frequency::Every(period.max(self.options.silence)),
            Frequency::Daily => Frequency::Daily,
        };
        *heard = Heard { at: now, suffices };
        if status.is_over() {
            self.orders.remove(order_id);
        }
        true
    }

    /// No longer watches an order: a reply told that it is over.
    pub fn over(&mut self, order_id: &str) {
        self.orders.remove(order_id);
    }

    /// Reconciles from the day after `day` on. Days are settled in order; a day before the last
    /// settled one changes nothing.
    pub fn settled(&mut self, day: Date) {
        let books = self.books.get_or_insert(Books {
            settled: day,
            asked: None,
        });
        books.settled = books.settled.max(day);
    }

    /// What is due at `now`: orders first, then piles, groups, and the reconciliation. It stays due
    /// until [`asked`](Self::asked) is told.
    pub fn due(&self, now: SystemTime) -> Vec<Task> {
        let frequencies = &self.options.frequencies;
        let orders = self
            .orders
            .iter()
            .filter(|(_, heard)| heard.suffices.wait(heard.at, now).is_zero());
        let groups = self
            .groups
            .iter()
            .filter(|(_, last)| self.is_due(frequencies.stubs, **last, now));
        let cities = self
            .cities
            .iter()
            .filter(|(_, last)| self.is_due(frequencies.stub_groups, **last, now));
        orders
            .map(|(order, _)| Task::Order(order.clone()))
            .chain(groups.map(|(group, _)| Task::Stubs(group.clone())))
            .chain(cities.map(|(city, _)| Task::StubGroups(city.clone())))
            .chain(self.bill(now))
            .collect()
    }

    /// Whether `task` of an earlier [`due`](Self::due) is due at `now`, too: meanwhile a callback
    /// may have come.
    pub fn is_still_due(&self, task: &Task, now: SystemTime) -> bool {
        let frequencies = &self.options.frequencies;
        match task {
            Task::Order(order) => self
                .orders
                .get(order)
                .is_some_and(|heard| heard.suffices.wait(heard.at, now).is_zero()),
            Task::Stubs(group) => self
                .groups
                .get(group)
                .is_some_and(|last| self.is_due(frequencies.stubs, *last, now)),
            Task::StubGroups(city) => self
                .cities
                .get(city)
                .is_some_and(|last| self.is_due(frequencies.stub_groups, *last, now)),
            Task::Bill { .. } => self.bill(now).as_ref() == Some(task),
        }
    }

    /// When the next thing is due, `now` if something is; `None` if nothing is scheduled. So long
    /// the application may sleep, unless it tells the schedule something new.
    pub fn next_due(&self, now: SystemTime) -> Option<SystemTime> {
        let frequencies = &self.options.frequencies;
        let orders = self
            .orders
            .values()
            .map(|heard| now + heard.suffices.wait(heard.at, now));
        let groups = self
            .groups
            .values()
            .map(|last| self.next(frequencies.stubs, *last, now));
        let cities = self
            .cities
            .values()
            .map(|last| self.next(frequencies.stub_groups, *last, now));
        let bill = self.books.map(|books| self.next_bill(books, now));
        orders.chain(groups).chain(cities).chain(bill).min()
    }

    /// A call for `task` was made at `now`, whatever became of it.
    pub fn asked(&mut self, task: &Task, now: SystemTime) {
        match task {
            Task::Order(order) => {
                let suffices = self.options.frequencies.order;
                if let Some(heard) = self.orders.get_mut(order) {
                    *heard = Heard { at: now, suffices };
                }
            }
            Task::Stubs(group) => {
                if let Some(last) = self.groups.get_mut(group) {
                    *last = Some(now);
                }
            }
            Task::StubGroups(city) => {
                if let Some(last) = self.cities.get_mut(city) {
                    *last = Some(now);
                }
            }
            Task::Bill { .. } => {
                if let Some(books) = &mut self.books {
                    books.asked = Some(now);
                }
            }
        }
    }

    fn is_due(&self, frequency: Frequency, last: Option<SystemTime>, now: SystemTime) -> bool {
        self.next(frequency, last, now) <= now
    }

    /// When something of this frequency is due again: what was never asked for at once, what is
    /// daily not before its time of the day.
    fn next(&self, frequency: Frequency, last: Option<SystemTime>, now: SystemTime) -> SystemTime {
        match (last, frequency) {
            (None, _) => now,
            (Some(last), Frequency::Daily) if day(last) == day(now) => {
                day_after(last, self.options.daily_at)
            }
            (Some(_), Frequency::Daily) => self.of_day(now),
            (Some(last), frequency) => now + frequency.wait(last, now),
        }
    }

    /// The time of the day for daily queries on the day of `now`, or `now` if it is past.
    fn of_day(&self, now: SystemTime) -> SystemTime {
        let missing = self.options.daily_at.naive() - DateTime::at(now).time().naive();
        now + missing.to_std().unwrap_or_default()
    }

    fn bill(&self, now: SystemTime) -> Option<Task> {
        let books = self.books?;
        let (first, last) = (next_day(books.settled), previous_day(day(now)));
        if self.next_bill(books, now) > now {
            return None;
        }
        Some(Task::Bill {
            from: first.and_time(NaiveTime::MIN).into(),
            until: (next(last).and_time(NaiveTime::MIN) - TimeDelta::seconds(1)).into(),
        })
    }

    fn next_bill(&self, books: Books, now: SystemTime) -> SystemTime {
        let by_frequency = match books.asked {
            None => self.of_day(now),
            asked => self.next(self.options.frequencies.bill, asked, now),
        };
        if next_day(books.settled) <= previous_day(day(now)) {
            return by_frequency;
        }
        // Settled up to yesterday, or by a clock that was wrong even further.
        by_frequency.max(day_after(now, self.options.daily_at))
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

fn next_day(day: Date) -> NaiveDate {
    next(day.naive())
}

fn previous_day(day: Date) -> NaiveDate {
    day.naive().pred_opt().unwrap_or(day.naive())
}

#[cfg(test)]
mod tests;
