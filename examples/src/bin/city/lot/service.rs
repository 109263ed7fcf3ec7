//! What the parking system answers the city. Everything may come twice.
use super::{
    Lot,
    books::{Booking, due},
    site,
};
use crate::store::Unkept;
use sztc_proto::{
    Ctx, DateTime, Money, Outcome, PartnerService, Refusal, Reservation,
    code::{AutoPayState, BusinessCode, FeeReduction, LockAction, LockState},
    each,
    model::{
        AutoPayNotice, CarFetch, CarFetchReply, CarLock, CarLockReply, CarQuery, CarStore,
        CarStoreReply, ControlUpdate, ControlUpdateReply, FeeQuery, Lease, LeaseExtension,
        LeaseExtensionReply, LeaseQuery, LeaseQueryReply, LotPush, LotPushReply, Nothing,
        ParkedCar, ParkingOrder, PaymentNotice, ReservationUpdate, ReservationUpdateReply,
        SharedParking, SharedParkingReply, SpaceLock, SpaceLockReply,
    },
};

/// A change of a reservation that comes again within this time is the same: 6002 has no number by
/// which a second extension, which counts, could be told from the first that came twice.
const SAME_SECONDS: i64 = 3 * 60;

impl Lot {
    /// What `plate` has to pay, if it is inside.
    fn fee(&self, query: &FeeQuery) -> Outcome<ParkingOrder> {
        let plate = query.plate_no.as_deref().unwrap_or_default();
        let parks = query.park_code.as_deref().map_or_else(
            || super::SITES.iter().map(|site| site.park_code).collect(),
            |park| vec![park],
        );
        for park_code in parks {
            if let Some(inside) = self.inside(park_code, plate)? {
                let free = self.is_free(park_code, plate)?;
                let mut order = inside.order(park_code, query.end_time.unwrap_or(self.now()), free);
                if let (Some(FeeReduction::AMOUNT), Some(value)) =
                    (query.coupon_type, query.coupon_value)
                {
                    order.discount = value.value().min(order.receivables.value()).into();
                }
                return Ok(order);
            }
        }
        Err(Refusal::new(BusinessCode::CAR_NOT_INSIDE, "车辆不在场内"))
    }

    fn reserve(&self, lock: SpaceLock) -> Outcome<SpaceLockReply> {
        let site = site(&lock.park_code)
            .ok_or_else(|| Refusal::new(BusinessCode::NO_LOT, "停车场不存在"))?;
        let _taking = self.taking();
        let (taken, kept) = self.taken(&lock.park_code)?;
        if let Some(known) = self.0.bookings.get(&lock.book_code)? {
            // The same request may come again; another one may not take its number.
            return match known.lock == lock {
                true => Ok(reply_to(&known, site.spaces - taken - kept)),
                false => Err(Refusal::new(
                    BusinessCode::RESERVATION_EXISTS,
                    "预约编号已存在",
                )),
            };
        }
        if taken + kept >= site.spaces {
            return Err(Refusal::new(
                BusinessCode::NONE_TO_RESERVE,
                "没有可预约车位",
            ));
        }
        let number = self.next_id("B")?;
        let booking = Booking {
            reservation: Reservation::from(&lock),
            space_no: format!("{}00{}", lock.park_code, &number[number.len() - 6..]),
            lock,
            last: None,
            used: false,
        };
        self.0
            .bookings
            .put(&booking.lock.book_code, booking.clone())?;
        Ok(reply_to(&booking, site.spaces - taken - kept - 1))
    }

    fn change_reservation(&self, update: ReservationUpdate) -> Outcome<ReservationUpdateReply> {
        let now = self.now();
        let changed = self.0.bookings.change(&update.book_code, |booking| {
            let booking = booking.as_mut()?;
            if booking
                .last
                .is_some_and(|(change, at)| change == update.confirmstate && is_soon(at, now))
            {
                return Some(Ok(()));
            }
            let changed = booking.reservation.update(update.confirmstate, now);
            if changed.is_ok() {
                booking.last = Some((update.confirmstate, now));
            }
            Some(changed)
        })?;
        match changed {
            None => Err(Refusal::new(BusinessCode::NO_RESERVATION, "预约订单不存在")),
            Some(Err(problem)) => Err(Refusal::new(problem.code(), problem.to_string())),
            Some(Ok(())) => Ok(ReservationUpdateReply {
                book_code: update.book_code,
            }),
        }
    }

