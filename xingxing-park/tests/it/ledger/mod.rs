//! The ledger as a parking lot uses it, its laws, and its stores.
mod laws;
mod stores;

use std::task::{Context, Poll, Waker};
use xingxing_park::{code::*, ledger::*, model::*, *};

const PLATE: &str = "苏DR3005";
const PARK: &str = "3100000092";

/// Minutes after the morning's ten o'clock.
fn at(minute: i64) -> DateTime {
    let ten: DateTime = "2018-07-11 10:00:00".parse().expect("a time");
    Timestamp::from_seconds(ten.timestamp().seconds() + minute * 60).date_time()
}

fn told(id: &str, state: ChargeState, minutes: [i64; 2], energy: i64) -> ParkChargeResult {
    ParkChargeResult {
        operator_id: ChargingOperatorId::star_charge(),
        order_id: id.into(),
        connector_id: "11000000000000010033283000".into(),
        plate: PLATE.into(),
        start_charge_seq_stat: state,
        start_time: at(minutes[0]),
        end_time: at(minutes[1]),
        total_power: Fixed::of_units(energy),
        total_money: Money::fen(energy),
        park_id: PARK.into(),
    }
}

fn charging(id: &str, minutes: [i64; 2]) -> ParkChargeResult {
    told(id, ChargeState::CHARGING, minutes, 100)
}

fn ended(id: &str, minutes: [i64; 2]) -> ParkChargeResult {
    told(id, ChargeState::ENDED, minutes, 1000)
}

fn stay(entry: i64, exit: i64) -> Stay {
    Stay::new(PLATE, at(entry), at(exit)).park(PARK)
}

const FREE: DiscountRule = DiscountRule::WhileCharging { grace_minutes: 0 };

/// Memory needs no waiting, and cannot fail.
fn now<T>(future: impl Future<Output = Result<T, StoreError>>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value.expect("memory"),
        Poll::Pending => panic!("memory needs no waiting"),
    }
}

fn amounts(reports: &[DiscountReport]) -> Vec<(&str, i64)> {
    let hundred = rust_decimal::Decimal::ONE_HUNDRED;
    let fen = |money: Money| i64::try_from(money.value() * hundred).expect("whole fen");
    reports
        .iter()
        .map(|report| (report.order_id.as_str(), fen(report.discount_money)))
        .collect()
}

#[test]
fn what_was_told_decides_what_is_asked_and_counted() {
    // What was told, which orders are due, and how many minutes count: to the sample, to the exit,
    // or not at all.
    for (notifications, due, minutes) in [
        (vec![], &[][..], [0, 0, 0]),
        (
            vec![charging("A", [10, 12]), ended("A", [10, 50])],
            &[],
            [40, 40, 40],
        ),
        (vec![ended("A", [10, 50])], &[], [40, 40, 40]),
        (
            vec![ended("A", [10, 50]), charging("A", [10, 12])],
            &[],
            [40, 40, 40],
        ),
        (vec![charging("A", [10, 12])], &["A"], [2, 110, 0]),
        (
            vec![charging("A", [10, 30]), charging("A", [10, 12])],
            &["A"],
            [20, 110, 0],
        ),
        (
            vec![told("A", ChargeState::STOPPING, [10, 30], 0)],
            &["A"],
            [20, 110, 0],
        ),
        (
            vec![told("A", ChargeState::UNKNOWN, [10, 30], 0)],
            &["A"],
            [20, 110, 0],
        ),
        (
            vec![told("A", ChargeState(9), [10, 30], 0)],
            &["A"],
            [20, 110, 0],
        ),
        (
            vec![
                ended("B", [40, 60]),
                charging("C", [30, 35]),
                ended("A", [10, 50]),
            ],
            &["C"],
            [50, 110, 50],
        ),
        // Sessions that begin before the entry or end after the exit, or lie outside.
        (
            vec![ended("A", [-10, 10]), ended("B", [110, 130])],
            &[],
            [20, 20, 20],
        ),
        (
            vec![
                ended("A", [-20, -10]),
                charging("B", [-20, -10]),
                ended("C", [121, 130]),
            ],
            &[],
            [0, 0, 0],
        ),
        // An end before the beginning is no time.
        (vec![ended("A", [50, 10])], &[], [0, 0, 0]),
    ] {
        let ledger = Ledger::default();
        for notification in &notifications {
            now(ledger.notify(notification));
        }
        let stay = stay(0, 120);
        let due: Vec<OrderId> = due.iter().map(|id| OrderId::from(*id)).collect();
        assert_eq!(now(ledger.due(&stay)), due, "{notifications:?}");
        for (choice, minutes) in [Unfinished::ToSample, Unfinished::ToExit, Unfinished::Ignore]
            .into_iter()
            .zip(minutes)
        {
            let settlement = now(ledger.settle(&stay, &FREE, choice));
            assert_eq!(
                settlement.discount,
                Discount::Minutes(minutes),
                "{choice:?} {notifications:?}"
            );
            assert!(
                settlement
                    .unfinished()
                    .map(|order| &order.result.order_id)
                    .eq(&due),
                "{notifications:?}"
            );
        }
    }
}

