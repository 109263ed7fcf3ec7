//! One order by code or scan, whatever is lost on the way.
use super::*;

/// A lot with one order, a third party, the line between them, and what the driver's account lost.
struct World {
    fee: i64,
    now: i64,
    lot: Lot,
    order: Option<PaidOrder>,
    /// Calls for the debit by scanned code; the third party takes an order number once.
    up: Line<ScanPayment>,
    /// 3.2 and what came of it.
    down: Line<BillPayment>,
    replies: Line<PaidOrderEvent>,
    debited: i64,
    refunded: i64,
}

impl World {
    fn now(&self) -> DateTime {
        second(self.now)
    }

    fn driver_pays(&mut self) {
        if self.order.is_none() {
            self.debited += self.fee;
            self.order = Some(PaidOrder::new(payment(self.fee)));
        }
    }

    fn lot_acts(&mut self, way: u8) {
        let now = self.now();
        match &mut self.lot {
            Lot::Code(flow) => match flow.next(now, Patience::default()) {
                PayCodeNext::Send(_) if way == 0 => {
                    let _ = flow.apply(PayCodeEvent::Answered(code()), now);
                }
                PayCodeNext::Send(_) => {
                    let failure = if way == 1 {
                        Failure::Unknown
                    } else {
                        Failure::Refused
                    };
                    flow.apply(PayCodeEvent::Failed(failure), now);
                }
                PayCodeNext::Show(_) if way == 0 => self.driver_pays(),
                PayCodeNext::CollectAtBooth(fen) => assert_eq!(self.lot.collected(fen, now), Taken),
                PayCodeNext::WaitUntil(until) => assert!(until > now),
                PayCodeNext::Show(_) | PayCodeNext::Done => {}
            },
            Lot::Scan(flow) => match flow.next(now, Patience::default()) {
                ScanNext::Send(request) => {
                    if flow.apply(ScanEvent::Sending, now) == Taken && way != 1 {
                        self.up.send(request);
                    } else {
                        let auth_code = request.auth_code;
                        let failure = Failure::NotSent;
                        flow.apply(ScanEvent::Failed { auth_code, failure }, now);
                    }
                }
                ScanNext::ScanAgainOrCollect(_) if way == 0 => {
                    let again = scan(self.fee, &format!("1{}", self.now));
                    flow.apply(ScanEvent::Scanned(again), now);
                }
                ScanNext::CollectAtBooth(fen) | ScanNext::ScanAgainOrCollect(fen) => {
                    assert_eq!(self.lot.collected(fen, now), Taken)
                }
                ScanNext::WaitUntil(until) => assert!(until > now),
                ScanNext::Done => {}
            },
        }
    }

    fn cloud_acts(&mut self, way: u8) {
        let now = self.now();
        let Some(order) = &mut self.order else { return };
        match order.next(now, Patience::default()) {
            PaidOrderNext::Send(payment) => {
                self.down.send(payment);
                order.apply(PaidOrderEvent::Failed(Failure::Unknown), now);
            }
            // The order's state as it is, or lost.
            PaidOrderNext::Query(_) if way == 0 => self
                .replies
                .send(PaidOrderEvent::Status(self.lot.money().2)),
            PaidOrderNext::Query(_) => {
                let _ = order.apply(PaidOrderEvent::Failed(Failure::Unknown), now);
            }
            PaidOrderNext::Refund(fen) => {
                if way != 1 {
                    // One refund number: a repetition gives nothing.
                    self.refunded = fen.0;
                }
                order.apply(
                    if way == 0 {
                        PaidOrderEvent::Refunded
                    } else {
                        PaidOrderEvent::Failed(Failure::Unknown)
                    },
                    now,
                );
            }
            PaidOrderNext::WaitUntil(until) => assert!(until > now),
            PaidOrderNext::Done => {}
        }
    }

    fn act(&mut self, (kind, way, pick): (u8, u8, u8)) {
        let now = self.now();
        match kind {
            0 => self.lot_acts(way),
            1 => self.cloud_acts(way),
            2 => self.now += i64::from(pick),
            3 if self.up.arrive(pick.into()).is_some() => self.driver_pays(),
            4 => {
                if let Some(payment) = self.down.arrive(pick.into()) {
                    let accepted = self.lot.paid(payment, now).is_accepted();
                    self.replies.send(if accepted {
                        PaidOrderEvent::Told
                    } else {
                        PaidOrderEvent::Failed(Failure::Refused)
                    });
                }
            }
            5 => {
                if let (Some(event), Some(order)) =
                    (self.replies.arrive(pick.into()), &mut self.order)
                {
                    // A state is no news once it is old: a program asks and waits for the answer.
                    if !matches!(event, PaidOrderEvent::Status(_))
                        || matches!(
                            order.next(now, Patience::default()),
                            PaidOrderNext::Query(_)
                        )
                    {
                        order.apply(event, now);
                    }
                }
            }
            6 => self.up.lose(pick.into()),
            7 => self.down.lose(pick.into()),
            8 => self.replies.lose(pick.into()),
            9 => self.lot = restarted(&self.lot),
            10 => self.order = self.order.as_ref().map(restarted),
            // The driver loses patience.
            11 if way == 0 && self.lot.money().1 == 0 => {
                let _ = self.lot.collected(Fen(self.fee), now);
            }
            _ => {}
        }
    }
}

fn actions() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    prop::collection::vec((0..12u8, 0..3u8, any::<u8>()), 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn whatever_is_lost_the_driver_pays_the_order_once(scanned: bool, fee in 1..1000i64,
        actions in actions()) {
        let lot = if scanned { Lot::Scan(ScanFlow::new(scan(fee,
            "134"))) } else { Lot::Code(PayCodeFlow::new(code_request(fee))) };
        let (up, down, replies) = (Line::new(), Line::new(), Line::new());
        let mut world = World { fee, now: 0, lot, order: None, up, down, replies, debited: 0,
            refunded: 0 };
        for action in actions {
            world.act(action);
        }
        for _ in 0..40 {
            for action in [(0, 0, 0), (3, 0, 0), (1, 0, 0), (4, 0, 0), (5, 0, 0), (2, 0, 70)] {
                world.act(action);
            }
        }
        let (online, collected, _) = world.lot.money();
        prop_assert_eq!(online + collected, fee, "what the lot has");
        prop_assert_eq!(world.debited - world.refunded, online, "what the driver's account lost");
        prop_assert!(world.order.is_none_or(|order| order.next(second(world.now),
            Patience::default()) == PaidOrderNext::Done));
    }
}
