//! The aggregator: the orders that it was told of, which is the one interface it has, and what its
//! poller brings.
use crate::store::{Kept, Shelf, Store};
use pile_proto::{
    AggregatorService, Ctx, DateTime, Error, Outcome, PollSink, Polled, SharedSchedule,
    model::{Nothing, Order},
    schedule::Task,
};
use tokio::sync::mpsc::UnboundedSender;

/// The aggregator's service, with the orders that it was told of.
#[derive(Clone)]
pub(crate) struct Platform {
    /// By the vendor's number.
    orders: Shelf<Order>,
}

impl Platform {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store) -> Self {
        let orders = store.shelf("aggregator.orders");
        Self { orders }
    }

    /// What it knows of an order.
    pub(crate) fn order(&self, order_id: &str) -> Kept<Option<Order>> {
        self.orders.get(order_id)
    }

    /// It learns of an order, or more about it.
    pub(crate) fn learns(&self, order: Order) -> Kept<()> {
        self.orders.put(&order.order_id.clone(), order)
    }

    /// The orders that ended between two times.
    pub(crate) fn ended_within(&self, from: DateTime, until: DateTime) -> Kept<Vec<Order>> {
        let within = |order: &Order| {
            order
                .time_end
                .0
                .is_some_and(|end| from <= end && end <= until)
        };
        Ok(self.orders.all()?.into_iter().filter(within).collect())
    }
}

impl AggregatorService for Platform {
    async fn order_callback(&self, _: &Ctx, order: Order) -> Outcome<Nothing> {
        self.learns(order)?;
        Ok(Nothing {})
    }
}

/// What one query of the poller came to.
pub(crate) type Brought = (Task, Result<Polled, Error>);

/// Hands on what the poller brings; groups that it finds are polled too.
pub(crate) struct Sink {
    /// To whom.
    pub to: UnboundedSender<Brought>,
    /// Where groups are added.
    pub schedule: SharedSchedule,
}

impl PollSink for Sink {
    async fn polled(&mut self, task: Task, outcome: Result<Polled, Error>) {
        if let Ok(Polled::StubGroups(groups)) = &outcome {
            self.schedule.change(|schedule, _| {
                for group in groups {
                    schedule.add_group(group.id.clone());
                }
            });
        }
        // Whoever does not listen any more needs nothing.
        let _ = self.to.send((task, outcome));
    }
}
