//! Laws of what this crate offers beside the wire: reconciliation, consistency, conversations, QR
//! codes, changes.
use evcs_proto::{changes::*, code::*, consistency::*, conversation::*, model::*, reconcile::*, *};
use proptest::{collection::vec, prelude::*, sample::select};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::{BTreeMap, BTreeSet};

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_677_636_630 + second)
}

fn serial(number: usize) -> SerialNo {
    SerialNo::compose("MA5DM667X", &number.to_string()).expect("short enough")
}

/// Orders with numbers of their own.
fn orders() -> impl Strategy<Value = Vec<ChargeOrder>> {
    vec((0..1_000_000i64, -1_000..1_000_000i64), 0..20).prop_map(|amounts| {
        let order = |(number, (power, fen))| ChargeOrder {
            start_charge_seq: serial(number),
            total_power: Fixed::of_units(power),
            total_money: Money::fen(fen),
        };
        amounts.into_iter().enumerate().map(order).collect()
    })
}

/// Orders, the same as another side has them, and both in some other order.
fn two_books() -> impl Strategy<Value = [Vec<ChargeOrder>; 4]> {
    orders().prop_flat_map(|theirs| {
        let edits = vec(0..5u8, theirs.len());
        (Just(theirs), edits).prop_flat_map(|(theirs, edits)| {
            let mut ours = Vec::new();
            for (order, edit) in theirs.iter().zip(edits) {
                let mut order = order.clone();
                match edit {
                    0 => continue,
                    1 => order.total_power = (order.total_power.value() + Decimal::ONE).into(),
                    2 => order.total_money = (order.total_money.value() + Decimal::ONE).into(),
                    3 => {
                        order.start_charge_seq = order
                            .start_charge_seq
                            .replace("MA5DM667X", "123456789")
                            .into()
                    }
                    _ => {}
                }
                ours.push(order);
            }
            let shuffled = (
                Just(theirs.clone()).prop_shuffle(),
                Just(ours.clone()).prop_shuffle(),
            );
            (Just(theirs), Just(ours), shuffled)
                .prop_map(|(theirs, ours, (a, b))| [theirs, ours, a, b])
        })
    })
}

fn account(orders: Vec<ChargeOrder>) -> CheckOrders {
    check_orders(serial(0), at(0).date_time(), at(86_400).date_time(), orders)
}

fn broken(value: &impl Check) -> Vec<Violation> {
    let mut violations = Violations::default();
    value.check(&mut violations);
    violations.list().to_vec()
}

/// A period in which `price` is paid for `energy` of four decimals; what travels has two.
fn period(number: usize, (energy, elec, service): (i64, i64, i64)) -> (ChargeDetail, [Decimal; 3]) {
    let (energy, elec, service) = (
        Decimal::new(energy, 4),
        Decimal::new(elec, 4),
        Decimal::new(service, 4),
    );
    let start = at(number as i64 * 60);
    let detail = ChargeDetail {
        elec_price: Some(elec.into()),
        sevice_price: Some(service.into()),
        detail_elec_money: Some(cent(energy * elec)),
        detail_sevice_money: Some(cent(energy * service)),
        ..ChargeDetail::new(
            start.date_time(),
            at(start.seconds() - at(0).seconds() + 60).date_time(),
            cent(energy),
        )
    };
    (detail, [energy, energy * elec, energy * service])
}

fn cent(amount: Decimal) -> Fixed<2> {
    amount
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
        .into()
}

/// A message of the peer, owned.
#[derive(Debug, Clone)]
enum Message {
    StartReply(StartChargeReply),
    StartResult(StartResult),
    Status(ChargeStatus),
    StopReply(StopChargeReply),
    StopResult(StopResult),
    Order(ChargeOrderInfo),
    TimedOut,
}

