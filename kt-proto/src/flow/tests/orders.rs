mod law;

use super::*;
use crate::flow::{Contradiction::*, Step::*};
use crate::{
    PercentText, UrlCharset,
    code::{OrderStatus, PayPlatform},
    model::{PayCode, PayCodeRequest, ScanPayment},
};

fn code_request(amount: i64) -> PayCodeRequest {
    PayCodeRequest {
        park_code: "1".into(),
        order_no: "D1".into(),
        device_code: "7".into(),
        plate_num: None,
        card_no: None,
        in_time: second(-7200),
        elapsed_time: Minutes(120),
        amount: Fen(amount),
        out_time: second(0),
    }
}

fn code() -> PayCode {
    PayCode {
        qrcode: "https://pay.example.com/x7".into(),
        order_no: "P1".into(),
        pay_type: PayPlatform::WECHAT,
    }
}

fn scan(amount: i64, auth_code: &str) -> ScanPayment {
    ScanPayment {
        park_code: "1".into(),
        order_no: "D1".into(),
        device_id: "7".into(),
        car_no: PercentText::new("粤B88888", UrlCharset::Utf8),
        in_time: second(-7200),
        elapsed_time: Minutes(120),
        amount: Fen(amount),
        auth_code: auth_code.into(),
        out_time: None,
    }
}

/// The lot's half of either flow.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize)]
enum Lot {
    Code(PayCodeFlow),
    Scan(ScanFlow),
}

impl Lot {
    fn paid(&mut self, payment: BillPayment, now: DateTime) -> Step {
        match self {
            Self::Code(flow) => flow.apply(PayCodeEvent::Paid(payment), now),
            Self::Scan(flow) => flow.apply(ScanEvent::Paid(payment), now),
        }
    }

    fn collected(&mut self, fen: Fen, now: DateTime) -> Step {
        match self {
            Self::Code(flow) => flow.apply(PayCodeEvent::Collected(fen), now),
            Self::Scan(flow) => flow.apply(ScanEvent::Collected(fen), now),
        }
    }

    fn money(&self) -> (i64, i64, OrderStatus) {
        let (online, collected, status) = match self {
            Self::Code(flow) => (flow.paid_online(), flow.collected(), flow.status()),
            Self::Scan(flow) => (flow.paid_online(), flow.collected(), flow.status()),
        };
        (
            online.map_or(0, |fen| fen.0),
            collected.map_or(0, |fen| fen.0),
            status,
        )
    }
}

#[test]
fn reductions_settle_an_order_and_a_rest_is_collected() {
    let with = |amount, discount, free_money, free_time| BillPayment {
        discount: Fen(discount),
        free_money: Fen(free_money),
        free_time: Minutes(free_time),
        ..payment(amount)
    };
    for (paid, step, rest) in [
        (with(1000, 0, 0, 0), Taken, 0),
        (with(700, 100, 200, 0), Taken, 0),
        (with(700, 900, 900, 0), Taken, 0),
        (with(700, 0, 0, 60), Taken, 300),
        (with(0, 0, 0, 1), Taken, 1000),
        (with(700, 100, 100, 60), Taken, 100),
        (with(1000, 0, 0, -1), Contradiction(Amount), 1000),
        (with(0, 0, 1000, 0), Taken, 0),
        (with(700, 100, 0, 0), Taken, 200),
        (with(1001, 0, 0, 0), Contradiction(Amount), 1000),
        (with(-1, 0, 0, 0), Contradiction(Amount), 1000),
        (
            with(1000, i64::MAX, i64::MAX, 0),
            Contradiction(Amount),
            1000,
        ),
        (
            BillPayment {
                order_no: "D2".into(),
                ..payment(1000)
            },
            Contradiction(OtherOrder),
            1000,
        ),
    ] {
        let mut flow = PayCodeFlow::new(code_request(1000));
        flow.apply(PayCodeEvent::Failed(Failure::Refused), second(0));
        assert_eq!(
            flow.apply(PayCodeEvent::Paid(paid.clone()), second(0)),
            step,
            "{paid:?}"
        );
        let next = flow.next(second(0), Patience::default());
        let expected = if rest == 0 {
            PayCodeNext::Done
        } else {
            PayCodeNext::CollectAtBooth(Fen(rest))
        };
        assert_eq!(next, expected, "{paid:?}");
        assert_eq!(flow.status() == OrderStatus::PAID, step == Taken);
        if step == Taken {
            assert_eq!(
                flow.apply(PayCodeEvent::Paid(payment(999)), second(0)),
                Contradiction(Amount)
            );
        }
        if rest > 0 {
            assert_eq!(
                flow.apply(PayCodeEvent::Collected(Fen(rest)), second(0)),
                Taken
            );
            assert_eq!(flow.next(second(0), Patience::default()), PayCodeNext::Done);
        }
    }
}

