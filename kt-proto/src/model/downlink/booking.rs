use super::not_negative;
use crate::{
    Fen,
    code::{BookType, BookingEdit, CarIn, Promptly},
};
use park_core::{AnyText, DateTime, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of 5.1: a booking of a plate (预约车新增), `AddBookingCar`. It counts for all areas of
/// the lot: there is no way to name one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewBooking {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号码).
    pub plate_no: AnyText,
    /// What was paid in advance (预缴金额), fen.
    pub pre_money: Fen,
    /// From when (开始时间).
    pub valid_from: DateTime,
    /// Until when (结束时间).
    pub valid_to: DateTime,
    /// How often the car may come (预约类型).
    pub book_type: BookType,
    /// Whether it counts for a car that is inside (是否立即生效); 0 is yes. See [`Self::covers`].
    pub promptly: Option<Promptly>,
}

impl NewBooking {
    /// Whether a car that is inside since `entered` becomes a booked car at once, and not only at
    /// its next entry.
    pub fn covers(&self, entered: DateTime) -> bool {
        self.promptly == Some(Promptly::YES) && (self.valid_from..=self.valid_to).contains(&entered)
    }
}

check!(NewBooking {
    park_code "parkCode", plate_no "plateNo", pre_money "preMoney", valid_from "validFrom",
    valid_to "validTo", book_type "bookType",
    promptly "promptly",
}; paid_in_advance);

fn paid_in_advance(booking: &NewBooking, v: &mut Violations) {
    not_negative([("preMoney", booking.pre_money.0)], v);
}

/// Reply of 5.1 and 5.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BookingReply {
    /// Number of the booking (预约编号).
    pub book_id: i64,
}

impl BookingReply {
    /// The booking that was added, changed or deleted.
    pub fn new(book_id: i64) -> Self {
        Self { book_id }
    }
}

check!(BookingReply { book_id "bookId" });

/// Request of 5.2: change or delete a booking (预约车修改), `ModifyBookingCar`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BookingChange {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Number of the booking (预约编号); here the table writes `bookid`, everywhere else `bookId`.
    pub bookid: i64,
    /// From when (开始时间).
    pub valid_from: Option<DateTime>,
    /// Until when (结束时间).
    pub valid_to: Option<DateTime>,
    /// How often the car may come (预约类型).
    pub book_type: Option<BookType>,
    /// Change or delete (修改类型).
    pub modify_type: BookingEdit,
    /// Whether it counts for a car that is inside (是否立即生效); 0 is yes.
    pub promptly: Option<Promptly>,
}

check!(BookingChange {
    park_code "parkCode", bookid "bookid", valid_from "validFrom", valid_to "validTo",
    book_type "bookType", modify_type "modifyType",
    promptly "promptly",
});

/// A reply of 5.3 has at most this many bookings (前五条记录).
pub const BOOKINGS_SHOWN: usize = 5;

/// Request of 5.3: the bookings of a plate (预约车查询), `GetBookingCar`. The reply holds the first
/// five that count now or are in use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BookingQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: AnyText,
}

check!(BookingQuery { park_code "parkCode", plate_no "plateNo" });

/// A booking, an entry of the reply of 5.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// Number of the booking (预约编号).
    pub book_id: i64,
    /// Plate number (车牌号).
    pub plate_no: AnyText,
    /// What was paid in advance (预缴金额), fen.
    pub pre_money: Option<Fen>,
    /// From when (开始时间).
    pub valid_from: Option<DateTime>,
    /// Until when (结束时间).
    pub valid_to: Option<DateTime>,
    /// How often the car may come (预约类型).
    pub book_type: Option<BookType>,
    /// Whether it came in within the booked time (预约时间内是否已入场).
    pub is_car_in: Option<CarIn>,
}

impl Booking {
    /// A booking with its number and plate.
    pub fn new(book_id: i64, plate_no: impl Into<AnyText>) -> Self {
        Self {
            book_id,
            plate_no: plate_no.into(),
            pre_money: None,
            valid_from: None,
            valid_to: None,
            book_type: None,
            is_car_in: None,
        }
    }

