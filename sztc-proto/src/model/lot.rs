use crate::code::{Flag, LotType, PriceRegion, Pricing, RecordState, ServiceType};
use park_core::{AnyText, Rule, Text, Violations, check};
use serde::{Deserialize, Serialize};

/// A parking lot (停车场信息, parkInfo), Table 3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Lot {
    /// Lot code (停车场编号), DB4403/T 89.
    pub park_code: Text<20>,
    /// Lot name (停车场名称).
    pub park_name: Text<255>,
    /// Kind of lot (停车场类型).
    pub park_type: LotType,
    /// Whether it is a mechanical garage (是否是机械车库).
    pub is_garage: Option<Flag>,
    /// Tariff (收费标准). A lot that charges must give it.
    pub charging_standard: Option<Tariff>,
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
    /// Road name (道路名称).
    pub road_name: Text<10>,
    /// Full address (停车场详细地址).
    pub address: Option<Text<255>>,
    /// Spaces in all (总车位数).
    pub total_spaces: i32,
    /// Spaces that can be reserved (总可预约车位数); given by lots that take reservations.
    pub reservable_spaces: Option<i32>,
    /// Shared spaces (总共享停车位); given by lots that share.
    pub shared_spaces: Option<i32>,
    /// Longitude (经度), degrees, GCJ-02.
    pub longitude: Option<f64>,
    /// Latitude (纬度), degrees, GCJ-02.
    pub latitude: Option<f64>,
    /// X in Shenzhen's own grid (深圳独立坐标X).
    pub shenzhen_x: Option<f64>,
    /// Y in Shenzhen's own grid (深圳独立坐标Y).
    pub shenzhen_y: Option<f64>,
    /// Height in Shenzhen's own grid (深圳独立坐标H).
    pub shenzhen_h: Option<f64>,
    /// Operator's id, given out by the city platform (停车场运营方编号). Real ids have 32
    /// characters, see `SPEC-NOTES.md`.
    pub operator_id: Text<10>,
    /// Owner (停车场产权方).
    pub owner: Text<50>,
    /// Maintainer, the second-tier operator (停车场维护方).
    pub garagesmaintainer: Option<Text<50>>,
    /// Whom the lot serves (服务属性).
    pub service_type: ServiceType,
    /// Ids of its mechanical garages (机械车库ID列表), Table 7.
    pub garages_info_table: Option<Vec<AnyText>>,
    /// Police station in charge (所属派出所).
    pub affiliated_station: Option<Text<50>>,
    /// Officer in charge: name, number, telephone (区域负责民警).
    pub responsible_officer: Option<Text<50>>,
    /// Owners' committee (业委会信息).
    pub committee_info: Option<Text<50>>,
    /// Tax payer (缴税主体).
    pub taxpayer: Option<Text<50>>,
    /// Tax payer's number (纳税人识别号).
    pub taxpayer_id: Option<Text<18>>,
    /// Charging stations of the lot (充电站关系列表).
    pub station_infotable: Option<Vec<StationName>>,
    /// Opening hours and the like (经营信息).
    pub public_info: Text<200>,
}

impl Lot {
    /// A lot with its required fields, in the order of Table 3.
    #[allow(clippy::too_many_arguments, reason = "the table requires ten fields")]
    pub fn new(
        park_code: impl Into<Text<20>>,
        park_name: impl Into<Text<255>>,
        park_type: LotType,
        district_code: impl Into<Text<9>>,
        road_name: impl Into<Text<10>>,
        total_spaces: i32,
        operator_id: impl Into<Text<10>>,
        owner: impl Into<Text<50>>,
        service_type: ServiceType,
        public_info: impl Into<Text<200>>,
    ) -> Self {
        Self {
            park_code: park_code.into(),
            park_name: park_name.into(),
            park_type,
            is_garage: None,
            charging_standard: None,
            province: None,
            city: None,
            district: None,
            area: None,
            district_code: district_code.into(),
            road_name: road_name.into(),
            address: None,
            total_spaces,
            reservable_spaces: None,
            shared_spaces: None,
            longitude: None,
            latitude: None,
            shenzhen_x: None,
            shenzhen_y: None,
            shenzhen_h: None,
            operator_id: operator_id.into(),
            owner: owner.into(),
            garagesmaintainer: None,
            service_type,
            garages_info_table: None,
            affiliated_station: None,
            responsible_officer: None,
            committee_info: None,
            taxpayer: None,
            taxpayer_id: None,
            station_infotable: None,
            public_info: public_info.into(),
        }
    }

