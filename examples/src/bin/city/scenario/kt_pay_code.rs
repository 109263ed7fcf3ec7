//! Chapter 1, section 5: a machine shows a code, the driver scans and pays it; a voucher; a code
//! that is too old; a payment that comes too late.
use crate::{
    kt::{self, FEN_A_MINUTE, PARK},
    line::Loss,
    stage::Stage,
};
use anyhow::{Context, Result};
use kt_proto::{
    Fen, Minutes,
    code::OrderStatus,
    flow::*,
    model::{OrderStatusQuery, PayCode},
};

/// What an hour costs.
const FEE: Fen = Fen(60 * FEN_A_MINUTE);

pub(super) async fn play(stage: &Stage) -> Result<()> {
    usual(stage).await?;
    voucher(stage).await?;
    expired(stage).await?;
    paid_otherwise(stage).await
}

/// The machine asks for the code again when no reply comes: it gets the same.
async fn usual(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = comes(
        stage,
        "pays the code that a machine shows; the first reply to 4.1 gets lost",
    )
    .await?;
    kt.cloud_line.lose(Loss::Reply);
    let (no, code) = kt.shows_code(stage, &plate).await?;
    stage.check("the barrier is closed", kt.lot.opens(&plate)?.is_none())?;
    stage.later(2);
    pays(stage, &no, &code, 0).await?;
    let exit = kt.leaves(stage, &plate).await?;
    stage.check(
        "it was paid before the exit",
        exit.pre_money == FEE && kt.cloud.holds(&no)? == FEE,
    )
}

/// A voucher of the third party takes off time, whose worth only the lot knows (freeTime of 3.2).
async fn voucher(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = comes(stage, "has a voucher for half an hour").await?;
    let (no, code) = kt.shows_code(stage, &plate).await?;
    pays(stage, &no, &code, 30).await?;
    stage.check(
        "nothing is due any more",
        kt.lot.due(&plate)? == Fen(0) && kt.cloud.holds(&no)? == Fen(30 * FEN_A_MINUTE),
    )?;
    kt.leaves(stage, &plate).await.map(drop)
}

/// Who scans too late pays nothing; the machine makes a new order.
async fn expired(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = comes(stage, "pays too late: its code is six minutes old then").await?;
    let (old, code) = kt.shows_code(stage, &plate).await?;
    stage.later(6);
    stage.check(
        "it counts no more",
        kt.cloud
            .pays_code(&old, &code, Minutes(0), Fen(0))?
            .is_err()
            && kt.cloud.holds(&old)? == Fen(0),
    )?;
    let (new, code) = kt.shows_code(stage, &plate).await?;
    stage.check("the new order has another number", new != old)?;
    pays(stage, &new, &code, 0).await?;
    stage.check(
        "six minutes more were paid",
        kt.cloud.holds(&new)? == Fen(66 * FEN_A_MINUTE),
    )?;
    kt.leaves(stage, &plate).await.map(drop)
}

/// The third party tells the payment when the driver has lost patience and paid at the booth: the
/// money goes back.
async fn paid_otherwise(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = comes(
        stage,
        "pays by code, and once more at the booth before the lot is told",
    )
    .await?;
    let (no, code) = kt.shows_code(stage, &plate).await?;
    let made = kt.lot.order(&no)?.context("it is there")?.made;
    stage.later(1);
    stage.check(
        "the code is paid",
        kt.cloud.pays_code(&no, &code, Minutes(0), Fen(0))?.is_ok(),
    )?;
    stage.check(
        "the booth takes what the order says",
        kt.lot.collects(&plate, FEE, made)?,
    )?;
    stage.check(
        "the lot does not want it twice",
        !kt.tells(stage, &no).await?,
    )?;
    stage.check(
        "the driver has the money again",
        kt.cloud.holds(&no)? == Fen(0),
    )?;
    let exit = kt.leaves(stage, &plate).await?;
    stage.check(
        "the booth has it",
        exit.pay_money == FEE && exit.pre_money == Fen(0),
    )
}

/// A car that has been inside for an hour.
async fn comes(stage: &Stage, what: &str) -> Result<String> {
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} {what}"));
    stage.sites.kt.enters(stage, &plate).await?;
    stage.later(60);
    Ok(plate)
}

/// The driver scans the code and pays, the third party tells the lot (3.2), which says so when it
/// is asked (3.4).
async fn pays(stage: &Stage, no: &str, code: &PayCode, free: i64) -> Result<()> {
    let kt = &stage.sites.kt;
    let paid = kt
        .cloud
        .pays_code(no, code, Minutes(free), Fen(free * FEN_A_MINUTE))?;
    stage.check("the code counts", paid.is_ok())?;
    stage.check("the lot takes the payment", kt.tells(stage, no).await?)?;
    let query = OrderStatusQuery {
        park_code: PARK.into(),
        order_no: no.into(),
    };
    let status = kt::sure(stage, "3.4", || kt.to_lot.query_order(&query))
        .await?
        .status;
    stage.check("the order is paid", status == OrderStatus::PAID)?;
    let done = kt.code_event(no, PayCodeEvent::Collected(Fen(1)))?;
    stage.check(
        "the machine wants nothing more",
        done == Step::Contradiction(Contradiction::AlreadyPaid),
    )
}
