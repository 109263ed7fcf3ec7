use crate::{
    Fen, KtDateTime, Picture, Seconds,
    code::{AutoPay, CarType, ExitPayType, PlateColor, VehicleSize},
};
use park_core::{AnyText, check};
use serde::{Deserialize, Serialize};

/// Request of 2.1: a car came in (入场数据提交), `PostCarInInfo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntryReport {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: AnyText,
    /// The ticket taken, or the card of a car without a plate (入场取票号/无牌车入场的卡号).
    /// Absent: neither.
    pub card_no: Option<AnyText>,
    /// When it came in (入场时间).
    pub entry_time: KtDateTime,
    /// Where: the entry's name, its IP address or its device's code (入口名称/入口ip/入口设备编码).
    pub entry_place: AnyText,
    /// The picture taken (入口抓拍图片). Absent: the lot is set up to send none.
    pub img_name: Option<Picture>,
    /// How large the car is (车辆类型). Absent: not recognised, which the list has no value for.
    pub vpl_type: Option<VehicleSize>,
    /// Colour of the plate (车牌颜色). Absent: not recognised, which the list has no value for.
    pub vpl_color: Option<PlateColor>,
}

check!(EntryReport {
    park_code "parkCode", plate_no "plateNo", card_no "cardNo", entry_time "entryTime",
    entry_place "entryPlace", img_name "imgName",
    vpl_type "vplType", vpl_color "vplColor",
});

impl EntryReport {
    /// The entry of a car, with what every entry has.
    pub fn new(
        park_code: impl Into<AnyText>,
        plate_no: impl Into<AnyText>,
        entry_time: impl Into<KtDateTime>,
        entry_place: impl Into<AnyText>,
    ) -> Self {
        Self {
            park_code: park_code.into(),
            plate_no: plate_no.into(),
            card_no: None,
            entry_time: entry_time.into(),
            entry_place: entry_place.into(),
            img_name: None,
            vpl_type: None,
            vpl_color: None,
        }
    }
}

/// Reply of 2.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntryReply {
    /// Whether the fee of this car can be debited (是否开通免密支付/自动扣费). If so, its exit asks
    /// for that by 2.2. The table spells it so.
    #[serde(rename = "IsDensityPay")]
    pub is_density_pay: AutoPay,
}

impl EntryReply {
    /// Whether the fee can be debited.
    pub fn new(is_density_pay: AutoPay) -> Self {
        Self { is_density_pay }
    }
}

check!(EntryReply { is_density_pay "IsDensityPay" });

/// Request of 2.2: debit the fee of a car that stands at the exit (免密支付数据提交),
/// `PostCarOutInfo`.
///
/// If no answer comes and the driver pays otherwise, the lot takes it back with [`AutoPayReversal`]
/// (2.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutoPayRequest {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: AnyText,
    /// The ticket taken, or the card of a car without a plate (入场取票号/无牌车入场的卡号).
    /// Absent: neither.
    pub card_no: Option<AnyText>,
    /// When it came in (入场时间).
    pub entry_time: KtDateTime,
    /// When it leaves (出场时间).
    pub leave_time: KtDateTime,
    /// What it has to pay (应收金额).
    pub total_money: Fen,
    /// Where: the exit's name, its IP address or its device's code (出口名称/出口ip/出口设备编码).
    pub leave_place: AnyText,
    /// The picture taken (出口抓拍图片). Absent: the lot is set up to send none.
    pub img_name: Option<Picture>,
}

check!(AutoPayRequest {
    park_code "parkCode", plate_no "plateNo", card_no "cardNo", entry_time "entryTime",
    leave_time "leaveTime", total_money "totalMoney",
    leave_place "leavePlace", img_name "imgName",
});

/// Reply of 2.2. The document's sample calls its field `deductMoney`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutoPayReply {
    /// How much was debited or deducted online (线上自动扣款/抵扣金额).
    pub density_money: Fen,
}

impl AutoPayReply {
    /// What was debited.
    pub fn new(density_money: Fen) -> Self {
        Self { density_money }
    }
}

check!(AutoPayReply { density_money "densityMoney" });

