use crate::{
    code::{ChargeType, OrderStatus},
    model::{EndTime, Number},
};
use park_core::{AnyText, DateTime, Fixed, Money, Rule, Violations, check, rust_decimal::Decimal};
use serde::{Deserialize, Serialize};

/// Request of getOrderInfo: one order (根据订单号查询订单详情), 2.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderQuery {
    /// Number that the vendor gave the order (服务商返回的订单编号).
    pub order_id: AnyText,
}

check!(OrderQuery { order_id "orderId" });

/// A charging order (订单详情): the reply of getOrderInfo (2.3), chargeStart (3.1) and chargeStop
/// (3.2), and what the callback brings (3.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Number that the vendor gave the order (服务商生成的订单编号). `OrderId` in replies,
    /// `orderId` in requests.
    #[serde(rename = "OrderId")]
    pub order_id: AnyText,
    /// Pile (桩编号).
    pub stub_id: Option<AnyText>,
    /// Number that the aggregator gave the order (我方生成的订单编号).
    pub out_order_id: Option<AnyText>,
    /// Driver (司机编号).
    pub driver_id: Option<AnyText>,
    /// When charging began (充电开始时间).
    pub time_start: Option<DateTime>,
    /// When charging ended (充电结束时间), empty as long as it has not.
    pub time_end: EndTime,
    /// How long it has been charged, seconds (充电时长).
    pub time_charge: Option<i64>,
    /// Price of it all, yuan (充电金额).
    pub fee_total: Option<Money>,
    /// Its current (充电类型).
    pub charge_type: Option<ChargeType>,
    /// Energy, kWh (充电电量).
    pub power: Option<Number>,
    /// State of charge of the battery, per cent, a whole number 0 to 100 (电池百分比), on receipt
    /// with decimals too; for direct current only. 0 is allowed for alternating current, because
    /// peers fill it in.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub soc: Option<Fixed<0>>,
    /// How it stands (状态).
    pub status: OrderStatus,
    /// Why it ended, in words (充电结束原因).
    pub end_info: Option<AnyText>,
    /// Price of the service, yuan (服务费用).
    pub fee_service: Option<Money>,
    /// Price of the energy, yuan (电量费用).
    pub fee_electric: Option<Money>,
    /// City (城市编号).
    pub city_code: Option<AnyText>,
}

impl Order {
    /// An order with its number and status.
    pub fn new(order_id: impl Into<AnyText>, status: OrderStatus) -> Self {
        Self {
            order_id: order_id.into(),
            stub_id: None,
            out_order_id: None,
            driver_id: None,
            time_start: None,
            time_end: EndTime::NOT_YET,
            time_charge: None,
            fee_total: None,
            charge_type: None,
            power: None,
            soc: None,
            status,
            end_info: None,
            fee_service: None,
            fee_electric: None,
            city_code: None,
        }
    }
}

check!(Order {
    order_id "OrderId", stub_id "stubId", out_order_id "outOrderId", driver_id "driverId",
    time_start "timeStart", time_end "timeEnd",
    time_charge "timeCharge", fee_total "feeTotal", charge_type "chargeType", power "power",
    soc "soc", status "status", end_info "endInfo",
    fee_service "feeService", fee_electric "feeElectric", city_code "cityCode",
}; soc_of_direct_current, no_end_while_charging);

// Both are ranges, so that a dialect can waive them: a peer that breaks them still tells of a real
// order.
fn soc_of_direct_current(order: &Order, v: &mut Violations) {
    let Some(soc) = order.soc.map(Fixed::value) else {
        return;
    };
    if soc < Decimal::ZERO || soc > Decimal::ONE_HUNDRED {
        v.add_at(
            "soc",
            Rule::Range {
                expected: "0 to 100 per cent",
            },
        );
    } else if order.charge_type == Some(ChargeType::ALTERNATING) && !soc.is_zero() {
        v.add_at(
            "soc",
            Rule::Range {
                expected: "absent or 0, as alternating current (chargeType 0) does not tell it",
            },
        );
    }
}

fn no_end_while_charging(order: &Order, v: &mut Violations) {
    if order.status == OrderStatus::CHARGING && order.time_end != EndTime::NOT_YET {
        v.add_at(
            "timeEnd",
            Rule::Range {
                expected: "empty, as the order is being charged (status 1)",
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Violation};

    fn found(order: &Order) -> Vec<Violation> {
        let mut v = Violations::default();
        order.check(&mut v);
        v.list().to_vec()
    }

    #[test]
    fn the_state_of_charge_is_a_whole_percentage_of_direct_current() {
        let (none, alternating, direct) = (
            None,
            Some(ChargeType::ALTERNATING),
            Some(ChargeType::DIRECT),
        );
        for (charge_type, soc, ok) in [
            (direct, "0", true),
            (direct, "100", true),
            (direct, "85.00", true),
            (direct, "101", false),
            (direct, "-1", false),
            (direct, "85.5", false),
            (alternating, "0.00", true),
            (alternating, "1", false),
            (none, "50", true),
            (Some(ChargeType(7)), "50", true),
        ] {
            let mut order = Order::new("1", OrderStatus::CHARGING);
            order.soc = Some(soc.parse().expect(soc));
            order.charge_type = charge_type;
            let found: Vec<Violation> = found(&order)
                .into_iter()
                .filter(|found| found.path == "soc")
                .collect();
            assert_eq!(found.is_empty(), ok, "{charge_type:?} {soc}: {found:?}");
            assert!(found.iter().all(|found| found.rule.is_limit()), "{soc}");
        }
    }

    #[test]
    fn an_order_that_is_being_charged_has_no_end() {
        let end = EndTime::from("2017-01-17 10:00:00".parse::<DateTime>().expect("a time"));
        for (status, time_end, ok) in [
            (OrderStatus::CHARGING, EndTime::NOT_YET, true),
            (OrderStatus::CHARGING, end, false),
            (OrderStatus::ENDED, end, true),
            (OrderStatus::ENDED_BY_FAILURE, end, true),
            (OrderStatus::START_FAILED, EndTime::NOT_YET, true),
        ] {
            let mut order = Order::new("1", status);
            order.time_end = time_end;
            assert_eq!(found(&order).is_empty(), ok, "{status} {time_end:?}");
        }
    }
}
