//! 6.10: the city knows the charging stations and their state, lets a car charge, and is told what
//! it cost: 1101 to 1106.
use crate::{
    charging::CITY,
    piles::{OPERATOR, PLUGS},
    stage::Stage,
};
use anyhow::{Context, Result};
use sztc_proto::charging::{
    StationBook, StationChange,
    evcs::{
        self,
        changes::key_changes,
        code::{ConnectorStatus, SuccessStatus},
        model::{ConnectorAuth, StartCharge, StopCharge},
    },
};

/// The connector of the story.
const PLUG: &str = PLUGS[0];

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let mut book = StationBook::default().page_size(1);
    stations(stage, &mut book).await?;
    // The document gives an order's number 27 characters, the first nine of which are the
    // operator's.
    let serial = format!("{CITY}{}", &stage.id("")[14..]);
    charges(stage, &serial).await?;
    settles(stage, &serial).await?;
    stage
        .step("an hour later the city asks again for what has changed: what was pushed is no news");
    stage.later(60);
    stage.check("1101 is due", book.is_due(stage.now()))?;
    for station in stage.sites.charging.desk.stations()? {
        book.pushed(station);
    }
    let news = refreshes(stage, &mut book).await?;
    stage.check("nothing is news", news.is_empty())
}

/// 1101 page by page, 1103 at the start, 1102 when something changes.
async fn stations(stage: &Stage, book: &mut StationBook) -> Result<()> {
    let roads = &stage.sites.charging;
    let (desk, piles) = (&roads.desk, &roads.piles);
    stage.step("the city's system starts: which stations are there?");
    let news = refreshes(stage, book).await?;
    desk.learns(&news)?;
    let ids: Vec<_> = book
        .stations()
        .map(|station| station.station_id.clone())
        .collect();
    stage.check(
        "two, one of them being built",
        ids.len() == 2 && desk.stations()? == piles.stations()?,
    )?;
    stage.step("and what is free there?");
    let states = stage
        .call("1103", || roads.to_piles.states_of(&ids))
        .await?;
    for connector in states
        .iter()
        .flat_map(|station| &station.connector_status_infos)
    {
        desk.sees(connector)?;
    }
    stage.check(
        "it is free where the car will go",
        desk.connector(PLUG)? == Some(ConnectorStatus::IDLE),
    )?;

    stage.step("prices change: that matters to the business, so it is pushed");
    let (before, after) = piles.prices_change()?;
    stage.check(
        "the price is such a change",
        !key_changes(&before, &after).is_empty(),
    )?;
    stage
        .call("1102", || roads.to_city.push_station(after.clone()))
        .await?;
    stage.check("the city has it", desk.stations()?.contains(&after))
}

/// What asking for the stations brings; an answer that does not come changes nothing.
async fn refreshes(stage: &Stage, book: &mut StationBook) -> Result<Vec<StationChange>> {
    let (client, now, before) = (&stage.sites.charging.to_piles, stage.now(), book.clone());
    let refreshed = stage.call("1101", || {
        let mut book = before.clone();
        async move { book.refresh(client, now).await.map(|news| (book, news)) }
    });
    let (after, news) = refreshed.await?;
    *book = after;
    Ok(news)
}

/// 1103 as things change, 1104 from the authentication to the end.
async fn charges(stage: &Stage, serial: &str) -> Result<()> {
    let roads = &stage.sites.charging;
    let (desk, piles) = (&roads.desk, &roads.piles);
    stage.step("a car is plugged in");
    piles
        .tells_state(stage, &roads.to_city, PLUG, ConnectorStatus::OCCUPIED)
        .await?;
    stage.check(
        "the city sees it",
        desk.connector(PLUG)? == Some(ConnectorStatus::OCCUPIED),
    )?;
    let question = ConnectorAuth {
        equip_auth_seq: serial.into(),
        connector_id: PLUG.into(),
    };
    let reply = stage
        .call("1104 query_equip_auth", || {
            roads.to_piles.query_equip_auth(&question)
        })
        .await?;
    stage.check("it may be charged", reply.succ_stat == SuccessStatus::OK)?;

    stage.step("the driver starts in the city's app");
    desk.expect(serial)?;
    let start = StartCharge::new(serial, PLUG, "A-108");
    let reply = stage
        .call("1104 query_start_charge", || {
            roads.to_piles.query_start_charge(&start)
        })
        .await?;
    desk.hear(serial, &reply)?;
    stage.check(
        "it starts",
        desk.stage(serial)? == Some(evcs::conversation::Stage::Starting),
    )?;
    piles.begins(serial)?;
    piles
        .tells_state(stage, &roads.to_city, PLUG, ConnectorStatus::CHARGING)
        .await?;
    for _ in 0..3 {
        stage.later(25);
        piles.tells_meter(stage, &roads.to_city, serial).await?;
    }
    stage.check(
        "it charges",
        desk.stage(serial)? == Some(evcs::conversation::Stage::Charging),
    )?;

    stage.step("and stops");
    let stop = StopCharge {
        start_charge_seq: serial.into(),
        connector_id: PLUG.into(),
    };
    let reply = stage
        .call("1104 query_stop_charge", || {
            roads.to_piles.query_stop_charge(&stop)
        })
        .await?;
    desk.hear(serial, &reply)?;
    stage.check(
        "it stops",
        desk.stage(serial)? == Some(evcs::conversation::Stage::Stopping),
    )?;
    piles.ends(serial)?;
    piles
        .tells_state(stage, &roads.to_city, PLUG, ConnectorStatus::IDLE)
        .await?;
    stage.check(
        "the city sees that it is free",
        desk.connector(PLUG)? == Some(ConnectorStatus::IDLE),
    )
}

/// 1104: the order, and the reconciliation of its day. 1105, 1106: the order of the car that parks
/// there.
async fn settles(stage: &Stage, serial: &str) -> Result<()> {
    let roads = &stage.sites.charging;
    let (desk, piles) = (&roads.desk, &roads.piles);
    stage.step("75 minutes at 30 kW: what it cost");
    let order = piles.tells_order(stage, &roads.to_city, serial).await?;
    stage.check(
        "37.5 kWh, 45 yuan",
        order.total_power == evcs::Fixed::of_units(3750)
            && order.total_money == evcs::Money::yuan(45),
    )?;
    stage.check(
        "the order is settled",
        desk.stage(serial)? == Some(evcs::conversation::Stage::Settled),
    )?;
    stage.step("in the evening both compare their books");
    let number = format!("{OPERATOR}{}", &stage.id("")[14..]);
    let account = piles.account(&number, CITY, order.start_time, order.end_time)?;
    stage.check(
        "the order is in them",
        account
            .charge_orders
            .iter()
            .any(|own| own.start_charge_seq == order.start_charge_seq),
    )?;
    let reply = stage
        .call("1104 check_charge_orders", || {
            roads.to_city.check_charge_orders(&account)
        })
        .await?;
    stage.check("they agree", reply.total_dispute_order == 0)?;

    let plate = stage.plate("粤B");
    stage.step(format!(
        "the car, {plate}, parked there: the city is told, and may ask"
    ));
    let bill = piles.bills(serial, &plate)?;
    stage
        .call("1105", || roads.to_city.push_order(&bill))
        .await?;
    let known = desk.orders_of(&plate)?;
    stage.check("the city has the order", known == [bill.clone()])?;
    let asked = || {
        roads
            .to_piles
            .orders_of_stay(plate.as_str(), order.start_time, order.end_time)
    };
    let found = stage.call("1106", asked).await?;
    stage
        .check("and finds the same", found == known)
        .context("1106")
}