/// Request of 2.3: a car left, and what was paid for it at the exit (出场数据提交),
/// `PostPayDetail`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExitReport {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: AnyText,
    /// The ticket taken, or the card of a car without a plate (入场取票号/无牌车入场的卡号).
    /// Absent: neither.
    pub card_no: Option<AnyText>,
    /// When it came in (入场时间).
    pub entry_time: KtDateTime,
    /// When it left (出场时间).
    pub leave_time: KtDateTime,
    /// What was paid before (提前缴费金额).
    pub pre_money: Fen,
    /// What was paid at the booth or pay station of the exit (岗亭或出口缴费机 收费金额).
    pub pay_money: Fen,
    /// How that was paid (出口支付方式), appendix 1.2.
    pub pay_type: ExitPayType,
    /// Money deducted by tickets (抵扣金额). Absent: none.
    pub ticket_money: Option<Fen>,
    /// Time deducted by tickets (抵扣时间). Absent: none.
    pub ticket_time: Option<Seconds>,
    /// Money remitted (免费金额). Absent: none.
    pub free_money: Option<Fen>,
    /// Kind of car (车辆类型), appendix 1.1.
    pub car_type: CarType,
    /// Where: the exit's name, its IP address or its device's code (出口名称/出口ip/设备编码).
    pub leave_place: AnyText,
    /// The picture taken (出口抓拍图片). Absent: the lot is set up to send none.
    pub img_name: Option<Picture>,
}

check!(ExitReport {
    park_code "parkCode", plate_no "plateNo", card_no "cardNo", entry_time "entryTime",
    leave_time "leaveTime", pre_money "preMoney",
    pay_money "payMoney", pay_type "payType", ticket_money "ticketMoney", ticket_time "ticketTime",
    free_money "freeMoney", car_type "carType",
    leave_place "leavePlace", img_name "imgName",
});

/// Request of 2.4: a car came in that stands on the third party's blacklist (入场黑名单提交),
/// `PostBlackInInfo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlacklistedEntry {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Its entry of the blacklist (黑名单编号).
    pub black_id: i64,
    /// Plate number (车牌号码).
    pub plate_no: AnyText,
    /// Why it stands there (黑名单原因). Absent: not noted.
    pub remark: Option<AnyText>,
    /// Where: the entry's name, its IP address or its device's code (入口名称/入口ip/入口设备编码).
    /// The table makes it a number, which cannot hold these.
    pub entry_place: AnyText,
    /// When it came in (入场时间).
    pub entry_time: KtDateTime,
}

check!(BlacklistedEntry {
    park_code "parkCode", black_id "blackId", plate_no "plateNo", remark "remark",
    entry_place "entryPlace", entry_time "entryTime",
});

/// Request of 2.6: take back a debit of 2.2 that the lot does not know the outcome of
/// (免密支付/自动扣费冲正上报), `PostCarCorrect`.
///
/// The driver paid otherwise and left; if the third party did debit the fee, it has to pay it back
/// or have it looked into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutoPayReversal {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: AnyText,
    /// When it came in (入场时间).
    pub entry_time: KtDateTime,
    /// When it left (出场时间).
    pub leave_time: KtDateTime,
    /// What it had to pay (应收金额).
    pub total_money: Fen,
    /// The exit (出口).
    pub leave_place: AnyText,
    /// The picture taken (出口抓拍图片); in the sample only, the table lacks it.
    pub img_name: Option<Picture>,
}

check!(AutoPayReversal {
    park_code "parkCode", plate_no "plateNo", entry_time "entryTime", leave_time "leaveTime",
    total_money "totalMoney", leave_place "leavePlace",
    img_name "imgName",
});

impl AutoPayReversal {
    /// Takes back `request`, with the same car, times, fee and exit, without a picture.
    pub fn of(request: &AutoPayRequest) -> Self {
        Self {
            park_code: request.park_code.clone(),
            plate_no: request.plate_no.clone(),
            entry_time: request.entry_time,
            leave_time: request.leave_time,
            total_money: request.total_money,
            leave_place: request.leave_place.clone(),
            img_name: None,
        }
    }
}