    fn is_paid(&self, notice: PaymentNotice) -> Outcome<Nothing> {
        let payment = notice.charge_info;
        let plate = payment
            .park_car_info
            .as_ref()
            .map(|car| car.plate_no.to_string())
            .unwrap_or_default();
        // Who pays after the exit is not inside any more; then there is nothing to open.
        self.change_inside(&notice.park_code, &plate, |inside| {
            if inside.payments.iter().all(|known| known.id != payment.id) {
                inside.payments.push(payment);
            }
        })?;
        Ok(Nothing {})
    }

    fn find(&self, query: &CarQuery) -> Result<Vec<ParkedCar>, Unkept> {
        let of_lot = |park: Option<&str>| park == Some(&*query.park_code);
        let mut found = Vec::new();
        for inside in self.0.inside.all()? {
            if let Some(car) = inside.record.park_car_info
                && of_lot(inside.record.park_code.as_deref())
                && car.plate_no.contains(&*query.plate_no)
            {
                found.push(ParkedCar {
                    id: inside.record.id,
                    park_car_info: car,
                    in_time: inside.record.enter_time,
                    image_url: None,
                });
            }
        }
        Ok(found)
    }
}

/// Whether the same change is one that came twice.
fn is_soon(before: DateTime, now: DateTime) -> bool {
    (0..=SAME_SECONDS).contains(&(now.timestamp().seconds() - before.timestamp().seconds()))
}

fn reply_to(booking: &Booking, left: i32) -> SpaceLockReply {
    SpaceLockReply {
        space_no: Some(booking.space_no.as_str().into()),
        reservable_space: Some(left),
        ..SpaceLockReply::new(booking.lock.book_code.as_str())
    }
}

impl PartnerService for Lot {
    async fn update_control(
        &self,
        _: &Ctx,
        items: Vec<ControlUpdate>,
    ) -> Result<Vec<Outcome<ControlUpdateReply>>, Refusal> {
        each(items, async |update| {
            let id = update
                .black_white_gray_sheet
                .as_ref()
                .map(|entry| entry.id.clone());
            if let Some(id) = &id {
                self.0.controls.put(id, update)?;
            }
            Ok(ControlUpdateReply { id })
        })
        .await
    }

    async fn lock_space(
        &self,
        _: &Ctx,
        items: Vec<SpaceLock>,
    ) -> Result<Vec<Outcome<SpaceLockReply>>, Refusal> {
        each(items, async |lock| self.reserve(lock)).await
    }

    async fn update_reservation(
        &self,
        _: &Ctx,
        items: Vec<ReservationUpdate>,
    ) -> Result<Vec<Outcome<ReservationUpdateReply>>, Refusal> {
        each(items, async |update| self.change_reservation(update)).await
    }

    async fn lock_car(
        &self,
        _: &Ctx,
        items: Vec<CarLock>,
    ) -> Result<Vec<Outcome<CarLockReply>>, Refusal> {
        each(items, async |lock| {
            let locked = lock.lock_flag == LockAction::LOCK;
            let known = self.change_inside(&lock.park_code, &lock.plate_no, |inside| {
                inside.locked = locked
            })?;
            known.ok_or_else(|| Refusal::new(BusinessCode::CAR_NOT_INSIDE, "车辆不在场内"))?;
            let lockstate = if locked {
                LockState::LOCKED
            } else {
                LockState::UNLOCKED
            };
            Ok(CarLockReply {
                id: lock.id,
                lockstate,
            })
        })
        .await
    }

    async fn share_parking(
        &self,
        _: &Ctx,
        items: Vec<SharedParking>,
    ) -> Result<Vec<Outcome<SharedParkingReply>>, Refusal> {
        each(items, async |share| {
            let id = share.id.clone();
            self.0.shares.put(&id, share)?;
            Ok(SharedParkingReply { id })
        })
        .await
    }

