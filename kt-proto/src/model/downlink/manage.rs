use crate::code::{DeviceKey, GateCommand};
use park_core::{AnyText, Rule, Violations, check};
use serde::{Deserialize, Serialize};

/// A card number of 2.1 has more characters than this (卡号长度必须大于12位).
pub const SHORT_CARD: usize = 12;

/// Request of 2.1: let a car without plate in or out (无牌车出入场), `OnlineCarInOut`; its driver
/// scanned the code at the entrance or exit.
///
/// At an exit ask [`BillQuery::by_card`](crate::model::BillQuery::by_card) (3.1) first: while a fee
/// is due the barrier stays closed. The same card number has to come at entry and exit of one stay,
/// and no other car inside may have it; [`Unlicensed`](crate::model::Unlicensed) keeps book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardPassage {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// The device at the entrance or exit (设备编码).
    pub device_code: AnyText,
    /// Whether that is a code or an IP address (设备标识).
    pub device_type: Option<DeviceKey>,
    /// What stands for the plate (无牌车绑定的卡号), such as an openId; more than 12 characters.
    pub card_no: AnyText,
}

check!(CardPassage { park_code "parkCode", device_code "deviceCode", device_type "deviceType",
    card_no "cardNo" }; long_card);

fn long_card(passage: &CardPassage, v: &mut Violations) {
    let found = passage.card_no.chars().count();
    if found <= SHORT_CARD {
        v.add_at(
            "cardNo",
            Rule::TooShort {
                min: SHORT_CARD + 1,
                found,
            },
        );
    }
}

/// Request of 2.2: set the number of free spaces shown (空闲车位修改), `ModifyFreeSpace`; one row
/// of the display at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FreeSpaceChange {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// The area (区域编号). Absent: the first row, see [`Self::row`].
    pub area_code: Option<i64>,
    /// Free spaces (剩余车位数).
    pub free_space_num: i64,
}

impl FreeSpaceChange {
    /// The row of a display that it changes, given the areas of all rows in their order: that of
    /// its area, or the first without one.
    pub fn row(&self, areas: &[i64]) -> Option<usize> {
        match self.area_code {
            None => (!areas.is_empty()).then_some(0),
            Some(code) => areas.iter().position(|area| *area == code),
        }
    }
}

check!(FreeSpaceChange { park_code "parkCode", area_code "areaCode",
    free_space_num "freeSpaceNum" });

/// Request of 2.3: move a barrier (道闸控制), `GateControl`. No logic of entry or exit runs: no
/// record, no fee, no free space. Use with care.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GateOrder {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Code or IP address of the device (设备编码/设备Ip).
    pub device_code: AnyText,
    /// Which of the two (设备标识).
    pub device_type: Option<DeviceKey>,
    /// What the barrier does (控制类型).
    pub control_type: GateCommand,
}

check!(GateOrder { park_code "parkCode", device_code "deviceCode", device_type "deviceType",
    control_type "controlType" });

/// Request of 2.4: show a text on a display (显示屏信息推送), `ShowLedMsg`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LedMessage {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Code or IP address of the device (设备编码/设备Ip).
    pub device_code: AnyText,
    /// Which of the two (设备标识).
    pub device_type: Option<DeviceKey>,
    /// What to show (待推送的信息); `|` stands between segments, see [`Self::show`].
    pub show_info: AnyText,
}

impl LedMessage {
    /// Shows `segments` one after the other. A `|` inside one divides it again: the document has no
    /// way to write it.
    pub fn show<S: AsRef<str>>(
        park_code: impl Into<AnyText>,
        device_code: impl Into<AnyText>,
        segments: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut show_info = String::new();
        for (index, segment) in segments.into_iter().enumerate() {
            if index > 0 {
                show_info.push('|');
            }
            show_info.push_str(segment.as_ref());
        }
        Self {
            park_code: park_code.into(),
            device_code: device_code.into(),
            device_type: Some(DeviceKey::CODE),
            show_info: show_info.into(),
        }
    }

    /// The segments, in the order in which the display gets them.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.show_info.split('|')
    }
}

check!(LedMessage { park_code "parkCode", device_code "deviceCode", device_type "deviceType",
    show_info "showInfo" });

/// Request of 2.5: a car that is inside pays without password from this stay on (免密支付车辆签约),
/// `RecordDensityPay`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutoPaySignUp {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号码).
    pub plate_no: AnyText,
}

check!(AutoPaySignUp { park_code "parkCode", plate_no "plateNo" });

/// Request of `GetPhoto`: take a picture (相机拍照), printed after the appendix. No logic of entry
/// or exit runs. Use with care.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PhotoOrder {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Code or IP address of the device (设备编码/设备Ip).
    pub device_code: AnyText,
    /// Which of the two (设备标识).
    pub device_type: Option<DeviceKey>,
}

check!(PhotoOrder { park_code "parkCode", device_code "deviceCode", device_type "deviceType" });

/// Reply of `GetPhoto`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Photo {
    /// Address of the picture (图片地址).
    pub image_url: AnyText,
}

impl Photo {
    /// Where the picture is.
    pub fn new(image_url: impl Into<AnyText>) -> Self {
        Self {
            image_url: image_url.into(),
        }
    }
}

check!(Photo { image_url "imageUrl" });

#[cfg(test)]
mod tests {
    use super::{super::broken, *};

    #[test]
    fn a_card_number_has_more_than_12_characters() {
        for (card, found) in [
            ("1234567890123", None),
            ("无牌车无牌车无牌车无牌车无", None),
            (
                "123456789012",
                Some("cardNo: 12 characters, at least 13 needed"),
            ),
        ] {
            let passage = CardPassage {
                park_code: "1".into(),
                device_code: "7".into(),
                device_type: None,
                card_no: card.into(),
            };
            assert_eq!(
                broken(&passage),
                found.map(str::to_owned).into_iter().collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn without_area_the_first_row_is_changed() {
        for (area_code, areas, row) in [
            (None, &[7, 3][..], Some(0)),
            (Some(3), &[7, 3], Some(1)),
            (Some(4), &[7, 3], None),
            (None, &[], None),
        ] {
            let change = FreeSpaceChange {
                park_code: "1".into(),
                area_code,
                free_space_num: 0,
            };
            assert_eq!((change.row(areas), broken(&change)), (row, vec![]));
        }
    }

    #[test]
    fn a_barrier_knows_four_commands() {
        let known: Vec<i32> = (-1..20)
            .filter(|code| {
                let order = GateOrder {
                    park_code: "1".into(),
                    device_code: "7".into(),
                    device_type: Some(DeviceKey::IP),
                    control_type: GateCommand(*code),
                };
                broken(&order).is_empty()
            })
            .collect();
        assert_eq!(known, [1, 2, 11, 12]);
    }

    #[test]
    fn a_bar_divides_what_a_display_shows() {
        let message = LedMessage::show("1", "7", ["ABC", "DEF"]);
        assert_eq!(message.show_info, "ABC|DEF");
        assert_eq!(message.segments().collect::<Vec<_>>(), ["ABC", "DEF"]);
        assert_eq!(
            LedMessage::show("1", "7", ["余位 3"])
                .segments()
                .collect::<Vec<_>>(),
            ["余位 3"]
        );
        assert_eq!(
            broken(&LedMessage::show("1", "7", [""; 0])),
            ["showInfo: required, but absent or empty"]
        );
    }
}
