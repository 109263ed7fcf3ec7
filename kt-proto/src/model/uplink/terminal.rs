use crate::{
    Fen, KtDateTime, Seconds,
    code::{CarType, PaidType, TerminalPayType, TerminalType},
};
use park_core::{AnyText, check};
use serde::{Deserialize, Serialize};

/// Request of 2.7: a payment at a terminal (终端支付明细), `PostCarBillDetail`. The table names no
/// units: fen and seconds are those of 2.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TerminalPayment {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: AnyText,
    /// The ticket taken, or the card of a car without a plate (入场取票号/无牌车入场的卡号).
    /// Absent: neither.
    pub card_no: Option<AnyText>,
    /// Kind of car (车辆类型), appendix 1.1.
    pub car_type: CarType,
    /// When it came in (入场时间). Absent: not known; this table alone does not forbid it.
    pub entry_time: Option<KtDateTime>,
    /// When it left (出场时间). Absent: it is still in the lot.
    pub leave_time: Option<KtDateTime>,
    /// What had to be paid (应收金额).
    pub total_money: Fen,
    /// What was paid (实收金额).
    pub pay_money: Fen,
    /// What was remitted (免费金额).
    pub free_money: Fen,
    /// Change that the pay station owes (待找零金额).
    pub self_total: Fen,
    /// Change that the pay station gave (已找零金额).
    pub self_pay: Fen,
    /// Money deducted by tickets (抵扣金额).
    pub ticket_money: Fen,
    /// Time deducted by tickets (抵扣时长).
    pub ticket_time: Seconds,
    /// How many tickets that were (抵扣张数).
    pub ticket_num: i64,
    /// Where it was paid (终端类型), appendix 1.3.
    pub terminal_type: TerminalType,
    /// How it was paid (支付方式), appendix 1.4.
    pub pay_type: TerminalPayType,
    /// When it was paid (支付时间).
    pub pay_time: KtDateTime,
    /// How the payment came about (收费方式).
    pub paid_type: PaidType,
    /// Order number or anything else worth noting (缴费备注). Absent: nothing.
    pub remark: Option<AnyText>,
}

check!(TerminalPayment {
    park_code "parkCode", plate_no "plateNo", card_no "cardNo", car_type "carType",
    entry_time "entryTime", leave_time "leaveTime",
    total_money "totalMoney", pay_money "payMoney", free_money "freeMoney", self_total "selfTotal",
    self_pay "selfPay",
    ticket_money "ticketMoney", ticket_time "ticketTime", ticket_num "ticketNum",
    terminal_type "terminalType", pay_type "payType",
    pay_time "payTime", paid_type "paidType", remark "remark",
});
