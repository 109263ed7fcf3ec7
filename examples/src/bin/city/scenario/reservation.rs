//! C.1.2.2: a driver reserves a space in the app. It is locked, paid, confirmed, extended and used;
//! another is cancelled; a third expires. Over both ways.
use crate::{
    lot::{MALL, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    Money, Timestamp,
    code::{BusinessCode, ReservationChange, SpaceState},
    model::{Car, ReservationUpdate, SpaceLock, SpaceLockReply},
};

/// Minutes between the beginning and the expiry of a reservation, and those for which its space is
/// kept then.
const LASTS: i64 = 30;
const KEPT: i32 = 15;

pub(super) async fn play(stage: &Stage) -> Result<()> {
    for way in Down::BOTH {
        used(stage, way).await?;
        cancelled(stage, way).await?;
        expired(stage, way).await?;
        refused(stage, way).await?;
    }
    Ok(())
}

/// The example of the section: the space waits, and the barrier opens for its car alone.
async fn used(stage: &Stage, way: Down) -> Result<()> {
    let lot = &stage.sites.lot;
    let plate = stage.plate("粤B");
    stage.step(format!(
        "{plate} reserves a space and has half an hour to come"
    ));
    let (lock, reply) = lock(stage, way, &plate).await?;
    let space = reply.space_no.context("a space is locked")?;
    let before = lot.taken(TOWER)?;
    stage.check("a space is kept", before.1 > 0)?;
    let office = &stage.sites.office;
    let unpaid = office
        .uses(stage, way, &lock.book_code, ReservationChange::CONFIRM)
        .await;
    stage.check("it is not confirmed before it is paid", unpaid.is_err())?;
    stage.check(
        "nor for less than its price",
        office
            .is_paid_for(&lock.book_code, Money::fen(499))
            .is_err(),
    )?;
    stage.step("the driver pays; the reservation is confirmed");
    pay_and(stage, way, &lock, ReservationChange::CONFIRM).await?;
    stage.later(20);
    stage.step("there is a jam: the driver pays once more, and it is extended");
    pay_and(stage, way, &lock, ReservationChange::EXTEND).await?;
    stage.later(25);
    let record = lot
        .arrives(stage, TOWER, seen(&plate))
        .await?
        .ok()
        .context("45 minutes after the confirmation it is let in")?;
    stage.check(
        "to the space that was kept",
        record.space_no.as_ref() == Some(&space),
    )?;
    let state = stage.sites.office.space(&space)?.map(|report| report.state);
    stage.check(
        "which the city sees taken",
        state == Some(SpaceState::OCCUPIED),
    )?;
    let after = lot.taken(TOWER)?;
    stage.check(
        "the reservation has become a car",
        after == (before.0 + 1, before.1 - 1),
    )?;
    stage.later(30);
    lot.leaves(stage, TOWER, &plate)
        .await?
        .ok()
        .context("it is let out")?;
    let state = stage.sites.office.space(&space)?.map(|report| report.state);
    stage.check("the space is free again", state == Some(SpaceState::FREE))
}

async fn cancelled(stage: &Stage, way: Down) -> Result<()> {
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} reserves a space and cancels"));
    let (lock, _) = lock(stage, way, &plate).await?;
    let kept = stage.sites.lot.taken(TOWER)?.1;
    pay_and(stage, way, &lock, ReservationChange::CONFIRM).await?;
    stage
        .sites
        .office
        .cancels(stage, way, &lock.book_code)
        .await?;
    let returned = stage
        .sites
        .office
        .booking(&lock.book_code)?
        .map(|reserved| reserved.returned);
    stage.check(
        "the driver has the money back",
        returned == Some(lock.book_money),
    )?;
    stage.check(
        "the space is let go",
        stage.sites.lot.taken(TOWER)?.1 == kept - 1,
    )?;
    let update = update(&lock, ReservationChange::EXTEND);
    let code = BusinessCode::RESERVATION_CANCELLED;
    stage
        .refused("6002 after the cancellation", code, || {
            stage.partner(way).update_reservation(update.clone())
        })
        .await
}

async fn expired(stage: &Stage, way: Down) -> Result<()> {
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} reserves a space and does not come"));
    let (lock, _) = lock(stage, way, &plate).await?;
    let kept = stage.sites.lot.taken(TOWER)?.1;
    pay_and(stage, way, &lock, ReservationChange::CONFIRM).await?;
    stage.later(LASTS as u64 + KEPT as u64);
    stage.check(
        "the space is kept some minutes after the expiry",
        stage.sites.lot.taken(TOWER)?.1 == kept,
    )?;
    stage.later(1);
    stage.check(
        "then it is let go",
        stage.sites.lot.taken(TOWER)?.1 == kept - 1,
    )?;
    let update = update(&lock, ReservationChange::EXTEND);
    let code = BusinessCode::RESERVATION_EXPIRED;
    stage
        .refused("6002 after the expiry", code, || {
            stage.partner(way).update_reservation(update.clone())
        })
        .await
}

async fn refused(stage: &Stage, way: Down) -> Result<()> {
    stage.step(
        "the same number for another car, a lot that is not there, a reservation that is not there",
    );
    let (known, _) = lock(stage, way, &stage.plate("粤B")).await?;
    let again = SpaceLock {
        park_car_info: Car::new(stage.plate("粤B")),
        ..known.clone()
    };
    stage
        .refused("6001 again", BusinessCode::RESERVATION_EXISTS, || {
            stage.partner(way).lock_space(again.clone())
        })
        .await?;
    stage
        .sites
        .office
        .cancels(stage, way, &known.book_code)
        .await?;
    let elsewhere = SpaceLock {
        park_code: MALL.replace("10010100001", "99999999999").into(),
        ..again
    };
    let elsewhere = SpaceLock {
        book_code: stage.id("Y").into(),
        ..elsewhere
    };
    stage
        .refused("6001 elsewhere", BusinessCode::NO_LOT, || {
            stage.partner(way).lock_space(elsewhere.clone())
        })
        .await?;
    let update = update(&elsewhere, ReservationChange::CONFIRM);
    stage
        .refused("6002 of nothing", BusinessCode::NO_RESERVATION, || {
            stage.partner(way).update_reservation(update.clone())
        })
        .await
}

async fn lock(stage: &Stage, way: Down, plate: &str) -> Result<(SpaceLock, SpaceLockReply)> {
    let until = stage.now().timestamp().seconds() + LASTS * 60;
    let lock = SpaceLock {
        book_code: stage.id("Y").into(),
        park_code: TOWER.into(),
        park_car_info: Car::new(plate),
        book_time: stage.now(),
        over_time: Timestamp::from_seconds(until).date_time(),
        book_money: Money::fen(500),
        obligat_time: KEPT,
    };
    let reply = stage
        .sites
        .office
        .reserves(stage, way, lock.clone())
        .await?;
    stage.check(
        "the answer is to this reservation",
        reply.book_code == lock.book_code,
    )?;
    Ok((lock, reply))
}

/// The driver pays in the app, and the city tells the parking system.
async fn pay_and(
    stage: &Stage,
    way: Down,
    lock: &SpaceLock,
    change: ReservationChange,
) -> Result<()> {
    stage
        .sites
        .office
        .is_paid_for(&lock.book_code, lock.book_money)?;
    stage
        .sites
        .office
        .uses(stage, way, &lock.book_code, change)
        .await
}

fn update(lock: &SpaceLock, confirmstate: ReservationChange) -> ReservationUpdate {
    ReservationUpdate {
        book_code: lock.book_code.clone(),
        park_code: lock.park_code.clone(),
        confirmstate,
    }
}
