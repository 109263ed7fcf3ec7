use super::not_negative;
use crate::{
    Embedded, Fen, FenText, Minutes, OrEmpty, Seconds,
    code::{OrderStatus, PaidAt, PaidWith, ReductionSource},
};
use park_core::{AnyText, DateTime, Rule, Violations, check, chrono::TimeDelta, given};
use serde::{Deserialize, Serialize};

/// How long an unpaid bill of 3.1 counts (未完成订单默认5分钟后过期); after that ask for a new one.
pub const BILL_LIFETIME: Minutes = Minutes(5);

/// How long a driver has to leave after paying, where 3.1 does not tell (默认：15分钟).
pub const DEFAULT_DELAY: Minutes = Minutes(15);

/// Request of 3.1: what a car has to pay (停车费(账单)查询), `GetParkingPaymentInfo`; by one of
/// plate, card and device, for which there is one constructor each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BillQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: Option<AnyText>,
    /// Ticket number, or card number of a car without plate (入场取票号/无牌车入场的卡号).
    pub card_no: Option<AnyText>,
    /// The device at an exit (设备编码), for the car that stands there; only if its plate was
    /// recognised, never for a car without plate.
    pub device_code: Option<AnyText>,
}

impl BillQuery {
    fn of(park_code: impl Into<AnyText>) -> Self {
        Self {
            park_code: park_code.into(),
            plate_no: None,
            card_no: None,
            device_code: None,
        }
    }

    /// The bill of a plate.
    pub fn by_plate(park_code: impl Into<AnyText>, plate_no: impl Into<AnyText>) -> Self {
        Self {
            plate_no: Some(plate_no.into()),
            ..Self::of(park_code)
        }
    }

    /// The bill of a ticket, or of a car without plate that came in with this card number.
    pub fn by_card(park_code: impl Into<AnyText>, card_no: impl Into<AnyText>) -> Self {
        Self {
            card_no: Some(card_no.into()),
            ..Self::of(park_code)
        }
    }

    /// The bill of the car that stands at an exit and whose plate was recognised.
    pub fn at_exit(park_code: impl Into<AnyText>, device_code: impl Into<AnyText>) -> Self {
        Self {
            device_code: Some(device_code.into()),
            ..Self::of(park_code)
        }
    }
}

check!(BillQuery { park_code "parkCode", plate_no "plateNo", card_no "cardNo",
    device_code "deviceCode" }; one_car);

fn one_car(query: &BillQuery, v: &mut Violations) {
    if [&query.plate_no, &query.card_no, &query.device_code]
        .into_iter()
        .filter(|text| given(text))
        .count()
        != 1
    {
        v.add_at(
            "plateNo",
            Rule::Condition("one of plateNo, cardNo, deviceCode"),
        );
    }
}

/// Reply of 3.1: the bill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// Number of the order (账单号), to pay it with in 3.2.
    pub order_no: AnyText,
    /// Plate number (车牌号).
    pub plate_no: Option<AnyText>,
    /// Number of the card or ticket (卡号、票号、惟一标识号).
    pub card_no: Option<AnyText>,
    /// When the car came (入场时间).
    pub entry_time: Option<DateTime>,
    /// When the bill was made (付款(查询费用)时间).
    pub pay_time: Option<DateTime>,
    /// How long the car has been inside (停车时长), minutes.
    pub elapsed_time: Option<Minutes>,
    /// Address of the picture taken at the entrance (停车入场图片).
    pub img_name: Option<AnyText>,
    /// What is to be paid now (应付金额), fen.
    pub payable: Fen,
    /// How long the driver has to leave after paying (延时出场的时间限制), minutes. Absent: see
    /// [`Self::delay`].
    pub delay_time: Option<Minutes>,
    /// The whole fee (总费用), fen; a number written as text.
    pub total_fee: Option<FenText>,
    /// What was paid before (已支付费用), fen; a number written as text.
    pub payed_fee: Option<FenText>,
    /// When the car leaves (出场时间); of a car inside the time of the query.
    pub out_time: Option<DateTime>,
}

impl Bill {
    /// An order and what there is to pay.
    pub fn new(order_no: impl Into<AnyText>, payable: Fen) -> Self {
        Self {
            order_no: order_no.into(),
            plate_no: None,
            card_no: None,
            entry_time: None,
            pay_time: None,
            elapsed_time: None,
            img_name: None,
            payable,
            delay_time: None,
            total_fee: None,
            payed_fee: None,
            out_time: None,
        }
    }

    /// How long the driver has to leave after paying: 15 minutes where the lot does not tell.
    pub fn delay(&self) -> Minutes {
        self.delay_time.unwrap_or(DEFAULT_DELAY)
    }

    /// Until when it can be paid: 5 minutes from when it was made, if the lot tells that.
    pub fn expires(&self) -> Option<DateTime> {
        let made = self.pay_time?.naive();
        made.checked_add_signed(TimeDelta::try_minutes(BILL_LIFETIME.0)?)
            .map(Into::into)
    }
}

