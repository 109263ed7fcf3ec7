use crate::{
    code::{AutoPaySupport, ChargeKind, DiscountKind, PayMethod},
    model::Car,
};
use park_core::{DateTime, Fixed, Money, Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// An order for parking (停车订单信息, parkOrder), Table 14. Request of 5007: please have it paid
/// (请求支付).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParkingOrder {
    /// Order number, unique (订单编号).
    pub order_no: Text<50>,
    /// Id of the parking record (停车记录ID), that of Table 13.
    pub record_id: Text<32>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Space code (车位编号). This or the plate number is required.
    pub space_no: Option<Text<28>>,
    /// Plate number (车牌号码). This or the space code is required.
    pub plate_no: Option<Text<10>>,
    /// When the car came into the lot or the space (入场/入位时间).
    pub enter_time: DateTime,
    /// When charging began (开始计费时间).
    pub charging_start: DateTime,
    /// Time charged, minutes (停车计费时长).
    pub charging_duration: i32,
    /// When the car left (出场/离位时间).
    pub leave_time: Option<DateTime>,
    /// Paid already, yuan (已缴费金额).
    pub paid_amount: Money,
    /// Due for parking, without other fees and without charging the car's battery, yuan (应收).
    pub receivables: Money,
    /// Other fees, yuan (其他费用).
    pub other_fee: Money,
    /// Discount, yuan (优惠).
    pub discount: Money,
    /// Fee for charging the car's battery, yuan (充电费用).
    pub charging_fee: Money,
    /// Why it costs what it costs (收费类型).
    pub charge_type: Option<ChargeKind>,
    /// Free time of the lot, minutes (停车场免费时间).
    pub free_minute: Option<i32>,
    /// Free time to leave, minutes (出场免费时间).
    pub surplus_minute: Option<i32>,
}

impl ParkingOrder {
    /// An order with its required fields, in the order of Table 14. It needs `space_no` or
    /// `plate_no` too.
    #[allow(
        clippy::too_many_arguments,
        reason = "the table requires eleven fields"
    )]
    pub fn new(
        order_no: impl Into<Text<50>>,
        record_id: impl Into<Text<32>>,
        park_code: impl Into<Text<20>>,
        enter_time: DateTime,
        charging_start: DateTime,
        charging_duration: i32,
        paid_amount: Money,
        receivables: Money,
        other_fee: Money,
        discount: Money,
        charging_fee: Money,
    ) -> Self {
        Self {
            order_no: order_no.into(),
            record_id: record_id.into(),
            park_code: park_code.into(),
            space_no: None,
            plate_no: None,
            enter_time,
            charging_start,
            charging_duration,
            leave_time: None,
            paid_amount,
            receivables,
            other_fee,
            discount,
            charging_fee,
            charge_type: None,
            free_minute: None,
            surplus_minute: None,
        }
    }
}

check!(ParkingOrder {
    order_no "orderNo", record_id "recordId", park_code "parkCode", space_no "spaceNo",
    plate_no "plateNo", enter_time "enterTime",
    charging_start "chargingStart", charging_duration "chargingDuration", leave_time "leaveTime",
    paid_amount "paidAmount",
    receivables "receivables", other_fee "otherFee", discount "discount",
    charging_fee "chargingFee", charge_type "chargeType",
    free_minute "freeMinute", surplus_minute "surplusMinute",
}; space_or_plate);

fn space_or_plate(order: &ParkingOrder, v: &mut Violations) {
    if !given(&order.space_no) && !given(&order.plate_no) {
        v.add_at("plateNo", Rule::Condition("one of spaceNo, plateNo"));
    }
}

/// Reply of 5007, Table 64.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PaymentRequestReply {
    /// Order number (订单编号).
    pub order_no: Text<50>,
}

impl PaymentRequestReply {
    /// The request is taken.
    pub fn new(order_no: impl Into<Text<50>>) -> Self {
        Self {
            order_no: order_no.into(),
        }
    }
}

check!(PaymentRequestReply { order_no "orderNo" });

/// A payment (缴费记录, parkChargeInfo), Table 15. Request of 5008 (车辆收费记录上报).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PaymentRecord {
    /// Id (缴费记录ID).
    pub id: Text<32>,
    /// Number of the order paid (关联订单编号), that of Table 14.
    pub order_no: Option<Text<50>>,
    /// Id of the parking record (停车记录ID), that of Table 13.
    pub record_id: Text<32>,
    /// The car (车辆信息). Required off the street, see
    /// [`check_off_street`](Self::check_off_street).
    pub park_car_info: Option<Car>,
    /// When it was paid (缴费时间).
    pub pay_time: DateTime,
    /// Due, yuan (应收).
    pub receivables: Money,
    /// Discount, yuan (优惠).
    pub discount: Money,
    /// Paid, yuan (实收).
    pub received: Money,
    /// How it was paid (支付方式).
    pub pay_type: PayMethod,
    /// Where it was paid, in words (支付应用来源), such as 线下缴费, 微信公众号, 支付宝服务窗,
    /// 运营商APP, 电话, 其它.
    pub pay_from: Text<10>,
    /// The discounts (优惠记录列表).
    pub list_discounts: Option<Vec<Discount>>,
}

