mod law;

use super::*;
use crate::flow::{Contradiction::*, Step::*};
use crate::{
    code::AutoPay,
    model::{AutoPayReply, AutoPayReversal, EntryReply},
};
use {AutoPayEvent as Lot, AutoPayNext as Next};

#[test]
fn a_car_that_is_not_signed_up_pays_at_the_booth() {
    for (reply, sign_up, next) in [
        (AutoPay::OFF, false, Next::CollectAtBooth(Fen(200))),
        (AutoPay::OFF, true, Next::Send(exit(200))),
        (AutoPay::ON, false, Next::Send(exit(200))),
    ] {
        let mut flow = AutoPayFlow::new(entry());
        let mut apply = |event| flow.apply(event, second(0));
        assert_eq!(
            apply(Lot::EntryAnswered(EntryReply {
                is_density_pay: reply
            })),
            Taken
        );
        assert_eq!(
            apply(Lot::EntryAnswered(EntryReply {
                is_density_pay: reply
            })),
            Duplicate
        );
        if sign_up {
            assert_eq!(
                (apply(Lot::SignedUp), apply(Lot::SignedUp)),
                (Taken, Duplicate)
            );
        }
        assert_eq!(apply(Lot::Exit(exit(200))), Taken);
        assert_eq!(flow.next(second(0), Patience::default()), next);
    }
}

#[test]
fn an_entry_is_reported_until_it_is_answered() {
    let mut flow = AutoPayFlow::new(entry());
    let next = |flow: &AutoPayFlow, at| flow.next(second(at), Patience::default());
    assert_eq!(next(&flow, 0), Next::ReportEntry(entry()));
    flow.apply(Lot::EntryFailed(Failure::Unknown), second(0));
    assert_eq!(
        (next(&flow, 59), next(&flow, 60)),
        (Next::WaitUntil(second(60)), Next::ReportEntry(entry()))
    );
    assert_eq!(
        flow.apply(Lot::EntryFailed(Failure::Refused), second(60)),
        Taken
    );
    assert_eq!(next(&flow, 60), Next::AwaitExit);
    assert_eq!(
        flow.apply(Lot::EntryFailed(Failure::Unknown), second(61)),
        Duplicate
    );
    flow.apply(Lot::Left, second(70));
    assert_eq!(next(&flow, 70), Next::Done);
}

#[test]
fn an_entry_that_was_not_answered_is_reported_after_the_exit_too() {
    let next = |flow: &AutoPayFlow, at| flow.next(second(at), Patience::default());
    let mut unseen = AutoPayFlow::new(entry());
    unseen.apply(Lot::EntryFailed(Failure::Unknown), second(0));
    unseen.apply(Lot::Left, second(10));
    let mut paid = AutoPayFlow::new(entry());
    for event in [
        Lot::EntryFailed(Failure::Unknown),
        Lot::Exit(exit(200)),
        Lot::SignedUp,
        Lot::Sending,
    ] {
        assert_eq!(paid.apply(event, second(0)), Taken);
    }
    paid.apply(Lot::Failed(Failure::Unknown), second(1));
    assert_eq!(
        next(&paid, 1),
        Next::CollectAtBooth(Fen(200)),
        "money first"
    );
    paid.apply(Lot::Collected(Fen(200)), second(5));
    paid.apply(Lot::Left, second(10));
    assert_eq!(
        next(&paid, 10),
        Next::Reverse(AutoPayReversal::of(&exit(200))),
        "another failure"
    );
    paid.apply(Lot::Reversed, second(10));
    for mut flow in [unseen, paid] {
        assert_eq!(next(&flow, 59), Next::WaitUntil(second(60)));
        assert_eq!(next(&restarted(&flow), 60), Next::ReportEntry(entry()));
        flow.apply(Lot::EntryFailed(Failure::NotSent), second(60));
        assert_eq!(next(&flow, 60), Next::WaitUntil(second(120)));
        flow.apply(
            Lot::EntryAnswered(EntryReply {
                is_density_pay: AutoPay::ON,
            }),
            second(120),
        );
        assert_eq!(next(&flow, 120), Next::Done);
    }
}

#[test]
fn an_answered_entry_does_not_hurry_the_reversal() {
    let mut flow = AutoPayFlow::new(entry());
    for event in [
        Lot::Exit(exit(200)),
        Lot::SignedUp,
        Lot::Sending,
        Lot::Collected(Fen(200)),
        Lot::Left,
    ] {
        assert_eq!(flow.apply(event, second(0)), Taken);
    }
    flow.apply(Lot::ReversalFailed(Failure::Unknown), second(20));
    flow.apply(
        Lot::EntryAnswered(EntryReply {
            is_density_pay: AutoPay::ON,
        }),
        second(30),
    );
    assert_eq!(
        flow.next(second(30), Patience::default()),
        Next::WaitUntil(second(80))
    );
}

/// A flow that has asked for the debit of 200.
fn asked() -> AutoPayFlow {
    let mut flow = AutoPayFlow::at_exit(exit(200));
    assert_eq!(flow.apply(Lot::Sending, second(0)), Taken);
    assert_eq!(flow.apply(Lot::Sending, second(0)), Duplicate);
    flow
}

