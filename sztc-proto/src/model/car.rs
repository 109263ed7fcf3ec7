use crate::code::{CarSize, PlateKind};
use park_core::{Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// A car and, if it carries one, its electronic tag (车辆信息, parkCarInfo), Table 11.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Car {
    /// Plate number (车牌号码).
    pub plate_no: Text<10>,
    /// Plate colour (车牌颜色).
    pub plate_color: Option<Text<3>>,
    /// Colour of the car (车辆颜色).
    pub car_color: Option<Text<3>>,
    /// Kind of plate (号牌类型).
    pub license_plate_type: Option<PlateKind>,
    /// Size (车型).
    pub car_model: Option<CarSize>,
    /// Brand (车辆品牌).
    pub car_logo: Option<Text<10>>,
    /// Whether an electronic tag is installed (电子标签安装标志). If so, all of `vrdb_*` are
    /// required.
    pub eid_equiped: bool,
    /// Registration number on the tag, binary digits (车辆登记编号), GB/T 35789.1-2017 A.1.
    #[serde(rename = "vrdb_no")]
    pub vrdb_no: Option<Text<48>>,
    /// Plate class on the tag, binary digits (号牌种类), GB/T 35789.1-2017 A.2.
    #[serde(rename = "vrdb_plateType")]
    pub vrdb_plate_type: Option<Text<4>>,
    /// Vehicle type on the tag, binary digits (车辆类型), GB/T 35789.1-2017 A.3.
    #[serde(rename = "vrdb_carModel")]
    pub vrdb_car_model: Option<Text<9>>,
    /// Use of the vehicle on the tag, binary digits (使用性质), GB/T 35789.1-2017 A.4.
    #[serde(rename = "vrdb_usage")]
    pub vrdb_usage: Option<Text<4>>,
    /// Serial number of the tag (标识序列号): two digits of the province, ten of the number, one
    /// check character as GB 11643 computes it; see [`check_character`]. GB/T 35789.1-2017 A.5.
    #[serde(rename = "vrdb_seqno")]
    pub vrdb_seqno: Option<Text<13>>,
}

impl Car {
    /// A car known by its plate, without an electronic tag.
    pub fn new(plate_no: impl Into<Text<10>>) -> Self {
        Self {
            plate_no: plate_no.into(),
            plate_color: None,
            car_color: None,
            license_plate_type: None,
            car_model: None,
            car_logo: None,
            eid_equiped: false,
            vrdb_no: None,
            vrdb_plate_type: None,
            vrdb_car_model: None,
            vrdb_usage: None,
            vrdb_seqno: None,
        }
    }
}

check!(Car {
    plate_no "plateNo", plate_color "plateColor", car_color "carColor",
    license_plate_type "licensePlateType", car_model "carModel",
    car_logo "carLogo", eid_equiped "eidEquiped", vrdb_no "vrdb_no",
    vrdb_plate_type "vrdb_plateType", vrdb_car_model "vrdb_carModel",
    vrdb_usage "vrdb_usage", vrdb_seqno "vrdb_seqno",
}; tag);

fn tag(car: &Car, v: &mut Violations) {
    if car.eid_equiped {
        for (present, field) in [
            (given(&car.vrdb_no), "vrdb_no"),
            (given(&car.vrdb_plate_type), "vrdb_plateType"),
            (given(&car.vrdb_car_model), "vrdb_carModel"),
            (given(&car.vrdb_usage), "vrdb_usage"),
            (given(&car.vrdb_seqno), "vrdb_seqno"),
        ] {
            if !present {
                v.add_at(
                    field,
                    Rule::Condition("required because the car has an electronic tag (eidEquiped)"),
                );
            }
        }
    }
    for (text, field) in [
        (car.vrdb_no.as_deref(), "vrdb_no"),
        (car.vrdb_plate_type.as_deref(), "vrdb_plateType"),
        (car.vrdb_car_model.as_deref(), "vrdb_carModel"),
        (car.vrdb_usage.as_deref(), "vrdb_usage"),
    ] {
        if text.is_some_and(|text| !text.bytes().all(|digit| matches!(digit, b'0' | b'1'))) {
            v.add_at(
                field,
                Rule::Range {
                    expected: "binary digits",
                },
            );
        }
    }
    if let Some(seqno) = car.vrdb_seqno.as_deref().filter(|seqno| !seqno.is_empty())
        && !is_tag_serial(seqno)
    {
        v.add_at(
            "vrdb_seqno",
            Rule::Range {
                expected: "12 digits and their GB 11643 check character",
            },
        );
    }
}

fn is_tag_serial(seqno: &str) -> bool {
    seqno.len() == 13
        && seqno.is_char_boundary(12)
        && check_character(&seqno[..12])
            .is_some_and(|check| seqno[12..] == *check.encode_utf8(&mut [0; 4]))
}

/// The check character that GB 11643 (ISO 7064, MOD 11-2) puts behind `digits`: a digit or `X`.
/// `None` if they are not all digits.
///
/// ```
/// assert_eq!(sztc_proto::model::check_character("11010519491231002"), Some('X'));
/// ```
pub fn check_character(digits: &str) -> Option<char> {
    let sum = digits.chars().try_fold(0, |sum, digit| {
        digit
            .to_digit(10)
            .filter(|_| digit.is_ascii())
            .map(|digit| (sum + digit) * 2 % 11)
    })?;
    match (12 - sum) % 11 {
        10 => Some('X'),
        check => char::from_digit(check, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::Check;

    fn found(car: &Car) -> Vec<String> {
        let mut v = Violations::default();
        car.check(&mut v);
        v.list()
            .iter()
            .map(|violation| violation.path.clone())
            .collect()
    }

    #[test]
    fn a_tagged_car_needs_all_five_tag_fields() {
        let mut car = Car {
            eid_equiped: true,
            ..Car::new("粤B88888")
        };
        assert_eq!(
            found(&car),
            [
                "vrdb_no",
                "vrdb_plateType",
                "vrdb_carModel",
                "vrdb_usage",
                "vrdb_seqno"
            ]
        );
        car.vrdb_no = Some("01".repeat(24).into());
        car.vrdb_plate_type = Some("0101".into());
        car.vrdb_car_model = Some("010101010".into());
        car.vrdb_usage = Some("2000".into());
        car.vrdb_seqno = Some("4412300456015".into());
        assert_eq!(found(&car), ["vrdb_usage"]);
        for (wrong, ok) in [
            ("4412300456014", false),
            ("441230045601", false),
            ("441230045601粤", false),
            ("441230045604X", true),
        ] {
            car.vrdb_seqno = Some(wrong.into());
            assert_eq!(
                !found(&car).contains(&"vrdb_seqno".to_owned()),
                ok,
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_check_character_is_that_of_the_identity_card() {
        for (digits, check) in [
            ("11010519491231002", Some('X')),
            ("441230045601", Some('5')),
            ("12a", None),
            ("１２", None),
        ] {
            assert_eq!(check_character(digits), check, "{digits}");
        }
    }
}
