//! The lot's black list (downward 4.8, 4.9) and its bookings (5.1 to 5.3).
use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use kt_proto::{
    DateTime, Outcome,
    code::{BookingEdit, CarIn, EntryChange},
    model::{
        BlacklistChange, BlacklistChangeReply, BlacklistEntry, BlacklistQuery, Booking,
        BookingChange, BookingReply, NewBooking,
    },
    refuse,
};

/// Both lists, by number.
#[derive(Clone)]
pub(super) struct Lists {
    black: Shelf<BlacklistEntry>,
    bookings: Shelf<(i64, NewBooking)>,
    counts: Shelf<u64>,
    clock: DayClock,
}

impl Lists {
    /// What `store` has of them.
    pub(super) fn new(store: &Store, clock: DayClock) -> Self {
        Self {
            black: store.shelf("kt.lot.black"),
            bookings: store.shelf("kt.lot.bookings"),
            counts: store.shelf("kt.lot.list_counts"),
            clock,
        }
    }

    /// A plate has one entry: whoever adds it again learns its number.
    pub(super) fn change_blacklist(
        &self,
        change: BlacklistChange,
    ) -> Outcome<BlacklistChangeReply> {
        let black_id = match change.control_type {
            EntryChange::ADD => {
                let all = self.black.all()?;
                let known = all
                    .into_iter()
                    .find(|entry| Some(&entry.plate_no) == change.plate_no.as_ref());
                known.map_or_else(|| self.next("black"), |entry| Ok(entry.black_id))?
            }
            _ => change.black_id,
        };
        self.black.change(&key(black_id), |entry| {
            match (change.control_type, &mut *entry) {
                (EntryChange::DELETE, _) => *entry = None,
                (EntryChange::ADD, _) => {
                    *entry = Some(BlacklistEntry {
                        black_id,
                        plate_no: change.plate_no.unwrap_or_default(),
                        remark: change.remark,
                    });
                }
                (EntryChange::MODIFY, Some(entry)) => {
                    entry.plate_no = change
                        .plate_no
                        .filter(|plate| !plate.is_empty())
                        .unwrap_or_else(|| entry.plate_no.clone());
                    entry.remark = change.remark.or_else(|| entry.remark.clone());
                }
                _ => return Err(refuse("黑名单不存在")),
            }
            Ok(BlacklistChangeReply { black_id })
        })?
    }

    pub(super) fn query_blacklist(&self, query: BlacklistQuery) -> Outcome<Vec<BlacklistEntry>> {
        let mut entries = self.black.all()?;
        entries.retain(|entry| query.is_all() || query.plate_no.as_ref() == Some(&entry.plate_no));
        Ok(entries)
    }

    /// The same again is the same booking.
    pub(super) fn add_booking(&self, new: NewBooking) -> Outcome<BookingReply> {
        let known = self
            .bookings
            .all()?
            .into_iter()
            .find(|(_, known)| *known == new);
        let book_id = match known {
            Some((id, _)) => id,
            None => {
                let id = self.next("bookings")?;
                self.bookings.put(&key(id), (id, new))?;
                id
            }
        };
        Ok(BookingReply { book_id })
    }

    pub(super) fn change_booking(&self, change: BookingChange) -> Outcome<BookingReply> {
        let book_id = change.bookid;
        self.bookings.change(&key(book_id), |kept| {
            if change.modify_type == BookingEdit::DELETE {
                *kept = None;
                return Ok(BookingReply { book_id });
            }
            let (_, booking) = kept.as_mut().ok_or_else(|| refuse("预约不存在"))?;
            booking.valid_from = change.valid_from.unwrap_or(booking.valid_from);
            booking.valid_to = change.valid_to.unwrap_or(booking.valid_to);
            booking.book_type = change.book_type.unwrap_or(booking.book_type);
            booking.promptly = change.promptly.or(booking.promptly);
            Ok(BookingReply { book_id })
        })?
    }

    /// The bookings of a plate that count still; `came`: when its car came in, if it is inside.
    pub(super) fn bookings_of(&self, plate: &str, came: Option<DateTime>) -> Kept<Vec<Booking>> {
        let now = self.clock.time();
        let shown = self
            .bookings
            .all()?
            .into_iter()
            .filter_map(|(book_id, booking)| {
                let inside = came
                    .is_some_and(|came| (booking.valid_from..=booking.valid_to).contains(&came));
                (*booking.plate_no == *plate && (inside || now <= booking.valid_to)).then_some(
                    Booking {
                        book_id,
                        plate_no: booking.plate_no,
                        pre_money: Some(booking.pre_money),
                        valid_from: Some(booking.valid_from),
                        valid_to: Some(booking.valid_to),
                        book_type: Some(booking.book_type),
                        is_car_in: Some(if inside { CarIn::YES } else { CarIn::NO }),
                    },
                )
            });
        Ok(Booking::shown(shown))
    }

    fn next(&self, list: &str) -> Kept<i64> {
        // A count of entries fits.
        Ok(self.counts.next(list)? as i64)
    }
}

/// Numbers in their order.
fn key(number: i64) -> String {
    format!("{number:019}")
}
