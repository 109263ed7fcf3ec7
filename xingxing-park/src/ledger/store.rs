//! Where a ledger keeps its orders.
use super::{order::Order, stay::PlateKey};
use crate::model::OrderId;
use park_core::{BoxFuture, DateTime};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    error, fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The store could not do its work; the reason is its source.
#[derive(Debug, thiserror::Error)]
#[error("the ledger's store failed")]
pub struct StoreError(#[source] Box<dyn error::Error + Send + Sync>);

impl StoreError {
    /// Failed because of `reason`.
    pub fn new(reason: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

/// Where a [`Ledger`](crate::Ledger) keeps its orders; shared by several instances through a store
/// of your own. Whatever fails fails the call, so that the charging platform is not told that a
/// notification is accepted which is then lost.
pub trait LedgerStore: Send + Sync + 'static {
    /// [Joins](Order::join) `order` to what is kept under its number, `kept.join(order)` and not
    /// the other way round, so that of two settlements the one kept first stays; or keeps it. Gives
    /// what was kept before. Reading and writing are one step, which no other joining of the same
    /// order may come between: whoever sees that an order was not settled before sends its report.
    fn join(&self, order: Order) -> BoxFuture<'_, Result<Option<Order>, StoreError>>;

    /// The order with this number.
    fn find<'a>(
        &'a self,
        order_id: &'a OrderId,
    ) -> BoxFuture<'a, Result<Option<Order>, StoreError>>;

    /// Every order whose [`plate`](Order::plate) this is, in any order.
    fn of_plate<'a>(&'a self, plate: &'a PlateKey)
    -> BoxFuture<'a, Result<Vec<Order>, StoreError>>;

    /// Forgets every order whose [last moment](Order::last_moment) lies before `moment`; gives how
    /// many they were.
    fn forget(&self, moment: DateTime) -> BoxFuture<'_, Result<usize, StoreError>>;
}

impl<S: LedgerStore + ?Sized> LedgerStore for Arc<S> {
    fn join(&self, order: Order) -> BoxFuture<'_, Result<Option<Order>, StoreError>> {
        S::join(self, order)
    }

    fn find<'a>(
        &'a self,
        order_id: &'a OrderId,
    ) -> BoxFuture<'a, Result<Option<Order>, StoreError>> {
        S::find(self, order_id)
    }

    fn of_plate<'a>(
        &'a self,
        plate: &'a PlateKey,
    ) -> BoxFuture<'a, Result<Vec<Order>, StoreError>> {
        S::of_plate(self, plate)
    }

    fn forget(&self, moment: DateTime) -> BoxFuture<'_, Result<usize, StoreError>> {
        S::forget(self, moment)
    }
}

/// How many orders a [`MemoryLedger`] keeps unless told otherwise.
const CAPACITY: usize = 100_000;

#[derive(Default)]
struct Orders {
    by_id: HashMap<OrderId, (u64, Order)>,
    by_plate: HashMap<PlateKey, BTreeSet<OrderId>>,
    /// In the order in which they were first heard of.
    by_age: BTreeMap<u64, OrderId>,
    heard: u64,
    pushed_out: u64,
}

impl Orders {
    fn join(&mut self, order: Order) -> Option<Order> {
        let order_id = order.result.order_id.clone();
        let before = self.remove(&order_id);
        let (age, order) = match &before {
            Some((age, known)) => (*age, known.clone().join(order)),
            None => {
                self.heard += 1;
                (self.heard, order)
            }
        };
        self.by_plate
            .entry(order.plate())
            .or_default()
            .insert(order_id.clone());
        self.by_age.insert(age, order_id.clone());
        self.by_id.insert(order_id, (age, order));
        before.map(|(_, known)| known)
    }

    fn remove(&mut self, order_id: &OrderId) -> Option<(u64, Order)> {
        let (age, order) = self.by_id.remove(order_id)?;
        self.by_age.remove(&age);
        let plate = order.plate();
        if let Some(of_plate) = self.by_plate.get_mut(&plate) {
            of_plate.remove(order_id);
            if of_plate.is_empty() {
                self.by_plate.remove(&plate);
            }
        }
        Some((age, order))
    }

    fn keep_at_most(&mut self, capacity: usize) {
        while self.by_id.len() > capacity {
            let Some(oldest) = self.by_age.values().next().cloned() else {
                return;
            };
            self.remove(&oldest);
            self.pushed_out += 1;
            // Told now and then: whoever fills the ledger shall not fill the log.
            if self.pushed_out.is_power_of_two() {
                tracing::warn!(
                    pushed_out = self.pushed_out,
                    "the ledger is full: it forgets what it heard of first"
                );
            }
        }
    }
}

/// Orders in this process's memory, at most 100 000: the one first heard of is forgotten for the
/// newest. Clones share them.
#[derive(Clone)]
pub struct MemoryLedger {
    orders: Arc<Mutex<Orders>>,
    capacity: usize,
}

impl MemoryLedger {
    /// An empty store.
    pub fn new() -> Self {
        Self {
            orders: Arc::default(),
            capacity: CAPACITY,
        }
    }

    /// Keeps at most so many orders, at least one.
    pub fn capacity(mut self, orders: usize) -> Self {
        self.capacity = orders.max(1);
        self
    }

