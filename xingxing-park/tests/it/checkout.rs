//! The flow at the exit, against a platform over a socket and against one that never answers.
use crate::common::*;
use std::time::Duration;
use tokio::time::Instant;
use xingxing_park::{code::*, ledger::*, model::*, *};

fn rule() -> DiscountRule {
    DiscountRule::PerKwh {
        credit: Money::fen(50),
        most: None,
    }
}

fn stay() -> Stay {
    let at = |time: &str| time.parse().expect("a time");
    Stay::new(
        "苏DR3005",
        at("2018-07-11 16:30:00"),
        at("2018-07-11 18:00:00"),
    )
    .park("3100000092")
}

fn other(id: &str) -> ParkChargeResult {
    ParkChargeResult {
        order_id: id.into(),
        ..charging()
    }
}

#[tokio::test]
async fn a_stay_is_asked_for_settled_and_reported_over_sockets() {
    let platform = Platform::default();
    let router = ChargingRouter::new(
        platform.clone(),
        CallbackAuth::dangerous_accept_unauthenticated(),
    );
    let base = serve_on(router.into_router(), None).await;
    let ledger = Ledger::default();
    for id in [ORDER, "unknown to the platform"] {
        ledger.notify(&other(id)).await.expect("memory");
    }
    let client = ChargingClient::new(format!("{base}/parking")).expect("a client");
    let checkout = Checkout::new(ledger.clone(), client, "停车场-7", rule());
    let settlement = checkout.settle(&stay()).await.expect("memory");
    // 20.5 kWh of the order that was found, and the 0.4 kWh of the sample of the other.
    assert_eq!(
        (settlement.energy, settlement.discount),
        (Fixed::of_units(20_90), Discount::Money(Money::fen(10_45)))
    );
    let mut asked: Vec<OrderId> = platform
        .asked
        .lock()
        .expect("not poisoned")
        .iter()
        .map(|(_, query)| query.order_id.clone())
        .collect();
    asked.sort();
    assert_eq!(asked, [ORDER, "unknown to the platform"]);
    // The same exit does not ask again.
    assert_eq!(
        checkout.settle(&stay()).await.expect("memory").energy,
        settlement.energy
    );
    assert_eq!(platform.asked.lock().expect("not poisoned").len(), 2);

    let reports = checkout
        .close(&settlement, Money::fen(10_45))
        .await
        .expect("memory");
    assert_eq!(reports.len(), 2);
    assert!(checkout.report(reports.clone()).await.is_empty());
    let mut told = platform.reports.lock().expect("not poisoned").clone();
    told.sort_by(|one, other| one.order_id.cmp(&other.order_id));
    assert_eq!(told, reports);
    assert_eq!(
        told.iter()
            .map(|report| report.discount_money.value())
            .sum::<rust_decimal::Decimal>(),
        Money::fen(10_45).value()
    );
}

/// Never answers.
struct Silence;

impl Transport for Silence {
    type Code = Ret;

    fn exchange<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_never_answers_does_not_hold_the_barrier() {
    for (orders, unfinished, energy) in [
        (1, Unfinished::ToSample, 40),
        (30, Unfinished::ToSample, 30 * 40),
        (2, Unfinished::Ignore, 0),
    ] {
        let ledger = Ledger::default();
        for number in 0..orders {
            ledger
                .notify(&other(&number.to_string()))
                .await
                .expect("memory");
        }
        let limit = Duration::from_secs(2);
        let checkout = Checkout::new(ledger.clone(), ChargingClient::over(Silence), "7", rule())
            .unfinished(unfinished)
            .limit(limit);
        let begun = Instant::now();
        let settlement = checkout.settle(&stay()).await.expect("memory");
        assert!(
            begun.elapsed() <= limit + Duration::from_millis(10),
            "{:?}",
            begun.elapsed()
        );
        assert_eq!(settlement.energy, Fixed::of_units(energy));
        assert!(ledger.due(&stay()).await.expect("memory").is_empty());
    }
}

#[tokio::test]
async fn a_report_that_is_not_accepted_comes_back() {
    for (body, text) in [
        (r#"{"Status":1}"#, "Status 1"),
        (r#"{"Ret":4004,"Msg":"no such order"}"#, "no such order"),
    ] {
        let client = ChargingClient::new(answers(200, body).await).expect("a client");
        let checkout = Checkout::new(Ledger::default(), client, "7", rule());
        let [unreported] = &checkout.report(vec![report(1)]).await[..] else {
            panic!("{body}")
        };
        assert_eq!(
            (&unreported.report, unreported.error.kind()),
            (&report(1), ErrorKind::Refused)
        );
        assert!(
            unreported.error.to_string().contains(text),
            "{}",
            unreported.error
        );
    }
}
