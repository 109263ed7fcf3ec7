//! C.1.2.5: a driver asks for the fee in the app, pays, and finds the barrier open; another learns
//! of it at the exit and pays there. Over both ways.
use crate::{
    lot::{Held, TOWER, books::seen},
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    Money,
    code::{BusinessCode, PayMethod},
    model::FeeQuery,
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    for way in Down::BOTH {
        let lot = &stage.sites.lot;
        let plate = stage.plate("粤B");
        stage.step(format!(
            "{plate} comes; after 100 minutes its driver pays in the app"
        ));
        lot.arrives(stage, TOWER, seen(&plate))
            .await?
            .ok()
            .context("it is let in")?;
        stage.later(100);
        pay(stage, way, &plate, Money::fen(1000)).await?;
        let left = lot
            .leaves(stage, TOWER, &plate)
            .await?
            .ok()
            .context("it has paid, and is let out")?;
        stage.check(
            "what it paid is on the record",
            left.received == Money::fen(1000),
        )?;

        let plate = stage.plate("粤B");
        stage.step(format!(
            "{plate} comes; its driver learns of the fee at the exit"
        ));
        lot.arrives(stage, TOWER, seen(&plate))
            .await?
            .ok()
            .context("it is let in")?;
        stage.later(50);
        let held = lot.leaves(stage, TOWER, &plate).await?;
        stage.check(
            "it is held until it has paid",
            matches!(held, Err(Held::Unpaid(_))),
        )?;
        pay(stage, way, &plate, Money::fen(500)).await?;
        lot.leaves(stage, TOWER, &plate)
            .await?
            .ok()
            .context("it has paid, and is let out")?;

        stage.step("for a car that is not there nothing is to be paid");
        let query = query(&plate);
        stage
            .refused("6006 of nothing", BusinessCode::CAR_NOT_INSIDE, || {
                stage.partner(way).query_fee(query.clone())
            })
            .await?;
    }
    Ok(())
}

fn query(plate: &str) -> FeeQuery {
    FeeQuery {
        park_code: Some(TOWER.into()),
        space_no: None,
        plate_no: Some(plate.into()),
        coupon_type: None,
        coupon_value: None,
        end_time: None,
    }
}

/// The app asks for the fee (6006), the driver pays, the city tells the parking system (6007).
async fn pay(stage: &Stage, way: Down, plate: &str, fee: Money) -> Result<()> {
    let query = query(plate);
    let order = stage
        .call("6006", || stage.partner(way).query_fee(query.clone()))
        .await?;
    stage.check("the fee is that of the tariff", order.receivables == fee)?;
    let payment = stage
        .sites
        .office
        .collects(stage, way, &order, PayMethod::WECHAT, "微信公众号")
        .await?;
    stage.check("all of it is paid", payment.received == fee)?;
    let paid = stage
        .sites
        .lot
        .due_of(TOWER, plate)
        .context("it is inside")?;
    stage.check("nothing is left to pay", paid == Money::ZERO)
}
