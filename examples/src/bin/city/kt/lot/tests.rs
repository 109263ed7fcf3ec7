//! What the lot keeps of what third parties tell it.
use super::*;
use crate::kt::{PARK, payment};
use kt_proto::{
    Ctx, Dialect, LotService, Outcome,
    code::{CarIn, PaidWith},
    decode,
    model::{
        Balance, BillQuery, BlacklistQuery, BookingQuery, CardChange, CardDeletion, CardPassage,
        CardPayment, CardPlateChange, CardQuery, InsideQuery, Model, NewBooking, NewCard,
        PlateRefusal, StaysOfPlate,
    },
};
use std::{fmt::Debug, time::Duration};

const FROM: &str = "2026-03-01 00:00:00";
const TO: &str = "2026-03-31 23:59:59";
const CARD: &str = "oHx-openid-000001";

fn lot() -> Lot {
    let clock = DayClock::default();
    clock.freeze(at("2026-03-25 08:00:00"));
    Lot::new(&Store::in_memory().expect("memory"), clock)
}

fn at(text: &str) -> DateTime {
    text.parse().expect("a time")
}

fn cx() -> Ctx {
    Ctx::new("ktapi", at(FROM).date())
}

/// A message, as the document writes it.
fn read<T: Model>(text: &str) -> T {
    decode(text, &Dialect::default().read).expect(text).0
}

/// What has to be refused so.
fn refused<T: Debug>(outcome: Outcome<T>) -> String {
    outcome.expect_err("a refusal").message
}

