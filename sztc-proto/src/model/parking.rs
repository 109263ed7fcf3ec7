use crate::{
    code::{Flag, ParkingRecordKind},
    model::Car,
};
use park_core::{DateTime, Money, Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// One stay of a car (停车信息, parkRecordInfo), Table 13. Request of 5004 (车辆驶入信息上报), 5005
/// (车辆驶离信息上报) and 5006 (记录校正信息上报).
///
/// Off the street it must name the lot and the car, on the street the space. Nothing in the message
/// says which it is, so one of the two is checked always, and the rest by whoever knows:
/// [`check_off_street`](Self::check_off_street), [`check_on_street`](Self::check_on_street),
/// [`check_in_garage`](Self::check_in_garage).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParkingRecord {
    /// Id of the record (停车记录ID).
    pub id: Text<32>,
    /// Lot code (停车场编号). Required off the street.
    pub park_code: Option<Text<20>>,
    /// Code of the mechanical garage (机械车库编号). Required if the space is in one.
    pub garage_no: Option<Text<22>>,
    /// Space code (车位编号). Required on the street.
    pub space_no: Option<Text<28>>,
    /// The car (车辆信息). Required off the street.
    pub park_car_info: Option<Car>,
    /// When it came into the lot or the space (入场\入位时间).
    pub enter_time: DateTime,
    /// Id of the device that saw it come (入场\入位设备ID).
    pub in_equipment_id: Option<Text<32>>,
    /// When it left (出场\离位时间).
    pub leave_time: Option<DateTime>,
    /// Id of the device that saw it leave (出场\离位设备ID).
    pub out_equipment_id: Option<Text<32>>,
    /// Ids of its payments (缴费记录ID列表), those of Table 15.
    pub charge_id_list: Option<Vec<Text<32>>>,
    /// Sum due, without refunds, yuan (应收汇总).
    pub receivables: Money,
    /// Sum of discounts, without refunds, yuan (优惠汇总).
    pub discount: Money,
    /// Sum paid, without refunds, yuan (实收汇总).
    pub received: Money,
    /// Order number of shared parking (共享停车订单号).
    pub share_order_id: Option<Text<10>>,
    /// Whether it is shared parking (是否共享停车).
    pub is_stagger: Option<Flag>,
    /// Kind of record (记录类型).
    pub record_type: Option<ParkingRecordKind>,
}

impl ParkingRecord {
    /// A record with its required fields, in the order of Table 13. It needs `space_no`, or
    /// `park_code` with `park_car_info`, too.
    pub fn new(
        id: impl Into<Text<32>>,
        enter_time: DateTime,
        receivables: Money,
        discount: Money,
        received: Money,
    ) -> Self {
        Self {
            id: id.into(),
            park_code: None,
            garage_no: None,
            space_no: None,
            park_car_info: None,
            enter_time,
            in_equipment_id: None,
            leave_time: None,
            out_equipment_id: None,
            charge_id_list: None,
            receivables,
            discount,
            received,
            share_order_id: None,
            is_stagger: None,
            record_type: None,
        }
    }

    /// Rules of Table 13 that only the caller can check: off the street lot and car must be given
    /// (路外停车时应提供).
    pub fn check_off_street(&self, v: &mut Violations) {
        for (present, field) in [
            (given(&self.park_code), "parkCode"),
            (self.park_car_info.is_some(), "parkCarInfo"),
        ] {
            if !present {
                v.add_at(field, Rule::Condition("required off the street"));
            }
        }
    }

    /// A rule of Table 13 that only the caller can check: on the street the space must be given
    /// (停放车位属于路内车位时应提供).
    pub fn check_on_street(&self, v: &mut Violations) {
        if !given(&self.space_no) {
            v.add_at("spaceNo", Rule::Condition("required on the street"));
        }
    }

    /// A rule of Table 13 that only the caller can check: in a mechanical garage its code must be
    /// given (停放车位属于机械车库时应提供).
    pub fn check_in_garage(&self, v: &mut Violations) {
        if !given(&self.garage_no) {
            v.add_at(
                "garageNo",
                Rule::Condition("required for a space in a mechanical garage"),
            );
        }
    }
}

