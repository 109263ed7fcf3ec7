//! What happens at a gate: who may pass, and what is reported of it.
use super::{
    Debit, GARAGE, Lot,
    books::{Inside, due, place},
    inventory::Door,
    site,
};
use crate::stage::Stage;
use anyhow::{Context, Result};
use sztc_proto::*;

/// Why a barrier stays closed.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
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
    /// A car stands at an entrance: it comes in, and that is reported (5004, 2001, 5003), or it does not.
    ///
    /// # Errors
    /// A report fails.
    pub async fn arrives(&self, stage: &Stage, park_code: &str, car: Car) -> Result<Result<ParkingRecord, Held>> {
        self.enters(stage, park_code, car, None).await
    }

    /// The same, also into a space of the mechanical garage.
    pub(super) async fn enters(&self, stage: &Stage, park_code: &str, car: Car, in_garage: Option<&str>) -> Result<Result<ParkingRecord, Held>> {
        let (plate, site) = (car.plate_no.to_string(), site(park_code).context("no such lot")?);
        let control = self.control(park_code, &plate)?;
        if let Some(strategy @ (ControlStrategy::NO_ENTRY | ControlStrategy::NO_ENTRY_NO_EXIT)) = control {
            return Ok(Err(Held::Control(strategy)));
        }
        if let Some(ControlStrategy::WARN | ControlStrategy::NO_EXIT) = control {
            self.warn(stage, park_code, &plate).await?;
        }
        let (booking, share) = (self.booking(park_code, &plate)?, self.share(park_code, &plate)?);
        let (taken, kept) = self.taken(park_code)?;
        if booking.is_none() && taken + kept >= site.spaces {
            return Ok(Err(Held::Full));
        }
        let mut record = ParkingRecord::new(self.next_id("P")?, self.now(), Money::ZERO, Money::ZERO, Money::ZERO);
        record.park_code = Some(park_code.into());
        record.park_car_info = Some(car);
        record.in_equipment_id = Some(Door::Entrance.camera(park_code).into());
        record.record_type = Some(ParkingRecordKind::NORMAL);
        if let Some(space_no) = in_garage {
            record.garage_no = Some(GARAGE.into());
            record.space_no = Some(space_no.into());
        }
        if let Some(booking) = &booking {
            record.space_no = Some(booking.space_no.as_str().into());
            self.0.bookings.change(&booking.lock.book_code, |booking| {
                booking.iter_mut().for_each(|booking| booking.used = true)
            })?;
        }
        if let Some(share) = &share {
            // The field has ten characters, an id of a sharing 32.
            record.share_order_id = Some(
                share
                    .id
                    .chars()
                    .rev()
                    .take(10)
                    .collect::<String>()
                    .chars()
                    .rev()
                    .collect::<String>()
                    .into(),
            );
        }
        let mut inside = Inside {
            record: record.clone(),
            payments: Vec::new(),
            locked: false,
            auto_pay: false,
            share,
        };
        self.0.inside.put(&place(park_code, &plate), inside.clone())?;

        let city = &stage.sites.city_https;
        stage.call("5004 of the entry", || city.report_entry(record.clone())).await?;
        self.photograph(stage, &record, ImageKind::ENTRY_PLATE).await?;
        self.report_state(stage, &record, SpaceState::OCCUPIED).await?;
        self.report_vacancy(stage, park_code).await?;
        if site.debit.is_some() {
            let query = AutoPayQuery {
                plate_no: plate.as_str().into(),
            };
            let reply = stage.call("5010 for the plate", || city.query_auto_pay(query.clone())).await?;
            inside.auto_pay = reply.state == AutoPaySupport::SUPPORTED;
            self.0.inside.put(&place(park_code, &plate), inside)?;
        }
        Ok(Ok(record))
    }

    /// A car stands at an exit: it goes out, and that is reported (5005, 2001, 5003), or it does not.
    ///
    /// # Errors
    /// A report fails.
    pub async fn leaves(&self, stage: &Stage, park_code: &str, plate: &str) -> Result<Result<ParkingRecord, Held>> {
        let Some(inside) = self.inside(park_code, plate)? else {
            return Ok(Err(Held::NotInside));
        };
        let control = self.control(park_code, plate)?;
        if let Some(strategy @ (ControlStrategy::NO_EXIT | ControlStrategy::NO_ENTRY_NO_EXIT)) = control {
            return Ok(Err(Held::Control(strategy)));
        }
        if inside.locked {
            return Ok(Err(Held::Locked));
        }
        let mut order = inside.order(park_code, self.now(), self.is_free(park_code, plate)?);
        if due(&order).value().is_zero() {
            return self.opens(stage, inside, order, ParkingRecordKind::NORMAL).await.map(Ok);
        }
        let debit = site(park_code).and_then(|site| site.debit).filter(|_| inside.auto_pay);
        match debit {
            None => Ok(Err(Held::Unpaid(Box::new(order)))),
            Some(Debit::BeforeExit) => {
                // The city debits, and tells so by 6007; until then the barrier stays closed.
                stage
                    .call("5007 before the exit", || stage.sites.city_https.request_payment(order.clone()))
                    .await?;
                Ok(Err(Held::Unpaid(Box::new(order))))
            }
            Some(Debit::AfterExit) => {
                order.leave_time = Some(self.now());
                let record = self.opens(stage, inside, order.clone(), ParkingRecordKind::NORMAL).await?;
                stage
                    .call("5007 after the exit", || stage.sites.city_https.request_payment(order.clone()))
                    .await?;
                Ok(Ok(record))
            }
        }
    }

    /// The guard lets a car out that its owner locked, after asking who drives it.
    ///
    /// # Errors
    /// It is not inside; a report fails.
    pub async fn lets_out_by_hand(&self, stage: &Stage, park_code: &str, plate: &str) -> Result<ParkingRecord> {
        let inside = self.inside(park_code, plate)?.context("nobody is there to be let out")?;
        let order = inside.order(park_code, self.now(), false);
        self.opens(stage, inside, order, ParkingRecordKind::LEFT_LOCKED).await
    }

    /// The driver pays at the booth, and that is reported (5008).
    ///
    /// # Errors
    /// It is not inside; the report fails.
    pub async fn is_paid_at_booth(&self, stage: &Stage, park_code: &str, plate: &str, method: PayMethod) -> Result<PaymentRecord> {
        let inside = self.inside(park_code, plate)?.context("nobody is there to pay")?;
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
        self.change_inside(park_code, plate, |inside| inside.payments.push(payment.clone()))?;
        stage
            .call("5008 of the payment", || stage.sites.city_https.report_payment(payment.clone()))
            .await?;
        Ok(payment)
    }

    async fn opens(&self, stage: &Stage, inside: Inside, order: ParkingOrder, kind: ParkingRecordKind) -> Result<ParkingRecord> {
        let mut record = inside.record.clone();
        record.leave_time = Some(self.now());
        record.out_equipment_id = Some(Door::Exit.camera(&order.park_code).into());
        record.receivables = order.receivables;
        record.discount = order.discount;
        record.received = inside.paid();
        record.charge_id_list = Some(inside.payments.iter().map(|payment| payment.id.clone()).collect());
        record.record_type = Some(kind);
        let plate = record.park_car_info.as_ref().map(|car| car.plate_no.to_string()).unwrap_or_default();
        self.0.inside.take(&place(&order.park_code, &plate))?;
        let city = &stage.sites.city_https;
        stage.call("5005 of the exit", || city.report_exit(record.clone())).await?;
        self.photograph(stage, &record, ImageKind::EXIT_PLATE).await?;
        self.report_state(stage, &record, SpaceState::FREE).await?;
        self.report_vacancy(stage, &order.park_code).await?;
        Ok(record)
    }

    /// Uploads what the camera took (2001).
    async fn photograph(&self, stage: &Stage, record: &ParkingRecord, kind: ImageKind) -> Result<()> {
        let now = self.now();
        let path = DestPath {
            date: now.date(),
            park_code: record.park_code.clone().unwrap_or_default(),
            garage_code: None,
            record_id: record.id.clone(),
        };
        let image = ImageUpload {
            file_name: format!("{}.jpg", kind.0).into(),
            image_biz_type: kind,
            dest_path: path.to_string().into(),
            timestamp: now.timestamp(),
            pick_time: now.timestamp(),
        };
        // What a camera takes at night: nothing, but a picture of it.
        let file = ImageBody::memory(b"\xFF\xD8\xFF\xE0 a picture \xFF\xD9".to_vec());
        stage
            .call("2001 of the picture", || stage.sites.city_line.upload_image(&image, &file))
            .await
    }

    /// Reports the state of the space (5001), where the car has one of its own.
    async fn report_state(&self, stage: &Stage, record: &ParkingRecord, state: SpaceState) -> Result<()> {
        let Some(space_no) = &record.space_no else { return Ok(()) };
        let report = SpaceStateReport {
            space_no: space_no.clone(),
            park_code: record.park_code.clone(),
            state,
        };
        stage
            .call("5001 of the space", || stage.sites.city_https.report_space_state(report.clone()))
            .await
            .map(drop)
    }

    /// Reports how many spaces are free (5003).
    ///
    /// # Errors
    /// The report fails.
    pub async fn report_vacancy(&self, stage: &Stage, park_code: &str) -> Result<()> {
        let (taken, kept) = self.taken(park_code)?;
        let spaces = site(park_code).map_or(0, |site| site.spaces);
        // What is kept for a reservation is not free for others.
        let mut vacancy = Vacancy::new(park_code, taken, (spaces - taken - kept).max(0));
        vacancy.reserved_spaces = Some(kept);
        stage
            .call("5003 of the lot", || stage.sites.city_https.report_vacancy(vacancy.clone()))
            .await
            .map(drop)
    }

    /// Tells the city that a car which it watches is here (2002).
    async fn warn(&self, stage: &Stage, park_code: &str, plate: &str) -> Result<()> {
        let mut event = Event::new(
            self.next_id("E")?,
            self.now(),
            EventType::CLONED_PLATE,
            EventLevel::WARNING,
            Door::Entrance.camera(park_code),
            "管控名单车辆入场",
        );
        event.park_code = Some(park_code.into());
        event.plate_no = Some(plate.into());
        stage
            .call("2002 of the watched car", || stage.sites.city_https.report_event(event.clone()))
            .await
            .map(drop)
    }
}
