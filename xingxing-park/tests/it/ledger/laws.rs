//! What holds for whatever the charging platform says.
use super::{FREE, PARK, PLATE, amounts, at, now, stay, told};
use proptest::{prelude::*, sample::Index};
use std::collections::BTreeMap;
use xingxing_park::{code::*, ledger::*, model::*, *};

/// Often the same, so that many differ in one field only.
fn often(usual: i64, range: std::ops::Range<i64>) -> impl Strategy<Value = i64> {
    prop_oneof![Just(usual), range]
}

/// Anything that the charging platform may say of one of five orders of one car or another.
fn any_result() -> impl Strategy<Value = ParkChargeResult> {
    let id = prop::sample::select(&["A", "B", "C", "D", "E"]);
    let plate = prop_oneof![5 => Just(PLATE), 1 => Just("苏dr3005 "), 1 => Just("苏DR3006")];
    let park = prop_oneof![5 => Just(PARK), 1 => Just("other")];
    let times = (often(10, -30..150), often(60, -30..150));
    let amounts = (often(100, -10..3000), often(100, -10..3000));
    (id, plate, park, 1..=5i32, times, amounts).prop_map(
        |(id, plate, park, state, (begins, ends), (energy, fen))| ParkChargeResult {
            plate: plate.into(),
            park_id: park.into(),
            total_money: Money::fen(fen),
            ..told(id, ChargeState(state), [begins, ends], energy)
        },
    )
}

fn any_order() -> impl Strategy<Value = Order> {
    let settled = (0i64..60, 60i64..120, 0i64..500).prop_map(|(entry, exit, fen)| Settled {
        entry: at(entry),
        exit: at(exit),
        discount: Money::fen(fen),
    });
    (
        any_result(),
        prop::option::of(0i64..120),
        prop::option::of(settled),
    )
        .prop_map(|(result, asked, settled)| Order {
            result,
            asked: asked.map(at),
            settled,
        })
}

fn any_rule() -> impl Strategy<Value = DiscountRule> {
    prop_oneof![
        (0u32..200).prop_map(|minutes| DiscountRule::FirstMinutes { minutes }),
        (0u32..60).prop_map(|grace_minutes| DiscountRule::WhileCharging { grace_minutes }),
        (0i64..2000).prop_map(|fen| DiscountRule::UpTo {
            amount: Money::fen(fen)
        }),
        (0i64..200, prop::option::of(0i64..2000)).prop_map(|(fen, most)| DiscountRule::PerKwh {
            credit: Money::fen(fen),
            most: most.map(Money::fen),
        }),
    ]
}

fn any_choice() -> impl Strategy<Value = Unfinished> {
    prop_oneof![
        Just(Unfinished::ToSample),
        Just(Unfinished::ToExit),
        Just(Unfinished::Ignore)
    ]
}

fn any_results() -> impl Strategy<Value = Vec<ParkChargeResult>> {
    prop::collection::vec(any_result(), 0..12)
}

#[test]
fn results_that_differ_in_one_field_join_the_same_both_ways() {
    let one = told("A", ChargeState::ENDED, [10, 60], 100);
    let change: [fn(&mut ParkChargeResult); 10] = [
        |result| result.operator_id = "000000002".into(),
        |result| result.order_id = "B".into(),
        |result| result.connector_id = "2".into(),
        |result| result.plate = "苏DR3006".into(),
        |result| result.start_charge_seq_stat = ChargeState::UNKNOWN,
        |result| result.start_time = at(11),
        |result| result.end_time = at(61),
        |result| result.total_power = Fixed::of_units(101),
        |result| result.total_money = Money::fen(101),
        |result| result.park_id = "other".into(),
    ];
    for change in change {
        let mut other = one.clone();
        change(&mut other);
        assert_ne!(one, other);
        let (one, other) = (Order::from(one.clone()), Order::from(other));
        assert_eq!(one.clone().join(other.clone()), other.join(one));
    }
}

