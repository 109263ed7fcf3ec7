//! The first of the day: the parking system registers its lots with tariffs, gates, devices and
//! spaces (3001-3005), tells how they are (5001, 5002, 5011, 2002), and takes a gate and a space
//! away again. The city has all of it.
use crate::{
    lot::{
        MALL, SITES,
        inventory::{Door, Inventory, watched_space},
    },
    stage::Stage,
};
use anyhow::{Context, Result};
use sztc_proto::{
    code::{BusinessCode, EventLevel, EventType, GateState, OnlineState, SpaceState},
    model::{DeviceStateReport, Event, GateReport, GateStateReport, SpaceReport, SpaceStateReport},
};

/// The space that is taken away.
const BUILT_OVER: u8 = 7;

pub(super) async fn play(stage: &Stage) -> Result<()> {
    for site in &SITES {
        stage.step(format!(
            "{} is registered, with {} spaces",
            site.name, site.spaces
        ));
        let inventory = Inventory::of(site, stage.now());
        stage.sites.lot.registers(stage, &inventory).await?;
        is_known(stage, &inventory)?;
    }
    camera_fails(stage).await?;
    gate_closes(stage).await?;
    spaces_change(stage).await
}

/// The city has every piece as it was told.
fn is_known(stage: &Stage, told: &Inventory) -> Result<()> {
    let office = &stage.sites.office;
    let lot = &told.lot.park_info;
    stage.check(
        "the city has the lot",
        office.lot(&lot.park_code)?.as_ref() == Some(&told.lot),
    )?;
    stage.check(
        "and its tariff",
        office.tariff(&lot.park_code)?.as_ref() == Some(&told.tariff),
    )?;
    stage.check("and its gates", office.gates(&lot.park_code)? == told.gates)?;
    for device in &told.devices {
        stage.check(
            "and its devices",
            office.device(&device.equipment.id)?.as_ref() == Some(device),
        )?;
    }
    for space in &told.spaces {
        stage.check(
            "and its spaces",
            office
                .registered_space(&space.space_info.space_no)?
                .as_ref()
                == Some(space),
        )?;
    }
    let vacancy = office
        .vacancy(&lot.park_code)?
        .context("the city knows what is free")?;
    let (taken, kept) = stage.sites.lot.taken(&lot.park_code)?;
    stage.check(
        "and how many are free",
        vacancy.unused_spaces == lot.total_spaces - taken - kept,
    )
}

/// The camera at the side gate breaks down and is repaired.
async fn camera_fails(stage: &Stage) -> Result<()> {
    let (office, city) = (&stage.sites.office, &stage.sites.city_https);
    let camera = Door::Side.camera(MALL);
    stage.step("the camera at the side gate goes off line, and its motor is broken");
    device_is(stage, &camera, OnlineState::OFFLINE).await?;
    let id = stage.id("E");
    let mut event = Event::new(
        id,
        stage.now(),
        EventType::DEVICE_MOTOR,
        EventLevel::FAULT,
        camera.as_str(),
        "摄像机云台电机不转",
    );
    event.park_code = Some(MALL.into());
    event.position = Some("货运入口".into());
    stage
        .call("2002 of the motor", || city.report_event(event.clone()))
        .await?;
    stage.check("the city has the event", office.events()?.contains(&event))?;
    stage.later(25);
    stage.step("it is repaired");
    device_is(stage, &camera, OnlineState::ONLINE).await
}

async fn device_is(stage: &Stage, camera: &str, state: OnlineState) -> Result<()> {
    let report = DeviceStateReport {
        id: camera.into(),
        state,
    };
    stage
        .call("5002 of the camera", || {
            stage.sites.city_https.report_device_state(report.clone())
        })
        .await?;
    stage.check(
        "the city knows how it is",
        stage.sites.office.device_state(camera)?.as_ref() == Some(&report),
    )
}

/// The side gate is jammed, then closed, then walled up.
async fn gate_closes(stage: &Stage) -> Result<()> {
    let (office, city) = (&stage.sites.office, &stage.sites.city_https);
    let state = |door: Door, state, comment: &str| GateStateReport {
        park_code: MALL.into(),
        entrance_id: door.id(MALL).into(),
        state,
        comment: Some(comment.into()),
    };
    stage.step("lorries jam the side gate, and it is closed; the main gate runs well");
    let report = state(Door::Side, GateState::HEAVILY_CONGESTED, "货车排队");
    stage
        .call("5011 of the side gate", || {
            city.report_gate_state(report.clone())
        })
        .await?;
    stage.check(
        "the city knows of the jam",
        office.gate_state(&Door::Side.id(MALL))?.as_ref() == Some(&report),
    )?;
    let reports = [
        state(Door::Side, GateState::CLOSED, "通道停用"),
        state(Door::Entrance, GateState::NORMAL, "通行正常"),
    ];
    let outcomes = stage
        .call("5011 of both gates", || city.report_gate_states(&reports))
        .await?;
    stage.check(
        "both are taken in one call",
        outcomes.len() == 2 && outcomes.iter().all(Result::is_ok),
    )?;
    for report in &reports {
        stage.check(
            "the city knows how they are",
            office.gate_state(&report.entrance_id)?.as_ref() == Some(report),
        )?;
    }
    stage.step("the side gate is walled up");
    let gates = office.gates(MALL)?;
    let side = gates
        .into_iter()
        .find(|gate| *gate.entrance_exit_info.id == Door::Side.id(MALL))
        .context("it was there")?;
    let deleted = GateReport::delete(side.entrance_exit_info);
    stage
        .call("3002 to delete", || city.report_gate(deleted.clone()))
        .await?;
    let left: Vec<String> = office
        .gates(MALL)?
        .iter()
        .map(|gate| gate.entrance_exit_info.id.to_string())
        .collect();
    stage.check(
        "two gates are left",
        left == [Door::Entrance.id(MALL), Door::Exit.id(MALL)],
    )
}

/// Twenty detectors report in one call; one of them watches a space that is not there any more.
async fn spaces_change(stage: &Stage) -> Result<()> {
    let (office, city) = (&stage.sites.office, &stage.sites.city_https);
    let gone = watched_space(MALL, BUILT_OVER);
    stage.step(format!(
        "space {gone} is built over, and its detector reports still"
    ));
    let space = office
        .registered_space(&gone)?
        .context("it was registered")?
        .space_info;
    let deleted = SpaceReport::delete(space);
    stage
        .call("3004 to delete", || city.report_space(deleted.clone()))
        .await?;
    let reports: Vec<SpaceStateReport> = (1..=20)
        .map(|number| SpaceStateReport {
            space_no: watched_space(MALL, number).into(),
            park_code: Some(MALL.into()),
            state: if number % 3 == 0 {
                SpaceState::OCCUPIED
            } else {
                SpaceState::FREE
            },
        })
        .collect();
    let outcomes = stage
        .call("5001 of twenty spaces", || {
            city.report_space_states(&reports)
        })
        .await?;
    stage.check("each has an answer", outcomes.len() == reports.len())?;
    for (report, outcome) in reports.iter().zip(&outcomes) {
        let kept = office.space(&report.space_no)?;
        if *report.space_no == *gone {
            let refused = outcome
                .as_ref()
                .is_err_and(|refusal| refusal.code == Some(BusinessCode::NO_SPACE));
            stage.check(
                "the space that is gone is refused alone",
                refused && kept.is_none(),
            )?;
        } else {
            stage.check(
                "the others are taken",
                outcome.is_ok() && kept.as_ref() == Some(report),
            )?;
        }
    }
    Ok(())
}