    /// The rule of Table 3 that only the sender can check: a lot that charges must give its tariff
    /// (收费的经营性停车场应提供).
    ///
    /// Nothing in the message says whether a lot charges, so the caller says it.
    pub fn check_paid(&self, v: &mut Violations) {
        if self.charging_standard.is_none() {
            v.add_at(
                "chargingStandard",
                Rule::Condition("required for a lot that charges"),
            );
        }
    }
}

check!(Lot {
    park_code "parkCode", park_name "parkName", park_type "parkType", is_garage "isGarage",
    charging_standard "chargingStandard",
    province "province", city "city", district "district", area "area",
    district_code "districtCode", road_name "roadName",
    address "address", total_spaces "totalSpaces", reservable_spaces "reservableSpaces",
    shared_spaces "sharedSpaces",
    longitude "longitude", latitude "latitude", shenzhen_x "shenzhenX", shenzhen_y "shenzhenY",
    shenzhen_h "shenzhenH",
    operator_id "operatorId", owner "owner", garagesmaintainer "garagesmaintainer",
    service_type "serviceType",
    garages_info_table "garagesInfoTable", affiliated_station "affiliatedStation",
    responsible_officer "responsibleOfficer",
    committee_info "committeeInfo", taxpayer "taxpayer", taxpayer_id "taxpayerId",
    station_infotable "stationInfotable",
    public_info "publicInfo",
});

/// What a lot charges (收费标准, chargingStandard), Table 4. Also the request of 3005.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Tariff {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Number of the parking permit (停车许可证号). Real numbers have ten digits, see
    /// `SPEC-NOTES.md`.
    pub permit_no: Text<6>,
    /// Who charges (收费单位).
    pub charger: Text<100>,
    /// How the price is set (定价方式).
    pub pricing: Pricing,
    /// Price region (区域划分).
    pub region: PriceRegion,
    /// Telephone for complaints (价格投诉电话).
    pub complaint_tel: Text<20>,
    /// Remark (补充说明).
    pub remark: Option<Text<500>>,
    /// Photograph of the price sign, Base64 (收费标价牌图片).
    pub pricing_sign: Option<AnyText>,
    /// What is charged for (收费项目列表).
    #[serde(rename = "chargeItemstable")]
    pub charge_items: Vec<ChargeItem>,
}

check!(Tariff {
    park_code "parkCode", permit_no "permitNo", charger "charger", pricing "pricing",
    region "region", complaint_tel "complaintTel",
    remark "remark", pricing_sign "pricingSign", charge_items "chargeItemstable",
});

/// One position of a tariff (收费项目), Table 5.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChargeItem {
    /// What is charged for (收费项目), such as 小型车临时停放.
    pub charge_item: Text<20>,
    /// How much, in words (收费标准描述).
    pub charge_desc: Text<255>,
}

check!(ChargeItem { charge_item "chargeItem", charge_desc "chargeDesc" });

/// A charging station of a lot (充电站信息, stationNameInfo), Table 6.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StationName {
    /// Charging operator's id (充电运营商ID).
    #[serde(rename = "operatorID")]
    pub operator_id: Text<9>,
    /// Charging operator's name (充电运营商名称).
    #[serde(rename = "operatorName")]
    pub operator_name: Text<65>,
    /// Station id, given by the operator (充电站ID).
    #[serde(rename = "stationID")]
    pub station_id: Text<20>,
    /// Station name (充电站名称).
    #[serde(rename = "stationName")]
    pub station_name: Text<50>,
}

