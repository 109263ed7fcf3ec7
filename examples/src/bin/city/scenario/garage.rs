//! C.4: a mechanical garage. Cars are stored (8004) and fetched (8005) on the city's order, one of
//! them for a certain time; entries, exits, free spaces and a fault of the lift are reported
//! (8001-8003, 5004, 5005, 2002).
use crate::{
    lot::{GARAGE, Held, MALL},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    DateTime, Timestamp,
    code::{BusinessCode, EventLevel, EventType, GarageState, PayMethod, RecordState},
    model::{CarFetch, CarStore, Event, ParkingRecord},
};

/// Cars come in at one passage and go out at the other.
const IN: i32 = 1;
const OUT: i32 = 2;

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    stage.step("the garage is registered and runs");
    let id = lot.report_garage(stage).await?;
    let garage = office.garage(id)?.context("the city has it")?;
    stage.check(
        "as it is",
        *garage.garage_info.garage_code == *GARAGE && garage.state == RecordState::NORMAL,
    )?;
    runs(stage, GarageState::NORMAL, "运行正常").await?;
    lot.report_garage_vacancy(stage).await?;

    let first = stage.plate("粤B");
    let entered = store(stage, &first).await?;
    let second = stage.plate("粤B");
    store(stage, &second).await?;
    lift_fails(stage).await?;

    stage.later(60);
    stage.step(format!("{first} is wanted now"));
    fetch(stage, &first, None).await?;
    let left = drives_out(stage, &first).await?;
    let told = office.stay(&left.id)?.context("the city has the stay")?;
    let same = told.id == entered.id
        && told.garage_no.as_deref() == Some(GARAGE)
        && told.space_no == entered.space_no;
    stage.check(
        "the city has its exit, from the garage and its space",
        same && told.leave_time.is_some(),
    )?;

    let at = Timestamp::from_seconds(stage.now().timestamp().seconds() + 45 * 60).date_time();
    stage.step(format!("{second} is wanted at {at}"));
    let seconds = fetch(stage, &second, Some(at)).await?;
    stage.check(
        "it will be down in three quarters of an hour",
        seconds == 45 * 60,
    )?;
    stage.later(40);
    stage.check(
        "before that it stands in its space",
        lot.stands(&second)?.is_some(),
    )?;
    stage.later(5);
    drives_out(stage, &second).await?;
    refused(stage, &first, at).await
}

/// The driver leaves the car at the passage, the city orders it to be stored, and the garage does.
async fn store(stage: &Stage, plate: &str) -> Result<ParkingRecord> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    stage.step(format!("{plate} is stored"));
    let order = CarStore {
        park_code: MALL.into(),
        garage_code: GARAGE.into(),
        plate_no: Some(plate.into()),
        space_no: None,
        garage_pass_code: Some(IN),
    };
    let before = free(stage)?;
    let reply = stage
        .call("8004", || {
            stage.partner(Down::Https).store_car(order.clone())
        })
        .await?;
    stage.check(
        "that takes some minutes",
        reply.remain_seconds.is_some_and(|seconds| seconds > 0),
    )?;
    stage.later(3);
    let record = lot.has_stored(stage, plate).await?;
    stage.check(
        "the city has its entry",
        office.stay(&record.id)?.as_ref() == Some(&record),
    )?;
    let place = (record.garage_no.as_deref(), record.space_no.as_deref());
    stage.check(
        "with garage and space",
        place == (Some(GARAGE), lot.stands(plate)?.as_deref()),
    )?;
    stage.check("and one free space less", free(stage)? == before - 1)?;
    happened(
        stage,
        EventType::CAR_STORED_OR_EMERGENCY_STOP,
        EventLevel::NORMAL,
        Some(plate),
    )?;
    Ok(record)
}

/// The city orders the car; for how many seconds that takes.
async fn fetch(stage: &Stage, plate: &str, at: Option<DateTime>) -> Result<i32> {
    let order = order(plate, at);
    let reply = stage
        .call("8005", || {
            stage.partner(Down::Https).fetch_car(order.clone())
        })
        .await?;
    reply
        .remain_seconds
        .context("the garage says when the car is down")
}

