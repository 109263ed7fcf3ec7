//! Chapter 1, section 7: a machine takes coins and has no change; the driver gets it from the third
//! party, once, however often the link is opened.
use crate::{
    kt::{self, FEN_A_MINUTE, PARK},
    line::Loss,
    stage::Stage,
};
use anyhow::{Context, Result};
use kt_proto::{
    DateTime, Fen,
    code::ChangeState,
    model::{ChangeNotice, ChangePage, ChangeQuery},
};

/// What two hours cost, the coins for it, and the change.
const FEE: Fen = Fen(120 * FEN_A_MINUTE);
const COINS: Fen = Fen(1000);
const CHANGE: Fen = Fen(COINS.0 - FEE.0);

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let begun = stage.now();
    given_once(stage).await?;
    second_account(stage).await?;
    owed(stage, begun).await
}

/// The link is opened on two phones at once, where a reply gets lost, and again later; the notice
/// comes again too.
async fn given_once(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let (plate, url) = pays(stage).await?;
    stage.step(format!("{plate}: the link is opened on two phones at once"));
    kt.lot_line.lose(Loss::Reply);
    let open = || kt.opens_change_page(stage, &url, Some("driver-7"));
    let (one, other) = tokio::join!(open(), open());
    stage.check("the change is given", one? && other?)?;
    stage.step("and once more");
    stage.check(
        "there is nothing more to give",
        kt.opens_change_page(stage, &url, Some("driver-8")).await?,
    )?;
    let no = ChangePage::from_url(&url)?.order_no;
    stage.check(
        "one payment",
        moved(stage, &no)? == [Some(Fen(-CHANGE.0)), None],
    )?;
    let (notice, _) = kt
        .lot
        .coins(&no)?
        .context("it took coins")?
        .given
        .context("it was told")?;
    stage.check(
        "the lot knows who has it",
        notice.user_account.as_deref() == Some("driver-7"),
    )?;
    stage
        .call("3.6 again", || kt.to_lot.notify_change(&notice))
        .await?;
    let other = ChangeNotice {
        user_account: Some("driver-8".into()),
        ..notice
    };
    kt::refused(stage, "3.6 of another", kt::ALREADY_GIVEN, || {
        kt.to_lot.notify_change(&other)
    })
    .await?;
    kt.leaves(stage, &plate).await.map(drop)
}

/// The platform cannot pay the first account: it is a payment of its own that goes to the second.
async fn second_account(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let (plate, url) = pays(stage).await?;
    stage.step(format!("{plate}: the first account cannot take the change"));
    stage.check(
        "it is not given",
        !kt.opens_change_page(stage, &url, None).await?,
    )?;
    stage.check(
        "it is given to the second",
        kt.opens_change_page(stage, &url, Some("driver-9")).await?,
    )?;
    let no = ChangePage::from_url(&url)?.order_no;
    stage.check(
        "one payment, the second",
        moved(stage, &no)? == [None, Some(Fen(-CHANGE.0))],
    )?;
    kt.leaves(stage, &plate).await.map(drop)
}

/// 3.7: what is owed stands in the report until the driver comes for it.
async fn owed(stage: &Stage, begun: DateTime) -> Result<()> {
    let kt = &stage.sites.kt;
    let (plate, url) = pays(stage).await?;
    stage.step(format!(
        "{plate} leaves without the change, and the report says so"
    ));
    let no = ChangePage::from_url(&url)?.order_no;
    kt.leaves(stage, &plate).await?;
    let record = async || {
        let all = kt.change_report(stage, begun, stage.now()).await?;
        all.into_iter()
            .find(|record| record.order_no == no)
            .context("the report has the order")
    };
    let before = record().await?;
    stage.check(
        "it is owed",
        before.change() == CHANGE && before.if_charge == ChangeState::DUE,
    )?;
    stage.later(60);
    stage.step("an hour later the driver comes for it");
    stage.check(
        "it is given",
        kt.opens_change_page(stage, &url, Some("driver-7")).await?,
    )?;
    let after = record().await?;
    let given = after.charge_time.and_then(|time| time.value().copied());
    stage.check(
        "the report knows when",
        after.if_charge == ChangeState::GIVEN && given == Some(stage.now()),
    )?;
    let nobody = ChangeQuery {
        park_code: PARK.into(),
        order_no: stage.id("Z").into(),
    };
    kt::refused(stage, "3.5 of nothing", kt::OTHER_ORDER, || {
        kt.to_lot.query_change(&nobody)
    })
    .await
}

/// A car that has been inside for two hours, and whose driver pays in coins; the link on the
/// receipt.
async fn pays(stage: &Stage) -> Result<(String, String)> {
    let kt = &stage.sites.kt;
    let plate = stage.plate("粤B");
    kt.enters(stage, &plate).await?;
    stage.later(120);
    stage.step(format!(
        "{plate} puts {} in coins into a machine that wants {}",
        COINS.yuan(),
        FEE.yuan()
    ));
    let url = kt.pays_in_coins(stage, &plate, COINS).await?;
    stage.check("the fee is paid", kt.lot.due(&plate)? == Fen(0))?;
    Ok((plate, url))
}

/// The first two payments of the change.
fn moved(stage: &Stage, no: &str) -> Result<[Option<Fen>; 2]> {
    let cloud = &stage.sites.kt.cloud;
    Ok([
        cloud.moved(&format!("{no}/1"))?,
        cloud.moved(&format!("{no}/2"))?,
    ])
}
