//! The scenarios, each by its name: those of Appendix C of DB4403/T 313 in its order, then those of
//! the other documents.
mod arrears;
mod auto_pay;
mod charging;
mod charging_discount;
mod control;
mod garage;
mod guidance;
mod inventory;
mod kt_auto_pay;
mod kt_bill;
mod kt_change;
mod kt_pay_code;
mod kt_scan;
mod lease;
mod lock;
mod off_street;
mod on_street;
mod on_street_auto_pay;
mod online_payment;
mod overdue;
mod piles;
mod reconciliation;
mod reservation;
mod session;
mod shared;
mod tag_audit;

use crate::{clock::DayClock, page::Teller, sites::Sites, stage::Stage};
use anyhow::{Result, bail};
use futures_util::FutureExt;
use std::{any::Any, panic::AssertUnwindSafe, pin::Pin, sync::Arc};
use sztc_proto::DateTime;

/// What playing one is.
type Playing<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A story that roles play on their lines.
pub(crate) struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// Where the document tells it.
    pub section: &'static str,
    /// Its Chinese name.
    pub title: &'static str,
    /// What happens, in one line.
    pub about: &'static str,
    /// Plays it.
    pub play: for<'a> fn(&'a Stage) -> Playing<'a>,
}

macro_rules! scenarios {
    ($($name:literal $section:literal $title:literal $about:literal $play:path;)*) => {
        /// All of them, in the order in which a day plays them.
        pub(crate) const ALL: &[Scenario] = &[$(Scenario {
            name: $name,
            section: $section,
            title: $title,
            about: $about,
            play: |stage| Box::pin($play(stage)),
        }),*];
    };
}

scenarios! {
    "inventory" "DB4403/T 313 6.4" "基础数据上报" "the parking system registers lots, tariffs, gates, devices and spaces, tells how they are, and takes some away" inventory::play;
    "off-street" "DB4403/T 313 C.1.1" "路外停车基本流程" "a car comes, pays at the booth and leaves, with images, payment record, invoice, a correction and a refund" off_street::play;
    "control" "DB4403/T 313 C.1.2.1" "停车场管控名单下发" "a cloned plate is let in and kept in, a guest of the government passes without paying" control::play;
    "reservation" "DB4403/T 313 C.1.2.2" "车位预约" "a space is locked, paid, confirmed, extended and used; others are cancelled and expire" reservation::play;
    "lock" "DB4403/T 313 C.1.2.3" "车辆锁定/解锁" "an owner locks a car and unlocks it; another forgets to, and the guard lets it out" lock::play;
    "shared" "DB4403/T 313 C.1.2.4" "共享停车" "a space is shared at certain hours: who comes in them parks without paying at the lot" shared::play;
    "online-payment" "DB4403/T 313 C.1.2.5" "线上支付出场" "a driver pays in the app before the exit, another at the exit" online_payment::play;
    "auto-pay" "DB4403/T 313 C.1.2.6" "车辆无感支付出场" "signed cars leave first and are debited, or are debited first; others pay as ever" auto_pay::play;
    "on-street" "DB4403/T 313 C.2.1" "路内停车基本流程" "detectors see cars come and leave; drivers pay in the app and at a hand-held device" on_street::play;
    "on-street-auto-pay" "DB4403/T 313 C.2.2.4" "路内无感支付" "signed cars drive off and are debited, also who signs up meanwhile; others pay as ever" on_street_auto_pay::play;
    "arrears" "DB4403/T 313 C.2.2.5" "欠费补缴" "cars leave without paying, their drivers are reminded and repay; who pays twice gets it back" arrears::play;
    "overdue" "DB4403/T 313 C.2.2.6" "欠费逾期" "who has not repaid within thirty days is reported to the credit system, once for each order" overdue::play;
    "guidance" "DB4403/T 313 C.3" "停车诱导" "screens of three levels and a phone show what is free, cars come and go, and a full lot is shown full" guidance::play;
    "garage" "DB4403/T 313 C.4" "机械车库停车基本流程" "cars are stored in a mechanical garage and fetched, one for a certain time; its lift fails and is repaired" garage::play;
    "reconciliation" "DB4403/T 313 C.5" "对账" "the clearing platform compares the orders of the day with the files of the payment platform; one amount is wrong, one payment unknown" reconciliation::play;
    "tag-audit" "DB4403/T 313 C.6" "重点车辆电子标识安装稽核" "a lorry that has to have an electronic tag shows none, and its driver is told; others are not" tag_audit::play;
    "lease" "DB4403/T 313 6.7.9" "月租车租约" "a car with a lease passes without paying; the lease runs out, is looked up, and extended" lease::play;
    "charging" "DB4403/T 313 6.10" "充电桩接口" "the city knows the charging stations, lets a car charge and is told what it cost: 1101 to 1106" charging::play;
    "kt-bill" "KT 3.1 3.2 3.3 3.4" "停车费查询与支付" "drivers pay what the lot bills, in time or too late, with a voucher, or with a bill that is too old" kt_bill::play;
    "kt-auto-pay" "KT chapter 1, 4" "免密支付流程" "signed cars are debited at the exit; what no reply says is paid at the booth and taken back" kt_auto_pay::play;
    "kt-pay-code" "KT chapter 1, 5" "缴费机第三方支付码流程(被扫)" "a machine shows a code that drivers pay, with a voucher, too late, or at the booth too" kt_pay_code::play;
    "kt-scan" "KT chapter 1, 6" "扫码枪扫用户支付二维码流程(主扫)" "a scanner reads codes that pay at once, with a password, too slowly, or have no money" kt_scan::play;
    "kt-change" "KT chapter 1, 7" "第三方标准找零流程" "a machine takes coins; the third party gives the change, once, however often it is asked" kt_change::play;
    "charging-discount" "Star Charge 4" "充电减免停车费" "a car charges in the KT lot through Star Charge, and what it charged is taken off its fee" charging_discount::play;
    "piles" "vendor API" "桩企接口" "an aggregator polls piles, starts and stops charging, is called back, and finds an order that was not told" piles::play;
    "session" "DB4403/T 313 6.2" "安全认证接口" "the last of the day: the parking system renews its token, gives it back and logs in anew; the TCP session beats" session::play;
}

/// The scenario of this name.
pub(crate) fn named(name: &str) -> Option<&'static Scenario> {
    ALL.iter().find(|scenario| scenario.name == name)
}

impl Scenario {
    /// Plays it once, at `wanted`, or where the latest run before it ended if that is later:
    /// nothing that roles keep is of the future. How many calls it made.
    ///
    /// # Errors
    /// What went wrong first.
    pub(crate) async fn run(
        &'static self,
        sites: &Arc<Sites>,
        wanted: DateTime,
        told: Option<Teller>,
    ) -> Result<usize> {
        sites.clears()?;
        let begin = sites.runs.last()?.map_or(wanted, |last| last.max(wanted));
        let _frozen = Frozen::at(&sites.clock, begin);
        sites.runs.is(begin)?;
        let stage = Stage::new(sites.clone(), self.name, told)?;
        // A fault of one scenario is not to end those behind it.
        match AssertUnwindSafe((self.play)(&stage)).catch_unwind().await {
            Ok(played) => played.map(|()| stage.calls()),
            Err(panic) => bail!("it panicked: {}", text_of(&*panic)),
        }
    }
}

/// Time stands still until this is dropped.
struct Frozen<'a>(&'a DayClock);

impl<'a> Frozen<'a> {
    fn at(clock: &'a DayClock, time: DateTime) -> Self {
        clock.freeze(time);
        Self(clock)
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a text")
}

#[cfg(test)]
mod tests;
