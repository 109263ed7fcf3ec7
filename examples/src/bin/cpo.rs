//! A charge point operator (基础设施运营商) with one station. Start it, then the customer's
//! operator beside it: `cargo run -p examples --bin emsp`.
use clap::Parser;
use evcs_proto::{
    CpoRouter, CpoService, Ctx, Dialect, EmspClient, Error, Outcome, Refusal,
    code::{ChargeState, StopFailure},
    decode,
    model::{
        ConnectorAuth, ConnectorAuthReply, SerialNo, StartCharge, StartChargeReply, StationsPage,
        StationsQuery, StopCharge, StopChargeReply,
    },
    reconcile::{check_orders, disputed},
};
use examples::{
    meter::{self, Meter},
    party::{CPO, EMSP, Line},
};
use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::{Mutex, Notify};

const STATIONS: &str =
    include_str!("../../../evcs-proto/fixtures/samples/query_stations_info.reply.json");

/// Serves a station, charges when it is asked to, and tells the customer's operator how it goes.
/// CPO_KEYS are the keys we give out, EMSP_KEYS those we got, each as
/// OperatorSecret,DataSecret,DataSecretIV,SigSecret; without them they are those of a sandbox.
#[derive(Parser)]
#[command(name = "cpo", version)]
struct Options {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:7801")]
    listen: SocketAddr,
    /// Where the interfaces of the customer's operator lie.
    #[arg(long, default_value = "http://127.0.0.1:7802/evcs/v1")]
    emsp: String,
    #[command(flatten)]
    line: Line,
}

#[derive(Clone)]
struct Station {
    emsp: EmspClient,
    /// What stops each order that charges.
    charging: Arc<Mutex<HashMap<SerialNo, Arc<Notify>>>>,
}

impl CpoService for Station {
    async fn query_stations_info(&self, _: &Ctx, _: StationsQuery) -> Outcome<StationsPage> {
        let page = decode(STATIONS, &Dialect::strict().read);
        page.map(|(page, _)| page)
            .map_err(|problem| Refusal::message(problem.to_string()))
    }

    async fn query_equip_auth(
        &self,
        _: &Ctx,
        request: ConnectorAuth,
    ) -> Outcome<ConnectorAuthReply> {
        Ok(ConnectorAuthReply::ok(&request))
    }

    async fn query_start_charge(&self, _: &Ctx, request: StartCharge) -> Outcome<StartChargeReply> {
        let reply = StartChargeReply::ok(&request, ChargeState::STARTING);
        // A repeated start finds the charge that is going on.
        if let std::collections::hash_map::Entry::Vacant(free) = self
            .charging
            .lock()
            .await
            .entry(request.start_charge_seq.clone())
        {
            let (station, stop) = (self.clone(), free.insert(Arc::default()).clone());
            tokio::spawn(async move {
                station
                    .charge(request, &stop)
                    .await
                    .unwrap_or_else(|error| eprintln!("cpo: {error}"))
            });
        }
        Ok(reply)
    }

    async fn query_stop_charge(&self, _: &Ctx, request: StopCharge) -> Outcome<StopChargeReply> {
        let Some(stop) = self.charging.lock().await.remove(&request.start_charge_seq) else {
            return Ok(StopChargeReply::failed(
                &request,
                ChargeState::ENDED,
                StopFailure::STOPPED_ALREADY,
            ));
        };
        stop.notify_one();
        Ok(StopChargeReply::ok(&request, ChargeState::STOPPING))
    }
}

impl Station {
    /// Charges and tells it every second, until it is stopped; then tells the order, and compares
    /// accounts.
    async fn charge(&self, request: StartCharge, stop: &Notify) -> Result<(), Error> {
        let serial = request.start_charge_seq.clone();
        let (mut meter, mut seconds) = (
            Meter::new(request),
            tokio::time::interval(Duration::from_secs(1)),
        );
        loop {
            tokio::select! {
                _ = seconds.tick() => meter.tick(),
                () = stop.notified() => break,
            }
            self.emsp
                .notification_equip_charge_status(&meter.status())
                .await?;
        }
        let order = meter.order();
        let receipt = self.emsp.notification_charge_order_info(&order).await?;
        println!(
            "{serial}: {} yuan, {}",
            order.total_money, receipt.confirm_result
        );
        let account = check_orders(
            &*serial,
            order.start_time,
            order.end_time,
            vec![meter::entry(&order)],
        );
        let reply = self.emsp.check_charge_orders(&account).await?;
        println!(
            "{serial}: {} orders agreed",
            disputed(&account, &reply).agreed.len()
        );
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let (emsp, charging) = (
        options.line.peer(&options.emsp, &CPO, &EMSP)?.emsp(),
        Arc::default(),
    );
    let router = CpoRouter::new(
        Station { emsp, charging },
        HashMap::from([(EMSP.id.to_owned(), CPO.keys()?)]),
    )
    .into_router();
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    options.line.serve("cpo", listener, router, stopped).await
}
