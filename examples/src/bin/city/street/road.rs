//! What happens on the road, and what is reported of it.
use super::{DAYS_TO_REPAY, Overdue, Owner, ROAD, SPACES, Stay, Street, space};
use crate::{lot::books::due, stage::Stage};
use anyhow::{Context, Result, bail};
use sztc_proto::{
    Money,
    code::{AutoPaySupport, ParkingRecordKind, PayMethod, SpaceState},
    model::{AutoPayQuery, Car, CreditReport, ParkingRecord, PaymentRecord, SpaceStateReport},
};

/// The operator as a body that reports breaches of trust.
const PROVIDER: &str = "11440300MB5000034A";

impl Street {
    /// A detector sees a car drive into a space; that is reported (5004, 5001). A detector sees no
    /// plate.
    ///
    /// # Errors
    /// No space is free, or a report fails.
    pub(crate) async fn arrives(&self, stage: &Stage) -> Result<ParkingRecord> {
        let id = self.next_id("S")?;
        let space_no = self.take_space(&id)?;
        let mut record = ParkingRecord::new(
            id.as_str(),
            self.now(),
            Money::ZERO,
            Money::ZERO,
            Money::ZERO,
        );
        record.park_code = Some(ROAD.into());
        record.in_equipment_id = Some(detector(&space_no).into());
        record.space_no = Some(space_no.into());
        record.record_type = Some(ParkingRecordKind::NORMAL);
        let stay = Stay {
            record: record.clone(),
            payments: Vec::new(),
            auto_pay: false,
            overdue: None,
        };
        self.0.stays.put(&id, stay)?;
        stage
            .call("5004 of the detector", || {
                stage.sites.street_city.report_entry(record.clone())
            })
            .await?;
        self.report_state(stage, &record, SpaceState::OCCUPIED)
            .await?;
        Ok(record)
    }

    /// The driver applies for parking (停车申请), or a collector reads the plate: it is added to
    /// the record (5006), and the city is asked whether the car may be debited (5010).
    ///
    /// # Errors
    /// No such car stands there, or a call fails.
    pub(crate) async fn applies(
        &self,
        stage: &Stage,
        record: &ParkingRecord,
        plate: &str,
    ) -> Result<Stay> {
        let record = ParkingRecord {
            park_car_info: Some(Car::new(plate)),
            ..record.clone()
        };
        let city = &stage.sites.street_city;
        stage
            .call("5006 with the plate", || {
                city.correct_record(record.clone())
            })
            .await?;
        let query = AutoPayQuery {
            plate_no: plate.into(),
        };
        let reply = stage
            .call("5010 for the plate", || city.query_auto_pay(query.clone()))
            .await?;
        self.change(&record.id.clone(), |stay| {
            stay.record = record;
            stay.auto_pay = reply.state == AutoPaySupport::SUPPORTED;
        })
    }

    /// A car of a known plate comes.
    ///
    /// # Errors
    /// As [`arrives`](Self::arrives) and [`applies`](Self::applies).
    pub(crate) async fn parks(&self, stage: &Stage, plate: &str) -> Result<Stay> {
        let record = self.arrives(stage).await?;
        self.applies(stage, &record, plate).await
    }

    /// The detector sees the car leave; nothing holds it. That is reported (5005, 5001), and what
    /// is left to pay is asked for (5007).
    ///
    /// # Errors
    /// No such car stands there, or a report fails.
    pub(crate) async fn leaves(&self, stage: &Stage, record_id: &str) -> Result<Stay> {
        let now = self.now();
        let stay = self.change(record_id, |stay| {
            let order = stay.order(now);
            let ids = stay
                .payments
                .iter()
                .map(|payment| payment.id.clone())
                .collect();
            let record = &mut stay.record;
            record.leave_time = Some(now);
            record.out_equipment_id = record.in_equipment_id.clone();
            record.receivables = order.receivables;
            record.received = order.paid_amount;
            record.charge_id_list = Some(ids);
        })?;
        self.0
            .spaces
            .take(stay.record.space_no.as_deref().unwrap_or_default())?;
        let (record, order, city) = (&stay.record, stay.order(now), &stage.sites.street_city);
        stage
            .call("5005 of the detector", || city.report_exit(record.clone()))
            .await?;
        self.report_state(stage, record, SpaceState::FREE).await?;
        if !stay.is_settled(now) {
            stage
                .call("5007 of the stay", || city.request_payment(order.clone()))
                .await?;
        }
        Ok(stay)
    }

