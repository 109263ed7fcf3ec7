//! The life of one charging order, as the customer side learns of it: from the call that starts it
//! to the order that settles it. Without clock or store.
use evcs_proto::conversation::*;

use Contradiction::{ChargesAfterAll, OrderDiffers, OtherOrder};
use Stage::*;
use Step::{Advanced, Duplicate, Late, OutOfOrder, Unknown};
use evcs_proto::{
    Timestamp,
    code::{
        ChargeState as State, ConnectorStatus, StartFailure, StopFailure, StopReason, SuccessStatus,
    },
    model::{
        ChargeOrderInfo, ChargeStatus, StartCharge, StartChargeReply, StartResult, StopCharge,
        StopChargeReply, StopResult,
    },
};
use park_core::{Fixed, Money};

const NUMBER: &str = "MA5DM667X000020230301101030";

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_677_636_630 + second)
}

fn start_reply(failed: bool, state: State) -> StartChargeReply {
    let request = StartCharge::new(NUMBER, "1", "");
    if failed {
        StartChargeReply::failed(&request, state, StartFailure::OFFLINE)
    } else {
        StartChargeReply::ok(&request, state)
    }
}

fn start_result(state: State) -> StartResult {
    StartResult {
        start_charge_seq: NUMBER.into(),
        start_charge_seq_stat: state,
        connector_id: "1".into(),
        start_time: at(5).date_time(),
        ident_code: None,
    }
}

fn status(state: State, second: i64, power: i64) -> ChargeStatus {
    let (zero, start, end) = (Fixed::ZERO, at(5).date_time(), at(second).date_time());
    ChargeStatus::new(
        NUMBER,
        state,
        "1",
        ConnectorStatus::CHARGING,
        zero,
        zero,
        zero,
        start,
        end,
        Fixed::of_units(power),
    )
}

fn stop_reply(reason: StopFailure, state: State) -> StopChargeReply {
    let request = StopCharge {
        start_charge_seq: NUMBER.into(),
        connector_id: "1".into(),
    };
    if reason == StopFailure::NONE {
        StopChargeReply::ok(&request, state)
    } else {
        StopChargeReply::failed(&request, state, reason)
    }
}

fn order(fen: i64) -> ChargeOrderInfo {
    ChargeOrderInfo {
        start_charge_seq: NUMBER.into(),
        connector_id: "1".into(),
        start_time: at(5).date_time(),
        end_time: at(60).date_time(),
        total_power: Fixed::of_units(fen),
        total_elec_money: Money::fen(fen),
        total_sevice_money: Money::ZERO,
        total_money: Money::fen(fen),
        stop_reason: StopReason::USER,
        sum_period: None,
        charge_details: None,
    }
}

