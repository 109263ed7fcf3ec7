use super::ChargingClient;
use crate::{
    DiscountRule, Error, Ledger, Money, Refusal, Stay, StoreError,
    ledger::{QueryOutcome, Settlement, Unfinished},
    model::{ChargeQuery, DiscountReport, OrderId, ParkingOperatorId},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How many queries or reports are under way at once for one stay.
const AT_ONCE: usize = 8;

/// What the exit or pay station does with a car that charged: asks for orders whose end was never
/// told (4.2), computes what the stay is given, and reports it (4.3).
///
/// It never holds the barrier: the queries have 3 seconds together, and what is not answered by
/// then counts as [`Unfinished`] says.
#[derive(Debug, Clone)]
pub struct Checkout {
    ledger: Ledger,
    client: ChargingClient,
    operator_id: ParkingOperatorId,
    rule: DiscountRule,
    unfinished: Unfinished,
    limit: Duration,
}

/// A discount report that did not get through. [`Ledger::reported`] has it too, after a crash.
#[derive(Debug)]
pub struct Unreported {
    /// The report, to be sent again.
    pub report: DiscountReport,
    /// Why it did not get through.
    pub error: Error,
}

impl Checkout {
    /// Settles stays from `ledger` by `rule`, asking the charging platform as the parking operator
    /// `operator_id`.
    pub fn new(
        ledger: Ledger,
        client: ChargingClient,
        operator_id: impl Into<ParkingOperatorId>,
        rule: DiscountRule,
    ) -> Self {
        Self {
            ledger,
            client,
            operator_id: operator_id.into(),
            rule,
            unfinished: Unfinished::default(),
            limit: Duration::from_secs(3),
        }
    }

    /// Counts orders whose end stays unknown as `unfinished` says.
    #[must_use]
    pub fn unfinished(mut self, unfinished: Unfinished) -> Self {
        self.unfinished = unfinished;
        self
    }

    /// Gives all queries of a settlement together this much time. Default 3 s.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Makes the compensation queries that are due, and settles the stay with what is known then. A
    /// query that fails or takes too long changes nothing and is not made again for the same exit.
    ///
    /// # Errors
    /// The ledger's store fails; the charging platform cannot make it fail.
    pub async fn settle(&self, stay: &Stay) -> Result<Settlement, StoreError> {
        let until = Instant::now() + self.limit;
        let due = self.ledger.due(stay).await?;
        let client = self
            .client
            .with(|options| options.deadline = options.deadline.min(self.limit));
        let asking = due
            .into_iter()
            .map(|order_id| self.ask(&client, order_id, stay, until));
        stream::iter(asking)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        self.ledger.settle(stay, &self.rule, self.unfinished).await
    }

    async fn ask(
        &self,
        client: &ChargingClient,
        order_id: OrderId,
        stay: &Stay,
        until: Instant,
    ) -> Result<(), StoreError> {
        let query = ChargeQuery {
            operator_id: self.operator_id.clone(),
            order_id: order_id.clone(),
        };
        let answer = if Instant::now() >= until {
            QueryOutcome::Failed
        } else {
            match timeout_at(until, client.query_parking_charge_result(&query)).await {
                Ok(Ok(found)) => QueryOutcome::from(found),
                Ok(Err(_)) | Err(_) => QueryOutcome::Failed,
            }
        };
        self.ledger
            .answered(&order_id, stay.exit, answer)
            .await
            .map(drop)
    }

    /// Ends a settlement whose fee is paid: as [`Ledger::close`], it gives the reports to be
    /// [sent](Self::report), which the barrier need not wait for.
    ///
    /// # Errors
    /// The ledger's store fails.
    pub async fn close(
        &self,
        settlement: &Settlement,
        given: Money,
    ) -> Result<Vec<DiscountReport>, StoreError> {
        self.ledger.close(settlement, given).await
    }

    /// Sends discount reports, and gives back those that did not get through. Open the barrier
    /// before, or spawn it.
    pub async fn report(&self, reports: Vec<DiscountReport>) -> Vec<Unreported> {
        let sending = reports.into_iter().map(|report| async move {
            let outcome = self.client.query_parking_discount_result(&report).await;
            let error = match outcome {
                Ok(receipt) if receipt.is_accepted() => return None,
                Ok(receipt) => {
                    Error::refused(Refusal::message(format!("Status {}", receipt.status)))
                }
                Err(error) => error,
            };
            Some(Unreported { report, error })
        });
        stream::iter(sending)
            .buffer_unordered(AT_ONCE)
            .filter_map(async |unreported| unreported)
            .collect()
            .await
    }
}
