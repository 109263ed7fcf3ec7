//! The parking system: reports up, and serves what comes down.
use crate::show::Tally;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};
use sztc_proto::*;

/// A message of the parking system's day, as its database would give it.
macro_rules! message {
    ($code:literal, $side:literal) => {
        crate::lot::read_message(include_str!(concat!(
            "../../../../sztc-proto/fixtures/samples/",
            $code,
            ".",
            $side,
            ".json"
        )))
    };
}
pub(crate) use message;

/// Reads a message that is compiled in.
pub fn read_message<T: Model>(text: &str) -> T {
    decode(text, &Dialect::strict().read).expect("the samples conform to the document").0
}

/// The parking system's service, with the state that its answers depend on.
#[derive(Clone, Default)]
pub struct Lot(Arc<State>);

#[derive(Default)]
struct State {
    served: AtomicUsize,
    reservations: Mutex<HashMap<String, Reservation>>,
}

impl Lot {
    /// How many entries it served.
    pub fn served(&self) -> usize {
        self.0.served.load(Ordering::SeqCst)
    }

    async fn answer<T, R>(&self, items: Vec<T>, answer: impl Fn(T) -> Outcome<R>) -> Result<Vec<Outcome<R>>, Refusal> {
        self.0.served.fetch_add(items.len(), Ordering::SeqCst);
        each(items, async |item| answer(item)).await
    }
}

impl PartnerService for Lot {
    async fn update_control(&self, _: &Ctx, items: Vec<ControlUpdate>) -> Result<Vec<Outcome<ControlUpdateReply>>, Refusal> {
        self.answer(items, |update| {
            Ok(ControlUpdateReply {
                id: update.black_white_gray_sheet.map(|entry| entry.id),
            })
        })
        .await
    }

    async fn lock_space(&self, _: &Ctx, items: Vec<SpaceLock>) -> Result<Vec<Outcome<SpaceLockReply>>, Refusal> {
        self.answer(items, |lock| {
            let mut reservations = self.0.reservations.lock().unwrap_or_else(PoisonError::into_inner);
            reservations.insert(lock.book_code.to_string(), Reservation::from(&lock));
            Ok(SpaceLockReply {
                space_no: Some("4403040010010100001000B1A108".into()),
                reservable_space: Some(14),
                ..SpaceLockReply::new(lock.book_code.as_str())
            })
        })
        .await
    }

    async fn update_reservation(&self, _: &Ctx, items: Vec<ReservationUpdate>) -> Result<Vec<Outcome<ReservationUpdateReply>>, Refusal> {
        self.answer(items, |update| {
            let mut reservations = self.0.reservations.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(reservation) = reservations.get_mut(update.book_code.as_str()) else {
                return Err(Refusal::new(BusinessCode::NO_RESERVATION, "预约订单不存在"));
            };
            // The city's day is that of the messages: one second after the reservation begins.
            let now = Timestamp::from_seconds(reservation.begins_at().timestamp().seconds() + 1).date_time();
            reservation
                .update(update.confirmstate, now)
                .map_err(|problem| Refusal::new(problem.code(), problem.to_string()))?;
            Ok(ReservationUpdateReply { book_code: update.book_code })
        })
        .await
    }

    async fn lock_car(&self, _: &Ctx, items: Vec<CarLock>) -> Result<Vec<Outcome<CarLockReply>>, Refusal> {
        self.answer(items, |lock| {
            let lockstate = if lock.lock_flag == LockAction::LOCK {
                LockState::LOCKED
            } else {
                LockState::UNLOCKED
            };
            Ok(CarLockReply { id: lock.id, lockstate })
        })
        .await
    }

    async fn share_parking(&self, _: &Ctx, items: Vec<SharedParking>) -> Result<Vec<Outcome<SharedParkingReply>>, Refusal> {
        self.answer(items, |share| Ok(SharedParkingReply { id: share.id })).await
    }

    async fn find_cars(&self, _: &Ctx, items: Vec<CarQuery>) -> Result<Vec<Outcome<Vec<ParkedCar>>>, Refusal> {
        let inside: Vec<ParkedCar> = vec![message!(6005, "reply")];
        self.answer(items, |query| {
            let matches = |car: &&ParkedCar| car.park_car_info.plate_no.contains(&*query.plate_no);
            Ok(inside.iter().filter(matches).cloned().collect())
        })
        .await
    }

    async fn query_fee(&self, _: &Ctx, items: Vec<FeeQuery>) -> Result<Vec<Outcome<ParkingOrder>>, Refusal> {
        self.answer(items, |query| {
            let order: ParkingOrder = message!(6006, "reply");
            Ok(ParkingOrder {
                plate_no: query.plate_no,
                ..order
            })
        })
        .await
    }

    async fn notify_payment(&self, _: &Ctx, items: Vec<PaymentNotice>) -> Result<Vec<Outcome<Nothing>>, Refusal> {
        self.answer(items, |_| Ok(Nothing {})).await
    }

    async fn notify_auto_pay(&self, _: &Ctx, items: Vec<AutoPayNotice>) -> Result<Vec<Outcome<Nothing>>, Refusal> {
        self.answer(items, |_| Ok(Nothing {})).await
    }

    async fn query_lease(&self, _: &Ctx, items: Vec<LeaseQuery>) -> Result<Vec<Outcome<LeaseQueryReply>>, Refusal> {
        self.answer(items, |query| {
            let mut reply: LeaseQueryReply = message!(6009, "reply");
            reply.lease.plate_no_list = vec![query.plate_no.into_string().into()];
            Ok(reply)
        })
        .await
    }

