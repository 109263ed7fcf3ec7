//! KT, the protocol between a parking lot and a third party that has its drivers pay: the role of
//! the lot's own system ([`lot`]), which answers bills, payments and change, that of the third
//! party ([`cloud`]), which is told of entries and exits and debits drivers, the lines between
//! them, and what happens on these every day.
pub(crate) mod books;
pub(crate) mod cloud;
mod flows;
pub(crate) mod lot;

use crate::{
    ground::{Ground, Road},
    line::{Line, Link},
    page::Place,
    stage::Stage,
};
use anyhow::{Context, Result, bail, ensure};
use cloud::Cloud;
use examples::{explain::Opener, registry::Protocol};
use kt_proto::{
    CloudClient, CloudRouter, Credentials, Error, Fen, Keys, LotClient, LotRouter, Minutes,
    code::{OrderStatus, PaidAt, PaidWith},
    flow::*,
    model::{Bill, BillPayment, BillQuery, ExitReport, ParkingRelief},
};
use lot::Lot;
use std::time::Duration;

/// The lot's code.
pub(crate) const PARK: &str = "1";

/// More steps than any flow has.
const STEPS: usize = 50;

/// How often a question is asked at most until two answers are the same.
const ANSWERS: usize = 50;

/// What a begun minute costs.
pub(crate) const FEN_A_MINUTE: i64 = 7;

/// What the two decide to refuse. There is one code for all refusals, so the text has to tell them
/// apart.
pub(crate) const OTHER_LOT: &str = "停车场不存在";
pub(crate) const NOT_INSIDE: &str = "车辆不在场";
pub(crate) const OTHER_ORDER: &str = "订单不存在";
pub(crate) const EXPIRED: &str = "订单已过期";
pub(crate) const ALREADY_PAID: &str = "订单已支付";
pub(crate) const WRONG_AMOUNT: &str = "金额不符";
pub(crate) const ALREADY_GIVEN: &str = "已找零";
pub(crate) const UNKNOWN_OUTCOME: &str = "扣费结果未知";
pub(crate) const TAKEN_BACK: &str = "扣费已冲正";
pub(crate) const NO_MONEY: &str = "余额不足";
const DECIDED: [&str; 10] = [
    OTHER_LOT,
    NOT_INSIDE,
    OTHER_ORDER,
    EXPIRED,
    ALREADY_PAID,
    WRONG_AMOUNT,
    ALREADY_GIVEN,
    UNKNOWN_OUTCOME,
    TAKEN_BACK,
    NO_MONEY,
];

/// What KT gives out for calls to the lot, and the third party for calls to itself: user, password,
/// key.
const FOR_LOT: [&str; 3] = ["ktapi", "sandbox-kt", "24 characters by KT here"];
const FOR_CLOUD: [&str; 3] = ["lot-1", "sandbox-1", "24 characters by a cloud"];

/// Both ends, and the clients of each.
pub(crate) struct Roads {
    /// The lot's own system.
    pub lot: Lot,
    /// The third party.
    pub cloud: Cloud,
    /// The third party calls the lot.
    pub to_lot: LotClient,
    /// The lot calls the third party.
    pub to_cloud: CloudClient,
    /// The line from the lot to the third party.
    pub cloud_line: Line,
    /// The line from the third party to the lot.
    pub lot_line: Line,
    /// Where which end is found.
    pub places: [Place; 2],
}

impl Roads {
    /// Opens both, over plain http as the document has it.
    ///
    /// # Errors
    /// A port is busy, the state cannot be read.
    pub(crate) async fn open(ground: &Ground) -> Result<Self> {
        let (lot, cloud) = (
            Lot::new(&ground.store, ground.clock.clone()),
            Cloud::new(&ground.store, ground.clock.clone()),
        );
        let (for_lot, for_cloud) = (credentials(FOR_LOT)?, credentials(FOR_CLOUD)?);
        let router = LotRouter::new(lot.clone(), for_lot.clone()).into_router();
        let lot_guests = ground
            .plain(link("guest-kt", "guest", "kt", &for_lot), router)
            .await?;
        let lot_road = ground
            .beside(&lot_guests, link("kt-lot", "cloud", "kt", &for_lot))
            .await?;
        let router = CloudRouter::new(cloud.clone(), for_cloud.clone()).into_router();
        let cloud_guests = ground
            .plain(link("guest-kt-cloud", "guest", "cloud", &for_cloud), router)
            .await?;
        let cloud_road = ground
            .beside(&cloud_guests, link("kt-cloud", "kt", "cloud", &for_cloud))
            .await?;
        Ok(Self {
            places: [
                place("KT lot", &lot_guests, FOR_LOT),
                place("third party of the KT lot", &cloud_guests, FOR_CLOUD),
            ],
            to_lot: LotClient::new(&lot_road.url, for_lot)?,
            to_cloud: CloudClient::new(&cloud_road.url, for_cloud)?,
            cloud_line: cloud_road.line,
            lot_line: lot_road.line,
            lot,
            cloud,
        })
    }