fn order(plate: &str, at: Option<DateTime>) -> CarFetch {
    let mut order = CarFetch::new(MALL, GARAGE);
    order.plate_no = Some(plate.into());
    order.garage_pass_code = Some(OUT);
    order.book_time = at;
    order
}

/// The car is down, its driver pays and drives out.
async fn drives_out(stage: &Stage, plate: &str) -> Result<ParkingRecord> {
    let lot = &stage.sites.lot;
    let before = free(stage)?;
    stage.later(3);
    stage.check("the car is down", lot.stands(plate)?.is_none())?;
    stage.check(
        "it has to pay",
        matches!(lot.hands_out(stage, plate).await?, Err(Held::Unpaid(_))),
    )?;
    lot.is_paid_at_booth(stage, MALL, plate, PayMethod::WECHAT)
        .await?;
    let left = lot
        .hands_out(stage, plate)
        .await?
        .ok()
        .context("it has paid and is let out")?;
    stage.check("one space more is free", free(stage)? == before + 1)?;
    happened(
        stage,
        EventType::CAR_RETRIEVED_OR_INTRUSION,
        EventLevel::NORMAL,
        Some(plate),
    )?;
    Ok(left)
}

/// The lift does not rise, and is repaired.
async fn lift_fails(stage: &Stage) -> Result<()> {
    stage.step("the lift does not rise");
    runs(stage, GarageState::FAULTY, "升降机故障，暂停存取车").await?;
    stage
        .sites
        .lot
        .tells_of_garage(stage, EventType::LIFT_UP, EventLevel::SEVERE_FAULT, None)
        .await?;
    happened(stage, EventType::LIFT_UP, EventLevel::SEVERE_FAULT, None)?;
    stage.later(15);
    stage.step("it is repaired");
    runs(stage, GarageState::NORMAL, "运行正常").await
}

async fn refused(stage: &Stage, gone: &str, past: DateTime) -> Result<()> {
    stage.step(
        "a car that has left, a time that is over and a passage that is not there are refused",
    );
    let partner = stage.partner(Down::Https);
    let order_gone = order(gone, None);
    stage
        .refused("8005 of nothing", BusinessCode::NO_CAR, || {
            partner.fetch_car(order_gone.clone())
        })
        .await?;
    let order_past = order(gone, Some(past));
    stage
        .refused(
            "8005 for the past",
            BusinessCode::WRONG_RESERVATION_TIME,
            || partner.fetch_car(order_past.clone()),
        )
        .await?;
    let mut elsewhere = order(gone, None);
    elsewhere.garage_pass_code = Some(9);
    stage
        .refused("8005 elsewhere", BusinessCode::NO_GARAGE_GATE, || {
            partner.fetch_car(elsewhere.clone())
        })
        .await
}

/// The parking system tells how the garage runs, and the city knows.
async fn runs(stage: &Stage, state: GarageState, comment: &str) -> Result<()> {
    stage
        .sites
        .lot
        .report_garage_state(stage, state, comment)
        .await?;
    let known = stage
        .sites
        .office
        .garage_state(GARAGE)?
        .map(|report| report.garagestate);
    stage.check("the city knows how the garage runs", known == Some(state))
}

/// What is free in the garage, as the city knows it.
fn free(stage: &Stage) -> Result<i32> {
    let vacancy = stage
        .sites
        .office
        .garage_vacancy(MALL)?
        .context("the city knows what is free")?;
    Ok(vacancy
        .garage_spaces_list
        .iter()
        .map(|garage| garage.available_small_spaces + garage.available_large_spaces)
        .sum())
}

/// The city has heard of it, now.
fn happened(stage: &Stage, kind: EventType, level: EventLevel, plate: Option<&str>) -> Result<()> {
    let now = stage.now();
    let is_it = |event: &Event| {
        event.event_type == kind
            && event.event_level == level
            && event.plate_no.as_deref() == plate
            && event.time == now
    };
    stage.check(
        "the city hears what happened",
        stage.sites.office.events()?.iter().any(is_it),
    )
}
