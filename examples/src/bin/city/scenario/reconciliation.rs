//! C.5: the clearing platform asks the city for the orders of a day (1401), asks the payment
//! platforms for their files one after the other, and compares. One payment was booked with a wrong
//! amount, and of one the city does not know yet; both are found by the numbers of their orders.
use crate::{
    bank::CHANNELS,
    clearing::{Comparison, Difference},
    lot::{Held, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    Date, Money,
    code::{BillType, PayMethod},
    model::{OrderQuery, ParkingOrder, PaymentRecord, Refund, SettledOrder},
};

/// How drivers pay in the app.
const IN_APP: [(Down, &str, PayMethod); 4] = [
    (Down::Https, "银联商务", PayMethod::UNION_PAY),
    (Down::Tcp, "银联商务", PayMethod::UNION_PAY),
    (Down::Https, "微信公众号", PayMethod::WECHAT),
    (Down::Tcp, "微信公众号", PayMethod::WECHAT),
];
/// How drivers pay at the booth.
const AT_BOOTH: [PayMethod; 2] = [PayMethod::ALIPAY, PayMethod::CASH];

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let plates = come(stage).await?;
    let on_street = stage
        .sites
        .street
        .parks(stage, &stage.plate("粤B"))
        .await?
        .record
        .id;
    // What is paid is all paid now, and so on one day.
    stage.later(70);
    let (in_app, at_booth) = plates.split_at(IN_APP.len());
    let mut payments = pay_in_app(stage, in_app).await?;
    let wrong = payments.last().context("somebody paid")?.clone();
    payments.extend(pay_at_booth(stage, at_booth).await?);
    let refund = give_back(stage, payments.first().context("somebody paid")?).await?;
    stage.step(
        "on the street one pays at a hand-held device that has no network: the payment \
        platform knows, the city does not",
    );
    stage.sites.street.leaves(stage, &on_street).await?;
    let unknown = stage
        .sites
        .street
        .is_paid_at_device(&on_street, PayMethod::WECHAT)?;
    let day = stage.now().date();

    stage.step("the clearing platform asks the city for the orders of the day");
    let all = orders(stage, day, BillType::ALL).await?;
    let paid = orders(stage, day, BillType::SUCCESS).await?;
    let back = orders(stage, day, BillType::REFUND).await?;
    stage.check(
        "payments and refunds are all there is",
        all.len() == paid.len() + back.len(),
    )?;
    stage.check(
        "nothing was revoked",
        orders(stage, day, BillType::REVOKED).await?.is_empty(),
    )?;
    for payment in &payments {
        let order = paid
            .iter()
            .find(|order| Some(&order.order_no) == payment.order_no.as_ref())
            .context("each payment is an order")?;
        let alike = (order.received, &order.pay_from, order.pay_time)
            == (payment.received, &payment.pay_from, payment.pay_time);
        let known = stage.sites.office.payments_of(&payment.record_id)?;
        stage.check("as it was paid", alike && known == [payment.clone()])?;
    }
    let given = |order: &SettledOrder| {
        order.order_no == refund.order_no && order.received == refund.refund_money
    };
    stage.check(
        "the refund is an order of its own",
        back.iter().filter(|order| given(order)).count() == 1,
    )?;

    stage.step("it asks each payment platform for its file, and compares");
    let mut own: Vec<String> = payments.iter().map(number).collect();
    own.push(number(&unknown));
    let found = reconcile(stage, day, &all)?;
    let mut different: Vec<Difference> = found
        .iter()
        .flat_map(|result| result.different.clone())
        .collect();
    different.retain(|difference| own.contains(&difference.order_no));
    let expected = [
        Difference {
            order_no: number(&wrong),
            city: Some(Money::yuan(10)),
            file: Some(Money::yuan(1)),
        },
        Difference {
            order_no: number(&unknown),
            city: None,
            file: Some(unknown.received),
        },
    ];
    let all_expected = expected
        .iter()
        .all(|difference| different.contains(difference));
    stage.check(
        "exactly these two are found",
        all_expected && different.len() == expected.len(),
    )?;
    agree(stage, &payments, &refund, &found, &[number(&wrong)])?;

    stage.step(format!(
        "the payment platform puts order {} right, and the device reports its own",
        number(&wrong)
    ));
    stage.check(
        "it had booked the payment",
        stage.sites.bank.corrects(&wrong.id, wrong.received)?,
    )?;
    stage.sites.street.reports(stage, &unknown).await?;
    payments.push(unknown);
    let all = orders(stage, day, BillType::ALL).await?;
    let found = reconcile(stage, day, &all)?;
    let mut different = found.iter().flat_map(|result| &result.different);
    stage.check(
        "no order differs",
        !different.any(|difference| own.contains(&difference.order_no)),
    )?;
    agree(stage, &payments, &refund, &found, &[])
}

