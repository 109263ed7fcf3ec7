//! A vendor of charging piles and an aggregator: groups, piles and an order are polled, the order's callbacks make that unnecessary, and the day after the
//! books are reconciled.
mod platform;
mod works;

use crate::{books::Account, show::Tally, sites::open_https};
use anyhow::{Context, Result};
use pile_proto::*;
use platform::{Brought, Platform, Sink};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};
use works::{CITY, GROUP, PILE, Works};

/// What the vendor gave out for its interfaces.
const TOKEN: &str = "given out by the vendor";
/// What callbacks are signed with.
const SECRET: &str = "agreed with the vendor";

const MINUTE: Duration = Duration::from_secs(60);

/// The interfaces that have to cross in the day.
const CROSSES: &[&str] = &[
    "chargeStart",
    "chargeStop",
    "checkChargeOrders",
    "getOrderInfo",
    "orderCallback",
    "syncStubGroupInfo",
    "syncStubInfo",
];

/// Both ends, and the clients of each.
pub struct Roads {
    works: Works,
    platform: Platform,
    to_vendor: VendorClient,
    to_platform: AggregatorClient,
    schedule: SharedSchedule,
    /// The day's, which the program moves: the vendor's meters and the aggregator's schedule go by it.
    clock: ManualClock,
}

