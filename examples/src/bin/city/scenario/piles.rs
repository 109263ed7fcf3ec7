//! The vendor API: an aggregator polls the groups and piles of a vendor, starts and stops charging,
//! and is called back, which makes polling the order unnecessary; the morning after, the books are
//! reconciled and an order is found that nobody told of.
use crate::{
    stage::Stage,
    vendor::{
        Polling,
        works::{CITY, GROUP, PILE},
    },
};
use anyhow::{Context, Result};
use pile_proto::{
    AnyText, Date, DateTime, Money, Polled, Reconciliation,
    code::StubStatus,
    model::{Bill, ChargeStart, ChargeStop, OrderQuery},
    reconcile::OwnOrder,
    schedule::Task,
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let works = &stage.sites.vendor.works;
    for order in works.orders()? {
        // What a run that was broken off has left.
        works.ends(&order.order_id)?;
    }
    stage.later(until(stage, 8));
    let mut polling = stage.sites.vendor.polls();
    stage.step("the aggregator asks which groups of piles the city has, and which piles they have");
    let yesterday = polling.yesterday();
    stage.sites.vendor.schedule.change(|schedule, _| {
        schedule.add_city(CITY);
        // Yesterday is settled, so today is due tomorrow.
        schedule.settled(yesterday);
    });
    let groups = polling.next(stage).await?.1;
    stage.check(
        "there is a group",
        matches!(&groups,
            Polled::StubGroups(groups) if groups.iter().map(|group| &*group.id).eq([GROUP])),
    )?;
    let piles = polling.next(stage).await?.1;
    stage.check(
        "and a pile in it, which is free",
        is_pile(&piles, &StubStatus::IDLE),
    )?;
    charges(stage, &mut polling).await?;

    stage.step("somebody charges at the pile itself, and the vendor forgets to tell");
    let missing = works.begins()?.order_id;
    polling.later(stage, 10);
    works.ends(&missing)?.context("it was charged")?;
    stage.check("nobody asks for it", polling.rests())?;
    stage.step("the morning after: groups, piles, and the bill of yesterday");
    polling.later(stage, until(stage, 3));
    let bill = morning(stage, &mut polling).await?;
    reconciles(stage, &polling, bill, &missing).await
}

/// The driver starts and stops through the aggregator (3.1, 3.2); the vendor tells how it goes
/// (3.3).
async fn charges(stage: &Stage, polling: &mut Polling<'_>) -> Result<()> {
    let roads = &stage.sites.vendor;
    let start = ChargeStart {
        out_order_id: stage.id("CC").into(),
        driver_id: "D10086".into(),
        stub_id: PILE.into(),
        gun_id: "1".into(),
        org: "park".into(),
        time: stage.now().timestamp(),
    };
    stage.step("a driver starts in the aggregator's app");
    let order = stage
        .call("chargeStart", || roads.to_vendor.charge_start(&start))
        .await?;
    let id = order.order_id.clone();
    stage.check(
        "the vendor charges for this order",
        roads.works.order(&id)?.as_ref() == Some(&order)
            && order.out_order_id == Some(start.out_order_id.clone()),
    )?;
    roads
        .schedule
        .change(|schedule, now| schedule.charging(id.clone(), now));
    stage.step("the aggregator asks how it goes");
    polling.later(stage, 5);
    let so_far = polling.next(stage).await?.1;
    let fee = Some(Money::fen(5 * 127));
    stage.check(
        "five minutes are charged",
        matches!(so_far, Polled::Order(order) if order.fee_total == fee && order.order_id == id),
    )?;
    stage.step("then the vendor tells by itself, and nothing is asked while it does");
    for _ in 0..2 {
        polling.later(stage, 3);
        tells(stage, &id).await?;
        stage.check("nothing is due", polling.rests())?;
    }
    stage.step("but every quarter of an hour, how the piles are");
    polling.later(stage, 4);
    let piles = polling.next(stage).await?.1;
    stage.check(
        "the pile is charging",
        is_pile(&piles, &StubStatus::CHARGING),
    )?;
    stage.step("the driver stops");
    let stop = ChargeStop {
        order_id: id.clone(),
    };
    let order = stage
        .call("chargeStop", || roads.to_vendor.charge_stop(&stop))
        .await?;
    stage.check("it is over", order.status.is_over())?;
    tells(stage, &id).await?;
    let known = roads
        .platform
        .order(&id)?
        .context("the aggregator knows the order")?;
    stage.check(
        "15 minutes are charged",
        known.fee_total == Some(Money::fen(15 * 127)) && known.status.is_over(),
    )
}

