use crate::{AsText, Embedded, code::CarType};
use park_core::{AnyText, DateTime, Rule, Violations, check, given};
use serde::{Deserialize, Serialize};

/// Request of 3.1: a card of regular cars as it is now (内部车辆更新提交), `PostCarCard`; at first
/// every valid card, then what changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardReport {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// The card's number (内部车卡片编号); text here, a number in the downward part.
    pub card_id: AnyText,
    /// Its holder (业主名称).
    pub user_name: AnyText,
    /// The holder's phone (业主手机号). Absent: not known; adding a card does not need it either.
    pub tel_phone: Option<AnyText>,
    /// Kind of car (车辆类型), appendix 1.1; a number written as text.
    pub car_type: AsText<CarType>,
    /// From when on the card is valid (卡片起始有效期).
    pub valid_from: DateTime,
    /// Until when (卡片结束有效期).
    pub valid_to: DateTime,
    /// Its cars (plateDetails), JSON text in a string.
    pub plate_details: Embedded<Vec<CardCar>>,
}

check!(CardReport {
    park_code "parkCode", card_id "cardId", user_name "userName", tel_phone "telPhone",
    car_type "carType", valid_from "validFrom",
    valid_to "validTo", plate_details "plateDetails",
});

/// A car of a card, entry of `plateDetails` of 3.1. One of the two is given; that only one may be
/// is said in the downward part alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardCar {
    /// Plate number (车牌号). Absent or empty: see `etc_no`.
    pub plate_no: Option<AnyText>,
    /// ETC or card number (ETC号或者卡号). Absent or empty: see `plate_no`.
    pub etc_no: Option<AnyText>,
}

check!(CardCar { plate_no "plateNo", etc_no "etcNo" }; plate_or_etc);

fn plate_or_etc(car: &CardCar, v: &mut Violations) {
    if !given(&car.plate_no) && !given(&car.etc_no) {
        v.add_at("plateNo", Rule::Condition("one of plateNo, etcNo"));
    }
}

impl CardCar {
    /// The car with this plate.
    pub fn plate(plate_no: impl Into<AnyText>) -> Self {
        Self {
            plate_no: Some(plate_no.into()),
            etc_no: None,
        }
    }

    /// The car with this ETC or card number.
    pub fn etc(etc_no: impl Into<AnyText>) -> Self {
        Self {
            plate_no: None,
            etc_no: Some(etc_no.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Violation};

    #[test]
    fn a_car_of_a_card_has_a_plate_or_an_etc_number() {
        for (plate_no, etc_no, ok) in [
            (None, None, false),
            (Some(""), Some(""), false),
            (Some("闽D02000"), Some(""), true),
            (None, Some("AJSD5646SD"), true),
            (Some("闽D02000"), Some("AJSD5646SD"), true),
        ] {
            let car = CardCar {
                plate_no: plate_no.map(Into::into),
                etc_no: etc_no.map(Into::into),
            };
            let mut violations = Violations::default();
            violations.at("plateDetails", |v| Embedded::from(vec![car]).check(v));
            let broken = [Violation::new(
                "plateDetails[0].plateNo",
                Rule::Condition("one of plateNo, etcNo"),
            )];
            assert_eq!(
                violations.list(),
                if ok { &[][..] } else { &broken },
                "{plate_no:?} {etc_no:?}"
            );
        }
        assert_eq!(CardCar::etc("1").etc_no, Some("1".into()));
    }
}
