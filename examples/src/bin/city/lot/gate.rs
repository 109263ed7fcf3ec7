//! What happens at a gate: who may pass, and what is reported of it.
use super::{
    Debit, GARAGE, Lot,
    books::{Booking, Inside, due, place},
    inventory::Door,
    site,
};
use crate::{stage::Stage, store::Kept};
use anyhow::{Context, Result};
use sztc_proto::{
    Money,
    code::{AutoPaySupport, ControlStrategy, ImageKind, ParkingRecordKind, PayMethod, SpaceState},
    model::{AutoPayQuery, Car, ParkingOrder, ParkingRecord, PaymentRecord},
};

/// Why a barrier stays closed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Held {
    /// The list of controlled cars says so.
    Control(ControlStrategy),
    /// The lot is full.
    Full,
    /// Its owner locked it: somebody has to let it out by hand.
    Locked,
    /// There is something to pay.
    Unpaid(Box<ParkingOrder>),
    /// Nobody knows of it.
    NotInside,
}

impl Lot {
    /// A car stands at an entrance: it comes in, and that is reported (5004, 2001, 5003), or it
    /// does not.
    ///
    /// # Errors
    /// A report fails.
    pub(crate) async fn arrives(
        &self,
        stage: &Stage,
        park_code: &str,
        car: Car,
    ) -> Result<Result<ParkingRecord, Held>> {
        self.enters(stage, park_code, car, None).await
    }

    /// The same, also into a space of the mechanical garage.
    pub(super) async fn enters(
        &self,
        stage: &Stage,
        park_code: &str,
        car: Car,
        in_garage: Option<&str>,
    ) -> Result<Result<ParkingRecord, Held>> {
        let plate = car.plate_no.to_string();
        let control = self.control(park_code, &plate)?;
        if let Some(strategy @ (ControlStrategy::NO_ENTRY | ControlStrategy::NO_ENTRY_NO_EXIT)) =
            control
        {
            return Ok(Err(Held::Control(strategy)));
        }
        if let Some(ControlStrategy::WARN | ControlStrategy::NO_EXIT) = control {
            self.warn(stage, park_code, &plate).await?;
        }
        let Some(record) = self.takes_in(park_code, car, in_garage)? else {
            return Ok(Err(Held::Full));
        };
        let city = &stage.sites.city_https;
        stage
            .call("5004 of the entry", || city.report_entry(record.clone()))
            .await?;
        self.photograph(stage, &record, ImageKind::ENTRY_PLATE)
            .await?;
        self.report_state(stage, &record, SpaceState::OCCUPIED)
            .await?;
        self.report_vacancy(stage, park_code).await?;
        if site(park_code).is_some_and(|site| site.debit.is_some()) {
            let query = AutoPayQuery {
                plate_no: plate.as_str().into(),
            };
            let reply = stage
                .call("5010 for the plate", || city.query_auto_pay(query.clone()))
                .await?;
            self.may_be_debited(park_code, &plate, reply.state == AutoPaySupport::SUPPORTED)?;
        }
        Ok(Ok(record))
    }

    /// The barrier opens for a car, if there is room; what is to be reported of it.
    pub(super) fn takes_in(
        &self,
        park_code: &str,
        car: Car,
        in_garage: Option<&str>,
    ) -> Result<Option<ParkingRecord>> {
        let (plate, site) = (
            car.plate_no.to_string(),
            site(park_code).context("no such lot")?,
        );
        let _taking = self.taking();
        let (booking, share) = (
            self.booking(park_code, &plate)?,
            self.share(park_code, &plate)?,
        );
        let (taken, kept) = self.taken(park_code)?;
        if booking.is_none() && taken + kept >= site.spaces {
            return Ok(None);
        }
        let mut record = ParkingRecord::new(
            self.next_id("P")?,
            self.now(),
            Money::ZERO,
            Money::ZERO,
            Money::ZERO,
        );
        record.park_code = Some(park_code.into());
        record.park_car_info = Some(car);
        record.in_equipment_id = Some(Door::Entrance.camera(park_code).into());
        record.record_type = Some(ParkingRecordKind::NORMAL);
        if let Some(space_no) = in_garage {
            record.garage_no = Some(GARAGE.into());
            record.space_no = Some(space_no.into());
        }
        record.share_order_id = share.as_ref().map(|share| end_of(&share.id).into());
        if let Some(booking) = booking {
            record.space_no = Some(booking.space_no.into());
            let use_it = |booking: &mut Option<Booking>| {
                booking.iter_mut().for_each(|booking| booking.used = true)
            };
            self.0.bookings.change(&booking.lock.book_code, use_it)?;
        }
        let inside = Inside {
            record: record.clone(),
            payments: Vec::new(),
            locked: false,
            auto_pay: false,
            share,
        };
        self.0.inside.put(&place(park_code, &plate), inside)?;
        Ok(Some(record))
    }

    /// The city said whether a car that came in may be debited. What it told of the car meanwhile
    /// stays.
    fn may_be_debited(&self, park_code: &str, plate: &str, may: bool) -> Kept<Option<()>> {
        self.change_inside(park_code, plate, |inside| inside.auto_pay = may)
    }