    /// A car comes in, and the lot reports it (2.1).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn enters(&self, stage: &Stage, plate: &str) -> Result<()> {
        let entry = self.lot.enters(plate)?;
        let reply = sure(stage, "2.1", || self.to_cloud.report_entry(&entry)).await?;
        self.lot.auto(plate, AutoPayEvent::EntryAnswered(reply))?;
        stage.check(
            "the third party knows of the entry",
            self.cloud.entry(plate)? == Some(entry),
        )
    }

    /// The third party asks what a car has to pay (3.1).
    ///
    /// # Errors
    /// It is not told.
    pub(crate) async fn bill(&self, stage: &Stage, plate: &str) -> Result<Bill> {
        let query = BillQuery::by_plate(PARK, plate);
        let bill = sure(stage, "3.1", || self.to_lot.query_bill(&query)).await?;
        stage.check(
            "the bill is what is due",
            self.lot.due(plate)? == bill.payable,
        )?;
        Ok(bill)
    }

    /// The driver has paid the third party, which tells the lot (3.2).
    ///
    /// # Errors
    /// The lot does not take it.
    pub(crate) async fn pay(&self, stage: &Stage, bill: Bill) -> Result<()> {
        self.cloud
            .is_paid(payment(&bill.order_no, bill.payable, PaidWith::WECHAT))?;
        let known = self.tells(stage, &bill.order_no).await?;
        stage.check("the lot takes the payment", known)
    }

    /// The barrier opens for a car that has paid, and the lot reports its exit (2.3).
    ///
    /// # Errors
    /// It stays closed, or the report fails.
    pub(crate) async fn leaves(&self, stage: &Stage, plate: &str) -> Result<ExitReport> {
        let due = self.lot.due(plate)?;
        let exit = self.lot.opens(plate)?.with_context(|| {
            format!("the barrier stays closed for {plate}: {due} are due, or it is not inside")
        })?;
        stage
            .call("2.3", || self.to_cloud.report_exit(&exit))
            .await?;
        stage.check(
            "the third party knows of the exit",
            self.cloud.exit(plate)?.as_ref() == Some(&exit),
        )?;
        Ok(exit)
    }

    /// The third party takes some time off a stay (3.3).
    ///
    /// # Errors
    /// The lot refuses it.
    pub(crate) async fn relieve(&self, stage: &Stage, plate: &str, minutes: i64) -> Result<()> {
        let relief = ParkingRelief {
            park_code: PARK.into(),
            plate_no: Some(plate.into()),
            card_no: None,
            free_money: None,
            // Seconds here, where 3.2 has minutes.
            free_time: Some(Minutes(minutes).into()),
            pay_type: PaidAt::APP,
            pay_method: PaidWith::WECHAT,
            remark: Some(stage.id("V").into()),
        };
        stage
            .call("3.3", || self.to_lot.relieve_fee(&relief))
            .await?;
        let voucher = relief.remark.as_deref().unwrap_or_default();
        let taken = self
            .lot
            .stay(plate)?
            .is_some_and(|stay| stay.free.get(voucher) == Some(&Minutes(minutes).into()));
        stage.check("the time is taken off once", taken)
    }

    /// The third party tells the lot of a payment (3.2) until it is known there, or gives the money
    /// back: whether the lot took it.
    ///
    /// # Errors
    /// A call fails, or the two do not come to an end.
    pub(crate) async fn tells(&self, stage: &Stage, order_no: &str) -> Result<bool> {
        for _ in 0..STEPS {
            let now = stage.now();
            let order = self.cloud.paid.get(order_no)?.context("the driver paid")?;
            let event = match order.next(now, prompt()) {
                PaidOrderNext::Send(payment) => {
                    match answer(stage, "3.2", || self.to_lot.pay_bill(&payment)).await? {
                        Ok(_) => PaidOrderEvent::Told,
                        Err(_) => PaidOrderEvent::Failed(Failure::Refused),
                    }
                }
                PaidOrderNext::Query(query) => {
                    match answer(stage, "3.4", || self.to_lot.query_order(&query)).await? {
                        Ok(reply) => PaidOrderEvent::Status(reply.status),
                        // An order that the lot does not have.
                        Err(_) => PaidOrderEvent::Status(OrderStatus::UNPAID),
                    }
                }
                PaidOrderNext::Refund(fen) => {
                    self.cloud.gives_back(order_no, fen)?;
                    PaidOrderEvent::Refunded
                }
                PaidOrderNext::Done => return Ok(!order.is_refunded()),
                next => bail!("{next:?} is not expected of a paid order"),
            };
            self.cloud.paid.change(order_no, |order| {
                order.as_mut().map(|order| order.apply(event, now))
            })?;
        }
        bail!("the lot and the third party do not come to an end with the order {order_no}")
    }
}

