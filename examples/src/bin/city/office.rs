//! The city platform: serves what comes up, and calls down.
use crate::{lot::message, show::Tally};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use sztc_proto::*;

/// The city's service: acknowledges every report by its key and counts what it served.
#[derive(Clone, Default)]
pub struct Office(Arc<AtomicUsize>);

impl Office {
    /// How many entries it served.
    pub fn served(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    async fn acknowledge<T, R>(&self, items: Vec<T>, reply: impl Fn(T) -> R) -> Result<Vec<Outcome<R>>, Refusal> {
        self.0.fetch_add(items.len(), Ordering::SeqCst);
        each(items, async |item| Ok(reply(item))).await
    }
}

impl CityService for Office {
    async fn report_event(&self, _: &Ctx, items: Vec<Event>) -> Result<Vec<Outcome<EventReply>>, Refusal> {
        self.acknowledge(items, |event| EventReply { id: event.id }).await
    }

    async fn report_lot(&self, _: &Ctx, items: Vec<LotReport>) -> Result<Vec<Outcome<LotReply>>, Refusal> {
        self.acknowledge(items, |report| LotReply {
            park_code: report.park_info.park_code,
        })
        .await
    }

    async fn report_gate(&self, _: &Ctx, items: Vec<GateReport>) -> Result<Vec<Outcome<GateReply>>, Refusal> {
        self.acknowledge(items, |report| GateReply {
            id: report.entrance_exit_info.id,
        })
        .await
    }

    async fn report_device(&self, _: &Ctx, items: Vec<DeviceReport>) -> Result<Vec<Outcome<DeviceReply>>, Refusal> {
        self.acknowledge(items, |report| DeviceReply { id: report.equipment.id }).await
    }

    async fn report_space(&self, _: &Ctx, items: Vec<SpaceReport>) -> Result<Vec<Outcome<SpaceReply>>, Refusal> {
        self.acknowledge(items, |report| SpaceReply {
            space_no: report.space_info.space_no,
        })
        .await
    }

    async fn report_tariff(&self, _: &Ctx, items: Vec<Tariff>) -> Result<Vec<Outcome<TariffReply>>, Refusal> {
        self.acknowledge(items, |tariff| TariffReply { permit_no: tariff.permit_no }).await
    }

    async fn report_space_state(&self, _: &Ctx, items: Vec<SpaceStateReport>) -> Result<Vec<Outcome<SpaceStateReply>>, Refusal> {
        self.acknowledge(items, |report| SpaceStateReply { space_no: report.space_no }).await
    }

    async fn report_device_state(&self, _: &Ctx, items: Vec<DeviceStateReport>) -> Result<Vec<Outcome<DeviceStateReply>>, Refusal> {
        self.acknowledge(items, |report| DeviceStateReply { id: Some(report.id) }).await
    }

    async fn report_vacancy(&self, _: &Ctx, items: Vec<Vacancy>) -> Result<Vec<Outcome<VacancyReply>>, Refusal> {
        self.acknowledge(items, |vacancy| VacancyReply {
            park_code: Some(vacancy.park_code),
        })
        .await
    }

    async fn report_entry(&self, _: &Ctx, items: Vec<ParkingRecord>) -> Result<Vec<Outcome<EntryReply>>, Refusal> {
        self.acknowledge(items, |record| EntryReply { id: record.id }).await
    }

    async fn report_exit(&self, _: &Ctx, items: Vec<ParkingRecord>) -> Result<Vec<Outcome<ExitReply>>, Refusal> {
        self.acknowledge(items, |record| ExitReply { id: Some(record.id) }).await
    }

    async fn correct_record(&self, _: &Ctx, items: Vec<ParkingRecord>) -> Result<Vec<Outcome<CorrectionReply>>, Refusal> {
        self.acknowledge(items, |record| CorrectionReply { id: Some(record.id) }).await
    }

    async fn request_payment(&self, _: &Ctx, items: Vec<ParkingOrder>) -> Result<Vec<Outcome<PaymentRequestReply>>, Refusal> {
        self.acknowledge(items, |order| PaymentRequestReply { order_no: order.order_no }).await
    }

    async fn report_payment(&self, _: &Ctx, items: Vec<PaymentRecord>) -> Result<Vec<Outcome<PaymentRecordReply>>, Refusal> {
        self.acknowledge(items, |payment| PaymentRecordReply { id: payment.id }).await
    }

    async fn report_refund(&self, _: &Ctx, items: Vec<Refund>) -> Result<Vec<Outcome<RefundReply>>, Refusal> {
        self.acknowledge(items, |refund| RefundReply { id: refund.id }).await
    }

    async fn query_auto_pay(&self, _: &Ctx, items: Vec<AutoPayQuery>) -> Result<Vec<Outcome<AutoPayReply>>, Refusal> {
        self.acknowledge(items, |_| AutoPayReply {
            state: AutoPaySupport::SUPPORTED,
        })
        .await
    }

    async fn report_gate_state(&self, _: &Ctx, items: Vec<GateStateReport>) -> Result<Vec<Outcome<GateStateReply>>, Refusal> {
        self.acknowledge(items, |report| GateStateReply {
            park_code: report.park_code.into_string().into(),
            entrance_id: report.entrance_id,
        })
        .await
    }

    async fn report_lease(&self, _: &Ctx, items: Vec<LeaseReport>) -> Result<Vec<Outcome<LeaseReportReply>>, Refusal> {
        self.acknowledge(items, |report| LeaseReportReply { id: report.lease.id }).await
    }

