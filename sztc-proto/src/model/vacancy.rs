use park_core::{Text, check};
use serde::{Deserialize, Serialize};

/// Spaces taken and left in a lot (场内车位数信息, parkSpaceInfo), Table 19. Request of 5003
/// (场内车位数上报).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Vacancy {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Spaces taken, all of them (已使用车位数量).
    pub used_spaces: i32,
    /// Spaces left for visitors (剩余车位数量), the same number that the lot shows to the public.
    pub unused_spaces: i32,
    /// Spaces reserved (已预约车位数).
    pub reserved_spaces: Option<i32>,
    /// By how they are let (经营类型), Table 20.
    pub manage_type: Option<ManageVacancy>,
    /// By owner (产权类型), Table 21.
    pub owner_type: Option<OwnerVacancy>,
    /// By where they lie (位置类型), Table 22.
    pub position_type: Option<PositionVacancy>,
    /// By size (尺寸类型), Table 23.
    pub size_type: Option<SizeVacancy>,
    /// By how cars get into them (形态类型), Table 24.
    pub material_type: Option<MaterialVacancy>,
    /// By what they serve (用途类型), Table 25.
    pub usage_type: Option<UsageVacancy>,
    /// Those where cars are charged, by current (充电类型), Table 26.
    pub charging_type: Option<ChargingVacancy>,
}

impl Vacancy {
    /// The numbers of a lot as a whole.
    pub fn new(park_code: impl Into<Text<20>>, used_spaces: i32, unused_spaces: i32) -> Self {
        Self {
            park_code: park_code.into(),
            used_spaces,
            unused_spaces,
            reserved_spaces: None,
            manage_type: None,
            owner_type: None,
            position_type: None,
            size_type: None,
            material_type: None,
            usage_type: None,
            charging_type: None,
        }
    }
}

check!(Vacancy {
    park_code "parkCode", used_spaces "usedSpaces", unused_spaces "unusedSpaces",
    reserved_spaces "reservedSpaces",
    manage_type "manageType", owner_type "ownerType", position_type "positionType",
    size_type "sizeType", material_type "materialType",
    usage_type "usageType", charging_type "chargingType",
});

/// Spaces taken and left, by how they are let (经营类型, manageType), Table 20.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ManageVacancy {
    /// Taken, let by the hour (分时已使用车位数量).
    pub day_parting_used_spaces: i32,
    /// Left, let by the hour (分时剩余车位数量).
    pub day_parting_unused_spaces: i32,
    /// Taken, let by the month (长期包月已使用车位数量).
    pub long_term_used_spaces: i32,
    /// Left, let by the month (长期包月剩余车位数量).
    pub long_term_unused_spaces: i32,
    /// Taken, let by the month at certain hours (限时段包月已使用车位数量).
    pub time_limited_used_spaces: i32,
    /// Left, let by the month at certain hours (限时段包月剩余车位数量).
    pub time_limited_unused_spaces: i32,
    /// Taken, sold (已售已使用车位数量).
    pub sold_used_spaces: i32,
    /// Left, sold (已售剩余车位数量).
    pub sold_unused_spaces: i32,
    /// Taken, kept for a special purpose, such as the fire brigade (专用车位已使用车位数量).
    pub private_used_spaces: i32,
    /// Left, kept for a special purpose, such as the fire brigade (专用车位剩余车位数量).
    pub private_unused_spaces: i32,
}

check!(ManageVacancy {
    day_parting_used_spaces "dayPartingUsedSpaces",
    day_parting_unused_spaces "dayPartingUnusedSpaces",
    long_term_used_spaces "longTermUsedSpaces", long_term_unused_spaces "longTermUnusedSpaces",
    time_limited_used_spaces "timeLimitedUsedSpaces",
    time_limited_unused_spaces "timeLimitedUnusedSpaces",
    sold_used_spaces "soldUsedSpaces", sold_unused_spaces "soldUnusedSpaces",
    private_used_spaces "privateUsedSpaces",
    private_unused_spaces "privateUnusedSpaces",
});

/// Spaces taken and left, by owner (产权类型, ownerType), Table 21.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OwnerVacancy {
    /// Taken, owned by persons (个人已使用车位数量).
    pub individual_used_spaces: i32,
    /// Left, owned by persons (个人剩余车位数量).
    pub individual_unused_spaces: i32,
    /// Taken, owned by organizations (单位已使用车位数量).
    pub unit_used_spaces: i32,
    /// Left, owned by organizations (单位剩余车位数量).
    pub unit_unused_spaces: i32,
    /// Taken, owned by others (其他已使用车位数量).
    pub other_used_spaces: i32,
    /// Left, owned by others (其他剩余车位数量).
    pub other_unused_spaces: i32,
}

