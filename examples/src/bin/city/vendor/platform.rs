//! The aggregator: the orders that it was told of, and what its poller brings.
use pile_proto::*;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::mpsc::UnboundedSender;

/// The aggregator's service, with the orders that it was told of.
#[derive(Clone, Default)]
pub struct Platform(Arc<State>);

#[derive(Default)]
struct State {
    served: AtomicUsize,
    orders: Mutex<BTreeMap<AnyText, Order>>,
}

impl Platform {
    /// How many callbacks it took.
    pub fn served(&self) -> usize {
        self.0.served.load(Ordering::SeqCst)
    }

    /// What it knows of its orders.
    pub fn orders(&self) -> Vec<Order> {
        let orders = self.0.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.values().cloned().collect()
    }
}

impl AggregatorService for Platform {
    async fn order_callback(&self, _: &Ctx, order: Order) -> Outcome<()> {
        self.0.served.fetch_add(1, Ordering::SeqCst);
        let mut orders = self.0.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.insert(order.order_id.clone(), order);
        Ok(())
    }
}

/// What one query of the poller came to.
pub type Brought = (Task, Result<Polled, Error>);

/// Hands on what the poller brings; groups that it finds are polled too.
pub struct Sink {
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
