//! C.1.2.3: an owner locks a car in the app, so that it cannot leave, and unlocks it; another
//! forgets to unlock, and the guard lets it out. Over both ways.
use crate::{
    lot::{Held, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    code::{BusinessCode, LockAction, LockState, ParkingRecordKind},
    model::{CarLock, CarQuery, ParkingRecord},
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    for way in Down::BOTH {
        let plate = stage.plate("粤B");
        let record = parked(stage, way, &plate).await?;
        stage.step("the owner locks it");
        switch(stage, way, &plate, LockAction::LOCK, LockState::LOCKED).await?;
        stage.check(
            "it cannot leave",
            stage.sites.lot.leaves(stage, TOWER, &plate).await? == Err(Held::Locked),
        )?;
        stage.step("the owner unlocks it");
        switch(stage, way, &plate, LockAction::UNLOCK, LockState::UNLOCKED).await?;
        let left = stage
            .sites
            .lot
            .leaves(stage, TOWER, &plate)
            .await?
            .ok()
            .context("it is let out")?;
        stage.check(
            "as any other car",
            left.id == record.id && left.record_type == Some(ParkingRecordKind::NORMAL),
        )?;

        let plate = stage.plate("粤B");
        let record = parked(stage, way, &plate).await?;
        switch(stage, way, &plate, LockAction::LOCK, LockState::LOCKED).await?;
        stage.step(
            "the owner forgets to unlock it: the barrier stays closed, and the guard lets it out",
        );
        stage.check(
            "it cannot leave",
            stage.sites.lot.leaves(stage, TOWER, &plate).await? == Err(Held::Locked),
        )?;
        stage
            .sites
            .lot
            .lets_out_by_hand(stage, TOWER, &plate)
            .await?;
        let told = stage
            .sites
            .office
            .stay(&record.id)?
            .context("the city has the stay")?;
        stage.check(
            "the city hears that it left locked",
            told.record_type == Some(ParkingRecordKind::LEFT_LOCKED),
        )?;

        stage.step("a car that is not there cannot be locked");
        let lock = lock(stage, &plate, LockAction::LOCK);
        stage
            .refused("6003 of nothing", BusinessCode::CAR_NOT_INSIDE, || {
                stage.partner(way).lock_car(lock.clone())
            })
            .await?;
    }
    Ok(())
}

/// A car comes, and its owner finds it in the app (6005).
async fn parked(stage: &Stage, way: Down, plate: &str) -> Result<ParkingRecord> {
    stage.step(format!("{plate} comes, and its owner finds it in the app"));
    let record = stage
        .sites
        .lot
        .arrives(stage, TOWER, seen(plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(20);
    let query = CarQuery {
        park_code: TOWER.into(),
        plate_no: plate.into(),
    };
    let cars = stage
        .call("6005", || stage.partner(way).find_cars(query.clone()))
        .await?;
    stage.check(
        "it is the only one of its plate",
        cars.iter().map(|car| &car.id).eq([&record.id]),
    )?;
    Ok(record)
}

fn lock(stage: &Stage, plate: &str, lock_flag: LockAction) -> CarLock {
    CarLock {
        id: stage.id("S").into(),
        park_code: TOWER.into(),
        plate_no: plate.into(),
        lock_flag,
        feature_code: "app-user-1".into(),
    }
}

async fn switch(
    stage: &Stage,
    way: Down,
    plate: &str,
    action: LockAction,
    expected: LockState,
) -> Result<()> {
    let lock = lock(stage, plate, action);
    let reply = stage
        .call("6003", || stage.partner(way).lock_car(lock.clone()))
        .await?;
    stage.check(
        "the parking system has done so",
        reply.lockstate == expected && reply.id == lock.id,
    )
}
