use super::lot::report;
use crate::code::{GarageState, GarageType, RecordState};
use park_core::{AnyText, DateTime, Text, check};
use serde::{Deserialize, Serialize};

/// A mechanical garage (机械车库信息, garageInfo), Table 7.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Garage {
    /// Garage id (机械车库ID), unique in the world.
    pub id: Text<32>,
    /// Code of the lot that it belongs to (停车场编号).
    pub park_code: Text<20>,
    /// Garage code (机械车库编号).
    pub garage_code: Text<22>,
    /// Garage name (机械车库名称).
    pub garage_name: Option<Text<50>>,
    /// Operator (运营方).
    pub operator: Text<50>,
    /// Owner (机械车库产权方).
    pub garages_owner: Text<50>,
    /// Maintainer, the second-tier operator (机械车库维护方).
    pub garagesmaintainer: Option<Text<50>>,
    /// Manufacturer (制造商).
    pub manufacturer: Option<Text<50>>,
    /// Spaces in all (总车位数).
    pub total_spaces: i32,
    /// Construction (机械车库类型).
    pub garage_type: GarageType,
    /// Longitude (经度), degrees.
    pub longitude: Option<f64>,
    /// Latitude (纬度), degrees.
    pub latitude: Option<f64>,
}

impl Garage {
    /// A garage with its required fields, in the order of Table 7.
    pub fn new(
        id: impl Into<Text<32>>,
        park_code: impl Into<Text<20>>,
        garage_code: impl Into<Text<22>>,
        operator: impl Into<Text<50>>,
        garages_owner: impl Into<Text<50>>,
        total_spaces: i32,
        garage_type: GarageType,
    ) -> Self {
        Self {
            id: id.into(),
            park_code: park_code.into(),
            garage_code: garage_code.into(),
            garage_name: None,
            operator: operator.into(),
            garages_owner: garages_owner.into(),
            garagesmaintainer: None,
            manufacturer: None,
            total_spaces,
            garage_type,
            longitude: None,
            latitude: None,
        }
    }
}

check!(Garage {
    id "id", park_code "parkCode", garage_code "garageCode", garage_name "garageName",
    operator "operator", garages_owner "garagesOwner",
    garagesmaintainer "garagesmaintainer", manufacturer "manufacturer", total_spaces "totalSpaces",
    garage_type "garageType",
    longitude "longitude", latitude "latitude",
});

/// Request of 8001 (机械车库信息上报), Table 90.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GarageReport {
    /// The garage (机械车库信息).
    pub garage_info: Garage,
    /// In force or deleted (状态).
    pub state: RecordState,
}

check!(GarageReport { garage_info "garageInfo", state "state" });

report! { GarageReport { garage_info: Garage } }

/// Reply of 8001, Table 91.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GarageReply {
    /// Garage id (机械车库ID).
    pub id: Text<32>,
}

impl GarageReply {
    /// The garage is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(GarageReply { id "id" });

/// Request of 8002: how a garage works changed (机械车库运行状态信息上报), Table 92.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GarageStateReport {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Garage code (机械车库编号).
    pub garage_code: Text<22>,
    /// How it works now (运行状态码).
    pub garagestate: GarageState,
    /// Explanation (状态说明).
    pub comment: Option<Text<200>>,
    /// When this was seen (状态检测时刻).
    pub moment: DateTime,
}

check!(GarageStateReport {
    park_code "parkCode", garage_code "garageCode", garagestate "garagestate", comment "comment",
    moment "moment",
});

/// Reply of 8002, Table 93.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GarageStateReply {
    /// Further results, JSON in text (附件参数). Absent: none.
    pub result_para: Option<AnyText>,
}

check!(GarageStateReply { result_para "resultPara" });

/// Request of 8003: the free spaces of garages changed (机械车库剩余车位信息上报), Table 94.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GarageVacancy {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// The spaces of each garage (剩余车位信息集合).
    pub garage_spaces_list: Vec<GarageSpaces>,
    /// When they were counted (更新时间).
    pub update_time: DateTime,
}

check!(GarageVacancy { park_code "parkCode", garage_spaces_list "garageSpacesList",
    update_time "updateTime" });

/// The spaces of a garage (剩余车位信息, garageSpace), Table 95.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GarageSpaces {
    /// Garage code (机械车库id).
    pub garage_code: Text<22>,
    /// Spaces for large cars in all (总大车位数目).
    pub total_large_spaces: i32,
    /// Spaces for small cars in all (总小车位数目).
    pub total_small_spaces: i32,
    /// Free spaces for large cars (可用大车位数目).
    pub available_large_spaces: i32,
    /// Free spaces for small cars (可用小车位数目).
    pub available_small_spaces: i32,
}

check!(GarageSpaces {
    garage_code "garageCode", total_large_spaces "totalLargeSpaces",
    total_small_spaces "totalSmallSpaces",
    available_large_spaces "availableLargeSpaces", available_small_spaces "availableSmallSpaces",
});

/// Reply of 8003, Table 96.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GarageVacancyReply {
    /// Further results, JSON in text (返回参数). Absent: none.
    pub result_para: Option<AnyText>,
}

check!(GarageVacancyReply { result_para "resultPara" });

/// Request of 8004: store a car (机械车库存车), Table 97. A rotary or sliding garage brings the
/// pallet of the space down instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarStore {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Garage code (车库编号).
    pub garage_code: Text<22>,
    /// Plate number (车牌号码).
    pub plate_no: Option<Text<10>>,
    /// Space code (车位编号).
    pub space_no: Option<Text<28>>,
    /// Number of the passage at which the car stands, unique in the garage (出入口 ID).
    pub garage_pass_code: Option<i32>,
}

check!(CarStore {
    park_code "parkCode", garage_code "garageCode", plate_no "plateNo", space_no "spaceNo",
    garage_pass_code "garagePassCode",
});

/// Reply of 8004, Table 98.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarStoreReply {
    /// For how long storing takes, seconds (存车完成耗时). Absent: not known.
    pub remain_seconds: Option<i32>,
}

check!(CarStoreReply { remain_seconds "remainSeconds" });

/// Request of 8005: fetch a car (机械车库取车), Table 99. A rotary or sliding garage brings the
/// pallet of the space down instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarFetch {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Garage code (车库编号).
    pub garage_code: Text<22>,
    /// Plate number (车牌号码).
    pub plate_no: Option<Text<10>>,
    /// Space code (车位编号).
    pub space_no: Option<Text<28>>,
    /// Number of the passage to which the car is brought, unique in the garage (出入口 ID).
    pub garage_pass_code: Option<i32>,
    /// For when the car is ordered (预约取车时间). Absent: it was not ordered beforehand.
    pub book_time: Option<DateTime>,
}

impl CarFetch {
    /// A fetch with its required fields, in the order of Table 99.
    pub fn new(park_code: impl Into<Text<20>>, garage_code: impl Into<Text<22>>) -> Self {
        Self {
            park_code: park_code.into(),
            garage_code: garage_code.into(),
            plate_no: None,
            space_no: None,
            garage_pass_code: None,
            book_time: None,
        }
    }
}

check!(CarFetch {
    park_code "parkCode", garage_code "garageCode", plate_no "plateNo", space_no "spaceNo",
    garage_pass_code "garagePassCode",
    book_time "bookTime",
});

/// Reply of 8005, Table 100.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarFetchReply {
    /// For how long fetching takes, seconds (取车完成耗时). Absent: not known.
    pub remain_seconds: Option<i32>,
}

check!(CarFetchReply { remain_seconds "remainSeconds" });
