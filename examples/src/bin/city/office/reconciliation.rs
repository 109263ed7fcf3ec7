//! The orders of a day, as the clearing platform gets them (1401, C.5): payments, and refunds as
//! orders of their own.
use super::{Office, Paid, sharing::Chosen};
use crate::store::Unkept;
use sztc_proto::{
    code::{BillType, OrderAction},
    model::{OrderQuery, SettledOrder},
};

impl Office {
    /// The orders of a day, for the clearing platform.
    pub(super) fn settled(&self, query: &OrderQuery) -> Result<Vec<SettledOrder>, Unkept> {
        let (payments, refunds) = (self.0.payments.all()?, self.0.refunds.all()?);
        let mut orders: Vec<SettledOrder> = payments.iter().map(settled).collect();
        orders.extend(refunds.iter().filter_map(|refund| {
            let paid = payments
                .iter()
                .find(|paid| paid.payment.order_no.as_ref() == Some(&refund.order_no))?;
            Some(SettledOrder {
                pay_time: refund.time,
                received: refund.refund_money,
                pay_type: refund.refund_type,
                pay_from: refund.refund_from.clone(),
                action_type: OrderAction::REFUND,
                ..settled(paid)
            })
        }));
        // A shared space is paid in the app; no payment record is made of it.
        orders.extend(self.0.chosen.all()?.iter().filter_map(Chosen::settled));
        let kind = &query.bill_type;
        // In the sandbox nothing is revoked.
        let wanted = |order: &SettledOrder| match order.action_type {
            _ if *kind == BillType::REVOKED => false,
            OrderAction::REFUND => *kind != BillType::SUCCESS,
            _ => *kind != BillType::REFUND,
        };
        orders.retain(|order| order.pay_time.date() == query.bill_date && wanted(order));
        Ok(orders)
    }
}

fn settled(paid: &Paid) -> SettledOrder {
    let payment = &paid.payment;
    SettledOrder {
        order_no: payment.order_no.clone().unwrap_or_default(),
        park_code: paid.park_code.clone(),
        plate_no: payment
            .park_car_info
            .as_ref()
            .map(|car| car.plate_no.clone()),
        space_no: paid.space_no.clone(),
        pay_time: payment.pay_time,
        receivables: payment.receivables,
        discount: payment.discount,
        received: payment.received,
        pay_type: payment.pay_type,
        pay_from: payment.pay_from.clone(),
        action_type: OrderAction::PAYMENT,
    }
}
