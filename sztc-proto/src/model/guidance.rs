use crate::model::Gate;
use park_core::{AnyText, Text, check};
use serde::{Deserialize, Serialize};

/// Request of 9001: a lot and its free spaces, for guidance (停车场信息推送), Table 101.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LotPush {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Name of the lot or of the stretch of road (停车场名称).
    pub park_name: Text<255>,
    /// Province (省份).
    pub province: Option<Text<10>>,
    /// City (城市).
    pub city: Option<Text<10>>,
    /// District (行政区).
    pub district: Option<Text<10>>,
    /// Area (片区).
    pub area: Option<Text<10>>,
    /// Code of the administrative district (行政区代码), GB/T 2260 and GB/T 10114. Real codes have
    /// 12 digits, see `SPEC-NOTES.md`.
    pub district_code: Text<9>,
    /// Full address (停车场详细地址).
    pub address: Option<Text<255>>,
    /// Spaces in all (总车位数).
    pub total_spaces: i32,
    /// Free spaces (剩余车位数).
    pub remaining_space: i32,
    /// Longitude (经度), degrees.
    pub longitude: Option<f64>,
    /// Latitude (纬度), degrees.
    pub latitude: Option<f64>,
    /// Its entrances (入口信息集合).
    pub list_entrance_info: Vec<Gate>,
    /// Opening hours, tariff and the like (经营信息).
    pub public_info: Option<AnyText>,
}

impl LotPush {
    /// A lot with its required fields, in the order of Table 101.
    pub fn new(
        park_code: impl Into<Text<20>>,
        park_name: impl Into<Text<255>>,
        district_code: impl Into<Text<9>>,
        total_spaces: i32,
        remaining_space: i32,
        list_entrance_info: Vec<Gate>,
    ) -> Self {
        Self {
            park_code: park_code.into(),
            park_name: park_name.into(),
            province: None,
            city: None,
            district: None,
            area: None,
            district_code: district_code.into(),
            address: None,
            total_spaces,
            remaining_space,
            longitude: None,
            latitude: None,
            list_entrance_info,
            public_info: None,
        }
    }
}

check!(LotPush {
    park_code "parkCode", park_name "parkName", province "province", city "city",
    district "district", area "area",
    district_code "districtCode", address "address", total_spaces "totalSpaces",
    remaining_space "remainingSpace",
    longitude "longitude", latitude "latitude", list_entrance_info "listEntranceInfo",
    public_info "publicInfo",
});

/// Reply of 9001, Table 102.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LotPushReply {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
}

impl LotPushReply {
    /// The lot is taken.
    pub fn new(park_code: impl Into<Text<20>>) -> Self {
        Self {
            park_code: park_code.into(),
        }
    }
}

check!(LotPushReply { park_code "parkCode" });
