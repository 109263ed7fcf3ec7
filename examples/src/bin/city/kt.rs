//! A KT lot and a third party: a car whose driver pays through the third party, and one that pays without password, whose debit is never answered.
pub mod cloud;
pub mod lot;

use crate::{
    books::Account,
    relay::{Loss, Relay},
    show::Tally,
    sites::open_http,
};
use anyhow::Result;
use cloud::Cloud;
use kt_proto::{flow::*, *};
use lot::{FEN_A_MINUTE, Lot, PARK};
use std::time::Duration;

/// Pays what the third party is billed.
const BILLED: &str = "粤B88888";
/// Pays without password.
const SIGNED: &str = "粤B66666";

/// What two hours cost.
const FEE: Fen = Fen(120 * FEN_A_MINUTE);

/// How long the lot waits at the exit for an answer. Enough for a slow machine; a driver would wait longer.
const AT_EXIT: Duration = Duration::from_secs(2);

/// The interfaces that have to cross in the day.
const CROSSES: &[&str] = &[
    "GetParkingPaymentInfo",
    "ParkingFree",
    "PayParkingFee",
    "PostCarCorrect",
    "PostCarInInfo",
    "PostCarOutInfo",
    "PostPayDetail",
];

/// Both ends, and the clients of each.
pub struct Roads {
    /// The lot's service.
    pub lot: Lot,
    /// The third party's service.
    pub cloud: Cloud,
    /// The third party calls the lot.
    pub to_lot: LotClient,
    /// The lot calls the third party, over `line`.
    to_cloud: CloudClient,
    line: Relay,
}

impl Roads {
    /// Opens both on free ports of this machine, over plain http as the document has it.
    pub async fn open() -> Result<Self> {
        let (lot, cloud) = (Lot::default(), Cloud::new(SIGNED));
        // KT gives out the one for the lot, the third party that for itself.
        let for_lot = Credentials::new("ktapi", "a password by KT", Keys::new("24 characters by KT here")?);
        let for_cloud = Credentials::new("lot-1", "a password of the cloud's", Keys::new("24 characters by a cloud")?);
        let lot_port = open_http(LotRouter::new(lot.clone(), for_lot.clone()).into_router()).await?;
        let line = Relay::open(open_http(CloudRouter::new(cloud.clone(), for_cloud.clone()).into_router()).await?).await?;
        Ok(Self {
            to_lot: LotClient::http(&format!("http://localhost:{lot_port}"), for_lot)?,
            to_cloud: CloudClient::http(&format!("http://localhost:{}", line.port), for_cloud)?,
            lot,
            cloud,
            line,
        })
    }

    /// One car after the other.
    pub async fn day(&self, tally: &mut Tally) {
        let (came, leaves) = (at("08:00:00"), at("10:00:00"));
        self.enters(tally, BILLED, came).await;
        self.lot.drives_up(BILLED, leaves);
        if let Some(bill) = self.bill(tally, BILLED, FEE).await {
            tally.check("the barrier is closed before the bill is paid", self.lot.opens(BILLED).is_none());
            self.pay(tally, bill).await;
        }
        self.leaves(tally, BILLED).await;
        self.without_password(tally, came, leaves).await;
    }

    /// A car comes in, and the lot reports it (2.1).
    pub async fn enters(&self, tally: &mut Tally, plate: &str, came: DateTime) {
        let entry = self.lot.enters(plate, came);
        tally.served += 1;
        tally.add("PostCarInInfo", self.to_cloud.report_entry(&entry).await, |reply| {
            reply.is_density_pay == AutoPay::OFF
        });
    }

    /// The third party asks what a car has to pay (3.1).
    pub async fn bill(&self, tally: &mut Tally, plate: &str, payable: Fen) -> Option<Bill> {
        let bill = self.to_lot.query_bill(&BillQuery::by_plate(PARK, plate)).await;
        tally.served += 1;
        tally.add("GetParkingPaymentInfo", bill, |bill| bill.payable == payable)
    }

    /// The driver has paid the third party, which tells the lot (3.2).
    pub async fn pay(&self, tally: &mut Tally, bill: Bill) {
        let payment = BillPayment {
            park_code: PARK.into(),
            order_no: bill.order_no,
            amount: bill.payable,
            discount: Fen(0),
            pay_type: PaidAt::WECHAT,
            pay_method: PaidWith::WECHAT,
            // What 3.3 took off is not in the bill any more.
            free_money: Fen(0),
            free_time: Minutes(0),
            free_detail: None,
        };
        tally.served += 1;
        tally.add("PayParkingFee", self.to_lot.pay_bill(&payment).await, |reply| {
            reply.parking_time == bill.elapsed_time
        });
    }

