//! Reconciliation (对账): what checkChargeOrders answers against the orders that we have. Without
//! I/O: it says what to ask for.
use crate::model::{Bill, Number, Order};
use park_core::{AnyText, Money, rust_decimal::Decimal};
use std::collections::{BTreeMap, BTreeSet};

/// What an order amounts to; absent if it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Energy, kWh.
    pub power: Option<Number>,
    /// Price, yuan.
    pub fee: Option<Money>,
}

impl Amounts {
    fn are_known(&self) -> bool {
        self.power.is_some() && self.fee.is_some()
    }
}

impl From<&Order> for Amounts {
    fn from(order: &Order) -> Self {
        Self {
            power: order.power,
            fee: order.fee_total,
        }
    }
}

/// An order as we have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnOrder {
    /// Number that the vendor gave it.
    pub order_id: AnyText,
    /// What it amounts to.
    pub amounts: Amounts,
}

impl From<&Order> for OwnOrder {
    fn from(order: &Order) -> Self {
        Self {
            order_id: order.order_id.clone(),
            amounts: order.into(),
        }
    }
}

/// The same thing on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference<T> {
    /// With us.
    pub here: T,
    /// With the vendor.
    pub there: T,
}

impl<T: PartialEq> Difference<T> {
    fn of(here: T, there: T) -> Option<Self> {
        (here != there).then_some(Self { here, there })
    }
}

/// An order whose amounts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountDifference {
    /// Number that the vendor gave it.
    pub order_id: AnyText,
    /// What it amounts to on each side.
    pub amounts: Difference<Amounts>,
}

/// What a reconciliation found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReconciliationReport {
    /// Orders that the vendor lists and we do not have.
    pub missing_here: Vec<AnyText>,
    /// Orders that we have and the vendor does not list.
    pub missing_there: Vec<AnyText>,
    /// Orders that the vendor lists more than once.
    pub listed_twice: Vec<AnyText>,
    /// Orders on both sides whose amounts differ, as far as they were asked for.
    pub amounts: Vec<AmountDifference>,
    /// How many orders we have and how many the vendor says there are, if that is not the same.
    pub count: Option<Difference<i64>>,
    /// Energy of all orders, kWh: the sum of ours and the vendor's total. If it differs and nothing
    /// else does, the vendor's total is not the sum of its orders.
    pub power: Option<Difference<Number>>,
    /// Price of all orders, yuan; as `power`.
    pub fee: Option<Difference<Money>>,
    /// Orders that still have to be asked for; the report is not complete before that.
    pub to_ask: Vec<AnyText>,
}

impl ReconciliationReport {
    /// Whether both sides agree.
    pub fn agrees(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares a [`Bill`] with our orders of the same time.
///
/// The bill has order numbers and totals only. Which calls of getOrderInfo it takes to find what
/// differs comes in two steps:
///
/// 1. The orders that we do not have, and those whose amounts we do not know.
/// 2. If the vendor's totals are then not explained by our amounts and those just learned: the
///    other orders on both sides, since nothing tells which of them, until the totals are
///    explained.
///
/// Differences that cancel each other out in both totals are not found; that would take a call for
/// every order of every day.
///
/// ```
/// use pile_proto::{Money, Reconciliation, code::OrderStatus, model::{Bill, Order},
///     reconcile::{Amounts, OwnOrder}};
/// let bill = Bill {
///     check_order_no: None,
///     order_count: 1,
///     total_order_power: "10.5".parse()?,
///     totoal_order_fee: Money::fen(1300),
///     order_list: vec!["V1".into()],
/// };
/// let ours = Amounts { power: "10.5".parse().ok(), fee: Some(Money::fen(1250)) };
/// let mut reconciliation = Reconciliation::new(bill,
///     [OwnOrder { order_id: "V1".into(), amounts: ours }]);
/// while let Some(order_id) = reconciliation.to_ask().first() {
///     // The reply of getOrderInfo.
///     let mut order = Order::new(order_id.clone(), OrderStatus::ENDED);
///     (order.power, order.fee_total) = (ours.power, Some(Money::fen(1300)));
///     reconciliation.answer(&order);
/// }
/// let report = reconciliation.report();
/// assert_eq!(report.amounts[0].amounts.there.fee, Some(Money::fen(1300)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reconciliation {
    bill: Bill,
    /// The vendor's orders, each once, in its order.
    listed: Vec<AnyText>,
    ours: BTreeMap<AnyText, Amounts>,
    learned: BTreeMap<AnyText, Amounts>,
}

impl Reconciliation {
    /// Begins with the reply of checkChargeOrders and our orders of the same time. Of two orders of
    /// ours with the same number the later counts.
    pub fn new(bill: Bill, ours: impl IntoIterator<Item = OwnOrder>) -> Self {
        let mut seen = BTreeSet::new();
        let listed = bill
            .order_list
            .iter()
            .filter(|order| seen.insert(*order))
            .cloned()
            .collect();
        Self {
            listed,
            ours: ours
                .into_iter()
                .map(|order| (order.order_id, order.amounts))
                .collect(),
            learned: BTreeMap::new(),
            bill,
        }
    }

