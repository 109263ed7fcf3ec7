//! C.3: screens of three levels and a phone show what was reported of the lots (3001, 3005, 5003),
//! and the city pushes it to the parking system's own screens (9001), over both ways. Cars come and
//! go, the figures follow, and a full lot is shown full.
use crate::{
    lot::{COURT, Held, MALL, TOWER, books::seen, inventory::Inventory, site},
    office::guidance::Screen,
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::model::ParkingRecord;

pub(super) async fn play(stage: &Stage) -> Result<()> {
    for park_code in [MALL, TOWER, COURT] {
        is_registered(stage, park_code).await?;
    }
    screens_show(stage)?;
    let mut inside = Vec::new();
    for way in Down::BOTH {
        inside.push(comes(stage).await?);
        pushed(stage, way).await?;
    }
    while free(stage)? > 0 {
        inside.push(comes(stage).await?);
    }
    is_full(stage).await?;
    looks_at_the_phone(stage)?;
    all_leave(stage, inside).await
}

/// The city has a lot, and what is free there now.
async fn is_registered(stage: &Stage, park_code: &str) -> Result<()> {
    let lot = &stage.sites.lot;
    if stage.sites.office.lot(park_code)?.is_some() {
        return lot.report_vacancy(stage, park_code).await;
    }
    let site = site(park_code).context("it is one of the lots")?;
    lot.registers(stage, &Inventory::of(site, stage.now()))
        .await
}

/// Screens of each level.
fn screens_show(stage: &Stage) -> Result<()> {
    let office = &stage.sites.office;
    stage.step("the screens show what is free");
    for (screen, lots) in [
        (Screen::Large, &[MALL, TOWER, COURT][..]),
        (Screen::Street, &[TOWER, COURT]),
        (Screen::Entrance, &[COURT]),
    ] {
        let lines = office.screen(screen, lots)?;
        lines
            .iter()
            .for_each(|line| stage.step(format!("  {line}")));
        stage.check("each lot has its line", lines.len() == lots.len())?;
    }
    let entrance = office.screen(Screen::Entrance, &[COURT])?.concat();
    stage.check(
        "before the entrance hours and price are shown",
        entrance.contains("全天24小时") && entrance.contains("每小时5元"),
    )
}

/// A full lot is shown full, and lets nobody in.
async fn is_full(stage: &Stage) -> Result<()> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    stage.step(format!("{} is full", name()?));
    for screen in [Screen::Large, Screen::Street, Screen::Entrance] {
        stage.check(
            "it is shown full",
            office.screen(screen, &[COURT])?.concat().ends_with("满"),
        )?;
    }
    for way in Down::BOTH {
        pushed(stage, way).await?;
    }
    let turned_away = lot.arrives(stage, COURT, seen(&stage.plate("粤B"))).await?;
    stage.check(
        "who comes all the same is not let in",
        turned_away == Err(Held::Full),
    )
}

fn looks_at_the_phone(stage: &Stage) -> Result<()> {
    let (office, full) = (&stage.sites.office, name()?);
    stage.step("a driver who wanted to go there looks at the phone");
    let there = office.shown(COURT)?.context("the city shows it")?.position;
    let offered = office.phone(there)?;
    stage.check(
        "the full lot is not offered",
        offered.iter().all(|lot| lot.name != full),
    )?;
    let nearest = offered.first().context("another has room")?;
    stage.step(format!(
        "  {} {} {}",
        nearest.name, nearest.hours, nearest.price
    ));
    stage.check(
        "with the price",
        nearest.free > 0 && !nearest.price.is_empty(),
    )
}

async fn all_leave(stage: &Stage, inside: Vec<ParkingRecord>) -> Result<()> {
    stage.later(20);
    let cars = inside.len();
    for record in inside {
        let plate = record.park_car_info.context("it has a plate")?.plate_no;
        stage
            .sites
            .lot
            .leaves(stage, COURT, &plate)
            .await?
            .ok()
            .context("it is let out")?;
    }
    stage.step(format!("{cars} cars leave"));
    stage.check(
        "their spaces are shown free",
        usize::try_from(free(stage)?)? == cars,
    )?;
    for way in Down::BOTH {
        pushed(stage, way).await?;
    }
    Ok(())
}

fn name() -> Result<&'static str> {
    Ok(site(COURT).context("it is one of the lots")?.name)
}

/// What the city shows.
fn free(stage: &Stage) -> Result<i32> {
    Ok(stage
        .sites
        .office
        .shown(COURT)?
        .context("the city shows it")?
        .free)
}

/// A car comes, and one space less is shown.
async fn comes(stage: &Stage) -> Result<ParkingRecord> {
    let (before, plate) = (free(stage)?, stage.plate("粤B"));
    stage.step(format!("{plate} comes"));
    let record = stage
        .sites
        .lot
        .arrives(stage, COURT, seen(&plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.check("one space less is shown", free(stage)? == before - 1)?;
    let line = stage
        .sites
        .office
        .screen(Screen::Street, &[COURT])?
        .concat();
    let expected = if before == 1 {
        "满".to_owned()
    } else {
        format!("空位{}", before - 1)
    };
    stage.check(
        "also on the screen in the street",
        line.ends_with(&expected),
    )?;
    Ok(record)
}

/// The city pushes the lot, and the parking system has the figure that the city shows.
async fn pushed(stage: &Stage, way: Down) -> Result<()> {
    let push = stage
        .sites
        .office
        .pushes(stage, stage.partner(way), COURT)
        .await?;
    let kept = stage
        .sites
        .lot
        .pushed()?
        .into_iter()
        .find(|kept| kept.park_code == push.park_code);
    stage.check(
        "the parking system has what was pushed",
        kept.as_ref() == Some(&push),
    )?;
    stage.check(
        "which is what the city shows",
        push.remaining_space == free(stage)? && push.list_entrance_info.len() == 3,
    )
}
