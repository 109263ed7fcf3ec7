use crate::{
    IntText,
    code::{AreaType, DeviceType},
};
use park_core::{AnyText, Check, Rule, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of 1.1: what the lot is (停车场信息数据上报), `PostParkingInfo`; once a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LotReport {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Its name (停车场名称).
    pub park_name: AnyText,
    /// How many areas it has (停车场区域数).
    pub park_area: i64,
    /// How many spaces it has (停车场总停车位).
    pub place_count: i64,
}

check!(LotReport { park_code "parkCode", park_name "parkName", park_area "parkArea",
    place_count "placeCount" });

/// Request of 1.2: all areas of the lot (停车场内区域数据上报), `PostAreaInfo`; once a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AreaReport {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Its name (停车场名称).
    pub park_name: AnyText,
    /// How many areas it has (停车场区域数); a number written as text, unlike in 1.1.
    pub park_area: IntText,
    /// How many spaces it has (停车场总停车位). Absent: 1.1 tells.
    pub total_place_count: Option<i64>,
    /// The areas.
    pub area_info: Vec<Area>,
}

check!(AreaReport {
    park_code "parkCode", park_name "parkName", park_area "parkArea",
    total_place_count "totalPlaceCount", area_info "areaInfo",
});

/// An area of a lot, entry of `areaInfo` of 1.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Area {
    /// Its code (区域编号).
    pub area_code: i64,
    /// Its name (区域名称).
    pub area_name: AnyText,
    /// Its kind (区域类别).
    pub area_type: AreaType,
    /// How many spaces it has (区域停车位数).
    pub place_count: i64,
}

check!(Area { area_code "areaCode", area_name "areaName", area_type "areaType",
    place_count "placeCount" });

/// Request of 1.3: how a device is (设备状态上报), `PostDeviceState`; every device when the lot's
/// program starts, then what changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceStateReport {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// The device's code (设备编码).
    pub device_code: AnyText,
    /// Its name (设备名称).
    pub device_name: AnyText,
    /// Its kind (设备类型), appendix 1.5.
    pub device_type: DeviceType,
    /// How it is (设备状态码).
    pub status: DeviceStatus,
    /// What is wrong with it (故障描述). Absent or empty: nothing.
    pub remark: Option<AnyText>,
}

check!(DeviceStateReport {
    park_code "parkCode", device_code "deviceCode", device_name "deviceName",
    device_type "deviceType", status "status", remark "remark",
});

/// How a device is (设备状态码), 1.3: `"0"` is well, any other text is the code of a fault, of
/// which the document has no list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct DeviceStatus(String);

impl DeviceStatus {
    /// Well (正常).
    pub fn normal() -> Self {
        Self("0".to_owned())
    }

    /// A fault by its code (设备故障码). The code 0 is none.
    pub fn fault(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// Whether the device is well.
    pub fn is_normal(&self) -> bool {
        self.0 == "0"
    }

    /// What stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Check for DeviceStatus {
    fn check(&self, violations: &mut Violations) {
        if self.0.is_empty() {
            violations.add(Rule::Missing);
        }
    }
}

/// Request of 1.4: a device of the lot (车场终端设备上报), `PostParkingDevice`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceReport {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// The device's code (设备编码).
    pub device_code: AnyText,
    /// Its IP address (设备Ip).
    pub device_ip: AnyText,
    /// Its name (设备名称).
    pub device_name: AnyText,
    /// Its kind (设备类型), appendix 1.5.
    pub device_type: DeviceType,
}

check!(DeviceReport {
    park_code "parkCode", device_code "deviceCode", device_ip "deviceIp", device_name "deviceName",
    device_type "deviceType",
});

/// Request of 2.5: how many spaces are free (空闲车位数据提交), `PostFreeParkingSpace`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FreeSpaceReport {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Free spaces in the lot (总剩余车位数).
    pub free_space_num: i64,
    /// Spaces in the lot (总车位数).
    pub total_space_num: i64,
    /// The same by area. Absent: not told.
    pub area_info: Option<Vec<AreaFreeSpaces>>,
}

check!(FreeSpaceReport {
    park_code "parkCode", free_space_num "freeSpaceNum", total_space_num "totalSpaceNum",
    area_info "areaInfo",
});

/// How many spaces of an area are free, entry of `areaInfo` of 2.5.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AreaFreeSpaces {
    /// The area's code (区域编号).
    pub area_code: i64,
    /// Its name (区域名称).
    pub area_name: AnyText,
    /// Free spaces in it (区域剩余车位数).
    pub area_free_space_num: i64,
}

check!(AreaFreeSpaces { area_code "areaCode", area_name "areaName",
    area_free_space_num "areaFreeSpaceNum" });

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{DeviationKind, json};

    #[test]
    fn every_status_but_0_is_a_fault_and_none_is_unknown() {
        for (status, normal, violations) in [
            (DeviceStatus::normal(), true, 0),
            (DeviceStatus::fault("E17"), false, 0),
            (DeviceStatus::fault(""), false, 1),
        ] {
            let mut found = Violations::default();
            status.check(&mut found);
            assert_eq!(
                (status.is_normal(), found.list().len()),
                (normal, violations),
                "{}",
                status.as_str()
            );
        }
    }

    #[test]
    fn a_status_that_comes_as_a_number_keeps_its_digits() {
        let (status, deviations) =
            json::decode::<DeviceStatus>("0", &Default::default()).expect("as the sample has it");
        assert!(status.is_normal());
        assert_eq!(deviations.list()[0].kind, DeviationKind::NUMBER_FOR_TEXT);
        assert_eq!(json::encode(&status).expect("text"), "\"0\"");
    }
}
