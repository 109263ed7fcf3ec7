use park_core::{Date, Fixed, Text, check};
use serde::{Deserialize, Serialize};

/// Request of `query_station_stats`: how much a station charged (查询统计信息), T/CEC 102.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationStatsQuery {
    /// Station id (充电站ID).
    #[serde(rename = "StationID")]
    pub station_id: Text<20>,
    /// First day (统计的开始时间).
    pub start_time: Date,
    /// Last day (统计的结束时间). Some peers answer for seven days at most.
    pub end_time: Date,
}

check!(StationStatsQuery { station_id "StationID", start_time "StartTime", end_time "EndTime" });

/// Reply of `query_station_stats`, T/CEC 102.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationStatsReply {
    /// What the station charged (充电站统计信息).
    pub station_stats: StationStats,
}

impl StationStatsReply {
    /// The figures of a station.
    pub fn new(station_stats: StationStats) -> Self {
        Self { station_stats }
    }
}

check!(StationStatsReply { station_stats "StationStats" });

/// What a station charged in a time (充电站统计信息), T/CEC 102.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationStats {
    /// Station id (充电站ID).
    #[serde(rename = "StationID")]
    pub station_id: Text<20>,
    /// First day (统计的开始时间).
    pub start_time: Date,
    /// Last day (统计的结束时间).
    pub end_time: Date,
    /// Energy, kWh (充电站电量).
    pub station_electricity: Fixed<1>,
    /// The same by device (充电设备统计信息列表).
    pub equipment_stats_infos: Vec<EquipmentStatsInfo>,
}

check!(StationStats {
    station_id "StationID", start_time "StartTime", end_time "EndTime",
    station_electricity "StationElectricity",
    equipment_stats_infos "EquipmentStatsInfos",
});

/// What a device charged (充电设备统计信息), T/CEC 102.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct EquipmentStatsInfo {
    /// Device id (设备编码).
    #[serde(rename = "EquipmentID")]
    pub equipment_id: Text<23>,
    /// Energy, kWh (充电设备接口累计电量).
    pub equipment_electricity: Fixed<1>,
    /// The same by connector (充电设备接口统计信息列表).
    pub connector_stats_infos: Vec<ConnectorStatsInfo>,
}

check!(EquipmentStatsInfo {
    equipment_id "EquipmentID", equipment_electricity "EquipmentElectricity",
    connector_stats_infos "ConnectorStatsInfos",
});

/// What a connector charged (充电设备接口统计信息), T/CEC 102.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ConnectorStatsInfo {
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// Energy, kWh (充电设备接口累计电量).
    pub connector_electricity: Fixed<1>,
}

check!(ConnectorStatsInfo { connector_id "ConnectorID",
    connector_electricity "ConnectorElectricity" });