    async fn report_garage(&self, _: &Ctx, items: Vec<GarageReport>) -> Result<Vec<Outcome<GarageReply>>, Refusal> {
        self.acknowledge(items, |report| GarageReply { id: report.garage_info.id }).await
    }

    async fn report_garage_state(&self, _: &Ctx, items: Vec<GarageStateReport>) -> Result<Vec<Outcome<GarageStateReply>>, Refusal> {
        self.acknowledge(items, |_| GarageStateReply::default()).await
    }

    async fn report_garage_vacancy(&self, _: &Ctx, items: Vec<GarageVacancy>) -> Result<Vec<Outcome<GarageVacancyReply>>, Refusal> {
        self.acknowledge(items, |_| GarageVacancyReply::default()).await
    }

    async fn issue_invoice(&self, _: &Ctx, items: Vec<Invoice>) -> Result<Vec<Outcome<InvoiceReply>>, Refusal> {
        // The number, the code and the print come from the tax office's device.
        let issued: InvoiceReply = message!(1201, "reply");
        self.acknowledge(items, |invoice| InvoiceReply {
            request_no: invoice.request_no,
            ..issued.clone()
        })
        .await
    }

    async fn query_invoice_stock(&self, _: &Ctx, items: Vec<InvoiceStockQuery>) -> Result<Vec<Outcome<InvoiceStock>>, Refusal> {
        self.acknowledge(items, |_| message!(1202, "reply")).await
    }

    async fn report_credit(&self, _: &Ctx, items: Vec<CreditReport>) -> Result<Vec<Outcome<CreditReply>>, Refusal> {
        self.acknowledge(items, |report| CreditReply { id: report.id }).await
    }

    async fn query_orders(&self, _: &Ctx, items: Vec<OrderQuery>) -> Result<Vec<Outcome<Vec<SettledOrder>>>, Refusal> {
        self.acknowledge(items, |_| vec![message!(1401, "reply")]).await
    }

    async fn upload_image(&self, _: &Ctx, _: ImageUpload, mut file: ImageStream<'_>) -> Result<(), Refusal> {
        let mut bytes = 0;
        while let Some(piece) = file.next().await? {
            bytes += piece.len();
        }
        self.0.fetch_add(1, Ordering::SeqCst);
        if bytes == 0 {
            return Err(Refusal::message("an empty image"));
        }
        Ok(())
    }
}

/// Calls every interface that Table 1 gives HTTPS.
pub async fn call(lot: &PartnerClient, tally: &mut Tally) {
    call_tcp(lot, tally).await;
    let query: LeaseQuery = message!(6009, "request");
    let plate = query.plate_no.clone();
    tally.add("6009", lot.query_lease(query).await, |reply| {
        reply.lease.plate_no_list.iter().any(|known| **known == *plate)
    });
    let extension: LeaseExtension = message!(6010, "request");
    let id = extension.lease.id.clone();
    tally.add("6010", lot.extend_lease(extension).await, |reply| reply.id == id);
    tally.add("8004", lot.store_car(message!(8004, "request")).await, |reply| {
        reply.remain_seconds == Some(120)
    });
    tally.add("8005", lot.fetch_car(message!(8005, "request")).await, |reply| {
        reply.remain_seconds == Some(120)
    });
    tally.served += 4;
}

/// Calls every interface that Table 1 gives TCP too.
pub async fn call_tcp(lot: &PartnerClient, tally: &mut Tally) {
    let update: ControlUpdate = message!(4001, "request");
    let id = update.black_white_gray_sheet.as_ref().map(|entry| entry.id.clone());
    tally.add("4001", lot.update_control(update).await, |reply| reply.id == id);
    let lock: SpaceLock = message!(6001, "request");
    let book_code = lock.book_code.clone();
    tally.add("6001", lot.lock_space(lock.clone()).await, |reply| {
        reply.book_code == book_code && reply.space_no.is_some()
    });
    let confirm = ReservationUpdate {
        book_code: lock.book_code,
        park_code: lock.park_code,
        confirmstate: ReservationChange::CONFIRM,
    };
    tally.add("6002", lot.update_reservation(confirm).await, |reply| reply.book_code == book_code);
    let lock: CarLock = message!(6003, "request");
    let expected = if lock.lock_flag == LockAction::LOCK {
        LockState::LOCKED
    } else {
        LockState::UNLOCKED
    };
    tally.add("6003", lot.lock_car(lock).await, |reply| reply.lockstate == expected);
    let share: SharedParking = message!(6004, "request");
    let id = share.id.clone();
    tally.add("6004", lot.share_parking(share).await, |reply| reply.id == id);
    let query: CarQuery = message!(6005, "request");
    let part = query.plate_no.clone();
    tally.add("6005", lot.find_cars(query).await, |cars| {
        !cars.is_empty() && cars.iter().all(|car| car.park_car_info.plate_no.contains(&*part))
    });
    tally.add("6006", lot.query_fee(message!(6006, "request")).await, |order| {
        order.receivables.value() - order.discount.value() >= order.paid_amount.value()
    });
    tally.add("6007", lot.notify_payment(message!(6007, "request")).await, |_| true);
    tally.add("6008", lot.notify_auto_pay(message!(6008, "request")).await, |_| true);
    let push: LotPush = message!(9001, "request");
    let park_code = push.park_code.clone();
    tally.add("9001", lot.publish_lot(push).await, |reply| reply.park_code == park_code);
    tally.served += 10;
}
