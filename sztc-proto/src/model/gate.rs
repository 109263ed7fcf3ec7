use super::lot::report;
use crate::code::{
    ChargeCurrent, DeviceType, GateKind, GateState, OnlineState, OperatingState, RecordState,
};
use park_core::{AnyText, DateTime, Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// An entrance or exit of a lot (出入口信息, entranceExitInfo), Table 8.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// Id (出入口ID).
    pub id: Text<32>,
    /// Name (名称).
    pub name: Text<10>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Code of the mechanical garage (机械车库编号). Required if its spaces are in one, see
    /// [`check_in_garage`](Self::check_in_garage).
    pub garage_code: Option<Text<22>>,
    /// Road (道路). Required if its spaces are on the street, see
    /// [`check_on_street`](Self::check_on_street).
    pub road_name: Option<Text<10>>,
    /// Which way cars pass (出入口类型).
    pub r#type: GateKind,
    /// Longitude (经度), degrees, GCJ-02.
    pub longitude: Option<f64>,
    /// Latitude (纬度), degrees, GCJ-02.
    pub latitude: Option<f64>,
    /// Devices installed there (关联的设备列表): barriers, controllers, plate readers, ground
    /// loops, passages and lifts of mechanical garages.
    pub equipments: Option<Vec<Device>>,
}

impl Gate {
    /// A gate with its required fields, in the order of Table 8.
    pub fn new(
        id: impl Into<Text<32>>,
        name: impl Into<Text<10>>,
        park_code: impl Into<Text<20>>,
        r#type: GateKind,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            park_code: park_code.into(),
            garage_code: None,
            road_name: None,
            r#type,
            longitude: None,
            latitude: None,
            equipments: None,
        }
    }

    /// A rule of Table 8 that only the caller can check: on the street the road must be given
    /// (停放车位属于路内时应提供).
    ///
    /// Nothing in the message says whether the spaces are on the street. The devices of the gate
    /// have no such rule.
    pub fn check_on_street(&self, v: &mut Violations) {
        if !given(&self.road_name) {
            v.add_at(
                "roadName",
                Rule::Condition("required for spaces on the street"),
            );
        }
    }

    /// A rule of Table 8 that only the caller can check: in a mechanical garage its code must be
    /// given (停放车位属于机械车库时应提供).
    ///
    /// Nothing in the message says whether the spaces are in a garage. The devices of the gate have
    /// a check of their own.
    pub fn check_in_garage(&self, v: &mut Violations) {
        garage_given(&self.garage_code, v);
    }
}

fn garage_given(garage_code: &Option<Text<22>>, v: &mut Violations) {
    if !given(garage_code) {
        v.add_at(
            "garageCode",
            Rule::Condition("required for spaces in a mechanical garage"),
        );
    }
}

check!(Gate {
    id "id", name "name", park_code "parkCode", garage_code "garageCode", road_name "roadName",
    r#type "type", longitude "longitude",
    latitude "latitude", equipments "equipments",
});

/// Request of 3002 (出入口信息上报), Table 47.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GateReport {
    /// The gate (出入口信息).
    pub entrance_exit_info: Gate,
    /// In force or deleted (状态).
    pub state: RecordState,
}

check!(GateReport { entrance_exit_info "entranceExitInfo", state "state" });

/// Reply of 3002, Table 48.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GateReply {
    /// Id of the gate (出入口ID).
    pub id: Text<32>,
}

impl GateReply {
    /// The gate is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(GateReply { id "id" });

/// A device of a lot (设备信息, equipment), Table 9.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Id (设备ID).
    pub id: Text<32>,
    /// Lot code (关联停车场编号). Required off the street, see
    /// [`check_off_street`](Self::check_off_street).
    pub park_code: Option<Text<20>>,
    /// Id of the gate where it stands (出入口ID).
    pub entrance_exit_id: Option<Text<32>>,
    /// Code of the mechanical garage (机械车库编号). Required if its spaces are in one, see
    /// [`check_in_garage`](Self::check_in_garage).
    pub garage_code: Option<Text<22>>,
    /// Device code (设备编号).
    pub equipment_code: Text<20>,
    /// Name (设备名称).
    pub name: Text<50>,
    /// DeviationKind (设备类型).
    pub equipment_type: DeviceType,
    /// Code of the space where it stands (车位编号).
    pub space_no: Option<Text<28>>,
    /// Manufacturer (制造商).
    pub manufacturer: Option<Text<50>>,
    /// Model (设备型号).
    pub model: Option<Text<20>>,
    /// When it left the factory (出厂日期).
    pub mfd: Option<DateTime>,
    /// Current with which it charges cars (充电类型); absent, it does not.
    pub charge_type: Option<ChargeCurrent>,
    /// Whether it can be used (状态).
    pub state: OperatingState,
    /// When that state was found (状态检测时间).
    pub moment: DateTime,
}

impl Device {
    /// A device with its required fields, in the order of Table 9.
    pub fn new(
        id: impl Into<Text<32>>,
        equipment_code: impl Into<Text<20>>,
        name: impl Into<Text<50>>,
        equipment_type: DeviceType,
        state: OperatingState,
        moment: DateTime,
    ) -> Self {
        Self {
            id: id.into(),
            park_code: None,
            entrance_exit_id: None,
            garage_code: None,
            equipment_code: equipment_code.into(),
            name: name.into(),
            equipment_type,
            space_no: None,
            manufacturer: None,
            model: None,
            mfd: None,
            charge_type: None,
            state,
            moment,
        }
    }

    /// A rule of Table 9 that only the caller can check: off the street the lot must be given
    /// (路外停车时应提供).
    ///
    /// Nothing in the message says where the device stands.
    pub fn check_off_street(&self, v: &mut Violations) {
        if !given(&self.park_code) {
            v.add_at("parkCode", Rule::Condition("required off the street"));
        }
    }

