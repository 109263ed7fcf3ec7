//! C.2.1, C.2.2.1 to C.2.2.3: detectors see a car come and leave, its driver pays in the app;
//! another pays a collector; a third leaves in the free time.
use crate::stage::Stage;
use anyhow::{Context, Result};
use sztc_proto::{
    Money, Violations,
    code::{BusinessCode, PayMethod, SpaceState},
    model::{FeeQuery, ParkingOrder, ParkingRecord},
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    in_the_app(stage).await?;
    at_a_device(stage).await?;
    in_the_free_time(stage).await
}

async fn in_the_app(stage: &Stage) -> Result<()> {
    let record = is_seen(stage).await?;
    let plate = stage.plate("粤B");
    applies(stage, &record, &plate).await?;
    stage.later(40);
    looks_up(stage, &record, &plate).await?;
    stage.later(30);
    let order = drives_off(stage, &record, &plate).await?;
    pays(stage, &order, &plate).await
}

/// A detector sees no plates.
async fn is_seen(stage: &Stage) -> Result<ParkingRecord> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    stage.step("a detector sees a car come, and no plate");
    let record = street.arrives(stage).await?;
    let space = record
        .space_no
        .clone()
        .context("a car on the street has a space")?;
    let mut wrong = Violations::default();
    record.check_on_street(&mut wrong);
    stage.check(
        "the record says what one on the street has to",
        wrong.list().is_empty(),
    )?;
    stage.check(
        "the city has it, without a car",
        office.stay(&record.id)?.as_ref() == Some(&record) && record.park_car_info.is_none(),
    )?;
    stage.check(
        "and the space taken",
        state(stage, &space)? == Some(SpaceState::OCCUPIED),
    )?;
    Ok(record)
}

async fn applies(stage: &Stage, record: &ParkingRecord, plate: &str) -> Result<()> {
    stage.step(format!("the driver applies for parking: it is {plate}"));
    stage.sites.street.applies(stage, record, plate).await?;
    let known = stage
        .sites
        .office
        .stay(&record.id)?
        .and_then(|stay| stay.park_car_info);
    stage.check(
        "the city knows the car",
        known.is_some_and(|car| *car.plate_no == *plate),
    )
}

async fn looks_up(stage: &Stage, record: &ParkingRecord, plate: &str) -> Result<()> {
    stage.step("after 40 minutes the driver looks up the fee of the space");
    let query = of_space(record);
    let order = stage
        .call("6006", || {
            stage.sites.street_partner.query_fee(query.clone())
        })
        .await?;
    stage.check(
        "the fee is that of the tariff",
        order.receivables == Money::fen(500) && order.plate_no.as_deref() == Some(plate),
    )
}

/// Nothing holds it; what it owes stays open.
async fn drives_off(stage: &Stage, record: &ParkingRecord, plate: &str) -> Result<ParkingOrder> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    stage.step("the detector sees it leave");
    let stay = street.leaves(stage, &record.id).await?;
    stage.check(
        "the city has its exit",
        office.stay(&record.id)?.as_ref() == Some(&stay.record) && stay.record.leave_time.is_some(),
    )?;
    let space = record.space_no.as_deref().unwrap_or_default();
    stage.check(
        "and the space free",
        state(stage, space)? == Some(SpaceState::FREE),
    )?;
    let order = office
        .order(&format!("{}-1", record.id))?
        .context("the city has the order")?;
    stage.check(
        "which is open",
        order.receivables == Money::fen(750) && office.arrears(plate)? == [order.clone()],
    )?;
    let query = of_space(record);
    stage
        .refused(
            "6006 of an empty space",
            BusinessCode::CAR_NOT_INSIDE,
            || stage.sites.street_partner.query_fee(query.clone()),
        )
        .await?;
    Ok(order)
}

async fn pays(stage: &Stage, order: &ParkingOrder, plate: &str) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    stage.step("the driver pays in the app");
    let payment = office
        .collects_from(
            stage,
            &stage.sites.street_partner,
            order,
            PayMethod::WECHAT,
            "微信公众号",
        )
        .await?;
    let stay = street
        .stay(&order.record_id)?
        .context("the operator has the stay")?;
    stage.check(
        "the operator knows that it is paid",
        stay.payments == [payment.clone()] && stay.is_settled(stage.now()),
    )?;
    stage.check(
        "nothing is open",
        office.arrears(plate)?.is_empty() && office.payments_of(&order.record_id)? == [payment],
    )
}

fn of_space(record: &ParkingRecord) -> FeeQuery {
    FeeQuery {
        space_no: record.space_no.clone(),
        ..FeeQuery::default()
    }
}

async fn at_a_device(stage: &Stage) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!(
        "{plate} comes; before it leaves its driver pays a collector"
    ));
    let id = street.parks(stage, &plate).await?.record.id;
    stage.later(50);
    let payment = street.is_paid_at_device(&id, PayMethod::ALIPAY)?;
    street.reports(stage, &payment).await?;
    stage.check(
        "the city has the payment",
        office.payments_of(&id)? == [payment.clone()] && payment.received == Money::fen(500),
    )?;
    stage.later(5);
    let stay = street.leaves(stage, &id).await?;
    stage.check(
        "nothing is left to pay",
        stay.is_settled(stage.now()) && office.order(&format!("{id}-1"))?.is_none(),
    )?;
    let told = office.stay(&id)?.context("the city has the stay")?;
    stage.check(
        "the record names the payment",
        told.received == Money::fen(500) && told.charge_id_list == Some(vec![payment.id]),
    )
}

async fn in_the_free_time(stage: &Stage) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} leaves after ten minutes"));
    let id = street.parks(stage, &plate).await?.record.id;
    stage.later(10);
    let stay = street.leaves(stage, &id).await?;
    stage.check(
        "it has nothing to pay",
        stay.record.receivables == Money::ZERO && office.order(&format!("{id}-1"))?.is_none(),
    )
}

/// What the city knows of a space.
fn state(stage: &Stage, space_no: &str) -> Result<Option<SpaceState>> {
    Ok(stage
        .sites
        .office
        .space(space_no)?
        .map(|report| report.state))
}
