use park_core::{AnyText, Timestamp, check};
use serde::{Deserialize, Serialize};

/// Request of chargeStart: begin charging (开始充电), 3.1. The reply is an
/// [`Order`](crate::model::Order).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChargeStart {
    /// Number that the aggregator gives the order (我方自定义的订单编号).
    pub out_order_id: AnyText,
    /// Driver (司机编号).
    pub driver_id: AnyText,
    /// Pile (桩编号).
    pub stub_id: AnyText,
    /// Gun (枪编号).
    pub gun_id: AnyText,
    /// Who the aggregator is at this vendor (合作商标识).
    pub org: AnyText,
    /// When it was asked for (秒级时间戳).
    pub time: Timestamp,
}

check!(ChargeStart { out_order_id "outOrderId", driver_id "driverId", stub_id "stubId",
    gun_id "gunId", org "org", time "time" });

/// Request of chargeStop: end charging (结束充电), 3.2. The reply is an
/// [`Order`](crate::model::Order).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChargeStop {
    /// Number that the vendor gave the order (服务商的订单编号).
    pub order_id: AnyText,
}

check!(ChargeStop { order_id "orderId" });
