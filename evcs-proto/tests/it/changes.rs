//! What changed between two looks at the same stations, and what of it has to be pushed. Without
//! I/O.
use evcs_proto::changes::*;
use evcs_proto::code::{
    ConnectorStandard, ConnectorType, Construction, EquipmentType, LockStatus, ParkStatus,
    StationStatus, StationType,
};
use evcs_proto::{
    code::ConnectorStatus,
    model::{
        ConnectorInfo, ConnectorStatusInfo, EquipmentInfo, StationInfo, StationStatusInfo,
        StatusNotice,
    },
};
use park_core::Fixed;

fn connector(id: &str, status: i32) -> ConnectorStatusInfo {
    ConnectorStatusInfo {
        connector_id: id.into(),
        status: ConnectorStatus(status),
        park_status: None,
        lock_status: None,
    }
}

fn station(id: &str, connectors: &[(&str, i32)]) -> StationStatusInfo {
    StationStatusInfo {
        station_id: id.into(),
        connector_status_infos: connectors
            .iter()
            .map(|(id, status)| connector(id, *status))
            .collect(),
    }
}

/// `+` appeared, `-` vanished, `~` changed.
fn shown(changes: &[Change]) -> Vec<String> {
    let show = |change: &Change| match change {
        Change::Appeared { station_id, now } => format!("+{station_id}.{}", now.connector_id),
        Change::Changed {
            station_id,
            before,
            now,
        } => format!(
            "~{station_id}.{} {}>{}",
            now.connector_id, before.status.0, now.status.0
        ),
        Change::Vanished { station_id, before } => format!("-{station_id}.{}", before.connector_id),
    };
    changes.iter().map(show).collect()
}

#[test]
fn connectors_appear_change_and_vanish() {
    let before = [
        station("A", &[("1", 1), ("2", 1)]),
        station("B", &[("3", 1)]),
    ];
    for (after, expected) in [
        (vec![], vec!["-A.1", "-A.2", "-B.3"]),
        (before.to_vec(), vec![]),
        (
            vec![
                station("B", &[("3", 1)]),
                station("A", &[("2", 1), ("1", 1)]),
            ],
            vec![],
        ),
        (
            vec![
                station("A", &[("1", 3), ("2", 255)]),
                station("B", &[("3", 1)]),
            ],
            vec!["~A.1 1>3", "~A.2 1>255"],
        ),
        (
            vec![station("A", &[("4", 1), ("1", 3)]), station("B", &[])],
            vec!["+A.4", "~A.1 1>3", "-A.2", "-B.3"],
        ),
        // Moved: to a station of the same operator, with and without a new state.
        (
            vec![
                station("A", &[("1", 1)]),
                station("B", &[("2", 3), ("3", 1)]),
            ],
            vec!["~B.2 1>3"],
        ),
        (
            vec![
                station("A", &[("1", 1)]),
                station("B", &[("2", 1), ("3", 1)]),
            ],
            vec![],
        ),
        // Twice: the last entry counts.
        (
            vec![
                station("A", &[("1", 0), ("1", 1), ("2", 1)]),
                station("B", &[("3", 2), ("3", 3)]),
            ],
            vec!["~B.3 1>3"],
        ),
    ] {
        assert_eq!(shown(&changes(&before, &after)), expected, "{after:?}");
    }
}

#[test]
fn space_and_lock_count_too_and_what_vanished_is_off_the_net() {
    let before = station("A", &[("1", 1)]);
    for edit in [
        |connector: &mut ConnectorStatusInfo| connector.park_status = Some(ParkStatus::TAKEN),
        |connector: &mut ConnectorStatusInfo| connector.lock_status = Some(LockStatus::LOCKED),
    ] {
        let mut after = before.clone();
        edit(&mut after.connector_status_infos[0]);
        let found = changes(std::slice::from_ref(&before), std::slice::from_ref(&after));
        let notice = StatusNotice::from(found[0].clone());
        assert_eq!(
            (found.len(), &notice.connector_status_info),
            (1, &after.connector_status_infos[0])
        );
        let gone = StatusNotice::from(changes(&[after], &[])[0].clone());
        assert_eq!(gone.connector_status_info, connector("1", 0));
    }
}

