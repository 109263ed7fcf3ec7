//! What the operator answers the city. Everything may come twice.
use super::Street;
use sztc_proto::{
    Ctx, Outcome, PartnerService, Refusal,
    code::{AutoPayState, BusinessCode},
    each,
    model::{AutoPayNotice, FeeQuery, Nothing, ParkingOrder, PaymentNotice, PaymentRecord},
};

impl Street {
    /// What the car in a space, or with a plate, has to pay.
    fn fee(&self, query: &FeeQuery) -> Outcome<ParkingOrder> {
        let (space, plate) = (query.space_no.as_deref(), query.plate_no.as_deref());
        let asked = |stay: &super::Stay| {
            (space.is_some() && stay.record.space_no.as_deref() == space)
                || plate.is_some_and(|plate| stay.is_of(plate))
        };
        let found = self.standing()?.into_iter().find(asked);
        let stay =
            found.ok_or_else(|| Refusal::new(BusinessCode::CAR_NOT_INSIDE, "车辆不在车位"))?;
        Ok(stay.order(query.end_time.unwrap_or(self.now())))
    }

    /// An order was paid, of a car that stands there or of one that has left. Nobody pays twice.
    fn is_paid(&self, payment: PaymentRecord) -> Outcome<Nothing> {
        let (now, record_id) = (self.now(), payment.record_id.clone());
        let kept = self.0.stays.change(&record_id, |stay| {
            stay.as_mut().map(|stay| stay.is_paid(payment, now))
        })?;
        match kept {
            Some(true) => Ok(Nothing {}),
            Some(false) => Err(Refusal::new(BusinessCode::OBJECT_EXISTS, "订单已支付")),
            None => Err(Refusal::new(BusinessCode::NO_OBJECT, "停车记录不存在")),
        }
    }

    fn signs(&self, notice: &AutoPayNotice) -> Outcome<Nothing> {
        let on = notice.state == AutoPayState::ON;
        for stay in self
            .standing()?
            .iter()
            .filter(|stay| stay.is_of(&notice.plate_no))
        {
            self.0.stays.change(&stay.record.id, |stay| {
                stay.iter_mut().for_each(|stay| stay.auto_pay = on)
            })?;
        }
        Ok(Nothing {})
    }
}

impl PartnerService for Street {
    async fn query_fee(
        &self,
        _: &Ctx,
        items: Vec<FeeQuery>,
    ) -> Result<Vec<Outcome<ParkingOrder>>, Refusal> {
        each(items, async |query| self.fee(&query)).await
    }

    async fn notify_payment(
        &self,
        _: &Ctx,
        items: Vec<PaymentNotice>,
    ) -> Result<Vec<Outcome<Nothing>>, Refusal> {
        each(items, async |notice| self.is_paid(notice.charge_info)).await
    }

    async fn notify_auto_pay(
        &self,
        _: &Ctx,
        items: Vec<AutoPayNotice>,
    ) -> Result<Vec<Outcome<Nothing>>, Refusal> {
        each(items, async |notice| self.signs(&notice)).await
    }
}
