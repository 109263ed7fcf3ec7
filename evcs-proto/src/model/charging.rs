use super::{ChargeDetail, SerialNo, periods};
use crate::code::{ChargeState, ConnectorStatus, SuccessStatus};
use park_core::{DateTime, Fixed, Money, Rule, Text, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of `query_equip_charge_status`: how does charging go (查询充电状态)? T/CEC 102.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ChargeStatusQuery {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
}

check!(ChargeStatusQuery { start_charge_seq "StartChargeSeq" });

/// How charging goes (充电状态): reply of `query_equip_charge_status` and request of
/// `notification_equip_charge_status`, T/CEC 102.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ChargeStatus {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// State of the order (充电订单状态).
    pub start_charge_seq_stat: ChargeState,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// State of the connector (充电设备接口状态); that of Table B.4 without 0.
    pub connector_status: ConnectorStatus,
    /// Current of phase A, or the direct current, A (A相电流).
    pub current_a: Fixed<1>,
    /// Current of phase B, A (B相电流).
    pub current_b: Option<Fixed<1>>,
    /// Current of phase C, A (C相电流).
    pub current_c: Option<Fixed<1>>,
    /// Voltage of phase A, or the direct voltage, V (A相电压).
    pub voltage_a: Fixed<1>,
    /// Voltage of phase B, V (B相电压).
    pub voltage_b: Option<Fixed<1>>,
    /// Voltage of phase C, V (C相电压).
    pub voltage_c: Option<Fixed<1>>,
    /// Charge of the battery, percent, 0 if unknown (电池剩余电量).
    pub soc: Fixed<1>,
    /// When charging began (开始充电时间).
    pub start_time: DateTime,
    /// When this was measured (本次采样时间).
    pub end_time: DateTime,
    /// Energy so far, kWh (累计充电量).
    pub total_power: Fixed<2>,
    /// Cost of energy so far, yuan (累计电费).
    pub elec_money: Option<Money>,
    /// Cost of service so far, yuan (累计服务费); spelt so on the wire.
    pub sevice_money: Option<Money>,
    /// Cost in all so far, yuan (累计总金额).
    pub total_money: Option<Money>,
    /// How many periods there were, 0 to 32 (时段数 N).
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 32)))]
    pub sum_period: Option<i32>,
    /// The periods (充电明细信息).
    pub charge_details: Option<Vec<ChargeDetail>>,
}

impl ChargeStatus {
    /// A state with its required fields, in the order of the table.
    #[allow(clippy::too_many_arguments, reason = "the table requires ten fields")]
    pub fn new(
        start_charge_seq: impl Into<SerialNo>,
        start_charge_seq_stat: ChargeState,
        connector_id: impl Into<Text<26>>,
        connector_status: ConnectorStatus,
        current_a: Fixed<1>,
        voltage_a: Fixed<1>,
        soc: Fixed<1>,
        start_time: DateTime,
        end_time: DateTime,
        total_power: Fixed<2>,
    ) -> Self {
        Self {
            start_charge_seq: start_charge_seq.into(),
            start_charge_seq_stat,
            connector_id: connector_id.into(),
            connector_status,
            current_a,
            current_b: None,
            current_c: None,
            voltage_a,
            voltage_b: None,
            voltage_c: None,
            soc,
            start_time,
            end_time,
            total_power,
            elec_money: None,
            sevice_money: None,
            total_money: None,
            sum_period: None,
            charge_details: None,
        }
    }
}

check!(ChargeStatus {
    start_charge_seq "StartChargeSeq", start_charge_seq_stat "StartChargeSeqStat",
    connector_id "ConnectorID",
    connector_status "ConnectorStatus", current_a "CurrentA", current_b "CurrentB",
    current_c "CurrentC", voltage_a "VoltageA",
    voltage_b "VoltageB", voltage_c "VoltageC", soc "Soc", start_time "StartTime",
    end_time "EndTime", total_power "TotalPower",
    elec_money "ElecMoney", sevice_money "SeviceMoney", total_money "TotalMoney",
    sum_period "SumPeriod", charge_details "ChargeDetails",
}; on_line, as_many_as_said);

fn on_line(status: &ChargeStatus, v: &mut Violations) {
    if status.connector_status == ConnectorStatus::OFFLINE {
        v.add_at("ConnectorStatus", Rule::UnknownCode);
    }
}

fn as_many_as_said(status: &ChargeStatus, v: &mut Violations) {
    periods(
        status.sum_period,
        status.charge_details.as_ref().map(Vec::len),
        v,
    );
}

/// Reply of `notification_equip_charge_status`, T/CEC 102.3. It has no reason of a failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ChargeStatusReceipt {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// Whether the state was taken (操作结果).
    pub succ_stat: SuccessStatus,
}

impl ChargeStatusReceipt {
    /// The state of this order was taken.
    pub fn ok(start_charge_seq: impl Into<SerialNo>) -> Self {
        Self {
            start_charge_seq: start_charge_seq.into(),
            succ_stat: SuccessStatus::OK,
        }
    }

    /// It was not.
    pub fn failed(start_charge_seq: impl Into<SerialNo>) -> Self {
        Self {
            succ_stat: SuccessStatus::FAILED,
            ..Self::ok(start_charge_seq)
        }
    }
}

check!(ChargeStatusReceipt { start_charge_seq "StartChargeSeq", succ_stat "SuccStat" });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::found;
    use park_core::Violation;

    fn status(connector_status: ConnectorStatus) -> ChargeStatus {
        let moment: DateTime = "2023-03-01 10:10:30".parse().expect("a moment");
        let (tenth, zero) = (Fixed::ZERO, Fixed::ZERO);
        let serial = SerialNo::compose("MA5DM667X", "1").expect("short enough");
        ChargeStatus::new(
            serial,
            ChargeState::CHARGING,
            "1",
            connector_status,
            tenth,
            tenth,
            tenth,
            moment,
            moment,
            zero,
        )
    }

    #[test]
    fn a_connector_that_charges_is_on_the_net() {
        assert_eq!(found(&status(ConnectorStatus::CHARGING)), []);
        assert_eq!(
            found(&status(ConnectorStatus::OFFLINE)),
            [Violation::new("ConnectorStatus", Rule::UnknownCode)]
        );
    }

    #[test]
    fn the_periods_are_as_many_as_said() {
        let status = |sum_period| ChargeStatus {
            sum_period,
            charge_details: Some(vec![]),
            ..status(ConnectorStatus::CHARGING)
        };
        assert_eq!(found(&status(Some(0))), []);
        assert_eq!(found(&status(Some(1)))[0].path, "SumPeriod");
    }
}
