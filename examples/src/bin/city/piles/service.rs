//! What the charging platform answers. What starts and stops charging may come twice: it acts once,
//! and answers the same.
use super::{Charge, FEN_A_KWH, Piles};
use crate::charging::GUEST;
use sztc_proto::{
    charging::{
        evcs::{
            CpoService, Ctx, Outcome,
            code::{
                AuthFailure, ChargeState, ConnectorStatus, PolicyFailure, Ret, StartFailure,
                StopFailure,
            },
            model::*,
            *,
        },
        *,
    },
    rust_decimal::Decimal,
};

impl CpoService for Piles {
    async fn query_stations_info(&self, _: &Ctx, query: StationsQuery) -> Outcome<StationsPage> {
        let (page_no, size) = (query.page(), query.size().max(1));
        // A count of stations, and of pages at most as many, fits.
        let stations = self.stations()?;
        let count = stations.len() as i32;
        let skipped = usize::try_from((page_no - 1).saturating_mul(size)).unwrap_or(0);
        Ok(StationsPage {
            page_no,
            page_count: (count + size - 1) / size,
            item_size: count,
            station_infos: stations
                .into_iter()
                .skip(skipped)
                .take(size as usize)
                .collect(),
        })
    }

    async fn query_station_status(
        &self,
        _: &Ctx,
        query: StationStatusQuery,
    ) -> Outcome<StationStatusReply> {
        let mut station_status_infos = Vec::new();
        for station in self
            .stations()?
            .iter()
            .filter(|station| query.station_ids.contains(&station.station_id))
        {
            let mut connectors = Vec::new();
            for connector in station
                .equipment_infos
                .iter()
                .flat_map(|device| &device.connector_infos)
            {
                connectors.extend(self.0.connectors.get(&connector.connector_id)?);
            }
            station_status_infos.push(StationStatusInfo {
                station_id: station.station_id.clone(),
                connector_status_infos: connectors,
            });
        }
        Ok(StationStatusReply {
            total: station_status_infos.len() as i32,
            station_status_infos,
        })
    }

    async fn query_station_stats(
        &self,
        _: &Ctx,
        query: StationStatsQuery,
    ) -> Outcome<StationStatsReply> {
        let station = self
            .stations()?
            .into_iter()
            .find(|station| *station.station_id == *query.station_id);
        let station = station.ok_or_else(|| Refusal::new(Ret::WRONG_PARAMETERS, "充电站不存在"))?;
        let (days, charges, now) = (
            query.start_time..=query.end_time,
            self.0.charges.all()?,
            self.now(),
        );
        let of_connector = |id: &Text<26>| {
            let counts = |charge: &&Charge| {
                charge.connector == *id
                    && charge
                        .ended
                        .is_some_and(|ended| days.contains(&ended.date()))
            };
            charges
                .iter()
                .filter(counts)
                .map(|charge| charge.energy(now).value())
                .sum::<Decimal>()
        };
        let mut total = Decimal::ZERO;
        let mut equipment_stats_infos = Vec::new();
        for device in station.equipment_infos {
            let ids = device
                .connector_infos
                .into_iter()
                .map(|connector| connector.connector_id);
            let counted: Vec<_> = ids.map(|id| (of_connector(&id), id)).collect();
            let sum: Decimal = counted.iter().map(|(energy, _)| *energy).sum();
            total += sum;
            let connector = |(energy, connector_id): (Decimal, _)| ConnectorStatsInfo {
                connector_id,
                connector_electricity: energy.into(),
            };
            equipment_stats_infos.push(EquipmentStatsInfo {
                equipment_id: device.equipment_id,
                equipment_electricity: sum.into(),
                connector_stats_infos: counted.into_iter().map(connector).collect(),
            });
        }
        let station_stats = StationStats {
            station_id: query.station_id,
            start_time: query.start_time,
            end_time: query.end_time,
            station_electricity: total.into(),
            equipment_stats_infos,
        };
        Ok(StationStatsReply { station_stats })
    }

