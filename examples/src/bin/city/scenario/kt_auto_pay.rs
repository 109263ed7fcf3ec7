//! Chapter 1, section 4: signed cars are debited at the exit without a password, in part, or not at
//! all; a debit of which no reply comes is paid at the booth and taken back.
use crate::{
    kt::{self, FEN_A_MINUTE, PARK, cloud::number},
    line::Loss,
    stage::Stage,
};
use anyhow::{Context, Result};
use kt_proto::{
    Fen,
    model::{AutoPayRequest, AutoPaySignUp},
};

/// What two hours cost.
const FEE: Fen = Fen(120 * FEN_A_MINUTE);

/// A limit that no fee reaches.
const ALL: Fen = Fen(100_000);

pub(super) async fn play(stage: &Stage) -> Result<()> {
    debited(stage).await?;
    in_part(stage).await?;
    signs_up_inside(stage).await?;
    stranger(stage).await?;
    reply_lost(stage).await?;
    request_lost(stage).await
}

/// The usual day.
async fn debited(stage: &Stage) -> Result<()> {
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} pays without password"));
    stage.sites.kt.cloud.signs_up(&plate, ALL)?;
    comes(stage, &plate).await?;
    let (booth, held) = out(stage, &plate).await?;
    stage.check(
        "the whole fee is debited",
        stage.sites.faulty || (booth, held) == (Fen(0), FEE),
    )
}

/// Less than the fee may be debited; the rest is paid at the booth.
async fn in_part(stage: &Stage) -> Result<()> {
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} pays no more than 6 yuan so"));
    stage.sites.kt.cloud.signs_up(&plate, Fen(600))?;
    comes(stage, &plate).await?;
    let (booth, held) = out(stage, &plate).await?;
    stage.check(
        "the rest is paid at the booth",
        stage.sites.faulty || (booth, held) == (Fen(FEE.0 - 600), Fen(600)),
    )
}

/// 2.5, downward: the lot learns of it during the stay.
async fn signs_up_inside(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} signs up while it is inside"));
    comes(stage, &plate).await?;
    kt.cloud.signs_up(&plate, ALL)?;
    let signed = AutoPaySignUp {
        park_code: PARK.into(),
        plate_no: plate.as_str().into(),
    };
    stage
        .call("downward 2.5", || kt.to_lot.sign_up_auto_pay(&signed))
        .await?;
    let (_, held) = out(stage, &plate).await?;
    stage.check(
        "it is debited this time already",
        stage.sites.faulty || held == FEE,
    )
}

/// Who has not signed up is not debited.
async fn stranger(stage: &Stage) -> Result<()> {
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} has not signed up"));
    comes(stage, &plate).await?;
    let (booth, held) = out(stage, &plate).await?;
    stage.check("it pays at the booth", (booth, held) == (FEE, Fen(0)))
}

/// It is debited, but the lot never hears so.
async fn reply_lost(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} is debited, and the reply gets lost"));
    kt.cloud.signs_up(&plate, ALL)?;
    comes(stage, &plate).await?;
    kt.cloud_line.lose(Loss::Reply);
    let (booth, held) = out(stage, &plate).await?;
    stage.check(
        "it is paid at the booth, and the debit taken back",
        (booth, held) == (FEE, Fen(0)),
    )?;
    let flow = kt.lot.stay(&plate)?.context("it was here")?.auto;
    let debit = kt
        .cloud
        .debit(&flow.key().context("it stood at the exit")?)?
        .context("the third party was told")?;
    stage.check(
        "both know",
        flow.is_reversed() && debit.debited() == Some(Fen(0)),
    )
}

/// The reversal comes before the request, which comes late after all.
async fn request_lost(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = stage.plate("粤B");
    stage.step(format!("{plate}: the request gets lost, and comes late"));
    kt.cloud.signs_up(&plate, ALL)?;
    comes(stage, &plate).await?;
    kt.cloud_line.lose(Loss::Request);
    let (booth, held) = out(stage, &plate).await?;
    stage.check("it is paid at the booth", (booth, held) == (FEE, Fen(0)))?;
    let stay = kt.lot.stay(&plate)?.context("it was here")?;
    let key = stay.auto.key().context("it stood at the exit")?;
    let late = AutoPayRequest {
        park_code: key.park_code.clone(),
        plate_no: key.plate_no.clone(),
        card_no: None,
        entry_time: key.entry_time,
        leave_time: key.leave_time,
        total_money: FEE,
        leave_place: "出口1".into(),
        img_name: None,
    };
    kt::refused(stage, "2.2 after 2.6", kt::TAKEN_BACK, || {
        kt.to_cloud.request_auto_pay(&late)
    })
    .await?;
    stage.check(
        "nothing is debited any more",
        kt.cloud.holds(&number(&key))? == Fen(0),
    )
}

async fn comes(stage: &Stage, plate: &str) -> Result<()> {
    stage.sites.kt.enters(stage, plate).await?;
    stage.later(120);
    stage.check("two hours are due", stage.sites.kt.lot.due(plate)? == FEE)
}

/// The car leaves; what was paid at the booth and what the third party holds in the end, which is
/// always the fee.
async fn out(stage: &Stage, plate: &str) -> Result<(Fen, Fen)> {
    let kt = &stage.sites.kt;
    let exit = kt.drives_out(stage, plate).await?;
    let stay = kt.lot.stay(plate)?.context("it was here")?;
    let held = kt
        .cloud
        .holds(&number(&stay.auto.key().context("it stood at the exit")?))?;
    stage.check(
        "the driver has paid the fee once",
        exit.pay_money.0 + held.0 == FEE.0 && stay.paid_before() == held,
    )?;
    Ok((exit.pay_money, held))
}
