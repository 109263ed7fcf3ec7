//! C.6: vehicles of certain kinds have to have an electronic tag. The city finds in its register
//! that one shows none at the entrance, and tells its driver; one that shows its tag, and an
//! ordinary car without one, hear nothing.
use crate::{
    lot::{TOWER, books::seen},
    message,
    stage::Stage,
};
use anyhow::{Context, Result};
use sztc_proto::model::{Car, ParkingRecord};

/// A lorry for building sites.
const KIND: &str = "泥头车";

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let office = &stage.sites.office;
    let bare = stage.plate("粤B");
    office.registers_key_vehicle(&bare, KIND)?;
    stage.step(format!(
        "{bare}, a lorry in the register, comes and shows no tag"
    ));
    let record = visits(stage, seen(&bare)).await?;
    stage.check(
        "the record says so",
        record
            .park_car_info
            .as_ref()
            .is_some_and(|car| !car.eid_equiped),
    )?;
    let notices = office.notices(&bare)?;
    let told = notices
        .iter()
        .any(|notice| notice.text.contains(KIND) && notice.text.contains("电子标识"));
    stage.check(
        "its driver is told once that it has to have one",
        told && notices.len() == 1,
    )?;

    let equipped = stage.plate("粤B");
    office.registers_key_vehicle(&equipped, KIND)?;
    stage.step(format!(
        "{equipped}, another lorry in the register, shows its tag"
    ));
    let record = visits(stage, tagged(&equipped)?).await?;
    let tag = record
        .park_car_info
        .as_ref()
        .and_then(|car| car.vrdb_seqno.clone());
    stage.check("the record has the tag", tag.is_some())?;
    stage.check(
        "its driver hears nothing",
        office.notices(&equipped)?.is_empty(),
    )?;

    let ordinary = stage.plate("粤B");
    stage.step(format!(
        "{ordinary}, an ordinary car, has no tag and needs none"
    ));
    visits(stage, seen(&ordinary)).await?;
    stage.check(
        "its driver hears nothing",
        office.notices(&ordinary)?.is_empty(),
    )?;

    stage.step(format!("{bare} comes again, with a tag"));
    visits(stage, tagged(&bare)?).await?;
    stage.check(
        "its driver is not told again",
        office.notices(&bare)?.len() == 1,
    )
}

/// The car comes and goes; its record as the city has it while the car is inside.
async fn visits(stage: &Stage, car: Car) -> Result<ParkingRecord> {
    let (lot, plate) = (&stage.sites.lot, car.plate_no.to_string());
    let entered = lot
        .arrives(stage, TOWER, car)
        .await?
        .ok()
        .context("it is let in")?;
    let record = stage
        .sites
        .office
        .stay(&entered.id)?
        .context("the city has the stay")?;
    stage.check("as the reader at the entrance saw it", record == entered)?;
    stage.later(10);
    lot.leaves(stage, TOWER, &plate)
        .await?
        .ok()
        .context("it is let out")?;
    Ok(record)
}

/// A car whose tag is read at the entrance.
fn tagged(plate: &str) -> Result<Car> {
    let sample: ParkingRecord = message!(5004, "request");
    let mut car = sample
        .park_car_info
        .context("the sample has a car with a tag")?;
    car.plate_no = plate.into();
    Ok(car)
}
