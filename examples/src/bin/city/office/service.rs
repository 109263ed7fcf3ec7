//! What the city platform answers its partners. Everything may come twice: things are kept under
//! the id that the partner gave them.
use super::Office;
use crate::store::Shelf;
use serde::{Serialize, de::DeserializeOwned};
use sztc_proto::{
    CityService, Ctx, ImageStream, Outcome, Refusal, each,
    model::{
        AutoPayQuery, AutoPayReply, CorrectionReply, CreditReply, CreditReport, DeviceReply,
        DeviceReport, DeviceStateReply, DeviceStateReport, EntryReply, Event, EventReply,
        ExitReply, GarageReply, GarageReport, GarageStateReply, GarageStateReport, GarageVacancy,
        GarageVacancyReply, GateReply, GateReport, GateStateReply, GateStateReport, ImageUpload,
        Invoice, InvoiceReply, InvoiceStock, InvoiceStockQuery, LeaseReport, LeaseReportReply,
        Login, LotReply, LotReport, OrderQuery, ParkingOrder, ParkingRecord, PaymentRecord,
        PaymentRecordReply, PaymentRequestReply, Refund, RefundReply, SettledOrder, SpaceReply,
        SpaceReport, SpaceStateReply, SpaceStateReport, Tariff, TariffReply, Vacancy, VacancyReply,
    },
};

/// Keeps each entry under its key and answers it.
async fn keep<T, R>(
    shelf: &Shelf<T>,
    items: Vec<T>,
    key: impl Fn(&T) -> String,
    reply: impl Fn(&T) -> R,
) -> Result<Vec<Outcome<R>>, Refusal>
where
    T: Serialize + DeserializeOwned,
{
    each(items, async |item| {
        let (key, reply) = (key(&item), reply(&item));
        shelf.put(&key, item)?;
        Ok(reply)
    })
    .await
}

impl CityService for Office {
    async fn report_event(
        &self,
        _: &Ctx,
        items: Vec<Event>,
    ) -> Result<Vec<Outcome<EventReply>>, Refusal> {
        keep(
            &self.0.events,
            items,
            |event| event.id.to_string(),
            |event| EventReply {
                id: event.id.clone(),
            },
        )
        .await
    }

    async fn report_lot(
        &self,
        _: &Ctx,
        items: Vec<LotReport>,
    ) -> Result<Vec<Outcome<LotReply>>, Refusal> {
        let code = |report: &LotReport| report.park_info.park_code.clone();
        keep(
            &self.0.lots,
            items,
            |report| code(report).to_string(),
            |report| LotReply {
                park_code: code(report),
            },
        )
        .await
    }

    async fn report_gate(
        &self,
        _: &Ctx,
        items: Vec<GateReport>,
    ) -> Result<Vec<Outcome<GateReply>>, Refusal> {
        let id = |report: &GateReport| report.entrance_exit_info.id.clone();
        keep(
            &self.0.gates,
            items,
            |report| id(report).to_string(),
            |report| GateReply { id: id(report) },
        )
        .await
    }

    async fn report_device(
        &self,
        _: &Ctx,
        items: Vec<DeviceReport>,
    ) -> Result<Vec<Outcome<DeviceReply>>, Refusal> {
        let id = |report: &DeviceReport| report.equipment.id.clone();
        keep(
            &self.0.devices,
            items,
            |report| id(report).to_string(),
            |report| DeviceReply { id: id(report) },
        )
        .await
    }

    async fn report_space(
        &self,
        _: &Ctx,
        items: Vec<SpaceReport>,
    ) -> Result<Vec<Outcome<SpaceReply>>, Refusal> {
        let no = |report: &SpaceReport| report.space_info.space_no.clone();
        keep(
            &self.0.space_list,
            items,
            |report| no(report).to_string(),
            |report| SpaceReply {
                space_no: no(report),
            },
        )
        .await
    }

    async fn report_tariff(
        &self,
        _: &Ctx,
        items: Vec<Tariff>,
    ) -> Result<Vec<Outcome<TariffReply>>, Refusal> {
        let key = |tariff: &Tariff| format!("{} {}", tariff.park_code, tariff.permit_no);
        keep(&self.0.tariffs, items, key, |tariff| TariffReply {
            permit_no: tariff.permit_no.clone(),
        })
        .await
    }

    async fn report_space_state(
        &self,
        _: &Ctx,
        items: Vec<SpaceStateReport>,
    ) -> Result<Vec<Outcome<SpaceStateReply>>, Refusal> {
        each(items, async |report| self.sees_space(report)).await
    }

    async fn report_device_state(
        &self,
        _: &Ctx,
        items: Vec<DeviceStateReport>,
    ) -> Result<Vec<Outcome<DeviceStateReply>>, Refusal> {
        keep(
            &self.0.device_states,
            items,
            |report| report.id.to_string(),
            |report| DeviceStateReply {
                id: Some(report.id.clone()),
            },
        )
        .await
    }

    async fn report_vacancy(
        &self,
        _: &Ctx,
        items: Vec<Vacancy>,
    ) -> Result<Vec<Outcome<VacancyReply>>, Refusal> {
        keep(
            &self.0.vacancies,
            items,
            |vacancy| vacancy.park_code.to_string(),
            |vacancy| VacancyReply {
                park_code: Some(vacancy.park_code.clone()),
            },
        )
        .await
    }

    async fn report_entry(
        &self,
        _: &Ctx,
        items: Vec<ParkingRecord>,
    ) -> Result<Vec<Outcome<EntryReply>>, Refusal> {
        each(items, async |record| self.comes(record)).await
    }

