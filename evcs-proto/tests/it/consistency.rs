//! Whether the amounts and times of an order agree with each other: what a receiver looks at before
//! it confirms one. Without I/O.
use evcs_proto::code::StopReason;
use evcs_proto::consistency::*;
use evcs_proto::model::{ChargeDetail, ChargeOrderInfo};
use park_core::{DateTime, Fixed, Money, rust_decimal::Decimal};

fn at(time: &str) -> DateTime {
    format!("2023-03-01 {time}:00").parse().expect(time)
}

/// A period with a price of 1.2345 for energy and 0.8 for service.
fn period(start: &str, end: &str, power: i64, elec: i64, service: i64) -> ChargeDetail {
    ChargeDetail {
        elec_price: Some(Fixed::of_units(12_345)),
        sevice_price: Some(Fixed::of_units(8_000)),
        detail_elec_money: Some(Money::fen(elec)),
        detail_sevice_money: Some(Money::fen(service)),
        ..ChargeDetail::new(at(start), at(end), Fixed::of_units(power))
    }
}

fn order() -> ChargeOrderInfo {
    ChargeOrderInfo {
        start_charge_seq: "MA5DM667X000020230301101030".into(),
        connector_id: "1".into(),
        start_time: at("08:00"),
        end_time: at("10:00"),
        total_power: Fixed::of_units(3000),
        total_elec_money: Money::fen(3704),
        total_sevice_money: Money::fen(2400),
        total_money: Money::fen(6104),
        stop_reason: StopReason::USER,
        sum_period: Some(2),
        charge_details: Some(vec![
            period("08:00", "09:00", 1000, 1235, 800),
            period("09:00", "10:00", 2000, 2469, 1600),
        ]),
    }
}

fn details(order: &mut ChargeOrderInfo) -> &mut Vec<ChargeDetail> {
    order.charge_details.as_mut().expect("two periods")
}

#[test]
fn each_disagreement_is_found_and_nothing_else() {
    type Edit = fn(&mut ChargeOrderInfo);
    let cases: [(Edit, &[&str]); 22] = [
        (|_| {}, &[]),
        (|order| order.total_money = Money::fen(6105), &[]),
        (
            |order| order.total_money = Money::fen(6106),
            &["TotalMoney: energy and service cost 61.04 yuan, the order says 61.06"],
        ),
        (|order| order.total_power = Fixed::of_units(3002), &[]),
        (
            |order| order.total_power = Fixed::of_units(3003),
            &["TotalPower: the periods have 30.00 kWh, the order 30.03"],
        ),
        (
            |order| {
                (order.total_elec_money, order.total_money) = (Money::fen(3701), Money::fen(6101))
            },
            &["TotalElecMoney: the periods have 37.04 yuan, the order 37.01"],
        ),
        (
            |order| {
                (order.total_sevice_money, order.total_money) = (Money::fen(2403), Money::fen(6107))
            },
            &["TotalSeviceMoney: the periods have 24.00 yuan, the order 24.03"],
        ),
        // A period that does not say what it costs leaves nothing to compare.
        (
            |order| {
                details(order)[0].detail_elec_money = None;
                (order.total_elec_money, order.total_money) = (Money::ZERO, Money::fen(2400));
            },
            &[],
        ),
        (
            |order| {
                order.charge_details = None;
                order.total_power = Fixed::ZERO;
            },
            &[],
        ),
        (
            |order| (order.charge_details, order.sum_period) = (Some(vec![]), Some(0)),
            &[],
        ),
        (
            |order| order.sum_period = Some(3),
            &["SumPeriod: 3 are said, 2 listed"],
        ),
        (
            |order| order.sum_period = Some(-2),
            &["SumPeriod: -2 are said, 2 listed"],
        ),
        (|order| order.sum_period = None, &[]),
        (
            |order| {
                (order.start_time, order.end_time) = (order.end_time, order.start_time);
                order.charge_details = None;
            },
            &["EndTime 2023-03-01 08:00:00 is before StartTime 2023-03-01 10:00:00"],
        ),
        (
            |order| order.start_time = at("08:01"),
            &[
                "ChargeDetails[0]: 2023-03-01 08:00:00 to 2023-03-01 09:00:00 is not within the \
                    order's time",
            ],
        ),
        (
            |order| order.end_time = at("09:59"),
            &[
                "ChargeDetails[1]: 2023-03-01 09:00:00 to 2023-03-01 10:00:00 is not within the \
                    order's time",
            ],
        ),
        (
            |order| details(order)[1].detail_end_time = at("08:59"),
            &[
                "ChargeDetails[1]: DetailEndTime 2023-03-01 08:59:00 is before DetailStartTime \
                    2023-03-01 09:00:00",
            ],
        ),
        (
            |order| details(order).reverse(),
            &[
                "ChargeDetails[1]: it begins at 2023-03-01 08:00:00, the one before at 2023-03-01 \
                    09:00:00",
            ],
        ),
        (
            |order| details(order)[0].detail_end_time = at("09:01"),
            &[
                "ChargeDetails[1]: it begins at 2023-03-01 09:00:00, an earlier one ends at \
                    2023-03-01 09:01:00",
            ],
        ),
        // 12.345 by its price; 0.01 yuan and 0.012345 yuan for 0.01 kWh are allowed.
        (
            |order| details(order)[0].detail_elec_money = Some(Money::fen(1237)),
            &["ChargeDetails[0].DetailElecMoney: price and energy give 12.345 yuan, found 12.37"],
        ),
        (
            |order| details(order)[1].detail_sevice_money = Some(Money::fen(1602)),
            &["ChargeDetails[1].DetailSeviceMoney: price and energy give 16.00 yuan, found 16.02"],
        ),
        (
            |order| {
                details(order)[0].elec_price = None;
                details(order)[0].detail_elec_money = Some(Money::fen(1237));
            },
            &[],
        ),
    ];
    for (number, (edit, expected)) in cases.into_iter().enumerate() {
        let mut order = order();
        edit(&mut order);
        let found: Vec<String> = order
            .inconsistencies(Rounding::default())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, expected, "{number}");
    }
}

#[test]
fn without_rounding_every_cent_counts() {
    let exact = Rounding {
        energy: Fixed::ZERO,
        money: Money::ZERO,
    };
    let found = order().inconsistencies(exact);
    assert_eq!(
        found,
        [Inconsistency::DetailElecMoney {
            detail: 0,
            expected: Fixed::from("12.345".parse::<Decimal>().expect("a number")),
            found: Money::fen(1235),
        }]
    );
}

#[test]
fn amounts_too_large_for_a_number_do_not_panic() {
    let mut order = order();
    order.total_elec_money = Decimal::MAX.into();
    order.total_sevice_money = Decimal::MAX.into();
    order.total_power = Decimal::MIN.into();
    for detail in details(&mut order) {
        detail.detail_power = Decimal::MAX.into();
        detail.elec_price = Some(Decimal::MIN.into());
    }
    assert!(order.inconsistencies(Rounding::default()).len() > 3);
}
