//! What the city platform answers its partners. Everything may come twice: things are kept under the id that the partner gave them.
use super::{Office, Paid, image_key};
use crate::store::Shelf;
use serde::{Serialize, de::DeserializeOwned};
use sztc_proto::*;

/// Keeps each entry under its key and answers it.
async fn keep<T, R>(shelf: &Shelf<T>, items: Vec<T>, key: impl Fn(&T) -> String, reply: impl Fn(&T) -> R) -> Result<Vec<Outcome<R>>, Refusal>
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

impl Office {
    /// A car came in. One that has to have a tag and shows none is told so (C.6).
    fn comes(&self, record: ParkingRecord) -> Outcome<EntryReply> {
        let id = record.id.clone();
        if let Some(car) = &record.park_car_info
            && !car.eid_equiped
            && let Some(kind) = self.0.key_vehicles.get(&car.plate_no)?
        {
            self.tells(&car.plate_no, format!("该车辆属于{kind}，应安装电子标识，入场记录显示未安装"))?;
        }
        self.0.stays.put(&id, record)?;
        Ok(EntryReply { id })
    }

    /// A car left: whether its entry was reported or not, that it left is so.
    fn goes(&self, record: ParkingRecord) -> Outcome<ExitReply> {
        let id = record.id.clone();
        self.0.stays.put(&id, record)?;
        Ok(ExitReply { id: Some(id) })
    }

    /// A report of a stay that is wrong is put right, if there is one.
    fn corrects(&self, record: ParkingRecord) -> Outcome<CorrectionReply> {
        let id = record.id.clone();
        let known = self.0.stays.change(&id, |stay| stay.as_mut().map(|stay| *stay = record))?;
        match known {
            Some(()) => Ok(CorrectionReply { id: Some(id) }),
            None => Err(Refusal::new(BusinessCode::NO_OBJECT, "停车记录不存在")),
        }
    }

    /// A space that was taken away has no state.
    fn sees_space(&self, report: SpaceStateReport) -> Outcome<SpaceStateReply> {
        let space_no = report.space_no.clone();
        if self.0.space_list.get(&space_no)?.is_some_and(|space| space.state == RecordState::DELETED) {
            return Err(Refusal::new(BusinessCode::NO_SPACE, "车位不存在"));
        }
        self.0.spaces.put(&space_no, report)?;
        Ok(SpaceStateReply { space_no })
    }

    fn pays(&self, payment: PaymentRecord) -> Outcome<PaymentRecordReply> {
        let id = payment.id.clone();
        let stay = self.0.stays.get(&payment.record_id)?;
        let stay = stay.ok_or_else(|| Refusal::new(BusinessCode::NO_OBJECT, "停车记录不存在"))?;
        let paid = Paid {
            payment,
            park_code: stay.park_code,
            space_no: stay.space_no,
            by_city: false,
        };
        self.0.payments.put(&id, paid)?;
        Ok(PaymentRecordReply { id })
    }

    fn gives_back(&self, refund: Refund) -> Outcome<RefundReply> {
        let id = refund.id.clone();
        let of_order = |paid: &Paid| paid.payment.order_no.as_ref() == Some(&refund.order_no);
        if !self.0.payments.all()?.iter().any(of_order) {
            return Err(Refusal::new(BusinessCode::NO_OBJECT, "订单不存在"));
        }
        self.0.refunds.put(&id, refund)?;
        Ok(RefundReply { id })
    }
}

impl CityService for Office {
    async fn report_event(&self, _: &Ctx, items: Vec<Event>) -> Result<Vec<Outcome<EventReply>>, Refusal> {
        keep(
            &self.0.events,
            items,
            |event| event.id.to_string(),
            |event| EventReply { id: event.id.clone() },
        )
        .await
    }

    async fn report_lot(&self, _: &Ctx, items: Vec<LotReport>) -> Result<Vec<Outcome<LotReply>>, Refusal> {
        let code = |report: &LotReport| report.park_info.park_code.clone();
        keep(
            &self.0.lots,
            items,
            |report| code(report).to_string(),
            |report| LotReply { park_code: code(report) },
        )
        .await
    }