    /// The barrier opens for a car that has paid, and the lot reports its exit (2.3).
    pub async fn leaves(&self, tally: &mut Tally, plate: &str) {
        let exit = self.lot.opens(plate);
        tally.check("the barrier opens for who has paid", exit.is_some());
        if let Some(exit) = exit {
            tally.served += 1;
            tally.add("PostPayDetail", self.to_cloud.report_exit(&exit).await, |_| {
                self.cloud.exits().last() == Some(&exit)
            });
        }
    }

    /// A stay that is debited at the exit (2.2), but the lot never hears so: the driver pays at the booth, and the debit is taken back (2.6).
    async fn without_password(&self, tally: &mut Tally, came: DateTime, leaves: DateTime) {
        let mut flow = AutoPayFlow::new(self.lot.enters(SIGNED, came));
        let mut now = came;
        loop {
            let event = match flow.next(now, Patience::default()) {
                AutoPayNext::ReportEntry(entry) => {
                    tally.served += 1;
                    let reply = self.to_cloud.report_entry(&entry).await;
                    let reply = tally.add("PostCarInInfo", reply, |reply| reply.is_density_pay == AutoPay::ON);
                    reply.map(AutoPayEvent::EntryAnswered)
                }
                AutoPayNext::AwaitExit => {
                    now = leaves;
                    Some(AutoPayEvent::Exit(self.at_exit(came, leaves)))
                }
                AutoPayNext::Send(request) if flow.apply(AutoPayEvent::Sending, now) == Step::Taken => {
                    self.line.lose(Loss::Reply);
                    tally.served += 1;
                    let reply = self.to_cloud.with(|options| options.deadline = AT_EXIT).request_auto_pay(&request).await;
                    tally.lost("the reply to PostCarOutInfo", reply.as_ref().err().map(Error::kind));
                    Some(reply.map_or_else(|error| AutoPayEvent::Failed(Failure::from(&error)), AutoPayEvent::Answered))
                }
                AutoPayNext::CollectAtBooth(fen) => {
                    self.lot.collects(SIGNED, fen);
                    Some(AutoPayEvent::Collected(fen))
                }
                AutoPayNext::LetOut => {
                    self.leaves(tally, SIGNED).await;
                    Some(AutoPayEvent::Left)
                }
                AutoPayNext::Reverse(reversal) => {
                    tally.served += 1;
                    let reply = self.to_cloud.reverse_auto_pay(&reversal).await;
                    tally.add("PostCarCorrect", reply, |_| true).map(|_| AutoPayEvent::Reversed)
                }
                AutoPayNext::Done => break,
                // Nothing to wait for or to look into should be left.
                _ => None,
            };
            let taken = event.is_some_and(|event| flow.apply(event, now) == Step::Taken);
            tally.check("the stay without password goes on", taken);
            if !taken {
                break;
            }
        }
        tally.check("the lot does not know what was debited", flow.debited().is_none());
        tally.check("it has its fee from the booth", flow.collected() == Some(FEE) && self.lot.till() == [FEE]);
        tally.check("and has taken the debit back", flow.is_reversed());
        tally.check("debited once, given back once", self.cloud.platform() == [FEE.0, -FEE.0]);
        let lost = flow.key().and_then(|stay| self.cloud.debited(&stay));
        tally.check("nothing is left with the third party", lost == Some(Fen(0)));
    }

    fn at_exit(&self, came: DateTime, leaves: DateTime) -> AutoPayRequest {
        AutoPayRequest {
            park_code: PARK.into(),
            plate_no: SIGNED.into(),
            card_no: None,
            entry_time: came.into(),
            leave_time: leaves.into(),
            total_money: self.lot.drives_up(SIGNED, leaves),
            leave_place: "出口1".into(),
            img_name: None,
        }
    }

    /// The books of both services.
    pub fn account(&self) -> Account {
        let moved = self.cloud.platform();
        let (debited, reversed) = (moved.iter().filter(|fen| **fen > 0), moved.iter().filter(|fen| **fen < 0));
        Account {
            proto: "kt",
            interfaces: ENDPOINTS.len(),
            crosses: CROSSES,
            served: self.lot.served() + self.cloud.served(),
            lost: (self.line.lost(Loss::Request), self.line.lost(Loss::Reply)),
            story: format!(
                "{} cars released, {} debited, {} reversed, {} collected at the booth",
                self.lot.released(),
                debited.count(),
                reversed.count(),
                self.lot.till().len()
            ),
        }
    }
}

/// A time of the day on which all of it happens.
fn at(time: &str) -> DateTime {
    format!("2026-03-25 {time}").parse().expect("a time of the day")
}
