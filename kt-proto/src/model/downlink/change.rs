use super::{known_entry, paging};
use crate::{
    Fen, OrEmpty,
    code::{ChangeChannel, ChangeState},
};
use park_core::{AnyText, DateTime, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of 3.5: what change a payment machine owes (找零信息查询), `GetPayChargeInfo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Number of the change order (找零订单号), as the change page got it.
    pub order_no: AnyText,
}

check!(ChangeQuery { park_code "parkCode", order_no "orderNo" });

/// Reply of 3.5. The document prints it under `resMsg`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeDue {
    /// Number of the change order (订单号), as asked.
    pub order_no: AnyText,
    /// Plate number (车牌号码).
    pub plate_no: Option<AnyText>,
    /// Number of the card or ticket (卡号/票号).
    pub card_no: Option<AnyText>,
    /// When the car came (入场时间); see [`Self::entered`].
    pub come_time: Option<DateTime>,
    /// What had to be paid in cash (现金应缴金额), fen.
    pub pay_money: Fen,
    /// What the driver put in (车主投币金额), fen.
    pub paid_amount: Fen,
    /// Whether change was given (是否找零).
    pub if_charge: ChangeState,
}

impl ChangeDue {
    /// The order, what it costs, what was paid, and whether change is owed.
    pub fn new(
        order_no: impl Into<AnyText>,
        pay_money: Fen,
        paid_amount: Fen,
        if_charge: ChangeState,
    ) -> Self {
        Self {
            order_no: order_no.into(),
            plate_no: None,
            card_no: None,
            come_time: None,
            pay_money,
            paid_amount,
            if_charge,
        }
    }

    /// The change: what was put in beyond what had to be paid; nothing once it was given.
    pub fn change(&self) -> Fen {
        change(self.pay_money, self.paid_amount, self.if_charge)
    }

    /// When the car came, if the lot knows it.
    pub fn entered(&self) -> Option<DateTime> {
        known_entry(self.come_time)
    }
}

check!(ChangeDue {
    order_no "orderNo", plate_no "plateNo", card_no "cardNo", come_time "comeTime",
    pay_money "payMoney", paid_amount "paidAmount",
    if_charge "ifCharge",
});

/// The third party computes the change itself (自行计算找零金额, part one, 7).
fn change(pay_money: Fen, paid_amount: Fen, state: ChangeState) -> Fen {
    match state {
        ChangeState::GIVEN => Fen(0),
        _ => Fen(paid_amount.0.saturating_sub(pay_money.0).max(0)),
    }
}

/// Request of 3.6: change was given (找零成功通知), `PayChargeNotice`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeNotice {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Number of the change order (找零订单号).
    pub order_no: AnyText,
    /// How it was given (找零类型).
    pub charge_type: ChangeChannel,
    /// The driver's account at WeChat or Alipay (用户微信账号或支付宝账号).
    #[serde(rename = "UserAccount")]
    pub user_account: Option<AnyText>,
}

check!(ChangeNotice { park_code "parkCode", order_no "orderNo", charge_type "chargeType",
    user_account "UserAccount" });

/// Reply of 3.6.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeNoticeReply {
    /// Number of the change order (订单号), as told.
    pub order_no: Option<AnyText>,
}

impl ChangeNoticeReply {
    /// The order whose change was given; [`default`](Self::default) leaves it out.
    pub fn new(order_no: impl Into<AnyText>) -> Self {
        Self {
            order_no: Some(order_no.into()),
        }
    }
}

check!(ChangeNoticeReply { order_no "orderNo" });

/// Request of 3.7: change given in a span of time, and all that is still owed (找零数据查询),
/// `PayChargeReport`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeReportQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// From when (开始时间).
    pub start_time: DateTime,
    /// Until when (结束时间).
    pub end_time: DateTime,
    /// Which page (页码), from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub page_index: i64,
    /// Entries on a page (每页数量), 1 or more.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub page_count: i64,
}

check!(ChangeReportQuery {
    park_code "parkCode", start_time "startTime", end_time "endTime", page_index "pageIndex",
    page_count "pageCount",
}; report_pages);

fn report_pages(query: &ChangeReportQuery, v: &mut Violations) {
    paging(query.page_index, query.page_count, v);
}

/// Change given or owed, an entry of the reply of 3.7. The document prints the reply under
/// `resMsg`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeRecord {
    /// Number of the change order (找零订单号).
    pub order_no: AnyText,
    /// Plate number (车牌号).
    pub plate_no: Option<AnyText>,
    /// Card number (卡号).
    pub card_no: Option<AnyText>,
    /// When the car came (入场时间); see [`Self::entered`].
    pub entry_time: Option<DateTime>,
    /// What had to be paid in cash (现金应缴金额), fen.
    pub pay_money: Fen,
    /// What the driver put in (车主投币金额), fen.
    pub paid_amount: Fen,
    /// Whether change was given (是否已找零).
    pub if_charge: ChangeState,
    /// How it was given (找零类型).
    pub charge_type: Option<ChangeChannel>,
    /// The driver's account at WeChat or Alipay (用户微信账号或支付宝账号).
    #[serde(rename = "UserAccount")]
    pub user_account: Option<AnyText>,
    /// When the driver put the money in (投币时间).
    pub paid_time: Option<DateTime>,
    /// When change was given (找零时间); empty while it was not.
    pub charge_time: Option<OrEmpty<DateTime>>,
    /// A remark (备注).
    pub remark: Option<AnyText>,
}

impl ChangeRecord {
    /// The order, what it costs, what was paid, and whether change was given.
    pub fn new(
        order_no: impl Into<AnyText>,
        pay_money: Fen,
        paid_amount: Fen,
        if_charge: ChangeState,
    ) -> Self {
        Self {
            order_no: order_no.into(),
            plate_no: None,
            card_no: None,
            entry_time: None,
            pay_money,
            paid_amount,
            if_charge,
            charge_type: None,
            user_account: None,
            paid_time: None,
            charge_time: None,
            remark: None,
        }
    }

    /// The change still owed: what was put in beyond what had to be paid; nothing once it was
    /// given.
    pub fn change(&self) -> Fen {
        change(self.pay_money, self.paid_amount, self.if_charge)
    }

    /// When the car came, if the lot knows it.
    pub fn entered(&self) -> Option<DateTime> {
        known_entry(self.entry_time)
    }
}

check!(ChangeRecord {
    order_no "orderNo", plate_no "plateNo", card_no "cardNo", entry_time "entryTime",
    pay_money "payMoney", paid_amount "paidAmount",
    if_charge "ifCharge", charge_type "chargeType", user_account "UserAccount",
    paid_time "paidTime", charge_time "chargeTime", remark "remark",
});

#[cfg(test)]
mod tests {
    use super::{super::broken, *};

    #[test]
    fn change_is_what_was_put_in_beyond_the_fee_until_it_is_given() {
        for (pay, paid, state, owed) in [
            (1100, 15000, 0, 13900),
            (1100, 15000, 1, 0),
            (1500, 1200, 0, 0),
            (i64::MIN, i64::MAX, 0, i64::MAX),
        ] {
            let mut due: ChangeDue =
                serde_json::from_str(r#"{"orderNo":"7","payMoney":0,"paidAmount":0,"ifCharge":0}"#)
                    .expect("change");
            (due.pay_money, due.paid_amount, due.if_charge) =
                (Fen(pay), Fen(paid), ChangeState(state));
            let mut record: ChangeRecord =
                serde_json::from_str(r#"{"orderNo":"7","payMoney":0,"paidAmount":0,"ifCharge":0}"#)
                    .expect("change");
            (record.pay_money, record.paid_amount, record.if_charge) =
                (Fen(pay), Fen(paid), ChangeState(state));
            assert_eq!(
                (due.change(), record.change()),
                (Fen(owed), Fen(owed)),
                "{pay} {paid} {state}"
            );
        }
    }

    #[test]
    fn an_entry_time_of_1972_is_none() {
        for (text, known) in [
            ("1972-01-01 00:00:00", false),
            ("2019-01-01 00:00:00", true),
        ] {
            let due: ChangeDue = serde_json::from_str(&format!(
                r#"{{"orderNo":"7","comeTime":"{text}","payMoney":0,"paidAmount":0,"ifCharge":0}}"#
            ))
            .expect("change");
            let record: ChangeRecord = serde_json::from_str(&format!(
                r#"{{"orderNo":"7","entryTime":"{text}","payMoney":0,"paidAmount":0,"ifCharge":0}}"#
            ))
            .expect("change");
            assert_eq!(
                (due.entered().is_some(), record.entered().is_some()),
                (known, known)
            );
        }
    }

    #[test]
    fn the_pages_of_the_report_count_from_1() {
        let day: DateTime = "2019-01-01 00:00:00".parse().expect("a time");
        for (index, count, ok) in [(1, 1, true), (0, 1, false), (1, 0, false)] {
            let query = ChangeReportQuery {
                park_code: "1".into(),
                start_time: day,
                end_time: day,
                page_index: index,
                page_count: count,
            };
            assert_eq!(broken(&query).is_empty(), ok);
        }
    }
}
