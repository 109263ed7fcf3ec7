//! Laws of the schedule, whatever happens in whatever order: nothing is asked for more often than
//! the document allows, nothing is forgotten, polling stops for callbacks and comes back when they
//! fall silent, every day is settled once.
use pile_proto::{
    code::*,
    schedule::{Schedule, ScheduleOptions, Task},
    *,
};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

const MINUTE: u64 = 60;

fn start() -> SystemTime {
    // 2017-01-17 08:30:00 in China.
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_484_613_000)
}

fn day(moment: SystemTime) -> Date {
    DateTime::at(moment).date()
}

/// What may happen beside the passing of time.
#[derive(Debug, Clone)]
enum Event {
    Pass(u64),
    Charge(u8),
    Callback(u8, i32),
    Over(u8),
    AddCity(u8),
    AddGroup(u8),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        8 => (1..20 * MINUTE).prop_map(Event::Pass),
        2 => (MINUTE..40 * 60 * MINUTE).prop_map(Event::Pass),
        2 => (0..4u8).prop_map(Event::Charge),
        6 => (0..4u8, prop_oneof![4 => Just(1), 1 => Just(3), 1 => Just(2),
            1 => Just(9)]).prop_map(|(order, status)| Event::Callback(order, status)),
        1 => (0..4u8).prop_map(Event::Over),
        1 => (0..3u8).prop_map(Event::AddCity),
        1 => (0..3u8).prop_map(Event::AddGroup),
    ];
    proptest::collection::vec(event, 1..120)
}

/// What the schedule should know, kept in the simplest way.
#[derive(Default)]
struct Model {
    /// When each order was last heard of.
    orders: BTreeMap<u8, SystemTime>,
    cities: BTreeMap<u8, Option<SystemTime>>,
    groups: BTreeMap<u8, Option<SystemTime>>,
}

fn name(number: u8) -> AnyText {
    number.to_string().into()
}

fn number(name: &AnyText) -> u8 {
    name.parse().expect("a number")
}