proptest! {
    #[test]
    fn joining_is_commutative_but_for_the_settlement_associative_and_idempotent(a in any_order(),
        b in any_order(), c in any_order()) {
        let join = |one: &Order, other: &Order| one.clone().join(other.clone());
        let known = |order: Order| (order.result, order.asked);
        prop_assert_eq!(known(join(&a, &b)), known(join(&b, &a)));
        // What was settled first stays, since that was reported.
        prop_assert_eq!(join(&a, &b).settled, a.settled.or(b.settled));
        prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
        prop_assert_eq!(join(&a, &a), a.clone());
        // And it only grows.
        prop_assert_eq!(join(&join(&a, &b), &a), join(&a, &b));
    }

    #[test]
    fn an_order_survives_a_store(order in any_order()) {
        let text = serde_json::to_string(&order).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Order>(&text).expect(&text), order);
    }

    #[test]
    fn the_order_of_arrival_never_changes_the_outcome(
        (results, arrivals) in any_results().prop_flat_map(|results| {
            let shuffled = Just((0..results.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(results), shuffled)
        }),
        repeated in prop::collection::vec(any::<Index>(), 0..12),
        asked in prop::collection::vec((any::<bool>(), 0usize..5), 0..4),
        rule in any_rule(),
        choice in any_choice(),
        exit in 0i64..150,
    ) {
        let stay = stay(0, exit);
        let outcome = |arrivals: &[usize], asked: &mut dyn Iterator<Item = &(bool, usize)>| {
            let ledger = Ledger::default();
            for result in arrivals.iter().map(|index| &results[*index]) {
                now(ledger.notify(result));
            }
            for (failed, id) in asked {
                let answer = if *failed { QueryOutcome::Failed } else { QueryOutcome::NotFound };
                now(ledger.answered(&["A", "B", "C", "D", "E"][*id].into(), stay.exit, answer));
            }
            (now(ledger.due(&stay)), now(ledger.settle(&stay, &rule, choice)))
        };
        let straight: Vec<usize> = (0..results.len()).collect();
        let mut again = arrivals;
        if !results.is_empty() {
            again.extend(repeated.iter().map(|index| index.index(results.len())));
        }
        let expected = outcome(&straight, &mut asked.iter());
        prop_assert_eq!(&outcome(&again, &mut asked.iter().rev()), &expected);
        // And the ledger adds nothing to what the notifications alone say.
        prop_assert_eq!(Settlement::of(results.iter().cloned().map(Order::from), &stay, &rule,
            choice).sessions, expected.1.sessions);
    }

    #[test]
    fn an_answer_counts_like_a_notification(results in any_results(), at_the_end in any::<bool>()) {
        let stay = stay(0, 120);
        let (told, answered) = (Ledger::default(), Ledger::default());
        for result in &results {
            now(told.notify(result));
            now(answered.answered(&result.order_id, stay.exit,
                QueryOutcome::Found(result.clone().into())));
        }
        prop_assert!(now(answered.due(&stay)).is_empty());
        let choice = if at_the_end { Unfinished::ToExit } else { Unfinished::ToSample };
        prop_assert_eq!(now(told.settle(&stay, &FREE, choice)).sessions,
            now(answered.settle(&stay, &FREE, choice)).sessions);
    }

    #[test]
    fn merged_time_exceeds_neither_the_stay_nor_the_sum(results in any_results(),
        rule in any_rule(), choice in any_choice(), exit in -10i64..150) {
        let stay = stay(0, exit);
        let settlement = Settlement::of(results.iter().cloned().map(Order::from), &stay, &rule,
            choice);
        let sessions: Vec<ChargingSession> =
            settlement.parts.iter().filter_map(|part| part.session).collect();
        prop_assert!(settlement.charged() <= stay.span().duration());
        prop_assert!(settlement.charged() <= sessions.iter().map(|session| session.duration())
            .sum::<std::time::Duration>());
        // The slow way: every minute in which one of them charged.
        let covered =
            (-30..150).filter(|minute| sessions.iter().any(|session| session.begins <= at(*minute)
                && at(*minute) < session.ends));
        prop_assert_eq!(settlement.charged().as_secs(), 60 * covered.count() as u64);
        match settlement.discount {
            Discount::Minutes(minutes) =>
                prop_assert!(u64::from(minutes) * 60 <= stay.span().duration().as_secs()),
            Discount::Money(money) => {
                prop_assert!(money >= Money::ZERO);
                let owed = Money::fen(700);
                prop_assert_eq!(settlement.clone().at_most(owed).discount,
                    Discount::Money(money.min(owed)));
            }
        }
    }

    #[test]
    fn every_order_is_reported_once_and_the_reports_sum_to_what_was_given(
        first in any_results(),
        second in any_results(),
        given in 0i64..3000,
        more in 0i64..3000,
        rule in any_rule(),
        choice in any_choice(),
    ) {
        let ledger = Ledger::default();
        let mut reported = BTreeMap::new();
        for (results, exit, given) in [(&first, 60, given), (&second, 120, given + more)] {
            for result in results {
                now(ledger.notify(result));
            }
            let settlement = now(ledger.settle(&stay(0, exit), &rule, choice));
            let promised = settlement.reports(Money::fen(given));
            let reports = now(ledger.close(&settlement, Money::fen(given)));
            prop_assert_eq!(&reports, &promised);
            prop_assert!(now(ledger.close(&settlement, Money::fen(given))).is_empty());
            for (id, fen) in amounts(&reports) {
                prop_assert!(fen >= 0 && reported.insert(id.to_owned(), fen).is_none(),
                    "{id} twice");
            }
            prop_assert!(settlement.parts.iter()
                .all(|part| reported.contains_key(part.order.result.order_id.as_str())));
            // What another car's order was reported with before it became this one's is not given
            // back.
            let known: i64 =
                settlement.parts.iter()
                    .filter_map(|part| reported.get(part.order.result.order_id.as_str())).sum();
            let settled: Vec<DiscountReport> =
                settlement.parts.iter().filter_map(|part| part.order.report()).collect();
            let before: i64 = amounts(&settled).iter().map(|(_, fen)| fen).sum();
            if !reports.is_empty() {
                prop_assert_eq!(known, given.max(before));
            }
        }
    }
}
