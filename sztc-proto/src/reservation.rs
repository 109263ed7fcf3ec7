//! What becomes of a reserved space in time: the arithmetic of 6001 and 6002, without clock or
//! store.
use crate::{
    code::{BusinessCode, ReservationChange},
    model::SpaceLock,
};
use park_core::{DateTime, Timestamp};
use serde::{Deserialize, Serialize};

/// A reserved space (车位预约), from 6001 (Table 73) through its changes by 6002 (Table 75).
///
/// The readings behind it, see also `SPEC-NOTES.md`:
///
/// - A confirmation and an extension do the same to the times
///   (以当前的时间为预约时间，计算原预约时间和当前时间的差，修改预约过期时间): now becomes the
///   beginning, and the expiry moves by now minus the old beginning. So the span between the two
///   stays what the city gave in 6001. The difference has a sign: of a reservation for a later time
///   the expiry moves back.
/// - Each change counts once. A repeated confirmation moves the expiry again; whoever may receive
///   one twice has to recognise that.
/// - After the expiry the space is kept for `obligatTime` minutes (保留时间), the last moment
///   included, and can still be confirmed, extended and cancelled. After that nothing can be done
///   (预约已过期), nor after a cancellation (预约已取消).
/// - A negative `obligatTime` counts as 0.
///
/// It is stored by serde: a system that restarts keeps its reservations.
///
/// ```
/// use sztc_proto::{Money, Reservation, code::ReservationChange, model::{Car, SpaceLock},
///     reservation::ReservationState};
/// let at = |text: &str| text.parse().expect("a date and time");
/// let mut reservation = Reservation::from(&SpaceLock {
///     book_code: "YD202303010815302410001".into(),
///     park_code: "44030400100101000010".into(),
///     park_car_info: Car::new("粤B88888"),
///     book_time: at("2023-03-01 08:15:30"),
///     over_time: at("2023-03-01 09:15:30"),
///     book_money: Money::fen(1000),
///     obligat_time: 15,
/// });
/// reservation.update(ReservationChange::CONFIRM, at("2023-03-01 08:17:30"))?;
/// assert_eq!(reservation.expires_at(), at("2023-03-01 09:17:30"));
/// assert_eq!(reservation.held_until(), at("2023-03-01 09:32:30"));
/// assert_eq!(reservation.state_at(at("2023-03-01 09:20:00")), ReservationState::Kept);
/// # Ok::<(), sztc_proto::ReservationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    begins: Timestamp,
    expires: Timestamp,
    kept_seconds: i64,
    confirmed: bool,
    cancelled: bool,
}

/// How a reservation stands at a certain time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReservationState {
    /// The space is locked, the payment outstanding.
    Locked,
    /// The space is paid for.
    Confirmed,
    /// The reservation has expired, the space is still kept (保留时间).
    Kept,
    /// The reservation has expired and the space is free.
    Expired,
    /// The reservation is cancelled and the space is free.
    Cancelled,
}

impl ReservationState {
    /// Whether the space must not be given to another car.
    pub fn holds_space(self) -> bool {
        matches!(self, Self::Locked | Self::Confirmed | Self::Kept)
    }
}

/// Why a reservation cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReservationError {
    /// It has expired and its space is no longer kept.
    #[error("the reservation has expired and its space is no longer kept")]
    Expired,
    /// It is cancelled; the answer to a repeated cancellation too.
    #[error("the reservation is cancelled")]
    Cancelled,
    /// A change that Table 75 does not list.
    #[error("the reservation cannot be changed to {0}: Table 75 lists 0, 1 and 2")]
    UnknownChange(ReservationChange),
}

impl ReservationError {
    /// The code with which to answer (Table A.2): 1301, 1401 or 1007.
    pub fn code(self) -> BusinessCode {
        match self {
            Self::Expired => BusinessCode::RESERVATION_EXPIRED,
            Self::Cancelled => BusinessCode::RESERVATION_CANCELLED,
            Self::UnknownChange(_) => BusinessCode::OUT_OF_RANGE,
        }
    }
}

impl From<&SpaceLock> for Reservation {
    fn from(lock: &SpaceLock) -> Self {
        Self {
            begins: lock.book_time.timestamp(),
            expires: lock.over_time.timestamp(),
            kept_seconds: i64::from(lock.obligat_time.max(0)) * 60,
            confirmed: false,
            cancelled: false,
        }
    }
}

impl Reservation {
    /// Applies a change of 6002 that arrives at `now`.
    ///
    /// # Errors
    /// The reservation is cancelled, or has expired and is no longer kept, or the change is not
    /// listed; nothing is changed then.
    pub fn update(
        &mut self,
        change: ReservationChange,
        now: DateTime,
    ) -> Result<(), ReservationError> {
        match self.state_at(now) {
            ReservationState::Cancelled => return Err(ReservationError::Cancelled),
            ReservationState::Expired => return Err(ReservationError::Expired),
            ReservationState::Locked | ReservationState::Confirmed | ReservationState::Kept => {}
        }
        match change {
            ReservationChange::CANCEL => self.cancelled = true,
            ReservationChange::CONFIRM => {
                self.confirmed = true;
                self.begin_at(now.timestamp());
            }
            ReservationChange::EXTEND => self.begin_at(now.timestamp()),
            other => return Err(ReservationError::UnknownChange(other)),
        }
        Ok(())
    }

    fn begin_at(&mut self, now: Timestamp) {
        let moved = now.seconds().saturating_sub(self.begins.seconds());
        self.expires = after(self.expires, moved);
        self.begins = now;
    }

    /// When it begins (预约时间).
    pub fn begins_at(&self) -> DateTime {
        self.begins.date_time()
    }

    /// When it expires (预约过期时间).
    pub fn expires_at(&self) -> DateTime {
        self.expires.date_time()
    }

    /// Until when the space is kept (预约过期时间 and 保留时间).
    pub fn held_until(&self) -> DateTime {
        after(self.expires, self.kept_seconds).date_time()
    }

    /// How it stands at `now`. It is as good as begun from the moment it is locked: the space is
    /// reserved before 预约时间 too.
    pub fn state_at(&self, now: DateTime) -> ReservationState {
        let now = now.timestamp();
        if self.cancelled {
            ReservationState::Cancelled
        } else if now > after(self.expires, self.kept_seconds) {
            ReservationState::Expired
        } else if now > self.expires {
            ReservationState::Kept
        } else if self.confirmed {
            ReservationState::Confirmed
        } else {
            ReservationState::Locked
        }
    }
}

fn after(moment: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_seconds(moment.seconds().saturating_add(seconds))
}