/// Cars come to the lot, and stay for more than an hour.
async fn come(stage: &Stage) -> Result<Vec<String>> {
    let plates: Vec<String> = (0..IN_APP.len() + AT_BOOTH.len())
        .map(|_| stage.plate("粤B"))
        .collect();
    stage.step(format!("{} cars come to the lot", plates.len()));
    for plate in &plates {
        stage
            .sites
            .lot
            .arrives(stage, TOWER, seen(plate))
            .await?
            .ok()
            .context("it is let in")?;
    }
    Ok(plates)
}

/// Drivers pay in the app. At the payment platform somebody books the last payment wrongly.
async fn pay_in_app(stage: &Stage, plates: &[String]) -> Result<Vec<PaymentRecord>> {
    stage.step("drivers pay in the app; the payment platform books the last payment wrongly");
    let mut payments = Vec::new();
    for (plate, (way, app, method)) in plates.iter().zip(IN_APP) {
        let order = held(stage, plate).await?;
        if payments.len() + 1 == IN_APP.len() {
            stage
                .sites
                .bank
                .will_book(&order.order_no, Money::yuan(1))?;
        }
        payments.push(
            stage
                .sites
                .office
                .collects(stage, way, &order, method, app)
                .await?,
        );
        leave(stage, plate).await?;
    }
    Ok(payments)
}

/// Others pay at the booth: the parking system reports it (5008). Cash is in the file of no payment
/// platform.
async fn pay_at_booth(stage: &Stage, plates: &[String]) -> Result<Vec<PaymentRecord>> {
    stage.step("others pay at the booth, by a channel and in cash");
    let mut payments = Vec::new();
    for (plate, method) in plates.iter().zip(AT_BOOTH) {
        payments.push(
            stage
                .sites
                .lot
                .is_paid_at_booth(stage, TOWER, plate, method)
                .await?,
        );
        leave(stage, plate).await?;
    }
    Ok(payments)
}

async fn held(stage: &Stage, plate: &str) -> Result<Box<ParkingOrder>> {
    match stage.sites.lot.leaves(stage, TOWER, plate).await? {
        Err(Held::Unpaid(order)) => Ok(order),
        _ => anyhow::bail!("{plate} has to pay"),
    }
}

async fn leave(stage: &Stage, plate: &str) -> Result<()> {
    let left = stage.sites.lot.leaves(stage, TOWER, plate).await?.ok();
    left.context("it has paid, and is let out").map(drop)
}

/// Two yuan of a payment are given back, through the channel by which it was made, and the city is
/// told (5009).
async fn give_back(stage: &Stage, payment: &PaymentRecord) -> Result<Refund> {
    let refund = Refund {
        id: stage.id("R").into(),
        order_no: payment
            .order_no
            .clone()
            .context("the payment has an order")?,
        time: stage.now(),
        refund_money: Money::yuan(2),
        refund_type: payment.pay_type,
        refund_from: payment.pay_from.clone(),
    };
    stage.sites.bank.books(&refund)?;
    stage
        .call("5009", || {
            stage.sites.city_https.report_refund(refund.clone())
        })
        .await?;
    Ok(refund)
}

async fn orders(stage: &Stage, day: Date, bill_type: BillType) -> Result<Vec<SettledOrder>> {
    let query = OrderQuery {
        bill_date: day,
        bill_type,
    };
    stage
        .call("1401", || stage.sites.clearing.query_orders(query.clone()))
        .await
}

/// What came of the comparison, channel by channel, as the clearing platform keeps it.
fn reconcile(stage: &Stage, day: Date, orders: &[SettledOrder]) -> Result<Vec<Comparison>> {
    let books = &stage.sites.clearing_books;
    let results = books.reconciles(&stage.sites.bank, day, orders)?;
    stage.check(
        "no channel is left out",
        results.iter().map(|(channel, _)| *channel).eq(CHANNELS),
    )?;
    for (channel, result) in &results {
        let name = channel.name().unwrap_or_default();
        stage.step(format!(
            "  {name}: {} agree, {} differ",
            result.agreed.len(),
            result.different.len()
        ));
        stage.check(
            "the clearing platform keeps what it found",
            books.result(*channel, day)?.as_ref() == Some(result),
        )?;
    }
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// All payments agree that are not in cash, but those `except`, and the refund agrees.
fn agree(
    stage: &Stage,
    payments: &[PaymentRecord],
    refund: &Refund,
    found: &[Comparison],
    except: &[String],
) -> Result<()> {
    let mut expected: Vec<String> = payments
        .iter()
        .filter(|paid| paid.pay_type != PayMethod::CASH)
        .map(number)
        .collect();
    expected.retain(|number| !except.contains(number));
    expected.push(refund.order_no.to_string());
    for number in &expected {
        let times = expected.iter().filter(|other| *other == number).count();
        let agreed = found
            .iter()
            .flat_map(|result| &result.agreed)
            .filter(|agreed| *agreed == number)
            .count();
        stage.check("all others agree, the refund for itself", agreed == times)?;
    }
    Ok(())
}

/// The number of a payment's order.
fn number(payment: &PaymentRecord) -> String {
    payment.order_no.as_deref().unwrap_or_default().to_owned()
}