#[test]
fn what_the_reply_says_decides_what_the_booth_takes() {
    let answered = |fen| {
        Lot::Answered(AutoPayReply {
            density_money: Fen(fen),
        })
    };
    for (event, step, next) in [
        (answered(200), Taken, Next::LetOut),
        (answered(150), Taken, Next::CollectAtBooth(Fen(50))),
        (answered(0), Taken, Next::CollectAtBooth(Fen(200))),
        (
            answered(201),
            Contradiction(Amount),
            Next::CollectAtBooth(Fen(200)),
        ),
        (
            answered(-1),
            Contradiction(Amount),
            Next::CollectAtBooth(Fen(200)),
        ),
        (
            Lot::Failed(Failure::Refused),
            Taken,
            Next::CollectAtBooth(Fen(200)),
        ),
        (
            Lot::Failed(Failure::Unknown),
            Taken,
            Next::CollectAtBooth(Fen(200)),
        ),
        (Lot::SignedUp, Duplicate, Next::WaitUntil(second(10))),
    ] {
        let mut flow = asked();
        assert_eq!(flow.apply(event.clone(), second(1)), step, "{event:?}");
        assert_eq!(flow.next(second(1), Patience::default()), next, "{event:?}");
    }
    assert_eq!(
        asked().next(second(10), Patience::default()),
        Next::CollectAtBooth(Fen(200))
    );
}

#[test]
fn only_what_may_have_been_debited_beside_the_booth_is_reversed() {
    let reverse = || Next::Reverse(AutoPayReversal::of(&exit(200)));
    for (event, collected, next) in [
        (Lot::Failed(Failure::Unknown), 200, reverse()),
        (Lot::Failed(Failure::Refused), 200, reverse()),
        (Lot::Failed(Failure::NotSent), 200, Next::Done),
        (
            Lot::Answered(AutoPayReply {
                density_money: Fen(150),
            }),
            50,
            Next::Done,
        ),
        (
            Lot::Answered(AutoPayReply {
                density_money: Fen(150),
            }),
            200,
            reverse(),
        ),
        (
            Lot::Answered(AutoPayReply {
                density_money: Fen(201),
            }),
            200,
            reverse(),
        ),
    ] {
        let mut flow = asked();
        flow.apply(event.clone(), second(1));
        assert_eq!(
            flow.apply(Lot::Collected(Fen(collected)), second(2)),
            Taken,
            "{event:?}"
        );
        assert_eq!(
            flow.apply(Lot::Collected(Fen(collected)), second(2)),
            Duplicate
        );
        assert_eq!(
            flow.apply(Lot::Collected(Fen(1)), second(2)),
            Contradiction(AlreadyPaid)
        );
        assert_eq!(
            flow.next(second(2), Patience::default()),
            Next::LetOut,
            "not before it has left"
        );
        flow.apply(Lot::Left, second(3));
        assert_eq!(flow.next(second(3), Patience::default()), next, "{event:?}");
    }
}

#[test]
fn the_booth_takes_the_rest_or_the_fee_and_then_nothing_is_asked_for() {
    let mut flow = asked();
    flow.apply(
        Lot::Answered(AutoPayReply {
            density_money: Fen(150),
        }),
        second(1),
    );
    for (fen, step) in [
        (0, Contradiction(Amount)),
        (49, Contradiction(Amount)),
        (150, Contradiction(Amount)),
        (50, Taken),
    ] {
        assert_eq!(
            flow.apply(Lot::Collected(Fen(fen)), second(2)),
            step,
            "{fen}"
        );
    }
    let mut cash_first = AutoPayFlow::at_exit(exit(200));
    assert_eq!(cash_first.apply(Lot::Collected(Fen(200)), second(0)), Taken);
    assert_eq!(
        cash_first.apply(Lot::Sending, second(0)),
        Contradiction(NotNow)
    );
    assert_eq!(
        cash_first.next(second(0), Patience::default()),
        Next::LetOut
    );
}

#[test]
fn a_reversal_is_repeated_until_it_is_answered_and_a_refused_one_looked_into() {
    let mut flow = asked();
    flow.apply(Lot::Collected(Fen(200)), second(20));
    flow.apply(Lot::Left, second(30));
    flow.apply(Lot::ReversalFailed(Failure::Unknown), second(31));
    let next = |flow: &AutoPayFlow, at| flow.next(second(at), Patience::default());
    assert_eq!(next(&flow, 90), Next::WaitUntil(second(91)));
    assert_eq!(
        next(&flow, 91),
        Next::Reverse(AutoPayReversal::of(&exit(200)))
    );
    let mut refused = flow.clone();
    refused.apply(Lot::ReversalFailed(Failure::Refused), second(92));
    assert_eq!(next(&refused, 92), Next::LookInto);
    assert_eq!(
        (
            flow.apply(Lot::Reversed, second(92)),
            flow.apply(Lot::Reversed, second(92))
        ),
        (Taken, Duplicate)
    );
    assert_eq!((next(&flow, 92), flow.is_reversed()), (Next::Done, true));
}

