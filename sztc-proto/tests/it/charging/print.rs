//! The sample of B.3.4, and what else is read although the tables have it otherwise.
use super::wire::{fixture, sample};
use serde_json::{Value, json};
use sztc_proto::{
    Deviation, DeviationKind, Rule, Violation, Violations,
    charging::{
        evcs::{
            Check, Dialect,
            changes::key_changes,
            decode,
            model::{StationInfo, StationsPage},
        },
        *,
    },
};

fn dropped(path: &str) -> Violation {
    Violation::new(path, Rule::Missing)
}

#[test]
fn the_sample_of_b_3_4_is_read_with_its_own_names() {
    let mut sample: Value = serde_json::from_str(&fixture("B.3.4")).expect("JSON");
    // What the tables require and the sample has not got, in the order of reading.
    let left_out = [
        ("/StationInfos", "EquipmentOwnerID", json!("123456789")),
        ("/StationInfos/EquipmentInfos/0", "Power", json!(3.3)),
        (
            "/StationInfos/EquipmentInfos/0/ConnectorInfos/0",
            "NationalStandard",
            json!(2),
        ),
    ];
    let mut missed = Vec::new();
    loop {
        match decode::<StationsPage>(&sample.to_string(), &dialect().read) {
            Err(violation) => {
                assert_eq!(violation.rule, Rule::Missing, "{violation}");
                let name = violation
                    .path
                    .rsplit('.')
                    .next()
                    .expect("a name")
                    .to_owned();
                let (object, _, value) = left_out
                    .iter()
                    .find(|(_, left_out, _)| *left_out == name)
                    .expect(&violation.path);
                sample
                    .pointer_mut(object)
                    .and_then(Value::as_object_mut)
                    .expect("an object")
                    .insert(name, value.clone());
                missed.push(violation);
            }
            Ok((page, deviations)) => {
                let mut violations = Violations::default();
                page.check(&mut violations);
                assert_eq!(violations.list(), []);
                let [station] = &page.station_infos[..] else {
                    panic!("one station")
                };
                assert_eq!(
                    (&*station.operator_id, &*station.area_code),
                    ("123456789", "441781")
                );
                assert_eq!(
                    (&*station.station_name, &*station.address),
                    ("充电站名称", "地址")
                );
                assert_eq!(
                    (
                        station.station_lng.to_string(),
                        station.station_lat.to_string()
                    ),
                    ("119.970490".to_owned(), "31.717877".to_owned())
                );
                assert_eq!(
                    (
                        page.page_no,
                        station.station_status.0,
                        station.station_type.0
                    ),
                    (1, 50, 1)
                );
                let mut found = deviations.list().to_vec();
                found.sort_by(|a, b| a.path.cmp(&b.path));
                let mut expected = [
                    (DeviationKind::KEY_STYLE, "PageNO"),
                    (DeviationKind::OBJECT_FOR_LIST, "StationInfos"),
                    (DeviationKind::SPELLING, "StationInfos.OperationID"),
                    (DeviationKind::UNKNOWN_FIELD, "StationInfos.PlatformID"),
                    (DeviationKind::SPELLING, "StationInfos.districtCode"),
                    (DeviationKind::SPELLING, "StationInfos.Lng"),
                    (DeviationKind::SPELLING, "StationInfos.Lat"),
                ]
                .map(|(kind, path)| Deviation::new(kind, path));
                expected.sort_by(|a, b| a.path.cmp(&b.path));
                assert_eq!(found, expected);
                break;
            }
        }
    }
    missed.sort_by(|a, b| a.path.cmp(&b.path));
    let expected = [
        "StationInfos.EquipmentInfos[0].ConnectorInfos[0].NationalStandard",
        "StationInfos.EquipmentInfos[0].Power",
        "StationInfos.EquipmentOwnerID",
    ];
    assert_eq!(missed, expected.map(dropped));
}

#[test]
fn service_is_read_as_sevice_and_written_as_printed() {
    let right = fixture("notification_orderInfo.request");
    let (order, deviations) = decode::<CarOrder>(
        &right.replace("seviceMoney", "serviceMoney"),
        &dialect().read,
    )
    .expect("understood");
    assert_eq!(order, sample("notification_orderInfo.request"));
    assert_eq!(
        deviations.list(),
        [Deviation::new(DeviationKind::SPELLING, "serviceMoney")]
    );
    assert!(
        evcs::encode(&order)
            .expect("plain fields")
            .contains(r#""seviceMoney":14.81"#)
    );
    let mut corrected = String::new();
    park_core::json::encode_to(
        &order,
        &dialect().service_spelling().write.names,
        &mut corrected,
    )
    .expect("plain fields");
    assert!(
        corrected.contains(r#""serviceMoney":14.81"#) && !corrected.contains("sevice"),
        "{corrected}"
    );
    let (reply, deviations) =
        decode::<StationPushReply>(r#"{"Status":0}"#, &dialect().read).expect("understood");
    assert_eq!(
        (reply.state.0, deviations.list()),
        (0, &[Deviation::new(DeviationKind::SPELLING, "Status")][..])
    );
    // T/CEC 102 has no such message, so its dialect does not know the spelling.
    let unknown = decode::<CarOrder>(
        &right.replace("seviceMoney", "serviceMoney"),
        &Dialect::default().read,
    );
    assert_eq!(unknown.expect_err("missing"), dropped("seviceMoney"));
}

#[test]
fn the_attributes_that_trigger_1102_are_those_of_6_10_3() {
    let StationPush {
        station_info: before,
    } = sample("notification_stationInfo.request");
    type Edit = fn(&mut StationInfo);
    // 详细地址、站点类型、站点状态、经度、纬度、营业时间、充电电费率、服务费率、充电设备信息列表,
    // by their wire names.
    let listed: [(&str, Edit); 9] = [
        ("Address", |station| station.address = "百花五路".into()),
        ("StationType", |station| station.station_type.0 = 50),
        ("StationStatus", |station| station.station_status.0 = 6),
        ("StationLng", |station| {
            station.station_lng = evcs::Fixed::of_units(114_000_000)
        }),
        ("StationLat", |station| {
            station.station_lat = evcs::Fixed::of_units(22_000_000)
        }),
        ("BusineHours", |station| station.busine_hours = None),
        ("ElectricityFee", |station| station.electricity_fee = None),
        ("ServiceFee", |station| station.service_fee = None),
        ("EquipmentInfos", |station| {
            station.equipment_infos[0].connector_infos[0].current = 200
        }),
    ];
    let mut all = before.clone();
    for (name, edit) in listed {
        let mut after = before.clone();
        edit(&mut after);
        edit(&mut all);
        assert_eq!(key_changes(&before, &after), [name]);
    }
    assert_eq!(key_changes(&before, &all), listed.map(|(name, _)| name));
    let mut after = before.clone();
    (
        after.station_name,
        after.park_nums,
        after.pictures,
        after.remark,
    ) = ("另一个".into(), 1, None, None);
    assert_eq!(key_changes(&before, &after), [""; 0]);
}
