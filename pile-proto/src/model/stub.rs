use crate::{
    code::{ExistsGun, ParkingStatus, PowerType, StubStatus},
    model::Number,
};
use park_core::{AnyText, check};
use serde::{Deserialize, Serialize};

/// Request of syncStubInfo: the piles of a group (根据桩群编号查询桩群详情), 2.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StubQuery {
    /// Number of the group (桩群编号).
    pub stub_group_id: AnyText,
}

check!(StubQuery { stub_group_id "stubGroupId" });

/// Reply of syncStubInfo: a group with its piles (桩群详情), 2.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StubGroupDetail {
    /// Number of the group (桩群编号).
    pub stub_group_id: AnyText,
    /// Idle piles with alternating current (交流桩空闲数量).
    pub stub_ac_idle_cnt: Option<i32>,
    /// Idle piles with direct current (直流桩空闲数量).
    pub stub_dc_idle_cnt: Option<i32>,
    /// The piles (桩信息). The document names their type and not the member that holds them; a
    /// vendor may name it otherwise in its [`ReplyShape`](crate::ReplyShape).
    #[serde(rename = "StubInfo")]
    pub stub_info: Vec<Stub>,
}

impl StubGroupDetail {
    /// A group and its piles.
    pub fn new(stub_group_id: impl Into<AnyText>, stub_info: Vec<Stub>) -> Self {
        Self {
            stub_group_id: stub_group_id.into(),
            stub_ac_idle_cnt: None,
            stub_dc_idle_cnt: None,
            stub_info,
        }
    }
}

check!(StubGroupDetail {
    stub_group_id "stubGroupId", stub_ac_idle_cnt "stubAcIdleCnt", stub_dc_idle_cnt "stubDcIdleCnt",
    stub_info "StubInfo",
});

/// A pile (桩信息, StubInfo), 2.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stub {
    /// Number of the pile (桩编号), `stubId` elsewhere.
    #[serde(rename = "Id")]
    pub id: AnyText,
    /// Name (桩名称).
    pub stub_name: Option<AnyText>,
    /// Service fee, in words (服务费描述).
    pub service_fee: Option<AnyText>,
    /// Price of the energy, in words (电费描述).
    pub electric_fee: Option<AnyText>,
    /// Both together (总费用). The document gives no unit; yuan per kWh is what it can mean before
    /// charging.
    pub total_fee_info: Option<Number>,
    /// Parking fee, in words (停车费描述).
    pub parking_fee_info: Option<AnyText>,
    /// How it stands (状态). Text, unlike the status of an order.
    pub status: StubStatus,
    /// Whether it has a gun (是否带充电枪).
    pub exists_gun: Option<ExistsGun>,
    /// Its current (电源类型).
    pub r#type: Option<PowerType>,
    /// Rated power, kW (额定功率).
    pub kw: Option<Number>,
    /// Whether a car stands there (车位状态).
    pub parking_status: Option<ParkingStatus>,
}

impl Stub {
    /// A pile with its number and status.
    pub fn new(id: impl Into<AnyText>, status: StubStatus) -> Self {
        Self {
            id: id.into(),
            stub_name: None,
            service_fee: None,
            electric_fee: None,
            total_fee_info: None,
            parking_fee_info: None,
            status,
            exists_gun: None,
            r#type: None,
            kw: None,
            parking_status: None,
        }
    }
}

check!(Stub {
    id "Id", stub_name "stubName", service_fee "serviceFee", electric_fee "electricFee",
    total_fee_info "totalFeeInfo",
    parking_fee_info "parkingFeeInfo", status "status", exists_gun "existsGun", r#type "type",
    kw "kw", parking_status "parkingStatus",
});