#[test]
fn whatever_the_query_brings_the_barrier_opens() {
    let still = charging("A", [10, 100]);
    for (answer, minutes, energy) in [
        (
            QueryOutcome::Found(ended("A", [10, 70]).into()),
            [60, 60, 60],
            [1000, 1000, 1000],
        ),
        (
            QueryOutcome::Found(still.into()),
            [90, 110, 0],
            [100, 100, 0],
        ),
        (QueryOutcome::NotFound, [2, 110, 0], [100, 100, 0]),
        (QueryOutcome::Failed, [2, 110, 0], [100, 100, 0]),
        // An answer about another order is none.
        (
            QueryOutcome::Found(ended("B", [10, 70]).into()),
            [2, 110, 0],
            [100, 100, 0],
        ),
    ] {
        let ledger = Ledger::default();
        now(ledger.notify(&charging("A", [10, 12])));
        let stay = stay(0, 120);
        let due = now(ledger.due(&stay));
        assert_eq!(due, ["A"]);
        now(ledger.answered(&due[0], stay.exit, answer.clone()));
        assert!(now(ledger.due(&stay)).is_empty(), "{answer:?}");
        let choices = [Unfinished::ToSample, Unfinished::ToExit, Unfinished::Ignore];
        for ((choice, minutes), energy) in choices.into_iter().zip(minutes).zip(energy) {
            let settlement = now(ledger.settle(&stay, &FREE, choice));
            assert_eq!(
                settlement.discount,
                Discount::Minutes(minutes),
                "{choice:?} {answer:?}"
            );
            assert_eq!(
                (settlement.energy, settlement.money),
                (Fixed::of_units(energy), Money::fen(energy)),
                "{choice:?} {answer:?}"
            );
            assert_eq!(settlement.parts.len(), 1);
        }
        // At a later exit of the same stay what is unfinished is asked for again.
        let later = Stay {
            exit: at(130),
            ..stay
        };
        let has_ended = now(ledger.order(&"A".into())).expect("known").has_ended();
        assert_eq!(now(ledger.due(&later)).is_empty(), has_ended, "{answer:?}");
    }
}

#[test]
fn other_plates_and_other_lots_do_not_count() {
    let ledger = Ledger::default();
    for (id, plate, park) in [
        ("A", PLATE, PARK),
        ("B", " 苏dr3005", PARK),
        ("C", "苏DR3006", PARK),
        ("D", PLATE, "3100000093"),
    ] {
        let notification = ParkChargeResult {
            plate: plate.into(),
            park_id: park.into(),
            ..ended(id, [10, 50])
        };
        assert_eq!(now(ledger.notify(&notification)), Noted::New);
    }
    let here = stay(0, 120);
    let anywhere = Stay {
        park_id: None,
        ..here.clone()
    };
    for (stay, expected) in [(here, &["A", "B"][..]), (anywhere, &["A", "B", "D"])] {
        let settlement = now(ledger.settle(&stay, &FREE, Unfinished::ToSample));
        let counted: Vec<&str> = settlement
            .parts
            .iter()
            .map(|part| part.order.result.order_id.as_str())
            .collect();
        assert_eq!(counted, expected);
        assert_eq!(settlement.discount, Discount::Minutes(40));
    }
    assert_eq!(
        &*now(ledger.order(&"B".into())).expect("known").result.plate,
        " 苏dr3005",
        "ids keep their text"
    );
}