    async fn report_gate(&self, _: &Ctx, items: Vec<GateReport>) -> Result<Vec<Outcome<GateReply>>, Refusal> {
        let id = |report: &GateReport| report.entrance_exit_info.id.clone();
        keep(
            &self.0.gates,
            items,
            |report| id(report).to_string(),
            |report| GateReply { id: id(report) },
        )
        .await
    }

    async fn report_device(&self, _: &Ctx, items: Vec<DeviceReport>) -> Result<Vec<Outcome<DeviceReply>>, Refusal> {
        let id = |report: &DeviceReport| report.equipment.id.clone();
        keep(
            &self.0.devices,
            items,
            |report| id(report).to_string(),
            |report| DeviceReply { id: id(report) },
        )
        .await
    }

    async fn report_space(&self, _: &Ctx, items: Vec<SpaceReport>) -> Result<Vec<Outcome<SpaceReply>>, Refusal> {
        let no = |report: &SpaceReport| report.space_info.space_no.clone();
        keep(
            &self.0.space_list,
            items,
            |report| no(report).to_string(),
            |report| SpaceReply { space_no: no(report) },
        )
        .await
    }

    async fn report_tariff(&self, _: &Ctx, items: Vec<Tariff>) -> Result<Vec<Outcome<TariffReply>>, Refusal> {
        let key = |tariff: &Tariff| format!("{} {}", tariff.park_code, tariff.permit_no);
        keep(&self.0.tariffs, items, key, |tariff| TariffReply {
            permit_no: tariff.permit_no.clone(),
        })
        .await
    }

    async fn report_space_state(&self, _: &Ctx, items: Vec<SpaceStateReport>) -> Result<Vec<Outcome<SpaceStateReply>>, Refusal> {
        each(items, async |report| self.sees_space(report)).await
    }

    async fn report_device_state(&self, _: &Ctx, items: Vec<DeviceStateReport>) -> Result<Vec<Outcome<DeviceStateReply>>, Refusal> {
        keep(
            &self.0.device_states,
            items,
            |report| report.id.to_string(),
            |report| DeviceStateReply { id: Some(report.id.clone()) },
        )
        .await
    }

