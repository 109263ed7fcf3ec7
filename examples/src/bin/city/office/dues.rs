//! What drivers owe, and how they pay it to the city.
use super::{Office, Paid};
use crate::{stage::Stage, store::Kept};
use anyhow::{Context, Result, ensure};
use sztc_proto::{
    Money, PartnerClient,
    code::PayMethod,
    model::{Car, CreditReport, ParkingOrder, PaymentNotice, PaymentRecord, Refund},
    rust_decimal::Decimal,
};

impl Office {
    /// What a car owes: its orders that are open though it has left. What is paid of them so far
    /// stands in them.
    pub(crate) fn arrears(&self, plate: &str) -> Kept<Vec<ParkingOrder>> {
        let mut arrears = Vec::new();
        for mut order in self.0.orders.all()? {
            if order.plate_no.as_deref() != Some(plate) || order.leave_time.is_none() {
                continue;
            }
            let open = self.open(&order)?;
            if open > Decimal::ZERO {
                order.paid_amount =
                    (order.receivables.value() - order.discount.value() - open).into();
                arrears.push(order);
            }
        }
        Ok(arrears)
    }

    /// The city reminds a driver of each open order; of how many.
    pub(crate) fn reminds(&self, plate: &str) -> Kept<usize> {
        let arrears = self.arrears(plate)?;
        for order in &arrears {
            let rest = Money::from(self.open(order)?);
            self.tells(
                plate,
                format!("停车订单{}欠费{rest}元，请尽快补缴", order.order_no),
            )?;
        }
        Ok(arrears.len())
    }

    /// The driver pays an order in the city's app, or the channel is debited: the payment is kept.
    /// What the partner has to be told of it.
    ///
    /// # Errors
    /// There is nothing to pay.
    pub(crate) fn takes(
        &self,
        stage: &Stage,
        order: &ParkingOrder,
        method: PayMethod,
        channel: &str,
    ) -> Result<PaymentNotice> {
        let open = self.open(order)?;
        ensure!(
            open > Decimal::ZERO,
            "of order {} there is nothing to pay",
            order.order_no
        );
        let plate = order.plate_no.clone().context("the order names no car")?;
        let payment = PaymentRecord {
            id: stage.id("C").into(),
            order_no: Some(order.order_no.clone()),
            record_id: order.record_id.clone(),
            park_car_info: Some(Car::new(plate)),
            pay_time: stage.now(),
            receivables: order.receivables,
            discount: order.discount,
            received: open.into(),
            pay_type: method,
            pay_from: channel.into(),
            list_discounts: None,
        };
        stage.sites.bank.books(&payment)?;
        let paid = Paid {
            payment: payment.clone(),
            park_code: Some(order.park_code.clone()),
            space_no: order.space_no.clone(),
            by_city: true,
        };
        self.0.payments.put(&payment.id, paid)?;
        Ok(PaymentNotice {
            charge_info: payment,
            park_code: order.park_code.clone(),
        })
    }

    /// It takes a payment, and `partner` learns of it (6007).
    ///
    /// # Errors
    /// There is nothing to pay; the partner cannot be told.
    pub(crate) async fn collects_from(
        &self,
        stage: &Stage,
        partner: &PartnerClient,
        order: &ParkingOrder,
        method: PayMethod,
        channel: &str,
    ) -> Result<PaymentRecord> {
        let notice = self.takes(stage, order, method, channel)?;
        stage
            .call("6007 of the payment", || {
                partner.notify_payment(notice.clone())
            })
            .await?;
        Ok(notice.charge_info)
    }

    /// A payment that the partner refused goes back to the driver.
    ///
    /// # Errors
    /// It is for no order.
    pub(crate) fn returns(&self, stage: &Stage, payment: &PaymentRecord) -> Result<Refund> {
        let refund = Refund {
            id: stage.id("B").into(),
            order_no: payment
                .order_no
                .clone()
                .context("the payment has no order")?,
            time: stage.now(),
            refund_money: payment.received,
            refund_type: payment.pay_type,
            refund_from: payment.pay_from.clone(),
        };
        stage.sites.bank.books(&refund)?;
        self.0.refunds.put(&refund.id, refund.clone())?;
        if let Some(car) = &payment.park_car_info {
            self.tells(
                &car.plate_no,
                format!(
                    "停车订单{}已支付，重复支付的{}元已退回",
                    refund.order_no, refund.refund_money
                ),
            )?;
        }
        Ok(refund)
    }

    /// All reports of unpaid fees.
    pub(crate) fn credits(&self) -> Kept<Vec<CreditReport>> {
        self.0.credits.all()
    }

    /// What is left to pay of an order: what it says of payments, or what was paid and not given
    /// back, whichever is more.
    fn open(&self, order: &ParkingOrder) -> Kept<Decimal> {
        let payments = self.0.payments.all()?;
        let of_order = payments
            .iter()
            .map(|paid| &paid.payment)
            .filter(|payment| payment.order_no.as_ref() == Some(&order.order_no));
        let received: Decimal = of_order.map(|payment| payment.received.value()).sum();
        let refunds = self.0.refunds.all()?;
        let of_order = refunds
            .iter()
            .filter(|refund| refund.order_no == order.order_no);
        let returned: Decimal = of_order.map(|refund| refund.refund_money.value()).sum();
        let paid = order.paid_amount.value().max(received - returned);
        Ok((order.receivables.value() - order.discount.value() - paid).max(Decimal::ZERO))
    }
}