impl PaymentRecord {
    /// A rule of Table 15 that only the caller can check: off the street the car must be given
    /// (路外停车应提供).
    ///
    /// Nothing in the message says where the car stood.
    pub fn check_off_street(&self, v: &mut Violations) {
        if self.park_car_info.is_none() {
            v.add_at("parkCarInfo", Rule::Condition("required off the street"));
        }
    }
}

check!(PaymentRecord {
    id "id", order_no "orderNo", record_id "recordId", park_car_info "parkCarInfo",
    pay_time "payTime", receivables "receivables",
    discount "discount", received "received", pay_type "payType", pay_from "payFrom",
    list_discounts "listDiscounts",
});

/// A discount (优惠记录, discountRecord), Table 16.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Discount {
    /// Id (ID).
    pub id: Text<32>,
    /// Number of the coupon (优惠券编号).
    pub coupon_no: Option<Text<20>>,
    /// Kind of discount (优惠类型).
    pub coupon_type: DiscountKind,
    /// How much (优惠值), in the unit that `coupon_type` tells; [`value`](Self::value) reads both.
    pub coupon_value: Fixed<2>,
    /// Where it comes from, such as a shop (优惠渠道).
    pub discount_channel: Option<Text<100>>,
    /// Social credit code of where it comes from (渠道商机构编码).
    pub channel_org_code: Option<Text<18>>,
}

impl Discount {
    /// How much the discount takes off, with its unit. `None` if the document does not list the
    /// kind.
    pub fn value(&self) -> Option<DiscountValue> {
        match self.coupon_type {
            DiscountKind::NONE => Some(DiscountValue::None),
            DiscountKind::AMOUNT => Some(DiscountValue::Money(self.coupon_value)),
            DiscountKind::TIME => Some(DiscountValue::Hours(self.coupon_value)),
            DiscountKind::FRACTION => Some(DiscountValue::Fraction(self.coupon_value)),
            DiscountKind::FREE => Some(DiscountValue::Free),
            _ => None,
        }
    }
}

check!(Discount {
    id "id", coupon_no "couponNo", coupon_type "couponType", coupon_value "couponValue",
    discount_channel "discountChannel",
    channel_org_code "channelOrgCode",
}; value_of_kind);

fn value_of_kind(discount: &Discount, v: &mut Violations) {
    let one = Fixed::of_units(100);
    let value = discount.coupon_value;
    let (ok, expected) = match discount.coupon_type {
        DiscountKind::NONE => (
            value == Fixed::ZERO,
            "0, as there is no discount (couponType 0)",
        ),
        DiscountKind::FRACTION => (
            (Fixed::ZERO..=one).contains(&value),
            "0 to 1, the part taken off (couponType 3)",
        ),
        DiscountKind::FREE => (value == one, "1, as all is free (couponType 4)"),
        _ => return,
    };
    if !ok {
        v.add_at("couponValue", Rule::Range { expected });
    }
}

/// How much a [`Discount`] takes off, with its unit (优惠值), Table 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiscountValue {
    /// Nothing (无优惠).
    None,
    /// An amount, yuan (减免金额).
    Money(Money),
    /// A time, hours (减免时间).
    Hours(Fixed<2>),
    /// The part taken off, 0 to 1 (打折): 0.3 takes 30 % off.
    Fraction(Fixed<2>),
    /// Everything (全免).
    Free,
}

/// Reply of 5008, Table 65.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PaymentRecordReply {
    /// Id of the payment (缴费记录ID).
    pub id: Text<32>,
}

impl PaymentRecordReply {
    /// The record is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(PaymentRecordReply { id "id" });

/// A refund (退费信息, refundInfo), Table 17. Request of 5009 (车辆退费信息上报).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    /// Id (退费记录ID).
    pub id: Text<32>,
    /// Number of the order (关联订单编号), that of Table 14.
    pub order_no: Text<50>,
    /// When it was paid back (退费时间).
    pub time: DateTime,
    /// Amount, yuan (退费金额).
    pub refund_money: Money,
    /// How it was paid back (退费方式).
    pub refund_type: PayMethod,
    /// Where it was paid back, in words (退费渠道), such as 线下缴费, 微信公众号, 支付宝服务窗,
    /// 运营商APP, 电话, 其它.
    pub refund_from: Text<10>,
}

check!(Refund {
    id "id", order_no "orderNo", time "time", refund_money "refundMoney", refund_type "refundType",
    refund_from "refundFrom",
});

