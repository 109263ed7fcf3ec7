use super::{SerialNo, reason_of_failure};
use crate::code::{ChargeState, StopFailure, SuccessStatus};
use park_core::{Text, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of `query_stop_charge`: stop charging (请求停止充电), Table B.14.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StopCharge {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
}

check!(StopCharge { start_charge_seq "StartChargeSeq", connector_id "ConnectorID" });

/// Reply of `query_stop_charge`, Table B.15. Made by [`ok`](Self::ok) and [`failed`](Self::failed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StopChargeReply {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// State of the order (充电订单状态).
    pub start_charge_seq_stat: ChargeState,
    /// Whether the order was taken (操作结果).
    pub succ_stat: SuccessStatus,
    /// Why not (失败原因).
    pub fail_reason: Option<StopFailure>,
}

impl StopChargeReply {
    /// Taken; the order is in `state`, as a rule [`STOPPING`](ChargeState::STOPPING).
    pub fn ok(request: &StopCharge, state: ChargeState) -> Self {
        Self {
            start_charge_seq: request.start_charge_seq.clone(),
            start_charge_seq_stat: state,
            succ_stat: SuccessStatus::OK,
            fail_reason: Some(StopFailure::NONE),
        }
    }

    /// Not taken, because of `reason`; the order is in `state`.
    pub fn failed(request: &StopCharge, state: ChargeState, reason: StopFailure) -> Self {
        Self {
            succ_stat: SuccessStatus::FAILED,
            fail_reason: Some(reason),
            ..Self::ok(request, state)
        }
    }
}

check!(StopChargeReply {
    start_charge_seq "StartChargeSeq", start_charge_seq_stat "StartChargeSeqStat",
    succ_stat "SuccStat", fail_reason "FailReason",
}; reason_of_reply);

fn reason_of_reply(reply: &StopChargeReply, v: &mut Violations) {
    reason_of_failure(reply.succ_stat, &reply.fail_reason, v);
}

/// Request of `notification_stop_charge_result`: how stopping went (推送停止充电结果), T/CEC 102.3.
/// Made by [`ok`](Self::ok) and [`failed`](Self::failed); its reply is
/// [`ResultReceipt`](super::ResultReceipt).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StopResult {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// State of the order (充电订单状态).
    pub start_charge_seq_stat: ChargeState,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// Whether it stopped (操作结果).
    pub succ_stat: SuccessStatus,
    /// Why not (失败原因).
    pub fail_reason: Option<StopFailure>,
}

impl StopResult {
    /// Stopped: the order has ended.
    pub fn ok(start_charge_seq: impl Into<SerialNo>, connector_id: impl Into<Text<26>>) -> Self {
        Self {
            start_charge_seq: start_charge_seq.into(),
            start_charge_seq_stat: ChargeState::ENDED,
            connector_id: connector_id.into(),
            succ_stat: SuccessStatus::OK,
            fail_reason: Some(StopFailure::NONE),
        }
    }

    /// Not stopped, because of `reason`; the order is in `state`.
    pub fn failed(
        start_charge_seq: impl Into<SerialNo>,
        connector_id: impl Into<Text<26>>,
        state: ChargeState,
        reason: StopFailure,
    ) -> Self {
        Self {
            start_charge_seq_stat: state,
            succ_stat: SuccessStatus::FAILED,
            fail_reason: Some(reason),
            ..Self::ok(start_charge_seq, connector_id)
        }
    }
}

check!(StopResult {
    start_charge_seq "StartChargeSeq", start_charge_seq_stat "StartChargeSeqStat",
    connector_id "ConnectorID", succ_stat "SuccStat",
    fail_reason "FailReason",
}; reason_of_result);

fn reason_of_result(result: &StopResult, v: &mut Violations) {
    reason_of_failure(result.succ_stat, &result.fail_reason, v);
}