#[test]
fn what_does_not_belong_to_the_stay_changes_nothing() {
    let other = AutoPayRequest {
        plate_no: "粤B1".into(),
        ..exit(200)
    };
    let dearer = exit(300);
    let mut flow = AutoPayFlow::new(entry());
    let early = flow.clone();
    for (event, step) in [
        (Lot::Sending, Contradiction(NotNow)),
        (
            Lot::Answered(AutoPayReply {
                density_money: Fen(1),
            }),
            Contradiction(NotNow),
        ),
        (Lot::Collected(Fen(1)), Contradiction(NotNow)),
        (Lot::Exit(other), Contradiction(OtherOrder)),
        (Lot::Exit(exit(-1)), Contradiction(Amount)),
    ] {
        assert_eq!(flow.apply(event, second(0)), step);
        assert_eq!(flow, early);
    }
    flow.apply(Lot::SignedUp, second(0));
    assert_eq!(
        (flow.apply(Lot::Exit(exit(200)), second(0)), flow.key()),
        (Taken, Some(StayKey::from(&exit(200))))
    );
    assert_eq!(
        flow.apply(Lot::Exit(dearer.clone()), second(0)),
        Taken,
        "nothing was asked for yet"
    );
    flow.apply(Lot::Sending, second(0));
    assert_eq!(flow.apply(Lot::Exit(dearer), second(0)), Duplicate);
    assert_eq!(
        flow.apply(Lot::Exit(exit(200)), second(0)),
        Contradiction(NotNow)
    );
    flow.apply(Lot::Left, second(0));
    assert_eq!(
        flow.next(second(20), Patience::default()),
        Next::LookInto,
        "nobody paid as far as is known"
    );
}

#[test]
fn a_debit_that_was_taken_back_before_it_was_asked_for_is_never_made() {
    let (request, now) = (exit(200), second(0));
    let mut debit = AutoDebit::new(&request);
    assert_eq!(
        debit.next(now, Patience::default()),
        AutoDebitNext::AwaitRequest
    );
    assert_eq!(
        debit.apply(AutoDebitEvent::Debiting, now),
        Contradiction(NotNow)
    );
    assert_eq!(
        debit.apply(AutoDebitEvent::Reversal(AutoPayReversal::of(&request)), now),
        Taken
    );
    assert_eq!(
        debit.apply(AutoDebitEvent::Request(request.clone()), now),
        Contradiction(TakenBack)
    );
    assert_eq!(
        debit.apply(AutoDebitEvent::Debiting, now),
        Contradiction(TakenBack)
    );
    let later = AutoPayRequest {
        leave_time: second(1).into(),
        ..request.clone()
    };
    assert_eq!(
        debit.apply(AutoDebitEvent::Request(later), now),
        Contradiction(OtherOrder)
    );
    let mut debit = AutoDebit::new(&request);
    debit.apply(AutoDebitEvent::Request(request.clone()), now);
    assert_eq!(
        debit.apply(AutoDebitEvent::Request(exit(300)), now),
        Contradiction(Amount)
    );
    assert_eq!(
        (
            debit.apply(AutoDebitEvent::Request(request), now),
            debit.debited()
        ),
        (Duplicate, Some(Fen(0)))
    );
    assert_eq!(
        (
            debit.apply(AutoDebitEvent::Debiting, now),
            debit.apply(AutoDebitEvent::Debiting, now)
        ),
        (Taken, Duplicate)
    );
    assert_eq!(
        (debit.next(now, Patience::default()), debit.debited()),
        (AutoDebitNext::AskPlatform, None)
    );
}

#[test]
fn only_what_was_debited_and_taken_back_is_refunded() {
    let (request, now) = (exit(200), second(0));
    let reversal = || AutoDebitEvent::Reversal(AutoPayReversal::of(&exit(200)));
    let debited = |fen| {
        vec![
            AutoDebitEvent::Request(request.clone()),
            AutoDebitEvent::Debiting,
            AutoDebitEvent::Debited(Fen(fen)),
        ]
    };
    for (events, step) in [
        (vec![], Contradiction(NotNow)),
        (vec![reversal()], Contradiction(NotNow)),
        (debited(200), Contradiction(NotNow)),
        (
            [debited(0), vec![reversal()]].concat(),
            Contradiction(NotNow),
        ),
        (
            debited(200)
                .into_iter()
                .take(2)
                .chain([reversal()])
                .collect(),
            Contradiction(NotNow),
        ),
        ([debited(200), vec![reversal()]].concat(), Taken),
        (
            [debited(200), vec![reversal(), AutoDebitEvent::Refunded]].concat(),
            Duplicate,
        ),
    ] {
        let mut debit = AutoDebit::new(&request);
        for event in events.clone() {
            assert_eq!(debit.apply(event, now), Taken, "{events:?}");
        }
        assert_eq!(
            debit.apply(AutoDebitEvent::Refunded, now),
            step,
            "{events:?}"
        );
    }
}
