use super::{SerialNo, reason_of_failure};
use crate::code::{ReceiptFailure, SuccessStatus};
use park_core::{Violations, check};
use serde::{Deserialize, Serialize};

/// Reply of `notification_start_charge_result` and `notification_stop_charge_result`, T/CEC 102.3.
/// Made by [`ok`](Self::ok) and [`failed`](Self::failed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ResultReceipt {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// Whether the result was taken (操作结果).
    pub succ_stat: SuccessStatus,
    /// Why not (失败原因).
    pub fail_reason: Option<ReceiptFailure>,
}

impl ResultReceipt {
    /// The result of this order was taken.
    pub fn ok(start_charge_seq: impl Into<SerialNo>) -> Self {
        Self {
            start_charge_seq: start_charge_seq.into(),
            succ_stat: SuccessStatus::OK,
            fail_reason: Some(ReceiptFailure::NONE),
        }
    }

    /// It was not, because of `reason`.
    pub fn failed(start_charge_seq: impl Into<SerialNo>, reason: ReceiptFailure) -> Self {
        Self {
            succ_stat: SuccessStatus::FAILED,
            fail_reason: Some(reason),
            ..Self::ok(start_charge_seq)
        }
    }
}

check!(ResultReceipt { start_charge_seq "StartChargeSeq", succ_stat "SuccStat",
    fail_reason "FailReason" }; reason);

fn reason(receipt: &ResultReceipt, v: &mut Violations) {
    reason_of_failure(receipt.succ_stat, &receipt.fail_reason, v);
}
