//! What the constructors of replies make is what their tables require.
use kt_proto::{code::*, model::*, *};
use testkit::made;

#[test]
fn replies_are_made_of_what_their_tables_require() {
    for (reply, expected) in [
        (
            made(BlacklistEntry::new(1, "A")),
            r#"{"blackId":1,"plateNo":"A"}"#,
        ),
        (made(BlacklistChangeReply::new(1)), r#"{"blackId":1}"#),
        (made(Booking::new(1, "A")), r#"{"bookId":1,"plateNo":"A"}"#),
        (made(BookingReply::new(1)), r#"{"bookId":1}"#),
        (made(NewCardReply::new(1)), r#"{"cardId":1}"#),
        (
            made(Card::new(1, CarType::VISITOR)),
            r#"{"cardId":1,"carType":0}"#,
        ),
        (
            made(ChangeDue::new("1", Fen(500), Fen(1000), ChangeState(0))),
            r#"{"orderNo":"1","payMoney":500,"paidAmount":1000,"ifCharge":0}"#,
        ),
        (
            made(ChangeRecord::new("1", Fen(500), Fen(1000), ChangeState(0))),
            r#"{"orderNo":"1","payMoney":500,"paidAmount":1000,"ifCharge":0}"#,
        ),
        (made(ChangeNoticeReply::new("1")), r#"{"orderNo":"1"}"#),
        (made(ChangeNoticeReply::default()), r#"{}"#),
        (
            made(StayPage::new(7, vec![])),
            r#"{"totalNum":"7","detail":[]}"#,
        ),
        (
            made(StayPage::of(vec![Stay::new("1", Fen(500))])),
            r#"{"totalNum":"1","detail":[{"id":"1","payable":"500"}]}"#,
        ),
        (
            made(InsideCar::new(
                "2018-08-01 10:00:00".parse().expect("a time"),
            )),
            r#"{"entryTime":"2018-08-01 10:00:00"}"#,
        ),
        (
            made(Photo::new("http://lot/1.jpg")),
            r#"{"imageUrl":"http://lot/1.jpg"}"#,
        ),
        (
            made(Bill::new("1", Fen(500))),
            r#"{"orderNo":"1","payable":500}"#,
        ),
        (made(BillPaymentReply::default()), r#"{}"#),
        (made(ParkingReliefReply::new("1")), r#"{"orderNo":"1"}"#),
        (made(ParkingReliefReply::default()), r#"{}"#),
        (
            made(OrderStatusReply::new(OrderStatus::PAID)),
            r#"{"status":"1"}"#,
        ),
        (made(FeeReply::new(Fen(500))), r#"{"payMoney":500}"#),
        (made(EntryReply::new(AutoPay(1))), r#"{"IsDensityPay":1}"#),
        (made(AutoPayReply::new(Fen(500))), r#"{"densityMoney":500}"#),
        (
            made(PayCode::new("http://pay/1", "1", PayPlatform::ALIPAY)),
            r#"{"qrcode":"http://pay/1","orderNo":"1","payType":7}"#,
        ),
        (
            made(ScanPaymentReply::new("1", PayPlatform::ALIPAY)),
            r#"{"orderNo":"1","payType":7}"#,
        ),
    ] {
        assert_eq!(reply, (expected.to_owned(), vec![]));
    }
    let _: fn(Unitless, RechargeUnit) -> CardProduct = CardProduct::new;
}
