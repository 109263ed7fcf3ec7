//! What a run leaves to the next.
use super::*;
use crate::{
    lot::{COURT, GARAGE, MALL, TOWER, books::seen},
    sites::opened,
    stage::Down,
};
use anyhow::{Context, ensure};
use sztc_proto::{
    Clock, Money, Timestamp,
    model::{CarStore, SpaceLock},
};

static BREAKS_OFF: Scenario = scenario("breaks-off", |stage| Box::pin(breaks_off(stage)));
static FINDS_NOTHING: Scenario = scenario("finds-nothing", |stage| Box::pin(finds_nothing(stage)));

const fn scenario(name: &'static str, play: for<'a> fn(&'a Stage) -> Playing<'a>) -> Scenario {
    Scenario {
        name,
        section: "",
        title: "",
        about: "",
        play,
    }
}

/// Leaves a car everywhere, and forty days later a reservation.
async fn breaks_off(stage: &Stage) -> Result<()> {
    let sites = &stage.sites;
    let plate = stage.plate("粤B");
    sites
        .lot
        .arrives(stage, COURT, seen(&plate))
        .await?
        .ok()
        .context("there is room")?;
    sites.street.parks(stage, &plate).await?;
    let order = CarStore {
        park_code: MALL.into(),
        garage_code: GARAGE.into(),
        plate_no: Some(plate.as_str().into()),
        space_no: None,
        garage_pass_code: Some(1),
    };
    stage.partner(Down::Https).store_car(order).await?;
    stage.later(40 * 24 * 60);
    let lock = SpaceLock {
        book_code: stage.id("Y").into(),
        park_code: TOWER.into(),
        park_car_info: seen(&plate),
        book_time: stage.now(),
        over_time: Timestamp::from_seconds(stage.now().timestamp().seconds() + 1800).date_time(),
        book_money: Money::fen(500),
        obligat_time: 15,
    };
    stage.partner(Down::Tcp).lock_space(lock).await?;
    ensure!(
        sites.lot.taken(COURT)?.0 == 1
            && sites.lot.taken(TOWER)?.1 == 1
            && sites.street.standing()?.len() == 1
    );
    ensure!(sites.lot.stands(&plate)?.is_some());
    panic!("broken off at {}", stage.now())
}

async fn finds_nothing(stage: &Stage) -> Result<()> {
    let (lot, street) = (&stage.sites.lot, &stage.sites.street);
    ensure!(
        lot.taken(COURT)? == (0, 0) && lot.taken(TOWER)? == (0, 0) && street.standing()?.is_empty()
    );
    let order = CarStore {
        park_code: MALL.into(),
        garage_code: GARAGE.into(),
        plate_no: Some(stage.plate("粤B").into()),
        space_no: None,
        garage_pass_code: Some(1),
    };
    for _ in 0..6 {
        let plate_no = Some(stage.plate("粤B").into());
        stage
            .partner(Down::Https)
            .store_car(CarStore {
                plate_no,
                ..order.clone()
            })
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_scenario_that_breaks_off_ends_alone() {
    let (sites, _ground) = opened().await;
    let wanted: DateTime = "2026-03-02 08:00:00".parse().expect("a time");
    let problem = BREAKS_OFF
        .run(&sites, wanted, None)
        .await
        .expect_err("it panics");
    assert_eq!(
        problem.to_string(),
        "it panicked: broken off at 2026-04-11 08:00:00"
    );
    let seconds = std::time::SystemTime::now()
        .duration_since(sites.clock.now())
        .unwrap_or_default();
    assert!(seconds.as_secs() < 60, "the clock still stands still");

    FINDS_NOTHING
        .run(&sites, wanted, None)
        .await
        .expect("nothing is in its way");
    let last = sites.runs.last().expect("kept");
    assert_eq!(
        last,
        Some("2026-04-11 08:00:00".parse().expect("a time")),
        "it was not behind the first"
    );
}
