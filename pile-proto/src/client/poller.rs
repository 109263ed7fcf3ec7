use super::VendorClient;
use crate::{
    Error, Schedule, SharedSchedule, TooOften,
    model::{
        Bill, BillQuery, Order, OrderQuery, StubGroup, StubGroupDetail, StubGroupQuery, StubQuery,
    },
    schedule::Task,
};
use futures_util::{FutureExt, StreamExt, stream};
use park_core::Sent;
use std::time::{Duration, SystemTime};
use tokio::time::{sleep, timeout};

/// How many queries are under way at once.
const AT_ONCE: usize = 8;

/// How long it sleeps at most before it looks at the clock again, which somebody may have set.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What a query brought.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Polled {
    /// An order (getOrderInfo).
    Order(Box<Order>),
    /// A group with its piles (syncStubInfo).
    Stubs(StubGroupDetail),
    /// The groups of a city (syncStubGroupInfo).
    StubGroups(Vec<StubGroup>),
    /// The totals of some days (checkChargeOrders). Reconcile them, and tell the schedule which day
    /// is [settled](crate::Schedule::settled).
    Bill(Bill),
}

/// Who takes what a [`Poller`] brings.
pub trait PollSink: Send {
    /// The query for `task` came to this. Nothing else is asked until it returns.
    fn polled(
        &mut self,
        task: Task,
        outcome: Result<Polled, Error>,
    ) -> impl Future<Output = ()> + Send;
}

/// Asks a vendor what is due by a [`Schedule`], for ever.
#[derive(Debug)]
pub struct Poller;

impl Poller {
    /// Makes the queries that are due, tells the schedule of them, hands what they brought to
    /// `sink`, and sleeps until something is due or the schedule was changed. An order that is over
    /// leaves the schedule. Ends by being dropped.
    ///
    /// A failed query counts as made, and comes again when it is due, as the document's frequencies
    /// are about calls. One of which nothing was sent does not count: it comes again after a
    /// minute. One that the client's own [`Limiter`](crate::Limiter) refused counts, as somebody
    /// else made it.
    pub async fn run(client: VendorClient, schedule: SharedSchedule, mut sink: impl PollSink) {
        loop {
            // What was changed until now is seen by the look below.
            let _ = schedule.changed().now_or_never();
            let due = schedule.look(|schedule, now| schedule.due(now));
            let mut unsent = false;
            let mut polling = stream::iter(due)
                .map(|task| async {
                    // Its turn may come late, and a callback before it.
                    let due = schedule.look(|schedule, now| schedule.is_still_due(&task, now));
                    let outcome = if due {
                        Some(client.poll(&task).await)
                    } else {
                        None
                    };
                    (task, outcome)
                })
                .buffer_unordered(AT_ONCE);
            while let Some((task, outcome)) = polling.next().await {
                let Some(outcome) = outcome else { continue };
                match &outcome {
                    Err(error) if error.sent() == Sent::No && !is_limited(error) => unsent = true,
                    _ => schedule.look(|schedule, now| note(schedule, &task, &outcome, now)),
                }
                sink.polled(task, outcome).await;
            }
            drop(polling);
            if unsent {
                // Nothing wakes it, lest a busy callback router becomes a storm of attempts.
                sleep(LONGEST_SLEEP).await;
            } else {
                let rest = schedule.look(|schedule, now| {
                    schedule
                        .next_due(now)
                        .map(|next| next.duration_since(now).unwrap_or_default())
                });
                // Woken or not, the next look tells what is due.
                let _ = timeout(
                    rest.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP),
                    schedule.changed(),
                )
                .await;
            }
        }
    }
}

/// Whether the client's own limiter refused it.
fn is_limited(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<TooOften>())
}

/// A query was made.
fn note(schedule: &mut Schedule, task: &Task, outcome: &Result<Polled, Error>, now: SystemTime) {
    schedule.asked(task, now);
    if let (Task::Order(asked), Ok(Polled::Order(order))) = (task, outcome)
        && order.status.is_over()
    {
        schedule.over(asked);
    }
}

impl VendorClient {
    /// Makes the query of a [`Task`].
    ///
    /// # Errors
    /// As the query.
    pub async fn poll(&self, task: &Task) -> Result<Polled, Error> {
        match task.clone() {
            Task::Order(order_id) => self
                .get_order_info(&OrderQuery { order_id })
                .await
                .map(|order| Polled::Order(order.into())),
            Task::Stubs(stub_group_id) => self
                .sync_stub_info(&StubQuery { stub_group_id })
                .await
                .map(Polled::Stubs),
            Task::StubGroups(city_code) => {
                let query = StubGroupQuery {
                    city_code,
                    stub_group_type: None,
                };
                self.sync_stub_group_info(&query)
                    .await
                    .map(Polled::StubGroups)
            }
            Task::Bill { from, until } => {
                let query = BillQuery {
                    start_tim: from,
                    end_tim: until,
                };
                self.check_charge_orders(&query).await.map(Polled::Bill)
            }
        }
    }
}
