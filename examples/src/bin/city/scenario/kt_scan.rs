//! Chapter 1, section 6: a scanner reads the driver's code. It is debited at once, or when the
//! driver has typed the password, in time or not; another code has no money; a reply gets lost.
use crate::{
    kt::{FEN_A_MINUTE, books::Way, cloud::Wallet},
    line::Loss,
    stage::Stage,
};
use anyhow::{Context, Result, bail};
use kt_proto::{
    Fen,
    flow::{Contradiction, ScanNext, Step},
};

/// What an hour costs.
const FEE: Fen = Fen(60 * FEN_A_MINUTE);

pub(super) async fn play(stage: &Stage) -> Result<()> {
    at_once(stage).await?;
    pending(stage).await?;
    too_slow(stage).await?;
    no_money(stage).await?;
    reply_lost(stage).await
}

/// The third party takes the money at once and tells the lot (3.2).
async fn at_once(stage: &Stage) -> Result<()> {
    let (plate, no) = comes(stage, "shows a code, and pays", Wallet::Pays).await?;
    let (online, booth) = out(stage, &plate, &no).await?;
    stage.check(
        "by 3.2",
        stage.sites.faulty || (online, booth) == (FEE, Fen(0)),
    )
}

/// The driver has to type a password: the debit is taken on, the money comes later.
async fn pending(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let (plate, no) = comes(stage, "has to type a password", Wallet::AsksForPassword).await?;
    let next = kt.debits_scanned(stage, &no).await?;
    stage.check(
        "the lot waits for the money",
        stage.sites.faulty || matches!(next, ScanNext::WaitUntil(_)),
    )?;
    let again = kt.scans_again(stage, &plate, &no, Wallet::Pays)?;
    stage.check(
        "no other code is scanned meanwhile",
        stage.sites.faulty || again == Step::Contradiction(Contradiction::NotNow),
    )?;
    stage.later(1);
    stage.check(
        "the driver types it",
        kt.cloud.types_password(&no)? || stage.sites.faulty,
    )?;
    let (online, booth) = out(stage, &plate, &no).await?;
    stage.check(
        "the money has come",
        stage.sites.faulty || (online, booth) == (FEE, Fen(0)),
    )
}

/// After a minute and a half the driver pays at the booth; the password comes then, and the money
/// goes back.
async fn too_slow(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let (plate, no) = comes(
        stage,
        "does not type the password in time",
        Wallet::AsksForPassword,
    )
    .await?;
    kt.debits_scanned(stage, &no).await?;
    stage.later(2);
    let (online, booth) = out(stage, &plate, &no).await?;
    stage.check(
        "it was paid at the booth",
        stage.sites.faulty || (online, booth) == (Fen(0), FEE),
    )?;
    if kt.cloud.types_password(&no)? {
        let taken = kt.tells(stage, &no).await?;
        stage.check(
            "the lot takes it only if nothing else was paid",
            taken == (online == FEE),
        )?;
    }
    stage.check(
        "the third party keeps no more than that",
        kt.cloud.holds(&no)? == online,
    )
}

/// The third party refuses: another code is scanned.
async fn no_money(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let (plate, no) = comes(stage, "has no money behind the first code", Wallet::Empty).await?;
    let next = kt.debits_scanned(stage, &no).await?;
    stage.check(
        "another code is wanted",
        stage.sites.faulty || next == ScanNext::ScanAgainOrCollect(FEE),
    )?;
    let (online, booth) = out(stage, &plate, &no).await?;
    stage.check(
        "the second pays",
        stage.sites.faulty || (online, booth) == (FEE, Fen(0)),
    )
}

/// The lot does not know whether the debit was taken on; the money comes all the same, and no
/// second debit is asked for.
async fn reply_lost(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let (plate, no) = comes(stage, "pays, and the reply gets lost", Wallet::Pays).await?;
    kt.cloud_line.lose(Loss::Reply);
    let next = kt.debits_scanned(stage, &no).await?;
    stage.check(
        "the lot waits",
        stage.sites.faulty || matches!(next, ScanNext::WaitUntil(_)),
    )?;
    let (online, booth) = out(stage, &plate, &no).await?;
    stage.check(
        "the money has come",
        stage.sites.faulty || (online, booth) == (FEE, Fen(0)),
    )
}

/// A car that has been inside for an hour, and whose driver shows a code; its order.
async fn comes(stage: &Stage, what: &str, wallet: Wallet) -> Result<(String, String)> {
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} {what}"));
    stage.sites.kt.enters(stage, &plate).await?;
    stage.later(60);
    let no = stage.sites.kt.scans(stage, &plate, wallet)?;
    Ok((plate, no))
}

/// All that happens until the car has left; what was paid by 3.2 and at the booth, together the fee
/// once.
async fn out(stage: &Stage, plate: &str, no: &str) -> Result<(Fen, Fen)> {
    let kt = &stage.sites.kt;
    let mut spare = true;
    for _ in 0..10 {
        if kt.cloud.has_news(no)? {
            kt.tells(stage, no).await?;
        }
        let collect = match kt.debits_scanned(stage, no).await? {
            ScanNext::Done => break,
            ScanNext::WaitUntil(_) => {
                stage.later(1);
                None
            }
            ScanNext::ScanAgainOrCollect(_) if spare => {
                spare = false;
                kt.scans_again(stage, plate, no, Wallet::Pays)?;
                None
            }
            ScanNext::ScanAgainOrCollect(fen) | ScanNext::CollectAtBooth(fen) => Some(fen),
            next => bail!("{next:?} is not expected at the exit"),
        };
        if let Some(fen) = collect {
            stage.step(format!("the driver pays {fen} at the booth"));
            let made = kt.lot.order(no)?.context("it is there")?.made;
            stage.check("that is the rest", kt.lot.collects(plate, fen, made)?)?;
        }
    }
    let exit = kt.leaves(stage, plate).await?;
    let Some(Way::Scan(flow)) = kt.lot.order(no)?.map(|order| order.way) else {
        bail!("the order is of a scanner")
    };
    let (online, booth) = (
        flow.paid_online().unwrap_or_default(),
        flow.collected().unwrap_or_default(),
    );
    stage.check(
        "the fee is paid once",
        online.0 + booth.0 == FEE.0 && (exit.pre_money, exit.pay_money) == (online, booth),
    )?;
    stage.check(
        "the third party has what the lot knows of",
        kt.cloud.holds(no)? == online,
    )?;
    Ok((online, booth))
}