    /// Those of a plate's bookings that a reply of 5.3 holds: the first five.
    pub fn shown(bookings: impl IntoIterator<Item = Self>) -> Vec<Self> {
        bookings.into_iter().take(BOOKINGS_SHOWN).collect()
    }
}

check!(Booking {
    book_id "bookId", plate_no "plateNo", pre_money "preMoney", valid_from "validFrom",
    valid_to "validTo", book_type "bookType",
    is_car_in "isCarIn",
});

#[cfg(test)]
mod tests {
    use super::{super::broken, *};
    use park_core::{
        DeviationKind, Rules,
        json::{decode, encode},
    };

    #[test]
    fn promptly_0_means_yes_for_cars_that_came_within_the_booked_time() {
        let time = |hour: u32| {
            format!("2018-08-01 {hour:02}:00:00")
                .parse::<DateTime>()
                .expect("a time")
        };
        for (promptly, entered, covered) in [
            (Some(0), 8, true),
            (Some(0), 12, true),
            (Some(0), 7, false),
            (Some(0), 13, false),
            (Some(1), 9, false),
            (None, 9, false),
        ] {
            let booking = NewBooking {
                park_code: "1".into(),
                plate_no: "A".into(),
                pre_money: Fen(0),
                valid_from: time(8),
                valid_to: time(12),
                book_type: BookType::ONCE,
                promptly: promptly.map(Promptly),
            };
            assert_eq!(
                booking.covers(time(entered)),
                covered,
                "{promptly:?} {entered}"
            );
            for (money, fields) in [(-1, 1), (0, 0), (1, 0)] {
                let booking = NewBooking {
                    pre_money: Fen(money),
                    ..booking.clone()
                };
                assert_eq!(
                    broken(&booking)
                        .iter()
                        .filter(|rule| rule.starts_with("preMoney: "))
                        .count(),
                    fields,
                    "{money}"
                );
            }
        }
    }

    #[test]
    fn a_booking_names_no_area() {
        let text = r#"{"parkCode":"1","plateNo":"A","preMoney":0,"validFrom":"2018-08-01 00:00:00","validTo":"2018-08-02 00:00:00","bookType":0,"areaCode":3}"#;
        let (booking, deviations) =
            decode::<NewBooking>(text, &Rules::default()).expect("a booking");
        assert_eq!(
            (
                deviations.list()[0].kind,
                deviations.list()[0].path.as_str()
            ),
            (DeviationKind::UNKNOWN_FIELD, "areaCode")
        );
        assert!(!encode(&booking).expect("JSON").contains("area"));
    }

    #[test]
    fn five_bookings_are_shown() {
        let bookings = |number: i64| {
            (1..=number).map(|book_id| Booking {
                book_id,
                plate_no: "A".into(),
                pre_money: None,
                valid_from: None,
                valid_to: None,
                book_type: None,
                is_car_in: None,
            })
        };
        for (number, last) in [(0, None), (4, Some(4)), (5, Some(5)), (7, Some(5))] {
            assert_eq!(
                Booking::shown(bookings(number))
                    .last()
                    .map(|booking| booking.book_id),
                last
            );
        }
    }

    #[test]
    fn the_number_of_a_booking_is_read_in_both_spellings_and_written_as_in_the_table() {
        let rules = Rules::default();
        for (field, deviates) in [("bookid", 0), ("bookId", 1)] {
            let (change, deviations) = decode::<BookingChange>(
                &format!(r#"{{"parkCode":"1","{field}":7,"modifyType":1}}"#),
                &rules,
            )
            .expect(field);
            assert_eq!((change.bookid, deviations.count()), (7, deviates));
            assert!(encode(&change).expect("JSON").contains(r#""bookid":7"#));
        }
        for (field, deviates) in [("bookid", 1), ("bookId", 0)] {
            let (reply, deviations) =
                decode::<BookingReply>(&format!(r#"{{"{field}":7}}"#), &rules).expect(field);
            assert_eq!(
                (encode(&reply).as_deref(), deviations.count()),
                (Ok(r#"{"bookId":7}"#), deviates)
            );
        }
    }
}
