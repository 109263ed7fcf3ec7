//! A car charges twice at once while it is parked in the KT lot: Star Charge tells the lot's operator, who settles the stay, has the KT lot take the
//! discount off its bill, and reports back what each order brought.
pub mod star;

use crate::{
    books::Account,
    kt,
    relay::{Loss, Relay},
    show::Tally,
    sites::open_http,
};
use anyhow::Result;
use star::Star;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use xingxing_park::{rust_decimal::Decimal, *};

const PLATE: &str = "苏DR3005";
/// The KT lot, as Star Charge calls it.
const PARK: &str = "3100000092";
/// The lot's operator, as Star Charge calls it.
const OPERATOR: &str = "lot-operator-7";
/// What both sides agreed on; the document has no authentication.
const TOKEN: &str = "agreed with Star Charge";
/// How long Star Charge waits for an answer that does not come.
const PATIENCE: Duration = Duration::from_secs(1);

/// The interfaces that have to cross in the day.
const CROSSES: &[&str] = &[
    "notification_parking_charge_result",
    "query_parking_charge_result",
    "query_parking_discount_result",
];

/// The two sides, and the clients of each.
pub struct Roads {
    star: Star,
    desk: Desk,
    checkout: Checkout,
    to_parking: ParkingClient,
    /// Between Star Charge and the operator.
    line: Relay,
}

/// The operator's service: its ledger, counting.
#[derive(Clone, Default)]
struct Desk {
    ledger: Ledger,
    served: Arc<AtomicUsize>,
}

impl ParkingService for Desk {
    async fn notification_parking_charge_result(&self, cx: &Ctx, result: ParkChargeResult) -> Outcome<Receipt> {
        self.served.fetch_add(1, Ordering::SeqCst);
        self.ledger.notification_parking_charge_result(cx, result).await
    }
}

impl Roads {
    /// Opens both on free ports of this machine, over plain http as the document has it.
    pub async fn open() -> Result<Self> {
        let (star, desk) = (Star::default(), Desk::default());
        let charging = open_http(ChargingRouter::new(star.clone(), Verifier::token(TOKEN)).into_router()).await?;
        let parking = open_http(ParkingRouter::new(desk.clone(), Verifier::token(TOKEN)).into_router()).await?;
        let line = Relay::open(parking).await?;
        let peer = |port| PeerHttp::builder(format!("http://localhost:{port}/parking")).token(TOKEN).build();
        let rule = DiscountRule::WhileCharging { grace_minutes: 15 };
        Ok(Self {
            checkout: Checkout::new(desk.ledger.clone(), peer(charging)?.charging(), OPERATOR, rule),
            to_parking: peer(line.port)?.parking(),
            star,
            desk,
            line,
        })
    }

    /// One stay in the KT lot: two orders, one end that is never told, the exit.
    pub async fn day(&self, kt: &kt::Roads, tally: &mut Tally) -> Account {
        let stay = Stay::new(PLATE, at("08:00:00"), at("11:10:00")).park(PARK);
        kt.enters(tally, PLATE, stay.entry).await;
        let (first, second) = (order("A1", "08:10:00", "08:50:00"), order("B2", "08:30:00", "09:20:00"));
        for order in [&first, &second] {
            self.tell(tally, began(order)).await;
        }
        self.tell(tally, first.clone()).await;
        // Star Charge does not try again: that is what the compensation query is for.
        self.line.lose(Loss::Request);
        let end = self.star.becomes(second.clone());
        let hasty = self.to_parking.with(|options| {
            options.deadline = PATIENCE;
            options.retry = RetryPolicy::off();
        });
        let told = hasty.notification_parking_charge_result(&end).await;
        tally.lost("the end of B2", told.err().map(|error| error.kind()));
        let due = self.desk.ledger.due(&stay).await;
        tally.check("the end of B2 is not known", due.is_ok_and(|due| due == [second.order_id.clone()]));

        let settlement = self.exit(kt, tally, &stay).await;
        let charged = settlement.as_ref().map_or(0, minutes);
        let both = (duration(&first) + duration(&second)) / 60;
        tally.check("what overlaps counts once", charged == 70 && charged < both);
        let discounts: Vec<String> = self.star.reports().iter().map(|report| report.discount_money.to_string()).collect();
        Account {
            proto: "xingxing",
            interfaces: ENDPOINTS.len(),
            crosses: CROSSES,
            served: self.star.served() + self.desk.served.load(Ordering::SeqCst),
            lost: (self.line.lost(Loss::Request), self.line.lost(Loss::Reply)),
            story: format!(
                "{charged} minutes charged in two orders of {both}, discounts reported {} = {} yuan",
                discounts.join(" + "),
                self.reported()
            ),
        }
    }

