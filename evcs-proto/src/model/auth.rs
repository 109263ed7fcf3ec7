use super::{SerialNo, reason_of_failure};
use crate::code::{AuthFailure, SuccessStatus};
use park_core::{Text, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of `query_equip_auth`: is this connector ready to charge (请求设备认证)? Table B.10.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ConnectorAuth {
    /// Serial number of the question (设备认证流水号).
    pub equip_auth_seq: SerialNo,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
}

check!(ConnectorAuth { equip_auth_seq "EquipAuthSeq", connector_id "ConnectorID" });

/// Reply of `query_equip_auth`, Table B.11. Made by [`ok`](Self::ok) and [`failed`](Self::failed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ConnectorAuthReply {
    /// Serial number of the question (设备认证流水号).
    pub equip_auth_seq: SerialNo,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// Whether it is ready (操作结果).
    pub succ_stat: SuccessStatus,
    /// Why not (失败原因).
    pub fail_reason: Option<AuthFailure>,
}

impl ConnectorAuthReply {
    /// Ready.
    pub fn ok(request: &ConnectorAuth) -> Self {
        Self {
            equip_auth_seq: request.equip_auth_seq.clone(),
            connector_id: request.connector_id.clone(),
            succ_stat: SuccessStatus::OK,
            fail_reason: Some(AuthFailure::NONE),
        }
    }

    /// Not ready, because of `reason`.
    pub fn failed(request: &ConnectorAuth, reason: AuthFailure) -> Self {
        Self {
            succ_stat: SuccessStatus::FAILED,
            fail_reason: Some(reason),
            ..Self::ok(request)
        }
    }
}

check!(ConnectorAuthReply {
    equip_auth_seq "EquipAuthSeq", connector_id "ConnectorID", succ_stat "SuccStat",
    fail_reason "FailReason",
}; reason);

fn reason(reply: &ConnectorAuthReply, v: &mut Violations) {
    reason_of_failure(reply.succ_stat, &reply.fail_reason, v);
}
