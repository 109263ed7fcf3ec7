//! 5012, 6009 and 6010: a car with a monthly lease passes without paying. The lease runs out while
//! it is inside; its owner looks it up in the app, extends it, and the barrier opens.
use crate::{
    lot::{Held, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    Date, Money, Timestamp,
    code::{BusinessCode, LeaseCycle, LeaseSpaces},
    model::{Lease, LeaseExtension, LeasePrice, LeaseQuery, LeaseReport},
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    let plate = stage.plate("粤B");
    let lease = lease(stage, &plate);
    stage.step(format!("{plate} has a lease whose last day is tomorrow"));
    lot.leases().put(&lease.id, lease.clone())?;
    report(stage, &lease).await?;
    stays(stage, &plate, 180).await?;

    stage.step("it stays for two days, and the lease has run out");
    lot.arrives(stage, TOWER, seen(&plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(2 * 24 * 60);
    stage.check(
        "it has to pay as any other",
        matches!(
            lot.leaves(stage, TOWER, &plate).await?,
            Err(Held::Unpaid(_))
        ),
    )?;

    stage.step("its owner looks the lease up in the app, and extends it by two months");
    let city = stage.partner(Down::Https);
    let query = |plate: &str| LeaseQuery {
        plate_no: plate.into(),
        park_code: TOWER.into(),
    };
    let found = stage
        .call("6009", || city.query_lease(query(&plate)))
        .await?
        .lease;
    stage.check("it is the one that was reported", found == lease)?;
    let extension = LeaseExtension {
        lease: Lease {
            begin_date: stage.now().date(),
            end_date: days(stage, 61),
            moment: stage.now().timestamp(),
            ..found
        },
    };
    let reply = stage
        .call("6010", || city.extend_lease(extension.clone()))
        .await?;
    stage.check("the answer is to this lease", reply.id == lease.id)?;
    stage.check(
        "the parking system has the new end",
        lot.leases().get(&lease.id)?.as_ref() == Some(&extension.lease),
    )?;
    report(stage, &extension.lease).await?;
    let left = lot
        .leaves(stage, TOWER, &plate)
        .await?
        .ok()
        .context("now the barrier opens")?;
    let told = office.stay(&left.id)?.context("the city has the stay")?;
    stage.check(
        "it has paid nothing",
        told == left && left.receivables == Money::ZERO,
    )?;
    stays(stage, &plate, 600).await?;

    stage.step("who has no lease finds none, and can extend none");
    let stranger = stage.plate("粤B");
    stage
        .refused("6009 of nothing", BusinessCode::NO_LEASE, || {
            city.query_lease(query(&stranger))
        })
        .await?;
    let unknown = LeaseExtension {
        lease: Lease {
            id: stage.id("M").into(),
            ..extension.lease
        },
    };
    stage
        .refused("6010 of nothing", BusinessCode::NO_LEASE, || {
            city.extend_lease(unknown.clone())
        })
        .await
}

/// The car comes and goes without paying.
async fn stays(stage: &Stage, plate: &str, minutes: u64) -> Result<()> {
    let lot = &stage.sites.lot;
    lot.arrives(stage, TOWER, seen(plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(minutes);
    let left = lot
        .leaves(stage, TOWER, plate)
        .await?
        .ok()
        .context("it passes without paying")?;
    let told = stage
        .sites
        .office
        .stay(&left.id)?
        .context("the city has the stay")?;
    stage.check(
        "the city sees that it cost nothing",
        told == left && left.receivables == Money::ZERO,
    )
}

/// The parking system reports the lease (5012), and the city has it.
async fn report(stage: &Stage, lease: &Lease) -> Result<()> {
    let report = LeaseReport::new(lease.clone());
    stage
        .call("5012", || {
            stage.sites.city_https.report_lease(report.clone())
        })
        .await?;
    stage.check(
        "the city has the lease",
        stage.sites.office.lease(&lease.id)?.as_ref() == Some(&report),
    )
}

/// For any space, from a month ago until tomorrow.
fn lease(stage: &Stage, plate: &str) -> Lease {
    Lease {
        id: stage.id("M").into(),
        park_code: TOWER.into(),
        is_fixed: LeaseSpaces::ANY,
        space_no_list: vec![format!("{TOWER}00B1A120").into()],
        pricing: vec![LeasePrice {
            cycles: 1,
            cycle_type: LeaseCycle::MONTH,
            amount: Money::fen(60_000),
        }],
        plate_no_list: vec![plate.into()],
        begin_date: days(stage, -30),
        end_date: days(stage, 1),
        unpaid_months: Some(0),
        moment: stage.now().timestamp(),
    }
}

fn days(stage: &Stage, days: i64) -> Date {
    Timestamp::from_seconds(stage.now().timestamp().seconds() + days * 24 * 3600)
        .date_time()
        .date()
}