proptest! {
    #[test]
    fn nothing_is_asked_for_too_often_and_nothing_is_forgotten(events in events(),
        daily in any::<bool>()) {
        let mut options = ScheduleOptions::default();
        if daily {
            options.frequencies = options.frequencies.idle_counts_elsewhere();
        }
        let mut schedule = Schedule::new(options);
        let mut limiter = Limiter::new(options.frequencies);
        let mut model = Model::default();
        let mut settled = day(start());
        schedule.settled(settled);
        let mut asked_bill: Option<SystemTime> = None;
        let mut now = start();
        for event in events {
            match event {
                Event::Pass(seconds) => now += Duration::from_secs(seconds),
                Event::Charge(order) => {
                    schedule.charging(name(order), now);
                    model.orders.entry(order).or_insert(now);
                }
                Event::Callback(order, status) => {
                    let watched = schedule.callback(&name(order), OrderStatus(status), now);
                    prop_assert_eq!(watched, model.orders.contains_key(&order));
                    if watched {
                        model.orders.insert(order, now);
                        if OrderStatus(status).is_over() {
                            model.orders.remove(&order);
                        }
                    }
                }
                Event::Over(order) => {
                    schedule.over(&name(order));
                    model.orders.remove(&order);
                }
                Event::AddCity(city) => {
                    schedule.add_city(name(city));
                    model.cities.entry(city).or_default();
                }
                Event::AddGroup(group) => {
                    schedule.add_group(name(group));
                    model.groups.entry(group).or_default();
                }
            }
            let due = schedule.due(now);
            // Nothing is forgotten: what is older than the document allows is due, and only that.
            let five = Duration::from_secs(5 * MINUTE);
            let time = DateTime::at(now).time();
            let is_daily_due = |last: Option<SystemTime>| last.is_none_or(|last| day(last) < day(now) && time >= options.daily_at);
            let fifteen = Duration::from_secs(15 * MINUTE);
            let is_group_due = |last: Option<SystemTime>| if daily { is_daily_due(last) } else { last.is_none_or(|last| now >= last + fifteen) };
            let mut expected = Vec::new();
            expected.extend(model.orders.iter().filter(|(_,
                heard)| now >= **heard + five).map(|(order, _)| Task::Order(name(*order))));
            expected.extend(model.groups.iter().filter(|(_,
                last)| is_group_due(**last)).map(|(group, _)| Task::Stubs(name(*group))));
            expected.extend(model.cities.iter().filter(|(_, last)| is_daily_due(**last)).map(|(city,
                _)| Task::StubGroups(name(*city))));
            let (bills, others): (Vec<_>,
                Vec<_>) = due.into_iter().partition(|task| matches!(task, Task::Bill { .. }));
            prop_assert_eq!(&others, &expected);
            // The bill begins with the first unsettled day and ends with yesterday.
            let yesterday = Date::from(day(now).naive().pred_opt().expect("not the first day"));
            let first_open = Date::from(settled.naive().succ_opt().expect("not the last day"));
            let bill_due = first_open <= yesterday && time >= options.daily_at
                && asked_bill.is_none_or(|last| day(last) < day(now));
            prop_assert_eq!(bills.len(), usize::from(bill_due));
            let anything = !(bills.is_empty() && others.is_empty());
            prop_assert_eq!(schedule.next_due(now) == Some(now), anything);
            for task in others.into_iter().chain(bills) {
                // The limiter agrees: never more often than the document's frequency.
                prop_assert_eq!(limiter.admit(task.call(), now), Ok(()));
                schedule.asked(&task, now);
                match &task {
                    Task::Order(order) => drop(model.orders.insert(number(order), now)),
                    Task::Stubs(group) => drop(model.groups.insert(number(group), Some(now))),
                    Task::StubGroups(city) => drop(model.cities.insert(number(city), Some(now))),
                    Task::Bill { from, until } => {
                        asked_bill = Some(now);
                        prop_assert_eq!((from.date(), from.time().to_string()),
                            (first_open, "00:00:00".to_owned()));
                        prop_assert_eq!((until.date(), until.time().to_string()),
                            (yesterday, "23:59:59".to_owned()));
                        // Every third day the query fails.
                        if chrono::Datelike::ordinal(&until.naive()) % 3 != 0 {
                            settled = until.date();
                            schedule.settled(settled);
                        }
                    }
                }
            }
            prop_assert_eq!(schedule.due(now), []);
        }
    }

    #[test]
    fn sleeping_until_the_next_thing_misses_nothing(offsets in proptest::collection::vec(0..3 * 24 * 60 * MINUTE, 1..5)) {
        let mut schedule = Schedule::default();
        schedule.settled(day(start()));
        let mut now = start();
        for (index, offset) in offsets.iter().enumerate() {
            let index = u8::try_from(index).expect("few");
            schedule.add_city(name(index));
            schedule.add_group(name(index));
            schedule.charging(name(index), start() + Duration::from_secs(*offset));
        }
        for _ in 0..60 {
            for task in schedule.due(now) {
                schedule.asked(&task, now);
            }
            let next = schedule.next_due(now).expect("there is always a next thing");
            prop_assert!(next > now);
            // Nothing is due a moment before, something is due then.
            prop_assert_eq!(schedule.due(next - Duration::from_nanos(1)), []);
            prop_assert_ne!(schedule.due(next), []);
            now = next;
        }
    }

    #[test]
    fn polling_stops_for_callbacks_and_comes_back_when_they_fall_silent(gaps in proptest::collection::vec(1..5 * MINUTE, 0..20)) {
        let mut schedule = Schedule::default();
        let mut now = start();
        schedule.charging("V1", now);
        for gap in gaps {
            now += Duration::from_secs(gap);
            prop_assert_eq!(schedule.due(now), []);
            prop_assert!(schedule.callback("V1", OrderStatus::CHARGING, now));
        }
        // Silence: asked for after five minutes, and every five minutes then.
        for _ in 0..5 {
            now += Duration::from_secs(5 * MINUTE);
            prop_assert_eq!(schedule.due(now - Duration::from_secs(1)), []);
            let task = Task::Order("V1".into());
            prop_assert_eq!(schedule.due(now), vec![task.clone()]);
            schedule.asked(&task, now);
        }
        // It speaks again.
        now += Duration::from_secs(MINUTE);
        schedule.callback("V1", OrderStatus::CHARGING, now);
        prop_assert_eq!(schedule.next_due(now), Some(now + Duration::from_secs(5 * MINUTE)));
        schedule.callback("V1", OrderStatus::ENDED, now);
        prop_assert_eq!(schedule.next_due(now), None);
    }
}
