use super::{SerialNo, reason_of_failure};
use crate::code::{ChargeState, StartFailure, SuccessStatus};
use park_core::{AnyText, DateTime, Money, Text, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of `query_start_charge`: begin to charge, until the car is full (请求启动充电), Table
/// B.12.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StartCharge {
    /// Number of the charging order (充电订单号), given by the customer side.
    pub start_charge_seq: SerialNo,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// The part of the QR code that the operator defines, as scanned (二维码其他信息). Required,
    /// but empty where the code has no such part.
    #[serde(rename = "QRCode")]
    pub qr_code: String,
    /// Plate number (车牌); not in Table B.12, needed by peers that grant free parking.
    pub plate_num: Option<AnyText>,
    /// Telephone number (手机号); not in Table B.12.
    pub phone_num: Option<AnyText>,
    /// What the customer's account holds, yuan (账户余额); not in Table B.12.
    pub balance: Option<Money>,
}

impl StartCharge {
    /// The order to begin, with the fields of Table B.12.
    pub fn new(
        start_charge_seq: impl Into<SerialNo>,
        connector_id: impl Into<Text<26>>,
        qr_code: impl Into<String>,
    ) -> Self {
        Self {
            start_charge_seq: start_charge_seq.into(),
            connector_id: connector_id.into(),
            qr_code: qr_code.into(),
            plate_num: None,
            phone_num: None,
            balance: None,
        }
    }
}

check!(StartCharge {
    start_charge_seq "StartChargeSeq", connector_id "ConnectorID", qr_code "QRCode",
    plate_num "PlateNum", phone_num "PhoneNum",
    balance "Balance",
});

/// Reply of `query_start_charge`, Table B.13. Made by [`ok`](Self::ok) and
/// [`failed`](Self::failed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StartChargeReply {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// State of the order (充电订单状态).
    pub start_charge_seq_stat: ChargeState,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// Whether the order was taken (操作结果).
    pub succ_stat: SuccessStatus,
    /// Why not (失败原因).
    pub fail_reason: Option<StartFailure>,
}

impl StartChargeReply {
    /// Taken; the order is in `state`, as a rule [`STARTING`](ChargeState::STARTING).
    pub fn ok(request: &StartCharge, state: ChargeState) -> Self {
        Self {
            start_charge_seq: request.start_charge_seq.clone(),
            start_charge_seq_stat: state,
            connector_id: request.connector_id.clone(),
            succ_stat: SuccessStatus::OK,
            fail_reason: Some(StartFailure::NONE),
        }
    }

    /// Not taken, because of `reason`; the order is in `state`.
    pub fn failed(request: &StartCharge, state: ChargeState, reason: StartFailure) -> Self {
        Self {
            succ_stat: SuccessStatus::FAILED,
            fail_reason: Some(reason),
            ..Self::ok(request, state)
        }
    }
}

check!(StartChargeReply {
    start_charge_seq "StartChargeSeq", start_charge_seq_stat "StartChargeSeqStat",
    connector_id "ConnectorID", succ_stat "SuccStat",
    fail_reason "FailReason",
}; reason);

fn reason(reply: &StartChargeReply, v: &mut Violations) {
    reason_of_failure(reply.succ_stat, &reply.fail_reason, v);
}

/// Request of `notification_start_charge_result`: how starting went (推送启动充电结果), T/CEC
/// 102.3. Its reply is [`ResultReceipt`](super::ResultReceipt).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StartResult {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// State of the order (充电订单状态): charging if it worked, ended if not.
    pub start_charge_seq_stat: ChargeState,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// When charging began (充电启动时间).
    pub start_time: DateTime,
    /// Verification code (验证码); some peers write why it failed.
    pub ident_code: Option<AnyText>,
}

check!(StartResult {
    start_charge_seq "StartChargeSeq", start_charge_seq_stat "StartChargeSeqStat",
    connector_id "ConnectorID", start_time "StartTime",
    ident_code "IdentCode",
});