    async fn report_exit(
        &self,
        _: &Ctx,
        items: Vec<ParkingRecord>,
    ) -> Result<Vec<Outcome<ExitReply>>, Refusal> {
        each(items, async |record| self.goes(record)).await
    }

    async fn correct_record(
        &self,
        _: &Ctx,
        items: Vec<ParkingRecord>,
    ) -> Result<Vec<Outcome<CorrectionReply>>, Refusal> {
        each(items, async |record| self.corrects(record)).await
    }

    async fn request_payment(
        &self,
        _: &Ctx,
        items: Vec<ParkingOrder>,
    ) -> Result<Vec<Outcome<PaymentRequestReply>>, Refusal> {
        keep(
            &self.0.orders,
            items,
            |order| order.order_no.to_string(),
            |order| PaymentRequestReply {
                order_no: order.order_no.clone(),
            },
        )
        .await
    }

    async fn report_payment(
        &self,
        _: &Ctx,
        items: Vec<PaymentRecord>,
    ) -> Result<Vec<Outcome<PaymentRecordReply>>, Refusal> {
        each(items, async |payment| self.pays(payment)).await
    }

    async fn report_refund(
        &self,
        _: &Ctx,
        items: Vec<Refund>,
    ) -> Result<Vec<Outcome<RefundReply>>, Refusal> {
        each(items, async |refund| self.gives_back(refund)).await
    }

    async fn query_auto_pay(
        &self,
        _: &Ctx,
        items: Vec<AutoPayQuery>,
    ) -> Result<Vec<Outcome<AutoPayReply>>, Refusal> {
        each(items, async |query| self.supports(&query)).await
    }

    async fn report_gate_state(
        &self,
        _: &Ctx,
        items: Vec<GateStateReport>,
    ) -> Result<Vec<Outcome<GateStateReply>>, Refusal> {
        keep(
            &self.0.gate_states,
            items,
            |report| report.entrance_id.to_string(),
            |report| GateStateReply {
                park_code: report.park_code.to_string().into(),
                entrance_id: report.entrance_id.clone(),
            },
        )
        .await
    }

    async fn report_lease(
        &self,
        _: &Ctx,
        items: Vec<LeaseReport>,
    ) -> Result<Vec<Outcome<LeaseReportReply>>, Refusal> {
        let id = |report: &LeaseReport| report.lease.id.clone();
        keep(
            &self.0.leases,
            items,
            |report| id(report).to_string(),
            |report| LeaseReportReply { id: id(report) },
        )
        .await
    }

    async fn report_garage(
        &self,
        _: &Ctx,
        items: Vec<GarageReport>,
    ) -> Result<Vec<Outcome<GarageReply>>, Refusal> {
        let id = |report: &GarageReport| report.garage_info.id.clone();
        keep(
            &self.0.garages,
            items,
            |report| id(report).to_string(),
            |report| GarageReply { id: id(report) },
        )
        .await
    }

    async fn report_garage_state(
        &self,
        _: &Ctx,
        items: Vec<GarageStateReport>,
    ) -> Result<Vec<Outcome<GarageStateReply>>, Refusal> {
        let code = |report: &GarageStateReport| report.garage_code.to_string();
        keep(&self.0.garage_states, items, code, |_| {
            GarageStateReply::default()
        })
        .await
    }

    async fn report_garage_vacancy(
        &self,
        _: &Ctx,
        items: Vec<GarageVacancy>,
    ) -> Result<Vec<Outcome<GarageVacancyReply>>, Refusal> {
        let code = |vacancy: &GarageVacancy| vacancy.park_code.to_string();
        keep(&self.0.garage_vacancies, items, code, |_| {
            GarageVacancyReply::default()
        })
        .await
    }

    async fn issue_invoice(
        &self,
        _: &Ctx,
        items: Vec<Invoice>,
    ) -> Result<Vec<Outcome<InvoiceReply>>, Refusal> {
        // The number, the code and the print come from the tax office's device.
        let issued: InvoiceReply = crate::message!(1201, "reply");
        keep(
            &self.0.invoices,
            items,
            |invoice| invoice.request_no.to_string(),
            |invoice| InvoiceReply {
                request_no: invoice.request_no.clone(),
                ..issued.clone()
            },
        )
        .await
    }

    async fn query_invoice_stock(
        &self,
        _: &Ctx,
        items: Vec<InvoiceStockQuery>,
    ) -> Result<Vec<Outcome<InvoiceStock>>, Refusal> {
        each(items, async |_| Ok(crate::message!(1202, "reply"))).await
    }

    async fn report_credit(
        &self,
        _: &Ctx,
        items: Vec<CreditReport>,
    ) -> Result<Vec<Outcome<CreditReply>>, Refusal> {
        keep(
            &self.0.credits,
            items,
            |report| report.id.to_string(),
            |report| CreditReply {
                id: report.id.clone(),
            },
        )
        .await
    }

    async fn query_orders(
        &self,
        _: &Ctx,
        items: Vec<OrderQuery>,
    ) -> Result<Vec<Outcome<Vec<SettledOrder>>>, Refusal> {
        each(items, async |query| Ok(self.settled(&query)?)).await
    }

    async fn logged_in(&self, _: &Ctx, login: &Login) -> Result<(), Refusal> {
        self.welcomes(login)
    }

    async fn upload_image(
        &self,
        _: &Ctx,
        image: ImageUpload,
        file: ImageStream<'_>,
    ) -> Result<(), Refusal> {
        self.measures(&image, file).await
    }
}
