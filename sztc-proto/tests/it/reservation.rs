//! What becomes of a reserved space in time: the arithmetic of 6001 and 6002, without clock or
//! store.
use ReservationState::{Cancelled, Confirmed, Expired, Kept, Locked};
use park_core::DateTime;
use sztc_proto::reservation::*;
use sztc_proto::{Money, model::Car};
use sztc_proto::{
    code::{BusinessCode, ReservationChange},
    model::SpaceLock,
};

fn at(time: &str) -> DateTime {
    format!("2023-03-01 {time}").parse().expect(time)
}

fn reservation(begins: &str, expires: &str, minutes: i32) -> Reservation {
    Reservation::from(&SpaceLock {
        book_code: "YD1".into(),
        park_code: "44030400100101000010".into(),
        park_car_info: Car::new("粤B88888"),
        book_time: at(begins),
        over_time: at(expires),
        book_money: Money::fen(1000),
        obligat_time: minutes,
    })
}

#[test]
fn a_change_keeps_the_span_and_moves_the_expiry() {
    for (change, now, expires, held, state) in [
        (
            ReservationChange::CONFIRM,
            "08:00:00",
            "09:00:00",
            "09:15:00",
            Confirmed,
        ),
        (
            ReservationChange::CONFIRM,
            "08:05:30",
            "09:05:30",
            "09:20:30",
            Confirmed,
        ),
        (
            ReservationChange::EXTEND,
            "08:40:00",
            "09:40:00",
            "09:55:00",
            Locked,
        ),
        (
            ReservationChange::EXTEND,
            "09:15:00",
            "10:15:00",
            "10:30:00",
            Locked,
        ),
        (
            ReservationChange::CONFIRM,
            "07:50:00",
            "08:50:00",
            "09:05:00",
            Confirmed,
        ),
        (
            ReservationChange::CANCEL,
            "08:40:00",
            "09:00:00",
            "09:15:00",
            Cancelled,
        ),
    ] {
        let mut reservation = reservation("08:00:00", "09:00:00", 15);
        reservation.update(change, at(now)).expect("still valid");
        assert_eq!(
            (reservation.expires_at(), reservation.held_until()),
            (at(expires), at(held)),
            "{change} {now}"
        );
        assert_eq!(reservation.state_at(at(now)), state, "{change} {now}");
        let begins = if change == ReservationChange::CANCEL {
            at("08:00:00")
        } else {
            at(now)
        };
        assert_eq!(reservation.begins_at(), begins, "{change} {now}");
    }
}

#[test]
fn the_space_is_kept_for_the_grace_time_and_not_a_second_longer() {
    for (minutes, now, state) in [
        (15, "07:00:00", Locked),
        (15, "09:00:00", Locked),
        (15, "09:00:01", Kept),
        (15, "09:15:00", Kept),
        (15, "09:15:01", Expired),
        (0, "09:00:00", Locked),
        (0, "09:00:01", Expired),
        (-5, "09:00:00", Locked),
        (-5, "09:00:01", Expired),
        (i32::MAX, "23:59:59", Kept),
    ] {
        let reservation = reservation("08:00:00", "09:00:00", minutes);
        assert_eq!(reservation.state_at(at(now)), state, "{minutes} {now}");
        assert_eq!(state.holds_space(), state != Expired);
    }
}

#[test]
fn changes_follow_each_other() {
    let mut reservation = reservation("08:00:00", "09:00:00", 10);
    for (change, now, expires) in [
        (ReservationChange::CONFIRM, "08:02:00", "09:02:00"),
        (ReservationChange::EXTEND, "08:50:00", "09:50:00"),
        (ReservationChange::EXTEND, "10:00:00", "11:00:00"),
    ] {
        reservation.update(change, at(now)).expect("still valid");
        assert_eq!(reservation.expires_at(), at(expires));
        assert_eq!(reservation.state_at(at(now)), Confirmed);
    }
}

#[test]
fn what_is_over_cannot_be_changed() {
    let open = reservation("08:00:00", "09:00:00", 15);
    let mut cancelled = open;
    cancelled
        .update(ReservationChange::CANCEL, at("08:30:00"))
        .expect("still valid");
    for (reservation, change, now, error, code) in [
        (
            open,
            ReservationChange::CONFIRM,
            "09:15:01",
            ReservationError::Expired,
            1301,
        ),
        (
            open,
            ReservationChange::EXTEND,
            "09:15:01",
            ReservationError::Expired,
            1301,
        ),
        (
            open,
            ReservationChange::CANCEL,
            "09:15:01",
            ReservationError::Expired,
            1301,
        ),
        (
            cancelled,
            ReservationChange::EXTEND,
            "08:31:00",
            ReservationError::Cancelled,
            1401,
        ),
        (
            cancelled,
            ReservationChange::CANCEL,
            "08:31:00",
            ReservationError::Cancelled,
            1401,
        ),
        (
            cancelled,
            ReservationChange::CONFIRM,
            "12:00:00",
            ReservationError::Cancelled,
            1401,
        ),
        (
            open,
            ReservationChange(3),
            "08:31:00",
            ReservationError::UnknownChange(ReservationChange(3)),
            1007,
        ),
    ] {
        let mut changed = reservation;
        assert_eq!(
            changed.update(change, at(now)),
            Err(error),
            "{change} {now}"
        );
        assert_eq!((error.code(), changed), (BusinessCode(code), reservation));
    }
}