    async fn query_equip_business_policy(
        &self,
        _: &Ctx,
        query: PolicyQuery,
    ) -> Outcome<PolicyReply> {
        if self.0.connectors.get(&query.connector_id)?.is_none() {
            return Ok(PolicyReply::failed(&query, PolicyFailure::NO_POLICY));
        }
        // What is charged here costs the same all day.
        let all_day = PolicyInfo {
            start_time: "000000".into(),
            elec_price: Fixed::of_units(100 * FEN_A_KWH[0]),
            sevice_price: Fixed::of_units(100 * FEN_A_KWH[1]),
        };
        Ok(PolicyReply::ok(&query, vec![all_day]))
    }

    async fn query_equip_auth(
        &self,
        _: &Ctx,
        question: ConnectorAuth,
    ) -> Outcome<ConnectorAuthReply> {
        let connector = self.0.connectors.get(&question.connector_id)?;
        Ok(match connector.map(|connector| connector.status) {
            Some(ConnectorStatus::OCCUPIED) => ConnectorAuthReply::ok(&question),
            _ => ConnectorAuthReply::failed(&question, AuthFailure::NOT_PLUGGED),
        })
    }

    async fn query_start_charge(&self, cx: &Ctx, start: StartCharge) -> Outcome<StartChargeReply> {
        if self.0.connectors.get(&start.connector_id)?.is_none() {
            return Ok(StartChargeReply::failed(
                &start,
                ChargeState::ENDED,
                StartFailure::NO_DEVICE,
            ));
        }
        let charge = Charge {
            serial: start.start_charge_seq.clone(),
            connector: start.connector_id.clone(),
            asked_by: cx.peer.to_string(),
            // No scenario moves the pile of a guest: it charges at once, and ends at once.
            state: if *cx.peer == *GUEST {
                ChargeState::CHARGING
            } else {
                ChargeState::STARTING
            },
            began: self.now(),
            ended: None,
        };
        let state = self
            .0
            .charges
            .change(start.start_charge_seq.as_str(), |known| {
                known.get_or_insert(charge).state
            })?;
        Ok(StartChargeReply::ok(&start, state))
    }

    async fn query_equip_charge_status(
        &self,
        _: &Ctx,
        query: ChargeStatusQuery,
    ) -> Outcome<ChargeStatus> {
        let meter = self.meter(query.start_charge_seq.as_str())?;
        meter.ok_or_else(|| Refusal::new(Ret::WRONG_PARAMETERS, "充电订单不存在"))
    }

    async fn query_stop_charge(&self, _: &Ctx, stop: StopCharge) -> Outcome<StopChargeReply> {
        let now = self.now();
        let stopping = self
            .0
            .charges
            .change(stop.start_charge_seq.as_str(), |charge| {
                let charge = charge.as_mut().filter(|charge| charge.ended.is_none())?;
                charge.state = ChargeState::STOPPING;
                if charge.asked_by == GUEST {
                    (charge.state, charge.ended) = (ChargeState::ENDED, Some(now));
                }
                Some(charge.state)
            })?;
        Ok(match stopping {
            Some(state) => StopChargeReply::ok(&stop, state),
            None => {
                StopChargeReply::failed(&stop, ChargeState::ENDED, StopFailure::STOPPED_ALREADY)
            }
        })
    }
}

impl ChargingService for Piles {
    async fn query_orders_of_car(&self, _: &Ctx, query: CarOrderQuery) -> Outcome<CarOrders> {
        let asked = |order: &CarOrder| {
            order.plate_num == query.plate_num
                && query
                    .station_id
                    .as_ref()
                    .is_none_or(|station| *station == order.station_id)
                && order.start_time < query.end_time
                && order.end_time > query.start_time
        };
        Ok(CarOrders::new(
            self.0.bills.all()?.into_iter().filter(asked).collect(),
        ))
    }
}
