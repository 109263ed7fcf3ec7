//! What the constructors of replies make is what their tables require.
use pile_proto::{code::*, model::*, *};
use testkit::made;

#[test]
fn replies_are_made_of_what_their_tables_require() {
    for (reply, expected) in [
        (
            made(Bill::new(
                1,
                Number::from(rust_decimal::Decimal::from(12)),
                Money::yuan(8),
                vec!["1".into()],
            )),
            r#"{"orderCount":1,"totalOrderPower":12,"totoalOrderFee":8.00,"orderList":["1"]}"#,
        ),
        (
            made(StubGroupDetail::new(
                "1",
                vec![Stub::new("1", StubStatus::IDLE)],
            )),
            r#"{"stubGroupId":"1","StubInfo":[{"Id":"1","status":"0"}]}"#,
        ),
        (
            made(Order::new("1", OrderStatus::ENDED)),
            r#"{"OrderId":"1","timeEnd":"","status":2}"#,
        ),
    ] {
        assert_eq!(reply, (expected.to_owned(), vec![]));
    }
}
