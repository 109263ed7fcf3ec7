//! The charging ledger: what is known of each car's charging orders, and what a stay's charging
//! comes to.

mod file;
mod order;
mod settlement;
mod split;
pub(crate) mod stay;
mod store;

pub use file::FileLedger;
pub use order::{Order, Settled, Unfinished};
pub use settlement::{Part, Settlement};
pub use stay::{PlateKey, Stay};
pub use store::{LedgerStore, MemoryLedger, StoreError};

use crate::{
    DiscountRule,
    model::{DiscountReport, OrderId, ParkChargeResult},
};
use park_core::{DateTime, Money};
use std::{fmt, sync::Arc};

/// What the compensation query (4.2) brought.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryOutcome {
    /// The order, ended or not.
    Found(Box<ParkChargeResult>),
    /// The charging platform does not know the order (未找到订单数据).
    NotFound,
    /// No answer, or none that could be understood.
    Failed,
}

impl From<Option<ParkChargeResult>> for QueryOutcome {
    fn from(found: Option<ParkChargeResult>) -> Self {
        found.map_or(Self::NotFound, |result| Self::Found(Box::new(result)))
    }
}

/// What a notification or an answer told the ledger. Each of them is to be answered as accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// An order that was not known.
    New,
    /// More about an order than was known.
    More,
    /// Nothing that was not known: a repetition, or older than what is known.
    Nothing,
    /// More about an order that is settled already: its end came after the exit, say. It is kept,
    /// and changes neither what the stay was given nor what was reported.
    Late(Settled),
}

/// The charging ledger of a parking side: takes what the charging platform tells, in any order,
/// twice and late, and settles stays.
///
/// Per stay: [`due`](Self::due), one compensation query and [`answered`](Self::answered) for each,
/// [`settle`](Self::settle) as often as the fee is shown, and [`close`](Self::close) once it is
/// paid, which gives the discount reports to send.
///
/// ```
/// use xingxing_park::ledger::{Noted, QueryOutcome, Unfinished};
/// use xingxing_park::{Discount, DiscountRule, Ledger, Money, Stay, code::ChargeState,
///     model::ParkChargeResult};
/// # async fn lot() -> Result<(), Box<dyn std::error::Error>> {
/// let ledger = Ledger::default();
/// let sample = r#"{"OperatorID":"313744932","OrderID":"201807111622529304","ConnectorID":"11000000000000010033283000","Plate":"苏DR3005",
///     "StartChargeSeqStat":2,"StartTime":"2018-07-11 16:38:55","EndTime":"2018-07-11 16:41:21","TotalPower":0.4,"TotalMoney":0,
///     "ParkID":"3100000092"}"#;
/// let charging: ParkChargeResult = serde_json::from_str(sample)?;
/// assert_eq!(ledger.notify(&charging).await?, Noted::New);
///
/// let stay = Stay::new("苏DR3005", "2018-07-11 16:30:00".parse()?,
///     "2018-07-11 18:00:00".parse()?).park("3100000092");
/// let rule = DiscountRule::PerKwh { credit: Money::fen(50), most: None };
/// // Its end was never told.
/// assert_eq!(ledger.due(&stay).await?, ["201807111622529304"]);
/// let ended = ParkChargeResult {
///     start_charge_seq_stat: ChargeState::ENDED,
///     end_time: "2018-07-11 17:38:55".parse()?,
///     total_power: "20.5".parse()?,
///     ..charging.clone()
/// };
/// ledger.answered(&charging.order_id, stay.exit, QueryOutcome::Found(ended.into())).await?;
/// assert!(ledger.due(&stay).await?.is_empty());
///
/// let settlement = ledger.settle(&stay, &rule,
///     Unfinished::ToSample).await?.at_most(Money::yuan(8));
/// assert_eq!((settlement.charged().as_secs(), settlement.discount),
///     (3600, Discount::Money(Money::yuan(8))));
/// // The car has paid.
/// let reports = ledger.close(&settlement, Money::yuan(8)).await?;
/// assert_eq!((reports.len(), reports[0].discount_money), (1, Money::yuan(8)));
/// assert!(ledger.close(&settlement, Money::yuan(8)).await?.is_empty());
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().expect("a \
/// #     runtime").block_on(lot()).expect("settled");
/// ```
///
/// An order that is first heard of after its stay was closed is [`New`](Noted::New): the ledger
/// keeps orders, not stays. Closing the stay again with the same amount gives its report, of 0.
#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn LedgerStore>,
}

impl Default for Ledger {
    /// A ledger in memory.
    fn default() -> Self {
        Self::new(MemoryLedger::new())
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ledger")
    }
}

impl Ledger {
    /// A ledger over this store.
    pub fn new(store: impl LedgerStore) -> Self {
        Self {
            store: Arc::new(store),
        }
    }

