use crate::{
    code::{ControlStrategy, RecordState},
    model::Car,
};
use park_core::{DateTime, Text, check};
use serde::{Deserialize, Serialize};

/// Request of 4001: an entry of the list of controlled cars (基础数据下发), Table 54.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ControlUpdate {
    /// The entry (车辆管控名单信息, in the table 名单ID). Absent: nothing changes.
    pub black_white_gray_sheet: Option<ControlEntry>,
    /// In force or deleted (状态).
    pub state: RecordState,
}

check!(ControlUpdate { black_white_gray_sheet "blackWhiteGraySheet", state "state" });

impl ControlUpdate {
    /// Puts an entry in force.
    pub fn new(entry: ControlEntry) -> Self {
        Self {
            black_white_gray_sheet: Some(entry),
            state: RecordState::NORMAL,
        }
    }

    /// Takes an entry off the list.
    pub fn delete(entry: ControlEntry) -> Self {
        Self {
            black_white_gray_sheet: Some(entry),
            state: RecordState::DELETED,
        }
    }
}

/// A car that gates treat in a certain way (车辆管控名单信息, blackWhiteGraySheet), Table 18.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ControlEntry {
    /// Id of the entry (名单ID).
    pub id: Text<32>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// The car (车辆信息).
    pub park_car_info: Car,
    /// How gates treat it (控制策略类型).
    pub strategy_type: ControlStrategy,
    /// From when on (开始日期时间). Absent: at once.
    pub begin_date: Option<DateTime>,
    /// Until when (结束日期时间).
    pub end_date: DateTime,
    /// Who ordered it (控制策略来源).
    pub strategy_from: Text<50>,
}

check!(ControlEntry {
    id "id", park_code "parkCode", park_car_info "parkCarInfo", strategy_type "strategyType",
    begin_date "beginDate", end_date "endDate",
    strategy_from "strategyFrom",
});

/// Reply of 4001, Table 55, which does not require the id.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ControlUpdateReply {
    /// Id of the entry (名单ID). Absent: there was none in the request.
    pub id: Option<Text<32>>,
}

impl ControlUpdateReply {
    /// The entry is taken. [`default`](Self::default) leaves its id out.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self {
            id: Some(id.into()),
        }
    }
}

check!(ControlUpdateReply { id "id" });
