//! C.1.2.1: the city orders what gates do with certain cars. A cloned plate that has come in must
//! not leave; a watched car passes, and the city is warned; a car of the government passes without
//! paying; one that must not come in stays outside. Over both ways.
use crate::{
    lot::{Held, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    Money, Timestamp,
    code::ControlStrategy,
    model::{Car, ControlEntry, ControlUpdate},
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    for way in Down::BOTH {
        cloned(stage, way).await?;
        watched(stage, way).await?;
        official(stage, way).await?;
        barred(stage, way).await?;
    }
    Ok(())
}

/// Example 1 of the section: the entry is reported, the city knows the plate to be cloned, and
/// orders that it must not leave.
async fn cloned(stage: &Stage, way: Down) -> Result<()> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!(
        "the police knows {plate} to be cloned; it comes in"
    ));
    office.knows_cloned(&plate)?;
    let record = lot
        .arrives(stage, TOWER, seen(&plate))
        .await?
        .ok()
        .context("it is let in")?;
    let place = office.saw_cloned(&plate)?;
    stage.check(
        "the police learns where it is",
        place.as_deref() == Some(&*record.id),
    )?;
    stage.step("the city orders that it must not leave");
    let order = order(stage, way, &plate, ControlStrategy::NO_EXIT).await?;
    stage.later(20);
    let held = lot.leaves(stage, TOWER, &plate).await?;
    stage.check(
        "it is kept in, though it owes nothing",
        held == Err(Held::Control(ControlStrategy::NO_EXIT)),
    )?;
    stage.step("the police has seen to it: the order is taken back");
    let withdrawn = ControlUpdate::delete(order);
    stage
        .call("4001 to delete", || {
            stage.partner(way).update_control(withdrawn.clone())
        })
        .await?;
    let left = lot
        .leaves(stage, TOWER, &plate)
        .await?
        .ok()
        .context("it is let out")?;
    stage.check("it leaves as the car that came", left.id == record.id)
}

/// A car that passes, while somebody is told.
async fn watched(stage: &Stage, way: Down) -> Result<()> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!(
        "{plate} is watched: it passes, and the city is warned"
    ));
    order(stage, way, &plate, ControlStrategy::WARN).await?;
    lot.arrives(stage, TOWER, seen(&plate))
        .await?
        .ok()
        .context("it is let in")?;
    let warned = office
        .events()?
        .into_iter()
        .any(|event| event.plate_no.as_deref() == Some(&*plate));
    stage.check("the city has the warning", warned)?;
    stage.later(20);
    lot.leaves(stage, TOWER, &plate)
        .await?
        .ok()
        .context("it is let out")
        .map(drop)
}

/// Example 2 of the section.
async fn official(stage: &Stage, way: Down) -> Result<()> {
    let lot = &stage.sites.lot;
    let plate = stage.plate("粤O");
    stage.step(format!("{plate} was applied for: it passes without paying"));
    order(stage, way, &plate, ControlStrategy::FREE_PASS).await?;
    lot.arrives(stage, TOWER, seen(&plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(180);
    let left = lot
        .leaves(stage, TOWER, &plate)
        .await?
        .ok()
        .context("it is let out")?;
    stage.check("three hours cost nothing", left.receivables == Money::ZERO)
}

async fn barred(stage: &Stage, way: Down) -> Result<()> {
    let lot = &stage.sites.lot;
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} must not come in"));
    order(stage, way, &plate, ControlStrategy::NO_ENTRY).await?;
    let held = lot.arrives(stage, TOWER, seen(&plate)).await?;
    stage.check(
        "it stays outside",
        held == Err(Held::Control(ControlStrategy::NO_ENTRY)),
    )?;
    stage.later(24 * 60);
    lot.arrives(stage, TOWER, seen(&plate))
        .await?
        .ok()
        .context("the order has ended, and it is let in")?;
    stage.later(10);
    lot.leaves(stage, TOWER, &plate)
        .await?
        .ok()
        .context("it is let out")
        .map(drop)
}

/// The city orders it for some hours.
async fn order(
    stage: &Stage,
    way: Down,
    plate: &str,
    strategy: ControlStrategy,
) -> Result<ControlEntry> {
    let until = stage.now().timestamp().seconds() + 12 * 3600;
    let entry = ControlEntry {
        id: stage.id("L").into(),
        park_code: TOWER.into(),
        park_car_info: Car::new(plate),
        strategy_type: strategy,
        begin_date: Some(stage.now()),
        end_date: Timestamp::from_seconds(until).date_time(),
        strategy_from: "市公安局交通警察局".into(),
    };
    let update = ControlUpdate::new(entry.clone());
    let reply = stage
        .call("4001", || stage.partner(way).update_control(update.clone()))
        .await?;
    stage.check(
        "the parking system has the order",
        reply.id.as_ref() == Some(&entry.id),
    )?;
    Ok(entry)
}
