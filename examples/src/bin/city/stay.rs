//! Two protocols around one stay. T/CEC 102: Star Charge ([`Star`]), whose customers charge, and
//! the charge point operator ([`Piles`]), at whose piles they do. Star Charge's own document for
//! parking: the same platform, and the operator of the lot where they park meanwhile ([`Ledger`],
//! [`Checkout`]), which takes off the parking fee what was charged.
pub(crate) mod ledger;
pub(crate) mod star;

use crate::{
    charging::{Given, link, serves},
    ground::{Ground, Road},
    line::{Line, Link, Loss},
    page::Place,
    piles::{OPERATOR as PILES, Piles},
    stage::Stage,
};
use anyhow::{Context, Result};
use evcs_proto::{
    CpoClient, CpoRouter, Dialect, EmspClient, EmspRouter, Error,
    code::SuccessStatus,
    conversation::Event,
    model::{ChargeStatus, ChargeStatusQuery, StartCharge, StopCharge, StopChargeReply},
};
use examples::registry::Protocol;
use ledger::ShelfLedger;
use star::Star;
use std::{
    io,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};
use xingxing_park::{
    CallbackAuth, ChargingRouter, Checkout, DiscountRule, Ledger, ParkingClient, ParkingRouter,
    PeerHttp, RetryPolicy, Stay, Timestamp, evcs_proto, ledger::*, model::DiscountReport,
};

/// The KT lot, as Star Charge calls it.
pub(crate) const PARK: &str = "3100000092";
/// As whom Star Charge calls the piles.
const STAR: &str = "313744932";
/// The lot's operator, as Star Charge calls it.
const OPERATOR: &str = "lot-operator-7";
/// What both sides agreed on; the document has no authentication.
const TOKEN: &str = "sandbox-star";
/// How long Star Charge waits for an answer that does not come.
const PATIENCE: Duration = Duration::from_secs(1);

/// All three, and the clients of each.
pub(crate) struct Roads {
    /// Star Charge.
    pub star: Star,
    /// The lot's operator: its ledger.
    pub ledger: Ledger,
    /// What the operator does at the exit.
    pub checkout: Checkout,
    /// The piles, the same that the city knows.
    pub piles: Piles,
    /// The piles call Star Charge.
    pub to_star: EmspClient,
    /// Where they are found.
    pub places: Vec<Place>,
    /// Star Charge calls the piles.
    to_piles: CpoClient,
    /// Star Charge calls the operator, over `line`.
    to_operator: ParkingClient,
    line: Line,
}

impl Roads {
    /// Opens all: the lines of the charging envelope over TLS, the others over plain http as the
    /// document has it.
    ///
    /// # Errors
    /// A port is busy, the state cannot be read.
    pub(crate) async fn open(ground: &Ground) -> Result<Self> {
        let (store, clock) = (&ground.store, ground.clock.clone());
        let (star, piles) = (Star::new(store, clock.clone()), Piles::new(store, clock)?);
        let ledger = Ledger::new(ShelfLedger(store.shelf("operator.ledger")));

        let (by_piles, by_star) = (Given::by("piles-star")?, Given::by("star-piles")?);
        let both = [&by_piles, &by_star];
        let cpo = CpoRouter::new(piles.clone(), by_piles.to(STAR))
            .options(serves(Dialect::default()))
            .into_router();
        let cpo_guests = ground
            .https(link("guest-star-cpo", ["guest", "piles"], both), cpo)
            .await?;
        let cpo = ground
            .beside(&cpo_guests, link("star-cpo", ["star", "piles"], both))
            .await?;
        let emsp = EmspRouter::new(star.clone(), by_star.to(PILES))
            .options(serves(Dialect::default()))
            .into_router();
        let emsp_guests = ground
            .https(link("guest-star-emsp", ["guest", "star"], both), emsp)
            .await?;
        let emsp = ground
            .beside(&emsp_guests, link("star-emsp", ["piles", "star"], both))
            .await?;

        let charging = ChargingRouter::new(star.clone(), CallbackAuth::token(TOKEN)).into_router();
        let charging_guests = ground
            .plain(plain("guest-star", "guest", "star"), charging)
            .await?;
        let charging = ground
            .beside(&charging_guests, plain("star", "operator", "star"))
            .await?;
        let parking = ParkingRouter::new(ledger.clone(), CallbackAuth::token(TOKEN)).into_router();
        let parking_guests = ground
            .plain(plain("guest-operator", "guest", "operator"), parking)
            .await?;
        let parking = ground
            .beside(&parking_guests, plain("operator", "star", "operator"))
            .await?;
        // 15 minutes are given to drive away.
        let rule = DiscountRule::WhileCharging { grace_minutes: 15 };
        Ok(Self {
            checkout: Checkout::new(ledger.clone(), peer(&charging)?.charging(), OPERATOR, rule),
            to_operator: peer(&parking)?.parking(),
            to_piles: by_piles.peer(ground, &cpo, STAR, Dialect::default())?.cpo(),
            to_star: by_star
                .peer(ground, &emsp, PILES, Dialect::default())?
                .emsp(),
            places: vec![
                by_piles.place("charge point operator", "T/CEC 102", &cpo_guests),
                by_star.place("Star Charge, customers", "T/CEC 102", &emsp_guests),
                place("Star Charge", &charging_guests),
                place("lot's operator", &parking_guests),
            ],
            line: parking.line,
            star,
            ledger,
            piles,
        })
    }

