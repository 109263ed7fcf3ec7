use crate::model::Number;
use park_core::{AnyText, DateTime, Money, Rule, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of checkChargeOrders: the totals of a time (查询时间间隔内的订单汇总信息), 2.4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BillQuery {
    /// From when on (账单开始时间). `startTim` as the document prints it.
    pub start_tim: DateTime,
    /// Until when (账单结束时间). `endTim` as the document prints it.
    pub end_tim: DateTime,
}

check!(BillQuery { start_tim "startTim", end_tim "endTim" }; begins_before_it_ends);

fn begins_before_it_ends(query: &BillQuery, v: &mut Violations) {
    if query.end_tim < query.start_tim {
        v.add_at(
            "endTim",
            Rule::Range {
                expected: "not before startTim",
            },
        );
    }
}

/// Reply of checkChargeOrders: order numbers and totals, no amounts of single orders
/// (订单汇总信息), 2.4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// Number of this reconciliation (对账流水号).
    pub check_order_no: Option<AnyText>,
    /// Orders in all (订单总数).
    pub order_count: i64,
    /// Energy in all, kWh (总电量, 度).
    pub total_order_power: Number,
    /// Price in all, yuan (总金额). `totoalOrderFee` as the document prints it.
    pub totoal_order_fee: Money,
    /// Numbers that the vendor gave the orders (订单号列表).
    pub order_list: Vec<AnyText>,
}

impl Bill {
    /// The totals and the orders.
    pub fn new(
        order_count: i64,
        total_order_power: Number,
        totoal_order_fee: Money,
        order_list: Vec<AnyText>,
    ) -> Self {
        Self {
            check_order_no: None,
            order_count,
            total_order_power,
            totoal_order_fee,
            order_list,
        }
    }
}

check!(Bill {
    check_order_no "checkOrderNo", order_count "orderCount", total_order_power "totalOrderPower",
    totoal_order_fee "totoalOrderFee",
    order_list "orderList",
});

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::Check;

    #[test]
    fn a_time_does_not_end_before_it_begins() {
        for (end, ok) in [
            ("2017-01-16 23:59:59", true),
            ("2017-01-16 00:00:00", true),
            ("2017-01-15 23:59:59", false),
        ] {
            let query = BillQuery {
                start_tim: "2017-01-16 00:00:00".parse().expect("a time"),
                end_tim: end.parse().expect("a time"),
            };
            let mut v = Violations::default();
            query.check(&mut v);
            assert_eq!(v.list().is_empty(), ok, "{end}");
        }
    }
}