    /// A car stands at an exit: it goes out, and that is reported (5005, 2001, 5003), or it does
    /// not.
    ///
    /// # Errors
    /// A report fails.
    pub(crate) async fn leaves(
        &self,
        stage: &Stage,
        park_code: &str,
        plate: &str,
    ) -> Result<Result<ParkingRecord, Held>> {
        let Some(inside) = self.inside(park_code, plate)? else {
            return Ok(Err(Held::NotInside));
        };
        let control = self.control(park_code, plate)?;
        if let Some(strategy @ (ControlStrategy::NO_EXIT | ControlStrategy::NO_ENTRY_NO_EXIT)) =
            control
        {
            return Ok(Err(Held::Control(strategy)));
        }
        if inside.locked {
            return Ok(Err(Held::Locked));
        }
        let mut order = inside.order(park_code, self.now(), self.is_free(park_code, plate)?);
        if due(&order).value().is_zero() {
            return self
                .opens(stage, inside, order, ParkingRecordKind::NORMAL)
                .await
                .map(Ok);
        }
        let debit = site(park_code)
            .and_then(|site| site.debit)
            .filter(|_| inside.auto_pay);
        match debit {
            None => Ok(Err(Held::Unpaid(Box::new(order)))),
            Some(Debit::BeforeExit) => {
                // The city debits, and tells so by 6007; until then the barrier stays closed.
                stage
                    .call("5007 before the exit", || {
                        stage.sites.city_https.request_payment(order.clone())
                    })
                    .await?;
                Ok(Err(Held::Unpaid(Box::new(order))))
            }
            Some(Debit::AfterExit) => {
                order.leave_time = Some(self.now());
                let record = self
                    .opens(stage, inside, order.clone(), ParkingRecordKind::NORMAL)
                    .await?;
                stage
                    .call("5007 after the exit", || {
                        stage.sites.city_https.request_payment(order.clone())
                    })
                    .await?;
                Ok(Ok(record))
            }
        }
    }

    /// The guard lets a car out that its owner locked, after asking who drives it.
    ///
    /// # Errors
    /// It is not inside; a report fails.
    pub(crate) async fn lets_out_by_hand(
        &self,
        stage: &Stage,
        park_code: &str,
        plate: &str,
    ) -> Result<ParkingRecord> {
        let inside = self
            .inside(park_code, plate)?
            .context("nobody is there to be let out")?;
        let order = inside.order(park_code, self.now(), false);
        self.opens(stage, inside, order, ParkingRecordKind::LEFT_LOCKED)
            .await
    }

    /// The driver pays at the booth, and that is reported (5008).
    ///
    /// # Errors
    /// It is not inside; the report fails.
    pub(crate) async fn is_paid_at_booth(
        &self,
        stage: &Stage,
        park_code: &str,
        plate: &str,
        method: PayMethod,
    ) -> Result<PaymentRecord> {
        let inside = self
            .inside(park_code, plate)?
            .context("nobody is there to pay")?;
        let order = inside.order(park_code, self.now(), false);
        let payment = PaymentRecord {
            id: self.next_id("F")?.into(),
            order_no: Some(order.order_no.clone()),
            record_id: order.record_id.clone(),
            park_car_info: inside.record.park_car_info.clone(),
            pay_time: self.now(),
            receivables: order.receivables,
            discount: order.discount,
            received: due(&order),
            pay_type: method,
            pay_from: "岗亭".into(),
            list_discounts: None,
        };
        stage.sites.bank.books(&payment)?;
        self.change_inside(park_code, plate, |inside| {
            inside.payments.push(payment.clone())
        })?;
        stage
            .call("5008 of the payment", || {
                stage.sites.city_https.report_payment(payment.clone())
            })
            .await?;
        Ok(payment)
    }

    async fn opens(
        &self,
        stage: &Stage,
        inside: Inside,
        order: ParkingOrder,
        kind: ParkingRecordKind,
    ) -> Result<ParkingRecord> {
        let plate = inside
            .record
            .park_car_info
            .as_ref()
            .map(|car| car.plate_no.to_string())
            .unwrap_or_default();
        // What was told of it up to now is on its record.
        let inside = self
            .0
            .inside
            .take(&place(&order.park_code, &plate))?
            .unwrap_or(inside);
        let mut record = inside.record.clone();
        record.leave_time = Some(self.now());
        record.out_equipment_id = Some(Door::Exit.camera(&order.park_code).into());
        record.receivables = order.receivables;
        record.discount = order.discount;
        record.received = inside.paid();
        record.charge_id_list = Some(
            inside
                .payments
                .iter()
                .map(|payment| payment.id.clone())
                .collect(),
        );
        record.record_type = Some(kind);
        let city = &stage.sites.city_https;
        stage
            .call("5005 of the exit", || city.report_exit(record.clone()))
            .await?;
        self.photograph(stage, &record, ImageKind::EXIT_PLATE)
            .await?;
        self.report_state(stage, &record, SpaceState::FREE).await?;
        self.report_vacancy(stage, &order.park_code).await?;
        Ok(record)
    }
}

/// The last ten characters: the field has no more, an id of a sharing 32.
fn end_of(id: &str) -> String {
    let over = id.chars().count().saturating_sub(10);
    id.chars().skip(over).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::DayClock,
        lot::{MALL, books::seen},
        store::Store,
    };

    #[test]
    fn what_the_city_tells_while_it_is_asked_is_not_lost() {
        let lot = Lot::new(&Store::in_memory().expect("memory"), DayClock::default());
        lot.takes_in(MALL, seen("粤B88888"), None)
            .expect("kept")
            .expect("room");
        lot.change_inside(MALL, "粤B88888", |inside| inside.locked = true)
            .expect("kept")
            .expect("it is inside");
        lot.may_be_debited(MALL, "粤B88888", true)
            .expect("kept")
            .expect("it is inside");
        let inside = lot
            .inside(MALL, "粤B88888")
            .expect("kept")
            .expect("it is inside");
        assert!(inside.locked && inside.auto_pay);
    }

    #[test]
    fn a_sharing_is_named_by_its_end() {
        assert_eq!(end_of("G0000000000000000000000012345678"), "0012345678");
        assert_eq!(end_of("G1"), "G1");
    }
}
