//! Reconciliation (对账): what checkChargeOrders answers against the orders that we have. Without
//! I/O: it says what to ask for.
use park_core::{AnyText, Money, rust_decimal::Decimal};
use pile_proto::code::OrderStatus;
use pile_proto::model::{Bill, Order};
use pile_proto::reconcile::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Books = BTreeMap<AnyText, Amounts>;

fn amounts(wh: i64, fen: i64) -> Amounts {
    Amounts {
        power: Some(Decimal::new(wh, 3).into()),
        fee: Some(Money::fen(fen)),
    }
}

fn power(amounts: &Amounts) -> Option<Decimal> {
    amounts.power.map(|number| number.value())
}

fn fee(amounts: &Amounts) -> Option<Decimal> {
    amounts.fee.map(|money| money.value())
}

fn books(list: &[(&str, i64, i64)]) -> Books {
    list.iter()
        .map(|(order, wh, fen)| ((*order).into(), amounts(*wh, *fen)))
        .collect()
}

fn bill(theirs: &Books) -> Bill {
    Bill {
        check_order_no: Some("C1".into()),
        order_count: theirs.len().try_into().expect("few"),
        total_order_power: theirs.values().filter_map(power).sum::<Decimal>().into(),
        totoal_order_fee: theirs.values().filter_map(fee).sum::<Decimal>().into(),
        order_list: theirs.keys().cloned().collect(),
    }
}

fn own(ours: &Books) -> Vec<OwnOrder> {
    ours.iter()
        .map(|(order_id, amounts)| OwnOrder {
            order_id: order_id.clone(),
            amounts: *amounts,
        })
        .collect()
}

/// Asks the vendor until nothing is left to ask; the calls and the report.
fn reconcile(bill: Bill, ours: &Books, theirs: &Books) -> (Vec<AnyText>, ReconciliationReport) {
    let mut reconciliation = Reconciliation::new(bill, own(ours));
    let mut calls = Vec::new();
    while let Some(order_id) = reconciliation.to_ask().first().cloned() {
        assert!(!calls.contains(&order_id), "asked twice for {order_id}");
        let mut order = Order::new(order_id.clone(), OrderStatus::ENDED);
        (order.power, order.fee_total) = (theirs[&order_id].power, theirs[&order_id].fee);
        reconciliation.answer(&order);
        calls.push(order_id);
    }
    (calls, reconciliation.report())
}

#[test]
fn books_that_agree_need_no_call() {
    let ours = books(&[("1", 10_500, 1250), ("2", 7_125, 830)]);
    let (calls, report) = reconcile(bill(&ours), &ours, &ours);
    assert!(calls.is_empty() && report.agrees(), "{report:?}");
}

#[test]
fn orders_missing_on_either_side_are_told_and_only_those_asked_for_that_we_lack() {
    let ours = books(&[("1", 1_000, 100), ("2", 2_000, 200)]);
    let theirs = books(&[("2", 2_000, 200), ("3", 3_000, 300)]);
    let (calls, report) = reconcile(bill(&theirs), &ours, &theirs);
    assert_eq!(calls, ["3"]);
    assert_eq!(
        (report.missing_here, report.missing_there),
        (vec!["3".into()], vec!["1".into()])
    );
    assert_eq!(
        (report.amounts, report.to_ask, report.count),
        (vec![], vec![], None)
    );
    let fees = Difference {
        here: Money::fen(300),
        there: Money::fen(500),
    };
    assert_eq!(report.fee, Some(fees));
}

#[test]
fn if_totals_differ_every_common_order_is_asked_for() {
    let ours = books(&[("1", 1_000, 100), ("2", 2_000, 200), ("3", 3_000, 300)]);
    for (theirs, differing) in [
        (
            books(&[("1", 1_000, 100), ("2", 2_000, 250), ("3", 3_000, 300)]),
            "2",
        ),
        (
            books(&[("1", 1_000, 100), ("2", 2_000, 200), ("3", 3_001, 300)]),
            "3",
        ),
    ] {
        let (calls, report) = reconcile(bill(&theirs), &ours, &theirs);
        // As soon as what was learned explains the totals, nothing more is asked for.
        assert_eq!(calls.last().map(|call| &**call), Some(differing));
        assert_eq!(report.amounts.len(), 1);
        assert_eq!(report.amounts[0].order_id, differing);
        assert_eq!(report.amounts[0].amounts.there, theirs[differing]);
        assert_eq!(
            (report.missing_here.len(), report.missing_there.len()),
            (0, 0)
        );
    }
}

