use crate::code::{BillType, OrderAction, PayMethod};
use park_core::{Date, DateTime, Money, Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// Request of 1401: the orders of one day (请求订单), Table 115.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderQuery {
    /// The day (对账单日期).
    pub bill_date: Date,
    /// Which orders (对账单类型).
    pub bill_type: BillType,
}

check!(OrderQuery { bill_date "billDate", bill_type "billType" });

/// One entry of the reply of 1401: an order (停车订单信息), Table 116. It has neither code nor
/// message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SettledOrder {
    /// Order number (关联订单编号).
    pub order_no: Text<50>,
    /// Lot code (停车场编号). One of `park_code`, `plate_no` and `space_no` is required
    /// (三者应提供一个).
    pub park_code: Option<Text<20>>,
    /// Plate number (车牌号码).
    pub plate_no: Option<Text<10>>,
    /// Space code (车位编号).
    pub space_no: Option<Text<28>>,
    /// When it was paid (缴费时间).
    pub pay_time: DateTime,
    /// Due, yuan (应收).
    pub receivables: Money,
    /// Discount, yuan (优惠).
    pub discount: Money,
    /// Received, yuan (实收).
    pub received: Money,
    /// How it was paid (支付方式).
    pub pay_type: PayMethod,
    /// Through what it was paid (支付应用来源), such as 微信公众号.
    pub pay_from: Text<10>,
    /// Payment or refund (订单类型).
    pub action_type: OrderAction,
}

check!(SettledOrder {
    order_no "orderNo", park_code "parkCode", plate_no "plateNo", space_no "spaceNo",
    pay_time "payTime", receivables "receivables",
    discount "discount", received "received", pay_type "payType", pay_from "payFrom",
    action_type "actionType",
}; one_place);

fn one_place(order: &SettledOrder, v: &mut Violations) {
    if !given(&order.park_code) && !given(&order.plate_no) && !given(&order.space_no) {
        v.add_at(
            "parkCode",
            Rule::Condition("one of parkCode, plateNo, spaceNo is required"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Rules, Violation, json};

    const ORDER: &str = include_str!("../../fixtures/samples/1401.reply.json");

    fn found(value: &impl Check) -> Vec<Violation> {
        let mut v = Violations::default();
        value.check(&mut v);
        v.list().to_vec()
    }

    #[test]
    fn the_table_s_samples_are_clean_and_come_back_as_they_were() {
        let (query, _) = json::decode::<OrderQuery>(
            include_str!("../../fixtures/samples/1401.request.json"),
            &Rules::strict(),
        )
        .expect("a sample");
        assert_eq!(
            (query.bill_type.clone(), found(&query)),
            (BillType::ALL, vec![])
        );
        let (order, _) = json::decode::<SettledOrder>(ORDER, &Rules::strict()).expect("a sample");
        assert_eq!(found(&order), []);
        let written: serde_json::Value =
            serde_json::from_str(&json::encode(&order).expect("a model")).expect("JSON");
        assert_eq!(
            written,
            serde_json::from_str::<serde_json::Value>(ORDER).expect("JSON")
        );
    }

    #[test]
    fn one_of_lot_plate_and_space_is_enough() {
        let (mut order, _) =
            json::decode::<SettledOrder>(ORDER, &Default::default()).expect("a sample");
        for (lot, plate, space, ok) in [
            (Some("44030400100101000010"), None, None, true),
            (None, Some("粤B88888"), None, true),
            (None, None, Some("4403040010010100001000B1A108"), true),
            (Some(""), None, Some(""), false),
            (None, None, None, false),
        ] {
            order.park_code = lot.map(Into::into);
            order.plate_no = plate.map(Into::into);
            order.space_no = space.map(Into::into);
            assert_eq!(found(&order).is_empty(), ok, "{lot:?} {plate:?} {space:?}");
        }
    }
}
