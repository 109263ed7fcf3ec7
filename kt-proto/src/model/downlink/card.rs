use super::{
    Balance, CardPlate, CardPlateEdit, Quantity, Unitless, balance::unit_of_gift, not_negative,
};
use crate::{
    Embedded, Fen, IntText, OrEmpty,
    code::{CarType, RechargeUnit},
};
use park_core::{AnyText, DateTime, Rule, Violations, check, given};
use serde::{Deserialize, Serialize};

/// Request of 4.1: a card for one or several cars (固定车(同卡多车)新增), `AddCarCardNo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewCard {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Name of the card (卡片名称).
    pub card_name: AnyText,
    /// Name of its holder (户主名).
    pub use_name: AnyText,
    /// The holder's telephone (户主电话).
    pub tel: Option<AnyText>,
    /// The holder's room (房间号).
    pub room_id: Option<AnyText>,
    /// Its plates and IC cards; a JSON list inside a string.
    pub plate_details: Embedded<Vec<CardPlate>>,
    /// What kind of customer (固定车类型), appendix 1.1; not 0.
    pub car_type: CarType,
    /// Spaces its cars may fill at once (占用车位数); a number written as text.
    pub space_num: IntText,
    /// From when it counts (开始时间).
    pub valid_from: DateTime,
    /// Until when (结束时间).
    pub valid_to: DateTime,
}

check!(NewCard {
    park_code "parkCode", card_name "cardName", use_name "useName", tel "tel", room_id "roomId",
    plate_details "plateDetails", car_type "carType",
    space_num "spaceNum", valid_from "validFrom", valid_to "validTo",
}; kind_of_new_card);

fn kind_of_new_card(card: &NewCard, v: &mut Violations) {
    fixed(card.car_type, v);
}

/// A visitor's car is of no fixed kind (临时车不属于固定车类型), appendix 1.1.
fn fixed(car_type: CarType, v: &mut Violations) {
    if car_type == CarType::VISITOR {
        v.add_at(
            "carType",
            Rule::Range {
                expected: "a kind that has a card, not 0",
            },
        );
    }
}

/// Reply of 4.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewCardReply {
    /// Id of the new card (新增的卡片编号ID).
    pub card_id: i64,
}

impl NewCardReply {
    /// The number of the new card.
    pub fn new(card_id: i64) -> Self {
        Self { card_id }
    }
}

check!(NewCardReply { card_id "cardId" });

/// Request of 4.2: change a card (固定车(同卡多车)修改), `ModifyCarCardNo`. What is `""` or absent
/// stays as it is; [`Self::new`] changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardChange {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Id of the card (卡片id).
    pub card_id: i64,
    /// Name of the card (卡片名称).
    pub card_name: Option<AnyText>,
    /// Name of its holder (户主名).
    pub use_name: Option<AnyText>,
    /// The holder's telephone (户主电话).
    pub tel: Option<AnyText>,
    /// The holder's room (房间号).
    pub room_id: Option<AnyText>,
    /// Plates and IC cards to add and to delete; a JSON list inside a string.
    pub plate_details: Option<OrEmpty<Embedded<Vec<CardPlateEdit>>>>,
    /// From when it counts (开始时间), best at 00:00:00.
    pub valid_from: Option<OrEmpty<DateTime>>,
    /// Until when (结束时间), best at 23:59:59.
    pub valid_to: Option<OrEmpty<DateTime>>,
    /// Spaces in all (总车位数); a number written as text.
    pub space_num: Option<OrEmpty<IntText>>,
}

impl CardChange {
    /// A change of nothing: `""` where the document asks for it (plates, times, spaces), the rest
    /// left out.
    pub fn new(park_code: impl Into<AnyText>, card_id: i64) -> Self {
        Self {
            park_code: park_code.into(),
            card_id,
            card_name: None,
            use_name: None,
            tel: None,
            room_id: None,
            plate_details: Some(OrEmpty::Empty),
            valid_from: Some(OrEmpty::Empty),
            valid_to: Some(OrEmpty::Empty),
            space_num: Some(OrEmpty::Empty),
        }
    }

    /// Whether everything stays as it is.
    pub fn is_nothing(&self) -> bool {
        let Self {
            park_code: _,
            card_id: _,
            card_name,
            use_name,
            tel,
            room_id,
            plate_details,
            valid_from,
            valid_to,
            space_num,
        } = self;
        let texts = [card_name, use_name, tel, room_id].into_iter().any(given);
        let plates = value(plate_details).is_some();
        let times = [valid_from, valid_to]
            .into_iter()
            .any(|time| value(time).is_some());
        !(texts || plates || times || value(space_num).is_some())
    }
}

fn value<T>(field: &Option<OrEmpty<T>>) -> Option<&T> {
    field.as_ref().and_then(OrEmpty::value)
}

check!(CardChange {
    park_code "parkCode", card_id "cardId", card_name "cardName", use_name "useName", tel "tel",
    room_id "roomId", plate_details "plateDetails",
    valid_from "validFrom", valid_to "validTo", space_num "spaceNum",
});

/// Request of 4.3: delete a card with all its plates (固定车(同卡多车)删除), `DeleteCarCardNo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardDeletion {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Id of the card (卡片id).
    pub card_id: i64,
}

check!(CardDeletion { park_code "parkCode", card_id "cardId" });

/// Request of 4.5: cards (固定车(同卡多车)查询), `GetCarCardInfo`. With neither plate nor id the
/// reply holds every card, not in pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: Option<AnyText>,
    /// Id of the card (卡片id).
    pub card_id: Option<i64>,
}

