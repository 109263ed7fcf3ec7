//! C.2.2.5: cars leave the street without paying. The city keeps what they owe and tells their
//! drivers, who repay in the app: one order, two orders, and one that a collector has been paid for
//! already.
use crate::{stage::Stage, street::Stay};
use anyhow::{Context, Result};
use sztc_proto::{
    Money,
    code::{BusinessCode, PayMethod},
    model::{ParkingOrder, PaymentRecord},
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    repaid_later(stage).await?;
    two_orders(stage).await?;
    paid_twice(stage).await
}

async fn repaid_later(stage: &Stage) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} leaves without paying"));
    let stay = leaves_unpaid(stage, &plate, 70).await?;
    let open = office.arrears(&plate)?;
    stage.check(
        "the city keeps what it owes",
        open == [stay.order(stage.now())] && open[0].receivables == Money::fen(750),
    )?;
    stage.later(120);
    stage.step("the city reminds its driver, who repays in the app");
    stage.check(
        "there is one order to remind of",
        office.reminds(&plate)? == 1,
    )?;
    let told = office.notices(&plate)?;
    stage.check(
        "the driver is told which",
        told.len() == 1 && told[0].text.contains(&*open[0].order_no),
    )?;
    let payment = repay(stage, &open[0]).await?;
    let stay = street
        .stay(&stay.record.id)?
        .context("the operator has the stay")?;
    stage.check(
        "the operator has its money",
        stay.payments == [payment] && stay.is_settled(stage.now()),
    )?;
    stage.check(
        "the city keeps nothing open",
        office.arrears(&plate)?.is_empty() && office.reminds(&plate)? == 0,
    )
}

async fn two_orders(stage: &Stage) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} leaves without paying, twice"));
    let stays = [
        leaves_unpaid(stage, &plate, 20).await?,
        leaves_unpaid(stage, &plate, 100).await?,
    ];
    let open = office.arrears(&plate)?;
    stage.check(
        "the city keeps both orders",
        open.len() == 2 && office.reminds(&plate)? == 2,
    )?;
    stage.step("its driver repays one, then the other");
    repay(stage, &open[0]).await?;
    stage.check(
        "the other is still open",
        office.arrears(&plate)? == open[1..],
    )?;
    repay(stage, &open[1]).await?;
    stage.check("none is", office.arrears(&plate)?.is_empty())?;
    for (stay, fen) in stays.iter().zip([250, 1000]) {
        let stay = street
            .stay(&stay.record.id)?
            .context("the operator has the stay")?;
        stage.check(
            "each stay is paid with its own fee",
            stay.paid() == Money::fen(fen) && stay.is_settled(stage.now()),
        )?;
    }
    Ok(())
}

/// A collector's device has no network, and so the city does not know yet that the order is paid.
async fn paid_twice(stage: &Stage) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!(
        "{plate} left without paying; its driver pays a collector, and then again in the app"
    ));
    let id = leaves_unpaid(stage, &plate, 40).await?.record.id;
    let order = office
        .order(&format!("{id}-1"))?
        .context("the city has the order")?;
    let at_device = street.is_paid_at_device(&id, PayMethod::CASH)?;
    let notice = office.takes(stage, &order, PayMethod::WECHAT, "微信公众号")?;
    let code = BusinessCode::OBJECT_EXISTS;
    stage
        .refused("6007 of a paid order", code, || {
            stage.sites.street_partner.notify_payment(notice.clone())
        })
        .await?;
    let stay = street.stay(&id)?.context("the operator has the stay")?;
    stage.check(
        "the operator has been paid once",
        stay.payments == [at_device.clone()],
    )?;

    stage.step("the city gives the second payment back");
    let refund = office.returns(stage, &notice.charge_info)?;
    stage.check(
        "all of it",
        office.refund(&refund.id)?.map(|refund| refund.refund_money) == Some(Money::fen(500)),
    )?;
    stage.check(
        "the driver is told",
        office
            .notices(&plate)?
            .iter()
            .any(|notice| notice.text.contains(&*order.order_no)),
    )?;
    stage.check(
        "the order is open until the device reports",
        office.arrears(&plate)?.len() == 1,
    )?;
    street.reports(stage, &at_device).await?;
    stage.check("then it is not", office.arrears(&plate)?.is_empty())?;
    stage.check(
        "and cannot be paid any more",
        office
            .takes(stage, &order, PayMethod::WECHAT, "微信公众号")
            .is_err(),
    )
}

async fn leaves_unpaid(stage: &Stage, plate: &str, after: u64) -> Result<Stay> {
    let id = stage.sites.street.parks(stage, plate).await?.record.id;
    stage.later(after);
    stage.sites.street.leaves(stage, &id).await
}

async fn repay(stage: &Stage, order: &ParkingOrder) -> Result<PaymentRecord> {
    stage
        .sites
        .office
        .collects_from(
            stage,
            &stage.sites.street_partner,
            order,
            PayMethod::ALIPAY,
            "支付宝服务窗",
        )
        .await
}
