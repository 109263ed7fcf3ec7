use crate::Fen;
use park_core::{AnyText, DateTime, check};
use serde::{Deserialize, Serialize};

/// Request of 5.3: what a car has to pay, reckoned by the third party (第三方线上自主计费),
/// `AutonomousCalfee`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeeRequest {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号码).
    pub plate_no: AnyText,
    /// Card or ticket number (卡号/票号). Absent: neither.
    pub card_no: Option<AnyText>,
    /// When it came in (入场时间).
    pub entry_time: DateTime,
    /// Where: the place, its IP address or its device's code (入场地点/Ip/设备编码).
    pub entry_place: AnyText,
    /// When it leaves (出场时间).
    pub leave_time: DateTime,
    /// Where: the place, its IP address or its device's code (出场地点/Ip/设备编码).
    pub leave_place: AnyText,
}

check!(FeeRequest {
    park_code "parkCode", plate_no "plateNo", card_no "cardNo", entry_time "entryTime",
    entry_place "entryPlace", leave_time "leaveTime",
    leave_place "leavePlace",
});

/// Reply of 5.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeeReply {
    /// What has to be paid (待缴金额). The table names no unit; everywhere else it is fen.
    pub pay_money: Fen,
}

impl FeeReply {
    /// What there is to pay.
    pub fn new(pay_money: Fen) -> Self {
        Self { pay_money }
    }
}

check!(FeeReply { pay_money "payMoney" });
