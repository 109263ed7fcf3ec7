//! The third party: who pays without password, what was debited and given back, what its drivers
//! paid, what the lot reported. It answers every upward interface from its state.
mod service;

use super::{TAKEN_BACK, UNKNOWN_OUTCOME, books::after, payment};
use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use kt_proto::{
    DateTime, Fen, Minutes, Outcome,
    code::PaidWith,
    flow::*,
    model::{
        BILL_LIFETIME, BillPayment, EntryReport, ExitReport, PayCode, PayCodeRequest, ScanPayment,
        TerminalPayment,
    },
    refuse,
};
use serde::{Deserialize, Serialize};

/// The third party's service for lots, with the state that its answers depend on.
#[derive(Clone)]
pub(crate) struct Cloud {
    /// Who pays without password, and how much at most.
    signed: Shelf<Fen>,
    entries: Shelf<EntryReport>,
    exits: Shelf<ExitReport>,
    debits: Shelf<AutoDebit>,
    /// Codes that machines show (4.1), by the lot's order number.
    codes: Shelf<Code>,
    /// Debits of scanned codes that it took on (4.2), by the lot's order number.
    scans: Shelf<ScanPayment>,
    /// What is behind the codes that drivers show.
    wallets: Shelf<Wallet>,
    /// Payments at machines (2.7), by remark.
    terminals: Shelf<TerminalPayment>,
    /// Change that drivers came for, by the number of the change order.
    pub change: Shelf<ChangeFlow>,
    /// What drivers paid, by the lot's order number.
    pub paid: Shelf<PaidOrder>,
    /// What the payment platform moved, by a number each: to the third party or, negative, back to
    /// the driver.
    money: Shelf<i64>,
    /// Where what else the lot reports is kept, a shelf for each kind.
    store: Store,
    clock: DayClock,
}

/// A code that a machine shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Code {
    request: PayCodeRequest,
    reply: PayCode,
    made: DateTime,
}

/// What is behind the code that a driver shows to a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wallet {
    /// It pays at once.
    Pays,
    /// The driver has to type a password.
    AsksForPassword,
    /// There is nothing in it.
    Empty,
}

/// A code of a machine that counts no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stale;

impl Cloud {
    /// The third party as `store` has it.
    pub(crate) fn new(store: &Store, clock: DayClock) -> Self {
        Self {
            signed: store.shelf("kt.cloud.signed"),
            entries: store.shelf("kt.cloud.entries"),
            exits: store.shelf("kt.cloud.exits"),
            debits: store.shelf("kt.cloud.debits"),
            codes: store.shelf("kt.cloud.codes"),
            scans: store.shelf("kt.cloud.scans"),
            wallets: store.shelf("kt.cloud.wallets"),
            terminals: store.shelf("kt.cloud.terminals"),
            change: store.shelf("kt.cloud.change"),
            paid: store.shelf("kt.cloud.paid"),
            money: store.shelf("kt.cloud.money"),
            store: store.clone(),
            clock,
        }
    }

    /// A driver signs up: from now on the fee is debited without password, up to `most`.
    pub(crate) fn signs_up(&self, plate: &str, most: Fen) -> Kept<()> {
        self.signed.put(plate, most)
    }

    /// A driver scans the code of a machine and pays the order, for which a voucher may take off
    /// some time.
    pub(crate) fn pays_code(
        &self,
        order_no: &str,
        shown: &PayCode,
        free_time: Minutes,
        worth: Fen,
    ) -> Kept<Result<(), Stale>> {
        let counts = |code: &Code| {
            code.reply == *shown && self.clock.time() <= after(code.made, BILL_LIFETIME)
        };
        let Some(code) = self.codes.get(order_no)?.filter(counts) else {
            return Ok(Err(Stale));
        };
        let amount = Fen(code.request.amount.0 - worth.0);
        let payment = BillPayment {
            free_time,
            ..payment(order_no, amount, PaidWith::WECHAT)
        };
        self.is_paid(payment).map(Ok)
    }

    /// What is behind a code that a driver shows.
    pub(crate) fn has_wallet(&self, auth_code: &str, wallet: Wallet) -> Kept<()> {
        self.wallets.put(auth_code, wallet)
    }

    /// The driver types the password for a debit that waits for it; `false` if there is none.
    pub(crate) fn types_password(&self, order_no: &str) -> Kept<bool> {
        match self.scans.get(order_no)? {
            Some(scan) => self
                .is_paid(payment(order_no, scan.amount, PaidWith::WECHAT))
                .map(|()| true),
            None => Ok(false),
        }
    }

