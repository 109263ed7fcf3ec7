//! The third party: who pays without password, what was debited and given back, what the lot reported.
use kt_proto::{flow::*, *};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The third party's service for lots, with the state that its answers depend on.
#[derive(Clone)]
pub struct Cloud(Arc<State>);

struct State {
    served: AtomicUsize,
    /// Who pays without password.
    signed: BTreeSet<AnyText>,
    debits: Mutex<BTreeMap<StayKey, AutoDebit>>,
    /// What the payment platform did: debits and, negative, refunds.
    platform: Mutex<Vec<i64>>,
    exits: Mutex<Vec<ExitReport>>,
}

impl Cloud {
    /// A third party with one such driver.
    pub fn new(signed: &str) -> Self {
        Self(Arc::new(State {
            served: AtomicUsize::default(),
            signed: [signed.into()].into(),
            debits: Mutex::default(),
            platform: Mutex::default(),
            exits: Mutex::default(),
        }))
    }

    /// How many requests it answered, whether the answer arrived or not.
    pub fn served(&self) -> usize {
        self.0.served.load(Ordering::SeqCst)
    }

    /// What was debited and, negative, given back.
    pub fn platform(&self) -> Vec<i64> {
        self.0.platform.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the driver of a stay has lost by now, if that is known.
    pub fn debited(&self, stay: &StayKey) -> Option<Fen> {
        let debits = self.0.debits.lock().unwrap_or_else(PoisonError::into_inner);
        debits.get(stay).and_then(AutoDebit::debited)
    }

    /// The exits that were reported.
    pub fn exits(&self) -> Vec<ExitReport> {
        self.0.exits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self) {
        self.0.served.fetch_add(1, Ordering::SeqCst);
    }

    /// Tells the stay's debit what came in and does what it wants; what is left to do then.
    fn settle(&self, key: StayKey, event: AutoDebitEvent) -> Outcome<AutoDebitNext> {
        let now = DateTime::from(key.leave_time);
        let mut debits = self.0.debits.lock().unwrap_or_else(PoisonError::into_inner);
        let debit = debits.entry(key.clone()).or_insert_with(|| AutoDebit::new(key));
        if let Step::Contradiction(contradiction) = debit.apply(event, now) {
            return Err(refuse(contradiction.to_string()));
        }
        // A payment platform that is never out of reach.
        let moves = |fen| self.0.platform.lock().unwrap_or_else(PoisonError::into_inner).push(fen);
        loop {
            match debit.next(now, Patience::default()) {
                AutoDebitNext::Debit(fee) if debit.apply(AutoDebitEvent::Debiting, now) == Step::Taken => {
                    moves(fee.0);
                    debit.apply(AutoDebitEvent::Debited(fee), now);
                }
                AutoDebitNext::Refund(fen) => {
                    moves(-fen.0);
                    debit.apply(AutoDebitEvent::Refunded, now);
                }
                next => return Ok(next),
            }
        }
    }
}

impl CloudService for Cloud {
    async fn report_entry(&self, _: &Ctx, entry: EntryReport) -> Outcome<EntryReply> {
        self.count();
        let signed = self.0.signed.contains(&entry.plate_no);
        Ok(EntryReply {
            is_density_pay: if signed { AutoPay::ON } else { AutoPay::OFF },
        })
    }

    async fn request_auto_pay(&self, _: &Ctx, request: AutoPayRequest) -> Outcome<AutoPayReply> {
        self.count();
        match self.settle(StayKey::from(&request), AutoDebitEvent::Request(request))? {
            AutoDebitNext::Answer(reply) => Ok(reply),
            _ => Err(refuse("扣费未完成")),
        }
    }

    async fn reverse_auto_pay(&self, _: &Ctx, reversal: AutoPayReversal) -> Outcome<Nothing> {
        self.count();
        self.settle(StayKey::from(&reversal), AutoDebitEvent::Reversal(reversal))?;
        Ok(Nothing {})
    }

    async fn report_exit(&self, _: &Ctx, exit: ExitReport) -> Outcome<Nothing> {
        self.count();
        self.0.exits.lock().unwrap_or_else(PoisonError::into_inner).push(exit);
        Ok(Nothing {})
    }
}
