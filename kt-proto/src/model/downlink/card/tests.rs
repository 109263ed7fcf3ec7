use super::{super::broken, *};
use crate::AsText;
use park_core::{
    Rules,
    json::{decode, encode},
};

#[test]
fn empty_text_in_a_change_of_a_card_means_unchanged() {
    let nothing = CardChange::new("1", 135);
    let text = r#"{"parkCode":"1","cardId":135,"plateDetails":"","validFrom":"","validTo":"","spaceNum":""}"#;
    assert_eq!(encode(&nothing).as_deref(), Ok(text));
    let all_empty = r#"{"parkCode":"1","cardId":135,"cardName":"","useName":"","tel":"","roomId":"","plateDetails":"","validFrom":"","validTo":"","spaceNum":""}"#;
    for text in [text, all_empty, r#"{"parkCode":"1","cardId":135}"#] {
        let (change, deviations) = decode::<CardChange>(text, &Rules::strict()).expect(text);
        assert_eq!(
            (change.is_nothing(), deviations.count(), broken(&change)),
            (true, 0, vec![])
        );
        assert_eq!(encode(&change).as_deref(), Ok(text));
    }
    for field in [
        r#""cardName":"A""#,
        r#""useName":"A""#,
        r#""tel":"1""#,
        r#""roomId":"1""#,
        r#""plateDetails":"[{\"plateNo\":\"A12345\",\"type\":1}]""#,
        r#""validFrom":"2018-08-01 00:00:00""#,
        r#""validTo":"2018-08-01 00:00:00""#,
        r#""spaceNum":"2""#,
    ] {
        let (change, _) = decode::<CardChange>(
            &format!(r#"{{"parkCode":"1","cardId":135,{field}}}"#),
            &Rules::strict(),
        )
        .expect(field);
        assert!(!change.is_nothing(), "{field}");
    }
}

#[test]
fn both_numbers_in_one_entry_of_plate_details_are_found_inside_the_string() {
    let text = r#"{"parkCode":"1","cardId":135,"plateDetails":"[{\"plateNo\":\"A12345\",\"type\":1},{\"plateNo\":\"A12345\",\"etcNo\":\"7\",\"type\":0}]"}"#;
    let (change, _) = decode::<CardChange>(text, &Rules::strict()).expect("a change");
    assert_eq!(
        broken(&change),
        ["plateDetails[1].plateNo: one of plateNo, etcNo"]
    );
}

#[test]
fn a_visitor_has_no_card() {
    for (car_type, ok) in [
        (CarType::VISITOR, false),
        (CarType::VIP, true),
        (CarType::SHARED_SPACE, true),
    ] {
        let query = CardProductQuery {
            park_code: "1".into(),
            car_type,
        };
        let card = NewCard {
            park_code: "1".into(),
            card_name: "A".into(),
            use_name: "B".into(),
            tel: None,
            room_id: None,
            plate_details: vec![CardPlate::plate("A12345")].into(),
            car_type,
            space_num: AsText(1),
            valid_from: "2018-08-01 00:00:00".parse().expect("a time"),
            valid_to: "2018-08-31 23:59:59".parse().expect("a time"),
        };
        assert_eq!(
            (broken(&query).is_empty(), broken(&card).is_empty()),
            (ok, ok),
            "{car_type}"
        );
    }
}

#[test]
fn empty_filters_mean_every_card() {
    for (plate, card_id, all) in [
        (None, None, true),
        (Some(""), None, true),
        (Some("A"), None, false),
        // An id of 0 is none.
        (None, Some(0), true),
        (Some(""), Some(0), true),
        (Some("A"), Some(0), false),
        (None, Some(1), false),
    ] {
        let query = CardQuery {
            plate_no: plate.map(Into::into),
            card_id,
            ..CardQuery::all("1")
        };
        assert_eq!((query.is_all(), broken(&query)), (all, vec![]));
    }
}

#[test]
fn amounts_of_a_recharge_rule_have_the_unit_beside_them() {
    let text = r#"{"ruleName":"月租","rechargeAmount":1,"rechargeType":1,"basicMoney":30000,"sentAmount":500,"sentType":0}"#;
    let (product, _) = decode::<CardProduct>(text, &Rules::strict()).expect("a rule");
    assert_eq!(
        (product.bought(), product.gift()),
        (Quantity::Months(1), Some(Quantity::Money(Fen(500))))
    );
    for (amount, unit, found) in [
        (
            Some(5),
            None,
            vec!["sentType: needed with sentAmount, which has no unit without it"],
        ),
        (Some(0), None, vec![]),
        (None, None, vec![]),
        (Some(5), Some(RechargeUnit::DAYS), vec![]),
    ] {
        let product = CardProduct {
            sent_amount: amount.map(Unitless),
            sent_type: unit,
            ..product.clone()
        };
        assert_eq!(broken(&product), found);
    }
}

#[test]
fn what_is_left_on_a_card_has_the_unit_of_its_kind() {
    for (car_type, balance) in [(3, Balance::Money(Fen(250))), (6, Balance::Times(250))] {
        let (card, _) = decode::<Card>(
            &format!(r#"{{"cardId":5,"carType":{car_type},"validValue":250}}"#),
            &Rules::strict(),
        )
        .expect("a card");
        assert_eq!(card.balance(), Some(balance));
    }
}

#[test]
fn what_is_paid_on_a_card_is_not_negative() {
    for (amount, rules) in [(-1, 1), (0, 0), (1, 0)] {
        let text = format!(
            r#"{{"parkCode":"1","cardId":1,"amount":{amount},"validFrom":"2018-08-01 00:00:00","validTo":"2018-08-31 23:59:59"}}"#
        );
        let (payment, _) = decode::<CardPayment>(&text, &Rules::strict()).expect("a payment");
        assert_eq!(broken(&payment).len(), rules, "{amount}");
    }
}
