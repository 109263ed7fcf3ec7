//! The charging operator's platform: its stations, their connectors, and the bills of what was charged.
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use sztc_proto::charging::{
    evcs::{CpoService, Ctx, Outcome, model::*, *},
    *,
};

/// A message of 1101 to 1106, as the operator's database would give it.
macro_rules! charging_message {
    ($name:literal) => {
        $crate::piles::read_message(include_str!(concat!("../../../../sztc-proto/fixtures/charging/", $name, ".json")))
    };
}
pub(crate) use charging_message;

/// Reads a message that is compiled in.
pub fn read_message<T: Model>(text: &str) -> T {
    decode(text, &dialect().read).expect("the samples conform to the document").0
}

/// The charging platform's service, with the state that its answers depend on.
#[derive(Clone)]
pub struct Piles(Arc<State>);

struct State {
    served: AtomicUsize,
    stations: Mutex<Vec<StationInfo>>,
    connectors: Mutex<BTreeMap<Text<26>, ConnectorStatusInfo>>,
    charging: Mutex<Option<SerialNo>>,
    orders: Mutex<Vec<CarOrder>>,
}

impl Default for Piles {
    fn default() -> Self {
        let page: StationsPage = charging_message!("query_stations_info.reply");
        let first = page.station_infos[0].clone();
        // A second one that is being built, and has no devices yet.
        let second = StationInfo {
            station_id: "00000000000000000012".into(),
            station_status: StationStatus::UNDER_CONSTRUCTION,
            equipment_infos: vec![],
            ..first.clone()
        };
        let connectors = first.equipment_infos.iter().flat_map(|device| &device.connector_infos);
        let free = |connector: &ConnectorInfo| ConnectorStatusInfo {
            connector_id: connector.connector_id.clone(),
            status: ConnectorStatus::IDLE,
            park_status: Some(ParkStatus::FREE),
            lock_status: Some(LockStatus::LOCKED),
        };
        Self(Arc::new(State {
            served: AtomicUsize::default(),
            connectors: Mutex::new(connectors.map(|connector| (connector.connector_id.clone(), free(connector))).collect()),
            stations: Mutex::new(vec![first, second]),
            charging: Mutex::default(),
            orders: Mutex::default(),
        }))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Piles {
    /// How many questions it answered.
    pub fn served(&self) -> usize {
        self.0.served.load(Ordering::SeqCst)
    }

    fn count(&self) {
        self.0.served.fetch_add(1, Ordering::SeqCst);
    }

    /// The station with the prices `fee`: as it was and as it is.
    pub fn costs(&self, fee: &str) -> (StationInfo, StationInfo) {
        let station = &mut locked(&self.0.stations)[0];
        let before = station.clone();
        station.electricity_fee = Some(fee.into());
        (before, station.clone())
    }

    /// What the device reports of a connector: its new state, and what to push of it.
    pub fn becomes(&self, connector: &str, status: ConnectorStatus, park: ParkStatus, lock: LockStatus) -> StatusNotice {
        let connector_status_info = ConnectorStatusInfo {
            connector_id: connector.into(),
            status,
            park_status: Some(park),
            lock_status: Some(lock),
        };
        locked(&self.0.connectors).insert(connector.into(), connector_status_info.clone());
        StatusNotice { connector_status_info }
    }

    /// The bill of what was charged.
    pub fn bill(&self, order: CarOrder) {
        locked(&self.0.orders).push(order);
    }
}

impl CpoService for Piles {
    async fn query_stations_info(&self, _: &Ctx, query: StationsQuery) -> Outcome<StationsPage> {
        self.count();
        let (page_no, size) = (query.page(), query.size().max(1));
        // A count of stations, and of pages at most as many, fits.
        let stations = locked(&self.0.stations);
        let count = stations.len() as i32;
        let skipped = usize::try_from((page_no - 1).saturating_mul(size)).unwrap_or(0);
        Ok(StationsPage {
            page_no,
            page_count: (count + size - 1) / size,
            item_size: count,
            station_infos: stations.iter().skip(skipped).take(size as usize).cloned().collect(),
        })
    }

    async fn query_station_status(&self, _: &Ctx, query: StationStatusQuery) -> Outcome<StationStatusReply> {
        self.count();
        let (stations, connectors) = (locked(&self.0.stations), locked(&self.0.connectors));
        let asked = stations.iter().filter(|station| query.station_ids.contains(&station.station_id));
        let state = |station: &StationInfo| StationStatusInfo {
            station_id: station.station_id.clone(),
            connector_status_infos: station
                .equipment_infos
                .iter()
                .flat_map(|device| &device.connector_infos)
                .filter_map(|connector| connectors.get(&connector.connector_id).cloned())
                .collect(),
        };
        let station_status_infos: Vec<_> = asked.map(state).collect();
        Ok(StationStatusReply {
            total: station_status_infos.len() as i32,
            station_status_infos,
        })
    }

    async fn query_equip_auth(&self, _: &Ctx, question: ConnectorAuth) -> Outcome<ConnectorAuthReply> {
        self.count();
        let plugged = locked(&self.0.connectors).get(&question.connector_id).map(|state| state.status) == Some(ConnectorStatus::OCCUPIED);
        Ok(if plugged {
            ConnectorAuthReply::ok(&question)
        } else {
            ConnectorAuthReply::failed(&question, AuthFailure::NOT_PLUGGED)
        })
    }

    async fn query_start_charge(&self, _: &Ctx, start: StartCharge) -> Outcome<StartChargeReply> {
        self.count();
        if !locked(&self.0.connectors).contains_key(&start.connector_id) {
            return Ok(StartChargeReply::failed(&start, ChargeState::ENDED, StartFailure::NO_DEVICE));
        }
        *locked(&self.0.charging) = Some(start.start_charge_seq.clone());
        Ok(StartChargeReply::ok(&start, ChargeState::STARTING))
    }

    async fn query_stop_charge(&self, _: &Ctx, stop: StopCharge) -> Outcome<StopChargeReply> {
        self.count();
        let mut charging = locked(&self.0.charging);
        if charging.as_ref() != Some(&stop.start_charge_seq) {
            return Ok(StopChargeReply::failed(&stop, ChargeState::ENDED, StopFailure::STOPPED_ALREADY));
        }
        *charging = None;
        Ok(StopChargeReply::ok(&stop, ChargeState::STOPPING))
    }
}

impl ChargingService for Piles {
    async fn query_orders_of_car(&self, _: &Ctx, query: CarOrderQuery) -> Outcome<CarOrders> {
        self.count();
        let asked = |order: &&CarOrder| {
            order.plate_num == query.plate_num
                && query.station_id.as_ref().is_none_or(|station| *station == order.station_id)
                && order.start_time < query.end_time
                && order.end_time > query.start_time
        };
        Ok(CarOrders::new(locked(&self.0.orders).iter().filter(asked).cloned().collect()))
    }
}