impl Message {
    fn event(&self) -> Event<'_> {
        match self {
            Self::StartReply(message) => message.into(),
            Self::StartResult(message) => message.into(),
            Self::Status(message) => message.into(),
            Self::StopReply(message) => message.into(),
            Self::StopResult(message) => message.into(),
            Self::Order(message) => message.into(),
            Self::TimedOut => Event::ActionTimedOut,
        }
    }
}

/// Any message about one order, with sense or without.
fn message() -> impl Strategy<Value = Message> {
    let parts = (0..7u8, 0..7i32, 0..3i32, 0..5i32, 0..100i64, 0..3i64);
    parts.prop_map(|(kind, state, status, reason, second, power)| {
        let (state, status, power) = (
            ChargeState(state),
            SuccessStatus(status),
            Fixed::of_units(power),
        );
        let (start, end) = (at(0).date_time(), at(second).date_time());
        let stop = StopCharge {
            start_charge_seq: serial(1),
            connector_id: "1".into(),
        };
        match kind {
            0 => Message::StartReply(StartChargeReply {
                succ_stat: status,
                fail_reason: Some(StartFailure(reason)),
                ..StartChargeReply::ok(&StartCharge::new(serial(1), "1", ""), state)
            }),
            1 => Message::StartResult(StartResult {
                start_charge_seq: serial(1),
                start_charge_seq_stat: state,
                connector_id: "1".into(),
                start_time: start,
                ident_code: None,
            }),
            2 => {
                let (zero, connector) = (Fixed::ZERO, ConnectorStatus::CHARGING);
                Message::Status(ChargeStatus::new(
                    serial(1),
                    state,
                    "1",
                    connector,
                    zero,
                    zero,
                    zero,
                    start,
                    end,
                    power,
                ))
            }
            3 => Message::StopReply(StopChargeReply {
                succ_stat: status,
                fail_reason: Some(StopFailure(reason)),
                ..StopChargeReply::ok(&stop, state)
            }),
            4 => Message::StopResult(StopResult {
                succ_stat: status,
                start_charge_seq_stat: state,
                fail_reason: Some(StopFailure(reason)),
                ..StopResult::ok(serial(1), "1")
            }),
            5 => Message::Order(ChargeOrderInfo {
                start_charge_seq: serial(1),
                connector_id: "1".into(),
                start_time: start,
                end_time: end,
                total_power: power,
                total_elec_money: Money::ZERO,
                total_sevice_money: Money::ZERO,
                total_money: Money::ZERO,
                stop_reason: StopReason::USER,
                sum_period: None,
                charge_details: None,
            }),
            _ => Message::TimedOut,
        }
    })
}

fn talk(messages: &[Message]) -> Conversation {
    let mut conversation = Conversation::new(serial(1), at(0));
    for (second, message) in (1..).zip(messages) {
        conversation.apply(message.event(), at(second));
    }
    conversation
}

fn stations() -> impl Strategy<Value = Vec<StationStatusInfo>> {
    let status = select(vec![0, 1, 2, 3, 4, 255]);
    let lock = select(vec![
        None,
        Some(LockStatus::LOCKED),
        Some(LockStatus::UNLOCKED),
    ]);
    let connector =
        (0..8u8, status, lock).prop_map(|(id, status, lock_status)| ConnectorStatusInfo {
            connector_id: id.to_string().into(),
            status: ConnectorStatus(status),
            park_status: None,
            lock_status,
        });
    vec(vec(connector, 0..4), 0..4).prop_map(|stations| {
        let station = |(number, connector_status_infos): (usize, _)| StationStatusInfo {
            station_id: number.to_string().into(),
            connector_status_infos,
        };
        stations.into_iter().enumerate().map(station).collect()
    })
}

fn states(stations: &[StationStatusInfo]) -> BTreeMap<String, ConnectorStatusInfo> {
    let connectors = stations
        .iter()
        .flat_map(|station| &station.connector_status_infos);
    connectors
        .map(|connector| (connector.connector_id.to_string(), connector.clone()))
        .collect()
}

