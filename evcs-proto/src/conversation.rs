//! The life of one charging order, as the customer side learns of it: from the call that starts it
//! to the order that settles it. Without clock or store.
mod event;
mod proof;
mod stage;

pub use event::{Contradiction, Event, Step};
pub use stage::Stage;

use crate::{
    code::ChargeState,
    model::{ChargeOrder, SerialNo},
};
use park_core::{DateTime, Timestamp};
use proof::Proof;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    /// Ask for the state (`query_equip_charge_status`). After a start that got no reply that comes
    /// first; the start is never repeated.
    QueryStatus,
    /// Wait for a message; look again at this time.
    Wait(Timestamp),
    /// It has ended: wait for the order until then.
    WaitForOrder(Timestamp),
    /// The order is overdue. No interface asks for it: the state has its amounts too,
    /// `check_charge_orders` will list it, otherwise ask the operator.
    AskForOrder,
    /// Nothing: the order has come, or charging never began.
    Nothing,
}

/// How long to wait before asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// After an answer that does not tell the state, and after a query that failed.
    pub unknown: Duration,
    /// After the last news.
    pub silence: Duration,
    /// From the end of charging to the order.
    pub order: Duration,
}

impl Default for Patience {
    /// 30 seconds, 5 minutes, 30 minutes. The document does not say.
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Self {
            unknown: minute / 2,
            silence: 5 * minute,
            order: 30 * minute,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Heard {
    StartReply,
    StartResult,
    Status,
    StopReply,
    StopResult,
    OrderInfo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Doubt {
    /// What we asked for may be done or not: ask now.
    Now,
    /// We asked, and know no more: ask in a while.
    Later,
}

/// One charging order on the customer side (客户归属运营商). It can be stored as JSON between two
/// events.
///
/// Messages come late, twice and in any order, and some are lost; peers send some never. So the
/// stage is the furthest that any message has told, whatever order they came in.
///
/// A message that says the start failed ([`NotStarted`](Stage::NotStarted)) does not end the matter
/// if another says that it charges. A refused start whose reply names the order as charging is not
/// taken for refused: some peers answer so when a start is repeated.
///
/// ```
/// use evcs_proto::{Conversation, Timestamp, code::ChargeState,
///     conversation::{Event, Next, Patience, Stage, Step}, model::StartResult};
/// let second = |seconds: i64| Timestamp::from_seconds(1_677_636_630 + seconds);
/// let mut conversation = Conversation::new("MA5DM667X000020230301101030", second(0));
/// // No reply to query_start_charge: whether it charges is not known.
/// conversation.apply(Event::ActionTimedOut, second(10));
/// assert_eq!(conversation.next(second(10), Patience::default()), Next::QueryStatus);
/// // Meanwhile the result comes by itself, and comes again.
/// let result = StartResult {
///     start_charge_seq: "MA5DM667X000020230301101030".into(),
///     start_charge_seq_stat: ChargeState::CHARGING,
///     connector_id: "1".into(),
///     start_time: "2023-03-01 10:10:35".parse()?,
///     ident_code: None,
/// };
/// assert_eq!(conversation.apply(&result, second(11)), Step::OutOfOrder);
/// assert_eq!(conversation.apply(&result, second(12)), Step::Duplicate);
/// assert_eq!(conversation.stage(), Stage::Charging);
/// assert_eq!(conversation.next(second(12), Patience::default()), Next::Wait(second(311)));
/// # Ok::<(), evcs_proto::TimeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    start_charge_seq: SerialNo,
    stage: Stage,
    failed: bool,
    charged: bool,
    heard: BTreeSet<Heard>,
    /// Of the newest state.
    sampled: Option<DateTime>,
    order: Option<ChargeOrder>,
    doubt: Option<Doubt>,
    /// When something was heard, or failed to be.
    last: Timestamp,
    ended: Option<Timestamp>,
}

impl Conversation {
    /// An order whose start is asked for `now`.
    pub fn new(start_charge_seq: impl Into<SerialNo>, now: Timestamp) -> Self {
        Self {
            start_charge_seq: start_charge_seq.into(),
            stage: Stage::Requested,
            failed: false,
            charged: false,
            heard: BTreeSet::new(),
            sampled: None,
            order: None,
            doubt: None,
            last: now,
            ended: None,
        }
    }

    /// The number of the order (充电订单号).
    pub fn start_charge_seq(&self) -> &SerialNo {
        &self.start_charge_seq
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Whether nothing certain is known since a call that got no reply, or a state 5 (未知).
    pub fn is_unknown(&self) -> bool {
        self.doubt.is_some() && self.ended.is_none()
    }

    /// Whether a message says that it charged: without one, an order that was refused owes nothing.
    pub fn has_charged(&self) -> bool {
        self.charged
    }

    /// The order's energy and cost, once it has come; of several that differ the first.
    pub fn order(&self) -> Option<&ChargeOrder> {
        self.order.as_ref()
    }

    /// Takes in what happened at `now`.
    pub fn apply<'a>(&mut self, event: impl Into<Event<'a>>, now: Timestamp) -> Step {
        let event = event.into();
        let (number, heard, proof) = match event {
            Event::StartReply(reply) => (
                &reply.start_charge_seq,
                Heard::StartReply,
                Proof::of_start(reply),
            ),
            Event::StartResult(result) => match result.start_charge_seq_stat {
                ChargeState::ENDED => (
                    &result.start_charge_seq,
                    Heard::StartResult,
                    Proof::of_failed_start(),
                ),
                state => (
                    &result.start_charge_seq,
                    Heard::StartResult,
                    Proof::of_state(state),
                ),
            },
            Event::Status(status) => {
                let proof = Proof::of_state(status.start_charge_seq_stat)
                    .of_energy(status.total_power.value());
                (&status.start_charge_seq, Heard::Status, proof)
            }
            Event::StopReply(reply) => {
                let proof = Proof::of_stop(
                    reply.succ_stat,
                    reply.fail_reason,
                    reply.start_charge_seq_stat,
                );
                (&reply.start_charge_seq, Heard::StopReply, proof)
            }
            Event::StopResult(result) => {
                let proof = Proof::of_stop(
                    result.succ_stat,
                    result.fail_reason,
                    result.start_charge_seq_stat,
                );
                (&result.start_charge_seq, Heard::StopResult, proof)
            }
            Event::OrderInfo(order) => {
                let proof = Proof {
                    stage: Some(Stage::Settled),
                    ..Proof::default()
                };
                (
                    &order.start_charge_seq,
                    Heard::OrderInfo,
                    proof.of_energy(order.total_power.value()),
                )
            }
            Event::ActionTimedOut => return self.doubts(Doubt::Now, now),
            Event::QueryFailed => return self.doubts(Doubt::Later, now),
        };
        if *number != self.start_charge_seq {
            return Step::Contradiction(Contradiction::OtherOrder);
        }
        let step = self.step(event, heard, proof);
        let overtook = self.stage < Stage::Charging
            && heard != Heard::StartReply
            && !self.heard.contains(&before(heard));
        self.heard.insert(heard);
        self.failed |= proof.failed;
        self.charged |= proof.charged;
        if let Event::Status(status) = event {
            self.sampled = self.sampled.max(Some(status.end_time));
        }
        if let (Event::OrderInfo(order), None) = (event, &self.order) {
            self.order = Some(ChargeOrder {
                start_charge_seq: order.start_charge_seq.clone(),
                total_power: order.total_power,
                total_money: order.total_money,
            });
        }
        let Some(stage) = proof.stage else {
            self.doubts(Doubt::Later, now);
            return step;
        };
        self.stage = self.stage.max(stage);
        if self.stage >= Stage::Ended && self.ended.is_none() {
            self.ended = Some(now);
        }
        match (step, event) {
            // An old state answers no doubt, but a query should not follow the other at once.
            (Step::Late, Event::Status(_)) => {
                (self.doubt, self.last) = (self.doubt.and(Some(Doubt::Later)), now)
            }
            (Step::Late | Step::Duplicate, event) if !matches!(event, Event::Status(_)) => {}
            _ => (self.doubt, self.last) = (None, now),
        }
        if step == Step::Advanced && overtook {
            Step::OutOfOrder
        } else {
            step
        }
    }

    /// What the proof is to what is known already.
    fn step(&self, event: Event<'_>, heard: Heard, proof: Proof) -> Step {
        let (failed, charged) = (self.failed || proof.failed, self.charged || proof.charged);
        let known = self.failed && self.charged;
        // A result of the start that comes again after the end has the state of then: 4 is no
        // failure any more.
        let repeated = proof.failed && self.charged && self.stage >= Stage::Ended;
        if failed && charged && !known && !repeated {
            return Step::Contradiction(Contradiction::ChargesAfterAll);
        }
        if let (Event::OrderInfo(order), Some(first)) = (event, &self.order)
            && (order.total_power, order.total_money) != (first.total_power, first.total_money)
        {
            return Step::Contradiction(Contradiction::OrderDiffers);
        }
        let Some(stage) = proof.stage else {
            return Step::Unknown;
        };
        if let Event::Status(status) = event
            && stage == self.stage
            && self.sampled < Some(status.end_time)
        {
            return Step::Advanced;
        }
        if stage > self.stage {
            Step::Advanced
        } else if self.heard.contains(&heard)
            && !matches!(event, Event::Status(status) if self.sampled != Some(status.end_time))
        {
            Step::Duplicate
        } else {
            Step::Late
        }
    }

    fn doubts(&mut self, doubt: Doubt, now: Timestamp) -> Step {
        (self.doubt, self.last) = (Some(doubt), now);
        Step::Unknown
    }

    /// What to do at `now`. Call it after each event, and when the time that it names has come.
    pub fn next(&self, now: Timestamp, patience: Patience) -> Next {
        let due = |since: Timestamp, wait: Duration| {
            let wait = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
            Timestamp::from_seconds(since.seconds().saturating_add(wait))
        };
        let query_at = |due: Timestamp| {
            if due <= now {
                Next::QueryStatus
            } else {
                Next::Wait(due)
            }
        };
        match (self.doubt, self.ended) {
            _ if self.stage == Stage::Settled || (self.failed && !self.charged) => Next::Nothing,
            (_, Some(ended)) => match due(ended, patience.order) {
                due if due <= now => Next::AskForOrder,
                due => Next::WaitForOrder(due),
            },
            (Some(Doubt::Now), None) => Next::QueryStatus,
            (Some(Doubt::Later), None) => query_at(due(self.last, patience.unknown)),
            (None, None) => query_at(due(self.last, patience.silence)),
        }
    }
}

/// The message that comes before one as a rule.
fn before(heard: Heard) -> Heard {
    match heard {
        Heard::StartReply | Heard::StartResult => Heard::StartReply,
        _ => Heard::StartResult,
    }
}