#[test]
fn what_time_is_worth_the_lot_says() {
    let paid = |free_time| BillPayment {
        free_time: Minutes(free_time),
        ..payment(700)
    };
    for (free_time, worth, step, rest) in [
        (60, 300, Taken, 0),
        (60, 900, Taken, 0),
        (60, i64::MAX, Taken, 0),
        (60, 200, Taken, 100),
        (60, 0, Taken, 300),
        (60, -1, Contradiction(Amount), 300),
        (0, 300, Contradiction(NotNow), 300),
    ] {
        let (mut code, mut scanned) = (
            PayCodeFlow::new(code_request(1000)),
            ScanFlow::new(scan(1000, "134")),
        );
        let now = second(0);
        assert_eq!(
            code.apply(PayCodeEvent::TimeWorth(Fen(worth)), now),
            Contradiction(NotNow),
            "nothing was paid"
        );
        assert_eq!(
            scanned.apply(ScanEvent::TimeWorth(Fen(worth)), now),
            Contradiction(NotNow)
        );
        assert_eq!(code.apply(PayCodeEvent::Paid(paid(free_time)), now), Taken);
        assert_eq!(scanned.apply(ScanEvent::Paid(paid(free_time)), now), Taken);
        assert_eq!(
            code.apply(PayCodeEvent::TimeWorth(Fen(worth)), now),
            step,
            "{worth}"
        );
        assert_eq!(
            scanned.apply(ScanEvent::TimeWorth(Fen(worth)), now),
            step,
            "{worth}"
        );
        let (code_next, scan_next) = match rest {
            0 => (PayCodeNext::Done, ScanNext::Done),
            rest => (
                PayCodeNext::CollectAtBooth(Fen(rest)),
                ScanNext::CollectAtBooth(Fen(rest)),
            ),
        };
        assert_eq!(
            restarted(&code).next(now, Patience::default()),
            code_next,
            "{worth}"
        );
        assert_eq!(
            restarted(&scanned).next(now, Patience::default()),
            scan_next,
            "{worth}"
        );
        assert_eq!(
            code.apply(PayCodeEvent::Paid(paid(free_time)), now),
            Duplicate,
            "the payment may still come again"
        );
        if step == Taken {
            assert_eq!(
                code.apply(PayCodeEvent::TimeWorth(Fen(worth)), now),
                Duplicate
            );
            assert_eq!(
                code.apply(PayCodeEvent::TimeWorth(Fen(1)), now),
                Contradiction(Amount)
            );
        }
    }
    let mut flow = PayCodeFlow::new(code_request(1000));
    flow.apply(PayCodeEvent::Paid(paid(60)), second(0));
    assert_eq!(
        flow.apply(PayCodeEvent::Collected(Fen(300)), second(0)),
        Taken
    );
    assert_eq!(
        flow.apply(PayCodeEvent::TimeWorth(Fen(300)), second(0)),
        Contradiction(AlreadyPaid)
    );
}

#[test]
fn once_a_part_is_paid_no_code_is_debited_the_whole() {
    let partly = || ScanEvent::Paid(payment(700));
    let mut unsent = ScanFlow::new(scan(1000, "134"));
    assert_eq!(unsent.apply(partly(), second(0)), Taken);
    assert_eq!(
        unsent.apply(ScanEvent::Sending, second(0)),
        Contradiction(NotNow)
    );
    let mut refused = ScanFlow::new(scan(1000, "134"));
    refused.apply(ScanEvent::Sending, second(0));
    let (auth_code, failure) = ("134".into(), Failure::Refused);
    refused.apply(ScanEvent::Failed { auth_code, failure }, second(0));
    assert_eq!(refused.apply(partly(), second(0)), Taken);
    assert_eq!(
        refused.apply(ScanEvent::Scanned(scan(1000, "135")), second(0)),
        Contradiction(NotNow)
    );
    for flow in [unsent, refused] {
        assert_eq!(
            flow.next(second(0), Patience::default()),
            ScanNext::CollectAtBooth(Fen(300))
        );
    }
}

