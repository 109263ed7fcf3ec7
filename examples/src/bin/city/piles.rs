//! The charging operator's platform, in two protocols: the charging platform of 6.10 of DB4403/T
//! 313 for the city, and the charge point operator of T/CEC 102 for Star Charge. Its stations,
//! their connectors, and what is charged at them, for whichever of the two asked for it. It answers
//! every interface of both documents from its state.
mod reports;
mod service;

use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use sztc_proto::charging::{
    evcs::{
        code::{ChargeState, ConnectorStatus, LockStatus, ParkStatus, StationStatus},
        model::*,
        *,
    },
    *,
};

/// As whom it is known to others.
pub(crate) const OPERATOR: &str = "MA5DM667X";
/// The connectors of its pile.
pub(crate) const PLUGS: [&str; 2] = ["1100000000000000000000101", "1100000000000000000000102"];

/// What a kWh costs, for energy and for service, in fen.
const FEN_A_KWH: [i64; 2] = [80, 40];

/// What it may cost, in turn.
const PRICES: [&str; 2] = ["0.9800元/度", "峰1.1720元/度，平0.6850元/度，谷0.2450元/度"];

/// The charging platform, with the state that its answers depend on.
#[derive(Clone)]
pub(crate) struct Piles(Arc<State>);

struct State {
    clock: DayClock,
    /// By id.
    stations: Shelf<StationInfo>,
    /// By id.
    connectors: Shelf<ConnectorStatusInfo>,
    /// What is charged or was, by the number of the order.
    charges: Shelf<Charge>,
    /// Orders of cars that parked, by the same number.
    bills: Shelf<CarOrder>,
}

/// What is charged, or was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Charge {
    /// The number of the order.
    pub serial: SerialNo,
    /// Where.
    pub connector: Text<26>,
    /// The operator that asked for it.
    pub asked_by: String,
    /// How far it is.
    pub state: ChargeState,
    /// When it began, or was asked for.
    pub began: DateTime,
    /// When it ended.
    pub ended: Option<DateTime>,
}

impl Charge {
    /// Begun minutes do not count: the meter is read at whole ones.
    fn minutes(&self, now: DateTime) -> i64 {
        let end = self.ended.unwrap_or(now);
        ((end.timestamp().seconds() - self.began.timestamp().seconds()) / 60).max(0)
    }

    /// 30 kW.
    fn energy(&self, now: DateTime) -> Fixed<2> {
        Fixed::of_units(50 * self.minutes(now))
    }

    /// For energy and for service, of half a kWh a minute.
    fn fees(&self, now: DateTime) -> (Money, Money) {
        let [energy, service] = FEN_A_KWH.map(|fen| Money::fen(fen / 2 * self.minutes(now)));
        (energy, service)
    }

    fn fee(&self, now: DateTime) -> Money {
        Money::fen(60 * self.minutes(now))
    }
}

impl Piles {
    /// With what is kept in `store`; two stations where nothing is.
    ///
    /// # Errors
    /// The state cannot be kept.
    pub(crate) fn new(store: &Store, clock: DayClock) -> Kept<Self> {
        let piles = Self(Arc::new(State {
            clock,
            stations: store.shelf("piles.stations"),
            connectors: store.shelf("piles.connectors"),
            charges: store.shelf("piles.charges"),
            bills: store.shelf("piles.bills"),
        }));
        if piles.stations()?.is_empty() {
            let first = sample();
            // A second one that is being built, and has no devices yet.
            let second = StationInfo {
                station_id: "00000000000000000012".into(),
                station_status: StationStatus::UNDER_CONSTRUCTION,
                equipment_infos: vec![],
                ..first.clone()
            };
            for station in [first, second] {
                piles.0.stations.put(&station.station_id.clone(), station)?;
            }
            for plug in PLUGS {
                piles.becomes(plug, ConnectorStatus::IDLE)?;
            }
        }
        Ok(piles)
    }

    /// Its stations.
    pub(crate) fn stations(&self) -> Kept<Vec<StationInfo>> {
        self.0.stations.all()
    }

    /// What is charged or was under this number.
    pub(crate) fn charge(&self, serial: &str) -> Kept<Option<Charge>> {
        self.0.charges.get(serial)
    }

    /// Prices change at the first station: as it was and as it is.
    ///
    /// # Errors
    /// The state cannot be kept.
    pub(crate) fn prices_change(&self) -> Result<(StationInfo, StationInfo)> {
        let before = self
            .stations()?
            .into_iter()
            .next()
            .context("there is a station")?;
        let mut after = before.clone();
        let is_first = before
            .electricity_fee
            .as_ref()
            .is_some_and(|fee| **fee == *PRICES[0]);
        after.electricity_fee = Some(PRICES[usize::from(is_first)].into());
        self.0.stations.put(&after.station_id, after.clone())?;
        Ok((before, after))
    }

    /// No car is plugged in any more.
    ///
    /// # Errors
    /// The state cannot be kept.
    pub(crate) fn clears(&self) -> Kept<()> {
        for plug in PLUGS {
            if self
                .0
                .connectors
                .get(plug)?
                .is_none_or(|connector| connector.status != ConnectorStatus::IDLE)
            {
                self.becomes(plug, ConnectorStatus::IDLE)?;
            }
        }
        Ok(())
    }

