//! What a lot reports when, by the document's notes, without clock or I/O.
use kt_proto::model::{AreaReport, CardReport, DeviceStateReport, LotReport};
use kt_proto::*;
use kt_proto::{
    code::{CarType, DeviceType},
    model::{CardCar, DeviceStatus},
};
use park_core::DateTime;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn at(text: &str) -> DateTime {
    text.parse().expect(text)
}

fn second(seconds: i64) -> DateTime {
    park_core::Timestamp::from_seconds(1_553_479_200 + seconds).date_time()
}

fn lot(spaces: i64) -> LotReport {
    LotReport {
        park_code: "1".into(),
        park_name: "测试车场".into(),
        park_area: 1,
        place_count: spaces,
    }
}

fn areas() -> AreaReport {
    AreaReport {
        park_code: "1".into(),
        park_name: "测试车场".into(),
        park_area: 0.into(),
        total_place_count: None,
        area_info: vec![],
    }
}

fn device(code: u8, fault: u8) -> DeviceStateReport {
    DeviceStateReport {
        park_code: "1".into(),
        device_code: code.to_string().into(),
        device_name: "入口".into(),
        device_type: DeviceType::CAMERA,
        status: DeviceStatus::fault(fault.to_string()),
        remark: None,
    }
}

fn card(id: u8, phone: u8) -> CardReport {
    CardReport {
        park_code: "1".into(),
        card_id: id.to_string().into(),
        user_name: "张三".into(),
        tel_phone: Some(phone.to_string().into()),
        car_type: CarType::MONTHLY.into(),
        valid_from: second(0),
        valid_to: second(1_000_000),
        plate_details: vec![CardCar::plate("粤B88888")].into(),
    }
}

/// Asks for everything that is due, and is answered.
fn round(schedule: &mut ReportSchedule, now: DateTime) -> Vec<DueReport> {
    let due = schedule.due(now, usize::MAX);
    for report in &due {
        schedule.asked(report, now);
        schedule.answered(report);
    }
    due
}

#[test]
fn lot_and_areas_are_due_once_a_day_and_at_first_at_once() {
    let mut schedule = ReportSchedule::default();
    schedule.lot(lot(300));
    schedule.areas(areas());
    assert_eq!(
        round(&mut schedule, at("2019-03-25 23:59:59")),
        [DueReport::Lot(lot(300)), DueReport::Areas(areas())]
    );
    schedule.lot(lot(301));
    for (now, due, next) in [
        ("2019-03-25 23:59:59", 0, "2019-03-26 02:00:00"),
        ("2019-03-26 01:59:59", 0, "2019-03-26 02:00:00"),
        ("2019-03-26 02:00:00", 2, "2019-03-27 02:00:00"),
        ("2019-03-26 23:00:00", 0, "2019-03-27 02:00:00"),
        // A day that was missed is not made up for, a clock set back not waited for.
        ("2019-03-29 01:00:00", 0, "2019-03-29 02:00:00"),
        ("2019-03-29 03:00:00", 2, "2019-03-30 02:00:00"),
        ("2018-01-01 03:00:00", 2, "2018-01-02 02:00:00"),
    ] {
        assert_eq!(round(&mut schedule, at(now)).len(), due, "{now}");
        assert_eq!(schedule.next_due(at(now)), Some(at(next)), "{now}");
    }
}

#[test]
fn what_is_not_answered_is_due_again_after_the_pause() {
    let mut schedule = ReportSchedule::default();
    schedule.lot(lot(300));
    schedule.device(device(1, 0));
    for report in schedule.due(second(0), usize::MAX) {
        schedule.asked(&report, second(0));
    }
    for (now, due) in [(0, 0), (59, 0), (60, 2), (-5, 2)] {
        assert_eq!(schedule.due(second(now), usize::MAX).len(), due, "{now}");
    }
    assert_eq!(schedule.next_due(second(10)), Some(second(60)));
    assert_eq!(schedule.next_due(second(70)), Some(second(70)));
    assert_eq!(
        schedule.due(second(60), 1),
        [DueReport::Device(device(1, 0))]
    );
}

#[test]
fn a_restart_makes_every_device_due_and_no_card() {
    let mut schedule = ReportSchedule::default();
    for code in 0..3 {
        schedule.device(device(code, 0));
        schedule.card(card(code, 0));
    }
    assert_eq!(round(&mut schedule, second(0)).len(), 6);
    assert_eq!(schedule.next_due(second(1)), None);
    let stored = serde_json::to_string(&schedule).expect("JSON");
    let mut again: ReportSchedule = serde_json::from_str(&stored).expect("a schedule");
    again.starts();
    again.card(card(1, 7));
    again.remove_device("0");
    let due = round(&mut again, second(2));
    assert_eq!(
        due,
        [
            DueReport::Device(device(1, 0)),
            DueReport::Device(device(2, 0)),
            DueReport::Card(card(1, 7))
        ]
    );
    assert_eq!(again.next_due(second(3)), None);
    again.remove_card("1");
    again.card(card(1, 7));
    assert_eq!(round(&mut again, second(4)), [DueReport::Card(card(1, 7))]);
}