/// The vendor tells of an order as it is now (3.3), signed.
async fn tells(stage: &Stage, id: &AnyText) -> Result<()> {
    let roads = &stage.sites.vendor;
    let order = roads.works.order(id)?.context("the vendor has the order")?;
    stage
        .call("orderCallback", || roads.to_platform.order_callback(&order))
        .await?;
    stage.check(
        "the aggregator knows it",
        roads.platform.order(id)?.as_ref() == Some(&order),
    )
}

/// What is due once a day, and the piles: the bill of yesterday.
async fn morning(stage: &Stage, polling: &mut Polling<'_>) -> Result<Bill> {
    let mut bill = None;
    for _ in 0..3 {
        let (task, polled) = polling.next(stage).await?;
        match (task, polled) {
            (Task::Bill { from, until }, Polled::Bill(found)) => {
                let of_day = [from, until]
                    .iter()
                    .all(|time| time.date() == polling.yesterday());
                stage.check(
                    "it is yesterday's",
                    of_day
                        && until.timestamp().seconds() - from.timestamp().seconds()
                            == 24 * 3600 - 1,
                )?;
                bill = Some((from, until, found));
            }
            (_, Polled::StubGroups(groups)) => {
                stage.check("the group is still there", groups.len() == 1)?
            }
            (_, piles) => stage.check("the pile is free", is_pile(&piles, &StubStatus::IDLE))?,
        }
    }
    let (_, _, bill) = bill.context("a bill in the morning")?;
    Ok(bill)
}

/// Both books agree but for one order, which is asked for (2.4, 2.3).
async fn reconciles(
    stage: &Stage,
    polling: &Polling<'_>,
    bill: Bill,
    missing: &AnyText,
) -> Result<()> {
    let (roads, day) = (&stage.sites.vendor, polling.yesterday());
    let own = || {
        roads
            .platform
            .ended_within(time(day, "00:00:00"), time(day, "23:59:59"))
    };
    let mut reconciliation = Reconciliation::new(bill.clone(), own()?.iter().map(OwnOrder::from));
    stage.check(
        "an order is not known here",
        reconciliation.report().missing_here.contains(missing),
    )?;
    while let Some(order_id) = reconciliation.to_ask().first().cloned() {
        stage.step(format!(
            "the bill has the order {order_id}: the aggregator asks for it"
        ));
        let query = OrderQuery { order_id };
        let order = stage
            .call("getOrderInfo", || roads.to_vendor.get_order_info(&query))
            .await?;
        reconciliation.answer(&order);
        roads.platform.learns(order)?;
    }
    let report = reconciliation.report();
    let others = report.missing_there.is_empty()
        && report.listed_twice.is_empty()
        && report.amounts.is_empty();
    stage.check("nothing else is wrong", others && report.to_ask.is_empty())?;
    stage.check(
        "with it the books agree",
        Reconciliation::new(bill, own()?.iter().map(OwnOrder::from))
            .report()
            .agrees(),
    )?;
    roads.schedule.change(|schedule, _| schedule.settled(day));
    stage.check(
        "both have the same of it",
        roads.platform.order(missing)? == roads.works.order(missing)?,
    )
}

/// Minutes until it is next so many o'clock.
fn until(stage: &Stage, hour: u64) -> u64 {
    let midnight = time(stage.now().date(), "00:00:00").timestamp().seconds();
    let minute = (stage.now().timestamp().seconds() - midnight).unsigned_abs() / 60;
    (24 * 60 + hour * 60 - minute) % (24 * 60)
}

fn is_pile(polled: &Polled, status: &StubStatus) -> bool {
    matches!(polled,
        Polled::Stubs(group) if group.stub_info.iter().map(|pile| &pile.status).eq([status]))
}

fn time(day: Date, time: &str) -> DateTime {
    format!("{day} {time}").parse().expect("a day and a time")
}