check!(OwnerVacancy {
    individual_used_spaces "individualUsedSpaces",
    individual_unused_spaces "individualUnusedSpaces", unit_used_spaces "unitUsedSpaces",
    unit_unused_spaces "unitUnusedSpaces", other_used_spaces "otherUsedSpaces",
    other_unused_spaces "otherUnusedSpaces",
});

/// Spaces taken and left, by where they lie (位置类型, positionType), Table 22.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PositionVacancy {
    /// Taken, on the street (路内已使用车位数量).
    pub on_street_used_spaces: i32,
    /// Left, on the street (路内剩余车位数量).
    pub on_street_unused_spaces: i32,
    /// Taken, off the street, indoors (路外室内已使用车位数量).
    pub indoor_used_spaces: i32,
    /// Left, off the street, indoors (路外室内剩余车位数量).
    pub indoor_unused_spaces: i32,
    /// Taken, off the street, outdoors (路外室外已使用车位数量).
    pub outdoor_used_spaces: i32,
    /// Left, off the street, outdoors (路外室外剩余车位数量).
    pub outdoor_unused_spaces: i32,
}

check!(PositionVacancy {
    on_street_used_spaces "onStreetUsedSpaces", on_street_unused_spaces "onStreetUnusedSpaces",
    indoor_used_spaces "indoorUsedSpaces",
    indoor_unused_spaces "indoorUnusedSpaces", outdoor_used_spaces "outdoorUsedSpaces",
    outdoor_unused_spaces "outdoorUnusedSpaces",
});

/// Spaces taken and left, by size (尺寸类型, sizeType), Table 23.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SizeVacancy {
    /// Taken, miniature in a mechanical garage (微型已使用车位数量).
    pub garage_miniature_used_spaces: i32,
    /// Left, miniature in a mechanical garage (微型剩余车位数量).
    pub garage_miniature_unused_spaces: i32,
    /// Taken, compact in a mechanical garage (紧凑型已使用车位数量).
    pub garage_compact_size_used_spaces: i32,
    /// Left, compact in a mechanical garage (紧凑型剩余车位数量).
    pub garage_compact_size_unused_spaces: i32,
    /// Taken, medium in a mechanical garage (中型已使用车位数量).
    pub garage_medium_sized_used_spaces: i32,
    /// Left, medium in a mechanical garage (中型剩余车位数量).
    pub garage_medium_sized_unused_spaces: i32,
    /// Taken, large in a mechanical garage (大型已使用车位数量).
    pub garage_large_used_spaces: i32,
    /// Left, large in a mechanical garage (大型剩余车位数量).
    pub garage_large_unused_spaces: i32,
    /// Taken, small, not in a mechanical garage (小型已使用车位数量).
    pub small_sized_used_spaces: i32,
    /// Left, small, not in a mechanical garage (小型剩余车位数量).
    pub small_sized_unused_spaces: i32,
    /// Taken, medium, not in a mechanical garage (中型已使用车位数量).
    pub medium_sized_used_spaces: i32,
    /// Left, medium, not in a mechanical garage (中型剩余车位数量).
    pub medium_sized_unused_spaces: i32,
    /// Taken, large, not in a mechanical garage (大型已使用车位数量).
    pub large_used_spaces: i32,
    /// Left, large, not in a mechanical garage (大型剩余车位数量).
    pub large_unused_spaces: i32,
    /// Taken, for two cars one behind the other, not in a mechanical garage
    /// (子母车位已使用车位数量).
    pub combined_parking_space_used_spaces: i32,
    /// Left, for two cars one behind the other, not in a mechanical garage (子母车位剩余车位数量).
    pub combined_parking_space_unused_spaces: i32,
}

check!(SizeVacancy {
    garage_miniature_used_spaces "garageMiniatureUsedSpaces",
    garage_miniature_unused_spaces "garageMiniatureUnusedSpaces",
    garage_compact_size_used_spaces "garageCompactSizeUsedSpaces",
    garage_compact_size_unused_spaces "garageCompactSizeUnusedSpaces",
    garage_medium_sized_used_spaces "garageMediumSizedUsedSpaces",
    garage_medium_sized_unused_spaces "garageMediumSizedUnusedSpaces",
    garage_large_used_spaces "garageLargeUsedSpaces",
    garage_large_unused_spaces "garageLargeUnusedSpaces",
    small_sized_used_spaces "smallSizedUsedSpaces",
    small_sized_unused_spaces "smallSizedUnusedSpaces",
    medium_sized_used_spaces "mediumSizedUsedSpaces",
    medium_sized_unused_spaces "mediumSizedUnusedSpaces",
    large_used_spaces "largeUsedSpaces", large_unused_spaces "largeUnusedSpaces",
    combined_parking_space_used_spaces "combinedParkingSpaceUsedSpaces",
    combined_parking_space_unused_spaces "combinedParkingSpaceUnusedSpaces",
});