/// A call whose refusal is an answer too, if the other side decided it: what is said of a message
/// that came broken is none.
///
/// # Errors
/// It is not answered.
pub(crate) async fn answer<T, F: Future<Output = Result<T, Error>>>(
    stage: &Stage,
    what: &str,
    call: impl Fn() -> F,
) -> Result<Result<T, String>> {
    let decided = async || match call().await {
        Ok(reply) => Ok(Ok(reply)),
        Err(error) => match error
            .refusal()
            .filter(|refusal| DECIDED.contains(&&*refusal.message))
        {
            Some(refusal) => Ok(Err(refusal.message.clone())),
            None => Err(error),
        },
    };
    stage.call(what, decided).await
}

/// A call whose answer decides over money. Nothing protects replies, so on lines that have faults
/// it counts when it comes twice the same.
///
/// # Errors
/// It is not answered, or otherwise each time.
pub(crate) async fn sure<T: PartialEq, F: Future<Output = Result<T, Error>>>(
    stage: &Stage,
    what: &str,
    call: impl Fn() -> F,
) -> Result<T> {
    let mut last = stage.call(what, &call).await?;
    if !stage.sites.faulty {
        return Ok(last);
    }
    for _ in 1..ANSWERS {
        let again = stage.call(what, &call).await?;
        if again == last {
            return Ok(last);
        }
        last = again;
    }
    bail!("{what}: no two of {ANSWERS} answers in a row are the same")
}

/// A call that has to be refused with this text.
///
/// # Errors
/// It is answered, or refused with another.
pub(crate) async fn refused<T, F: Future<Output = Result<T, Error>>>(
    stage: &Stage,
    what: &str,
    text: &str,
    call: impl Fn() -> F,
) -> Result<()> {
    match answer(stage, what, call).await? {
        Ok(_) => bail!("{what}: answered, where the refusal {text} is right"),
        Err(found) => {
            ensure!(
                found == text,
                "{what}: refused with {found}, where {text} is right"
            );
            Ok(())
        }
    }
}

/// A payment of a whole order, without any reductions: what 3.3 took off is not in the order any
/// more.
pub(crate) fn payment(order_no: &str, amount: Fen, pay_method: PaidWith) -> BillPayment {
    BillPayment {
        park_code: PARK.into(),
        order_no: order_no.into(),
        amount,
        discount: Fen(0),
        pay_type: PaidAt::WECHAT,
        pay_method,
        free_money: Fen(0),
        free_time: Minutes(0),
        free_detail: None,
    }
}

/// The story's time stands still while calls are repeated.
pub(crate) fn prompt() -> Patience {
    let mut patience = Patience::default();
    patience.repeat = Duration::ZERO;
    patience
}

fn credentials([user, password, key]: [&str; 3]) -> Result<Credentials> {
    Ok(Credentials::new(user, password, Keys::new(key)?))
}

fn link(
    name: &'static str,
    from: &'static str,
    to: &'static str,
    credentials: &Credentials,
) -> Link {
    Link::new(name, from, to, Protocol::Kt).opener(Opener::default().kt(credentials.keys.clone()))
}

fn place(role: &str, road: &Road, [user, password, key]: [&str; 3]) -> Place {
    Place::new(
        role,
        "KT",
        road.url.as_str(),
        format!("user {user}, pwd {password}, key {key}"),
    )
}