    async fn find_cars(
        &self,
        _: &Ctx,
        items: Vec<CarQuery>,
    ) -> Result<Vec<Outcome<Vec<ParkedCar>>>, Refusal> {
        each(items, async |query| Ok(self.find(&query)?)).await
    }

    async fn query_fee(
        &self,
        _: &Ctx,
        items: Vec<FeeQuery>,
    ) -> Result<Vec<Outcome<ParkingOrder>>, Refusal> {
        each(items, async |query| self.fee(&query)).await
    }

    async fn notify_payment(
        &self,
        _: &Ctx,
        items: Vec<PaymentNotice>,
    ) -> Result<Vec<Outcome<Nothing>>, Refusal> {
        each(items, async |notice| self.is_paid(notice)).await
    }

    async fn notify_auto_pay(
        &self,
        _: &Ctx,
        items: Vec<AutoPayNotice>,
    ) -> Result<Vec<Outcome<Nothing>>, Refusal> {
        each(items, async |notice| {
            let on = notice.state == AutoPayState::ON;
            self.change_inside(&notice.park_code, &notice.plate_no, |inside| {
                inside.auto_pay = on
            })?;
            let plate = notice.plate_no.clone();
            self.0.auto_pay.put(&plate, notice)?;
            Ok(Nothing {})
        })
        .await
    }

    async fn query_lease(
        &self,
        _: &Ctx,
        items: Vec<LeaseQuery>,
    ) -> Result<Vec<Outcome<LeaseQueryReply>>, Refusal> {
        each(items, async |query| {
            let has = |lease: &Lease| {
                *lease.park_code == *query.park_code
                    && lease
                        .plate_no_list
                        .iter()
                        .any(|plate| **plate == *query.plate_no)
            };
            match self.0.leases.all()?.into_iter().find(has) {
                Some(lease) => Ok(LeaseQueryReply { lease }),
                None => Err(Refusal::new(BusinessCode::NO_LEASE, "月租租约不存在")),
            }
        })
        .await
    }

    async fn extend_lease(
        &self,
        _: &Ctx,
        items: Vec<LeaseExtension>,
    ) -> Result<Vec<Outcome<LeaseExtensionReply>>, Refusal> {
        each(items, async |extension| {
            let id = extension.lease.id.clone();
            let known = self.0.leases.change(&id, |lease| {
                lease.as_mut().map(|lease| *lease = extension.lease)
            })?;
            known.ok_or_else(|| Refusal::new(BusinessCode::NO_LEASE, "月租租约不存在"))?;
            Ok(LeaseExtensionReply { id })
        })
        .await
    }

    async fn store_car(
        &self,
        _: &Ctx,
        items: Vec<CarStore>,
    ) -> Result<Vec<Outcome<CarStoreReply>>, Refusal> {
        each(items, async |order| self.stores(order)).await
    }

    async fn fetch_car(
        &self,
        _: &Ctx,
        items: Vec<CarFetch>,
    ) -> Result<Vec<Outcome<CarFetchReply>>, Refusal> {
        each(items, async |order| self.fetches(order)).await
    }

    async fn publish_lot(
        &self,
        _: &Ctx,
        items: Vec<LotPush>,
    ) -> Result<Vec<Outcome<LotPushReply>>, Refusal> {
        each(items, async |push| {
            let park_code = push.park_code.clone();
            self.0.pushed.put(&park_code, push)?;
            Ok(LotPushReply { park_code })
        })
        .await
    }
}

impl Lot {
    /// What a car has to pay, now.
    ///
    /// # Errors
    /// It is not inside, or the state cannot be read.
    pub(crate) fn due_of(&self, park_code: &str, plate: &str) -> Outcome<Money> {
        let query = FeeQuery {
            park_code: Some(park_code.into()),
            plate_no: Some(plate.into()),
            space_no: None,
            coupon_type: None,
            coupon_value: None,
            end_time: None,
        };
        self.fee(&query).map(|order| due(&order))
    }
}

#[cfg(test)]
mod tests;