#[test]
fn a_snapshot_yields_what_changed_since() {
    let mut snapshot = Snapshot::default();
    let (a, b) = (station("A", &[("1", 1)]), station("B", &[("2", 1)]));
    assert_eq!(
        shown(&snapshot.replace(vec![a.clone(), b.clone()])),
        ["+A.1", "+B.2"]
    );
    assert_eq!(shown(&snapshot.update(vec![a])), [""; 0]);
    assert_eq!(
        shown(&snapshot.update(vec![station("A", &[("1", 3)])])),
        ["~A.1 1>3"]
    );
    assert_eq!(
        shown(&snapshot.update(vec![station("B", &[("3", 1)])])),
        ["+B.3", "-B.2"]
    );
    // From A to C: A is not part of this look, but the connector is.
    assert_eq!(
        shown(&snapshot.update(vec![station("C", &[("1", 4)])])),
        ["~C.1 3>4"]
    );
    assert_eq!(snapshot.stations().len(), 3);
    assert_eq!(shown(&snapshot.update(vec![station("C", &[])])), ["-C.1"]);
    assert_eq!(
        shown(&snapshot.replace(vec![station("C", &[("1", 4)])])),
        ["+C.1", "-B.3"]
    );
}

#[test]
fn key_attributes_are_those_of_6_10_3() {
    let connector = |id: &str| ConnectorInfo {
        connector_id: id.into(),
        connector_name: None,
        connector_type: ConnectorType::DC_GUN,
        voltage_upper_limits: 750,
        voltage_lower_limits: 200,
        current: 250,
        power: Fixed::of_units(1200),
        park_no: None,
        national_standard: ConnectorStandard::OF_2015,
    };
    let device = |id: &str| {
        EquipmentInfo::new(
            id,
            EquipmentType::DC,
            vec![connector("1"), connector("2")],
            Fixed::of_units(1200),
        )
    };
    let before = StationInfo::new(
        "1",
        "MA5DM667X",
        "MA5DM667X",
        "XXX",
        "CN",
        "440304",
        "XXX",
        "400",
        StationType::PUBLIC,
        StationStatus::OPEN,
        3,
        Fixed::of_units(114_057_868),
        Fixed::of_units(22_543_099),
        Construction::OFFICE,
        vec![device("1"), device("2")],
    );
    type Edit = fn(&mut StationInfo);
    let cases: [(Edit, &[&str]); 16] = [
        (|_| {}, &[]),
        (|station| station.address = "YYY".into(), &["Address"]),
        (
            |station| station.station_type = StationType::BUS,
            &["StationType"],
        ),
        (
            |station| station.station_status = StationStatus::CLOSED,
            &["StationStatus"],
        ),
        (|station| station.station_lng = Fixed::ZERO, &["StationLng"]),
        (|station| station.station_lat = Fixed::ZERO, &["StationLat"]),
        (
            |station| station.busine_hours = Some("".into()),
            &["BusineHours"],
        ),
        (
            |station| station.electricity_fee = Some("1".into()),
            &["ElectricityFee"],
        ),
        (
            |station| station.service_fee = Some("1".into()),
            &["ServiceFee"],
        ),
        (
            |station| station.equipment_infos.truncate(1),
            &["EquipmentInfos"],
        ),
        (
            |station| station.equipment_infos[0].power = Fixed::ZERO,
            &["EquipmentInfos"],
        ),
        (
            |station| station.equipment_infos[1].connector_infos[0].current = 1,
            &["EquipmentInfos"],
        ),
        (|station| station.equipment_infos.reverse(), &[]),
        (
            |station| station.equipment_infos[0].connector_infos.reverse(),
            &[],
        ),
        (
            |station| (station.park_nums, station.remark) = (4, Some("YYY".into())),
            &[],
        ),
        (|station| station.station_name = "YYY".into(), &[]),
    ];
    for (number, (edit, expected)) in cases.into_iter().enumerate() {
        let mut after = before.clone();
        edit(&mut after);
        assert_eq!(key_changes(&before, &after), expected, "{number}");
        assert_eq!(key_changes(&after, &before), expected, "{number}");
    }
}
