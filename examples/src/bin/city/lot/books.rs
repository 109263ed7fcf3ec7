//! What the parking system writes down of a car and of a reserved space.
use super::{FREE_MINUTES, Lot, minutes, price};
use crate::store::Kept;
use serde::{Deserialize, Serialize};
use sztc_proto::{
    DateTime, Money, Reservation,
    code::{ControlStrategy, RecordState, ReservationChange},
    model::{
        Car, ControlEntry, ControlUpdate, Lease, ParkingOrder, ParkingRecord, PaymentRecord,
        SharedParking, SpaceLock,
    },
    rust_decimal::Decimal,
};

/// A car that is inside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Inside {
    /// As it was reported.
    pub record: ParkingRecord,
    /// What was paid for it, each once.
    pub payments: Vec<PaymentRecord>,
    /// Whether its owner locked it.
    pub locked: bool,
    /// Whether it pays without stopping, as the city said when it came.
    pub auto_pay: bool,
    /// The sharing by which it came.
    pub share: Option<SharedParking>,
}

impl Inside {
    /// What it has to pay at `now`.
    pub(crate) fn order(&self, park_code: &str, now: DateTime, free: bool) -> ParkingOrder {
        let shared = self
            .share
            .as_ref()
            .is_some_and(|share| share.allows(now).may_leave());
        let price: fn(i64) -> Money = if free || shared {
            |_| Money::ZERO
        } else {
            price
        };
        let mut order = order(park_code, &self.record, &self.payments, now, price);
        order.free_minute = Some(FREE_MINUTES as i32);
        order
    }

    /// What was received for it.
    pub(crate) fn paid(&self) -> Money {
        paid(&self.payments)
    }
}

/// What was received in all.
pub(crate) fn paid(payments: &[PaymentRecord]) -> Money {
    let received: Decimal = payments
        .iter()
        .map(|payment| payment.received.value())
        .sum();
    received.into()
}

/// What a stay costs until `until`, by the tariff that `price` is for its minutes, and what was
/// paid of it.
pub(crate) fn order(
    park_code: &str,
    record: &ParkingRecord,
    payments: &[PaymentRecord],
    until: DateTime,
    price: impl Fn(i64) -> Money,
) -> ParkingOrder {
    let stayed = minutes(record.enter_time, until);
    let mut order = ParkingOrder::new(
        format!("{}-1", record.id),
        record.id.as_str(),
        park_code,
        record.enter_time,
        record.enter_time,
        // A stay of years is longer than any number of minutes that the document can say.
        i32::try_from(stayed).unwrap_or(i32::MAX),
        paid(payments),
        price(stayed),
        Money::ZERO,
        Money::ZERO,
        Money::ZERO,
    );
    order.plate_no = record
        .park_car_info
        .as_ref()
        .map(|car| car.plate_no.clone());
    order.space_no = record.space_no.clone();
    order
}

/// What is left to pay of an order.
pub(crate) fn due(order: &ParkingOrder) -> Money {
    let rest = order.receivables.value() - order.discount.value() - order.paid_amount.value();
    rest.max(Decimal::ZERO).into()
}

/// A reserved space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Booking {
    /// As the city ordered it.
    pub lock: SpaceLock,
    /// How it stands.
    pub reservation: Reservation,
    /// Its space.
    pub space_no: String,
    /// The last change of it: the same may come again.
    pub last: Option<(ReservationChange, DateTime)>,
    /// Whether its car has come.
    pub used: bool,
}

impl Booking {
    /// Whether its space is kept at `now`.
    pub(crate) fn holds(&self, now: DateTime) -> bool {
        !self.used && self.reservation.state_at(now).holds_space()
    }
}

impl Lot {
    /// What is ordered of a car at a lot, now.
    pub(crate) fn control(&self, park_code: &str, plate: &str) -> Kept<Option<ControlStrategy>> {
        let now = self.now();
        let holds = |entry: &ControlEntry| {
            *entry.park_code == *park_code
                && *entry.park_car_info.plate_no == *plate
                && entry.begin_date.is_none_or(|begin| begin <= now)
                && now <= entry.end_date
        };
        let active = |update: ControlUpdate| {
            update
                .black_white_gray_sheet
                .filter(|entry| update.state == RecordState::NORMAL && holds(entry))
        };
        Ok(self
            .0
            .controls
            .all()?
            .into_iter()
            .find_map(active)
            .map(|entry| entry.strategy_type))
    }

