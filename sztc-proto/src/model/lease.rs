use super::lot::report;
use crate::code::{LeaseCycle, LeaseSpaces, RecordState};
use park_core::{AnyText, Date, Money, Text, Timestamp, check};
use serde::{Deserialize, Serialize};

/// A monthly lease of spaces (月租车租约信息, monthlyRentalLease), Table 28. In 5012, 6009 and
/// 6010.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// Id of this change of the lease (月租更新ID).
    pub id: Text<32>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Whether it is for certain spaces (停放类型).
    pub is_fixed: LeaseSpaces,
    /// Codes of the spaces (停车位列表). If the lease is not for certain spaces, only how many they
    /// are counts.
    pub space_no_list: Vec<AnyText>,
    /// Prices for different numbers of months (车位租用价格清单).
    pub pricing: Vec<LeasePrice>,
    /// Plate numbers of the cars (车辆列表).
    pub plate_no_list: Vec<AnyText>,
    /// First day (有效期起始日期).
    pub begin_date: Date,
    /// Last day, still valid (有效期结束日期).
    pub end_date: Date,
    /// Months that a car stayed unpaid after the last day (欠费月份数).
    pub unpaid_months: Option<i32>,
    /// When the lease changed (变更时间戳).
    pub moment: Timestamp,
}

check!(Lease {
    id "id", park_code "parkCode", is_fixed "isFixed", space_no_list "spaceNoList",
    pricing "pricing", plate_no_list "plateNoList",
    begin_date "beginDate", end_date "endDate", unpaid_months "unpaidMonths", moment "moment",
});

/// What a lease costs for one length (车位租用价格, pricing), Table 29.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeasePrice {
    /// Length, counted in `cycle_type` (周期数).
    pub cycles: i32,
    /// Months or days (周期类型).
    pub cycle_type: LeaseCycle,
    /// Price, yuan (金额).
    pub amount: Money,
}

check!(LeasePrice { cycles "cycles", cycle_type "cycleType", amount "amount" });

/// Request of 5012 (月租车租约信息更新上报), Table 71.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeaseReport {
    /// The lease (月租信息).
    pub lease: Lease,
    /// In force or deleted (状态).
    pub state: RecordState,
}

check!(LeaseReport { lease "lease", state "state" });

report! { LeaseReport { lease: Lease } }

/// Reply of 5012, Table 72.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeaseReportReply {
    /// Id of the change of the lease (月租更新ID).
    pub id: Text<32>,
}

impl LeaseReportReply {
    /// The lease is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(LeaseReportReply { id "id" });
