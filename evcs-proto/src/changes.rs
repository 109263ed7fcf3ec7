//! What changed between two looks at the same stations, and what of it has to be pushed. Without
//! I/O.
use crate::{
    code::ConnectorStatus,
    model::{
        ConnectorInfo, ConnectorStatusInfo, EquipmentInfo, StationInfo, StationStatusInfo,
        StatusNotice,
    },
};
use park_core::Text;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a connector; [`StatusNotice`] is made from it by `into`.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is there now.
    Appeared {
        /// Where it is.
        station_id: Text<20>,
        /// Its state.
        now: ConnectorStatusInfo,
    },
    /// The state of the connector, of its parking space or of its ground lock is another
    /// (充电设备接口状态, 车位状态, 地锁状态).
    Changed {
        /// Where it is.
        station_id: Text<20>,
        /// Its state before.
        before: ConnectorStatusInfo,
        /// Its state.
        now: ConnectorStatusInfo,
    },
    /// It is not there any more.
    Vanished {
        /// Where it was.
        station_id: Text<20>,
        /// Its state before.
        before: ConnectorStatusInfo,
    },
}

impl From<Change> for StatusNotice {
    /// What to push. A connector that vanished is told to be off the net (离网): there is no other
    /// word for it.
    fn from(change: Change) -> Self {
        Self {
            connector_status_info: match change {
                Change::Appeared { now, .. } | Change::Changed { now, .. } => now,
                Change::Vanished { before, .. } => ConnectorStatusInfo {
                    status: ConnectorStatus::OFFLINE,
                    park_status: None,
                    lock_status: None,
                    ..before
                },
            },
        }
    }
}

/// The state of connectors by their ids.
type ById<'a> = BTreeMap<&'a Text<26>, &'a ConnectorStatusInfo>;

/// Every connector with its station.
fn connectors(
    stations: &[StationStatusInfo],
) -> impl Iterator<Item = (&StationStatusInfo, &ConnectorStatusInfo)> {
    stations.iter().flat_map(|station| {
        station
            .connector_status_infos
            .iter()
            .map(move |connector| (station, connector))
    })
}

/// What changed from `before` to `after`: first what is new or other, in the order of `after`, then
/// what vanished, in the order of `before`.
///
/// A connector is known by its id, which is unique with its operator: hand in the stations of one
/// operator. One that moved to another station in the same state did not change. 6.10.4 wants every
/// other change pushed at once.
///
/// ```
/// use evcs_proto::{changes::changes, code::ConnectorStatus,
///     model::{ConnectorStatusInfo, StationStatusInfo, StatusNotice}};
/// let station = |status| StationStatusInfo {
///     station_id: "00000000000000000001".into(),
///     connector_status_infos: vec![ConnectorStatusInfo { connector_id: "1".into(), status,
///         park_status: None, lock_status: None }],
/// };
/// let notices: Vec<StatusNotice> =
///     changes(&[station(ConnectorStatus::IDLE)],
///         &[station(ConnectorStatus::CHARGING)]).into_iter().map(Into::into).collect();
/// assert_eq!(notices[0].connector_status_info.status, ConnectorStatus::CHARGING);
/// ```
pub fn changes(before: &[StationStatusInfo], after: &[StationStatusInfo]) -> Vec<Change> {
    let by_id = |stations| -> ById<'_> {
        connectors(stations)
            .map(|(_, connector)| (&connector.connector_id, connector))
            .collect()
    };
    let (known, last) = (by_id(before), by_id(after));
    let news = connectors(after)
        .filter(|(_, now)| is_entry(&last, now))
        .filter_map(|(station, now)| {
            let (station_id, now) = (station.station_id.clone(), now.clone());
            match known.get(&now.connector_id) {
                None => Some(Change::Appeared { station_id, now }),
                Some(before) if **before != now => Some(Change::Changed {
                    station_id,
                    before: (*before).clone(),
                    now,
                }),
                Some(_) => None,
            }
        });
    let gone = connectors(before).filter(|(_, connector)| {
        is_entry(&known, connector) && !last.contains_key(&connector.connector_id)
    });
    let gone = gone.map(|(station, connector)| Change::Vanished {
        station_id: station.station_id.clone(),
        before: connector.clone(),
    });
    news.chain(gone).collect()
}

/// Whether `connector` is the very entry that counts for its id.
fn is_entry(entries: &ById<'_>, connector: &ConnectorStatusInfo) -> bool {
    entries
        .get(&connector.connector_id)
        .is_some_and(|entry| std::ptr::eq(*entry, connector))
}

