//! C.1.2.4: a space is shared on the evenings of a month. Who took it comes and goes in these hours without paying at the lot. Over both ways.
use crate::{
    lot::{Held, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::*;

pub async fn play(stage: &Stage) -> Result<()> {
    for way in Down::BOTH {
        let plate = stage.plate("粤B");
        stage.step(format!("{plate} takes a shared space and pays for it in the app"));
        let mut share = share(stage, &plate);
        let reply = stage.call("6004", || stage.partner(way).share_parking(share.clone())).await?;
        stage.check("the parking system has it", reply.id == share.id)?;

        stage.step("it comes before the shared hours begin, in the time to enter, and leaves after two hours");
        let lot = &stage.sites.lot;
        let record = lot.arrives(stage, TOWER, seen(&plate)).await?.ok().context("it is let in")?;
        stage.check(
            "as the car of the sharing",
            record.share_order_id.as_deref().is_some_and(|id| share.id.ends_with(id)),
        )?;
        stage.later(125);
        let left = lot.leaves(stage, TOWER, &plate).await?.ok().context("it is let out")?;
        stage.check("without paying", left.receivables == Money::ZERO && left.received == Money::ZERO)?;

        stage.step("it comes again and stays too long: the lot charges it as any other");
        lot.arrives(stage, TOWER, seen(&plate)).await?.ok().context("it is let in")?;
        stage.later(6 * 60);
        let held = lot.leaves(stage, TOWER, &plate).await?;
        stage.check(
            "it has to pay",
            matches!(&held, Err(Held::Unpaid(order)) if order.receivables == Money::fen(3000)),
        )?;
        lot.is_paid_at_booth(stage, TOWER, &plate, PayMethod::WECHAT).await?;
        lot.leaves(stage, TOWER, &plate).await?.ok().context("it is let out")?;

        stage.step("the sharing is withdrawn");
        share.action_type = SharingAction::CANCEL;
        stage.call("6004 to cancel", || stage.partner(way).share_parking(share.clone())).await?;
        stage.check("nobody shares any more", lot.share(TOWER, &plate)?.is_none())?;
    }
    Ok(())
}

/// From now on for four hours a day, beginning in five minutes.
fn share(stage: &Stage, plate: &str) -> SharedParking {
    let now = stage.now();
    let at = |minutes: i64| Timestamp::from_seconds(now.timestamp().seconds() + minutes * 60).date_time();
    SharedParking {
        id: stage.id("G").into(),
        park_code: TOWER.into(),
        plate_no: plate.into(),
        start_date: now.date(),
        end_date: at(30 * 24 * 60).date(),
        start_time: at(5).naive().time().into(),
        end_time: at(5 + 240).naive().time().into(),
        buffer_time: 10,
        rule: (1..=7).map(Weekday).collect(),
        action_type: SharingAction::START,
        publisher: Some("百花示例大厦业主".into()),
    }
}
