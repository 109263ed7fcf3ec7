//! C.1.2.6: payment without stopping. In one lot cars leave and are debited then, in another they
//! are debited first, a third has it not; and who has not signed up pays as ever. Over both ways.
use crate::{
    lot::{CLINIC, Held, MALL, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    Money,
    code::{AutoPayState, PayMethod},
    model::{AutoPayNotice, ParkingOrder},
};

const CHANNEL: &str = "银联无感";

pub(super) async fn play(stage: &Stage) -> Result<()> {
    for way in Down::BOTH {
        let plate = stage.plate("粤B");
        stage.step(format!("{plate} signs up"));
        stage.sites.office.signs_up(&plate, CHANNEL)?;
        after_exit(stage, way, &plate).await?;
        before_exit(stage, way, &plate).await?;
        without(stage, &plate).await?;
        signs_up_inside(stage, way).await?;
        stranger(stage).await?;
    }
    Ok(())
}

/// 先出后扣, example 1 of the section.
async fn after_exit(stage: &Stage, way: Down, plate: &str) -> Result<()> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    stage.step("a lot where cars leave first");
    let record = lot
        .arrives(stage, MALL, seen(plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(70);
    let left = lot
        .leaves(stage, MALL, plate)
        .await?
        .ok()
        .context("the barrier opens at once")?;
    stage.check(
        "nothing is paid yet",
        left.received == Money::ZERO && left.receivables == Money::fen(1000),
    )?;
    let order = office
        .order(&format!("{}-1", record.id))?
        .context("the city has the order")?;
    debit(stage, way, plate, &order, Money::fen(1000)).await?;
    stage.check("once", office.payments_of(&record.id)?.len() == 1)
}

/// 先扣后出.
async fn before_exit(stage: &Stage, way: Down, plate: &str) -> Result<()> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    stage.step("a lot that waits for the debit");
    let record = lot
        .arrives(stage, CLINIC, seen(plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(70);
    let held = lot.leaves(stage, CLINIC, plate).await?;
    stage.check("the barrier waits", matches!(held, Err(Held::Unpaid(_))))?;
    let order = office
        .order(&format!("{}-1", record.id))?
        .context("the city has the order")?;
    debit(stage, way, plate, &order, Money::fen(1000)).await?;
    let left = lot
        .leaves(stage, CLINIC, plate)
        .await?
        .ok()
        .context("it is debited, and the barrier opens")?;
    stage.check(
        "what was debited is on the record",
        left.received == Money::fen(1000),
    )
}

/// Example 2: a lot that has it not.
async fn without(stage: &Stage, plate: &str) -> Result<()> {
    let lot = &stage.sites.lot;
    stage.step("a lot without it");
    lot.arrives(stage, TOWER, seen(plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(70);
    let held = lot.leaves(stage, TOWER, plate).await?;
    stage.check("it pays as any other", matches!(held, Err(Held::Unpaid(_))))?;
    lot.is_paid_at_booth(stage, TOWER, plate, PayMethod::ALIPAY)
        .await?;
    lot.leaves(stage, TOWER, plate)
        .await?
        .ok()
        .context("it is let out")
        .map(drop)
}

/// 6008: who signs up, or off, while the car is inside.
async fn signs_up_inside(stage: &Stage, way: Down) -> Result<()> {
    let (lot, office) = (&stage.sites.lot, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!(
        "{plate} signs up while it is inside, and off again"
    ));
    let record = lot
        .arrives(stage, MALL, seen(&plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(40);
    let notice = |state| AutoPayNotice {
        park_code: MALL.into(),
        plate_no: plate.as_str().into(),
        state,
    };
    for (state, pays) in [
        (AutoPayState::ON, true),
        (AutoPayState::OFF, false),
        (AutoPayState::ON, true),
    ] {
        if pays {
            office.signs_up(&plate, CHANNEL)?;
        } else {
            office.signs_off(&plate)?;
        }
        stage
            .call("6008", || stage.partner(way).notify_auto_pay(notice(state)))
            .await?;
        let inside = lot.inside(MALL, &plate)?.context("it is inside")?;
        stage.check("the parking system knows", inside.auto_pay == pays)?;
    }
    lot.leaves(stage, MALL, &plate)
        .await?
        .ok()
        .context("the barrier opens at once")?;
    let order = office
        .order(&format!("{}-1", record.id))?
        .context("the city has the order")?;
    debit(stage, way, &plate, &order, Money::fen(500)).await
}

/// Example 3: who has not signed up.
async fn stranger(stage: &Stage) -> Result<()> {
    let lot = &stage.sites.lot;
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} has not signed up"));
    lot.arrives(stage, MALL, seen(&plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(70);
    stage.check(
        "it is held until it has paid",
        matches!(lot.leaves(stage, MALL, &plate).await?, Err(Held::Unpaid(_))),
    )?;
    lot.is_paid_at_booth(stage, MALL, &plate, PayMethod::CASH)
        .await?;
    lot.leaves(stage, MALL, &plate)
        .await?
        .ok()
        .context("it is let out")
        .map(drop)
}

/// The city debits the channel that the driver chose, and tells the parking system.
async fn debit(
    stage: &Stage,
    way: Down,
    plate: &str,
    order: &ParkingOrder,
    fee: Money,
) -> Result<()> {
    let office = &stage.sites.office;
    let channel = office.channel(plate)?.context("the driver has signed up")?;
    let payment = office
        .collects(stage, way, order, PayMethod::UNION_PAY, &channel)
        .await?;
    stage.check(
        "all of the fee is debited from the channel that was chosen",
        *payment.pay_from == *CHANNEL && payment.received == fee,
    )
}