/// The last look at an operator's stations, which yields only what changed since. A new one has
/// seen nothing, so all connectors of its first look appear, as 6.10.4 wants them told on starting
/// up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    stations: Vec<StationStatusInfo>,
}

impl Snapshot {
    /// Sees all stations: those not among `stations` vanish with their connectors.
    pub fn replace(&mut self, stations: Vec<StationStatusInfo>) -> Vec<Change> {
        let found = changes(&self.stations, &stations);
        self.stations = stations;
        found
    }

    /// Sees some stations, such as one page of fifty: the others stay as they were.
    pub fn update(&mut self, stations: Vec<StationStatusInfo>) -> Vec<Change> {
        let seen: BTreeSet<_> = stations.iter().map(|station| &station.station_id).collect();
        let moved: BTreeSet<_> = connectors(&stations)
            .map(|(_, connector)| &connector.connector_id)
            .collect();
        let mut all: Vec<_> = self
            .stations
            .iter()
            .filter(|station| !seen.contains(&station.station_id))
            .cloned()
            .collect();
        for station in &mut all {
            station
                .connector_status_infos
                .retain(|connector| !moved.contains(&connector.connector_id));
        }
        all.extend(stations);
        self.replace(all)
    }

    /// The stations as last seen.
    pub fn stations(&self) -> &[StationStatusInfo] {
        &self.stations
    }
}

type Differs = fn(&StationInfo, &StationInfo) -> bool;

/// Attributes of a station that matter to its business (关键充电站属性), 6.10.3, by their wire
/// names, and when they differ.
const KEY: &[(&str, Differs)] = &[
    ("Address", |a, b| a.address != b.address),
    ("StationType", |a, b| a.station_type != b.station_type),
    ("StationStatus", |a, b| a.station_status != b.station_status),
    ("StationLng", |a, b| a.station_lng != b.station_lng),
    ("StationLat", |a, b| a.station_lat != b.station_lat),
    ("BusineHours", |a, b| a.busine_hours != b.busine_hours),
    ("ElectricityFee", |a, b| {
        a.electricity_fee != b.electricity_fee
    }),
    ("ServiceFee", |a, b| a.service_fee != b.service_fee),
    ("EquipmentInfos", |a, b| devices(a) != devices(b)),
];

/// A station's devices and their connectors, in an order that lists of the same content share.
fn devices(station: &StationInfo) -> Vec<(EquipmentInfo, Vec<&ConnectorInfo>)> {
    let sorted = |device: &EquipmentInfo| EquipmentInfo {
        connector_infos: Vec::new(),
        ..device.clone()
    };
    let mut devices: Vec<_> = station
        .equipment_infos
        .iter()
        .map(|device| {
            let mut connectors: Vec<_> = device.connector_infos.iter().collect();
            connectors.sort_by(|a, b| a.connector_id.cmp(&b.connector_id));
            (sorted(device), connectors)
        })
        .collect();
    devices.sort_by(|(a, _), (b, _)| a.equipment_id.cmp(&b.equipment_id));
    devices
}

/// The attributes whose change makes a push of 1102 (充电站信息变化推送) worth while, by their wire
/// names in T/CEC 102: what 6.10.3 lists. The other push that it lists, that of a connector's
/// state, is not part of [`StationInfo`]: see [`changes`].
///
/// The order of devices and connectors does not count. An attribute that is absent and one that is
/// `""` are different.
///
/// ```
/// use evcs_proto::changes::key_changes;
/// # use evcs_proto::{Fixed, code::{Construction, StationStatus, StationType}, model::StationInfo};
/// # let before = StationInfo::new(
/// #     "1", "MA5DM667X", "MA5DM667X", "XXX", "CN", "440304", "XXX", "400", StationType::PUBLIC,
/// #     StationStatus::OPEN, 3,
/// #     Fixed::ZERO, Fixed::ZERO, Construction::OFFICE, vec![],
/// # );
/// let after = StationInfo { station_status: StationStatus::MAINTENANCE,
///     remark: Some("until May".into()), ..before.clone() };
/// assert_eq!(key_changes(&before, &after), ["StationStatus"]);
/// ```
pub fn key_changes(before: &StationInfo, after: &StationInfo) -> Vec<&'static str> {
    KEY.iter()
        .filter(|(_, differs)| differs(before, after))
        .map(|(name, _)| *name)
        .collect()
}
