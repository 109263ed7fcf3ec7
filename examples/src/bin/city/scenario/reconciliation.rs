//! C.5: the clearing platform asks the city for the orders of a day (1401) and compares them with the files of the payment platforms. One amount is wrong,
//! and is found by the number of its order.
use crate::{
    clearing::{Comparison, Difference, Entry},
    lot::{Held, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::*;

/// The payment platforms, and how drivers pay through them.
const PLATFORMS: [(&str, PayMethod); 2] = [("银联商务", PayMethod::UNION_PAY), ("财付通", PayMethod::WECHAT)];
const CARS: usize = 3;

pub async fn play(stage: &Stage) -> Result<()> {
    let (city, clearing) = (&stage.sites.office, &stage.sites.clearing_books);
    let payments = pay(stage).await?;
    let day = stage.now().date();
    let refunded = payments.first().context("somebody paid")?;
    let refund = give_back(stage, refunded).await?;

    stage.step("the clearing platform asks the city for the orders of the day");
    let all = orders(stage, day, BillType::ALL).await?;
    let paid = orders(stage, day, BillType::SUCCESS).await?;
    let back = orders(stage, day, BillType::REFUND).await?;
    stage.check("payments and refunds are all there is", all.len() == paid.len() + back.len())?;
    stage.check("nothing was revoked", orders(stage, day, BillType::REVOKED).await?.is_empty())?;
    for payment in &payments {
        let order = paid
            .iter()
            .find(|order| Some(&order.order_no) == payment.order_no.as_ref())
            .context("each payment is an order")?;
        let alike = (order.received, &order.pay_from, order.pay_time) == (payment.received, &payment.pay_from, payment.pay_time);
        stage.check("as it was paid", alike && city.payments_of(&payment.record_id)? == [payment.clone()])?;
    }
    let given = |order: &SettledOrder| order.order_no == refund.order_no && order.received == refund.refund_money;
    stage.check("the refund is an order of its own", back.iter().filter(|order| given(order)).count() == 1)?;

    stage.step("the payment platforms hand in their files; one has a wrong amount");
    let wrong = payments.last().and_then(|payment| payment.order_no.clone()).context("somebody paid")?;
    for (platform, _) in PLATFORMS {
        let mut entries = entries(platform, &payments, &refund);
        entries
            .iter_mut()
            .filter(|entry| *entry.order_no == *wrong)
            .for_each(|entry| entry.amount = Money::fen(100));
        clearing.takes(platform, day, &entries)?;
    }
    let compared = compare(stage, day, &all)?;
    let expected = Difference {
        order_no: wrong.to_string(),
        city: Some(Money::fen(1000)),
        file: Some(Money::fen(100)),
    };
    let different: Vec<&Difference> = compared.iter().flat_map(|result| &result.different).collect();
    stage.check("exactly this order is found", different == [&expected])?;
    let agreed: usize = compared.iter().map(|result| result.agreed).sum();
    stage.check("all others agree", agreed >= payments.len())?;
    for (result, (platform, _)) in compared.iter().zip(PLATFORMS) {
        stage.check(
            "the clearing platform keeps what it found",
            clearing.result(platform, day)?.as_ref() == Some(result),
        )?;
    }

    stage.step(format!("the payment platform puts order {wrong} right"));
    for (platform, _) in PLATFORMS {
        clearing.takes(platform, day, &entries(platform, &payments, &refund))?;
    }
    let compared = compare(stage, day, &all)?;
    stage.check("all agree", compared.iter().all(|result| result.different.is_empty()))
}

/// Cars come, and their drivers pay in the app, by one payment platform or the other.
async fn pay(stage: &Stage) -> Result<Vec<PaymentRecord>> {
    let lot = &stage.sites.lot;
    let plates: Vec<String> = (0..PLATFORMS.len() * CARS).map(|_| stage.plate("粤B")).collect();
    stage.step(format!("{} cars come, and pay in the app", plates.len()));
    for plate in &plates {
        lot.arrives(stage, TOWER, seen(plate)).await?.ok().context("it is let in")?;
    }
    stage.later(70);
    let mut payments = Vec::new();
    for ((plate, (platform, method)), way) in plates.iter().zip(PLATFORMS.into_iter().cycle()).zip(Down::BOTH.into_iter().cycle()) {
        let Err(Held::Unpaid(order)) = lot.leaves(stage, TOWER, plate).await? else {
            anyhow::bail!("{plate} has to pay");
        };
        payments.push(stage.sites.office.collects(stage, way, &order, method, platform).await?);
        lot.leaves(stage, TOWER, plate).await?.ok().context("it has paid, and is let out")?;
    }
    Ok(payments)
}

/// Two yuan of a payment are given back (5009), by the platform through which it was made.
async fn give_back(stage: &Stage, payment: &PaymentRecord) -> Result<Refund> {
    let refund = Refund {
        id: stage.id("R").into(),
        order_no: payment.order_no.clone().context("the payment has an order")?,
        time: stage.now(),
        refund_money: Money::fen(200),
        refund_type: payment.pay_type,
        refund_from: payment.pay_from.clone(),
    };
    stage.call("5009", || stage.sites.city_https.report_refund(refund.clone())).await?;
    Ok(refund)
}

async fn orders(stage: &Stage, day: Date, bill_type: BillType) -> Result<Vec<SettledOrder>> {
    let query = OrderQuery { bill_date: day, bill_type };
    stage.call("1401", || stage.sites.clearing.query_orders(query.clone())).await
}

/// The file of a payment platform: what was paid and given back through it.
fn entries(platform: &str, payments: &[PaymentRecord], refund: &Refund) -> Vec<Entry> {
    let entry = |order_no: &str, action, amount| Entry {
        order_no: order_no.to_owned(),
        action,
        amount,
    };
    let paid = payments.iter().filter(|payment| *payment.pay_from == *platform);
    let paid = paid.map(|payment| entry(payment.order_no.as_deref().unwrap_or_default(), OrderAction::PAYMENT, payment.received));
    let back = Some(refund).filter(|refund| *refund.refund_from == *platform);
    let back = back.map(|refund| entry(&refund.order_no, OrderAction::REFUND, refund.refund_money));
    paid.chain(back).collect()
}

/// What differs, platform by platform.
fn compare(stage: &Stage, day: Date, orders: &[SettledOrder]) -> Result<Vec<Comparison>> {
    let mut results = Vec::new();
    for (platform, _) in PLATFORMS {
        let result = stage.sites.clearing_books.compares(platform, day, orders)?;
        stage.step(format!("  {platform}: {} agree, {} differ", result.agreed, result.different.len()));
        results.push(result);
    }
    Ok(results)
}