#[test]
fn what_touches_the_stay_is_part_of_it() {
    for (minutes, part) in [
        ([-20, -3], false),
        ([-20, 0], true),
        ([-20, 140], true),
        ([50, 50], true),
        ([120, 140], true),
        ([121, 140], false),
    ] {
        for result in [charging("A", minutes), ended("A", minutes)] {
            // Two minutes before the entry is the tolerance of those that have not ended.
            let settlement =
                Settlement::of([result.into()], &stay(0, 120), &FREE, Unfinished::Ignore);
            assert_eq!(settlement.parts.len(), usize::from(part), "{minutes:?}");
        }
    }
}

#[test]
fn a_corrected_plate_takes_its_order_along() {
    let ledger = Ledger::default();
    let wrong = ParkChargeResult {
        plate: "苏DR3006".into(),
        ..charging("A", [10, 12])
    };
    for notification in [&wrong, &ended("A", [10, 50]), &wrong] {
        now(ledger.notify(notification));
    }
    let minutes = |plate: &str| {
        now(ledger.settle(&Stay::new(plate, at(0), at(120)), &FREE, Unfinished::ToExit))
            .charged()
            .as_secs()
            / 60
    };
    assert_eq!((minutes(PLATE), minutes("苏DR3006")), (40, 0));
}

#[test]
fn each_notification_is_told_apart() {
    let ledger = Ledger::default();
    let late = Settled {
        entry: at(0),
        exit: at(60),
        discount: Money::fen(200),
    };
    for (notification, noted) in [
        (charging("A", [10, 12]), Noted::New),
        (charging("A", [10, 12]), Noted::Nothing),
        (charging("A", [10, 14]), Noted::More),
        (charging("A", [10, 13]), Noted::Nothing),
    ] {
        assert_eq!(now(ledger.notify(&notification)), noted);
    }
    let settlement = now(ledger.settle(&stay(0, 60), &FREE, Unfinished::ToSample));
    assert_eq!(
        amounts(&now(ledger.close(&settlement, Money::fen(200)))),
        [("A", 200)]
    );
    for (notification, noted) in [
        (charging("A", [10, 14]), Noted::Nothing),
        (ended("A", [10, 75]), Noted::Late(late)),
        (ended("A", [10, 75]), Noted::Nothing),
        (charging("A", [10, 80]), Noted::Nothing),
    ] {
        assert_eq!(now(ledger.notify(&notification)), noted);
    }
    let unknown = now(ledger.answered(&"Z".into(), at(60), QueryOutcome::NotFound));
    assert_eq!(
        (unknown, now(ledger.order(&"Z".into()))),
        (Noted::Nothing, None)
    );
    let found = now(ledger.answered(
        &"Z".into(),
        at(60),
        QueryOutcome::Found(ended("Z", [10, 20]).into()),
    ));
    assert_eq!(found, Noted::New);
}

#[test]
fn a_settled_order_counts_for_no_other_stay() {
    let ledger = Ledger::default();
    now(ledger.notify(&charging("A", [10, 50])));
    let first = now(ledger.settle(&stay(0, 60), &FREE, Unfinished::ToSample));
    now(ledger.close(&first, Money::fen(500)));
    // Its end arrives after the car came back, with a time that reaches into the second stay.
    now(ledger.notify(&ended("A", [10, 75])));
    let second = now(ledger.settle(&stay(70, 120), &FREE, Unfinished::ToSample));
    assert_eq!(
        (second.discount, second.parts.len()),
        (Discount::Minutes(0), 0)
    );
    assert!(now(ledger.close(&second, Money::ZERO)).is_empty());
    assert!(now(ledger.due(&stay(70, 120))).is_empty());
    assert_eq!(amounts(&now(ledger.reported(&stay(0, 60)))), [("A", 500)]);
}

