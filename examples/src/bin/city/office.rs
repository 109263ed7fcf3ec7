//! The city platform (城市停车管理平台): keeps what is reported, knows whose plates pay without
//! stopping, and tells drivers what they have to know.
mod answers;
mod bookings;
mod dues;
pub(crate) mod guidance;
mod reconciliation;
mod register;
mod service;
pub(crate) mod sharing;

use crate::{
    stage::{Down, Stage},
    store::{Kept, Shelf, Store},
};
use anyhow::Result;
use bookings::Reserved;
use serde::{Deserialize, Serialize};
use sharing::{Chosen, Offer};
use std::sync::Arc;
use sztc_proto::{
    Text,
    code::{ImageKind, PayMethod},
    model::{
        CreditReport, DeviceReport, DeviceStateReport, Event, GarageReport, GarageStateReport,
        GarageVacancy, GateReport, GateStateReport, Invoice, LeaseReport, LotReport, ParkingOrder,
        ParkingRecord, PaymentRecord, Refund, SpaceReport, SpaceStateReport, Tariff, Vacancy,
    },
};

/// The city's service, with what it was told.
#[derive(Clone)]
pub(crate) struct Office(Arc<State>);

struct State {
    /// Stays, by the id of their record.
    stays: Shelf<ParkingRecord>,
    /// Orders to be paid (5007), by number.
    orders: Shelf<ParkingOrder>,
    /// Payments, by id: reported by partners (5008) or taken by the city itself.
    payments: Shelf<Paid>,
    refunds: Shelf<Refund>,
    vacancies: Shelf<Vacancy>,
    spaces: Shelf<SpaceStateReport>,
    events: Shelf<Event>,
    lots: Shelf<LotReport>,
    gates: Shelf<GateReport>,
    devices: Shelf<DeviceReport>,
    space_list: Shelf<SpaceReport>,
    tariffs: Shelf<Tariff>,
    leases: Shelf<LeaseReport>,
    garages: Shelf<GarageReport>,
    garage_vacancies: Shelf<GarageVacancy>,
    garage_states: Shelf<GarageStateReport>,
    gate_states: Shelf<GateStateReport>,
    device_states: Shelf<DeviceStateReport>,
    invoices: Shelf<Invoice>,
    credits: Shelf<CreditReport>,
    /// Images by file name and record: how long they are.
    images: Shelf<usize>,
    /// Who has signed up for payment without stopping, by plate: with which channel.
    signed: Shelf<String>,
    /// Key vehicles (重点车辆) that have to have an electronic tag, by plate.
    key_vehicles: Shelf<String>,
    /// What the city told drivers, by plate and text.
    notices: Shelf<Notice>,
    /// How often partners logged in (1001), by user.
    logins: Shelf<u64>,
    /// Reservations, by booking code.
    bookings: Shelf<Reserved>,
    /// Plates that the police knows to be cloned, and where they were seen.
    cloned: Shelf<Option<String>>,
    /// What operators share (C.1.2.4).
    offers: Shelf<Offer>,
    /// Shared spaces that drivers chose, by the id of the sharing.
    chosen: Shelf<Chosen>,
    /// Where partners want to be called, as they said when they logged in.
    callbacks: Shelf<String>,
}

/// A payment, and how the city knows of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Paid {
    /// The payment.
    pub payment: PaymentRecord,
    /// The lot.
    pub park_code: Option<Text<20>>,
    /// The space on the street.
    pub space_no: Option<Text<28>>,
    /// Whether the city took it itself and told the partner.
    pub by_city: bool,
}

/// What the city told a driver in its app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// The car.
    pub plate: String,
    /// The text.
    pub text: String,
}

