//! Reservations in the city's app: each is paid before it is confirmed or extended, and what was
//! paid goes back when it is cancelled.
use super::Office;
use crate::{
    stage::{Down, Stage},
    store::Kept,
};
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sztc_proto::{
    Money,
    code::ReservationChange,
    model::{ReservationUpdate, SpaceLock, SpaceLockReply},
    rust_decimal::Decimal,
};

/// A reservation as the app shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reserved {
    /// What was ordered.
    pub lock: SpaceLock,
    /// How often it was paid, for the reservation and for each extension.
    pub payments: u32,
    /// How many of them were used.
    pub used: u32,
    /// What went back to the driver.
    pub returned: Money,
}

impl Office {
    /// The driver reserves a space (6001).
    ///
    /// # Errors
    /// The parking system has none, or cannot be asked.
    pub(crate) async fn reserves(
        &self,
        stage: &Stage,
        way: Down,
        lock: SpaceLock,
    ) -> Result<SpaceLockReply> {
        let reply = stage
            .call("6001", || stage.partner(way).lock_space(lock.clone()))
            .await?;
        let reserved = Reserved {
            payments: 0,
            used: 0,
            returned: Money::ZERO,
            lock,
        };
        let book_code = reserved.lock.book_code.clone();
        self.0.bookings.put(&book_code, reserved)?;
        Ok(reply)
    }

    /// The driver pays for it in the app.
    ///
    /// # Errors
    /// There is no such reservation, or it costs something else.
    pub(crate) fn is_paid_for(&self, book_code: &str, money: Money) -> Result<()> {
        let price = self.0.bookings.change(book_code, |reserved| {
            let reserved = reserved.as_mut()?;
            reserved.payments += u32::from(reserved.lock.book_money == money);
            Some(reserved.lock.book_money)
        })?;
        let price = price.with_context(|| format!("there is no reservation {book_code}"))?;
        ensure!(
            price == money,
            "the reservation costs {price} yuan, and {money} were paid"
        );
        Ok(())
    }

    /// What was paid for is confirmed or extended (6002).
    ///
    /// # Errors
    /// It is not paid; the parking system refuses.
    pub(crate) async fn uses(
        &self,
        stage: &Stage,
        way: Down,
        book_code: &str,
        change: ReservationChange,
    ) -> Result<()> {
        let reserved = self
            .booking(book_code)?
            .with_context(|| format!("there is no reservation {book_code}"))?;
        ensure!(
            reserved.payments > reserved.used,
            "the reservation {book_code} is not paid"
        );
        self.tell(stage, way, &reserved.lock, change).await?;
        self.0.bookings.change(book_code, |reserved| {
            reserved.iter_mut().for_each(|reserved| reserved.used += 1)
        })?;
        Ok(())
    }

    /// The driver cancels (6002), and gets back what was paid.
    ///
    /// # Errors
    /// The parking system refuses.
    pub(crate) async fn cancels(&self, stage: &Stage, way: Down, book_code: &str) -> Result<()> {
        let reserved = self
            .booking(book_code)?
            .with_context(|| format!("there is no reservation {book_code}"))?;
        self.tell(stage, way, &reserved.lock, ReservationChange::CANCEL)
            .await?;
        self.0.bookings.change(book_code, |reserved| {
            for reserved in reserved.iter_mut() {
                reserved.returned =
                    (reserved.lock.book_money.value() * Decimal::from(reserved.payments)).into();
            }
        })?;
        Ok(())
    }

    /// A reservation by its code.
    pub(crate) fn booking(&self, book_code: &str) -> Kept<Option<Reserved>> {
        self.0.bookings.get(book_code)
    }

    async fn tell(
        &self,
        stage: &Stage,
        way: Down,
        lock: &SpaceLock,
        confirmstate: ReservationChange,
    ) -> Result<()> {
        let update = ReservationUpdate {
            book_code: lock.book_code.clone(),
            park_code: lock.park_code.clone(),
            confirmstate,
        };
        stage
            .call("6002", || {
                stage.partner(way).update_reservation(update.clone())
            })
            .await
            .map(drop)
    }
}
