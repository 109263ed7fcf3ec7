//! What the charging platform tells whoever asked it to charge.
use super::Piles;
use crate::stage::Stage;
use anyhow::{Context, Result};
use sztc_proto::charging::evcs::{
    EmspClient, Fixed,
    code::{ConfirmResult, ConnectorStatus, NoticeStatus, StopReason, SuccessStatus},
    model::{ChargeDetail, ChargeOrderInfo, StatusNotice},
};

impl Piles {
    /// The connector's state is another, and that is pushed.
    ///
    /// # Errors
    /// The push fails.
    pub(crate) async fn tells_state(
        &self,
        stage: &Stage,
        to: &EmspClient,
        plug: &str,
        status: ConnectorStatus,
    ) -> Result<()> {
        let notice = StatusNotice {
            connector_status_info: self.becomes(plug, status)?,
        };
        let receipt = stage
            .call("the state of a connector", || {
                to.notification_station_status(&notice)
            })
            .await?;
        stage.check(
            "the state of the connector is taken",
            receipt.status == NoticeStatus::ACCEPTED,
        )
    }

    /// The pile lets the current flow, and that is told (notification_start_charge_result).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn tells_begin(
        &self,
        stage: &Stage,
        to: &EmspClient,
        serial: &str,
    ) -> Result<()> {
        let result = self.begins(serial)?;
        let receipt = stage
            .call("the result of the start", || {
                to.notification_start_charge_result(&result)
            })
            .await?;
        stage.check(
            "the result of the start is taken",
            receipt.succ_stat == SuccessStatus::OK,
        )
    }

    /// The meter is read and reported (notification_equip_charge_status).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn tells_meter(
        &self,
        stage: &Stage,
        to: &EmspClient,
        serial: &str,
    ) -> Result<()> {
        let status = self.meter(serial)?.context("it is charged")?;
        let receipt = stage
            .call("the meter", || to.notification_equip_charge_status(&status))
            .await?;
        stage.check("the meter is taken", receipt.succ_stat == SuccessStatus::OK)
    }

    /// The pile ends it, and that is told (notification_stop_charge_result).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn tells_end(
        &self,
        stage: &Stage,
        to: &EmspClient,
        serial: &str,
    ) -> Result<()> {
        let result = self.ends(serial)?;
        let receipt = stage
            .call("the result of the stop", || {
                to.notification_stop_charge_result(&result)
            })
            .await?;
        stage.check(
            "the result of the stop is taken",
            receipt.succ_stat == SuccessStatus::OK,
        )
    }

    /// What it came to is told (notification_charge_order_info).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn tells_order(
        &self,
        stage: &Stage,
        to: &EmspClient,
        serial: &str,
    ) -> Result<ChargeOrderInfo> {
        let (charge, now) = (self.charge(serial)?.context("it was charged")?, self.now());
        let (begin, end) = (charge.began, charge.ended.context("it has ended")?);
        let (energy, service) = charge.fees(now);
        let mut detail = ChargeDetail::new(begin, end, charge.energy(now));
        (detail.elec_price, detail.sevice_price) =
            (Some(Fixed::of_units(8000)), Some(Fixed::of_units(4000)));
        (detail.detail_elec_money, detail.detail_sevice_money) = (Some(energy), Some(service));
        let order = ChargeOrderInfo {
            start_charge_seq: charge.serial.clone(),
            connector_id: charge.connector.clone(),
            start_time: begin,
            end_time: end,
            total_power: charge.energy(now),
            total_elec_money: energy,
            total_sevice_money: service,
            total_money: charge.fee(now),
            stop_reason: StopReason::USER,
            sum_period: Some(1),
            charge_details: Some(vec![detail]),
        };
        let receipt = stage
            .call("the order", || to.notification_charge_order_info(&order))
            .await?;
        stage.check(
            "the order is not disputed",
            receipt.confirm_result == ConfirmResult::OK,
        )?;
        Ok(order)
    }
}