    /// A customer starts charging through Star Charge; the number of the order.
    ///
    /// # Errors
    /// The piles refuse it.
    pub(crate) async fn starts(&self, stage: &Stage, plug: &str, plate: &str) -> Result<String> {
        let serial = format!("{STAR}{}", &stage.id("")[14..]);
        self.star.expect(&serial, plug, plate, PARK)?;
        let mut start = StartCharge::new(serial.as_str(), plug, "A-108");
        start.plate_num = Some(plate.into());
        let started = stage.call("query_start_charge", async || {
            self.told_or_asked(&serial, self.to_piles.query_start_charge(&start).await)
                .await
        });
        match started.await? {
            Known::Reply(reply) => {
                stage.check("the piles start", reply.succ_stat == SuccessStatus::OK)?;
                self.star.hear(&serial, &reply)?;
            }
            Known::State(status) => drop(self.star.hear(&serial, &*status)?),
        }
        Ok(serial)
    }

    /// The customer stops.
    ///
    /// # Errors
    /// The piles refuse it.
    pub(crate) async fn stops(&self, stage: &Stage, serial: &str) -> Result<()> {
        let order = self
            .star
            .order(serial)?
            .context("the customer has started")?;
        let stop = StopCharge {
            start_charge_seq: serial.into(),
            connector_id: order.result.connector_id,
        };
        // Asking twice is asking once: these piles know the number.
        let reply: StopChargeReply = stage
            .call("query_stop_charge", || {
                self.to_piles.query_stop_charge(&stop)
            })
            .await?;
        self.star.hear(serial, &reply)?;
        stage.check("the piles stop", reply.succ_stat == SuccessStatus::OK)
    }

    /// A start that got no reply may have worked: the state is asked for before anything is asked
    /// again.
    async fn told_or_asked<R>(
        &self,
        serial: &str,
        reply: Result<R, Error>,
    ) -> Result<Known<R>, Error> {
        let error = match reply {
            Ok(reply) => return Ok(Known::Reply(reply)),
            Err(error) => error,
        };
        self.star
            .hear(serial, Event::ActionTimedOut)
            .map_err(evcs_proto::Refusal::from)
            .map_err(Error::refused)?;
        let query = ChargeStatusQuery {
            start_charge_seq: serial.into(),
        };
        match self.to_piles.query_equip_charge_status(&query).await {
            Ok(status) => Ok(Known::State(status.into())),
            // The piles do not know the number, or say nothing.
            Err(_) => Err(error),
        }
    }

    /// Star Charge tells the lot's operator how the orders stand of which it has not told yet
    /// (4.1).
    ///
    /// # Errors
    /// It is not accepted.
    pub(crate) async fn tells(&self, stage: &Stage) -> Result<()> {
        while let Some(result) = self.star.untold()? {
            let receipt = stage
                .call("4.1", || {
                    self.to_operator.notification_parking_charge_result(&result)
                })
                .await?;
            stage.check(
                "the operator takes note of the order",
                receipt.is_accepted(),
            )?;
            self.star.told(&result)?;
        }
        Ok(())
    }

    /// The same, but the message gets lost, and Star Charge does not try again: that is what the
    /// compensation query is for.
    ///
    /// # Errors
    /// It arrives.
    pub(crate) async fn tells_in_vain(&self, stage: &Stage) -> Result<()> {
        let result = self.star.untold()?.context("there is something to tell")?;
        self.line.lose(Loss::Request);
        let hasty = self.to_operator.with(|options| {
            options.deadline = PATIENCE;
            options.retry = RetryPolicy::off();
        });
        let told = hasty.notification_parking_charge_result(&result).await;
        stage.check("the message gets lost", told.is_err())?;
        Ok(self.star.told(&result)?)
    }

    /// The operator asks for what it does not know (4.2), and settles what was charged during the
    /// stay.
    ///
    /// # Errors
    /// Star Charge does not answer.
    pub(crate) async fn settles(&self, stage: &Stage, stay: &Stay) -> Result<Settlement> {
        let seconds = AtomicI64::new(0);
        // Whoever got no answer asks again when the driver comes back to the booth, and not before.
        let settled = stage.call("4.2", async || {
            let later = stay.exit.timestamp().seconds() + seconds.fetch_add(1, Ordering::SeqCst);
            let stay = Stay {
                exit: Timestamp::from_seconds(later).date_time(),
                ..stay.clone()
            };
            let settlement = self
                .checkout
                .settle(&stay)
                .await
                .map_err(io::Error::other)?;
            let unknown = settlement
                .unfinished()
                .next()
                .map(|order| order.result.order_id.clone());
            unknown.map_or(Ok(settlement), |order_id| {
                Err(io::Error::other(format!(
                    "the end of {order_id} is not known"
                )))
            })
        });
        settled.await
    }

    /// The operator tells Star Charge what each order brought (4.3).
    ///
    /// # Errors
    /// Star Charge does not take it.
    pub(crate) async fn reports(&self, stage: &Stage, reports: &[DiscountReport]) -> Result<()> {
        let reported = stage.call("4.3", async || {
            match self
                .checkout
                .report(reports.to_vec())
                .await
                .into_iter()
                .next()
            {
                None => Ok(()),
                Some(unreported) => Err(unreported.error),
            }
        });
        reported.await
    }
}

/// What is known of a call that starts charging.
enum Known<R> {
    /// It was answered.
    Reply(R),
    /// It was not, but the state says that it worked.
    State(Box<ChargeStatus>),
}

fn peer(road: &Road) -> Result<PeerHttp> {
    Ok(PeerHttp::builder(format!("{}/parking", road.url))
        .token(TOKEN)
        .build()?)
}

fn plain(name: &'static str, from: &'static str, to: &'static str) -> Link {
    Link::new(name, from, to, Protocol::Xingxing)
}

fn place(role: &str, road: &Road) -> Place {
    Place::new(
        role,
        "Star Charge",
        format!("{}/parking", road.url),
        format!("token {TOKEN}"),
    )
}
