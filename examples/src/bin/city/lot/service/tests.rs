//! What comes twice, or over two ways at once.
use super::*;
use crate::{
    clock::DayClock,
    lot::{COURT, GARAGE, MALL, TOWER},
    store::Store,
};
use std::{collections::BTreeSet, sync::Barrier, thread, time::Duration};
use sztc_proto::{Timestamp, TransportKind, code::ReservationChange, model::Car};
use tokio::runtime::Handle;

const TIMES: usize = 30;

fn lot() -> (Lot, DayClock) {
    let clock = DayClock::default();
    clock.freeze("2026-03-02 08:00:00".parse().expect("a time"));
    (
        Lot::new(&Store::in_memory().expect("memory"), clock.clone()),
        clock,
    )
}

fn lock(lot: &Lot, park_code: &str, number: usize) -> SpaceLock {
    SpaceLock {
        book_code: format!("Y{number:031}").into(),
        park_code: park_code.into(),
        park_car_info: Car::new(format!("粤B{number:05}")),
        book_time: lot.now(),
        over_time: Timestamp::from_seconds(lot.now().timestamp().seconds() + 1800).date_time(),
        book_money: Money::fen(500),
        obligat_time: 15,
    }
}

/// Makes all calls at once.
fn at_once<T: Send, R: Send>(requests: Vec<T>, call: impl Fn(T) -> R + Sync) -> Vec<R> {
    let (together, call) = (&Barrier::new(requests.len()), &call);
    thread::scope(|scope| {
        let start = |request| {
            scope.spawn(move || {
                together.wait();
                call(request)
            })
        };
        let running: Vec<_> = requests.into_iter().map(start).collect();
        running
            .into_iter()
            .map(|call| call.join().expect("no panic"))
            .collect()
    })
}

#[tokio::test]
async fn two_equal_reservations_at_once_have_one_space() {
    let (lot, _) = lot();
    let context = |transport| Ctx::new("city", transport);
    for number in 0..TIMES {
        let lock = lock(&lot, TOWER, number);
        let reserve = |transport| {
            let (lot, lock, context) = (lot.clone(), lock.clone(), context(transport));
            // The service does not wait for anything, so that two threads are needed for two at
            // once.
            tokio::task::spawn_blocking(move || {
                Handle::current()
                    .block_on(async move { lot.lock_space(&context, vec![lock]).await })
            })
        };
        let (https, tcp) = tokio::join!(reserve(TransportKind::Https), reserve(TransportKind::Tcp));
        let space = |replies: Result<Vec<Outcome<SpaceLockReply>>, Refusal>| {
            replies
                .expect("answered")
                .remove(0)
                .expect("reserved")
                .space_no
        };
        assert_eq!(
            space(https.expect("no panic")),
            space(tcp.expect("no panic"))
        );
    }
    assert_eq!(lot.taken(TOWER).expect("kept"), (0, TIMES as i32));
}

#[test]
fn the_last_space_is_given_once() {
    let (lot, _) = lot();
    for round in 0..TIMES {
        let locks: Vec<_> = (0..6)
            .map(|number| lock(&lot, COURT, 10 * round + number))
            .collect();
        let plates: Vec<_> = locks
            .iter()
            .map(|lock| lock.park_car_info.plate_no.to_string())
            .collect();
        let numbered = locks.into_iter().enumerate().collect();
        let given = at_once(numbered, |(number, lock): (usize, SpaceLock)| {
            match number % 2 {
                0 => lot.reserve(lock).is_ok(),
                _ => lot
                    .takes_in(COURT, lock.park_car_info, None)
                    .expect("kept")
                    .is_some(),
            }
        });
        assert_eq!(given.iter().filter(|given| **given).count(), 3);
        lot.forgets(&plates).expect("kept");
        assert_eq!(lot.taken(COURT).expect("kept"), (0, 0));
    }
}

#[test]
fn two_cars_that_are_stored_at_once_stand_apart() {
    let (lot, _) = lot();
    for round in 0..TIMES {
        let plates: Vec<_> = (0..6)
            .map(|number| format!("粤B{:05}", 10 * round + number))
            .collect();
        let order = |plate: &String| CarStore {
            park_code: MALL.into(),
            garage_code: GARAGE.into(),
            plate_no: Some(plate.as_str().into()),
            space_no: None,
            garage_pass_code: Some(1),
        };
        let stored = at_once(plates.iter().map(order).collect(), |order| {
            lot.stores(order).is_ok()
        });
        assert_eq!(stored, [true; 6]);
        let spaces: BTreeSet<_> = plates
            .iter()
            .map(|plate| lot.stands(plate).expect("kept"))
            .collect();
        assert_eq!(spaces.len(), 6);
        lot.forgets(&plates).expect("kept");
    }
}

#[test]
fn an_extension_that_comes_again_soon_counts_once() {
    let (lot, clock) = lot();
    let lock = lock(&lot, TOWER, 1);
    lot.reserve(lock.clone()).expect("a space");
    let change = |confirmstate| {
        let update = ReservationUpdate {
            book_code: lock.book_code.clone(),
            park_code: TOWER.into(),
            confirmstate,
        };
        lot.change_reservation(update).expect("changed");
        lot.0
            .bookings
            .get(&lock.book_code)
            .expect("kept")
            .expect("reserved")
            .reservation
    };
    change(ReservationChange::CONFIRM);
    let first = change(ReservationChange::EXTEND);
    clock.advance(Duration::from_secs(90));
    assert_eq!(change(ReservationChange::EXTEND), first);
    clock.advance(Duration::from_secs(180));
    assert_ne!(change(ReservationChange::EXTEND), first);
}