#[test]
fn a_stay_that_is_paid_twice_reports_the_rest_with_what_is_new() {
    let ledger = Ledger::default();
    now(ledger.notify(&ended("A", [0, 20])));
    let at_the_pay_station = now(ledger.settle(&stay(0, 30), &FREE, Unfinished::ToSample));
    assert_eq!(
        amounts(&now(ledger.close(&at_the_pay_station, Money::fen(500)))),
        [("A", 500)]
    );
    now(ledger.notify(&ended("B", [30, 40])));
    now(ledger.notify(&ended("C", [40, 50])));
    let at_the_exit = now(ledger.settle(&stay(0, 60), &FREE, Unfinished::ToSample));
    assert_eq!(at_the_exit.discount, Discount::Minutes(40));
    assert_eq!(
        amounts(&now(ledger.close(&at_the_exit, Money::fen(801)))),
        [("B", 151), ("C", 150)]
    );
    assert!(now(ledger.close(&at_the_exit, Money::fen(900))).is_empty());
    // Heard of after the exit: its report is still owed, and is 0.
    assert_eq!(now(ledger.notify(&ended("D", [50, 55]))), Noted::New);
    let again = now(ledger.settle(&stay(0, 60), &FREE, Unfinished::ToSample));
    assert_eq!(
        amounts(&now(ledger.close(&again, Money::fen(801)))),
        [("D", 0)]
    );
    let all = now(ledger.reported(&stay(0, 60)));
    assert_eq!(
        amounts(&all),
        [("A", 500), ("B", 151), ("C", 150), ("D", 0)]
    );
}

#[test]
fn what_brings_nothing_is_reported_as_nothing() {
    let ledger = Ledger::default();
    for notification in [
        charging("A", [10, 40]),
        ended("B", [50, 50]),
        ended("C", [60, 70]),
    ] {
        now(ledger.notify(&notification));
    }
    let settlement = now(ledger.settle(&stay(0, 120), &FREE, Unfinished::Ignore));
    assert_eq!(
        amounts(&settlement.reports(Money::fen(300))),
        [("A", 0), ("B", 0), ("C", 300)]
    );
    assert_eq!(
        amounts(&settlement.reports(Money::fen(-1))),
        [("A", 0), ("B", 0), ("C", 0)]
    );
}

#[test]
fn a_discount_by_energy_is_split_by_energy() {
    let rule = DiscountRule::PerKwh {
        credit: Money::fen(50),
        most: None,
    };
    let orders = [
        told("A", ChargeState::ENDED, [0, 60], 1000),
        told("B", ChargeState::ENDED, [60, 70], 3000),
    ];
    let settlement = Settlement::of(
        orders.map(Order::from),
        &stay(0, 120),
        &rule,
        Unfinished::ToSample,
    );
    assert_eq!(settlement.discount, Discount::Money(Money::yuan(20)));
    assert_eq!(
        amounts(&settlement.reports(Money::yuan(20))),
        [("A", 500), ("B", 1500)]
    );
    let settlement = settlement.at_most(Money::yuan(6));
    assert_eq!(settlement.discount, Discount::Money(Money::yuan(6)));
    assert_eq!(
        amounts(&settlement.reports(Money::yuan(6))),
        [("A", 150), ("B", 450)]
    );
}

#[test]
fn amounts_beyond_reason_neither_panic_nor_count_below_zero() {
    let largest = rust_decimal::Decimal::MAX;
    let huge = |id: &str| ParkChargeResult {
        total_power: largest.into(),
        total_money: largest.into(),
        ..ended(id, [0, 60])
    };
    let below = ParkChargeResult {
        total_power: Fixed::of_units(-500),
        total_money: Money::fen(-500),
        ..ended("C", [0, 60])
    };
    let rule = DiscountRule::PerKwh {
        credit: Money::yuan(1),
        most: None,
    };
    let orders = [huge("A"), huge("B"), below.clone()];
    let settlement = Settlement::of(
        orders.map(Order::from),
        &stay(0, 120),
        &rule,
        Unfinished::ToSample,
    )
    .at_most(Money::fen(5));
    assert_eq!(
        amounts(&settlement.reports(Money::fen(5))),
        [("A", 3), ("B", 2), ("C", 0)]
    );
    let settlement = Settlement::of([below.into()], &stay(0, 120), &rule, Unfinished::ToSample);
    assert_eq!(
        (settlement.energy, settlement.money, settlement.discount),
        (Fixed::ZERO, Money::ZERO, Discount::Money(Money::ZERO))
    );
}

