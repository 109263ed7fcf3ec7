use super::*;
use crate::flow::{Contradiction::*, Step::*};
use crate::{
    code::{ChangeChannel, ChangeState},
    model::{ChangeDue, ChangePage},
};

fn page() -> ChangePage {
    ChangePage {
        park_code: "1".into(),
        order_no: "C1".into(),
    }
}

fn due(change: i64, state: ChangeState) -> ChangeDue {
    ChangeDue {
        order_no: "C1".into(),
        plate_no: None,
        card_no: None,
        come_time: None,
        pay_money: Fen(1100),
        paid_amount: Fen(1100 + change),
        if_charge: state,
    }
}

fn given() -> ChangeEvent {
    ChangeEvent::Given {
        channel: ChangeChannel::WECHAT,
        account: Some("o1".into()),
    }
}

/// A machine that owes 400, a third party, and its platform, which knows payments by their number.
struct World {
    now: i64,
    flow: ChangeFlow,
    given: Vec<u32>,
    lot_knows: bool,
    events: Line<ChangeEvent>,
}

impl World {
    fn act(&mut self, (kind, way, pick): (u8, u8, u8)) {
        let now = second(self.now);
        match kind {
            0 => match self.flow.next(now, Patience::default()) {
                ChangeNext::Query(_) => {
                    let state = if self.lot_knows {
                        ChangeState::GIVEN
                    } else {
                        ChangeState::DUE
                    };
                    self.events.send(ChangeEvent::Due(due(400, state)));
                }
                ChangeNext::Give { amount, attempt } => {
                    assert_eq!(amount, Fen(400));
                    if self.flow.apply(ChangeEvent::Giving, now) == Taken {
                        // The platform refuses, gives, or the program stops before it asks.
                        match way {
                            0 => self.given.push(attempt),
                            1 => self.events.send(ChangeEvent::NotGiven { attempt }),
                            _ => {}
                        }
                    }
                }
                ChangeNext::AskPlatform { attempt } if !self.given.contains(&attempt) => {
                    self.events.send(ChangeEvent::NotGiven { attempt })
                }
                ChangeNext::AskPlatform { .. } => self.events.send(given()),
                ChangeNext::Notify(notice) => {
                    assert_eq!(
                        (notice.user_account.as_deref(), self.given.len()),
                        (Some("o1"), 1)
                    );
                    // A repeated notice is refused by this lot; one in three replies is lost.
                    let event = if self.lot_knows {
                        ChangeEvent::Failed(Failure::Refused)
                    } else {
                        ChangeEvent::Told
                    };
                    self.lot_knows = true;
                    if way == 0 {
                        self.events.send(event);
                    }
                }
                ChangeNext::WaitUntil(until) => assert!(until > now),
                ChangeNext::Done => {}
                // An old answer came again; a person looks, and finds that the lot knows.
                ChangeNext::LookInto => {
                    assert!(self.lot_knows);
                    self.flow
                        .apply(ChangeEvent::Due(due(400, ChangeState::GIVEN)), now);
                }
            },
            1 => {
                if let Some(event) = self.events.arrive(pick.into()) {
                    self.flow.apply(event, now);
                }
            }
            2 => self.now += i64::from(pick),
            3 => self.flow = restarted(&self.flow),
            4 => self.events.lose(pick.into()),
            _ => drop(self.flow.apply(ChangeEvent::Failed(Failure::Unknown), now)),
        }
        assert!(self.given.len() <= 1, "given twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn change_is_given_once_and_the_lot_told(actions in prop::collection::vec((0..6u8, 0..3u8,
        any::<u8>()), 0..60)) {
        let (flow, events) = (ChangeFlow::new(&page()), Line::new());
        let mut world = World { now: 0, flow, given: vec![], lot_knows: false, events };
        for action in actions {
            world.act(action);
        }
        for _ in 0..60 {
            for action in [(0, 0, 0), (1, 0, 0), (2, 0, 70)] {
                world.act(action);
            }
        }
        prop_assert_eq!(world.flow.next(second(world.now), Patience::default()), ChangeNext::Done);
        prop_assert_eq!((world.given.len(), world.lot_knows), (1, true));
    }
}

#[test]
fn nothing_is_given_where_nothing_is_owed() {
    for answer in [
        due(400, ChangeState::GIVEN),
        due(0, ChangeState::DUE),
        due(-100, ChangeState::DUE),
    ] {
        let mut flow = ChangeFlow::new(&page());
        assert_eq!(flow.apply(ChangeEvent::Due(answer), second(0)), Taken);
        assert_eq!(flow.next(second(0), Patience::default()), ChangeNext::Done);
        assert_eq!(flow.apply(ChangeEvent::Giving, second(0)), Duplicate);
    }
    let mut flow = ChangeFlow::new(&page());
    for (event, step) in [
        (ChangeEvent::Giving, Contradiction(NotNow)),
        (given(), Contradiction(NotNow)),
        (ChangeEvent::Told, Contradiction(NotNow)),
        (ChangeEvent::NotGiven { attempt: 1 }, Contradiction(NotNow)),
        (
            ChangeEvent::Due(ChangeDue {
                order_no: "C2".into(),
                ..due(400, ChangeState::DUE)
            }),
            Contradiction(OtherOrder),
        ),
        (ChangeEvent::Due(due(400, ChangeState(9))), Taken),
    ] {
        assert_eq!(flow.apply(event.clone(), second(0)), step, "{event:?}");
        assert_eq!(flow.due(), None);
    }
    assert_eq!(
        flow.next(second(0), Patience::default()),
        ChangeNext::WaitUntil(second(60))
    );
}

#[test]
fn a_second_attempt_has_its_own_number() {
    let mut flow = ChangeFlow::new(&page());
    for (event, step) in [
        (ChangeEvent::Due(due(400, ChangeState::DUE)), Taken),
        (ChangeEvent::Due(due(400, ChangeState::DUE)), Duplicate),
        (ChangeEvent::Giving, Taken),
        (ChangeEvent::NotGiven { attempt: 1 }, Taken),
        (ChangeEvent::Due(due(400, ChangeState::DUE)), Taken),
        (ChangeEvent::Giving, Taken),
        (ChangeEvent::NotGiven { attempt: 1 }, Duplicate),
    ] {
        assert_eq!(flow.apply(event.clone(), second(0)), step, "{event:?}");
    }
    assert_eq!(
        flow.next(second(0), Patience::default()),
        ChangeNext::AskPlatform { attempt: 2 }
    );
}

#[test]
fn a_notice_that_is_refused_is_looked_into_only_if_the_lot_does_not_know() {
    for (state, next) in [
        (ChangeState::GIVEN, ChangeNext::Done),
        (ChangeState::DUE, ChangeNext::LookInto),
    ] {
        let mut flow = ChangeFlow::new(&page());
        for event in [
            ChangeEvent::Due(due(400, ChangeState::DUE)),
            ChangeEvent::Giving,
            given(),
            ChangeEvent::Failed(Failure::Refused),
        ] {
            assert_eq!(flow.apply(event, second(0)), Taken);
        }
        assert!(matches!(
            flow.next(second(0), Patience::default()),
            ChangeNext::Query(_)
        ));
        assert_eq!(
            flow.apply(ChangeEvent::Due(due(400, state)), second(1)),
            Taken
        );
        assert_eq!(flow.next(second(1), Patience::default()), next);
    }
}
