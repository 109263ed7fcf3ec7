//! The two roads between the city and a charging platform, and one car that charges: 1101 to 1106.
use crate::{
    desk::Desk,
    piles::{Piles, charging_message},
    show::Tally,
    sites::open_https,
};
use anyhow::Result;
use std::{collections::HashMap, time::SystemTime};
use sztc_proto::{
    ClientTls, DateTime, HttpOptions, ServerTls, Timestamp,
    charging::{
        evcs::{
            ChargeOrder, ChargeOrderInfo, ChargeState, ChargeStatus, ConnectorAuth, ConnectorStatus, Credentials, Fixed, KeyError, Keys, LockStatus,
            ParkStatus, PeerHttp, SerialNo, Stage, StartCharge, StopCharge, SuccessStatus, check_orders, key_changes,
        },
        *,
    },
};

/// As whom the city calls, and as whom the charging operator does.
const CITY: &str = "MA5EQ42K7";
const OPERATOR: &str = "MA5DM667X";
/// Where the car charges.
const CONNECTOR: &str = "1100000000000000000000101";

/// Both ends, and the clients of each.
pub struct Roads {
    /// The charging platform's service.
    pub piles: Piles,
    /// The city's service.
    pub desk: Desk,
    to_piles: ChargingClient,
    to_city: CityChargingClient,
}

impl Roads {
    /// Opens both on free ports of this machine.
    pub async fn open(server: &ServerTls, client: &ClientTls) -> Result<Self> {
        let (piles, desk) = (Piles::default(), Desk::default());
        // Each side gives out keys of its own.
        let (given_by_piles, given_by_city) = (keys("operator")?, keys("platform")?);
        let known = |who: &str, keys: &Keys| HashMap::from([(who.to_owned(), keys.clone())]);
        let platform = ChargingRouter::new(piles.clone(), known(CITY, &given_by_piles)).into_router();
        let city = CityChargingRouter::new(desk.clone(), known(OPERATOR, &given_by_city)).into_router();
        let mut http = HttpOptions::default();
        http.tls = client.clone();
        let peer = async |router, who, keys| -> Result<PeerHttp> {
            let base = format!("https://localhost:{}/evcs/v1", open_https(router, server).await?);
            let peer = PeerHttp::builder(base, Credentials::new(who, keys)).dialect(dialect());
            Ok(peer.http(http.clone()).build()?)
        };
        Ok(Self {
            to_piles: peer(platform, CITY, given_by_piles).await?.cpo().into(),
            to_city: peer(city, OPERATOR, given_by_city).await?.emsp().into(),
            piles,
            desk,
        })
    }

    /// How many messages both services answered.
    pub fn served(&self) -> usize {
        self.piles.served() + self.desk.served()
    }

    /// One car's day: the city knows the stations and their state, lets the car charge, and is told what it cost.
    pub async fn day(&self, tally: &mut Tally) {
        let order: ChargeOrderInfo = charging_message!("notification_charge_order_info.request");
        let bill: CarOrder = charging_message!("notification_orderInfo.request");
        self.know_stations(tally, order.start_time).await;
        self.charge(tally, &order).await;
        self.settle(tally, &order, bill).await;
    }

    /// 1101 page by page, 1103 at the start, 1102 when something changes, 1101 again an hour later.
    async fn know_stations(&self, tally: &mut Tally, now: DateTime) {
        *self.desk.stations().await = StationBook::default().page_size(1);
        let news = self.desk.stations().await.refresh(&self.to_piles, now).await;
        tally.served += 2;
        tally.add("1101", news, |news| {
            news.len() == 2 && news.iter().all(|news| matches!(news, StationChange::New(_)))
        });
        let ids: Vec<_> = self.desk.stations().await.stations().map(|station| station.station_id.clone()).collect();
        tally.served += 1;
        tally.add("1103", self.to_piles.states_of(&ids).await, |states| {
            let mut connectors = states.iter().flat_map(|station| &station.connector_status_infos);
            states.len() == ids.len() && connectors.all(|connector| connector.status == ConnectorStatus::IDLE)
        });

        let (before, after) = self.piles.costs("0.9800元/度");
        // Prices matter to the business, so the operator pushes.
        if !key_changes(&before, &after).is_empty() {
            tally.served += 1;
            tally.add("1102", self.to_city.push_station(after.clone()).await, |reply| reply.state.0 == 0);
        }
        let known = self.desk.stations().await.stations().any(|station| *station == after);
        tally.check("1102 reaches the list of stations", known);
    }

