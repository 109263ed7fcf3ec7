//! Automatic payment, whatever is lost on the way.
use super::*;

/// A lot, a third party, its payment platform, a driver, and the line between the first two.
struct World {
    fee: i64,
    now: i64,
    lot: AutoPayFlow,
    debit: Option<AutoDebit>,
    up: Line<Call>,
    down: Line<Lot>,
    /// What the platform debited, each time.
    debits: Vec<i64>,
    refunded: bool,
    left: bool,
}

#[derive(Debug, Clone)]
enum Call {
    Debit(AutoPayRequest),
    Reverse(AutoPayReversal),
}

impl World {
    fn new(fee: i64) -> Self {
        let mut lot = AutoPayFlow::new(entry());
        lot.apply(
            Lot::EntryAnswered(EntryReply {
                is_density_pay: AutoPay::ON,
            }),
            second(0),
        );
        assert_eq!(lot.next(second(0), Patience::default()), Next::AwaitExit);
        lot.apply(Lot::Exit(exit(fee)), second(0));
        Self {
            fee,
            now: 0,
            lot,
            debit: None,
            up: Line::new(),
            down: Line::new(),
            debits: vec![],
            refunded: false,
            left: false,
        }
    }

    fn now(&self) -> DateTime {
        second(self.now)
    }

    fn lot_acts(&mut self, way: u8) {
        let now = self.now();
        match self.lot.next(now, Patience::default()) {
            Next::Send(request) => {
                if self.lot.apply(Lot::Sending, now) == Taken && way != 1 {
                    self.up.send(Call::Debit(request));
                }
            }
            Next::Reverse(reversal) => {
                if way != 1 {
                    self.up.send(Call::Reverse(reversal));
                }
                if way == 2 {
                    self.lot.apply(Lot::ReversalFailed(Failure::Unknown), now);
                }
            }
            // Drivers take their time.
            Next::CollectAtBooth(fen) if way != 2 => {
                assert_eq!(self.lot.apply(Lot::Collected(fen), now), Taken);
                assert!(fen.0 > 0);
            }
            Next::LetOut if way != 2 => {
                self.left = true;
                self.lot.apply(Lot::Left, now);
            }
            Next::WaitUntil(until) => assert!(until > now),
            Next::LetOut | Next::CollectAtBooth(_) | Next::Done => {}
            next => panic!("{next:?}"),
        }
    }

    fn cloud_hears(&mut self, call: Call) {
        let now = self.now();
        let (event, key) = match call {
            Call::Debit(request) => (
                AutoDebitEvent::Request(request.clone()),
                StayKey::from(&request),
            ),
            Call::Reverse(reversal) => (
                AutoDebitEvent::Reversal(reversal.clone()),
                StayKey::from(&reversal),
            ),
        };
        let reversal = matches!(event, AutoDebitEvent::Reversal(_));
        let debit = self.debit.get_or_insert_with(|| AutoDebit::new(key));
        let step = debit.apply(event, now);
        match (step.is_accepted(), reversal) {
            (true, true) => self.down.send(Lot::Reversed),
            (false, false) => self.down.send(Lot::Failed(Failure::Refused)),
            (accepted, reversal) => assert!(accepted && !reversal),
        }
    }

    fn cloud_acts(&mut self, way: u8, share: u8) {
        let now = self.now();
        let Some(debit) = &mut self.debit else { return };
        match debit.next(now, Patience::default()) {
            AutoDebitNext::Debit(fee) => {
                assert_eq!(
                    (debit.apply(AutoDebitEvent::Debiting, now), fee.0),
                    (Taken, self.fee)
                );
                // Stopped before it asked, after it, or not at all.
                if way != 1 {
                    self.debits.push(fee.0 * i64::from(share % 5) / 4);
                }
                if way == 0 {
                    debit.apply(AutoDebitEvent::Debited(Fen(self.debits[0])), now);
                }
            }
            AutoDebitNext::AskPlatform if way == 1 => {
                let _ = debit.apply(AutoDebitEvent::Failed, now);
            }
            AutoDebitNext::AskPlatform => {
                let debited = self.debits.first().copied().unwrap_or(0);
                assert_eq!(
                    debit.apply(AutoDebitEvent::Debited(Fen(debited)), now),
                    Taken
                );
            }
            AutoDebitNext::Answer(reply) => self.down.send(Lot::Answered(reply)),
            AutoDebitNext::Refund(fen) => {
                assert_eq!(fen.0, self.debits[0]);
                self.refunded |= way != 1;
                debit.apply(
                    if way == 0 {
                        AutoDebitEvent::Refunded
                    } else {
                        AutoDebitEvent::Failed
                    },
                    now,
                );
            }
            AutoDebitNext::AwaitRequest | AutoDebitNext::Done => {}
            AutoDebitNext::WaitUntil(until) => assert!(until > now),
        }
    }

    fn act(&mut self, (kind, way, pick): (u8, u8, u8)) {
        let now = self.now();
        match kind {
            0 => self.lot_acts(way),
            1 => self.cloud_acts(way, pick),
            2 => self.now += i64::from(pick),
            3 => {
                if let Some(call) = self.up.arrive(pick.into()) {
                    // It may fail before or after it debits, and says only that it failed.
                    if way == 2 && matches!(call, Call::Debit(_)) {
                        self.down.send(Lot::Failed(Failure::Refused));
                    }
                    self.cloud_hears(call);
                }
            }
            4 => {
                if let Some(event) = self.down.arrive(pick.into()) {
                    self.lot.apply(event, now);
                }
            }
            5 => self.up.lose(pick.into()),
            6 => self.down.lose(pick.into()),
            7 => self.lot = restarted(&self.lot),
            8 => self.debit = self.debit.as_ref().map(restarted),
            9 if self.lot.debited().is_none() => {
                let _ = self.lot.apply(Lot::Failed(Failure::Unknown), now);
            }
            10 => drop(self.lot.apply(Lot::Exit(exit(self.fee)), now)),
            // The booth had the whole fee on its display when the reply came.
            11 if !self.left && self.lot.collected().is_none() => {
                let _ = self.lot.apply(Lot::Collected(Fen(self.fee)), now);
            }
            _ => {}
        }
        assert!(self.debits.len() <= 1, "debited twice");
    }
}

fn actions() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    prop::collection::vec((0..12u8, 0..3u8, any::<u8>()), 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn whatever_is_lost_the_driver_pays_the_fee_once(fee in 1..1000i64, actions in actions()) {
        let mut world = World::new(fee);
        for action in actions {
            world.act(action);
        }
        // The line is well again. A debit that was asked for and lost on the way never arrives any
        // more.
        for _ in 0..30 {
            for action in [(0, 0, 0), (3, 0, 0), (1, 0, 4), (1, 0, 4), (4, 0, 0), (2, 0, 100)] {
                world.act(action);
            }
        }
        prop_assert_eq!(world.lot.next(world.now(), Patience::default()), Next::Done);
        let debited = world.debits.first().copied().unwrap_or(0);
        let reversed = if world.refunded { debited } else { 0 };
        let collected = world.lot.collected().map_or(0, |fen| fen.0);
        prop_assert_eq!(collected + debited - reversed, fee);
        prop_assert!(world.left);
    }
}
