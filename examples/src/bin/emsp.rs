//! A customer's operator (客户归属运营商) that charges one car at the station of
//! `cargo run -p examples --bin cpo`, which has to run.
use anyhow::{Context, Result, ensure};
use clap::Parser;
use evcs_proto::{
    Conversation, CpoClient, EmspRouter, Timestamp,
    code::SuccessStatus,
    conversation::Stage,
    model::{ConnectorAuth, SerialNo, StartCharge, StationsQuery, StopCharge},
};
use examples::{
    customer::{Customer, Known},
    party::{CPO, EMSP, Line},
};
use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration, time::SystemTime};
use tokio::sync::{Notify, watch};

/// Looks for a connector, charges there until the first news, stops, and compares the order with
/// what the operator says it was. Exit status 1 if anything of it is missing. EMSP_KEYS are the
/// keys we give out, CPO_KEYS those we got, each as
/// OperatorSecret,DataSecret,DataSecretIV,SigSecret; without them they are those of a sandbox.
#[derive(Parser)]
#[command(name = "emsp", version)]
struct Options {
    /// Where to listen for news.
    #[arg(long, default_value = "127.0.0.1:7802")]
    listen: SocketAddr,
    /// Where the interfaces of the charge point operator lie.
    #[arg(long, default_value = "http://127.0.0.1:7801/evcs/v1")]
    cpo: String,
    /// How long all of it may take, in seconds.
    #[arg(long, default_value_t = 60)]
    within: u64,
    #[command(flatten)]
    line: Line,
}

/// One car, from the search for a connector to the account.
async fn charge(
    cpo: &CpoClient,
    serial: &SerialNo,
    mut known: watch::Receiver<Known>,
) -> Result<()> {
    let page = cpo.query_stations_info(&StationsQuery::default()).await?;
    let mut devices = page
        .station_infos
        .iter()
        .flat_map(|station| &station.equipment_infos);
    let connector = devices
        .find_map(|device| device.connector_infos.first())
        .context("no connectors")?
        .connector_id
        .clone();
    println!("{} stations; charging at {connector}", page.item_size);
    let auth = ConnectorAuth {
        equip_auth_seq: serial.clone(),
        connector_id: connector.clone(),
    };
    let ready = cpo.query_equip_auth(&auth).await?;
    ensure!(
        ready.succ_stat == SuccessStatus::OK,
        "the connector is not ready: {ready:?}"
    );
    println!("authenticated");
    let started = cpo
        .query_start_charge(&StartCharge::new(&**serial, &*connector, ""))
        .await?;
    ensure!(
        started.succ_stat == SuccessStatus::OK,
        "it does not start: {started:?}"
    );
    println!("started");
    known
        .wait_for(|(order, _)| order.stage() >= Stage::Charging)
        .await?;
    let stop = StopCharge {
        start_charge_seq: serial.clone(),
        connector_id: connector,
    };
    let stopped = cpo.query_stop_charge(&stop).await?;
    ensure!(
        stopped.succ_stat == SuccessStatus::OK,
        "it does not stop: {stopped:?}"
    );
    println!("stopped");
    let (order, found) = known.wait_for(|(_, found)| found.is_some()).await?.clone();
    let (order, found) = (
        order.order().context("no order")?,
        found.context("no account")?,
    );
    println!(
        "order: {} kWh, {} yuan",
        order.total_power, order.total_money
    );
    let agreed =
        found.reply.dispute_orders.is_empty() && found.unlisted.is_empty() && found.totals.is_ok();
    ensure!(agreed, "the accounts differ: {found:?}");
    println!("the accounts agree");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let now = Timestamp::at(SystemTime::now());
    let serial = SerialNo::compose(EMSP.id, &now.seconds().to_string())?;
    let (news, known) = watch::channel((Conversation::new(&*serial, now), None));
    let router = EmspRouter::new(
        Customer(news),
        HashMap::from([(CPO.id.to_owned(), EMSP.keys()?)]),
    )
    .into_router();
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    let (cpo, end) = (
        options.line.peer(&options.cpo, &EMSP, &CPO)?.cpo(),
        Arc::new(Notify::new()),
    );
    let serving = options.line.serve("emsp", listener, router, end.notified());
    let charging = async {
        let charged = tokio::time::timeout(
            Duration::from_secs(options.within),
            charge(&cpo, &serial, known),
        )
        .await;
        end.notify_one();
        charged.context("it took too long")?
    };
    // Serving ends after what came last is answered.
    let (served, charged) = tokio::join!(serving, charging);
    charged.and(served)
}
