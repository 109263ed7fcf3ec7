use crate::{
    code::FeeReduction,
    model::{Car, Lease},
};
use park_core::{DateTime, Fixed, Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// Request of 6005: which cars of a lot have such a plate (场内车辆查询), Table 81.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarQuery {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// The plate number or a part of it, at least three characters (车牌号码).
    pub plate_no: Text<10>,
}

check!(CarQuery { park_code "parkCode", plate_no "plateNo" }; at_least_three_characters);

fn at_least_three_characters(query: &CarQuery, v: &mut Violations) {
    let found = query.plate_no.chars().count();
    if (1..3).contains(&found) {
        v.add_at("plateNo", Rule::TooShort { min: 3, found });
    }
}

/// Reply of 6005: a car in the lot, Table 82.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParkedCar {
    /// Id of its entry record (车辆入场记录ID).
    pub id: Text<32>,
    /// The car (车辆信息).
    pub park_car_info: Car,
    /// When it came in (车辆入场时间).
    pub in_time: DateTime,
    /// Address of its picture, uploaded by 2001 (车辆入场图片地址). Absent: there is none.
    pub image_url: Option<Text<255>>,
}

check!(ParkedCar { id "id", park_car_info "parkCarInfo", in_time "inTime", image_url "imageUrl" });

/// Request of 6006: what a car has to pay (查询停车费), Table 83. One of `space_no` and `plate_no`
/// is required.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeeQuery {
    /// Lot code (停车场编号). Absent: the space or plate tells it.
    pub park_code: Option<Text<20>>,
    /// Space code (车位编号). Required without `plate_no`.
    pub space_no: Option<Text<28>>,
    /// Plate number (车牌号码). Required without `space_no`.
    pub plate_no: Option<Text<10>>,
    /// What is taken off (优惠类型). Absent: nothing.
    pub coupon_type: Option<FeeReduction>,
    /// How much (优惠值): yuan for [`FeeReduction::AMOUNT`], hours for [`FeeReduction::TIME`], 0
    /// for [`FeeReduction::NONE`], 1 for [`FeeReduction::FREE`]. The table also explains a
    /// percentage, for which its list has no type, see `SPEC-NOTES.md`.
    pub coupon_value: Option<Fixed<2>>,
    /// Until when the fee is reckoned (计费截止时间). Absent: now.
    pub end_time: Option<DateTime>,
}

check!(FeeQuery {
    park_code "parkCode", space_no "spaceNo", plate_no "plateNo", coupon_type "couponType",
    coupon_value "couponValue", end_time "endTime",
}; space_or_plate, value_of_coupon);

fn space_or_plate(query: &FeeQuery, v: &mut Violations) {
    if !given(&query.space_no) && !given(&query.plate_no) {
        v.add_at("plateNo", Rule::Condition("one of spaceNo, plateNo"));
    }
}

fn value_of_coupon(query: &FeeQuery, v: &mut Violations) {
    let (agreed, expected) = match query.coupon_type {
        Some(FeeReduction::NONE) => (Fixed::ZERO, "0, because couponType is 0"),
        Some(FeeReduction::FREE) => (Fixed::of_units(100), "1, because couponType is 3"),
        _ => return,
    };
    if query.coupon_value.is_some_and(|value| value != agreed) {
        v.add_at("couponValue", Rule::Range { expected });
    }
}

/// Request of 6009: the monthly lease of a car (月租车租约查询), Table 86.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeaseQuery {
    /// Plate number (车牌号码).
    pub plate_no: Text<10>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
}

check!(LeaseQuery { plate_no "plateNo", park_code "parkCode" });

/// Reply of 6009, Table 87.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeaseQueryReply {
    /// The lease (月租租约).
    pub lease: Lease,
}

impl LeaseQueryReply {
    /// The lease that was asked for.
    pub fn new(lease: Lease) -> Self {
        Self { lease }
    }
}

check!(LeaseQueryReply { lease "lease" });

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Violation};

    fn found(value: &impl Check) -> Vec<Violation> {
        let mut v = Violations::default();
        value.check(&mut v);
        v.list().to_vec()
    }

    #[test]
    fn a_part_of_a_plate_has_at_least_three_characters() {
        for (plate_no, rule) in [
            ("粤B8", None),
            ("粤B", Some(Rule::TooShort { min: 3, found: 2 })),
            ("", Some(Rule::Missing)),
        ] {
            let query = CarQuery {
                park_code: "4403".into(),
                plate_no: plate_no.into(),
            };
            assert_eq!(
                found(&query),
                rule.map(|rule| Violation::new("plateNo", rule)).as_slice(),
                "{plate_no}"
            );
        }
    }

    #[test]
    fn a_fee_query_tells_the_space_or_the_plate() {
        let broken = [Violation::new(
            "plateNo",
            Rule::Condition("one of spaceNo, plateNo"),
        )];
        for (space_no, plate_no, ok) in [
            (None, None, false),
            (Some(""), Some(""), false),
            (Some("A108"), None, true),
            (None, Some("粤B88888"), true),
            (Some("A108"), Some("粤B88888"), true),
        ] {
            let query = FeeQuery {
                space_no: space_no.map(Into::into),
                plate_no: plate_no.map(Into::into),
                ..FeeQuery::default()
            };
            assert_eq!(
                found(&query),
                if ok { &[] } else { &broken[..] },
                "{query:?}"
            );
        }
    }

    #[test]
    fn a_coupon_without_a_value_of_its_own_has_the_agreed_one() {
        for (coupon_type, coupon_value, ok) in [
            (Some(FeeReduction::NONE), Some("0"), true),
            (Some(FeeReduction::NONE), Some("0.01"), false),
            (Some(FeeReduction::NONE), None, true),
            (Some(FeeReduction::AMOUNT), Some("3.5"), true),
            (Some(FeeReduction::TIME), Some("1.5"), true),
            (Some(FeeReduction::FREE), Some("1.0"), true),
            (Some(FeeReduction::FREE), Some("0"), false),
            (None, Some("3"), true),
        ] {
            let query = FeeQuery {
                plate_no: Some("粤B88888".into()),
                coupon_type,
                coupon_value: coupon_value.map(|value| value.parse().expect("a number")),
                ..FeeQuery::default()
            };
            let paths: Vec<String> = found(&query)
                .into_iter()
                .map(|violation| violation.path)
                .collect();
            assert_eq!(
                paths,
                if ok { vec![] } else { vec!["couponValue"] },
                "{query:?}"
            );
        }
    }
}
