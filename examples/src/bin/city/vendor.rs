//! The two roads between a vendor of charging piles and an aggregator, which polls what the document's frequencies allow.
pub mod platform;
pub mod works;

use crate::{certificates, clock::DayClock, ground::Ground, line::Link, page::Place, stage::Stage};
use anyhow::{Context, Result};
use examples::{explain::Opener, registry::Protocol};
use pile_proto::*;
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
pub struct Roads {
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
    pub async fn open(ground: &Ground) -> Result<Self> {
        let clock = ground.clock.clone();
        let schedule = SharedSchedule::default().clock(Arc::new(clock.clone()));
        let (works, platform) = (Works::new(&ground.store, clock.clone()), Platform::new(&ground.store));
        let vendor = VendorRouter::new(works.clone(), Verifier::token(TOKEN)).base_path("/api").into_router();
        let vendor = ground.https(link("vendor", "platform", "vendor", Opener::default()), vendor).await?;
        let signer = CallbackSigner::new(SECRET);
        let callback = AggregatorRouter::signed(platform.clone(), signer.clone())
            .schedule(schedule.clone())
            .into_router();
        let callback = ground
            .https(link("aggregator", "vendor", "platform", Opener::default().pile(signer.clone())), callback)
            .await?;
        let (base, address) = (format!("{}/api", vendor.url), format!("{}/orderCallback", callback.url));
        Ok(Self {
            to_vendor: VendorClient::https(&base, &ground.http())?.token(TOKEN).clock(Arc::new(clock.clone())),
            to_platform: AggregatorClient::https(&address, &ground.http())?.signer(signer),
            places: [
                place("vendor of piles", base, format!("token {TOKEN}")),
                place("aggregator, callbacks", address, format!("signed with {SECRET}")),
            ],
            works,
            platform,
            schedule,
            clock,
        })
    }

    /// Starts polling by an empty schedule; it ends with what this gives.
    pub fn polls(&self) -> Polling<'_> {
        self.schedule.change(|schedule, _| *schedule = Schedule::default());
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
pub struct Polling<'a> {
    roads: &'a Roads,
    brought: UnboundedReceiver<Brought>,
    task: JoinHandle<()>,
}

impl Polling<'_> {
    /// Time passes, and the poller looks at the clock.
    pub fn later(&self, stage: &Stage, minutes: u64) {
        stage.later(minutes);
        self.roads.schedule.change(|_, _| ());
    }

    /// Nothing is due now.
    pub fn rests(&self) -> bool {
        self.roads.schedule.change(|schedule, now| schedule.due(now)).is_empty()
    }

    /// What the poller asks for next, and what it brings.
    ///
    /// # Errors
    /// It asks for nothing; the vendor does not answer.
    pub async fn next(&mut self, stage: &Stage) -> Result<(Task, Polled)> {
        let next = timeout(PATIENCE, self.brought.recv()).await;
        let (task, outcome) = next.ok().flatten().context("nothing was asked for")?;
        let polled = match outcome {
            Ok(polled) => polled,
            // The poller asks again when the document lets it; the story does not wait so long.
            Err(_) if stage.sites.faulty => {
                let polled = stage.call("once more", || self.roads.to_vendor.poll(&task)).await?;
                if let Polled::StubGroups(groups) = &polled {
                    let ids = groups.iter().map(|group| group.id.clone());
                    self.roads.schedule.change(|schedule, _| ids.for_each(|id| schedule.add_group(id)));
                }
                polled
            }
            Err(error) => return Err(error).context(format!("{task:?}")),
        };
        Ok((task, polled))
    }

    /// The time of the story, as the schedule has it.
    pub fn yesterday(&self) -> Date {
        DateTime::at(self.roads.clock.now() - Duration::from_secs(24 * 3600)).date()
    }
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn link(name: &'static str, from: &'static str, to: &'static str, opener: Opener) -> Link {
    Link {
        name,
        from,
        to,
        protocol: Protocol::Pile,
        numbered: false,
        opener,
    }
}

fn place(role: &str, address: String, how: String) -> Place {
    Place {
        role: role.to_owned(),
        protocol: "charging-pile API".to_owned(),
        address,
        how: format!("{how}; CA: {}", certificates::WHERE),
    }
}