check!(ParkingRecord {
    id "id", park_code "parkCode", garage_no "garageNo", space_no "spaceNo",
    park_car_info "parkCarInfo", enter_time "enterTime",
    in_equipment_id "inEquipmentId", leave_time "leaveTime", out_equipment_id "outEquipmentId",
    charge_id_list "chargeIdList",
    receivables "receivables", discount "discount", received "received",
    share_order_id "shareOrderId", is_stagger "isStagger",
    record_type "recordType",
}; on_or_off_street);

fn on_or_off_street(record: &ParkingRecord, v: &mut Violations) {
    let off_street = given(&record.park_code) && record.park_car_info.is_some();
    if !off_street && !given(&record.space_no) {
        v.add_at(
            "spaceNo",
            Rule::Condition(
                "one of spaceNo (on the street), parkCode with parkCarInfo (off the street)",
            ),
        );
    }
}

/// Reply of 5004, Table 61.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntryReply {
    /// Id of the record (停车记录ID).
    pub id: Text<32>,
}

impl EntryReply {
    /// The record is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(EntryReply { id "id" });

/// Reply of 5005, Table 62, which does not require the id; Table 61 does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExitReply {
    /// Id of the record (停车记录ID).
    pub id: Option<Text<32>>,
}

impl ExitReply {
    /// The record is taken. [`default`](Self::default) leaves its id out.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self {
            id: Some(id.into()),
        }
    }
}

check!(ExitReply { id "id" });

/// Reply of 5006, Table 63, which does not require the id; Table 61 does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CorrectionReply {
    /// Id of the record (停车记录ID).
    pub id: Option<Text<32>>,
}

impl CorrectionReply {
    /// The record is taken. [`default`](Self::default) leaves its id out.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self {
            id: Some(id.into()),
        }
    }
}

check!(CorrectionReply { id "id" });

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::Check;

    fn record(park_code: Option<&str>, car: bool, space_no: Option<&str>) -> ParkingRecord {
        let moment = "2023-03-01 08:15:30".parse().expect("a moment");
        ParkingRecord {
            park_code: park_code.map(Into::into),
            park_car_info: car.then(|| Car::new("粤B88888")),
            space_no: space_no.map(Into::into),
            ..ParkingRecord::new(
                "581fba5ae28431e275ea3aa4f676fc68",
                moment,
                Money::ZERO,
                Money::ZERO,
                Money::ZERO,
            )
        }
    }

    fn found(check: impl FnOnce(&mut Violations)) -> Vec<String> {
        let mut v = Violations::default();
        check(&mut v);
        v.list()
            .iter()
            .map(|violation| violation.path.clone())
            .collect()
    }

    #[test]
    fn a_record_names_lot_and_car_or_the_space() {
        for (park_code, car, space_no, ok) in [
            (Some("4403"), true, None, true),
            (None, false, Some("A108"), true),
            (Some("4403"), false, Some("A108"), true),
            (None, true, Some("A108"), true),
            (Some("4403"), true, Some("A108"), true),
            (None, false, None, false),
            (Some("4403"), false, None, false),
            (None, true, None, false),
            (Some(""), true, None, false),
            (Some("4403"), false, Some(""), false),
        ] {
            let paths = found(|v| record(park_code, car, space_no).check(v));
            assert_eq!(
                paths,
                if ok { vec![] } else { vec!["spaceNo"] },
                "{park_code:?} {car} {space_no:?}"
            );
        }
    }

    #[test]
    fn whoever_knows_where_the_car_stands_checks_the_rest() {
        let on_street = record(None, false, Some("A108"));
        assert_eq!(
            found(|v| on_street.check_off_street(v)),
            ["parkCode", "parkCarInfo"]
        );
        assert!(found(|v| on_street.check_on_street(v)).is_empty());
        let mut off_street = record(Some("4403"), true, None);
        assert_eq!(found(|v| off_street.check_on_street(v)), ["spaceNo"]);
        assert!(found(|v| off_street.check_off_street(v)).is_empty());
        for (garage_no, paths) in [
            (None, vec!["garageNo"]),
            (Some(""), vec!["garageNo"]),
            (Some("4403"), vec![]),
        ] {
            off_street.garage_no = garage_no.map(Into::into);
            assert_eq!(
                found(|v| off_street.check_in_garage(v)),
                paths,
                "{garage_no:?}"
            );
        }
    }
}