impl Roads {
    /// Opens both on free ports of this machine.
    pub async fn open(server: &ServerTls, client: &ClientTls) -> Result<Self> {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(at("2026-03-25 10:00:00").timestamp().seconds().try_into()?));
        let schedule = SharedSchedule::default().clock(Arc::new(clock.clone()));
        let (works, platform) = (Works::new(clock.clone()), Platform::default());
        let vendor = VendorRouter::new(works.clone(), Verifier::token(TOKEN)).base_path("/api");
        let vendor = open_https(vendor.into_router(), server).await?;
        let callback = AggregatorRouter::signed(platform.clone(), CallbackSigner::new(SECRET)).schedule(schedule.clone());
        let callback = open_https(callback.into_router(), server).await?;
        let mut http = HttpOptions::default();
        http.tls = client.clone();
        let limited = VendorClient::https(&format!("https://localhost:{vendor}/api"), &http)?.limiter(Limiter::default());
        Ok(Self {
            to_vendor: limited.token(TOKEN).clock(Arc::new(clock.clone())),
            to_platform: AggregatorClient::https(&format!("https://localhost:{callback}/orderCallback"), &http)?.signer(CallbackSigner::new(SECRET)),
            works,
            platform,
            schedule,
            clock,
        })
    }

    /// A day and the morning after.
    pub async fn day(&self, tally: &mut Tally) -> Account {
        let (to, mut brought) = unbounded_channel();
        let sink = Sink {
            to,
            schedule: self.schedule.clone(),
        };
        let poller = tokio::spawn(Poller::run(self.to_vendor.clone(), self.schedule.clone(), sink));
        let missing = self.hours(tally, &mut brought).await.unwrap_or_else(|problem| {
            tally.failed.push(format!("{problem:#}"));
            Vec::new()
        });
        poller.abort();
        Account {
            proto: "pile",
            interfaces: ENDPOINTS.len(),
            crosses: CROSSES,
            served: self.works.served() + self.platform.served(),
            lost: (0, 0),
            story: format!(
                "{} orders at the vendor, {} on the platform, {} found missing",
                self.works.orders_in_all(),
                self.platform.orders().len(),
                missing.len()
            ),
        }
    }

    /// What happens; the orders that were found missing.
    async fn hours(&self, tally: &mut Tally, brought: &mut UnboundedReceiver<Brought>) -> Result<Vec<AnyText>> {
        self.schedule.change(|schedule, now| {
            schedule.add_city(CITY);
            // Yesterday is settled, so today is due tomorrow.
            schedule.settled(DateTime::at(now - 24 * 60 * MINUTE).date());
        });
        let is_group = |polled: &Polled| matches!(polled, Polled::StubGroups(groups) if groups.iter().map(|group| &*group.id).eq([GROUP]));
        self.expect(tally, brought, "the groups", is_group).await?;
        let idle = |polled: &Polled| is_pile(polled, &StubStatus::IDLE);
        self.expect(tally, brought, "the piles", idle).await?;

        let order_id = self.start(tally, "CC001").await?;
        self.later(5);
        let so_far = |polled: &Polled| matches!(polled, Polled::Order(order) if order.fee_total == Some(Money::fen(5 * 127)));
        self.expect(tally, brought, "the order after 5 minutes", so_far).await?;
        // From now on the vendor pushes; nothing is asked while it does.
        for minutes in [8, 11] {
            self.later(3);
            self.push(tally, &order_id).await?;
            let due = self.schedule.change(|schedule, now| schedule.due(now));
            tally.check(&format!("nothing is due after {minutes} minutes"), due.is_empty());
        }
        self.later(4);
        self.expect(tally, brought, "the piles again", |polled| is_pile(polled, &StubStatus::CHARGING))
            .await?;
        self.stop(tally, &order_id).await?;
        // Somebody charges at the pile itself, and the callback is forgotten.
        let missing = self.works.begins(None).order_id;
        self.later(10);
        self.works.ends(&missing).context("it was charged")?;
        let due = self.schedule.change(|schedule, now| schedule.due(now));
        tally.check("an order that is over is not asked for", due.is_empty());

        self.later(17 * 60);
        let bill = self.morning(tally, brought).await?;
        self.reconcile(tally, bill, &missing).await
    }

    /// The driver starts through the aggregator (3.1).
    async fn start(&self, tally: &mut Tally, out_order_id: &str) -> Result<AnyText> {
        let start = ChargeStart {
            out_order_id: out_order_id.into(),
            driver_id: "D10086".into(),
            stub_id: PILE.into(),
            gun_id: "1".into(),
            org: "park".into(),
            time: Timestamp::at(self.clock.now()),
        };
        tally.served += 1;
        let order = tally.add("chargeStart", self.to_vendor.charge_start(&start).await, |order| {
            order.status == OrderStatus::CHARGING && order.out_order_id.as_deref() == Some(out_order_id)
        });
        let order_id = order.context("charging did not start")?.order_id;
        self.schedule.change(|schedule, now| schedule.charging(order_id.clone(), now));
        Ok(order_id)
    }

    /// The driver stops (3.2), and the vendor pushes the end (3.3).
    async fn stop(&self, tally: &mut Tally, order_id: &AnyText) -> Result<()> {
        let stop = ChargeStop { order_id: order_id.clone() };
        tally.served += 1;
        tally.add("chargeStop", self.to_vendor.charge_stop(&stop).await, |order| order.status.is_over());
        self.push(tally, order_id).await
    }

    /// The vendor tells of an order as it is now (3.3), signed.
    async fn push(&self, tally: &mut Tally, order_id: &AnyText) -> Result<()> {
        let order = self.works.order(order_id).context("the vendor has lost an order")?;
        tally.served += 1;
        tally.add("orderCallback", self.to_platform.order_callback(&order).await, |()| {
            self.platform.orders() == [order.clone()]
        });
        Ok(())
    }

    /// What is due once a day, and the piles: the bill of yesterday.
    async fn morning(&self, tally: &mut Tally, brought: &mut UnboundedReceiver<Brought>) -> Result<Bill> {
        let mut bill = None;
        for _ in 0..3 {
            let task = self.expect(tally, brought, "what is due daily", |polled| match polled {
                Polled::Bill(of_day) => {
                    bill = Some(of_day.clone());
                    true
                }
                Polled::StubGroups(_) => true,
                polled => is_pile(polled, &StubStatus::IDLE),
            });
            let task = task.await?;
            if let Task::Bill { from, until } = task {
                let day = (at("2026-03-25 00:00:00"), at("2026-03-25 23:59:59"));
                tally.check("the bill is yesterday's", (from, until) == day);
            }
        }
        bill.context("no bill in the morning")
    }

    /// Both books agree but for one order (2.4, 2.3).
    async fn reconcile(&self, tally: &mut Tally, bill: Bill, missing: &AnyText) -> Result<Vec<AnyText>> {
        let mut ours = self.platform.orders();
        let mut reconciliation = Reconciliation::new(bill.clone(), ours.iter().map(OwnOrder::from));
        while let Some(order_id) = reconciliation.to_ask().first().cloned() {
            tally.served += 1;
            let order = self.to_vendor.get_order_info(&OrderQuery { order_id }).await;
            let order = tally
                .add("getOrderInfo", order, |order| order.order_id == *missing)
                .context("no answer for an order")?;
            reconciliation.answer(&order);
            ours.push(order);
        }
        let report = reconciliation.report();
        tally.check("one order is missing here", report.missing_here == [missing.clone()]);
        let counts = report.count.map(|count| (count.here, count.there));
        tally.check("which makes the difference", counts == Some((1, 2)));
        let nothing_else = report.missing_there.is_empty() && report.listed_twice.is_empty() && report.amounts.is_empty();
        tally.check("and nothing else", nothing_else && report.to_ask.is_empty());
        let whole = Reconciliation::new(bill, ours.iter().map(OwnOrder::from)).report();
        tally.check("with it the books agree", whole.agrees());
        self.schedule
            .change(|schedule, now| schedule.settled(DateTime::at(now - 24 * 60 * MINUTE).date()));
        Ok(report.missing_here)
    }

    /// Time passes, and the poller looks at the clock.
    fn later(&self, minutes: u32) {
        self.clock.advance(minutes * MINUTE);
        self.schedule.change(|_, _| ());
    }

    /// The poller's next query has to bring what is expected.
    async fn expect(
        &self,
        tally: &mut Tally,
        brought: &mut UnboundedReceiver<Brought>,
        what: &str,
        expected: impl FnOnce(&Polled) -> bool,
    ) -> Result<Task> {
        let next = timeout(Duration::from_secs(5), brought.recv()).await;
        let (task, outcome) = next.ok().flatten().with_context(|| format!("{what} was not asked for"))?;
        tally.served += 1;
        tally.add(what, outcome, expected);
        Ok(task)
    }
}

fn is_pile(polled: &Polled, status: &StubStatus) -> bool {
    matches!(polled, Polled::Stubs(group) if group.stub_info.iter().map(|pile| &pile.status).eq([status]))
}

fn at(time: &str) -> DateTime {
    time.parse().expect("a time")
}
