use super::{SerialNo, periods};
use crate::code::{ConfirmResult, StopReason};
use park_core::{DateTime, Fixed, Money, Text, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of `notification_charge_order_info`: a charging order that ended (推送订单信息), Table
/// B.16.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ChargeOrderInfo {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// When charging began (开始充电时间).
    pub start_time: DateTime,
    /// When it ended (结束充电时间).
    pub end_time: DateTime,
    /// Energy, kWh (累计充电量).
    pub total_power: Fixed<2>,
    /// Cost of energy, yuan (总电费).
    pub total_elec_money: Money,
    /// Cost of service, yuan (总服务费); spelt so on the wire.
    pub total_sevice_money: Money,
    /// Cost in all, yuan (累计总金额).
    pub total_money: Money,
    /// Why it ended (充电结束原因).
    pub stop_reason: StopReason,
    /// How many periods there were, 0 to 32 (时段数 N).
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 32)))]
    pub sum_period: Option<i32>,
    /// The periods (充电明细信息).
    pub charge_details: Option<Vec<ChargeDetail>>,
}

check!(ChargeOrderInfo {
    start_charge_seq "StartChargeSeq", connector_id "ConnectorID", start_time "StartTime",
    end_time "EndTime", total_power "TotalPower",
    total_elec_money "TotalElecMoney", total_sevice_money "TotalSeviceMoney",
    total_money "TotalMoney", stop_reason "StopReason",
    sum_period "SumPeriod", charge_details "ChargeDetails",
}; as_many_as_said);

fn as_many_as_said(order: &ChargeOrderInfo, v: &mut Violations) {
    periods(
        order.sum_period,
        order.charge_details.as_ref().map(Vec::len),
        v,
    );
}

/// A period of charging with one price (充电明细信息, ChargeDetails), Table B.17.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ChargeDetail {
    /// When it began (开始时间).
    pub detail_start_time: DateTime,
    /// When it ended (结束时间).
    pub detail_end_time: DateTime,
    /// Price of energy, yuan a kWh (时段电价).
    pub elec_price: Option<Fixed<4>>,
    /// Price of service, yuan a kWh (时段服务费价格); spelt so on the wire.
    pub sevice_price: Option<Fixed<4>>,
    /// Energy, kWh (时段充电量).
    pub detail_power: Fixed<2>,
    /// Cost of energy, yuan (时段电费).
    pub detail_elec_money: Option<Money>,
    /// Cost of service, yuan (时段服务费); spelt so on the wire.
    pub detail_sevice_money: Option<Money>,
}

impl ChargeDetail {
    /// A period with its required fields, in the order of Table B.17.
    pub fn new(
        detail_start_time: DateTime,
        detail_end_time: DateTime,
        detail_power: Fixed<2>,
    ) -> Self {
        Self {
            detail_start_time,
            detail_end_time,
            elec_price: None,
            sevice_price: None,
            detail_power,
            detail_elec_money: None,
            detail_sevice_money: None,
        }
    }
}

check!(ChargeDetail {
    detail_start_time "DetailStartTime", detail_end_time "DetailEndTime", elec_price "ElecPrice",
    sevice_price "SevicePrice",
    detail_power "DetailPower", detail_elec_money "DetailElecMoney",
    detail_sevice_money "DetailSeviceMoney",
});

/// Reply of `notification_charge_order_info`, Table B.18.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct OrderReceipt {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// Whether the customer side agrees with it (确认结果).
    pub confirm_result: ConfirmResult,
}

impl OrderReceipt {
    /// What the customer side says to `order`.
    pub fn new(order: &ChargeOrderInfo, confirm_result: ConfirmResult) -> Self {
        Self {
            start_charge_seq: order.start_charge_seq.clone(),
            connector_id: order.connector_id.clone(),
            confirm_result,
        }
    }
}

check!(OrderReceipt { start_charge_seq "StartChargeSeq", connector_id "ConnectorID",
    confirm_result "ConfirmResult" });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::found;

    #[test]
    fn the_periods_are_as_many_as_said() {
        let moment: DateTime = "2023-03-01 10:10:30".parse().expect("a moment");
        let mut order = ChargeOrderInfo {
            start_charge_seq: SerialNo::compose("MA5DM667X", "1").expect("short enough"),
            connector_id: "1".into(),
            start_time: moment,
            end_time: moment,
            total_power: Fixed::ZERO,
            total_elec_money: Money::ZERO,
            total_sevice_money: Money::ZERO,
            total_money: Money::ZERO,
            stop_reason: StopReason::USER,
            sum_period: Some(1),
            charge_details: Some(vec![ChargeDetail::new(moment, moment, Fixed::ZERO)]),
        };
        assert_eq!(found(&order), []);
        order.sum_period = Some(2);
        assert_eq!(found(&order)[0].path, "SumPeriod");
        order.charge_details = None;
        assert_eq!(found(&order), []);
    }
}