impl CardQuery {
    /// Every card of the lot.
    pub fn all(park_code: impl Into<AnyText>) -> Self {
        Self {
            park_code: park_code.into(),
            plate_no: None,
            card_id: None,
        }
    }

    /// Whether it asks for every card: neither plate nor id is given; an id of 0 is none.
    pub fn is_all(&self) -> bool {
        !given(&self.plate_no) && self.card_id.is_none_or(|id| id == 0)
    }
}

check!(CardQuery { park_code "parkCode", plate_no "plateNo", card_id "cardId" });

/// A card, an entry of the reply of 4.5.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Id of the card (卡片id).
    pub card_id: i64,
    /// What kind of customer (固定车类型), appendix 1.1.
    pub car_type: CarType,
    /// Name of the holder (用户名); in 4.1 and 4.2 the name of the card has this field name.
    pub card_name: Option<AnyText>,
    /// The holder's telephone (用户手机号).
    pub tel: Option<AnyText>,
    /// The holder's room (房间号).
    pub room_id: Option<AnyText>,
    /// Names of the areas it counts in (所属区域).
    pub area_list: Option<Vec<AnyText>>,
    /// Its plates and IC cards; a JSON list inside a string.
    pub plate_details: Option<Embedded<Vec<CardPlate>>>,
    /// From when it counts (有效期开始时间).
    pub valid_from: Option<DateTime>,
    /// Until when (有效期结束时间).
    pub valid_to: Option<DateTime>,
    /// What is left on it (卡内余额), fen or times by the kind of customer; see [`Self::balance`].
    pub valid_value: Option<Unitless>,
    /// Spaces in all (总车位数); a number written as text.
    pub space_num: Option<IntText>,
    /// When it was changed last (最后一次更新时间).
    pub last_update_time: Option<DateTime>,
}

impl Card {
    /// A card with its number and kind.
    pub fn new(card_id: i64, car_type: CarType) -> Self {
        Self {
            card_id,
            car_type,
            card_name: None,
            tel: None,
            room_id: None,
            area_list: None,
            plate_details: None,
            valid_from: None,
            valid_to: None,
            valid_value: None,
            space_num: None,
            last_update_time: None,
        }
    }

    /// What is left on it, with its unit.
    pub fn balance(&self) -> Option<Balance> {
        self.valid_value
            .map(|value| Balance::of(value, self.car_type))
    }
}

check!(Card {
    card_id "cardId", car_type "carType", card_name "cardName", tel "tel", room_id "roomId",
    area_list "areaList", plate_details "plateDetails",
    valid_from "validFrom", valid_to "validTo", valid_value "validValue", space_num "spaceNum",
    last_update_time "lastUpdateTime",
});

/// Request of 4.6: a card was paid on (固定车(同卡多车)充值), `PayCarCardFee`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardPayment {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Id of the card (卡片ID).
    pub card_id: i64,
    /// Number of the order (订单号).
    pub order_no: Option<AnyText>,
    /// What was paid (支付金额), fen.
    pub amount: Fen,
    /// From when it was paid (充值开始时间), best at 00:00:00.
    pub valid_from: DateTime,
    /// Until when (充值结束时间), best at 23:59:59.
    pub valid_to: DateTime,
}

check!(CardPayment {
    park_code "parkCode", card_id "cardId", order_no "orderNo", amount "amount",
    valid_from "validFrom", valid_to "validTo",
}; paid_on_card);

fn paid_on_card(payment: &CardPayment, v: &mut Violations) {
    not_negative([("amount", payment.amount.0)], v);
}

/// Request of 4.7: how cards of a kind can be paid on (固定车充值规则查询), `GetCardProduct`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardProductQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// What kind of customer (固定车类型), appendix 1.1; not 0.
    pub car_type: CarType,
}

check!(CardProductQuery { park_code "parkCode", car_type "carType" }; kind_of_product);

fn kind_of_product(query: &CardProductQuery, v: &mut Violations) {
    fixed(query.car_type, v);
}

/// A way to pay on a card, an entry of the reply of 4.7.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardProduct {
    /// Name of the rule (规则名称).
    pub rule_name: Option<AnyText>,
    /// What is bought (充值数额), in `recharge_type`; see [`Self::bought`].
    pub recharge_amount: Unitless,
    /// In what that counts (充值类型).
    pub recharge_type: RechargeUnit,
    /// What it costs (基本金额), fen.
    pub basic_money: Option<Fen>,
    /// What is given on top (赠送数额), in `sent_type`; see [`Self::gift`].
    pub sent_amount: Option<Unitless>,
    /// In what that counts (赠送类型).
    pub sent_type: Option<RechargeUnit>,
}

impl CardProduct {
    /// What paying brings.
    pub fn new(recharge_amount: Unitless, recharge_type: RechargeUnit) -> Self {
        Self {
            rule_name: None,
            recharge_amount,
            recharge_type,
            basic_money: None,
            sent_amount: None,
            sent_type: None,
        }
    }

    /// What is bought, with its unit.
    pub fn bought(&self) -> Quantity {
        Quantity::of(self.recharge_amount, self.recharge_type)
    }

    /// What is given on top, with its unit.
    pub fn gift(&self) -> Option<Quantity> {
        Some(Quantity::of(self.sent_amount?, self.sent_type?))
    }
}

check!(CardProduct {
    rule_name "ruleName", recharge_amount "rechargeAmount", recharge_type "rechargeType",
    basic_money "basicMoney", sent_amount "sentAmount",
    sent_type "sentType",
}; gift_has_unit);

fn gift_has_unit(product: &CardProduct, v: &mut Violations) {
    unit_of_gift(product.sent_amount, product.sent_type, v);
}

#[cfg(test)]
mod tests;
