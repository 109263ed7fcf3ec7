//! Where the lot's operator keeps its charging ledger.
use crate::store::{Kept, Shelf};
use xingxing_park::{
    BoxFuture, DateTime, LedgerStore, StoreError,
    ledger::{Order, PlateKey},
    model::OrderId,
};

/// Orders by number, on a shelf.
pub(crate) struct ShelfLedger(pub Shelf<Order>);

impl ShelfLedger {
    fn join_now(&self, order: Order) -> Kept<Option<Order>> {
        self.0.change(&order.result.order_id.clone(), |kept| {
            let before = kept.clone();
            *kept = Some(match before.clone() {
                Some(known) => known.join(order),
                None => order,
            });
            before
        })
    }

    fn of_plate_now(&self, plate: &PlateKey) -> Kept<Vec<Order>> {
        Ok(self
            .0
            .all()?
            .into_iter()
            .filter(|order| order.plate() == *plate)
            .collect())
    }

    fn forget_now(&self, moment: DateTime) -> Kept<usize> {
        let all = self.0.all()?;
        let old: Vec<&Order> = all
            .iter()
            .filter(|order| order.last_moment() < moment)
            .collect();
        for order in &old {
            self.0.take(&order.result.order_id)?;
        }
        Ok(old.len())
    }
}

impl LedgerStore for ShelfLedger {
    fn join(&self, order: Order) -> BoxFuture<'_, Result<Option<Order>, StoreError>> {
        Box::pin(async move { self.join_now(order).map_err(StoreError::new) })
    }

    fn find<'a>(
        &'a self,
        order_id: &'a OrderId,
    ) -> BoxFuture<'a, Result<Option<Order>, StoreError>> {
        Box::pin(async move { self.0.get(order_id).map_err(StoreError::new) })
    }

    fn of_plate<'a>(
        &'a self,
        plate: &'a PlateKey,
    ) -> BoxFuture<'a, Result<Vec<Order>, StoreError>> {
        Box::pin(async move { self.of_plate_now(plate).map_err(StoreError::new) })
    }

    fn forget(&self, moment: DateTime) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move { self.forget_now(moment).map_err(StoreError::new) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use xingxing_park::{
        Fixed, Ledger, Money,
        code::ChargeState,
        ledger::Noted,
        model::{ChargingOperatorId, ParkChargeResult},
    };

    #[tokio::test]
    async fn a_ledger_finds_again_what_it_was_told() {
        let store = Store::in_memory().expect("memory");
        let open = || Ledger::new(ShelfLedger(store.shelf("ledger")));
        let time = |time: &str| {
            format!("2026-03-25 {time}")
                .parse::<DateTime>()
                .expect("a time")
        };
        let result = |state, end| ParkChargeResult {
            operator_id: ChargingOperatorId::star_charge(),
            order_id: "A1".into(),
            connector_id: "1".into(),
            plate: "苏DR3005".into(),
            start_charge_seq_stat: state,
            start_time: time("08:00:00"),
            end_time: time(end),
            total_power: Fixed::ZERO,
            total_money: Money::ZERO,
            park_id: "1".into(),
        };
        let (begun, ended) = (
            result(ChargeState::CHARGING, "08:00:00"),
            result(ChargeState::ENDED, "09:00:00"),
        );
        assert_eq!(open().notify(&begun).await.expect("kept"), Noted::New);
        let ledger = open();
        assert_eq!(ledger.notify(&ended).await.expect("kept"), Noted::More);
        assert_eq!(ledger.notify(&begun).await.expect("kept"), Noted::Nothing);
        let known = open()
            .order(&"A1".into())
            .await
            .expect("kept")
            .expect("it was told");
        assert_eq!(known.result, ended);
        assert_eq!(ledger.forget(time("10:00:00")).await.expect("kept"), 1);
        assert!(open().order(&"A1".into()).await.expect("kept").is_none());
    }
}