/// Applies each event at the next second, and compares what it did.
fn told(events: &[(Event<'_>, Step, Stage)]) -> Conversation {
    let mut conversation = Conversation::new(NUMBER, at(0));
    for (second, (event, step, stage)) in events.iter().enumerate() {
        let did = conversation.apply(*event, at(second as i64));
        assert_eq!(
            (did, conversation.stage()),
            (*step, *stage),
            "{second}: {event:?}"
        );
    }
    conversation
}

#[test]
fn a_conversation_as_it_should_be() {
    let conversation = told(&[
        (
            (&start_reply(false, State::STARTING)).into(),
            Advanced,
            Starting,
        ),
        ((&start_result(State::CHARGING)).into(), Advanced, Charging),
        ((&status(State::CHARGING, 10, 1)).into(), Advanced, Charging),
        ((&status(State::CHARGING, 20, 2)).into(), Advanced, Charging),
        (
            (&stop_reply(StopFailure::NONE, State::STOPPING)).into(),
            Advanced,
            Stopping,
        ),
        ((&StopResult::ok(NUMBER, "1")).into(), Advanced, Ended),
        ((&order(100)).into(), Advanced, Settled),
    ]);
    assert!(conversation.has_charged());
    assert_eq!(
        conversation.order().map(|order| order.total_money),
        Some(Money::yuan(1))
    );
}

#[test]
fn messages_come_late_twice_and_out_of_order() {
    told(&[
        (
            (&status(State::CHARGING, 20, 2)).into(),
            OutOfOrder,
            Charging,
        ),
        (
            (&status(State::CHARGING, 20, 2)).into(),
            Duplicate,
            Charging,
        ),
        ((&status(State::CHARGING, 10, 1)).into(), Late, Charging),
        ((&start_result(State::CHARGING)).into(), Late, Charging),
        ((&start_result(State::CHARGING)).into(), Duplicate, Charging),
        (
            (&start_reply(false, State::STARTING)).into(),
            Late,
            Charging,
        ),
        ((&order(100)).into(), Advanced, Settled),
        ((&StopResult::ok(NUMBER, "1")).into(), Late, Settled),
        ((&status(State::CHARGING, 30, 3)).into(), Late, Settled),
        ((&start_result(State::ENDED)).into(), Duplicate, Settled),
        ((&order(100)).into(), Duplicate, Settled),
    ]);
    told(&[((&order(100)).into(), OutOfOrder, Settled)]);
    told(&[(
        (&start_result(State::CHARGING)).into(),
        OutOfOrder,
        Charging,
    )]);
}

#[test]
fn what_cannot_be_is_told() {
    let other = StartResult {
        start_charge_seq: "MA5DM667X000000000000000001".into(),
        ..start_result(State::CHARGING)
    };
    let conversation = told(&[
        ((&other).into(), Step::Contradiction(OtherOrder), Requested),
        (
            (&start_reply(true, State::ENDED)).into(),
            Advanced,
            NotStarted,
        ),
        (
            (&status(State::CHARGING, 10, 1)).into(),
            Step::Contradiction(ChargesAfterAll),
            Charging,
        ),
        ((&status(State::CHARGING, 20, 1)).into(), Advanced, Charging),
        ((&order(100)).into(), Advanced, Settled),
        (
            (&order(101)).into(),
            Step::Contradiction(OrderDiffers),
            Settled,
        ),
    ]);
    assert_eq!(
        conversation.order().map(|order| order.total_money),
        Some(Money::yuan(1))
    );
    told(&[
        (
            (&status(State::CHARGING, 10, 1)).into(),
            OutOfOrder,
            Charging,
        ),
        (
            (&start_result(State::ENDED)).into(),
            Step::Contradiction(ChargesAfterAll),
            Charging,
        ),
    ]);
    for (step, accepted) in [
        (Advanced, true),
        (Late, true),
        (Step::Contradiction(ChargesAfterAll), true),
        (Step::Contradiction(OtherOrder), false),
        (Step::Contradiction(OrderDiffers), false),
    ] {
        assert_eq!(step.is_accepted(), accepted, "{step:?}");
    }
}

#[test]
fn a_failure_proves_no_more_than_it_says() {
    for (reply, step, stage) in [
        (start_reply(true, State::UNKNOWN), Advanced, NotStarted),
        (start_reply(true, State::CHARGING), Advanced, Charging),
        (start_reply(false, State::UNKNOWN), Advanced, Starting),
        (
            StartChargeReply {
                succ_stat: SuccessStatus(2),
                ..start_reply(false, State::UNKNOWN)
            },
            Unknown,
            Requested,
        ),
    ] {
        told(&[((&reply).into(), step, stage)]);
    }
    let charging = status(State::CHARGING, 10, 1);
    for (reply, step, stage) in [
        (
            stop_reply(StopFailure::OFFLINE, State::CHARGING),
            Late,
            Charging,
        ),
        (
            stop_reply(StopFailure::OFFLINE, State::ENDED),
            Unknown,
            Charging,
        ),
        (
            stop_reply(StopFailure::OFFLINE, State::UNKNOWN),
            Unknown,
            Charging,
        ),
        (
            stop_reply(StopFailure::STOPPED_ALREADY, State::UNKNOWN),
            Advanced,
            Ended,
        ),
        (
            stop_reply(StopFailure::NONE, State::UNKNOWN),
            Advanced,
            Stopping,
        ),
        (stop_reply(StopFailure::NONE, State::ENDED), Advanced, Ended),
    ] {
        told(&[
            ((&charging).into(), OutOfOrder, Charging),
            ((&reply).into(), step, stage),
        ]);
    }
}

#[test]
fn it_asks_when_nothing_is_known_and_never_twice_at_once() {
    let mut conversation = Conversation::new(NUMBER, at(0));
    let next =
        |conversation: &Conversation, second| conversation.next(at(second), Patience::default());
    assert_eq!(next(&conversation, 0), Next::Wait(at(300)));
    assert_eq!(next(&conversation, 300), Next::QueryStatus);

    let (unknown, charging, old) = (
        status(State::UNKNOWN, 20, 0),
        status(State::CHARGING, 40, 1),
        status(State::CHARGING, 30, 1),
    );
    let ended = status(State::ENDED, 90, 2);
    for (event, second, wait, is_unknown) in [
        (Event::ActionTimedOut, 10, None, true),
        (Event::QueryFailed, 20, Some(50), true),
        ((&unknown).into(), 30, Some(60), true),
        ((&charging).into(), 40, Some(340), false),
        (Event::ActionTimedOut, 50, None, true),
        // The state of before our stop says nothing about it.
        ((&old).into(), 51, Some(81), true),
        // The same sample again: the peer knows no newer.
        ((&charging).into(), 60, Some(360), false),
    ] {
        conversation.apply(event, at(second));
        assert_eq!(conversation.is_unknown(), is_unknown, "{second}");
        assert_eq!(
            next(&conversation, second),
            wait.map_or(Next::QueryStatus, |due| Next::Wait(at(due))),
            "{second}"
        );
    }
    conversation.apply(&ended, at(100));
    assert_eq!(next(&conversation, 100), Next::WaitForOrder(at(1900)));
    conversation.apply(&unknown, at(110));
    assert_eq!(
        (next(&conversation, 1900), conversation.is_unknown()),
        (Next::AskForOrder, false)
    );
    conversation.apply(&order(100), at(1910));
    assert_eq!(next(&conversation, 9999), Next::Nothing);
}

#[test]
fn an_order_that_never_charged_waits_for_nothing() {
    let mut conversation = Conversation::new(NUMBER, at(0));
    for event in [
        Event::from(&start_result(State::ENDED)),
        (&status(State::ENDED, 10, 0)).into(),
    ] {
        conversation.apply(event, at(1));
        assert_eq!(
            conversation.next(at(9999), Patience::default()),
            Next::Nothing
        );
    }
    assert!(!conversation.has_charged());
    // A few Watt hours after all.
    conversation.apply(&status(State::ENDED, 20, 1), at(2));
    assert_eq!(
        conversation.next(at(3), Patience::default()),
        Next::WaitForOrder(at(1801))
    );
}