/// Reply of 5009, Table 66.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RefundReply {
    /// Id of the refund (退费记录ID).
    pub id: Text<32>,
}

impl RefundReply {
    /// The refund is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(RefundReply { id "id" });

/// Request of 5010: may the fees of this car be debited (请求车辆代扣验签)? Table 67.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutoPayQuery {
    /// Plate number (车牌号码).
    pub plate_no: Text<10>,
}

check!(AutoPayQuery { plate_no "plateNo" });

/// Reply of 5010, Table 68.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutoPayReply {
    /// Whether the fees may be debited (车牌代扣状态). Text, and `"0"` is yes.
    pub state: AutoPaySupport,
}

impl AutoPayReply {
    /// Whether the fee can be debited.
    pub fn new(state: AutoPaySupport) -> Self {
        Self { state }
    }
}

check!(AutoPayReply { state "state" });

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::Check;

    fn found(check: impl FnOnce(&mut Violations)) -> Vec<String> {
        let mut v = Violations::default();
        check(&mut v);
        v.list()
            .iter()
            .map(|violation| violation.path.clone())
            .collect()
    }

    fn moment() -> DateTime {
        "2023-03-01 10:10:30".parse().expect("a moment")
    }

    #[test]
    fn an_order_names_a_space_or_a_plate() {
        let zero = Money::ZERO;
        let mut order = ParkingOrder::new(
            "1",
            "2",
            "4403",
            moment(),
            moment(),
            105,
            zero,
            zero,
            zero,
            zero,
            zero,
        );
        for (space_no, plate_no, paths) in [
            (None, None, vec!["plateNo"]),
            (Some(""), Some(""), vec!["plateNo"]),
            (Some("A108"), None, vec![]),
            (None, Some("粤B88888"), vec![]),
            (Some("A108"), Some("粤B88888"), vec![]),
        ] {
            order.space_no = space_no.map(Into::into);
            order.plate_no = plate_no.map(Into::into);
            assert_eq!(
                found(|v| order.check(v)),
                paths,
                "{space_no:?} {plate_no:?}"
            );
        }
    }

    #[test]
    fn a_payment_off_the_street_needs_its_car() {
        let mut payment = PaymentRecord {
            id: "1".into(),
            order_no: None,
            record_id: "2".into(),
            park_car_info: None,
            pay_time: moment(),
            receivables: Money::fen(2000),
            discount: Money::fen(500),
            received: Money::fen(1500),
            pay_type: PayMethod::WECHAT,
            pay_from: "微信公众号".into(),
            list_discounts: None,
        };
        assert!(found(|v| payment.check(v)).is_empty());
        assert_eq!(found(|v| payment.check_off_street(v)), ["parkCarInfo"]);
        payment.park_car_info = Some(Car::new("粤B88888"));
        assert!(found(|v| payment.check_off_street(v)).is_empty());
    }

    fn discount(kind: DiscountKind, hundredths: i64) -> Discount {
        Discount {
            id: "1".into(),
            coupon_no: None,
            coupon_type: kind,
            coupon_value: Fixed::of_units(hundredths),
            discount_channel: None,
            channel_org_code: None,
        }
    }

    #[test]
    fn the_kind_of_a_discount_tells_the_unit_of_its_value() {
        for (kind, hundredths, value) in [
            (DiscountKind::NONE, 0, Some(DiscountValue::None)),
            (
                DiscountKind::AMOUNT,
                350,
                Some(DiscountValue::Money(Money::fen(350))),
            ),
            (
                DiscountKind::TIME,
                150,
                Some(DiscountValue::Hours(Fixed::of_units(150))),
            ),
            (
                DiscountKind::FRACTION,
                30,
                Some(DiscountValue::Fraction(Fixed::of_units(30))),
            ),
            (DiscountKind::FREE, 100, Some(DiscountValue::Free)),
            (DiscountKind(9), 100, None),
        ] {
            assert_eq!(discount(kind, hundredths).value(), value, "{kind}");
        }
    }

    #[test]
    fn the_kind_of_a_discount_bounds_its_value() {
        for (kind, right, wrong) in [
            (DiscountKind::NONE, vec![0], vec![-1, 1]),
            (DiscountKind::AMOUNT, vec![0, 350], vec![]),
            (DiscountKind::TIME, vec![0, 150], vec![]),
            (DiscountKind::FRACTION, vec![0, 30, 100], vec![-1, 101]),
            (DiscountKind::FREE, vec![100], vec![0, 99, 101]),
        ] {
            for value in right {
                assert!(
                    found(|v| discount(kind, value).check(v)).is_empty(),
                    "{kind} {value}"
                );
            }
            for value in wrong {
                assert_eq!(
                    found(|v| discount(kind, value).check(v)),
                    ["couponValue"],
                    "{kind} {value}"
                );
            }
        }
    }
}
