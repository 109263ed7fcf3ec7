//! What a charging pole measures and what that costs: half a kilowatt hour a tick, for 0.60 yuan of
//! energy and 0.40 of service a kilowatt hour.
use evcs_proto::{
    DateTime, Fixed, Money,
    code::{ChargeState, ConnectorStatus, StopReason},
    model::{ChargeOrder, ChargeOrderInfo, ChargeStatus, StartCharge},
};
use std::time::SystemTime;

/// The meter of one order.
#[derive(Debug)]
pub struct Meter {
    order: StartCharge,
    begin: DateTime,
    ticks: i64,
}

impl Meter {
    /// Begins to measure `order`.
    pub fn new(order: StartCharge) -> Self {
        Self {
            order,
            begin: DateTime::at(SystemTime::now()),
            ticks: 0,
        }
    }

    /// Half a kilowatt hour more.
    pub fn tick(&mut self) {
        self.ticks += 1;
    }

    /// What it shows.
    pub fn status(&self) -> ChargeStatus {
        ChargeStatus::new(
            &*self.order.start_charge_seq,
            ChargeState::CHARGING,
            &*self.order.connector_id,
            ConnectorStatus::CHARGING,
            Fixed::of_units(2500),
            Fixed::of_units(7200),
            Fixed::of_units(500 + self.ticks),
            self.begin,
            DateTime::at(SystemTime::now()),
            Fixed::of_units(50 * self.ticks),
        )
    }

    /// The order when it has ended.
    pub fn order(self) -> ChargeOrderInfo {
        ChargeOrderInfo {
            start_charge_seq: self.order.start_charge_seq,
            connector_id: self.order.connector_id,
            start_time: self.begin,
            end_time: DateTime::at(SystemTime::now()),
            total_power: Fixed::of_units(50 * self.ticks),
            total_elec_money: Money::fen(30 * self.ticks),
            total_sevice_money: Money::fen(20 * self.ticks),
            total_money: Money::fen(50 * self.ticks),
            stop_reason: StopReason::PLATFORM,
            sum_period: None,
            charge_details: None,
        }
    }
}

/// `order` as accounts list it.
pub fn entry(order: &ChargeOrderInfo) -> ChargeOrder {
    ChargeOrder {
        start_charge_seq: order.start_charge_seq.clone(),
        total_power: order.total_power,
        total_money: order.total_money,
    }
}
