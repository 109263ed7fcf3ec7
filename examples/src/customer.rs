//! What the customer's operator hears of an order, and what it makes of it.
use evcs_proto::{
    Conversation, Ctx, EmspService, Outcome, Timestamp,
    code::ConfirmResult,
    consistency::Rounding,
    conversation::Event,
    model::{
        ChargeOrderInfo, ChargeStatus, ChargeStatusReceipt, CheckOrders, CheckOrdersReply,
        OrderReceipt,
    },
    reconcile::{Reconciliation, reconcile},
};
use std::time::SystemTime;
use tokio::sync::watch;

/// What is known of the one order: how far it is, and what comparing it found.
pub type Known = (Conversation, Option<Reconciliation>);

/// Hears how the order goes.
#[derive(Debug)]
pub struct Customer(pub watch::Sender<Known>);

impl Customer {
    fn hear<'a>(&self, event: impl Into<Event<'a>>) {
        self.0.send_modify(|(order, _)| {
            let step = order.apply(event, Timestamp::at(SystemTime::now()));
            println!("{:?} ({step:?})", order.stage());
        });
    }
}

impl EmspService for Customer {
    async fn notification_equip_charge_status(
        &self,
        _: &Ctx,
        status: ChargeStatus,
    ) -> Outcome<ChargeStatusReceipt> {
        self.hear(&status);
        Ok(ChargeStatusReceipt::ok(status.start_charge_seq))
    }

    async fn notification_charge_order_info(
        &self,
        _: &Ctx,
        order: ChargeOrderInfo,
    ) -> Outcome<OrderReceipt> {
        self.hear(&order);
        let right = order.inconsistencies(Rounding::default()).is_empty();
        Ok(OrderReceipt::new(
            &order,
            if right {
                ConfirmResult::OK
            } else {
                ConfirmResult::DISPUTED
            },
        ))
    }

    async fn check_charge_orders(
        &self,
        _: &Ctx,
        account: CheckOrders,
    ) -> Outcome<CheckOrdersReply> {
        let found = reconcile(&account, self.0.borrow().0.order().cloned());
        self.0
            .send_modify(|(_, reconciled)| *reconciled = Some(found.clone()));
        Ok(found.reply)
    }
}