#[test]
fn forgotten_orders_are_gone() {
    let ledger = Ledger::default();
    for notification in [
        ended("A", [0, 10]),
        charging("B", [0, 20]),
        ended("C", [0, 30]),
    ] {
        now(ledger.notify(&notification));
    }
    // What was asked or settled later is younger.
    now(ledger.answered(&"B".into(), at(60), QueryOutcome::Failed));
    assert_eq!(now(ledger.forget(at(10))), 0);
    assert_eq!(now(ledger.forget(at(31))), 2);
    assert_eq!(now(ledger.due(&stay(0, 120))), ["B"]);
    let settlement = now(ledger.settle(&stay(0, 120), &FREE, Unfinished::ToSample));
    now(ledger.close(&settlement, Money::ZERO));
    assert_eq!(
        (now(ledger.forget(at(61))), now(ledger.forget(at(121)))),
        (0, 1)
    );
    assert_eq!(now(ledger.notify(&ended("A", [0, 10]))), Noted::New);
}

#[test]
fn what_is_reported_again_is_what_was_sent() {
    let ledger = Ledger::default();
    now(ledger.notify(&ended("A", [0, 20])));
    // Two instances settle the same stay, and the one with the later exit closes it first.
    let earlier = now(ledger.settle(&stay(0, 30), &FREE, Unfinished::ToSample));
    let later = now(ledger.settle(&stay(0, 60), &FREE, Unfinished::ToSample));
    assert_eq!(
        amounts(&now(ledger.close(&later, Money::fen(500)))),
        [("A", 500)]
    );
    assert!(now(ledger.close(&earlier, Money::fen(300))).is_empty());
    assert_eq!(amounts(&now(ledger.reported(&stay(0, 60)))), [("A", 500)]);
    // Whatever order a caller has its states of knowledge in, the first is what was known before.
    let settled = |fen| Order {
        settled: Some(Settled {
            entry: at(0),
            exit: at(fen),
            discount: Money::fen(fen),
        }),
        ..ended("A", [0, 20]).into()
    };
    let joined = Settlement::of(
        [settled(60), settled(30)],
        &stay(0, 60),
        &FREE,
        Unfinished::ToSample,
    );
    assert_eq!(joined.parts[0].order, settled(60));
}

#[test]
fn an_order_of_which_only_the_beginning_is_known_gets_the_free_minutes() {
    let rule = DiscountRule::FirstMinutes { minutes: 30 };
    let begun = charging("A", [10, 10]);
    for (result, choice, minutes) in [
        (&begun, Unfinished::ToSample, 30),
        (&begun, Unfinished::ToExit, 30),
        (&begun, Unfinished::Ignore, 0),
        // Before the gate saw the car, within what its clock may be ahead.
        (&charging("A", [-1, -1]), Unfinished::ToSample, 30),
        // Began in an earlier stay, and nothing is known of this one.
        (&charging("A", [-30, -1]), Unfinished::ToSample, 0),
        (&ended("A", [-30, 0]), Unfinished::ToSample, 0),
    ] {
        let settlement = Settlement::of([result.clone().into()], &stay(0, 120), &rule, choice);
        assert_eq!(
            settlement.discount,
            Discount::Minutes(minutes),
            "{choice:?} {result:?}"
        );
    }
}

#[test]
fn a_gate_whose_clock_is_ahead_loses_no_order() {
    for (result, tolerance, part) in [
        (charging("A", [-2, -2]), 2, true),
        (charging("A", [-3, -3]), 2, false),
        (charging("A", [-3, -3]), 3, true),
        (charging("A", [-1, -1]), 0, false),
        (ended("A", [-20, -1]), 2, false),
    ] {
        let stay = stay(0, 120).tolerance(std::time::Duration::from_secs(60 * tolerance));
        let ledger = Ledger::default();
        now(ledger.notify(&result));
        assert_eq!(
            now(ledger.due(&stay)).len(),
            usize::from(part),
            "{tolerance} {result:?}"
        );
        // What counts of it begins with the entry.
        let settlement = now(ledger.settle(&stay, &FREE, Unfinished::ToExit));
        assert_eq!(
            settlement.discount,
            Discount::Minutes(if part { 120 } else { 0 }),
            "{tolerance} {result:?}"
        );
    }
}
