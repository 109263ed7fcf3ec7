//! Comparing the orders of a period, for both sides of `check_charge_orders` (对账): what to ask,
//! what to answer, what the answer says. Without I/O.
use evcs_proto::reconcile::*;
use evcs_proto::{
    code::DisputeReason,
    model::{ChargeOrder, CheckOrders, SerialNo},
};
use park_core::{Fixed, Money, rust_decimal::Decimal};

fn order(number: &str, power: i64, fen: i64) -> ChargeOrder {
    ChargeOrder {
        start_charge_seq: SerialNo::compose("MA5DM667X", number).expect("short enough"),
        total_power: Fixed::of_units(power),
        total_money: Money::fen(fen),
    }
}

fn request(orders: &[ChargeOrder]) -> CheckOrders {
    let at = |text: &str| text.parse().expect("a moment");
    let serial = SerialNo::compose("123456789", "1").expect("short enough");
    check_orders(
        serial,
        at("2023-03-01 00:00:00"),
        at("2023-03-02 00:00:00"),
        orders.to_vec(),
    )
}

fn reasons(
    theirs: &[ChargeOrder],
    ours: &[ChargeOrder],
    energy: i64,
) -> Vec<(String, DisputeReason)> {
    let found = reconcile_within(&request(theirs), ours.to_vec(), Fixed::of_units(energy));
    let disputes = found.reply.dispute_orders.into_iter();
    disputes
        .map(|dispute| {
            (
                dispute.start_charge_seq[26..].to_owned(),
                dispute.dispute_reason,
            )
        })
        .collect()
}

#[test]
fn an_order_is_disputed_for_one_reason() {
    let ours = [order("1", 1000, 1500), order("2", 2000, 3000)];
    let (missing, money, energy) = (
        DisputeReason::MISSING,
        DisputeReason::MONEY,
        DisputeReason::ENERGY,
    );
    for (theirs, tolerance, expected) in [
        (vec![], 0, vec![]),
        (vec![order("1", 1000, 1500)], 0, vec![]),
        (vec![order("3", 1000, 1500)], 0, vec![("3", missing)]),
        (vec![order("1", 1000, 1501)], 0, vec![("1", money)]),
        (vec![order("1", 1001, 1501)], 0, vec![("1", money)]),
        (vec![order("1", 1001, 1500)], 0, vec![("1", energy)]),
        (vec![order("1", 1001, 1500)], 1, vec![]),
        (vec![order("1", 999, 1500)], 1, vec![]),
        (vec![order("1", 1002, 1500)], 1, vec![("1", energy)]),
        (vec![order("1", 1000, 1500)], -1, vec![]),
        (vec![order("1", 1000, 1501)], 99, vec![("1", money)]),
        // Twice: the one that agrees counts, wherever it stands; otherwise the first.
        (
            vec![order("1", 1000, 1500), order("1", 1000, 1500)],
            0,
            vec![("1", missing)],
        ),
        (
            vec![order("1", 1, 1), order("1", 1000, 1500)],
            0,
            vec![("1", missing)],
        ),
        (
            vec![order("1", 1000, 1), order("1", 1, 1500)],
            0,
            vec![("1", money), ("1", missing)],
        ),
        (
            vec![order("1", 1, 1500), order("2", 2000, 1), order("3", 1, 1)],
            0,
            vec![("1", energy), ("2", money), ("3", missing)],
        ),
    ] {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(number, reason)| (number.to_owned(), reason))
            .collect();
        assert_eq!(
            reasons(&theirs, &ours, tolerance),
            expected,
            "{theirs:?} {tolerance}"
        );
    }
}

#[test]
fn totals_that_are_not_those_of_the_list_are_told() {
    let orders = [order("1", 1000, 1500), order("2", 2000, 3000)];
    let right = request(&orders);
    assert_eq!(
        (right.order_count, right.total_order_power),
        (2, Fixed::of_units(300_000))
    );
    assert_eq!(reconcile(&right, orders.clone()).totals, Ok(()));
    for wrong in [
        CheckOrders {
            order_count: 3,
            ..right.clone()
        },
        CheckOrders {
            total_order_power: Fixed::of_units(300_001),
            ..right.clone()
        },
        CheckOrders {
            total_order_money: Money::fen(4501),
            ..right.clone()
        },
    ] {
        let found = reconcile(&wrong, orders.clone());
        assert_eq!(found.reply.dispute_orders, []);
        let mismatch = found.totals.expect_err("they differ");
        assert_eq!(
            mismatch.listed.to_string(),
            "2 orders, 30.0000 kWh, 45.00 yuan"
        );
    }
}

#[test]
fn sums_too_large_for_a_number_do_not_panic() {
    let large = |number| ChargeOrder {
        total_power: Decimal::MAX.into(),
        total_money: Decimal::MIN.into(),
        ..order(number, 0, 0)
    };
    let found = reconcile(
        &request(&[large("1"), large("2")]),
        [order("1", -1, 1), large("2")],
    );
    assert_eq!(found.reply.total_dispute_order, 1);
    assert_eq!(found.totals, Ok(()));
}

#[test]
fn an_answer_may_dispute_what_was_not_asked_about_and_one_of_two_alike() {
    let request = request(&[
        order("1", 1000, 1500),
        order("1", 1, 1),
        order("2", 2000, 3000),
    ]);
    let mut reply = reconcile(&request, [order("1", 1000, 1500), order("2", 2000, 3000)]).reply;
    let found = disputed(&request, &reply);
    assert_eq!(
        found.agreed,
        [&request.charge_orders[0], &request.charge_orders[2]]
    );
    assert_eq!(
        found.disputed,
        [(&reply.dispute_orders[0], &request.charge_orders[1])]
    );
    assert_eq!((found.unasked, found.totals), (vec![], Ok(())));

    reply.dispute_orders[0].start_charge_seq = "elsewhere".into();
    reply.total_dispute_order = 2;
    let found = disputed(&request, &reply);
    assert_eq!(
        (found.agreed.len(), found.disputed, found.unasked),
        (3, vec![], vec![&reply.dispute_orders[0]])
    );
    let mismatch = found.totals.expect_err("they differ");
    assert_eq!((mismatch.stated.count, mismatch.listed.count), (2, 1));
}
