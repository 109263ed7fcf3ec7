//! C.1.1: a car comes in, its driver pays at the booth, it leaves. Then the office work: an
//! invoice, a correction, a refund.
use crate::{
    lot::{Held, TOWER, books::seen},
    message,
    stage::Stage,
};
use anyhow::{Context, Result};
use sztc_proto::{
    Money,
    code::{BusinessCode, ImageKind, PayMethod},
    model::{Invoice, InvoiceStockQuery, ParkingRecord, PaymentRecord, Refund},
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let (payment, left) = parks_and_pays(stage).await?;
    wants_an_invoice(stage).await?;
    is_corrected(stage, left).await?;
    gets_some_back(stage, payment).await
}

async fn parks_and_pays(stage: &Stage) -> Result<(PaymentRecord, ParkingRecord)> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} comes in"));
    let record = lot
        .arrives(stage, TOWER, seen(&plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.check(
        "the city has its entry",
        office.stay(&record.id)?.as_ref() == Some(&record),
    )?;
    stage.check(
        "and the picture of it",
        office.image(&record.id, ImageKind::ENTRY_PLATE)?.is_some(),
    )?;
    let taken = office
        .vacancy(TOWER)?
        .context("the city knows what is free")?
        .used_spaces;

    stage.later(95);
    stage.step(format!(
        "{plate} stands at the exit after 95 minutes and has to pay 10 yuan"
    ));
    let held = lot.leaves(stage, TOWER, &plate).await?;
    let owes = matches!(&held, Err(Held::Unpaid(order)) if order.receivables == Money::fen(1000));
    stage.check("it is held until it has paid", owes)?;
    let payment = lot
        .is_paid_at_booth(stage, TOWER, &plate, PayMethod::CASH)
        .await?;
    let left = lot
        .leaves(stage, TOWER, &plate)
        .await?
        .ok()
        .context("it is let out")?;
    let told = office.stay(&record.id)?.context("the city has the stay")?;
    stage.check(
        "the city has its exit, and what was paid",
        told == left && told.received == Money::fen(1000),
    )?;
    stage.check(
        "and the picture of it",
        office.image(&record.id, ImageKind::EXIT_PLATE)?.is_some(),
    )?;
    stage.check(
        "and the payment",
        office.payments_of(&record.id)? == [payment.clone()],
    )?;
    stage.check(
        "one space more is free",
        office.vacancy(TOWER)?.map(|vacancy| vacancy.used_spaces) == Some(taken - 1),
    )?;
    Ok((payment, left))
}

async fn wants_an_invoice(stage: &Stage) -> Result<()> {
    let (office, city) = (&stage.sites.office, &stage.sites.city_https);
    stage.step("the driver wants an invoice");
    let stock: InvoiceStockQuery = message!(1202, "request");
    let stock = stage
        .call("1202 for the stock", || {
            city.query_invoice_stock(stock.clone())
        })
        .await?;
    stage.check("there are invoices", stock.count > 0)?;
    let mut invoice: Invoice = message!(1201, "request");
    invoice.request_no = stage
        .id("I")
        .chars()
        .rev()
        .take(invoice.request_no.chars().count())
        .collect::<String>()
        .into();
    let issued = stage
        .call("1201 for the payment", || {
            city.issue_invoice(invoice.clone())
        })
        .await?;
    stage.check(
        "the invoice is issued",
        issued.request_no == invoice.request_no && office.invoice(&invoice.request_no)?.is_some(),
    )
}

async fn is_corrected(stage: &Stage, left: ParkingRecord) -> Result<()> {
    let (office, city) = (&stage.sites.office, &stage.sites.city_https);
    stage.step("the camera had misread the colour");
    let mut corrected = left;
    corrected
        .park_car_info
        .iter_mut()
        .for_each(|car| car.plate_color = Some("黄色".into()));
    stage
        .call("5006 of the colour", || {
            city.correct_record(corrected.clone())
        })
        .await?;
    stage.check(
        "the city has the right colour",
        office.stay(&corrected.id)?.as_ref() == Some(&corrected),
    )
}

async fn gets_some_back(stage: &Stage, payment: PaymentRecord) -> Result<()> {
    let (office, city) = (&stage.sites.office, &stage.sites.city_https);
    stage.step("the driver had a coupon for 2 yuan");
    let refund = Refund {
        id: stage.id("R").into(),
        order_no: payment
            .order_no
            .clone()
            .context("the payment has an order")?,
        time: stage.now(),
        refund_money: Money::fen(200),
        refund_type: PayMethod::CASH,
        refund_from: "岗亭".into(),
    };
    stage
        .call("5009 of the coupon", || city.report_refund(refund.clone()))
        .await?;
    stage.check(
        "the city has the refund",
        office.refund(&refund.id)?.as_ref() == Some(&refund),
    )?;
    let mut unknown = refund;
    unknown.order_no = stage.id("X").into();
    stage
        .refused("5009 of no order", BusinessCode::NO_OBJECT, || {
            city.report_refund(unknown.clone())
        })
        .await
}
