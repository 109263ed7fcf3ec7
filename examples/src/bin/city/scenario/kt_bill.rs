//! Chapter 3, 3.1 to 3.4: a driver pays the third party what the lot bills, and leaves in time, or
//! too late; a voucher; a bill that is too old.
use crate::{
    kt::{self, FEN_A_MINUTE, PARK},
    stage::Stage,
};
use anyhow::Result;
use kt_proto::{
    Fen, Minutes,
    code::{OrderStatus, PaidWith},
    model::{BillQuery, OrderStatusQuery},
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    in_time(stage).await?;
    too_late(stage).await?;
    voucher(stage).await?;
    old_bill(stage).await?;
    nothing_to_pay(stage).await
}

/// The usual day.
async fn in_time(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} stays two hours and pays on the phone"));
    kt.enters(stage, &plate).await?;
    stage.later(120);
    let bill = kt.bill(stage, &plate).await?;
    stage.check(
        "two hours",
        bill.payable == Fen(120 * FEN_A_MINUTE) && bill.elapsed_time == Some(Minutes(120)),
    )?;
    stage.check(
        "the barrier is closed before it is paid",
        kt.lot.opens(&plate)?.is_none(),
    )?;
    stage.later(3);
    kt.pay(stage, bill.clone()).await?;
    let query = OrderStatusQuery {
        park_code: PARK.into(),
        order_no: bill.order_no.clone(),
    };
    stage.step("the third party tells the payment once more; it counts once");
    let again = kt::payment(&bill.order_no, bill.payable, PaidWith::WECHAT);
    stage
        .call("3.2 again", || kt.to_lot.pay_bill(&again))
        .await?;
    let status = stage
        .call("3.4", || kt.to_lot.query_order(&query))
        .await?
        .status;
    stage.check("the lot has it as paid", status == OrderStatus::PAID)?;
    stage.later(15);
    let exit = kt.leaves(stage, &plate).await?;
    stage.check(
        "a quarter of an hour later it is let out",
        exit.pre_money == bill.payable && exit.pay_money == Fen(0),
    )?;
    stage.check(
        "the third party has the money",
        kt.cloud.holds(&bill.order_no)? == bill.payable,
    )
}

/// Who stays longer than that pays the rest.
async fn too_late(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} pays, and stays for another half an hour"));
    kt.enters(stage, &plate).await?;
    stage.later(60);
    let first = kt.bill(stage, &plate).await?;
    kt.pay(stage, first.clone()).await?;
    stage.later(30);
    stage.check("the barrier is closed", kt.lot.opens(&plate)?.is_none())?;
    let rest = kt.bill(stage, &plate).await?;
    stage.check(
        "half an hour is due",
        rest.payable == Fen(30 * FEN_A_MINUTE) && rest.order_no != first.order_no,
    )?;
    kt.pay(stage, rest).await?;
    let exit = kt.leaves(stage, &plate).await?;
    stage.check(
        "both were paid before",
        exit.pre_money == Fen(90 * FEN_A_MINUTE),
    )
}

/// 3.3: a shop gives an hour, which can be given once.
async fn voucher(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = stage.plate("粤B");
    stage.step(format!("a shop gives {plate} an hour"));
    kt.enters(stage, &plate).await?;
    stage.later(90);
    let before = kt.bill(stage, &plate).await?;
    kt.relieve(stage, &plate, 60).await?;
    let after = kt.bill(stage, &plate).await?;
    stage.check(
        "the bill is new and an hour less",
        before.payable.0 - after.payable.0 == 60 * FEN_A_MINUTE
            && before.order_no != after.order_no,
    )?;
    kt.pay(stage, after).await?;
    let exit = kt.leaves(stage, &plate).await?;
    stage.check(
        "the exit tells what was given",
        exit.free_money == Some(Fen(60 * FEN_A_MINUTE)) && exit.pre_money == Fen(30 * FEN_A_MINUTE),
    )
}

/// A bill counts for five minutes (未完成订单默认5分钟后过期).
async fn old_bill(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    let plate = stage.plate("粤B");
    stage.step(format!(
        "{plate} pays a bill that is six minutes old: the money goes back"
    ));
    kt.enters(stage, &plate).await?;
    stage.later(45);
    let old = kt.bill(stage, &plate).await?;
    stage.check(
        "it says until when it counts",
        old.expires().is_some_and(|until| until > stage.now()),
    )?;
    stage.later(6);
    kt.cloud
        .is_paid(kt::payment(&old.order_no, old.payable, PaidWith::ALIPAY))?;
    stage.check(
        "the lot does not take it",
        !kt.tells(stage, &old.order_no).await?,
    )?;
    stage.check(
        "the driver has the money again",
        kt.cloud.holds(&old.order_no)? == Fen(0),
    )?;
    let new = kt.bill(stage, &plate).await?;
    let wrong = kt::payment(&new.order_no, Fen(new.payable.0 - 1), PaidWith::ALIPAY);
    kt::refused(stage, "3.2 of too little", kt::WRONG_AMOUNT, || {
        kt.to_lot.pay_bill(&wrong)
    })
    .await?;
    kt.pay(stage, new).await?;
    kt.leaves(stage, &plate).await.map(drop)
}

/// Questions about nothing.
async fn nothing_to_pay(stage: &Stage) -> Result<()> {
    let kt = &stage.sites.kt;
    stage.step(
        "a bill of a car that is not inside, an order that is not there, a lot that is not \
        this one",
    );
    let plate = stage.plate("粤B");
    let query = BillQuery::by_plate(PARK, plate.as_str());
    kt::refused(stage, "3.1 of nobody", kt::NOT_INSIDE, || {
        kt.to_lot.query_bill(&query)
    })
    .await?;
    let elsewhere = BillQuery::by_plate("2", plate.as_str());
    kt::refused(stage, "3.1 elsewhere", kt::OTHER_LOT, || {
        kt.to_lot.query_bill(&elsewhere)
    })
    .await?;
    let nothing = kt::payment(&stage.id("N"), Fen(700), PaidWith::WECHAT);
    kt::refused(stage, "3.2 of nothing", kt::OTHER_ORDER, || {
        kt.to_lot.pay_bill(&nothing)
    })
    .await
}