proptest! {
    #[test]
    fn equal_books_have_no_dispute(orders in orders()) {
        let request = account(orders.clone());
        let found = reconcile(&request, orders);
        prop_assert_eq!(found.reply.dispute_orders, []);
        prop_assert_eq!((found.unlisted, found.totals), (vec![], Ok(())));
        prop_assert!(broken(&request).is_empty());
    }

    #[test]
    fn the_order_of_the_lists_does_not_matter([theirs, ours, theirs_shuffled,
        ours_shuffled] in two_books()) {
        let (mut a, mut b) = (reconcile(&account(theirs), ours),
            reconcile(&account(theirs_shuffled), ours_shuffled));
        for found in [&mut a, &mut b] {
            found.reply.dispute_orders.sort_by(|a, b| a.start_charge_seq.cmp(&b.start_charge_seq));
        }
        prop_assert_eq!(a, b);
    }

    #[test]
    fn every_order_is_agreed_or_disputed_and_the_sums_are_exact([theirs, ours, ..] in two_books()) {
        let request = account(theirs.clone());
        let found = reconcile(&request, ours.clone());
        prop_assert!(broken(&found.reply).is_empty());
        let answer = disputed(&request, &found.reply);
        prop_assert_eq!(&answer.totals, &Ok(()));
        prop_assert!(answer.unasked.is_empty());
        let sum = |orders: &[&ChargeOrder]| orders.iter().map(|order| order.total_money.value())
            .sum::<Decimal>();
        let (agreed, of_disputed) = (answer.agreed,
            answer.disputed.iter().map(|(_, order)| *order).collect::<Vec<_>>());
        prop_assert_eq!(agreed.len() + of_disputed.len(), theirs.len());
        prop_assert_eq!(sum(&of_disputed), found.reply.total_dispute_money.value());
        prop_assert_eq!(sum(&agreed) + sum(&of_disputed), request.total_order_money.value());
        // Agreed is what both have, and only that.
        prop_assert!(agreed.iter().all(|order| ours.contains(order)));
        prop_assert!(of_disputed.iter().all(|order| !ours.contains(order)));
        let numbers: BTreeSet<_> = theirs.iter().map(|order| &order.start_charge_seq).collect();
        prop_assert!(found.unlisted.iter().all(|order| !numbers.contains(&order.start_charge_seq)));
        prop_assert_eq!(found.unlisted.len(),
            ours.iter().filter(|order| !numbers.contains(&order.start_charge_seq)).count());
    }

    #[test]
    fn an_order_rounded_from_exact_amounts_is_consistent(periods in vec((0..2_000_000i64,
        0..30_000i64, 0..20_000i64), 1..32)) {
        let (details, exact): (Vec<_>,
            Vec<_>) = periods.into_iter().enumerate().map(|(number, period_of)| period(number,
                period_of)).unzip();
        let total = |index: usize| cent(exact.iter().map(|amounts| amounts[index]).sum());
        let order = ChargeOrderInfo {
            start_charge_seq: serial(1),
            connector_id: "1".into(),
            start_time: at(0).date_time(),
            end_time: at(60 * details.len() as i64).date_time(),
            total_power: total(0),
            total_elec_money: total(1),
            total_sevice_money: total(2),
            total_money: cent(exact.iter().map(|amounts| amounts[1] + amounts[2]).sum()),
            stop_reason: StopReason::BATTERY,
            sum_period: Some(details.len() as i32),
            charge_details: Some(details),
        };
        prop_assert_eq!(order.inconsistencies(Rounding::default()), []);
    }

    #[test]
    fn messages_in_any_order_end_in_the_same_state((messages, shuffled) in vec(message(),
        0..12).prop_flat_map(|messages| {
        (Just(messages.clone()), Just(messages).prop_shuffle())
    })) {
        let (a, b) = (talk(&messages), talk(&shuffled));
        prop_assert_eq!((a.stage(), a.has_charged()), (b.stage(), b.has_charged()));
        prop_assert_eq!(a.order().is_some(), b.order().is_some());
        let patience = Patience::default();
        let settled = |conversation: &Conversation| conversation.next(at(1_000_000),
            patience) == Next::Nothing;
        prop_assert_eq!(settled(&a), settled(&b));
    }

    #[test]
    fn a_conversation_never_goes_back_and_survives_a_restart(messages in vec(message(), 0..12)) {
        let mut conversation = Conversation::new(serial(1), at(0));
        for (second, message) in (1..).zip(&messages) {
            let before = conversation.stage();
            let mut again = conversation.clone();
            let step = conversation.apply(message.event(), at(second));
            prop_assert!(before <= conversation.stage());
            // What is not news moves nothing.
            prop_assert!(before == conversation.stage() || !matches!(step,
                Step::Duplicate | Step::Late | Step::Unknown));
            let text = serde_json::to_string(&again).expect("plain fields");
            again = serde_json::from_str(&text).expect("what was written");
            prop_assert_eq!(again.apply(message.event(), at(second)), step);
            prop_assert_eq!(&again, &conversation);
        }
        // The same messages again are no news.
        let stage = conversation.stage();
        for message in &messages {
            let step = conversation.apply(message.event(), at(100));
            prop_assert!(matches!(step,
                Step::Duplicate | Step::Late | Step::Unknown | Step::Contradiction(_)), "{:?}",
                step);
            prop_assert_eq!(conversation.stage(), stage);
        }
    }

    #[test]
    fn a_qr_code_is_read_as_it_was_written(connector in "[A-Za-z0-9_]{1,26}",
        operator in "[A-Za-z0-9_]{9}", custom in "(\\PC{0,20}[!-~])?") {
        let code = QrCode::new(&connector, &operator, &custom).expect("right parts");
        let text = code.to_string();
        // Where only the first has nine characters, the ids would be taken for swapped; this order
        // has an operator of nine.
        prop_assert_eq!(text.parse::<QrCode>(), Ok(code));
        let swapped: QrCode =
            format!("  HLHT://{operator}.{connector}/{custom}\r\n").parse().expect("swapped");
        let (first, second) = if connector.len() == 9 { (&operator,
            &connector) } else { (&connector, &operator) };
        prop_assert_eq!((&**swapped.connector_id(), &**swapped.operator_id(), swapped.custom()),
            (&**first, &**second, &*custom));
        prop_assert_eq!(swapped.is_swapped(), connector.len() != 9);
        prop_assert_eq!(swapped.to_string().parse::<QrCode>(), Ok(swapped));
    }

    #[test]
    fn any_text_is_a_code_or_an_error(text in "(hlht://)?[A-Za-z0-9_.]{0,30}[./?#]?\\PC{0,20}") {
        if let Ok(code) = text.parse::<QrCode>() {
            prop_assert_eq!(code.to_string().parse::<QrCode>(), Ok(code));
        }
    }

    #[test]
    fn changes_lead_from_one_look_to_the_next(looks in vec(stations(), 1..5)) {
        let mut snapshot = Snapshot::default();
        let mut last: Vec<StationStatusInfo> = Vec::new();
        for look in looks {
            let found = changes(&last, &look);
            let mut told = states(&last);
            for change in &found {
                match change {
                    Change::Appeared { now,
                        .. } => prop_assert!(told.insert(now.connector_id.to_string(),
                            now.clone()).is_none()),
                    Change::Changed { before, now, .. } => {
                        prop_assert_eq!(told.insert(now.connector_id.to_string(), now.clone()),
                            Some(before.clone()));
                        prop_assert_ne!(before, now);
                    }
                    Change::Vanished { before,
                        .. } => prop_assert_eq!(told.remove(before.connector_id.as_str()),
                        Some(before.clone())),
                }
            }
            prop_assert_eq!(told, states(&look));
            prop_assert_eq!(snapshot.replace(look.clone()), found);
            prop_assert_eq!(snapshot.update(look.clone()), []);
            last = look;
        }
    }
}