    /// A rule of Table 9 that only the caller can check: in a mechanical garage its code must be
    /// given (停放车位属于机械车库时应提供).
    ///
    /// Nothing in the message says whether the spaces that the device serves are in a garage.
    pub fn check_in_garage(&self, v: &mut Violations) {
        garage_given(&self.garage_code, v);
    }
}

check!(Device {
    id "id", park_code "parkCode", entrance_exit_id "entranceExitId", garage_code "garageCode",
    equipment_code "equipmentCode",
    name "name", equipment_type "equipmentType", space_no "spaceNo", manufacturer "manufacturer",
    model "model", mfd "mfd",
    charge_type "chargeType", state "state", moment "moment",
});

/// Request of 3003 (设备信息上报), Table 49.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceReport {
    /// The device (设备信息).
    pub equipment: Device,
    /// In force or deleted (状态).
    pub state: RecordState,
}

check!(DeviceReport { equipment "equipment", state "state" });

/// Reply of 3003, Table 50.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceReply {
    /// Id of the device (设备ID).
    pub id: Text<32>,
}

impl DeviceReply {
    /// The device is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(DeviceReply { id "id" });

report! {
    GateReport { entrance_exit_info: Gate }
    DeviceReport { equipment: Device }
}

/// Request of 5002: a device went online or offline (设备状态信息上报), Table 58.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceStateReport {
    /// Id of the device (设备ID).
    pub id: Text<32>,
    /// Online or offline (状态).
    pub state: OnlineState,
}

check!(DeviceStateReport { id "id", state "state" });

/// Reply of 5002, Table 59, which does not require the id; Table 50 does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceStateReply {
    /// Id of the device (设备ID).
    pub id: Option<Text<32>>,
}

impl DeviceStateReply {
    /// The state is taken. [`default`](Self::default) leaves the id out.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self {
            id: Some(id.into()),
        }
    }
}

check!(DeviceStateReply { id "id" });

/// Request of 5011: traffic at a gate changed (出入口状态变更上报), Table 69.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GateStateReport {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Id of the gate (出入口ID), that of Table 8.
    #[serde(rename = "entranceID")]
    pub entrance_id: AnyText,
    /// The new state (出入口状态).
    pub state: GateState,
    /// Explanation (说明).
    pub comment: Option<Text<200>>,
}

check!(GateStateReport { park_code "parkCode", entrance_id "entranceID", state "state",
    comment "comment" });

/// Reply of 5011, Table 70.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GateStateReply {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Id of the gate (出入口ID).
    #[serde(rename = "entranceID")]
    pub entrance_id: AnyText,
}

impl GateStateReply {
    /// The state is taken.
    pub fn new(park_code: impl Into<AnyText>, entrance_id: impl Into<AnyText>) -> Self {
        Self {
            park_code: park_code.into(),
            entrance_id: entrance_id.into(),
        }
    }
}

check!(GateStateReply { park_code "parkCode", entrance_id "entranceID" });

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::Check;

    fn found(check: impl FnOnce(&mut Violations)) -> Vec<String> {
        let mut v = Violations::default();
        check(&mut v);
        v.list()
            .iter()
            .map(|violation| violation.path.clone())
            .collect()
    }

    fn gate() -> Gate {
        Gate::new(
            "bd05fbb108184325a7968878c3f9140b",
            "出入口A",
            "44030400100101000010",
            GateKind::BOTH,
        )
    }

    fn device() -> Device {
        let moment = "2023-03-01 08:15:30".parse().expect("a moment");
        Device::new(
            "939f338bb2b3fbaa5648217b3d799013",
            "EQ1",
            "道闸",
            DeviceType::GATE,
            OperatingState::IN_USE,
            moment,
        )
    }

    #[test]
    fn a_gate_on_the_street_needs_its_road_and_one_in_a_garage_its_garage() {
        let mut gate = gate();
        for code in [None, Some("".into())] {
            (gate.road_name, gate.garage_code) =
                (code.clone().map(String::into), code.map(String::into));
            assert!(found(|v| gate.check(v)).is_empty());
            assert_eq!(found(|v| gate.check_on_street(v)), ["roadName"]);
            assert_eq!(found(|v| gate.check_in_garage(v)), ["garageCode"]);
        }
        gate.road_name = Some("百花五路".into());
        gate.garage_code = Some("4403040010010100001001".into());
        assert!(found(|v| gate.check_on_street(v)).is_empty());
        assert!(found(|v| gate.check_in_garage(v)).is_empty());
    }

    #[test]
    fn a_device_off_the_street_needs_its_lot_and_one_in_a_garage_its_garage() {
        let mut device = device();
        for code in [None, Some("".into())] {
            (device.park_code, device.garage_code) =
                (code.clone().map(String::into), code.map(String::into));
            assert!(found(|v| device.check(v)).is_empty());
            assert_eq!(found(|v| device.check_off_street(v)), ["parkCode"]);
            assert_eq!(found(|v| device.check_in_garage(v)), ["garageCode"]);
        }
        device.park_code = Some("44030400100101000010".into());
        device.garage_code = Some("4403040010010100001001".into());
        assert!(found(|v| device.check_off_street(v)).is_empty());
        assert!(found(|v| device.check_in_garage(v)).is_empty());
    }

    #[test]
    fn the_devices_of_a_gate_are_checked_with_it() {
        let gate = Gate {
            equipments: Some(vec![
                device(),
                Device {
                    equipment_type: "6019".into(),
                    ..device()
                },
            ]),
            ..gate()
        };
        assert_eq!(
            found(|v| GateReport::new(gate).check(v)),
            ["entranceExitInfo.equipments[1].equipmentType"]
        );
    }
}