#[test]
fn a_card_that_ended_before_it_was_sent_is_not_due() {
    let until = |end| CardReport {
        valid_to: second(end),
        ..card(1, 0)
    };
    for (end, due) in [(-1, false), (0, true), (1, true)] {
        let mut schedule = ReportSchedule::default();
        schedule.card(until(end));
        assert_eq!(
            schedule.next_due(second(0)),
            due.then(|| second(0)),
            "{end}"
        );
        assert_eq!(schedule.due(second(0), 9).len(), usize::from(due), "{end}");
    }
    let mut schedule = ReportSchedule::default();
    schedule.card(until(-1));
    schedule.card(until(10));
    assert_eq!(
        round(&mut schedule, second(0)),
        [DueReport::Card(until(10))],
        "it was prolonged"
    );
    schedule.card(until(5));
    assert_eq!(
        round(&mut schedule, second(20)),
        [DueReport::Card(until(5))],
        "the third party has it with another end"
    );
    assert_eq!(schedule.next_due(second(30)), None);
}

#[test]
fn a_late_answer_to_an_older_report_says_nothing_of_the_newer() {
    let mut schedule = ReportSchedule::default();
    let (well, broken) = (
        DueReport::Device(device(1, 0)),
        DueReport::Device(device(1, 9)),
    );
    schedule.device(device(1, 0));
    schedule.asked(&well, second(0));
    schedule.device(device(1, 9));
    schedule.asked(&broken, second(60));
    schedule.answered(&well);
    assert_eq!(
        schedule.due(second(120), 9),
        [broken],
        "it was not answered"
    );
    schedule.device(device(1, 0));
    assert_eq!(
        schedule.due(second(120), 9),
        [well],
        "the third party may have the fault"
    );
}

#[derive(Debug, Clone)]
enum Action {
    Device(u8, u8),
    Card(u8, u8),
    /// Send what is due; of each pair the report arrives, and is answered.
    Send([(bool, bool); 4]),
    Restart,
    Wait(u8),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        (0..3u8, 0..3u8).prop_map(|(code, fault)| Action::Device(code, fault)),
        (0..3u8, 0..3u8).prop_map(|(id, phone)| Action::Card(id, phone)),
        any::<[(bool, bool); 4]>().prop_map(Action::Send),
        Just(Action::Restart),
        any::<u8>().prop_map(Action::Wait),
    ]
}

proptest! {
    /// Whatever is lost: as soon as nothing is due any more, the third party has what is, and
    /// nothing was sent that it had for certain.
    #[test]
    fn the_third_party_ends_up_with_what_is(actions in prop::collection::vec(action(), 0..60)) {
        let mut schedule = ReportSchedule::default();
        let (mut devices, mut cards) = (BTreeMap::new(), BTreeMap::new());
        let (mut their_devices, mut their_cards) = (BTreeMap::new(), BTreeMap::new());
        let mut now = 0;
        let end = [Action::Wait(200), Action::Send([(true, true); 4]), Action::Wait(200),
            Action::Send([(true, true); 4])];
        for action in actions.into_iter().chain(end) {
            match action {
                Action::Device(code, fault) => {
                    devices.insert(code.to_string(), device(code, fault));
                    schedule.device(device(code, fault));
                }
                Action::Card(id, phone) => {
                    cards.insert(id.to_string(), card(id, phone));
                    schedule.card(card(id, phone));
                }
                Action::Send(fates) => {
                    for (report, (arrives, answered)) in schedule.due(second(now),
                        usize::MAX).into_iter().zip(fates.into_iter().cycle()) {
                        schedule.asked(&report, second(now));
                        match &report {
                            _ if !arrives => continue,
                            DueReport::Device(report) =>
                                drop(their_devices.insert(report.device_code.to_string(),
                                    report.clone())),
                            DueReport::Card(report) =>
                                drop(their_cards.insert(report.card_id.to_string(),
                                    report.clone())),
                            _ => prop_assert!(false, "nothing was told of the lot"),
                        }
                        if answered {
                            schedule.answered(&report);
                        }
                    }
                }
                Action::Restart => {
                    schedule =
                        serde_json::from_str(&serde_json::to_string(&schedule).expect("JSON")).expect("a schedule");
                    schedule.starts();
                }
                Action::Wait(seconds) => now += i64::from(seconds),
            }
            prop_assert_eq!(schedule.next_due(second(now)) == Some(second(now)),
                !schedule.due(second(now), 1).is_empty());
        }
        prop_assert_eq!(schedule.next_due(second(now)), None);
        prop_assert_eq!((their_devices, their_cards), (devices, cards));
    }

    #[test]
    fn a_day_has_one_report_of_the_lot(steps in prop::collection::vec(0..40_000i64, 1..60)) {
        let mut schedule = ReportSchedule::default();
        schedule.lot(lot(1));
        let (mut now, mut days) = (0, Vec::new());
        for step in steps {
            now += step;
            for _ in round(&mut schedule, second(now)) {
                days.push(second(now).date());
            }
        }
        let mut once = days.clone();
        once.dedup();
        prop_assert_eq!(days, once);
    }
}