    /// Star Charge tells how an order stands (4.1).
    async fn tell(&self, tally: &mut Tally, order: ParkChargeResult) {
        let order = self.star.becomes(order);
        tally.served += 1;
        let receipt = self.to_parking.notification_parking_charge_result(&order).await;
        tally.add("notification_parking_charge_result", receipt, |receipt| receipt.is_accepted());
    }

    /// The car stands at the exit: the operator settles its charging (4.2), takes the minutes off the KT lot's bill, has the rest paid, and reports to
    /// Star Charge what each order brought (4.3).
    async fn exit(&self, kt: &kt::Roads, tally: &mut Tally, stay: &Stay) -> Option<Settlement> {
        let whole = kt.lot.drives_up(PLATE, stay.exit);
        let before = kt.bill(tally, PLATE, whole).await?;
        tally.served += 1;
        let settlement = self.checkout.settle(stay).await;
        let settlement = tally.add("query_parking_charge_result", settlement, |settlement| {
            settlement.unfinished().count() == 0
        })?;

        // 70 minutes of charging, and 15 to drive away.
        let Discount::Minutes(free) = settlement.discount else { return None };
        tally.check("the discount is what the rule gives", free == 85);
        // 3.3 is for what has neither order nor voucher; `freeDetail` of 3.2 knows points, vouchers and receipts alone.
        let relief = kt_proto::ParkingRelief {
            park_code: kt::lot::PARK.into(),
            plate_no: Some(PLATE.into()),
            card_no: None,
            free_money: None,
            free_time: Some(kt_proto::Minutes(free.into()).into()),
            pay_type: kt_proto::PaidAt::APP,
            pay_method: kt_proto::PaidWith::WECHAT,
            remark: Some("充电减免".into()),
        };
        tally.served += 1;
        tally.add("ParkingFree", kt.to_lot.relieve_fee(&relief).await, |_| true)?;
        // What the minutes are worth, the lot's tariff says.
        let given = kt_proto::Fen(kt::lot::FEN_A_MINUTE * i64::from(free));
        let after = kt.bill(tally, PLATE, kt_proto::Fen(before.payable.0 - given.0)).await?;
        let rest = after.payable;
        kt.pay(tally, after).await;
        kt.leaves(tally, PLATE).await;
        let exit = kt.cloud.exits().pop()?;
        tally.check(
            "the lot remitted what the operator says",
            exit.free_money == Some(given) && exit.pre_money == rest,
        );

        let reports = self.checkout.close(&settlement, given.yuan()).await;
        let reports = reports.unwrap_or_else(|error| {
            tally.check(&format!("the ledger closes the stay: {error}"), false);
            Vec::new()
        });
        tally.served += reports.len();
        tally.calls += reports.len();
        tally.check("each order has its report", reports.len() == settlement.parts.len());
        for unreported in self.checkout.report(reports.clone()).await {
            tally.failed.push(unreported.error.to_string());
        }
        tally.check("Star Charge has the reports", self.star.reports() == reports);
        tally.check("they sum to what was given, to the fen", self.reported() == given.yuan());
        Some(settlement)
    }

    /// All discounts that Star Charge was told of.
    fn reported(&self) -> Money {
        let reports = self.star.reports();
        reports.iter().map(|report| report.discount_money.value()).sum::<Decimal>().into()
    }
}

/// An order that has ended.
fn order(id: &str, start: &str, end: &str) -> ParkChargeResult {
    let (start_time, end_time) = (at(start), at(end));
    let seconds = end_time.timestamp().seconds() - start_time.timestamp().seconds();
    ParkChargeResult {
        operator_id: ChargingOperatorId::star_charge(),
        order_id: id.into(),
        connector_id: "11000000000000010033283000".into(),
        plate: PLATE.into(),
        start_charge_seq_stat: ChargeState::ENDED,
        start_time,
        end_time,
        // 30 kW, at 1.20 yuan.
        total_power: Fixed::of_units(seconds * 100 / 120),
        total_money: Money::fen(seconds),
        park_id: PARK.into(),
    }
}

/// The same when it began.
fn began(order: &ParkChargeResult) -> ParkChargeResult {
    ParkChargeResult {
        start_charge_seq_stat: ChargeState::CHARGING,
        end_time: order.start_time,
        total_power: Fixed::ZERO,
        total_money: Money::ZERO,
        ..order.clone()
    }
}

/// How long an order took, seconds.
fn duration(order: &ParkChargeResult) -> u64 {
    let (begins, ends) = (order.start_time, order.end_time);
    Session { begins, ends }.duration().as_secs()
}

fn minutes(settlement: &Settlement) -> u64 {
    settlement.charged().as_secs() / 60
}

/// A time of the day on which all of it happens.
fn at(time: &str) -> DateTime {
    format!("2026-03-25 {time}").parse().expect("a time of the day")
}