    /// The payment at a machine that was reported with this remark.
    pub(crate) fn terminal(&self, remark: &str) -> Kept<Option<TerminalPayment>> {
        self.terminals.get(remark)
    }

    /// What the platform moved by this number, if anything.
    pub(crate) fn moved(&self, number: &str) -> Kept<Option<Fen>> {
        Ok(self.money.get(number)?.map(Fen))
    }

    /// Whether the lot still has to learn of a payment.
    pub(crate) fn has_news(&self, order_no: &str) -> Kept<bool> {
        let done = |order: PaidOrder| {
            order.next(self.clock.time(), Patience::default()) == PaidOrderNext::Done
        };
        Ok(self.paid.get(order_no)?.is_some_and(|order| !done(order)))
    }

    /// What the driver of an order, or of a stay without password, has paid by now.
    pub(crate) fn holds(&self, payment: &str) -> Kept<Fen> {
        let moved = |number: &str| self.money.get(number).map(Option::unwrap_or_default);
        Ok(Fen(moved(payment)? + moved(&back(payment))?))
    }

    /// The platform takes money from a driver. The same number is the same payment.
    pub(crate) fn takes(&self, payment: &str, fen: Fen) -> Kept<()> {
        self.money.put(payment, fen.0)
    }

    /// The platform gives back what it took.
    pub(crate) fn gives_back(&self, payment: &str, fen: Fen) -> Kept<()> {
        self.money.put(&back(payment), -fen.0)
    }

    /// A driver pays an order of the lot; the lot has to learn of it.
    pub(crate) fn is_paid(&self, payment: BillPayment) -> Kept<()> {
        let no = payment.order_no.to_string();
        self.takes(&no, payment.amount)?;
        self.paid.change(&no, |order| {
            order.get_or_insert_with(|| PaidOrder::new(payment));
        })
    }

    /// The last entry of a plate that was reported.
    pub(crate) fn entry(&self, plate: &str) -> Kept<Option<EntryReport>> {
        self.entries.get(plate)
    }

    /// The last exit of a plate that was reported.
    pub(crate) fn exit(&self, plate: &str) -> Kept<Option<ExitReport>> {
        self.exits.get(plate)
    }

    /// What is known of the debit of a stay.
    pub(crate) fn debit(&self, stay: &StayKey) -> Kept<Option<AutoDebit>> {
        self.debits.get(&number(stay))
    }

    /// Tells the stay's debit what came in and does what it wants; what is left to do then.
    fn settle(&self, key: &StayKey, event: AutoDebitEvent) -> Outcome<AutoDebitNext> {
        let (number, now) = (number(key), self.clock.time());
        let apply = |event| {
            self.debits.change(&number, |debit| {
                let debit = debit.get_or_insert_with(|| AutoDebit::new(key.clone()));
                (
                    debit.apply(event, now),
                    debit.next(now, Patience::default()),
                )
            })
        };
        let (step, mut next) = apply(event)?;
        match step {
            Step::Contradiction(Contradiction::TakenBack) => return Err(refuse(TAKEN_BACK)),
            Step::Contradiction(contradiction) => return Err(refuse(contradiction.to_string())),
            Step::Taken | Step::Duplicate => {}
        }
        loop {
            let (step, then) = match next {
                AutoDebitNext::Debit(fee) => match apply(AutoDebitEvent::Debiting)? {
                    (Step::Taken, _) => {
                        let fee = self.signed.get(&key.plate_no)?.unwrap_or_default().min(fee);
                        self.takes(&number, fee)?;
                        apply(AutoDebitEvent::Debited(fee))?
                    }
                    known => known,
                },
                // Somebody else has begun it, or a program that was stopped then.
                AutoDebitNext::AskPlatform => match self.money.get(&number)? {
                    Some(fen) => apply(AutoDebitEvent::Debited(Fen(fen)))?,
                    None => return Err(refuse(UNKNOWN_OUTCOME)),
                },
                AutoDebitNext::Refund(fen) => {
                    self.gives_back(&number, fen)?;
                    apply(AutoDebitEvent::Refunded)?
                }
                next => return Ok(next),
            };
            if !step.is_accepted() {
                return Err(refuse(UNKNOWN_OUTCOME));
            }
            next = then;
        }
    }
}

/// The platform's number for a debit without password.
pub(crate) fn number(stay: &StayKey) -> String {
    format!(
        "{}/{}/{}/{}",
        stay.park_code,
        stay.plate_no,
        DateTime::from(stay.entry_time),
        DateTime::from(stay.leave_time)
    )
}

/// The platform's number for giving back what was paid by another.
fn back(payment: &str) -> String {
    format!("{payment}/back")
}
