use super::SerialNo;
use crate::code::DisputeReason;
use park_core::{DateTime, Fixed, Money, Rule, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of `check_charge_orders`: the orders of a time, to be compared (推送订单对账结果信息),
/// Table B.19.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct CheckOrders {
    /// Serial number of the account (订单对账流水号).
    pub check_order_seq: SerialNo,
    /// Where its time begins (账单开始时间).
    pub start_time: DateTime,
    /// Where its time ends (账单结束时间).
    pub end_time: DateTime,
    /// How many orders there are (订单数量 N), as many as are listed.
    pub order_count: i32,
    /// Energy in all, kWh (总电量).
    pub total_order_power: Fixed<4>,
    /// Cost in all, yuan (总金额).
    pub total_order_money: Money,
    /// The orders (订单列表).
    pub charge_orders: Vec<ChargeOrder>,
}

check!(CheckOrders {
    check_order_seq "CheckOrderSeq", start_time "StartTime", end_time "EndTime",
    order_count "OrderCount",
    total_order_power "TotalOrderPower", total_order_money "TotalOrderMoney",
    charge_orders "ChargeOrders",
}; as_many_orders_as_said);

fn as_many_orders_as_said(account: &CheckOrders, v: &mut Violations) {
    if usize::try_from(account.order_count) != Ok(account.charge_orders.len()) {
        v.add_at(
            "OrderCount",
            Rule::Condition("has to be the number of ChargeOrders"),
        );
    }
}

/// One order of an account (单项订单对账信息, ChargeOrder), Table B.20.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ChargeOrder {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// Energy, kWh (累计充电量).
    pub total_power: Fixed<2>,
    /// Cost in all, yuan (累计总金额).
    pub total_money: Money,
}

check!(ChargeOrder { start_charge_seq "StartChargeSeq", total_power "TotalPower",
    total_money "TotalMoney" });

/// Reply of `check_charge_orders`: the orders that the customer side disputes, Table B.21. Made by
/// [`reconcile`](crate::reconcile).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct CheckOrdersReply {
    /// Serial number of the account (订单对账流水号).
    pub check_order_seq: SerialNo,
    /// Where its time begins (账单开始时间).
    pub start_time: DateTime,
    /// Where its time ends (账单结束时间).
    pub end_time: DateTime,
    /// How many orders are disputed (争议订单数量 N), as many as are listed.
    pub total_dispute_order: i32,
    /// Their energy in all, kWh (总电量).
    pub total_dispute_power: Fixed<4>,
    /// Their cost in all, yuan (总金额).
    pub total_dispute_money: Money,
    /// The orders (订单列表).
    pub dispute_orders: Vec<DisputeOrder>,
}

check!(CheckOrdersReply {
    check_order_seq "CheckOrderSeq", start_time "StartTime", end_time "EndTime",
    total_dispute_order "TotalDisputeOrder",
    total_dispute_power "TotalDisputePower", total_dispute_money "TotalDisputeMoney",
    dispute_orders "DisputeOrders",
}; as_many_disputes_as_said);

fn as_many_disputes_as_said(reply: &CheckOrdersReply, v: &mut Violations) {
    if usize::try_from(reply.total_dispute_order) != Ok(reply.dispute_orders.len()) {
        v.add_at(
            "TotalDisputeOrder",
            Rule::Condition("has to be the number of DisputeOrders"),
        );
    }
}

/// A disputed order (单项争议交易信息, DisputeOrder), Table B.22.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct DisputeOrder {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// Energy, kWh (累计充电量).
    pub total_power: Fixed<2>,
    /// Cost in all, yuan (累计总金额).
    pub total_money: Money,
    /// Why it is disputed (争议原因).
    pub dispute_reason: DisputeReason,
}

check!(DisputeOrder {
    start_charge_seq "StartChargeSeq", total_power "TotalPower", total_money "TotalMoney",
    dispute_reason "DisputeReason",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::found;

    #[test]
    fn the_orders_are_as_many_as_said() {
        let moment: DateTime = "2023-03-01 00:00:00".parse().expect("a moment");
        let serial = SerialNo::compose("MA5DM667X", "1").expect("short enough");
        for (said, right) in [(-1, false), (0, false), (1, true), (2, false)] {
            let account = CheckOrders {
                check_order_seq: serial.clone(),
                start_time: moment,
                end_time: moment,
                order_count: said,
                total_order_power: Fixed::ZERO,
                total_order_money: Money::ZERO,
                charge_orders: vec![ChargeOrder {
                    start_charge_seq: serial.clone(),
                    total_power: Fixed::ZERO,
                    total_money: Money::ZERO,
                }],
            };
            let reply = CheckOrdersReply {
                check_order_seq: serial.clone(),
                start_time: moment,
                end_time: moment,
                total_dispute_order: said,
                total_dispute_power: Fixed::ZERO,
                total_dispute_money: Money::ZERO,
                dispute_orders: vec![DisputeOrder {
                    start_charge_seq: serial.clone(),
                    total_power: Fixed::ZERO,
                    total_money: Money::ZERO,
                    dispute_reason: DisputeReason::MISSING,
                }],
            };
            for (found, path) in [
                (found(&account), "OrderCount"),
                (found(&reply), "TotalDisputeOrder"),
            ] {
                assert_eq!(
                    found
                        .iter()
                        .map(|violation| &*violation.path)
                        .collect::<Vec<_>>(),
                    if right { vec![] } else { vec![path] },
                    "{said}"
                );
            }
        }
    }
}