    /// 1103 as things change, 1104 from authentication to the end.
    async fn charge(&self, tally: &mut Tally, order: &ChargeOrderInfo) {
        let serial = &order.start_charge_seq;
        self.connector_becomes(tally, ConnectorStatus::OCCUPIED, LockStatus::UNLOCKED).await;
        let question = ConnectorAuth {
            equip_auth_seq: serial.clone(),
            connector_id: CONNECTOR.into(),
        };
        tally.served += 1;
        tally.add("1104 query_equip_auth", self.to_piles.query_equip_auth(&question).await, |reply| {
            reply.succ_stat == SuccessStatus::OK && reply.equip_auth_seq == *serial
        });

        self.desk.expect(serial, now());
        let start = StartCharge::new(serial.as_str(), CONNECTOR, "A-108");
        let reply = self.to_piles.query_start_charge(&start).await;
        if let Ok(reply) = &reply {
            self.desk.hear(reply, now());
        }
        tally.served += 1;
        tally.add("1104 query_start_charge", reply, |_| self.desk.stage() == Some(Stage::Starting));
        self.connector_becomes(tally, ConnectorStatus::CHARGING, LockStatus::UNLOCKED).await;

        for (minutes, soc, power) in [(10, 30, 492), (35, 55, 1722), (60, 80, 2952)] {
            let status = ChargeStatus::new(
                serial.as_str(),
                ChargeState::CHARGING,
                CONNECTOR,
                ConnectorStatus::CHARGING,
                Fixed::of_units(750),
                Fixed::of_units(3935),
                Fixed::of_units(soc * 10),
                order.start_time,
                Timestamp::from_seconds(order.start_time.timestamp().seconds() + minutes * 60).date_time(),
                Fixed::of_units(power),
            );
            tally.served += 1;
            tally.add(
                "notification_equip_charge_status",
                self.to_city.notification_equip_charge_status(&status).await,
                |receipt| receipt.succ_stat == SuccessStatus::OK && self.desk.stage() == Some(Stage::Charging),
            );
        }

        let stop = StopCharge {
            start_charge_seq: serial.clone(),
            connector_id: CONNECTOR.into(),
        };
        let reply = self.to_piles.query_stop_charge(&stop).await;
        if let Ok(reply) = &reply {
            self.desk.hear(reply, now());
        }
        tally.served += 1;
        tally.add("1104 query_stop_charge", reply, |_| self.desk.stage() == Some(Stage::Stopping));
        self.connector_becomes(tally, ConnectorStatus::IDLE, LockStatus::LOCKED).await;
    }

    /// 1103: the charging platform pushes the new state of the connector.
    async fn connector_becomes(&self, tally: &mut Tally, status: ConnectorStatus, lock: LockStatus) {
        let park = if status == ConnectorStatus::IDLE {
            ParkStatus::FREE
        } else {
            ParkStatus::TAKEN
        };
        let notice = self.piles.becomes(CONNECTOR, status, park, lock);
        tally.served += 1;
        tally.add("1103 push", self.to_city.notification_station_status(&notice).await, |receipt| {
            receipt.status.0 == 0 && self.desk.connector(CONNECTOR) == Some(status)
        });
    }

    /// 1104: the order and the reconciliation of its day. 1105, 1106: the order of the car that parks there. 1101: an hour later, what was pushed is no news.
    async fn settle(&self, tally: &mut Tally, order: &ChargeOrderInfo, bill: CarOrder) {
        tally.served += 6;
        let receipt = self.to_city.notification_charge_order_info(order).await;
        tally.add("1104 notification_charge_order_info", receipt, |receipt| {
            receipt.confirm_result.0 == 0 && self.desk.stage() == Some(Stage::Settled)
        });
        let account = check_orders(
            SerialNo::from(format!("{OPERATOR}000000000020230301")),
            bill.start_time,
            bill.end_time,
            vec![ChargeOrder {
                start_charge_seq: order.start_charge_seq.clone(),
                total_power: order.total_power,
                total_money: order.total_money,
            }],
        );
        tally.add("1104 check_charge_orders", self.to_city.check_charge_orders(&account).await, |reply| {
            reply.total_dispute_order == 0 && reply.dispute_orders.is_empty()
        });

        self.piles.bill(bill.clone());
        tally.add("1105", self.to_city.push_order(&bill).await, |reply| {
            reply.confirm_result == PushResult::OK && self.desk.cars() == [bill.clone()]
        });
        let found = self.to_piles.orders_of_stay(bill.plate_num.clone(), bill.start_time, bill.end_time).await;
        tally.add("1106", found, |found| *found == self.desk.cars());
        let mut stations = self.desk.stations().await;
        tally.check("1101 is due again", stations.is_due(bill.end_time));
        let news = stations.refresh(&self.to_piles, bill.end_time).await;
        tally.add("1101 again", news, Vec::is_empty);
    }
}

fn now() -> Timestamp {
    Timestamp::at(SystemTime::now())
}

/// The keys that one side gives to the other.
fn keys(side: &str) -> Result<Keys, KeyError> {
    Keys::new(
        format!("secret of {side}"),
        format!("{side:->16}"),
        "1234567890abcdef",
        format!("{side} signs"),
    )
}
