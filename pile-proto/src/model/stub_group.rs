use crate::code::StubGroupType;
use park_core::{AnyText, check};
use serde::{Deserialize, Serialize};

/// Request of syncStubGroupInfo: the groups of piles of a city (根据城市编号查询桩群信息), 2.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StubGroupQuery {
    /// City (城市编码).
    pub city_code: AnyText,
    /// Which groups; all if absent (桩群类型, 不传为全部).
    pub stub_group_type: Option<StubGroupType>,
}

check!(StubGroupQuery { city_code "cityCode", stub_group_type "stubGroupType" });

/// A group of piles (桩群), 2.1: one entry of the reply of syncStubGroupInfo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StubGroup {
    /// Number of the group (桩群编号). `Id` here, `stubGroupId` in every other table.
    #[serde(rename = "Id")]
    pub id: AnyText,
    /// Name (桩群名称).
    pub stub_group_name: AnyText,
    /// City (城市编号).
    pub city_code: Option<AnyText>,
    /// Address of a small picture (缩略图).
    pub img_url: Option<AnyText>,
    /// Piles with alternating current (交流桩总数量).
    pub stub_ac_cnt: Option<i32>,
    /// Piles with direct current (直流桩总数量).
    pub stub_dc_cnt: Option<i32>,
    /// When it is open, in words (服务提供时间).
    pub service_time: Option<AnyText>,
    /// Address (桩群地址).
    pub address: Option<AnyText>,
    /// Longitude, degrees in GCJ-02 as text (桩群经度, 火星坐标系).
    pub lng: Option<AnyText>,
    /// Latitude, degrees in GCJ-02 as text (桩群纬度, 火星坐标系).
    pub lat: Option<AnyText>,
    /// Whom it serves (桩群类型).
    pub stub_group_type: Option<StubGroupType>,
    /// How to find it, in words (桩群引导信息).
    pub stub_group_info: Option<AnyText>,
}

impl StubGroup {
    /// A group with its number and name.
    pub fn new(id: impl Into<AnyText>, stub_group_name: impl Into<AnyText>) -> Self {
        Self {
            id: id.into(),
            stub_group_name: stub_group_name.into(),
            city_code: None,
            img_url: None,
            stub_ac_cnt: None,
            stub_dc_cnt: None,
            service_time: None,
            address: None,
            lng: None,
            lat: None,
            stub_group_type: None,
            stub_group_info: None,
        }
    }
}

check!(StubGroup {
    id "Id", stub_group_name "stubGroupName", city_code "cityCode", img_url "imgUrl",
    stub_ac_cnt "stubAcCnt", stub_dc_cnt "stubDcCnt",
    service_time "serviceTime", address "address", lng "lng", lat "lat",
    stub_group_type "stubGroupType", stub_group_info "stubGroupInfo",
});