check!(Bill {
    order_no "orderNo", plate_no "plateNo", card_no "cardNo", entry_time "entryTime",
    pay_time "payTime", elapsed_time "elapsedTime",
    img_name "imgName", payable "payable", delay_time "delayTime", total_fee "totalFee",
    payed_fee "payedFee", out_time "outTime",
});

/// Request of 3.2: a bill was paid (停车费支付(账单同步)), `PayParkingFee`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BillPayment {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Number of the order that the lot gave (车场提供的订单号); the platform keeps its own to
    /// itself.
    pub order_no: AnyText,
    /// What was paid (支付金额), fen.
    pub amount: Fen,
    /// What the lot's own campaigns took off (车场免费金额), fen; not what `free_money` and
    /// `free_time` take off.
    pub discount: Fen,
    /// Where it was paid (收费终端).
    pub pay_type: PaidAt,
    /// What it was paid with (付款方式); by default the same number as `pay_type`, of another list.
    pub pay_method: PaidWith,
    /// What was taken off in all (减免总金额), fen.
    pub free_money: Fen,
    /// What was taken off in all (减免总时长), minutes; in 3.3 a field of this name is in seconds.
    pub free_time: Minutes,
    /// What was taken off, one by one (减免详情); a JSON list inside a string. Empty or absent:
    /// nothing.
    pub free_detail: Option<OrEmpty<Embedded<Vec<Reduction>>>>,
}

check!(BillPayment {
    park_code "parkCode", order_no "orderNo", amount "amount", discount "discount",
    pay_type "payType", pay_method "payMethod",
    free_money "freeMoney", free_time "freeTime", free_detail "freeDetail",
}; nothing_taken_back);

fn nothing_taken_back(payment: &BillPayment, v: &mut Violations) {
    let fields = [
        ("amount", payment.amount.0),
        ("discount", payment.discount.0),
        ("freeMoney", payment.free_money.0),
        ("freeTime", payment.free_time.0),
    ];
    not_negative(fields, v);
}

/// One thing that took something off a fee, in `freeDetail` of 3.2. Types as in the document's
/// example; its table swaps number and text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Reduction {
    /// What took it off (抵扣来源).
    pub r#type: ReductionSource,
    /// How much (金额), fen.
    pub money: Fen,
    /// How long (时间); the document names no unit, the sum of these is `freeTime` in minutes.
    pub time: Minutes,
    /// Number of the member, voucher or receipt (会员id/抵扣券编号/购物小票号).
    pub code: AnyText,
}

check!(Reduction { r#type "type", money "money", time "time", code "code" });

/// Reply of 3.2.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BillPaymentReply {
    /// How long the car has been inside (总停车时间), minutes.
    pub parking_time: Option<Minutes>,
}

check!(BillPaymentReply { parking_time "parkingTime" });

/// Request of 3.3: take something off a fee without an order (停车优惠减免), `ParkingFree`. Not for
/// paying: it carries no amount that was paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParkingRelief {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号). Not together with `card_no`.
    pub plate_no: Option<AnyText>,
    /// Number of the card or ticket (卡号/票号). Not together with `plate_no`.
    pub card_no: Option<AnyText>,
    /// How much is taken off (优惠金额), fen.
    pub free_money: Option<Fen>,
    /// How long is taken off (优惠时间), seconds; in 3.2 a field of this name is in minutes.
    pub free_time: Option<Seconds>,
    /// Where it was granted (收费终端).
    pub pay_type: PaidAt,
    /// By what (付款方式); the remark speaks of an amount that this call does not have.
    pub pay_method: PaidWith,
    /// Details (优惠详情).
    pub remark: Option<AnyText>,
}

check!(ParkingRelief {
    park_code "parkCode", plate_no "plateNo", card_no "cardNo", free_money "freeMoney",
    free_time "freeTime", pay_type "payType",
    pay_method "payMethod", remark "remark",
}; plate_or_card, something_off);

fn something_off(relief: &ParkingRelief, v: &mut Violations) {
    let fields = [
        ("freeMoney", relief.free_money.map(|money| money.0)),
        ("freeTime", relief.free_time.map(|time| time.0)),
    ];
    if fields.iter().all(|(_, value)| value.is_none()) {
        v.add_at("freeMoney", Rule::Condition("freeMoney or freeTime"));
    }
    not_negative(
        fields
            .into_iter()
            .filter_map(|(field, value)| Some((field, value?))),
        v,
    );
}

fn plate_or_card(relief: &ParkingRelief, v: &mut Violations) {
    if given(&relief.plate_no) == given(&relief.card_no) {
        v.add_at("plateNo", Rule::Condition("one of plateNo, cardNo"));
    }
}

/// Reply of 3.3.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParkingReliefReply {
    /// Number of the lot's order (车场本地订单号).
    pub order_no: Option<AnyText>,
}

impl ParkingReliefReply {
    /// The order that costs less now; [`default`](Self::default) leaves it out.
    pub fn new(order_no: impl Into<AnyText>) -> Self {
        Self {
            order_no: Some(order_no.into()),
        }
    }
}

