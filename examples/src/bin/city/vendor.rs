//! The vendor API of charging piles: the roles of a vendor ([`works`]), which has groups of piles
//! and orders, and of an aggregator ([`platform`]), which starts and stops charging, polls as often
//! as the document allows and is called back; and the two roads between them.
pub(crate) mod platform;
pub(crate) mod works;

use crate::{
    certificates,
    clock::DayClock,
    ground::{Ground, Road},
    line::Link,
    page::Place,
    stage::Stage,
};
use anyhow::{Context, Result};
use examples::{explain::Opener, registry::Protocol};
use pile_proto::{
    AggregatorClient, AggregatorRouter, CallbackAuth, CallbackSigner, Clock, Date, DateTime,
    Limiter, PeerHttp, Polled, Poller, Schedule, SharedSchedule, VendorClient, VendorRouter,
    schedule::Task,
};
use platform::{Brought, Platform, Sink};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinHandle,
    time::timeout,
};
use works::Works;

/// What the vendor gave out for its interfaces.
const TOKEN: &str = "sandbox-piles";
/// What callbacks are signed with.
const SECRET: &str = "sandbox-callback";

/// How long a query of the poller may take; on a line with faults it is repeated.
const PATIENCE: Duration = Duration::from_secs(60);

/// Both ends, and the clients of each.
pub(crate) struct Roads {
    /// The vendor.
    pub works: Works,
    /// The aggregator.
    pub platform: Platform,
    /// The aggregator calls the vendor.
    pub to_vendor: VendorClient,
    /// The vendor calls the aggregator.
    pub to_platform: AggregatorClient,
    /// What the aggregator polls when.
    pub schedule: SharedSchedule,
    /// Where they are found.
    pub places: [Place; 2],
    clock: DayClock,
}

impl Roads {
    /// Opens both.
    ///
    /// # Errors
    /// A port is busy, the state cannot be read.
    pub(crate) async fn open(ground: &Ground) -> Result<Self> {
        let clock = ground.clock.clone();
        let schedule = SharedSchedule::default().clock(Arc::new(clock.clone()));
        let (works, platform) = (
            Works::new(&ground.store, clock.clone()),
            Platform::new(&ground.store),
        );
        let vendor = VendorRouter::new(works.clone(), CallbackAuth::token(TOKEN))
            .base_path("/api")
            .into_router();
        let vendor_guests = ground
            .https(link("guest-vendor", "guest", "vendor"), vendor)
            .await?;
        let vendor = ground
            .beside(&vendor_guests, link("vendor", "platform", "vendor"))
            .await?;
        let signer = CallbackSigner::new(SECRET);
        let callback = AggregatorRouter::signed(platform.clone(), signer.clone())
            .schedule(schedule.clone())
            .into_router();
        let opener = Opener::default().pile(signer.clone());
        let signed = |name, from| link(name, from, "platform").opener(opener.clone());
        let callback_guests = ground
            .https(signed("guest-aggregator", "guest"), callback)
            .await?;
        let callback = ground
            .beside(&callback_guests, signed("aggregator", "vendor"))
            .await?;
        let base = |road: &Road| format!("{}/api", road.url);
        let address = |road: &Road| format!("{}/orderCallback", road.url);
        let to_vendor = PeerHttp::builder(base(&vendor))
            .http(ground.http())
            .build()?
            .vendor()
            .token(TOKEN);
        Ok(Self {
            to_vendor: to_vendor.clock(Arc::new(clock.clone())),
            to_platform: PeerHttp::builder(address(&callback))
                .http(ground.http())
                .build()?
                .aggregator()
                .signer(signer),
            places: [
                place(
                    "vendor of piles",
                    base(&vendor_guests),
                    &format!("token {TOKEN}"),
                ),
                place(
                    "aggregator, callbacks",
                    address(&callback_guests),
                    &format!("signed with {SECRET}"),
                ),
            ],
            works,
            platform,
            schedule,
            clock,
        })
    }

    /// Starts polling by an empty schedule; it ends with what this gives.
    pub(crate) fn polls(&self) -> Polling<'_> {
        self.schedule
            .change(|schedule, _| *schedule = Schedule::default());
        let (to, brought) = unbounded_channel();
        let schedule = self.schedule.clone();
        let sink = Sink {
            to,
            schedule: schedule.clone(),
        };
        let limited = self.to_vendor.clone().limiter(Limiter::default());
        Polling {
            roads: self,
            brought,
            task: tokio::spawn(Poller::run(limited, schedule, sink)),
        }
    }
}

/// A poller at work.
pub(crate) struct Polling<'a> {
    roads: &'a Roads,
    brought: UnboundedReceiver<Brought>,
    task: JoinHandle<()>,
}

impl Polling<'_> {
    /// Time passes, and the poller looks at the clock.
    pub(crate) fn later(&self, stage: &Stage, minutes: u64) {
        stage.later(minutes);
        self.roads.schedule.change(|_, _| ());
    }

    /// Nothing is due now.
    pub(crate) fn rests(&self) -> bool {
        self.roads
            .schedule
            .change(|schedule, now| schedule.due(now))
            .is_empty()
    }

    /// What the poller asks for next, and what it brings.
    ///
    /// # Errors
    /// It asks for nothing; the vendor does not answer.
    pub(crate) async fn next(&mut self, stage: &Stage) -> Result<(Task, Polled)> {
        let next = timeout(PATIENCE, self.brought.recv()).await;
        let (task, outcome) = next.ok().flatten().context("nothing was asked for")?;
        let polled = match outcome {
            Ok(polled) => polled,
            // The poller asks again when the document lets it; the story does not wait so long.
            Err(_) if stage.sites.faulty => {
                let polled = stage
                    .call("once more", || self.roads.to_vendor.poll(&task))
                    .await?;
                if let Polled::StubGroups(groups) = &polled {
                    let ids = groups.iter().map(|group| group.id.clone());
                    self.roads
                        .schedule
                        .change(|schedule, _| ids.for_each(|id| schedule.add_group(id)));
                }
                polled
            }
            Err(error) => return Err(error).context(format!("{task:?}")),
        };
        Ok((task, polled))
    }

    /// The time of the story, as the schedule has it.
    pub(crate) fn yesterday(&self) -> Date {
        DateTime::at(self.roads.clock.now() - Duration::from_secs(24 * 3600)).date()
    }
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn link(name: &'static str, from: &'static str, to: &'static str) -> Link {
    Link::new(name, from, to, Protocol::Pile)
}

fn place(role: &str, address: String, how: &str) -> Place {
    Place::new(
        role,
        "charging-pile API",
        address,
        format!("{how}; CA: {}", certificates::WHERE),
    )
}
