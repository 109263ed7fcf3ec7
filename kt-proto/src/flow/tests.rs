//! The flows against each other over a line that loses, repeats and delays, with programs that stop
//! between any two events.
mod auto_pay;
mod change;
mod orders;

use super::{patience::later, *};
use crate::{
    Fen, Minutes,
    code::{PaidAt, PaidWith},
    model::{AutoPayRequest, BillPayment, EntryReport},
};
use park_core::{DateTime, Timestamp};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Debug, time::Duration};

fn second(seconds: i64) -> DateTime {
    Timestamp::from_seconds(1_553_479_200 + seconds).date_time()
}

/// What a program that was restarted has of `flow`.
fn restarted<T: Serialize + DeserializeOwned + PartialEq + Debug>(flow: &T) -> T {
    let again =
        serde_json::from_str(&serde_json::to_string(flow).expect("JSON")).expect("what was stored");
    assert_eq!(&again, flow);
    again
}

/// Messages on their way. Those that arrived are kept: each can come again.
#[derive(Debug)]
struct Line<T> {
    waiting: Vec<T>,
    arrived: Vec<T>,
}

impl<T: Clone> Line<T> {
    fn new() -> Self {
        Self {
            waiting: Vec::new(),
            arrived: Vec::new(),
        }
    }

    fn send(&mut self, message: T) {
        self.waiting.push(message);
    }

    /// Any message that waits, or came already.
    fn arrive(&mut self, pick: usize) -> Option<T> {
        let all = self.waiting.len() + self.arrived.len();
        let pick = pick.checked_rem(all)?;
        if pick < self.waiting.len() {
            let message = self.waiting.remove(pick);
            self.arrived.push(message.clone());
            return Some(message);
        }
        self.arrived.get(pick - self.waiting.len()).cloned()
    }

    fn lose(&mut self, pick: usize) {
        if let Some(pick) = pick.checked_rem(self.waiting.len()) {
            self.waiting.remove(pick);
        }
    }
}

fn entry() -> EntryReport {
    EntryReport::new("1", "粤B88888", second(-7200), "入口1")
}

fn exit(fee: i64) -> AutoPayRequest {
    AutoPayRequest {
        park_code: "1".into(),
        plate_no: "粤B88888".into(),
        card_no: None,
        entry_time: second(-7200).into(),
        leave_time: second(0).into(),
        total_money: Fen(fee),
        leave_place: "出口1".into(),
        img_name: None,
    }
}

fn payment(amount: i64) -> BillPayment {
    BillPayment {
        park_code: "1".into(),
        order_no: "D1".into(),
        amount: Fen(amount),
        discount: Fen(0),
        pay_type: PaidAt::WECHAT,
        pay_method: PaidWith::WECHAT,
        free_money: Fen(0),
        free_time: Minutes(0),
        free_detail: None,
    }
}

#[test]
fn an_error_says_what_it_means_for_money() {
    use crate::{Error, Refusal, code::ResCode, refuse};
    use park_core::{ErrorKind, Sent};
    for (error, failure) in [
        (Error::refused(refuse("余额不足")), Failure::Refused),
        (
            Error::new(ErrorKind::Network, Sent::No, "no line"),
            Failure::NotSent,
        ),
        (
            Error::invalid(ErrorKind::Caller, Sent::No, vec![]),
            Failure::NotSent,
        ),
        (
            Error::new(ErrorKind::Timeout, Sent::Maybe, "no reply"),
            Failure::Unknown,
        ),
        (
            Error::new(ErrorKind::PeerBytes, Sent::Answered, "no data"),
            Failure::Unknown,
        ),
        (
            Error::refused(Refusal::new(ResCode(7), "?")),
            Failure::Refused,
        ),
    ] {
        assert_eq!(Failure::from(&error), failure, "{error}");
    }
}

#[test]
fn waits_end_where_the_calendar_does() {
    let last: DateTime = park_core::chrono::NaiveDateTime::MAX.into();
    assert_eq!(later(last, Duration::MAX), last);
    assert_eq!(later(second(0), Duration::from_secs(90)), second(90));
}