#[test]
fn a_code_is_asked_for_again_and_shown_until_the_driver_has_paid() {
    let mut flow = PayCodeFlow::new(code_request(1000));
    let next = |flow: &PayCodeFlow, at| flow.next(second(at), Patience::default());
    flow.apply(PayCodeEvent::Failed(Failure::Unknown), second(0));
    assert_eq!(
        (next(&flow, 59), next(&flow, 60)),
        (
            PayCodeNext::WaitUntil(second(60)),
            PayCodeNext::Send(code_request(1000))
        )
    );
    assert_eq!(
        flow.apply(PayCodeEvent::Answered(code()), second(60)),
        Taken
    );
    assert_eq!(
        flow.apply(PayCodeEvent::Answered(code()), second(60)),
        Duplicate
    );
    assert_eq!(
        flow.apply(PayCodeEvent::Failed(Failure::Refused), second(60)),
        Duplicate
    );
    assert_eq!(next(&flow, 60), PayCodeNext::Show(code()));
    assert_eq!(
        flow.apply(PayCodeEvent::Collected(Fen(1000)), second(61)),
        Taken
    );
    assert_eq!(
        flow.apply(PayCodeEvent::Paid(payment(1000)), second(62)),
        Contradiction(AlreadyPaid)
    );
    assert_eq!(
        (next(&flow, 62), flow.status()),
        (PayCodeNext::Done, OrderStatus::UNPAID)
    );
}

#[test]
fn no_other_code_is_scanned_while_the_first_may_pay() {
    let failed = |auth_code: &str, failure| ScanEvent::Failed {
        auth_code: auth_code.into(),
        failure,
    };
    let mut flow = ScanFlow::new(scan(1000, "134"));
    let mut apply = |event| flow.apply(event, second(0));
    for (event, step) in [
        (ScanEvent::Scanned(scan(1000, "135")), Contradiction(NotNow)),
        (ScanEvent::Sending, Taken),
        (ScanEvent::Sending, Duplicate),
        (ScanEvent::Scanned(scan(1000, "135")), Contradiction(NotNow)),
        (failed("134", Failure::Refused), Taken),
        (ScanEvent::Scanned(scan(1000, "134")), Duplicate),
        (ScanEvent::Scanned(scan(900, "135")), Contradiction(Amount)),
        (
            ScanEvent::Scanned(ScanPayment {
                order_no: "D2".into(),
                ..scan(1000, "135")
            }),
            Contradiction(OtherOrder),
        ),
        (ScanEvent::Scanned(scan(1000, "135")), Taken),
        (ScanEvent::Sending, Taken),
        (failed("134", Failure::Refused), Duplicate),
        (failed("135", Failure::Unknown), Taken),
        (ScanEvent::Accepted, Duplicate),
        (ScanEvent::Scanned(scan(1000, "136")), Contradiction(NotNow)),
    ] {
        assert_eq!(apply(event.clone()), step, "{event:?}");
    }
    let next = |flow: &ScanFlow, at| flow.next(second(at), Patience::default());
    assert_eq!(
        (next(&flow, 89), next(&flow, 90)),
        (
            ScanNext::WaitUntil(second(90)),
            ScanNext::CollectAtBooth(Fen(1000))
        )
    );
    assert_eq!(
        flow.apply(ScanEvent::Paid(payment(1000)), second(91)),
        Taken
    );
    assert_eq!(
        flow.apply(ScanEvent::Collected(Fen(1000)), second(91)),
        Contradiction(AlreadyPaid)
    );
    assert_eq!(
        (next(&flow, 91), flow.status()),
        (ScanNext::Done, OrderStatus::PAID)
    );
}

#[test]
fn a_refusal_is_believed_only_when_the_order_is_not_paid() {
    let failed = |failure| PaidOrderEvent::Failed(failure);
    let unpaid = || PaidOrderEvent::Status(OrderStatus::UNPAID);
    for (events, next) in [
        (vec![PaidOrderEvent::Told], PaidOrderNext::Done),
        (
            vec![failed(Failure::Unknown)],
            PaidOrderNext::WaitUntil(second(60)),
        ),
        (
            vec![
                failed(Failure::Refused),
                PaidOrderEvent::Status(OrderStatus::PAID),
            ],
            PaidOrderNext::Done,
        ),
        (
            vec![failed(Failure::Refused), unpaid()],
            PaidOrderNext::Refund(Fen(1000)),
        ),
        (
            vec![failed(Failure::Refused), unpaid(), PaidOrderEvent::Told],
            PaidOrderNext::Refund(Fen(1000)),
        ),
        (
            vec![failed(Failure::Refused), unpaid(), failed(Failure::Unknown)],
            PaidOrderNext::WaitUntil(second(60)),
        ),
        (
            vec![failed(Failure::Refused), unpaid(), PaidOrderEvent::Refunded],
            PaidOrderNext::Done,
        ),
        (
            vec![
                PaidOrderEvent::Refunded,
                PaidOrderEvent::Told,
                failed(Failure::Refused),
            ],
            PaidOrderNext::Done,
        ),
    ] {
        let mut order = PaidOrder::new(payment(1000));
        for event in events.clone() {
            order.apply(event, second(0));
        }
        assert_eq!(
            order.next(second(0), Patience::default()),
            next,
            "{events:?}"
        );
        assert_eq!(
            order.is_refunded(),
            events.ends_with(&[PaidOrderEvent::Refunded])
        );
    }
}
