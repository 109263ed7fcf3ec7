use super::lot::report;
use crate::code::{
    Flag, OperatingState, RecordState, ServiceType, SpaceForm, SpaceManagement, SpaceOwner,
    SpacePosition, SpaceSize, SpaceState, SpaceVisit,
};
use park_core::{DateTime, Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// A parking space (车位信息, spaceInfo), Table 10.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Space {
    /// Space code (车位编号).
    pub space_no: Text<28>,
    /// Lot code (停车场编号). Required off the street, as `position_type` tells.
    pub park_code: Option<Text<20>>,
    /// Code of the mechanical garage (机械车库编号). Required in a mechanical garage, as
    /// `material_type` tells.
    pub garage_code: Option<Text<22>>,
    /// How it is let (经营类型).
    pub manage_type: Option<SpaceManagement>,
    /// Who owns it (产权类型).
    pub owner_type: Option<SpaceOwner>,
    /// Where it lies (位置类型).
    pub position_type: SpacePosition,
    /// Size (尺寸类型).
    pub size_type: Option<SpaceSize>,
    /// Ordinary or in a mechanical garage (形态类型).
    pub material_type: SpaceForm,
    /// What it serves (用途类型).
    pub usage_type: Option<ServiceType>,
    /// For residents or for visitors (出行性质).
    pub visit_type: Option<SpaceVisit>,
    /// Floor (所属楼层).
    pub floor: Option<Text<10>>,
    /// Area of the lot (所属区域).
    pub area_name: Option<Text<50>>,
    /// Whether it has a lock (配置车位锁标志).
    pub with_locker: Flag,
    /// Whether it has a charging pile (配置充电桩标志).
    pub with_charging_pile: Flag,
    /// Longitude (经度), degrees, GCJ-02.
    pub longitude: Option<f64>,
    /// Latitude (纬度), degrees, GCJ-02.
    pub latitude: Option<f64>,
    /// Whether it can be used (状态).
    pub state: OperatingState,
    /// When that state was found (状态检测时刻).
    pub moment: DateTime,
}

impl Space {
    /// A space with its required fields, in the order of Table 10.
    pub fn new(
        space_no: impl Into<Text<28>>,
        position_type: SpacePosition,
        material_type: SpaceForm,
        with_locker: Flag,
        with_charging_pile: Flag,
        state: OperatingState,
        moment: DateTime,
    ) -> Self {
        Self {
            space_no: space_no.into(),
            park_code: None,
            garage_code: None,
            manage_type: None,
            owner_type: None,
            position_type,
            size_type: None,
            material_type,
            usage_type: None,
            visit_type: None,
            floor: None,
            area_name: None,
            with_locker,
            with_charging_pile,
            longitude: None,
            latitude: None,
            state,
            moment,
        }
    }
}

check!(Space {
    space_no "spaceNo", park_code "parkCode", garage_code "garageCode", manage_type "manageType",
    owner_type "ownerType",
    position_type "positionType", size_type "sizeType", material_type "materialType",
    usage_type "usageType", visit_type "visitType",
    floor "floor", area_name "areaName", with_locker "withLocker",
    with_charging_pile "withChargingPile", longitude "longitude",
    latitude "latitude", state "state", moment "moment",
}; off_street, in_garage);

fn off_street(space: &Space, v: &mut Violations) {
    // A position that the document does not list is not known to be off the street.
    if matches!(
        space.position_type,
        SpacePosition::INDOOR | SpacePosition::OUTDOOR
    ) && !given(&space.park_code)
    {
        v.add_at(
            "parkCode",
            Rule::Condition("required because the space is off the street (positionType)"),
        );
    }
}

fn in_garage(space: &Space, v: &mut Violations) {
    if space.material_type == SpaceForm::GARAGE && !given(&space.garage_code) {
        v.add_at(
            "garageCode",
            Rule::Condition("required because the space is in a mechanical garage (materialType)"),
        );
    }
}

/// Request of 3004 (车位信息上报), Table 51.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SpaceReport {
    /// The space (车位信息).
    pub space_info: Space,
    /// In force or deleted (状态).
    pub state: RecordState,
}

check!(SpaceReport { space_info "spaceInfo", state "state" });

report! { SpaceReport { space_info: Space } }

/// Reply of 3004, Table 52.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SpaceReply {
    /// Space code (车位编号).
    pub space_no: Text<28>,
}

impl SpaceReply {
    /// The space is taken.
    pub fn new(space_no: impl Into<Text<28>>) -> Self {
        Self {
            space_no: space_no.into(),
        }
    }
}

check!(SpaceReply { space_no "spaceNo" });

/// Request of 5001: the state of a space changed (车位状态变更上报), Table 56.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SpaceStateReport {
    /// Space code (车位编号).
    pub space_no: Text<28>,
    /// Lot code (停车场编号).
    pub park_code: Option<Text<20>>,
    /// The new state (车位状态).
    pub state: SpaceState,
}

check!(SpaceStateReport { space_no "spaceNo", park_code "parkCode", state "state" });

/// Reply of 5001, Table 57.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SpaceStateReply {
    /// Space code (车位编号).
    pub space_no: Text<28>,
}

impl SpaceStateReply {
    /// The state is taken.
    pub fn new(space_no: impl Into<Text<28>>) -> Self {
        Self {
            space_no: space_no.into(),
        }
    }
}

check!(SpaceStateReply { space_no "spaceNo" });

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::Check;

    fn found(
        position: SpacePosition,
        form: SpaceForm,
        park_code: Option<&str>,
        garage_code: Option<&str>,
    ) -> Vec<String> {
        let moment = "2023-03-01 08:15:30".parse().expect("a moment");
        let mut space = Space::new(
            "B1A108",
            position,
            form,
            Flag::NO,
            Flag::NO,
            OperatingState::IN_USE,
            moment,
        );
        space.park_code = park_code.map(Into::into);
        space.garage_code = garage_code.map(Into::into);
        let mut v = Violations::default();
        space.check(&mut v);
        v.list()
            .iter()
            .map(|violation| violation.path.clone())
            .collect()
    }

    #[test]
    fn a_space_off_the_street_needs_its_lot() {
        for (position, given, paths) in [
            (SpacePosition::ON_STREET, None, vec![]),
            (SpacePosition::INDOOR, None, vec!["parkCode"]),
            (SpacePosition::OUTDOOR, None, vec!["parkCode"]),
            (SpacePosition::OUTDOOR, Some(""), vec!["parkCode"]),
            (SpacePosition::OUTDOOR, Some("44030400100101000010"), vec![]),
            (SpacePosition(9), None, vec!["positionType"]),
        ] {
            assert_eq!(
                found(position, SpaceForm::ORDINARY, given, None),
                paths,
                "{position} {given:?}"
            );
        }
    }

    #[test]
    fn a_space_in_a_mechanical_garage_needs_its_garage() {
        for (form, given, paths) in [
            (SpaceForm::ORDINARY, None, vec![]),
            (SpaceForm::GARAGE, None, vec!["garageCode"]),
            (SpaceForm::GARAGE, Some(""), vec!["garageCode"]),
            (SpaceForm::GARAGE, Some("4403040010010100001001"), vec![]),
        ] {
            assert_eq!(
                found(SpacePosition::ON_STREET, form, None, given),
                paths,
                "{form} {given:?}"
            );
        }
    }
}
