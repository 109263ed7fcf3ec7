use super::*;

fn at(text: &str) -> SystemTime {
    let moment: DateTime = text.parse().expect(text);
    SystemTime::UNIX_EPOCH
        + Duration::from_secs(moment.timestamp().seconds().try_into().expect("after 1970"))
}

fn bill(from: &str, until: &str) -> Task {
    Task::Bill {
        from: from.parse().expect(from),
        until: until.parse().expect(until),
    }
}

#[test]
fn a_daily_query_waits_for_its_time_of_the_day() {
    let mut schedule = Schedule::default();
    schedule.add_city("440300");
    let task = Task::StubGroups("440300".into());
    let first = at("2017-01-17 23:30:00");
    assert_eq!(schedule.due(first), vec![task.clone()]);
    schedule.asked(&task, first);
    assert_eq!(schedule.next_due(first), Some(at("2017-01-18 02:00:00")));
    for (now, due) in [
        ("2017-01-17 23:59:59", false),
        ("2017-01-18 01:59:59", false),
        ("2017-01-18 02:00:00", true),
    ] {
        assert_eq!(schedule.due(at(now)).len(), usize::from(due), "{now}");
    }
    // Not at that time on that day, because the program did not run: as soon as it does.
    assert_eq!(schedule.due(at("2017-01-21 17:00:00")), [task]);
}

#[test]
fn piles_are_asked_for_daily_where_idle_counts_come_otherwise() {
    for (frequencies, next) in [
        (Frequencies::default(), "2017-01-17 12:15:00"),
        (
            Frequencies::default().idle_counts_elsewhere(),
            "2017-01-18 02:00:00",
        ),
    ] {
        let mut schedule = Schedule::new(ScheduleOptions {
            frequencies,
            ..ScheduleOptions::default()
        });
        let noon = at("2017-01-17 12:00:00");
        schedule.add_group("G1");
        schedule.asked(&Task::Stubs("G1".into()), noon);
        schedule.add_group("G1");
        assert_eq!(schedule.next_due(noon), Some(at(next)));
    }
}

#[test]
fn a_day_that_could_not_be_settled_is_part_of_the_next_bill() {
    let mut schedule = Schedule::default();
    assert_eq!(schedule.next_due(at("2017-01-17 12:00:00")), None);
    schedule.settled("2017-01-15".parse().expect("a day"));
    let first = bill("2017-01-16 00:00:00", "2017-01-16 23:59:59");
    assert_eq!(schedule.due(at("2017-01-17 01:59:59")), []);
    assert_eq!(schedule.due(at("2017-01-17 02:00:00")), vec![first.clone()]);
    schedule.asked(&first, at("2017-01-17 02:00:00"));
    assert_eq!(schedule.due(at("2017-01-17 23:59:59")), []);
    let both = bill("2017-01-16 00:00:00", "2017-01-17 23:59:59");
    assert_eq!(schedule.due(at("2017-01-18 02:00:00")), vec![both.clone()]);
    schedule.asked(&both, at("2017-01-18 02:00:00"));
    schedule.settled("2017-01-17".parse().expect("a day"));
    schedule.settled("2017-01-10".parse().expect("a day"));
    assert_eq!(
        schedule.next_due(at("2017-01-18 02:00:00")),
        Some(at("2017-01-19 02:00:00"))
    );
    assert_eq!(
        schedule.due(at("2017-01-19 02:00:00")),
        [bill("2017-01-18 00:00:00", "2017-01-18 23:59:59")]
    );
}

#[test]
fn only_an_order_that_is_watched_and_not_over_is_asked_for() {
    let start = at("2017-01-17 12:00:00");
    let later = at("2017-01-17 13:00:00");
    for (status, watched) in [
        (0, false),
        (1, true),
        (2, false),
        (3, true),
        (9, false),
        (42, true),
    ] {
        let mut schedule = Schedule::default();
        assert!(!schedule.callback("V1", OrderStatus(status), start));
        schedule.charging("V1", start);
        assert!(schedule.callback("V1", OrderStatus(status), start));
        assert_eq!(schedule.due(later).len(), usize::from(watched), "{status}");
        schedule.over("V1");
        schedule.asked(&Task::Order("V1".into()), later);
        assert_eq!(schedule.next_due(later), None);
    }
}

#[test]
fn a_longer_silence_may_be_waited_for_but_no_shorter_one() {
    for (silence, next) in [(60, "2017-01-17 12:05:00"), (600, "2017-01-17 12:10:00")] {
        let mut schedule = Schedule::new(ScheduleOptions {
            silence: Duration::from_secs(silence),
            ..ScheduleOptions::default()
        });
        let start = at("2017-01-17 12:00:00");
        schedule.charging("V1", start);
        schedule.callback("V1", OrderStatus::CHARGING, start);
        assert_eq!(schedule.next_due(start), Some(at(next)));
    }
}

#[test]
fn what_is_removed_is_not_due() {
    let mut schedule = Schedule::default();
    schedule.add_city("440300");
    schedule.add_group("G1");
    let now = at("2017-01-17 12:00:00");
    assert_eq!(
        schedule.due(now),
        [Task::Stubs("G1".into()), Task::StubGroups("440300".into())]
    );
    schedule.remove_city("440300");
    schedule.remove_group("G1");
    assert_eq!(schedule.next_due(now), None);
}