    /// The lease that a car has at a lot, today.
    pub(crate) fn lease(&self, park_code: &str, plate: &str) -> Kept<Option<Lease>> {
        let today = self.now().date();
        let covers = |lease: &Lease| {
            *lease.park_code == *park_code
                && lease.plate_no_list.iter().any(|leased| **leased == *plate)
                && (lease.begin_date..=lease.end_date).contains(&today)
        };
        Ok(self.0.leases.all()?.into_iter().find(covers))
    }

    /// Whether a car leaves without paying: by an order of the city, or by its lease.
    pub(crate) fn is_free(&self, park_code: &str, plate: &str) -> Kept<bool> {
        Ok(
            self.control(park_code, plate)? == Some(ControlStrategy::FREE_PASS)
                || self.lease(park_code, plate)?.is_some(),
        )
    }

    /// The reserved space that waits for a car, now.
    pub(crate) fn booking(&self, park_code: &str, plate: &str) -> Kept<Option<Booking>> {
        let now = self.now();
        let waits = |booking: &Booking| {
            *booking.lock.park_code == *park_code
                && *booking.lock.park_car_info.plate_no == *plate
                && booking.holds(now)
                && booking.last.is_some()
        };
        Ok(self.0.bookings.all()?.into_iter().find(waits))
    }

    /// The sharing by which a car may enter, now.
    pub(crate) fn share(&self, park_code: &str, plate: &str) -> Kept<Option<SharedParking>> {
        let now = self.now();
        let fits = |share: &SharedParking| {
            *share.park_code == *park_code
                && *share.plate_no == *plate
                && share.allows(now).may_enter()
        };
        Ok(self.0.shares.all()?.into_iter().find(fits))
    }

    /// How many spaces of a lot are taken, and how many are kept for reservations.
    pub(crate) fn taken(&self, park_code: &str) -> Kept<(i32, i32)> {
        let now = self.now();
        let cars = self.0.inside.all()?;
        let cars = cars
            .iter()
            .filter(|inside| inside.record.park_code.as_deref() == Some(park_code))
            .count();
        let bookings = self.0.bookings.all()?;
        let kept = bookings
            .iter()
            .filter(|booking| *booking.lock.park_code == *park_code && booking.holds(now))
            .count();
        // A sandbox has no millions of cars.
        Ok((cars as i32, kept as i32))
    }

    /// A car that is inside.
    pub(crate) fn inside(&self, park_code: &str, plate: &str) -> Kept<Option<Inside>> {
        self.0.inside.get(&place(park_code, plate))
    }

    /// Nothing is known of these cars any more: they are not inside, and no space is kept for them.
    pub(crate) fn forgets(&self, plates: &[String]) -> Kept<()> {
        let is_one = |plate: &str| plates.iter().any(|known| known == plate);
        for record in self.0.inside.all()?.into_iter().map(|inside| inside.record) {
            if let (Some(park_code), Some(car)) = (record.park_code, record.park_car_info)
                && is_one(&car.plate_no)
            {
                self.0.inside.take(&place(&park_code, &car.plate_no))?;
            }
        }
        for plate in plates {
            if self.0.stored.get(plate)?.is_some() {
                self.0.stored.take(plate)?;
            }
        }
        for Booking { lock, .. } in self.0.bookings.all()? {
            if is_one(&lock.park_car_info.plate_no) {
                self.0.bookings.take(&lock.book_code)?;
            }
        }
        Ok(())
    }

    /// Changes what is written of a car that is inside; `None` if it is not.
    pub(crate) fn change_inside<R>(
        &self,
        park_code: &str,
        plate: &str,
        change: impl FnOnce(&mut Inside) -> R,
    ) -> Kept<Option<R>> {
        self.0.inside.change(&place(park_code, plate), |inside| {
            inside.as_mut().map(change)
        })
    }
}

/// Where a car is written down.
pub(crate) fn place(park_code: &str, plate: &str) -> String {
    format!("{park_code}/{plate}")
}

/// A car as the camera sees it.
pub(crate) fn seen(plate: &str) -> Car {
    let mut car = Car::new(plate);
    car.plate_color = Some("蓝色".into());
    car.car_color = Some("白色".into());
    car
}