    /// Joins `order` at once; gives what was kept before.
    pub(crate) fn join_now(&self, order: Order) -> Option<Order> {
        let mut orders = self.orders();
        let before = orders.join(order);
        orders.keep_at_most(self.capacity);
        before
    }

    /// The order with this number.
    pub(crate) fn get(&self, order_id: &OrderId) -> Option<Order> {
        self.orders()
            .by_id
            .get(order_id)
            .map(|(_, order)| order.clone())
    }

    /// Every order.
    pub(crate) fn all(&self) -> Vec<Order> {
        self.orders()
            .by_id
            .values()
            .map(|(_, order)| order.clone())
            .collect()
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryLedger {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryLedger({})", self.orders().by_id.len())
    }
}

impl LedgerStore for MemoryLedger {
    fn join(&self, order: Order) -> BoxFuture<'_, Result<Option<Order>, StoreError>> {
        Box::pin(async move { Ok(self.join_now(order)) })
    }

    fn find<'a>(
        &'a self,
        order_id: &'a OrderId,
    ) -> BoxFuture<'a, Result<Option<Order>, StoreError>> {
        Box::pin(async move { Ok(self.get(order_id)) })
    }

    fn of_plate<'a>(
        &'a self,
        plate: &'a PlateKey,
    ) -> BoxFuture<'a, Result<Vec<Order>, StoreError>> {
        Box::pin(async move {
            let orders = self.orders();
            let ids = orders.by_plate.get(plate).into_iter().flatten();
            Ok(ids
                .filter_map(|id| orders.by_id.get(id))
                .map(|(_, order)| order.clone())
                .collect())
        })
    }

    fn forget(&self, moment: DateTime) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let mut orders = self.orders();
            let is_old = |(_, order): &&(u64, Order)| order.last_moment() < moment;
            let old: Vec<OrderId> = orders
                .by_id
                .values()
                .filter(is_old)
                .map(|(_, order)| order.result.order_id.clone())
                .collect();
            Ok(old
                .iter()
                .filter_map(|order_id| orders.remove(order_id))
                .count())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{code::ChargeState, model::ParkChargeResult};
    use park_core::{Fixed, Money, Timestamp};

    fn order(id: &str, plate: &str, second: i64) -> Order {
        let sampled = Timestamp::from_seconds(second).date_time();
        Order::from(ParkChargeResult {
            operator_id: "313744932".into(),
            order_id: id.into(),
            connector_id: "1".into(),
            plate: plate.into(),
            start_charge_seq_stat: ChargeState::CHARGING,
            start_time: Timestamp::from_seconds(0).date_time(),
            end_time: sampled,
            total_power: Fixed::ZERO,
            total_money: Money::ZERO,
            park_id: "1".into(),
        })
    }

    fn ids_of(store: &MemoryLedger, plate: &str) -> Vec<String> {
        let orders = store.orders();
        let ids = orders
            .by_plate
            .get(&PlateKey::of(plate))
            .into_iter()
            .flatten();
        ids.map(ToString::to_string).collect()
    }

    #[tokio::test]
    async fn the_newest_order_pushes_out_the_one_first_heard_of() {
        let store = MemoryLedger::new().capacity(2);
        for (id, second, known) in [
            ("A", 1, false),
            ("B", 2, false),
            ("A", 3, true),
            ("C", 4, false),
            ("B", 5, true),
            ("A", 6, false),
        ] {
            let before = store
                .join(order(id, "苏DR3005", second))
                .await
                .expect("memory");
            assert_eq!(before.is_some(), known, "{id} {second}");
        }
        assert_eq!(ids_of(&store, "苏DR3005"), ["A", "C"]);
        assert_eq!(format!("{store:?}"), "MemoryLedger(2)");
        let smallest = MemoryLedger::new().capacity(0);
        for id in ["A", "B"] {
            smallest
                .join(order(id, "苏DR3005", 1))
                .await
                .expect("memory");
        }
        assert_eq!(ids_of(&smallest, "苏DR3005"), ["B"]);
    }

    #[tokio::test]
    async fn an_order_is_found_under_its_plate_as_it_is_known_now() {
        let store = MemoryLedger::new();
        for (plate, second) in [("苏DR3005", 1), ("苏DR3006", 2), ("苏DR3005", 1)] {
            store.join(order("A", plate, second)).await.expect("memory");
        }
        assert!(ids_of(&store, "苏DR3005").is_empty());
        assert_eq!(ids_of(&store, "苏dr3006"), ["A"]);
    }

    #[tokio::test]
    async fn nothing_is_left_of_what_is_forgotten() {
        let store = MemoryLedger::new();
        for second in 0..10 {
            store
                .join(order(&second.to_string(), "苏DR3005", second))
                .await
                .expect("memory");
        }
        let moment = |second| Timestamp::from_seconds(second).date_time();
        assert_eq!(store.forget(moment(5)).await.expect("memory"), 5);
        assert_eq!(ids_of(&store, "苏DR3005").len(), 5);
        assert_eq!(store.forget(moment(10)).await.expect("memory"), 5);
        let orders = store.orders();
        assert_eq!(
            (
                orders.by_id.len(),
                orders.by_plate.len(),
                orders.by_age.len()
            ),
            (0, 0, 0)
        );
    }
}