#[test]
fn an_order_of_unknown_amounts_is_asked_for_at_once() {
    let mut ours = books(&[("1", 1_000, 100), ("2", 2_000, 200)]);
    let theirs = ours.clone();
    ours.insert("2".into(), Amounts::default());
    let (calls, report) = reconcile(bill(&theirs), &ours, &theirs);
    assert_eq!((calls, report.amounts.len()), (vec!["2".into()], 1));
}

#[test]
fn a_total_that_is_not_the_sum_of_the_vendor_s_orders_is_told() {
    let ours = books(&[("1", 1_000, 100), ("2", 2_000, 200)]);
    let mut bill = bill(&ours);
    bill.totoal_order_fee = Money::fen(999);
    bill.order_list.push("1".into());
    bill.order_count = 3;
    let (calls, report) = reconcile(bill, &ours, &ours);
    assert_eq!(calls, ["1", "2"]);
    assert_eq!(
        (report.amounts.len(), report.fee.is_some(), report.power),
        (0, true, None)
    );
    assert_eq!(
        (report.listed_twice, report.count),
        (vec!["1".into()], Some(Difference { here: 2, there: 3 }))
    );
}

#[test]
fn an_order_that_the_vendor_lists_but_does_not_tell_of_is_not_asked_for_again() {
    let theirs = books(&[("1", 1_000, 100), ("2", 2_000, 200)]);
    let ours = books(&[("1", 1_000, 100)]);
    let mut reconciliation = Reconciliation::new(bill(&theirs), own(&ours));
    assert_eq!(reconciliation.to_ask(), ["2"]);
    reconciliation.refused("2");
    reconciliation.refused("7");
    // Its amounts might explain the totals; without them only the other order can.
    assert_eq!(reconciliation.to_ask(), ["1"]);
    reconciliation.refused("1");
    let report = reconciliation.report();
    assert_eq!(
        (report.missing_here, report.to_ask, report.amounts.len()),
        (vec!["2".into()], vec![], 1)
    );
}

#[test]
fn amounts_beyond_any_number_are_a_difference() {
    let mut ours = books(&[("1", 1_000, 100), ("2", 2_000, 200)]);
    let bill = bill(&ours);
    for amounts in ours.values_mut() {
        amounts.power = Some(Decimal::MAX.into());
    }
    let report = Reconciliation::new(bill, own(&ours)).report();
    assert_eq!(
        (report.power.map(|power| power.here), report.to_ask.len()),
        (Some(Decimal::MAX.into()), 2)
    );
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let ours = books(&[("1", 1_000, 100)]);
    let mut reconciliation = Reconciliation::new(bill(&ours), own(&ours));
    reconciliation.answer(&Order::new("7", OrderStatus::ENDED));
    assert!(reconciliation.report().agrees());
}

fn some_books() -> impl Strategy<Value = Books> {
    proptest::collection::btree_map(
        "[a-f]",
        (0..5i64, 0..5i64).prop_map(|(wh, fen)| amounts(wh, fen)),
        0..6,
    )
    .prop_map(|books| {
        books
            .into_iter()
            .map(|(order, amounts)| (order.into(), amounts))
            .collect()
    })
}

proptest! {
    #[test]
    fn what_differs_is_found(ours in some_books(), theirs in some_books()) {
        let (calls, report) = reconcile(bill(&theirs), &ours, &theirs);
        let here: Vec<_> =
            theirs.keys().filter(|order| !ours.contains_key(*order)).cloned().collect();
        let there: Vec<_> =
            ours.keys().filter(|order| !theirs.contains_key(*order)).cloned().collect();
        prop_assert_eq!(&report.missing_here, &here);
        prop_assert_eq!(&report.missing_there, &there);
        prop_assert!(report.to_ask.is_empty());
        // Told is only what differs, and what is not told cancels out in both totals.
        let untold = |part: fn(&Amounts) -> Option<Decimal>| -> Decimal {
            let told = |order: &AnyText| report.amounts.iter()
                .any(|difference| difference.order_id == *order);
            let common = ours.iter().filter(|(order,
                _)| theirs.contains_key(*order) && !told(order));
            common.map(|(order,
                amounts)| part(amounts).unwrap_or_default() - part(&theirs[order])
                    .unwrap_or_default()).sum()
        };
        prop_assert_eq!((untold(power), untold(fee)), (Decimal::ZERO, Decimal::ZERO));
        for difference in &report.amounts {
            prop_assert_ne!(ours[&difference.order_id], theirs[&difference.order_id]);
        }
        prop_assert!(here.iter().all(|order| calls.contains(order)));
        if ours == theirs {
            prop_assert!(report.agrees() && calls.is_empty());
        }
    }
}