#[test]
fn a_card_is_made_once_changed_paid_on_and_deleted() {
    let lot = lot();
    let new: NewCard = read(&format!(
        r#"{{"parkCode":"1","cardName":"卡","useName":"张三","plateDetails":"[{{\"plateNo\":\"粤B10001\",\"etcNo\":\"\"}}]","carType":3,"spaceNum":"1","validFrom":"{FROM}","validTo":"{TO}"}}"#
    ));
    let id = lot.cards.add_card(new.clone()).expect("made").card_id;
    assert_eq!(
        lot.cards
            .add_card(new.clone())
            .expect("the same again")
            .card_id,
        id
    );
    let other = NewCard {
        use_name: "李四".into(),
        ..new
    };
    assert_eq!(refused(lot.cards.add_card(other)), "车牌或卡号已有固定车卡");

    let plates = r#""[{\"plateNo\":\"粤B10002\",\"etcNo\":\"\",\"type\":1},{\"plateNo\":\"粤B10001\",\"etcNo\":\"\",\"type\":0}]""#;
    let change: CardChange = read(&format!(
        r#"{{"parkCode":"1","cardId":{id},"useName":"","tel":"18100000000","plateDetails":{plates},"validFrom":"","validTo":"","spaceNum":"2"}}"#
    ));
    lot.cards.change_card(change).expect("changed");
    let paid: CardPayment = read(&format!(
        r#"{{"parkCode":"1","cardId":{id},"orderNo":"P1","amount":500,"validFrom":"{FROM}","validTo":"2026-04-30 23:59:59"}}"#
    ));
    for _ in 0..2 {
        lot.cards.pay_card(paid.clone()).expect("paid, once");
    }
    let cards = |plate: &str| CardQuery {
        plate_no: Some(plate.into()),
        ..CardQuery::all(PARK)
    };
    let found = lot.cards.query_cards(cards("粤B10002")).expect("cards");
    let [card] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(
        (card.card_name.as_deref(), card.tel.as_deref()),
        (Some("张三"), Some("18100000000"))
    );
    assert_eq!(
        (card.balance(), card.valid_to),
        (
            Some(Balance::Money(Fen(500))),
            Some(at("2026-04-30 23:59:59"))
        )
    );
    assert_eq!(lot.cards.query_cards(cards("粤B10001")).expect("cards"), []);

    let last: CardPlateChange = read(&format!(
        r#"{{"parkCode":"1","cardId":{id},"oldplateNo":"粤B10002","modifyType":2}}"#
    ));
    assert_eq!(
        refused(lot.cards.change_plate(last)),
        PlateRefusal::Last.to_string()
    );
    let deletion: CardDeletion = read(&format!(r#"{{"parkCode":"1","cardId":{id}}}"#));
    for _ in 0..2 {
        lot.cards.delete_card(deletion.clone()).expect("deleted");
    }
    assert_eq!(
        lot.cards.query_cards(CardQuery::all(PARK)).expect("cards"),
        []
    );
    assert_eq!(refused(lot.cards.pay_card(paid)), "固定车卡不存在");
}

#[test]
fn the_black_list_has_a_plate_once() {
    let lot = lot();
    let change = |id: i64, what: i32, remark: &str| {
        read(&format!(
            r#"{{"parkCode":"1","blackId":{id},"plateNo":"粤B10001","remark":"{remark}","controlType":{what}}}"#
        ))
    };
    let id = lot
        .lists
        .change_blacklist(change(0, 0, "违章停车"))
        .expect("added")
        .black_id;
    assert_eq!(
        lot.lists
            .change_blacklist(change(0, 0, "欠费"))
            .expect("again")
            .black_id,
        id
    );
    let query: BlacklistQuery = read(r#"{"parkCode":"1","plateNo":""}"#);
    let entries = lot.lists.query_blacklist(query.clone()).expect("entries");
    assert_eq!(
        (entries.len(), entries[0].remark.as_deref()),
        (1, Some("欠费"))
    );
    lot.lists
        .change_blacklist(change(id, 2, ""))
        .expect("deleted");
    assert_eq!(lot.lists.query_blacklist(query).expect("entries"), []);
    assert_eq!(
        refused(lot.lists.change_blacklist(change(id, 1, ""))),
        "黑名单不存在"
    );
}

#[test]
fn a_booking_knows_whether_its_car_is_inside() {
    let lot = lot();
    let new: NewBooking = read(&format!(
        r#"{{"parkCode":"1","plateNo":"粤B10001","preMoney":0,"validFrom":"{FROM}","validTo":"{TO}","bookType":0}}"#
    ));
    let id = lot.lists.add_booking(new.clone()).expect("booked").book_id;
    assert_eq!(
        lot.lists.add_booking(new).expect("the same again").book_id,
        id
    );
    let query: BookingQuery = read(r#"{"parkCode":"1","plateNo":"粤B10001"}"#);
    for expected in [CarIn::NO, CarIn::YES] {
        let found = lot.query_bookings(query.clone()).expect("bookings");
        assert_eq!((found.len(), found[0].is_car_in), (1, Some(expected)));
        lot.enters("粤B10001").expect("kept");
    }
    let change = |what: i32| {
        read(&format!(
            r#"{{"parkCode":"1","bookid":{id},"modifyType":{what}}}"#
        ))
    };
    lot.lists.change_booking(change(1)).expect("deleted");
    assert_eq!(lot.query_bookings(query).expect("bookings"), []);
    assert_eq!(refused(lot.lists.change_booking(change(0))), "预约不存在");
}

#[tokio::test]
async fn a_car_without_plate_comes_pays_and_leaves_by_its_card() {
    let (lot, cx) = (lot(), cx());
    let pass = |device: &str| {
        read(&format!(
            r#"{{"parkCode":"1","deviceCode":"{device}","deviceType":0,"cardNo":"{CARD}"}}"#
        ))
    };
    let (enters, leaves): (CardPassage, CardPassage) = (pass("7"), pass("8"));
    assert!(refused(lot.pass_card(pass("9"))).starts_with("设备不存在"));
    lot.pass_card(enters.clone()).expect("it comes in");
    assert_eq!(refused(lot.pass_card(enters)), "该卡号的车辆已在场");
    let inside = lot.cars_inside(InsideQuery::all(PARK)).expect("cars");
    assert_eq!(
        (inside[0].plate_no.as_deref(), inside[0].card_no.as_deref()),
        (None, Some(CARD))
    );

    lot.clock.advance(Duration::from_secs(3600));
    assert_eq!(refused(lot.pass_card(leaves.clone())), "费用未缴清");
    let bill = lot
        .query_bill(&cx, BillQuery::by_card(PARK, CARD))
        .await
        .expect("a bill");
    assert_eq!((bill.plate_no, bill.card_no.as_deref()), (None, Some(CARD)));
    lot.pay_bill(&cx, payment(&bill.order_no, bill.payable, PaidWith::WECHAT))
        .await
        .expect("paid");
    lot.pass_card(leaves).expect("it leaves");
    assert_eq!(lot.cars_inside(InsideQuery::all(PARK)).expect("cars"), []);

    let query = |index: i64| {
        read::<StaysOfPlate>(&format!(
            r#"{{"parkCode":"1","plateNo":"openid","startTime":"{FROM}","endTime":"{TO}","pageIndex":{index},"pageCount":1}}"#
        ))
    };
    let page = lot.stays_of_plate(query(1)).expect("a page");
    assert_eq!(
        (page.total_num, page.detail[0].payable),
        (1.into(), bill.payable.into())
    );
    let beyond = lot.stays_of_plate(query(2)).expect("a page");
    assert_eq!((beyond.total_num, beyond.detail), (1.into(), vec![]));
}
