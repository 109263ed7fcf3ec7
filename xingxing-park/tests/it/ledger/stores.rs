//! A store that several instances share, and one that fails.
use super::{FREE, amounts, at, charging, ended, stay};
use std::{error::Error, sync::Arc};
use xingxing_park::{ledger::*, model::*, *};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_instances_one_sends_each_report() {
    let store = MemoryLedger::new();
    let ids: Vec<String> = (0..40).map(|number| format!("{number:02}")).collect();
    for id in &ids {
        Ledger::new(store.clone())
            .notify(&ended(id, [0, 20]))
            .await
            .expect("memory");
    }
    let closing = (0..8).map(|_| {
        let ledger = Ledger::new(store.clone());
        tokio::spawn(async move {
            let settlement = ledger
                .settle(&stay(0, 30), &FREE, Unfinished::ToSample)
                .await
                .expect("memory");
            ledger
                .close(&settlement, Money::fen(4000))
                .await
                .expect("memory")
        })
    });
    let mut reports = Vec::new();
    for instance in closing.collect::<Vec<_>>() {
        reports.extend(instance.await.expect("closed"));
    }
    reports.sort_by(|one, other| one.order_id.cmp(&other.order_id));
    assert_eq!(
        reports
            .iter()
            .map(|report| report.order_id.to_string())
            .collect::<Vec<_>>(),
        ids
    );
}

/// A store that gives a plate's orders in an order of its own.
struct Backwards(MemoryLedger);

impl LedgerStore for Backwards {
    fn join(&self, order: Order) -> BoxFuture<'_, Result<Option<Order>, StoreError>> {
        self.0.join(order)
    }

    fn find<'a>(
        &'a self,
        order_id: &'a OrderId,
    ) -> BoxFuture<'a, Result<Option<Order>, StoreError>> {
        self.0.find(order_id)
    }

    fn of_plate<'a>(
        &'a self,
        plate: &'a PlateKey,
    ) -> BoxFuture<'a, Result<Vec<Order>, StoreError>> {
        Box::pin(async move {
            let mut orders = self.0.of_plate(plate).await?;
            orders.reverse();
            Ok(orders)
        })
    }

    fn forget(&self, moment: DateTime) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.0.forget(moment)
    }
}

#[tokio::test]
async fn what_the_ledger_gives_is_sorted_whatever_the_store_does() -> Result<(), StoreError> {
    let ledger = Ledger::new(Backwards(MemoryLedger::new()));
    for id in ["B", "A", "C"] {
        ledger.notify(&charging(id, [0, 20])).await?;
    }
    assert_eq!(ledger.due(&stay(0, 30)).await?, ["A", "B", "C"]);
    let settlement = ledger
        .settle(&stay(0, 30), &FREE, Unfinished::ToSample)
        .await?;
    let reports = ledger.close(&settlement, Money::fen(100)).await?;
    assert_eq!(amounts(&reports), [("A", 34), ("B", 33), ("C", 33)]);
    assert_eq!(ledger.reported(&stay(0, 30)).await?, reports);
    Ok(())
}

/// A store whose server is away.
struct Away;

impl Away {
    fn failed<T: Send + 'static>() -> BoxFuture<'static, Result<T, StoreError>> {
        Box::pin(async { Err(StoreError::new("no route to the database")) })
    }
}

impl LedgerStore for Away {
    fn join(&self, _: Order) -> BoxFuture<'_, Result<Option<Order>, StoreError>> {
        Self::failed()
    }

    fn find<'a>(&'a self, _: &'a OrderId) -> BoxFuture<'a, Result<Option<Order>, StoreError>> {
        Self::failed()
    }

    fn of_plate<'a>(&'a self, _: &'a PlateKey) -> BoxFuture<'a, Result<Vec<Order>, StoreError>> {
        Self::failed()
    }

    fn forget(&self, _: DateTime) -> BoxFuture<'_, Result<usize, StoreError>> {
        Self::failed()
    }
}

#[tokio::test]
async fn what_the_store_cannot_keep_is_not_accepted() {
    let ledger = Ledger::new(Arc::new(Away) as Arc<dyn LedgerStore>);
    let stay = stay(0, 60);
    let settlement = Settlement::of(
        [ended("A", [0, 20]).into()],
        &stay,
        &FREE,
        Unfinished::ToSample,
    );
    let failures = [
        ledger.notify(&ended("A", [0, 20])).await.err(),
        ledger.due(&stay).await.err(),
        ledger
            .answered(&"A".into(), stay.exit, QueryOutcome::Failed)
            .await
            .err(),
        ledger
            .settle(&stay, &FREE, Unfinished::ToSample)
            .await
            .err(),
        ledger.close(&settlement, Money::ZERO).await.err(),
        ledger.reported(&stay).await.err(),
        ledger.order(&"A".into()).await.err(),
        ledger.forget(at(0)).await.err(),
    ];
    for failure in failures {
        let failure = failure.expect("a failure");
        assert_eq!(failure.to_string(), "the ledger's store failed");
        assert_eq!(
            failure.source().map(ToString::to_string).as_deref(),
            Some("no route to the database")
        );
    }
}