impl Office {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store) -> Self {
        Self(Arc::new(State {
            stays: store.shelf("city.stays"),
            orders: store.shelf("city.orders"),
            payments: store.shelf("city.payments"),
            refunds: store.shelf("city.refunds"),
            vacancies: store.shelf("city.vacancies"),
            spaces: store.shelf("city.spaces"),
            events: store.shelf("city.events"),
            lots: store.shelf("city.lots"),
            gates: store.shelf("city.gates"),
            devices: store.shelf("city.devices"),
            space_list: store.shelf("city.space_list"),
            tariffs: store.shelf("city.tariffs"),
            leases: store.shelf("city.leases"),
            garages: store.shelf("city.garages"),
            garage_vacancies: store.shelf("city.garage_vacancies"),
            garage_states: store.shelf("city.garage_states"),
            gate_states: store.shelf("city.gate_states"),
            device_states: store.shelf("city.device_states"),
            invoices: store.shelf("city.invoices"),
            credits: store.shelf("city.credits"),
            images: store.shelf("city.images"),
            signed: store.shelf("city.signed"),
            key_vehicles: store.shelf("city.key_vehicles"),
            notices: store.shelf("city.notices"),
            logins: store.shelf("city.logins"),
            bookings: store.shelf("city.bookings"),
            cloned: store.shelf("city.cloned"),
            offers: store.shelf("city.offers"),
            chosen: store.shelf("city.chosen"),
            callbacks: store.shelf("city.callbacks"),
        }))
    }

    /// A stay by the id of its record.
    pub(crate) fn stay(&self, id: &str) -> Kept<Option<ParkingRecord>> {
        self.0.stays.get(id)
    }

    /// An order that was to be paid.
    pub(crate) fn order(&self, number: &str) -> Kept<Option<ParkingOrder>> {
        self.0.orders.get(number)
    }

    /// The payments for one stay.
    pub(crate) fn payments_of(&self, record_id: &str) -> Kept<Vec<PaymentRecord>> {
        let all = self.0.payments.all()?;
        Ok(all
            .into_iter()
            .map(|paid| paid.payment)
            .filter(|payment| *payment.record_id == *record_id)
            .collect())
    }

    /// Where a partner wants to be called.
    pub(crate) fn callback(&self, user_id: &str) -> Kept<Option<String>> {
        self.0.callbacks.get(user_id)
    }

    /// A refund by its id.
    pub(crate) fn refund(&self, id: &str) -> Kept<Option<Refund>> {
        self.0.refunds.get(id)
    }

    /// What is free at a lot.
    pub(crate) fn vacancy(&self, park_code: &str) -> Kept<Option<Vacancy>> {
        self.0.vacancies.get(park_code)
    }

    /// The state of a space.
    pub(crate) fn space(&self, space_no: &str) -> Kept<Option<SpaceStateReport>> {
        self.0.spaces.get(space_no)
    }

    /// All events.
    pub(crate) fn events(&self) -> Kept<Vec<Event>> {
        self.0.events.all()
    }

    /// A lease by its id.
    pub(crate) fn lease(&self, id: &str) -> Kept<Option<LeaseReport>> {
        self.0.leases.get(id)
    }

    /// A mechanical garage by its id.
    pub(crate) fn garage(&self, id: &str) -> Kept<Option<GarageReport>> {
        self.0.garages.get(id)
    }

    /// What is free in the mechanical garages of a lot.
    pub(crate) fn garage_vacancy(&self, park_code: &str) -> Kept<Option<GarageVacancy>> {
        self.0.garage_vacancies.get(park_code)
    }

    /// How a mechanical garage runs, by its code.
    pub(crate) fn garage_state(&self, garage_code: &str) -> Kept<Option<GarageStateReport>> {
        self.0.garage_states.get(garage_code)
    }

    /// An invoice by the number of its request.
    pub(crate) fn invoice(&self, request_no: &str) -> Kept<Option<Invoice>> {
        self.0.invoices.get(request_no)
    }

    /// A credit report by its id.
    pub(crate) fn credit(&self, id: &str) -> Kept<Option<CreditReport>> {
        self.0.credits.get(id)
    }

    /// How long the image of a record and kind is.
    pub(crate) fn image(&self, record_id: &str, kind: ImageKind) -> Kept<Option<usize>> {
        self.0.images.get(&image_key(record_id, kind))
    }

    /// What a driver was told.
    pub(crate) fn notices(&self, plate: &str) -> Kept<Vec<Notice>> {
        Ok(self
            .0
            .notices
            .all()?
            .into_iter()
            .filter(|notice| notice.plate == plate)
            .collect())
    }

    /// A driver signs up for payment without stopping.
    pub(crate) fn signs_up(&self, plate: &str, channel: &str) -> Kept<()> {
        self.0.signed.put(plate, channel.to_owned())
    }

    /// A driver ends payment without stopping.
    pub(crate) fn signs_off(&self, plate: &str) -> Kept<()> {
        self.0.signed.take(plate).map(drop)
    }

    /// The police says that a plate is cloned.
    pub(crate) fn knows_cloned(&self, plate: &str) -> Kept<()> {
        self.0.cloned.put(plate, None)
    }

    /// The record of the stay in which a cloned plate was seen, if it was.
    pub(crate) fn saw_cloned(&self, plate: &str) -> Kept<Option<String>> {
        Ok(self.0.cloned.get(plate)?.flatten())
    }

    /// The register of key vehicles has a car, of a kind such as 泥头车.
    pub(crate) fn registers_key_vehicle(&self, plate: &str, kind: &str) -> Kept<()> {
        self.0.key_vehicles.put(plate, kind.to_owned())
    }

    /// The city tells a driver something.
    pub(crate) fn tells(&self, plate: &str, text: impl Into<String>) -> Kept<()> {
        let notice = Notice {
            plate: plate.to_owned(),
            text: text.into(),
        };
        self.0
            .notices
            .put(&format!("{plate} {}", notice.text), notice)
    }

    /// The driver pays an order in the city's app, or the channel is debited: the payment is kept,
    /// and the parking system learns of it (6007).
    ///
    /// # Errors
    /// There is nothing to pay; the parking system cannot be told.
    pub(crate) async fn collects(
        &self,
        stage: &Stage,
        way: Down,
        order: &ParkingOrder,
        method: PayMethod,
        channel: &str,
    ) -> Result<PaymentRecord> {
        self.collects_from(stage, stage.partner(way), order, method, channel)
            .await
    }

    /// The channel of a driver who pays without stopping.
    pub(crate) fn channel(&self, plate: &str) -> Kept<Option<String>> {
        self.0.signed.get(plate)
    }
}

fn image_key(record_id: &str, kind: ImageKind) -> String {
    format!("{record_id} {}", kind.0)
}
