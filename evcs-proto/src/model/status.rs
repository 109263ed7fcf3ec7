use crate::code::{ConnectorStatus, LockStatus, NoticeStatus, ParkStatus};
use park_core::{Rule, Text, Violations, check};
use serde::{Deserialize, Serialize};

/// State of a connector (充电设备接口状态), Table B.4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ConnectorStatusInfo {
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// State of the connector (充电设备接口状态).
    pub status: ConnectorStatus,
    /// State of the parking space (车位状态).
    pub park_status: Option<ParkStatus>,
    /// State of the ground lock (地锁状态).
    pub lock_status: Option<LockStatus>,
}

check!(ConnectorStatusInfo { connector_id "ConnectorID", status "Status", park_status "ParkStatus",
    lock_status "LockStatus" });

/// State of the connectors of a station (充电站状态信息), Table B.5.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationStatusInfo {
    /// Station id (充电站ID), zeros on the left.
    #[serde(rename = "StationID")]
    pub station_id: Text<20>,
    /// State of all its connectors (充电设备接口状态列表).
    pub connector_status_infos: Vec<ConnectorStatusInfo>,
}

check!(StationStatusInfo { station_id "StationID", connector_status_infos "ConnectorStatusInfos" });

/// Request of `notification_stationStatus`: the state of a connector changed (设备状态变化推送),
/// Table B.8.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StatusNotice {
    /// The connector and its state (充电设备接口状态).
    pub connector_status_info: ConnectorStatusInfo,
}

check!(StatusNotice { connector_status_info "ConnectorStatusInfo" });

/// Reply of `notification_stationStatus`, Table B.9.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StatusReceipt {
    /// What became of it (状态).
    pub status: NoticeStatus,
}

impl StatusReceipt {
    /// What became of the notice.
    pub fn new(status: NoticeStatus) -> Self {
        Self { status }
    }
}

check!(StatusReceipt { status "Status" });

/// Request of `query_station_status`: the state of stations (设备接口状态查询), T/CEC 102.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationStatusQuery {
    /// Station ids, at most 50 (充电站ID列表).
    #[serde(rename = "StationIDs")]
    pub station_ids: Vec<Text<20>>,
}

check!(StationStatusQuery { station_ids "StationIDs" }; at_most_fifty);

fn at_most_fifty(query: &StationStatusQuery, v: &mut Violations) {
    let (found, max) = (query.station_ids.len(), 50);
    if found > max {
        v.add_at("StationIDs", Rule::TooMany { max, found });
    }
}

/// Reply of `query_station_status`, T/CEC 102.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationStatusReply {
    /// How many stations there are (总数).
    pub total: i32,
    /// The stations and their state (充电站状态列表).
    pub station_status_infos: Vec<StationStatusInfo>,
}

impl StationStatusReply {
    /// Some stations of `total`.
    pub fn new(total: i32, station_status_infos: Vec<StationStatusInfo>) -> Self {
        Self {
            total,
            station_status_infos,
        }
    }

    /// All stations that were asked for.
    pub fn of(station_status_infos: Vec<StationStatusInfo>) -> Self {
        Self::new(
            i32::try_from(station_status_infos.len()).unwrap_or(i32::MAX),
            station_status_infos,
        )
    }
}

check!(StationStatusReply { total "Total", station_status_infos "StationStatusInfos" });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::found;
    use park_core::Violation;

    #[test]
    fn a_query_names_at_most_fifty_stations() {
        let query = |count: usize| StationStatusQuery {
            station_ids: vec!["1".into(); count],
        };
        assert_eq!(found(&query(50)), []);
        assert_eq!(
            found(&query(51)),
            [Violation::new(
                "StationIDs",
                Rule::TooMany { max: 50, found: 51 }
            )]
        );
    }
}