/// Spaces taken and left, by how cars get into them (形态类型, materialType), Table 24.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MaterialVacancy {
    /// Taken, into which the driver drives (普通车位已使用车位数量).
    pub ordinary_used_spaces: i32,
    /// Left, into which the driver drives (普通车位剩余车位数量).
    pub ordinary_unused_spaces: i32,
    /// Taken, in a mechanical garage (机械车库已使用车位数量).
    pub garage_used_spaces: i32,
    /// Left, in a mechanical garage (机械车库剩余车位数量).
    pub garage_unused_spaces: i32,
}

check!(MaterialVacancy {
    ordinary_used_spaces "ordinaryUsedSpaces", ordinary_unused_spaces "ordinaryUnusedSpaces",
    garage_used_spaces "garageUsedSpaces",
    garage_unused_spaces "garageUnusedSpaces",
});

/// Spaces taken and left, by what they serve (用途类型, usageType), Table 25.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageVacancy {
    /// Taken, for commerce (商业已使用车位数量).
    pub business_used_spaces: i32,
    /// Left, for commerce (商业剩余车位数量).
    pub business_unused_spaces: i32,
    /// Taken, for housing (住宅已使用车位数量).
    pub residential_used_spaces: i32,
    /// Left, for housing (住宅剩余车位数量).
    pub residential_unused_spaces: i32,
    /// Taken, of hospitals (医院已使用车位数量).
    pub hospital_used_spaces: i32,
    /// Left, of hospitals (医院剩余车位数量).
    pub hospital_unused_spaces: i32,
    /// Taken, of business parks (园区已使用车位数量).
    pub garden_used_spaces: i32,
    /// Left, of business parks (园区剩余车位数量).
    pub garden_unused_spaces: i32,
    /// Taken, of transport hubs (交通枢纽已使用车位数量).
    pub transportation_hub_used_spaces: i32,
    /// Left, of transport hubs (交通枢纽剩余车位数量).
    pub transportation_hub_unused_spaces: i32,
    /// Taken, of public administration (行政机关已使用车位数量).
    pub administration_used_spaces: i32,
    /// Left, of public administration (行政机关剩余车位数量).
    pub administration_unused_spaces: i32,
    /// Taken, of schools (学校已使用车位数量).
    pub school_used_spaces: i32,
    /// Left, of schools (学校剩余车位数量).
    pub school_unused_spaces: i32,
    /// Taken, for other purposes (其他已使用车位数量).
    pub other_used_spaces: i32,
    /// Left, for other purposes (其他剩余车位数量).
    pub other_unused_spaces: i32,
}

check!(UsageVacancy {
    business_used_spaces "businessUsedSpaces", business_unused_spaces "businessUnusedSpaces",
    residential_used_spaces "residentialUsedSpaces",
    residential_unused_spaces "residentialUnusedSpaces",
    hospital_used_spaces "hospitalUsedSpaces", hospital_unused_spaces "hospitalUnusedSpaces",
    garden_used_spaces "gardenUsedSpaces",
    garden_unused_spaces "gardenUnusedSpaces",
    transportation_hub_used_spaces "transportationHubUsedSpaces",
    transportation_hub_unused_spaces "transportationHubUnusedSpaces",
    administration_used_spaces "administrationUsedSpaces",
    administration_unused_spaces "administrationUnusedSpaces",
    school_used_spaces "schoolUsedSpaces",
    school_unused_spaces "schoolUnusedSpaces", other_used_spaces "otherUsedSpaces",
    other_unused_spaces "otherUnusedSpaces",
});

/// Spaces taken and left, those where cars are charged, by current (充电类型, chargingType), Table
/// 26.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChargingVacancy {
    /// Taken, with direct current (直流已使用充电车位数量).
    pub dc_used_charging_spaces: i32,
    /// Left, with direct current (直流剩余充电车位数量), for visitors, the same number that the lot
    /// shows to the public.
    pub dc_unused_charging_spaces: i32,
    /// Taken, with alternating current (交流已使用充电车位数量).
    pub ac_used_charging_spaces: i32,
    /// Left, with alternating current (交流剩余充电车位数量), for visitors, the same number that
    /// the lot shows to the public.
    pub ac_unused_charging_spaces: i32,
}

check!(ChargingVacancy {
    dc_used_charging_spaces "dcUsedChargingSpaces",
    dc_unused_charging_spaces "dcUnusedChargingSpaces",
    ac_used_charging_spaces "acUsedChargingSpaces",
    ac_unused_charging_spaces "acUnusedChargingSpaces",
});

/// Reply of 5003, Table 60, which does not require the lot code; Table 46 does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VacancyReply {
    /// Lot code (停车场编号).
    pub park_code: Option<Text<20>>,
}

impl VacancyReply {
    /// The numbers are taken. [`default`](Self::default) leaves the lot code out.
    pub fn new(park_code: impl Into<Text<20>>) -> Self {
        Self {
            park_code: Some(park_code.into()),
        }
    }
}

check!(VacancyReply { park_code "parkCode" });
