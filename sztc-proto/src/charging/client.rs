use super::{dialect, endpoint::*, model::*};
use evcs_proto::{
    CpoClient, Credentials, DateTime, EmspClient, Error, PeerHttp, Text,
    model::{StationInfo, StationStatusInfo, StationStatusQuery},
};
use std::ops::Deref;

/// How many stations one question of 1103 may name.
const STATIONS: usize = 50;

/// Calls a charging operator's platform (充电运营服务平台) as the city does: 1101, 1103, 1104,
/// 1106. It is a [`CpoClient`] with what 6.10 adds.
#[derive(Debug, Clone)]
pub struct ChargingClient(CpoClient);

/// Calls the city platform (城市停车管理平台) as a charging operator's platform does: 1102, 1103,
/// 1104, 1105. It is an [`EmspClient`] with what 6.10 adds.
#[derive(Debug, Clone)]
pub struct CityChargingClient(EmspClient);

impl ChargingClient {
    /// The platform at `base`, spoken to as this document prints it; for everything that may be set
    /// make a [`CpoClient`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        PeerHttp::builder(base, credentials)
            .dialect(dialect())
            .build()
            .map(|peer| Self(peer.cpo()))
    }

    /// Asks for the orders of a car (充电订单信息查询, 1106), at most 24 hours at once; see
    /// [`CarOrderQuery::of_stay`].
    ///
    /// # Errors
    /// As every call.
    pub async fn query_orders_of_car(&self, query: &CarOrderQuery) -> Result<CarOrders, Error> {
        self.0.call::<QueryOrdersOfCar>(query).await
    }

    /// The orders of a car's whole stay, each once, in the order of their times (1106).
    ///
    /// # Errors
    /// As every call.
    pub async fn orders_of_stay(
        &self,
        plate: impl Into<Text<10>>,
        entry: DateTime,
        exit: DateTime,
    ) -> Result<Vec<CarOrder>, Error> {
        let mut orders: Vec<CarOrder> = Vec::new();
        for query in CarOrderQuery::of_stay(plate, entry, exit) {
            for order in self.query_orders_of_car(&query).await?.charge_orders {
                // One that ends in the next day is told by both.
                if orders
                    .iter()
                    .all(|known| known.start_charge_seq != order.start_charge_seq)
                {
                    orders.push(order);
                }
            }
        }
        orders.sort_by_key(|order| order.start_time);
        Ok(orders)
    }

    /// The state of every connector of `stations` (推送设备状态, 1103), asked for when the city's
    /// system starts and from time to time: 50 stations a question.
    /// [`Snapshot::replace`](evcs_proto::Snapshot::replace) tells what of it is news.
    ///
    /// # Errors
    /// As every call.
    pub async fn states_of(&self, stations: &[Text<20>]) -> Result<Vec<StationStatusInfo>, Error> {
        let mut states = Vec::with_capacity(stations.len());
        for some in stations.chunks(STATIONS) {
            let query = StationStatusQuery {
                station_ids: some.to_vec(),
            };
            states.extend(
                self.0
                    .query_station_status(&query)
                    .await?
                    .station_status_infos,
            );
        }
        Ok(states)
    }
}

impl CityChargingClient {
    /// The city platform at `base`, spoken to as its document prints it; for everything that may be
    /// set make an [`EmspClient`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        PeerHttp::builder(base, credentials)
            .dialect(dialect())
            .build()
            .map(|peer| Self(peer.emsp()))
    }

    /// Tells that a station is new, changed or gone (充电站信息变化推送, 1102).
    /// [`key_changes`](evcs_proto::changes::key_changes) says whether a change has to be told.
    ///
    /// # Errors
    /// As every call.
    pub async fn push_station(&self, station_info: StationInfo) -> Result<StationPushReply, Error> {
        self.0
            .call::<PushStation>(&StationPush { station_info })
            .await
    }

    /// Tells the order of a car that was charged where it parked (充电订单信息推送, 1105).
    ///
    /// # Errors
    /// As every call.
    pub async fn push_order(&self, order: &CarOrder) -> Result<OrderPushReply, Error> {
        self.0.call::<PushOrder>(order).await
    }
}

impl From<CpoClient> for ChargingClient {
    fn from(client: CpoClient) -> Self {
        Self(client)
    }
}

impl From<EmspClient> for CityChargingClient {
    fn from(client: EmspClient) -> Self {
        Self(client)
    }
}

impl Deref for ChargingClient {
    type Target = CpoClient;

    fn deref(&self) -> &CpoClient {
        &self.0
    }
}

impl Deref for CityChargingClient {
    type Target = EmspClient;

    fn deref(&self) -> &EmspClient {
        &self.0
    }
}