check!(StationName { operator_id "operatorID", operator_name "operatorName", station_id "stationID",
    station_name "stationName" });

/// An organization (组织信息, organization), Table 12. No interface of the document carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Social credit code (组织机构代码, 统一社会信用代码).
    pub organization_code: Text<18>,
    /// Name (组织名称).
    pub organization_name: Text<50>,
    /// Website (官网).
    pub website: Option<Text<30>>,
    /// Whom to contact (联系人).
    pub contacts: Option<Text<50>>,
    /// Telephone (联系电话).
    pub tel: Option<Text<20>>,
    /// Address (联系地址).
    pub address: Option<Text<200>>,
}

impl Organization {
    /// An organization with its required fields, in the order of Table 12.
    pub fn new(
        organization_code: impl Into<Text<18>>,
        organization_name: impl Into<Text<50>>,
    ) -> Self {
        Self {
            organization_code: organization_code.into(),
            organization_name: organization_name.into(),
            website: None,
            contacts: None,
            tel: None,
            address: None,
        }
    }
}

check!(Organization {
    organization_code "organizationCode", organization_name "organizationName", website "website",
    contacts "contacts", tel "tel",
    address "address",
});

/// Request of 3001 (停车场信息上报), Table 45.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LotReport {
    /// The lot (停车场信息).
    pub park_info: Lot,
    /// In force or deleted (状态).
    pub state: RecordState,
}

check!(LotReport { park_info "parkInfo", state "state" });

/// Reply of 3001, Table 46.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LotReply {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
}

impl LotReply {
    /// The lot is taken.
    pub fn new(park_code: impl Into<Text<20>>) -> Self {
        Self {
            park_code: park_code.into(),
        }
    }
}

check!(LotReply { park_code "parkCode" });

/// Reply of 3005, Table 53.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TariffReply {
    /// Number of the parking permit (停车许可证号).
    pub permit_no: Text<6>,
}

impl TariffReply {
    /// The tariff is taken.
    pub fn new(permit_no: impl Into<Text<6>>) -> Self {
        Self {
            permit_no: permit_no.into(),
        }
    }
}

check!(TariffReply { permit_no "permitNo" });

/// Reports an object in force or its deletion: the pair that Tables 45, 47, 49, 51, 54, 71 and 90
/// share.
macro_rules! report {
    ($($report:ident { $field:ident: $object:ty })*) => {$(
        impl $report {
            /// Reports the object as in force.
            pub fn new($field: $object) -> Self {
                Self { $field, state: RecordState::NORMAL }
            }

            /// Reports the object as deleted.
            pub fn delete($field: $object) -> Self {
                Self { $field, state: RecordState::DELETED }
            }
        }
    )*};
}
pub(crate) use report;

report! { LotReport { park_info: Lot } }

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::Check;

    #[test]
    fn a_lot_that_charges_gives_its_tariff() {
        let mut lot = Lot::new(
            "44030400100101000010",
            "中心停车场",
            LotType::INDOOR,
            "440304001",
            "百花五路",
            300,
            "B76238",
            "某公司",
            ServiceType::COMMERCIAL,
            "全天",
        );
        let broken = |lot: &Lot| {
            let mut v = Violations::default();
            lot.check(&mut v);
            lot.check_paid(&mut v);
            v.list()
                .iter()
                .map(|violation| violation.path.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(broken(&lot), ["chargingStandard"]);
        lot.charging_standard = Some(Tariff {
            park_code: lot.park_code.clone(),
            permit_no: "663434".into(),
            charger: "某公司".into(),
            pricing: Pricing::MARKET,
            region: PriceRegion::FIRST,
            complaint_tel: "55556666".into(),
            remark: None,
            pricing_sign: None,
            charge_items: vec![],
        });
        assert!(broken(&lot).is_empty());
        assert_eq!(LotReport::delete(lot.clone()).state, RecordState::DELETED);
        lot.district_code = "440304001001".into();
        assert_eq!(broken(&lot), ["districtCode"]);
    }
}