    /// Takes a notification (4.1).
    ///
    /// # Errors
    /// The store fails: do not accept the notification then.
    pub async fn notify(&self, result: &ParkChargeResult) -> Result<Noted, StoreError> {
        self.note(result.clone().into()).await
    }

    /// The orders for which the compensation query (4.2) is to be made before the stay is settled:
    /// they belong to it, their end was not told, and they were not asked for at this exit yet. By
    /// number.
    ///
    /// # Errors
    /// The store fails.
    pub async fn due(&self, stay: &Stay) -> Result<Vec<OrderId>, StoreError> {
        let orders = self.store.of_plate(&stay.plate).await?;
        let mut due: Vec<OrderId> = orders
            .into_iter()
            .filter(|order| order.is_due(stay))
            .map(|order| order.result.order_id)
            .collect();
        due.sort_unstable();
        Ok(due)
    }

    /// Takes what the compensation query for `order_id` brought, asked for a settlement at `exit`.
    /// After that the order is not [`due`](Self::due) for it any more, whatever the answer: nothing
    /// holds the barrier. An answer about another order counts as [`QueryOutcome::Failed`].
    ///
    /// # Errors
    /// The store fails.
    pub async fn answered(
        &self,
        order_id: &OrderId,
        exit: DateTime,
        answer: QueryOutcome,
    ) -> Result<Noted, StoreError> {
        let order = match answer {
            QueryOutcome::Found(result) if result.order_id == *order_id => Some((*result).into()),
            _ => self.store.find(order_id).await?,
        };
        match order {
            Some(order) => {
                self.note(Order {
                    asked: Some(exit),
                    ..order
                })
                .await
            }
            None => Ok(Noted::Nothing),
        }
    }

    /// What the stay's charging comes to with what is known now. Changes nothing.
    ///
    /// # Errors
    /// The store fails.
    pub async fn settle(
        &self,
        stay: &Stay,
        rule: &DiscountRule,
        unfinished: Unfinished,
    ) -> Result<Settlement, StoreError> {
        let orders = self.store.of_plate(&stay.plate).await?;
        Ok(Settlement::of(orders, stay, rule, unfinished))
    }

    /// Ends a settlement once its fee is settled, and gives the [discount
    /// reports](Settlement::reports) to send, those of orders that were reported already left out.
    /// Its orders count for no other stay from now on. `given` is what the stay was in fact given,
    /// yuan.
    ///
    /// Of several instances that close the same settlement, each order's report is given to one.
    ///
    /// # Errors
    /// The store fails. What was closed until then is closed: [`reported`](Self::reported) has its
    /// reports, closing again gives the others.
    pub async fn close(
        &self,
        settlement: &Settlement,
        given: Money,
    ) -> Result<Vec<DiscountReport>, StoreError> {
        let mut reports = Vec::new();
        for (order, discount) in settlement.split(given) {
            let settled = Settled {
                entry: settlement.stay.entry,
                exit: settlement.stay.exit,
                discount,
            };
            let closed = Order {
                settled: Some(settled),
                ..order.clone()
            };
            let before = self.store.join(closed).await?;
            if before.is_none_or(|order| order.settled.is_none()) {
                reports.push(settlement::report(order, discount));
            }
        }
        Ok(reports)
    }

    /// The discount reports that [`close`](Self::close) gave for this stay, to be sent again after
    /// a crash. By order number.
    ///
    /// # Errors
    /// The store fails.
    pub async fn reported(&self, stay: &Stay) -> Result<Vec<DiscountReport>, StoreError> {
        let orders = self.store.of_plate(&stay.plate).await?;
        let of_stay = orders.iter().filter(|order| order.belongs_to(stay));
        let mut reports: Vec<DiscountReport> = of_stay.filter_map(Order::report).collect();
        reports.sort_unstable_by(|one, other| one.order_id.cmp(&other.order_id));
        Ok(reports)
    }

    /// What is known of an order.
    ///
    /// # Errors
    /// The store fails.
    pub async fn order(&self, order_id: &OrderId) -> Result<Option<Order>, StoreError> {
        self.store.find(order_id).await
    }

    /// Forgets every order that nothing was heard of since before `moment`, settled or not, and
    /// gives how many they were. Keep them for longer than a stay can last: an order that is
    /// notified again after that is new.
    ///
    /// # Errors
    /// The store fails.
    pub async fn forget(&self, moment: DateTime) -> Result<usize, StoreError> {
        self.store.forget(moment).await
    }

    async fn note(&self, order: Order) -> Result<Noted, StoreError> {
        let told = order.clone();
        let Some(before) = self.store.join(order).await? else {
            return Ok(Noted::New);
        };
        let after = before.clone().join(told);
        Ok(match before.settled {
            _ if after.result == before.result => Noted::Nothing,
            Some(settled) => Noted::Late(settled),
            None => Noted::More,
        })
    }
}
