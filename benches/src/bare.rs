//! The fields of a batch as plain structs: what one would write without these crates. No limits, no
//! codes, no times, money in binary fractions.
use crate::{payload::Entry, plain};
use serde::Deserialize;

macro_rules! bare {
    ($($(#[$attribute:meta])* $name:ident { $($(#[$field_attribute:meta])* $field:ident: $type:ty,)* })*) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[allow(dead_code, reason = "read and thrown away")]
        $(#[$attribute])*
        struct $name { $($(#[$field_attribute])* $field: $type,)* }
    )*};
}

bare! {
    Spaces { timestamp: i64, sign: String, data: Vec<SpaceStateReport>, }
    LotReport { park_info: Lot, state: i32, }
    Lot {
        park_code: String, park_name: String, park_type: i32, is_garage: Option<i32>,
        charging_standard: Option<Tariff>, province: Option<String>,
        city: Option<String>, district: Option<String>, area: Option<String>, district_code: String,
        road_name: String, address: Option<String>,
        total_spaces: i32, reservable_spaces: Option<i32>, shared_spaces: Option<i32>,
        longitude: Option<f64>, latitude: Option<f64>,
        shenzhen_x: Option<f64>, shenzhen_y: Option<f64>, shenzhen_h: Option<f64>,
        operator_id: String, owner: String,
        garagesmaintainer: Option<String>, service_type: i32,
        garages_info_table: Option<Vec<String>>, affiliated_station: Option<String>,
        responsible_officer: Option<String>, committee_info: Option<String>,
        taxpayer: Option<String>, taxpayer_id: Option<String>,
        station_infotable: Option<Vec<Station>>, public_info: String,
    }
    Tariff {
        park_code: String, permit_no: String, charger: String, pricing: i32, region: i32,
        complaint_tel: String, remark: Option<String>,
        pricing_sign: Option<String>,
        #[serde(rename = "chargeItemstable")] charge_items: Vec<ChargeItem>,
    }
    ChargeItem { charge_item: String, charge_desc: String, }
    Station {
        #[serde(rename = "operatorID")] operator_id: String, operator_name: String,
        #[serde(rename = "stationID")] station_id: String,
        station_name: String,
    }
    ParkingRecord {
        id: String, park_code: Option<String>, garage_no: Option<String>, space_no: Option<String>,
        park_car_info: Option<Car>, enter_time: String,
        in_equipment_id: Option<String>, leave_time: Option<String>,
        out_equipment_id: Option<String>, charge_id_list: Option<Vec<String>>,
        receivables: f64, discount: f64, received: f64, share_order_id: Option<String>,
        is_stagger: Option<i32>, record_type: Option<i32>,
    }
    Car {
        plate_no: String, plate_color: Option<String>, car_color: Option<String>,
        license_plate_type: Option<i32>, car_model: Option<i32>,
        car_logo: Option<String>, eid_equiped: bool,
        #[serde(rename = "vrdb_no")] vrdb_no: Option<String>,
        #[serde(rename = "vrdb_plateType")] vrdb_plate_type: Option<String>,
        #[serde(rename = "vrdb_carModel")] vrdb_car_model: Option<String>,
        #[serde(rename = "vrdb_usage")] vrdb_usage: Option<String>,
        #[serde(rename = "vrdb_seqno")] vrdb_seqno: Option<String>,
    }
    Event {
        id: String, park_code: Option<String>, space_no: Option<String>, plate_no: Option<String>,
        time: String, event_type: i32, event_level: i32,
        position: Option<String>, equipment_id: String, remark: String,
    }
    SpaceStateReport { space_no: String, park_code: Option<String>, state: i32, }
}

/// Reads every entry with serde_json.
pub fn read(batch: &[Entry]) {
    fn one<T: serde::de::DeserializeOwned>(text: &str) {
        std::hint::black_box(serde_json::from_str::<T>(text).expect("a sample"));
    }
    for entry in batch {
        match entry {
            Entry::Lot(text) => one::<LotReport>(text),
            Entry::Record(text) => one::<ParkingRecord>(text),
            Entry::Event(text) => one::<Event>(text),
            Entry::SpaceState(text) => one::<SpaceStateReport>(text),
        }
    }
}

/// What nobody can leave out who receives a report of space states: SHA-1 once over its bytes, and
/// serde_json once.
pub fn receive(report: &[u8]) {
    std::hint::black_box(plain::sha1(report));
    std::hint::black_box(serde_json::from_slice::<Spaces>(report).expect("a report"));
}

/// Reads every entry as a server does, and checks it against the document's rules.
pub fn read_and_check(batch: &[Entry], rules: &sztc_proto::Rules) {
    fn one<T: sztc_proto::model::Model>(text: &str, rules: &sztc_proto::Rules) {
        let (value, _) = sztc_proto::decode::<T>(text, rules).expect("a sample");
        let mut violations = sztc_proto::Violations::default();
        value.check(&mut violations);
        assert!(violations.list().is_empty(), "a sample breaks no rule");
        std::hint::black_box(value);
    }
    for entry in batch {
        match entry {
            Entry::Lot(text) => one::<sztc_proto::model::LotReport>(text, rules),
            Entry::Record(text) => one::<sztc_proto::model::ParkingRecord>(text, rules),
            Entry::Event(text) => one::<sztc_proto::model::Event>(text, rules),
            Entry::SpaceState(text) => one::<sztc_proto::model::SpaceStateReport>(text, rules),
        }
    }
}