    /// The orders that getOrderInfo has to be called for now. Each answer may change it; empty if
    /// nothing is left to ask.
    pub fn to_ask(&self) -> Vec<AnyText> {
        let unanswered = || {
            self.listed
                .iter()
                .filter(|order| !self.learned.contains_key(*order))
        };
        let first: Vec<_> = unanswered()
            .filter(|order| {
                self.ours
                    .get(*order)
                    .is_none_or(|amounts| !amounts.are_known())
            })
            .cloned()
            .collect();
        if !first.is_empty() || self.totals_are_explained() {
            return first;
        }
        unanswered().cloned().collect()
    }

    /// Takes the reply of getOrderInfo. One for an order that the bill does not list changes
    /// nothing.
    pub fn answer(&mut self, order: &Order) {
        if self.listed.contains(&order.order_id) {
            self.learned.insert(order.order_id.clone(), order.into());
        }
    }

    /// The vendor refused to tell of an order that it lists: it is not asked for again, and counts
    /// as of unknown amounts.
    pub fn refused(&mut self, order_id: &str) {
        if let Some(order) = self.listed.iter().find(|listed| ***listed == *order_id) {
            self.learned.insert(order.clone(), Amounts::default());
        }
    }

    /// What was found so far; complete when [`to_ask`](Self::to_ask) is empty.
    pub fn report(&self) -> ReconciliationReport {
        let listed: BTreeSet<&AnyText> = self.listed.iter().collect();
        let mut seen = BTreeSet::new();
        let mut twice = BTreeSet::new();
        for order in self
            .bill
            .order_list
            .iter()
            .filter(|order| !seen.insert(*order))
        {
            twice.insert(order.clone());
        }
        let differing = |order: &AnyText| {
            let amounts = Difference::of(*self.ours.get(order)?, *self.learned.get(order)?)?;
            Some(AmountDifference {
                order_id: order.clone(),
                amounts,
            })
        };
        let here = |part: fn(&Amounts) -> Option<Decimal>| {
            sum(self.ours.values().filter_map(part)).unwrap_or(Decimal::MAX)
        };
        ReconciliationReport {
            missing_here: self
                .listed
                .iter()
                .filter(|order| !self.ours.contains_key(*order))
                .cloned()
                .collect(),
            missing_there: self
                .ours
                .keys()
                .filter(|order| !listed.contains(order))
                .cloned()
                .collect(),
            listed_twice: twice.into_iter().collect(),
            amounts: self.listed.iter().filter_map(differing).collect(),
            count: Difference::of(
                i64::try_from(self.ours.len()).unwrap_or(i64::MAX),
                self.bill.order_count,
            ),
            power: Difference::of(here(power).into(), self.bill.total_order_power),
            fee: Difference::of(here(fee).into(), self.bill.totoal_order_fee),
            to_ask: self.to_ask(),
        }
    }

    /// Whether the vendor's totals are the sum of its orders, as far as they were learned, and of
    /// our amounts for the others.
    fn totals_are_explained(&self) -> bool {
        let total = |part: fn(&Amounts) -> Option<Decimal>| {
            let amounts = self
                .listed
                .iter()
                .filter_map(|order| self.learned.get(order).or_else(|| self.ours.get(order)));
            sum(amounts.filter_map(part))
        };
        total(power) == Some(self.bill.total_order_power.value())
            && total(fee) == Some(self.bill.totoal_order_fee.value())
    }
}

/// The sum; `None` if it is beyond any number, which a peer's amounts may be.
fn sum(mut amounts: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    amounts.try_fold(Decimal::ZERO, Decimal::checked_add)
}

fn power(amounts: &Amounts) -> Option<Decimal> {
    amounts.power.map(Number::value)
}

fn fee(amounts: &Amounts) -> Option<Decimal> {
    amounts.fee.map(Money::value)
}
