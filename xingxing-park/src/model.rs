//! The document's tables as plain structs, each with its checks.
use crate::code::{ChargeState, ReceiptStatus};
use park_core::{AnyText, Check, DateTime, Fixed, Money, Rule, Text, Violations, check};
use serde::{Deserialize, Serialize};

pub use park_core::Model;

/// Number of a charging order (充电订单号, OrderID), at most 50 characters. Compared as it is
/// written: ids keep their text.
pub type OrderId = Text<50>;

/// Who operates the charging equipment (运营商ID, the OperatorID of [`ParkChargeResult`]): exactly
/// 9 characters. Of another type than [`ParkingOperatorId`], which has the same name on the wire
/// and means the other side.
///
/// ```
/// use xingxing_park::model::ChargingOperatorId;
/// assert_eq!(ChargingOperatorId::star_charge(), "313744932".into());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ChargingOperatorId(pub Text<9>);

impl ChargingOperatorId {
    /// Star Charge itself (星星充电), section 3.1.
    pub fn star_charge() -> Self {
        "313744932".into()
    }
}

impl<S: Into<String>> From<S> for ChargingOperatorId {
    fn from(id: S) -> Self {
        Self(id.into().into())
    }
}

impl Check for ChargingOperatorId {
    fn check(&self, v: &mut Violations) {
        self.0.check(v);
        let found = self.0.chars().count();
        if (1..9).contains(&found) {
            v.add(Rule::TooShort { min: 9, found });
        }
    }
}

/// Who operates the parking lot (停车场运营商编号, the OperatorID of [`ChargeQuery`]): text for
/// which the document gives no length.
///
/// ```compile_fail,E0308
/// # use xingxing_park::model::{ChargeQuery, ChargingOperatorId};
/// // The charging operator does not ask itself.
/// ChargeQuery { operator_id: ChargingOperatorId::star_charge(),
///     order_id: "201807111622529304".into() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ParkingOperatorId(pub AnyText);

impl<S: Into<String>> From<S> for ParkingOperatorId {
    fn from(id: S) -> Self {
        Self(id.into().into())
    }
}

impl Check for ParkingOperatorId {
    fn check(&self, v: &mut Violations) {
        self.0.check(v);
    }
}

/// A charging order as far as it concerns the parking lot (停车充电订单信息, ParkChargeResult),
/// section 3.1. The request of notification_parking_charge_result (4.1.3), charging to parking, and
/// what query_parking_charge_result finds (4.2.4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ParkChargeResult {
    /// Who operates the charging equipment (运营商ID).
    #[serde(rename = "OperatorID")]
    pub operator_id: ChargingOperatorId,
    /// Number of the order (充电订单号).
    #[serde(rename = "OrderID")]
    pub order_id: OrderId,
    /// Code of the connector (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// Plate number of the car (车牌号). Compare plates as [`PlateKey`](crate::ledger::PlateKey)s.
    pub plate: Text<10>,
    /// How the order stands (充电订单状态).
    pub start_charge_seq_stat: ChargeState,
    /// When charging began (开始充电时间).
    pub start_time: DateTime,
    /// When this was sampled (本次采样时间); when charging ended, once the order is
    /// [`ENDED`](ChargeState::ENDED).
    pub end_time: DateTime,
    /// Energy so far, kWh (累计充电量).
    pub total_power: Fixed<2>,
    /// What charging cost so far, yuan (累计总金额).
    pub total_money: Money,
    /// Lot code (停车场编号).
    #[serde(rename = "ParkID")]
    pub park_id: Text<50>,
}

check!(ParkChargeResult {
    operator_id "OperatorID", order_id "OrderID", connector_id "ConnectorID", plate "Plate",
    start_charge_seq_stat "StartChargeSeqStat",
    start_time "StartTime", end_time "EndTime", total_power "TotalPower", total_money "TotalMoney",
    park_id "ParkID",
});

/// Request of query_parking_charge_result (补偿查询), section 4.2.3, parking to charging: what
/// became of an order whose end was never told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ChargeQuery {
    /// Who operates the parking lot (停车场运营商编号).
    #[serde(rename = "OperatorID")]
    pub operator_id: ParkingOperatorId,
    /// Number of the order (充电订单号).
    #[serde(rename = "OrderID")]
    pub order_id: OrderId,
}

check!(ChargeQuery { operator_id "OperatorID", order_id "OrderID" });

/// Request of query_parking_discount_result (停车费减免反馈), section 4.3.3, parking to charging:
/// the parking discount that an order brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct DiscountReport {
    /// Number of the order (充电订单号).
    #[serde(rename = "OrderID")]
    pub order_id: OrderId,
    /// The discount, yuan (减免费用); sent as 0 too.
    pub discount_money: Money,
}

check!(DiscountReport { order_id "OrderID", discount_money "DiscountMoney" });

/// Answer to a notification (4.1.4) and to a discount report (4.3.4) (返回值).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
#[must_use = "a receipt that does not accept means that the message was not taken"]
pub struct Receipt {
    /// What became of it (状态).
    pub status: ReceiptStatus,
}

check!(Receipt { status "Status" });

impl Receipt {
    /// `{"Status":0}`: accepted.
    pub const ACCEPTED: Self = Self {
        status: ReceiptStatus::ACCEPTED,
    };

    /// What became of the message.
    pub fn new(status: ReceiptStatus) -> Self {
        Self { status }
    }

    /// Whether the message was accepted.
    pub fn is_accepted(self) -> bool {
        self.status == ReceiptStatus::ACCEPTED
    }
}