    /// The connector's state is another.
    fn becomes(&self, plug: &str, status: ConnectorStatus) -> Kept<ConnectorStatusInfo> {
        let free = status == ConnectorStatus::IDLE;
        let connector = ConnectorStatusInfo {
            connector_id: plug.into(),
            status,
            park_status: Some(if free {
                ParkStatus::FREE
            } else {
                ParkStatus::TAKEN
            }),
            lock_status: Some(if free {
                LockStatus::LOCKED
            } else {
                LockStatus::UNLOCKED
            }),
        };
        self.0.connectors.put(plug, connector.clone())?;
        Ok(connector)
    }

    /// The pile lets the current flow.
    ///
    /// # Errors
    /// Nobody asked for it.
    pub(crate) fn begins(&self, serial: &str) -> Result<StartResult> {
        let charge = self.change(serial, |charge, now| {
            (charge.state, charge.began) = (ChargeState::CHARGING, now)
        })?;
        Ok(StartResult {
            start_charge_seq: charge.serial,
            start_charge_seq_stat: charge.state,
            connector_id: charge.connector,
            start_time: charge.began,
            ident_code: None,
        })
    }

    /// The meter, now.
    pub(crate) fn meter(&self, serial: &str) -> Kept<Option<ChargeStatus>> {
        let now = self.now();
        Ok(self.charge(serial)?.map(|charge| {
            let connector = if charge.ended.is_some() {
                ConnectorStatus::IDLE
            } else {
                ConnectorStatus::CHARGING
            };
            let soc = Fixed::of_units((200 + 6 * charge.minutes(now)).min(1000));
            let (began, ended, energy) = (
                charge.began,
                charge.ended.unwrap_or(now),
                charge.energy(now),
            );
            let mut status = ChargeStatus::new(
                charge.serial.as_str(),
                charge.state,
                charge.connector.clone(),
                connector,
                Fixed::of_units(750),
                Fixed::of_units(3935),
                soc,
                began,
                ended,
                energy,
            );
            status.total_money = Some(charge.fee(now));
            status
        }))
    }

    /// The pile ends it.
    ///
    /// # Errors
    /// Nobody asked for it.
    pub(crate) fn ends(&self, serial: &str) -> Result<StopResult> {
        let charge = self.change(serial, |charge, now| {
            (charge.state, charge.ended) = (ChargeState::ENDED, Some(now))
        })?;
        Ok(StopResult::ok(charge.serial, charge.connector))
    }

    /// What one operator charged here between two times, for reconciliation.
    pub(crate) fn account(
        &self,
        number: &str,
        of: &str,
        from: DateTime,
        until: DateTime,
    ) -> Kept<CheckOrders> {
        let fits = |charge: &Charge| {
            charge.asked_by == of
                && charge
                    .ended
                    .is_some_and(|ended| from <= ended && ended <= until)
        };
        let order = |charge: Charge| ChargeOrder {
            total_power: charge.energy(until),
            total_money: charge.fee(until),
            start_charge_seq: charge.serial,
        };
        let orders = self.0.charges.all()?.into_iter().filter(fits).map(order);
        Ok(evcs::reconcile::check_orders(
            SerialNo::from(number),
            from,
            until,
            orders.collect(),
        ))
    }

    /// The order of a car that parked where it charged.
    ///
    /// # Errors
    /// It has not ended.
    pub(crate) fn bills(&self, serial: &str, plate: &str) -> Result<CarOrder> {
        let (charge, now) = (self.charge(serial)?.context("it was charged")?, self.now());
        let station = self
            .stations()?
            .into_iter()
            .next()
            .context("there is a station")?;
        let mut connectors = station
            .equipment_infos
            .iter()
            .flat_map(|device| &device.connector_infos);
        let connector = connectors
            .find(|connector| connector.connector_id == charge.connector)
            .context("there is the connector")?;
        let (energy, service) = charge.fees(now);
        let bill = CarOrder {
            start_charge_seq: charge.serial.clone(),
            station_id: station.station_id.as_str().into(),
            station_name: station.station_name.as_str().into(),
            connector_id: charge.connector.clone(),
            connector_name: connector
                .connector_name
                .as_deref()
                .unwrap_or_default()
                .into(),
            plate_num: plate.into(),
            space_no: None,
            start_time: charge.began,
            end_time: charge.ended.context("it has ended")?,
            power: charge.energy(now),
            elec_money: energy,
            sevice_money: service,
            total_money: charge.fee(now),
        };
        self.0.bills.put(serial, bill.clone())?;
        Ok(bill)
    }

    fn change(&self, serial: &str, change: impl FnOnce(&mut Charge, DateTime)) -> Result<Charge> {
        let now = self.now();
        let changed = self.0.charges.change(serial, |charge| {
            change(charge.as_mut()?, now);
            charge.clone()
        });
        changed?.context("it was asked for")
    }

    fn now(&self) -> DateTime {
        self.0.clock.time()
    }
}

/// A station, as the operator's database would give it.
fn sample() -> StationInfo {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../sztc-proto/fixtures/charging/query_stations_info.reply.json"
    ));
    let (page, _) =
        decode::<StationsPage>(text, &dialect().read).expect("the sample conforms to the document");
    page.station_infos
        .into_iter()
        .next()
        .expect("the sample has a station")
}