    async fn extend_lease(&self, _: &Ctx, items: Vec<LeaseExtension>) -> Result<Vec<Outcome<LeaseExtensionReply>>, Refusal> {
        self.answer(items, |extension| Ok(LeaseExtensionReply { id: extension.lease.id })).await
    }

    async fn store_car(&self, _: &Ctx, items: Vec<CarStore>) -> Result<Vec<Outcome<CarStoreReply>>, Refusal> {
        self.answer(items, |_| Ok(CarStoreReply { remain_seconds: Some(120) })).await
    }

    async fn fetch_car(&self, _: &Ctx, items: Vec<CarFetch>) -> Result<Vec<Outcome<CarFetchReply>>, Refusal> {
        self.answer(items, |_| Ok(CarFetchReply { remain_seconds: Some(120) })).await
    }

    async fn publish_lot(&self, _: &Ctx, items: Vec<LotPush>) -> Result<Vec<Outcome<LotPushReply>>, Refusal> {
        self.answer(items, |push| Ok(LotPushReply { park_code: push.park_code })).await
    }
}

/// Reports through every upward interface, one entry each, and expects its key back; then a batch.
pub async fn report(city: &CityClient, tally: &mut Tally) {
    macro_rules! send {
        ($($method:ident $code:literal: $request:ident |$sent:pat_param, $reply:ident| $matches:expr;)*) => {$({
            let request: $request = message!($code, "request");
            tally.served += 1;
            tally.add(concat!($code, " ", stringify!($method)), city.$method(request.clone()).await, |$reply| {
                let $sent = request;
                $matches
            });
        })*};
    }
    send! {
        report_event 2002: Event |sent, reply| reply.id == sent.id;
        report_lot 3001: LotReport |sent, reply| reply.park_code == sent.park_info.park_code;
        report_gate 3002: GateReport |sent, reply| reply.id == sent.entrance_exit_info.id;
        report_device 3003: DeviceReport |sent, reply| reply.id == sent.equipment.id;
        report_space 3004: SpaceReport |sent, reply| reply.space_no == sent.space_info.space_no;
        report_tariff 3005: Tariff |sent, reply| reply.permit_no == sent.permit_no;
        report_space_state 5001: SpaceStateReport |sent, reply| reply.space_no == sent.space_no;
        report_device_state 5002: DeviceStateReport |sent, reply| reply.id == Some(sent.id);
        report_vacancy 5003: Vacancy |sent, reply| reply.park_code == Some(sent.park_code);
        report_entry 5004: ParkingRecord |sent, reply| reply.id == sent.id;
        report_exit 5005: ParkingRecord |sent, reply| reply.id == Some(sent.id);
        correct_record 5006: ParkingRecord |sent, reply| reply.id == Some(sent.id);
        request_payment 5007: ParkingOrder |sent, reply| reply.order_no == sent.order_no;
        report_payment 5008: PaymentRecord |sent, reply| reply.id == sent.id;
        report_refund 5009: Refund |sent, reply| reply.id == sent.id;
        query_auto_pay 5010: AutoPayQuery |_, reply| reply.state == AutoPaySupport::SUPPORTED;
        report_gate_state 5011: GateStateReport |sent, reply| reply.entrance_id == sent.entrance_id;
        report_lease 5012: LeaseReport |sent, reply| reply.id == sent.lease.id;
        report_garage 8001: GarageReport |sent, reply| reply.id == sent.garage_info.id;
        report_garage_state 8002: GarageStateReport |_, reply| reply.result_para.is_none();
        report_garage_vacancy 8003: GarageVacancy |_, reply| reply.result_para.is_none();
        issue_invoice 1201: Invoice |sent, reply| reply.request_no == sent.request_no;
        query_invoice_stock 1202: InvoiceStockQuery |_, reply| reply.count > 0;
        report_credit 1301: CreditReport |sent, reply| reply.id == sent.id;
        query_orders 1401: OrderQuery |_, reply| reply.len() == 1;
    }

    let first: SpaceStateReport = message!(5001, "request");
    let batch: Vec<SpaceStateReport> = (0..20)
        .map(|number| SpaceStateReport {
            space_no: format!("4403040010010100001000B1A1{number:02}").into(),
            ..first.clone()
        })
        .collect();
    tally.served += batch.len();
    tally.add("5001 report_space_states", city.report_space_states(&batch).await, |outcomes| {
        outcomes.len() == batch.len() && outcomes.iter().all(Result::is_ok)
    });
}

/// Uploads a picture, piece by piece.
pub async fn upload(city: &CityHttp, tally: &mut Tally) {
    let path = DestPath {
        date: "2023-03-01".parse().expect("a date"),
        park_code: "44030400100101000010".into(),
        garage_code: None,
        record_id: "581fba5ae28431e275ea3aa4f676fc68".into(),
    };
    let now = Timestamp::at(SystemTime::now());
    let image = ImageUpload {
        file_name: "entry.jpg".into(),
        image_biz_type: ImageKind(1),
        dest_path: path.to_string().into(),
        timestamp: now,
        pick_time: now,
    };
    let file = ImageBody::memory(vec![0x5A; 300_000]);
    tally.served += 1;
    tally.add("2001 upload_image", city.upload_image(&image, &file).await, |()| true);
}
