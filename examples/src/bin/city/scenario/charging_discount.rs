//! A car charges while it is parked in the KT lot, started and stopped through Star Charge at the
//! piles of another operator. What it charged is taken off its parking fee, and Star Charge is told
//! what each order brought: KT, T/CEC 102 and Star Charge's own document in one stay.
use crate::{kt::FEN_A_MINUTE, piles::PLUGS, stage::Stage, stay::PARK};
use anyhow::{Context, Result};
use evcs_proto::{self as evcs, code::ConnectorStatus};
use xingxing_park::{Discount, Money, Stay, ledger::Settlement, rust_decimal};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let roads = &stage.sites.stay;
    let plate = stage.plate("苏D");
    stage.step(format!("{plate} comes into the lot"));
    stage.sites.kt.enters(stage, &plate).await?;
    let entry = stage.now();
    stage.later(10);
    let first = begins(stage, PLUGS[0], &plate).await?;
    stage.later(20);
    let second = begins(stage, PLUGS[1], &plate).await?;
    stage.later(20);
    ends(stage, &first).await?;
    stage.step("and the lot's operator hears of it");
    roads.tells(stage).await?;
    stage.later(30);
    ends(stage, &second).await?;
    stage.step("but that message gets lost, and Star Charge does not try again");
    roads.tells_in_vain(stage).await?;

    stage.later(110);
    stage.step("the car drives up to the exit");
    let stay = Stay::new(&plate, entry, stage.now()).park(PARK);
    let due = roads.ledger.due(&stay).await?;
    stage.check(
        "the operator does not know that the second order has ended",
        due == [second.as_str()],
    )?;
    let settlement = roads.settles(stage, &stay).await?;
    stage.check(
        "it asks, and now knows both",
        settlement.parts.len() == 2 && settlement.unfinished().next().is_none(),
    )?;
    stage.check(
        "90 minutes of charging, of which 20 overlap, count as 70",
        settlement.charged().as_secs() == 70 * 60,
    )?;
    let given = exit(stage, &plate, &settlement).await?;
    closes(stage, &settlement, [&first, &second], given).await
}

/// The driver starts at a connector in Star Charge's app; the number of the order.
async fn begins(stage: &Stage, plug: &str, plate: &str) -> Result<String> {
    let roads = &stage.sites.stay;
    let (star, piles) = (&roads.star, &roads.piles);
    stage.step("its driver plugs it in and starts in the app");
    piles
        .tells_state(stage, &roads.to_star, plug, ConnectorStatus::OCCUPIED)
        .await?;
    let serial = roads.starts(stage, plug, plate).await?;
    let asked = piles
        .charge(&serial)?
        .is_some_and(|charge| *charge.connector == *plug);
    stage.check(
        "the piles know the order, Star Charge that it starts",
        asked && reached(stage, &serial)? == evcs::conversation::Stage::Starting,
    )?;
    piles
        .tells_state(stage, &roads.to_star, plug, ConnectorStatus::CHARGING)
        .await?;
    piles.tells_begin(stage, &roads.to_star, &serial).await?;
    stage.check(
        "it charges",
        reached(stage, &serial)? == evcs::conversation::Stage::Charging
            && star.connector(plug)? == Some(ConnectorStatus::CHARGING),
    )?;
    stage.step("Star Charge tells the lot's operator");
    roads.tells(stage).await?;
    let order = roads.ledger.order(&serial.as_str().into()).await?;
    stage.check(
        "who has the order in its ledger",
        order.is_some_and(|order| !order.has_ended()),
    )?;
    Ok(serial)
}

/// The driver stops; the piles say so, and what it cost.
async fn ends(stage: &Stage, serial: &str) -> Result<()> {
    let roads = &stage.sites.stay;
    let piles = &roads.piles;
    piles.tells_meter(stage, &roads.to_star, serial).await?;
    stage.step("the driver stops in the app");
    roads.stops(stage, serial).await?;
    piles.tells_end(stage, &roads.to_star, serial).await?;
    let charge = piles.charge(serial)?.context("the piles know the order")?;
    piles
        .tells_state(
            stage,
            &roads.to_star,
            &charge.connector,
            ConnectorStatus::IDLE,
        )
        .await?;
    let order = piles.tells_order(stage, &roads.to_star, serial).await?;
    let known = roads
        .star
        .order(serial)?
        .context("Star Charge knows the order")?;
    let same = known.result.total_power == order.total_power
        && known.result.total_money == order.total_money;
    stage.check(
        "the order is settled, and both say the same of it",
        same && reached(stage, serial)? == evcs::conversation::Stage::Settled,
    )
}

fn reached(stage: &Stage, serial: &str) -> Result<evcs::conversation::Stage> {
    let order = stage
        .sites
        .stay
        .star
        .order(serial)?
        .context("Star Charge knows the order")?;
    Ok(order.conversation.stage())
}

/// The operator takes the minutes off the KT lot's bill and has the rest paid; what they were
/// worth.
async fn exit(stage: &Stage, plate: &str, settlement: &Settlement) -> Result<Money> {
    let kt = &stage.sites.kt;
    let Discount::Minutes(minutes) = settlement.discount else {
        anyhow::bail!("the rule gives minutes")
    };
    stage.check("70 minutes, and 15 to drive away", minutes == 85)?;
    let before = kt.bill(stage, plate).await?;
    stage.step("85 minutes are taken off its fee");
    kt.relieve(stage, plate, minutes.into()).await?;
    let after = kt.bill(stage, plate).await?;
    // What the minutes are worth, the lot's tariff says.
    let given = kt_proto::Fen(FEN_A_MINUTE * i64::from(minutes));
    stage.check(
        "the bill is that much lower",
        before.payable.0 - after.payable.0 == given.0,
    )?;
    stage.step("the driver pays the rest and leaves");
    let rest = after.payable;
    kt.pay(stage, after).await?;
    let exit = kt.leaves(stage, plate).await?;
    stage.check(
        "the lot remitted what the operator says",
        exit.free_money == Some(given) && exit.pre_money == rest,
    )?;
    Ok(given.yuan())
}

/// Each order has its part of what was given, to the fen, and Star Charge knows it.
async fn closes(
    stage: &Stage,
    settlement: &Settlement,
    orders: [&str; 2],
    given: Money,
) -> Result<()> {
    let roads = &stage.sites.stay;
    stage.step("the operator reports to Star Charge what each order brought");
    let reports = roads.checkout.close(settlement, given).await?;
    stage.check("each order has its report", reports.len() == 2)?;
    roads.reports(stage, &reports).await?;
    let mut sum = rust_decimal::Decimal::ZERO;
    for serial in orders {
        let report = roads
            .star
            .report(serial)?
            .with_context(|| format!("a report for {serial}"))?;
        stage.check("it is the operator's", reports.contains(&report))?;
        sum += report.discount_money.value();
    }
    stage.check(
        "together they are what was given, to the fen",
        sum == given.value(),
    )
}