    async fn report_vacancy(&self, _: &Ctx, items: Vec<Vacancy>) -> Result<Vec<Outcome<VacancyReply>>, Refusal> {
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

    async fn report_entry(&self, _: &Ctx, items: Vec<ParkingRecord>) -> Result<Vec<Outcome<EntryReply>>, Refusal> {
        each(items, async |record| self.comes(record)).await
    }

    async fn report_exit(&self, _: &Ctx, items: Vec<ParkingRecord>) -> Result<Vec<Outcome<ExitReply>>, Refusal> {
        each(items, async |record| self.goes(record)).await
    }

    async fn correct_record(&self, _: &Ctx, items: Vec<ParkingRecord>) -> Result<Vec<Outcome<CorrectionReply>>, Refusal> {
        each(items, async |record| self.corrects(record)).await
    }

    async fn request_payment(&self, _: &Ctx, items: Vec<ParkingOrder>) -> Result<Vec<Outcome<PaymentRequestReply>>, Refusal> {
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

    async fn report_payment(&self, _: &Ctx, items: Vec<PaymentRecord>) -> Result<Vec<Outcome<PaymentRecordReply>>, Refusal> {
        each(items, async |payment| self.pays(payment)).await
    }

    async fn report_refund(&self, _: &Ctx, items: Vec<Refund>) -> Result<Vec<Outcome<RefundReply>>, Refusal> {
        each(items, async |refund| self.gives_back(refund)).await
    }

    async fn query_auto_pay(&self, _: &Ctx, items: Vec<AutoPayQuery>) -> Result<Vec<Outcome<AutoPayReply>>, Refusal> {
        each(items, async |query| {
            let signed = self.0.signed.get(&query.plate_no)?.is_some();
            Ok(AutoPayReply {
                state: if signed {
                    AutoPaySupport::SUPPORTED
                } else {
                    AutoPaySupport::UNSUPPORTED
                },
            })
        })
        .await
    }

    async fn report_gate_state(&self, _: &Ctx, items: Vec<GateStateReport>) -> Result<Vec<Outcome<GateStateReply>>, Refusal> {
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

    async fn report_lease(&self, _: &Ctx, items: Vec<LeaseReport>) -> Result<Vec<Outcome<LeaseReportReply>>, Refusal> {
        let id = |report: &LeaseReport| report.lease.id.clone();
        keep(
            &self.0.leases,
            items,
            |report| id(report).to_string(),
            |report| LeaseReportReply { id: id(report) },
        )
        .await
    }

    async fn report_garage(&self, _: &Ctx, items: Vec<GarageReport>) -> Result<Vec<Outcome<GarageReply>>, Refusal> {
        let id = |report: &GarageReport| report.garage_info.id.clone();
        keep(
            &self.0.garages,
            items,
            |report| id(report).to_string(),
            |report| GarageReply { id: id(report) },
        )
        .await
    }

    async fn report_garage_state(&self, _: &Ctx, items: Vec<GarageStateReport>) -> Result<Vec<Outcome<GarageStateReply>>, Refusal> {
        let code = |report: &GarageStateReport| report.garage_code.to_string();
        keep(&self.0.garage_states, items, code, |_| GarageStateReply::default()).await
    }

    async fn report_garage_vacancy(&self, _: &Ctx, items: Vec<GarageVacancy>) -> Result<Vec<Outcome<GarageVacancyReply>>, Refusal> {
        let code = |vacancy: &GarageVacancy| vacancy.park_code.to_string();
        keep(&self.0.garage_vacancies, items, code, |_| GarageVacancyReply::default()).await
    }

    async fn issue_invoice(&self, _: &Ctx, items: Vec<Invoice>) -> Result<Vec<Outcome<InvoiceReply>>, Refusal> {
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

    async fn query_invoice_stock(&self, _: &Ctx, items: Vec<InvoiceStockQuery>) -> Result<Vec<Outcome<InvoiceStock>>, Refusal> {
        each(items, async |_| Ok(crate::message!(1202, "reply"))).await
    }

    async fn report_credit(&self, _: &Ctx, items: Vec<CreditReport>) -> Result<Vec<Outcome<CreditReply>>, Refusal> {
        keep(
            &self.0.credits,
            items,
            |report| report.id.to_string(),
            |report| CreditReply { id: report.id.clone() },
        )
        .await
    }

    async fn query_orders(&self, _: &Ctx, items: Vec<OrderQuery>) -> Result<Vec<Outcome<Vec<SettledOrder>>>, Refusal> {
        each(items, async |query| Ok(self.settled(&query)?)).await
    }

    async fn logged_in(&self, _: &Ctx, login: &Login) -> Result<(), Refusal> {
        self.0.logins.change(&login.user_id, |logins| *logins = Some(logins.unwrap_or(0) + 1))?;
        if let Some(address) = &login.callback_server {
            self.0.callbacks.put(&login.user_id, address.to_string())?;
        }
        Ok(())
    }

    async fn upload_image(&self, _: &Ctx, image: ImageUpload, mut file: ImageStream<'_>) -> Result<(), Refusal> {
        let path: DestPath = image
            .dest_path
            .parse()
            .map_err(|problem: Violation| Refusal::message(problem.to_string()))?;
        let mut bytes = 0;
        while let Some(piece) = file.next().await? {
            bytes += piece.len();
        }
        if bytes == 0 {
            return Err(Refusal::message("图片为空"));
        }
        self.0.images.put(&image_key(&path.record_id, image.image_biz_type), bytes)?;
        Ok(())
    }
}