    /// A collector takes what a stay costs at a hand-held device. The device reports when it has a
    /// network again.
    ///
    /// # Errors
    /// There is nothing to pay.
    pub(crate) fn is_paid_at_device(
        &self,
        record_id: &str,
        method: PayMethod,
    ) -> Result<PaymentRecord> {
        let (now, id) = (self.now(), self.next_id("H")?);
        let order = self
            .stay(record_id)?
            .context("no such car was here")?
            .order(now);
        let payment = PaymentRecord {
            id: id.into(),
            order_no: Some(order.order_no.clone()),
            record_id: order.record_id.clone(),
            park_car_info: order.plate_no.clone().map(Car::new),
            pay_time: now,
            receivables: order.receivables,
            discount: order.discount,
            received: due(&order),
            pay_type: method,
            pay_from: "手持终端".into(),
            list_discounts: None,
        };
        let kept = self.0.stays.change(record_id, |stay| {
            stay.as_mut()
                .is_some_and(|stay| stay.is_paid(payment.clone(), now))
        })?;
        if !kept {
            bail!("there is nothing to pay");
        }
        self.0.bank.books(&payment)?;
        Ok(payment)
    }

    /// The device reports a payment (5008).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn reports(&self, stage: &Stage, payment: &PaymentRecord) -> Result<()> {
        stage
            .call("5008 of the device", || {
                stage.sites.street_city.report_payment(payment.clone())
            })
            .await
            .map(drop)
    }

    /// Reports every stay that was not paid in time (1301), each once, if it is known whose the car
    /// is. Those that it reported.
    ///
    /// # Errors
    /// A report fails.
    pub(crate) async fn reports_overdue(&self, stage: &Stage) -> Result<Vec<Stay>> {
        let mut reported = Vec::new();
        for stay in self
            .0
            .stays
            .all()?
            .iter()
            .filter(|stay| stay.is_overdue(self.now()))
        {
            let plate = stay
                .record
                .park_car_info
                .as_ref()
                .map(|car| car.plate_no.to_string())
                .unwrap_or_default();
            let report = match &stay.overdue {
                Some(Overdue { told: true, .. }) => continue,
                Some(Overdue { report, .. }) => report.clone(),
                None => match self.0.owners.get(&plate)? {
                    Some(owner) => self.report_of(stay, &plate, owner)?,
                    None => continue,
                },
            };
            let keep = |told| {
                let report = report.clone();
                self.change(&stay.record.id, |stay| {
                    stay.overdue = Some(Overdue { report, told })
                })
            };
            // Its number is kept before it goes out: if the answer gets lost, the same goes out
            // again.
            keep(false)?;
            stage
                .call("1301 of the stay", || {
                    stage.sites.street_city.report_credit(report.clone())
                })
                .await?;
            reported.push(keep(true)?);
        }
        Ok(reported)
    }

    fn report_of(&self, stay: &Stay, plate: &str, owner: Owner) -> Result<CreditReport> {
        let order = stay.order(self.now());
        let left = stay
            .record
            .leave_time
            .context("who stands there is not overdue")?;
        Ok(CreditReport {
            id: self.next_id("K")?.into(),
            provider_code: PROVIDER.into(),
            category: owner.category,
            name: owner.name.into(),
            id_type: owner.id_type,
            id_no: owner.id_no.into(),
            information: format!(
                "{plate}于{left}驶离路内车位，订单{}欠费{}元，{DAYS_TO_REPAY}天内未补缴",
                order.order_no,
                due(&order)
            )
            .into(),
        })
    }

    /// The first free space, from now on taken.
    fn take_space(&self, record_id: &str) -> Result<String> {
        for space_no in (1..=SPACES).map(space) {
            let taken = self.0.spaces.change(&space_no, |space| {
                let free = space.is_none();
                space.get_or_insert_with(|| record_id.to_owned());
                free
            })?;
            if taken {
                return Ok(space_no);
            }
        }
        bail!("no space of the road is free")
    }

    async fn report_state(
        &self,
        stage: &Stage,
        record: &ParkingRecord,
        state: SpaceState,
    ) -> Result<()> {
        let report = SpaceStateReport {
            space_no: record
                .space_no
                .clone()
                .context("a car on the street has a space")?,
            park_code: record.park_code.clone(),
            state,
        };
        stage
            .call("5001 of the detector", || {
                stage.sites.street_city.report_space_state(report.clone())
            })
            .await
            .map(drop)
    }

    /// Changes a stay; what it is then.
    fn change(&self, record_id: &str, change: impl FnOnce(&mut Stay)) -> Result<Stay> {
        let changed = self.0.stays.change(record_id, |stay| {
            let stay = stay.as_mut()?;
            change(stay);
            Some(stay.clone())
        })?;
        changed.with_context(|| format!("there is no stay {record_id}"))
    }
}

/// The detector under a space.
fn detector(space_no: &str) -> String {
    format!("{space_no:0>32}")
}