check!(ParkingReliefReply { order_no "orderNo" });

/// Request of 3.4: whether an order is paid (订单支付状态查询), `GetPaymentStatus`; an order of 3.1
/// or of a payment machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderStatusQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Number of the order (订单号).
    pub order_no: AnyText,
}

check!(OrderStatusQuery { park_code "parkCode", order_no "orderNo" });

/// Reply of 3.4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderStatusReply {
    /// Whether it is paid (订单状态).
    pub status: OrderStatus,
}

impl OrderStatusReply {
    /// Whether the order is paid.
    pub fn new(status: OrderStatus) -> Self {
        Self { status }
    }
}

check!(OrderStatusReply { status "status" });

#[cfg(test)]
mod tests {
    use super::{super::broken, *};

    #[test]
    fn a_bill_is_asked_for_by_exactly_one_thing() {
        for query in [
            BillQuery::by_plate("1", "A"),
            BillQuery::by_card("1", "A"),
            BillQuery::at_exit("1", "A"),
        ] {
            assert_eq!(broken(&query), [""; 0], "{query:?}");
        }
        for (plate, card, device, ok) in [
            (None, None, None, false),
            (Some(""), Some(""), Some(""), false),
            (Some("A"), Some(""), Some(""), true),
            (Some("A"), Some("B"), None, false),
            (None, Some("B"), Some("C"), false),
        ] {
            let query = BillQuery {
                park_code: "1".into(),
                plate_no: plate.map(Into::into),
                card_no: card.map(Into::into),
                device_code: device.map(Into::into),
            };
            assert_eq!(broken(&query).is_empty(), ok, "{query:?}");
        }
    }

    #[test]
    fn relief_is_for_a_plate_or_a_card() {
        for (plate, card, ok) in [
            (None, None, false),
            (Some("A"), None, true),
            (Some("A"), Some(""), true),
            (Some("A"), Some("B"), false),
        ] {
            let relief = ParkingRelief {
                park_code: "1".into(),
                plate_no: plate.map(Into::into),
                card_no: card.map(Into::into),
                free_money: Some(Fen(100)),
                free_time: None,
                pay_type: PaidAt::APP,
                pay_method: PaidWith::ALIPAY,
                remark: None,
            };
            assert_eq!(broken(&relief).is_empty(), ok, "{relief:?}");
        }
    }

    #[test]
    fn what_is_paid_and_taken_off_is_not_negative() {
        for (field, amounts) in [
            ("amount", [-1, 0, 0, 0]),
            ("discount", [0, -1, 0, 0]),
            ("freeMoney", [0, 0, i64::MIN, 0]),
            ("freeTime", [0, 0, 0, -1]),
            ("", [0; 4]),
        ] {
            let [amount, discount, free_money, free_time] = amounts;
            let payment = BillPayment {
                park_code: "1".into(),
                order_no: "2".into(),
                amount: Fen(amount),
                discount: Fen(discount),
                pay_type: PaidAt::APP,
                pay_method: PaidWith::ALIPAY,
                free_money: Fen(free_money),
                free_time: Minutes(free_time),
                free_detail: None,
            };
            let found = broken(&payment);
            assert_eq!(found.len(), usize::from(!field.is_empty()), "{found:?}");
            assert!(
                found
                    .iter()
                    .all(|rule| rule.starts_with(&format!("{field}: "))
                        && rule.contains("0 or more")),
                "{found:?}"
            );
        }
    }

    #[test]
    fn relief_takes_something_off() {
        for (money, time, fields) in [
            (None, None, &["freeMoney"][..]),
            (Some(0), None, &[]),
            (None, Some(60), &[]),
            (Some(100), Some(60), &[]),
            (Some(-1), None, &["freeMoney"]),
            (Some(-1), Some(-1), &["freeMoney", "freeTime"]),
        ] {
            let relief = ParkingRelief {
                park_code: "1".into(),
                plate_no: Some("A".into()),
                card_no: None,
                free_money: money.map(Fen),
                free_time: time.map(Seconds),
                pay_type: PaidAt::APP,
                pay_method: PaidWith::ALIPAY,
                remark: None,
            };
            let found = broken(&relief);
            let found: Vec<&str> = found
                .iter()
                .filter_map(|rule| rule.split(':').next())
                .collect();
            assert_eq!(found, fields, "{relief:?}");
        }
    }

    #[test]
    fn a_bill_expires_after_5_minutes_and_leaves_15_to_drive_out() {
        let mut bill: Bill = serde_json::from_str(
            r#"{"orderNo":"7","payable":22600,"payTime":"2018-12-31 23:57:30"}"#,
        )
        .expect("a bill");
        assert_eq!(
            bill.expires().map(|time| time.to_string()).as_deref(),
            Some("2019-01-01 00:02:30")
        );
        assert_eq!(bill.delay(), Minutes(15));
        (bill.pay_time, bill.delay_time) = (None, Some(Minutes(10)));
        assert_eq!((bill.expires(), bill.delay()), (None, Minutes(10)));
    }
}
