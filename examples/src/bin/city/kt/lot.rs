//! The lot's own system: who is inside, what that costs, the booth, the barrier.
use kt_proto::*;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The lot's code.
pub const PARK: &str = "1";

/// What a begun minute costs.
pub const FEN_A_MINUTE: i64 = 7;

/// The lot's service for third parties, with the state that its answers depend on.
#[derive(Clone, Default)]
pub struct Lot(Arc<State>);

#[derive(Default)]
struct State {
    served: AtomicUsize,
    cars: Mutex<BTreeMap<AnyText, Car>>,
    till: Mutex<Vec<Fen>>,
}

/// A car that is inside or was.
struct Car {
    came: DateTime,
    /// When it stood at the exit.
    leaves: DateTime,
    /// What third parties took off its time.
    free: Seconds,
    paid_before: Fen,
    paid_here: Fen,
    /// The bills that were asked for: number, and what was to be paid.
    bills: Vec<(AnyText, Fen)>,
    out: bool,
}

impl Car {
    fn new(came: DateTime) -> Self {
        Self {
            came,
            leaves: came,
            free: Seconds(0),
            paid_before: Fen(0),
            paid_here: Fen(0),
            bills: Vec::new(),
            out: false,
        }
    }

    fn inside(&self) -> Seconds {
        Seconds(self.leaves.timestamp().seconds() - self.came.timestamp().seconds())
    }

    fn due(&self) -> Fen {
        Fen(price(self.inside().0 - self.free.0) - self.paid_before.0 - self.paid_here.0)
    }

    /// What the free time is worth.
    fn given(&self) -> Fen {
        Fen(price(self.inside().0) - price(self.inside().0 - self.free.0))
    }
}

fn price(seconds: i64) -> i64 {
    FEN_A_MINUTE * (seconds.max(0) + 59).div_euclid(60)
}

impl Lot {
    /// How many requests it answered.
    pub fn served(&self) -> usize {
        self.0.served.load(Ordering::SeqCst)
    }

    /// A car comes in; what to report of it.
    pub fn enters(&self, plate: &str, came: DateTime) -> EntryReport {
        self.cars().insert(plate.into(), Car::new(came));
        EntryReport::new(PARK, plate, came, "入口1")
    }

    /// It stands at the exit; what it has to pay.
    pub fn drives_up(&self, plate: &str, leaves: DateTime) -> Fen {
        let mut cars = self.cars();
        cars.get_mut(plate).map_or(Fen(0), |car| {
            car.leaves = leaves;
            car.due()
        })
    }

    /// The driver pays at the booth.
    pub fn collects(&self, plate: &str, fen: Fen) {
        if let Some(car) = self.cars().get_mut(plate) {
            car.paid_here = fen;
            self.0.till.lock().unwrap_or_else(PoisonError::into_inner).push(fen);
        }
    }

    /// What the booth took in.
    pub fn till(&self) -> Vec<Fen> {
        self.0.till.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens the barrier for a car whose fee is paid (费用缴清开闸放行), and says what to report of its exit. `None`: it stays closed.
    pub fn opens(&self, plate: &str) -> Option<ExitReport> {
        let mut cars = self.cars();
        let car = cars.get_mut(plate).filter(|car| !car.out && car.due() == Fen(0))?;
        car.out = true;
        let given = Some(car.given()).filter(|given| given.0 > 0);
        Some(ExitReport {
            park_code: PARK.into(),
            plate_no: plate.into(),
            card_no: None,
            entry_time: car.came.into(),
            leave_time: car.leaves.into(),
            pre_money: car.paid_before,
            pay_money: car.paid_here,
            pay_type: if car.paid_here.0 > 0 {
                ExitPayType::CASH
            } else {
                ExitPayType::THIRD_PARTY_WECHAT
            },
            ticket_money: None,
            ticket_time: None,
            free_money: given,
            car_type: CarType::VISITOR,
            leave_place: "出口1".into(),
            img_name: None,
        })
    }

    /// How many cars it let out.
    pub fn released(&self) -> usize {
        self.cars().values().filter(|car| car.out).count()
    }

    fn cars(&self) -> MutexGuard<'_, BTreeMap<AnyText, Car>> {
        self.0.cars.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) {
        self.0.served.fetch_add(1, Ordering::SeqCst);
    }
}

fn not_inside() -> Refusal {
    refuse("车辆不在场")
}

impl LotService for Lot {
    async fn query_bill(&self, _: &Ctx, query: BillQuery) -> Outcome<Bill> {
        self.count();
        let plate = query.plate_no.ok_or_else(|| refuse("只支持车牌查询"))?;
        let mut cars = self.cars();
        let car = cars.get_mut(&plate).filter(|car| !car.out).ok_or_else(not_inside)?;
        let order_no = AnyText::from(format!("{PARK}-{plate}-{}", car.bills.len() + 1));
        car.bills.push((order_no.clone(), car.due()));
        Ok(Bill {
            order_no,
            plate_no: Some(plate),
            card_no: None,
            entry_time: Some(car.came),
            pay_time: Some(car.leaves),
            elapsed_time: Some(Minutes(car.inside().0 / 60)),
            img_name: None,
            payable: car.due(),
            delay_time: None,
            total_fee: None,
            payed_fee: None,
            out_time: Some(car.leaves),
        })
    }

    async fn relieve_fee(&self, _: &Ctx, relief: ParkingRelief) -> Outcome<ParkingReliefReply> {
        self.count();
        let (Some(plate), Some(time), None) = (relief.plate_no, relief.free_time, relief.free_money) else {
            return Err(refuse("只支持按车牌减免时长"));
        };
        let mut cars = self.cars();
        let car = cars.get_mut(&plate).filter(|car| !car.out).ok_or_else(not_inside)?;
        car.free.0 += time.0;
        Ok(ParkingReliefReply::default())
    }

    async fn pay_bill(&self, _: &Ctx, payment: BillPayment) -> Outcome<BillPaymentReply> {
        self.count();
        let mut cars = self.cars();
        // A bill that is not the last is too old.
        let asked = |car: &&mut Car| car.bills.last() == Some(&(payment.order_no.clone(), payment.amount));
        let car = cars.values_mut().find(asked).ok_or_else(|| refuse("订单不存在或金额不符"))?;
        // The same payment may come again.
        if car.due() != Fen(0) {
            car.paid_before.0 += payment.amount.0;
        }
        Ok(BillPaymentReply {
            parking_time: Some(Minutes(car.inside().0 / 60)),
        })
    }
}
