//! What third parties ask the lot beside money: who was inside and is (downward 1.1 to 1.3), what
//! its devices shall do (chapter 2), who booked (5.3). From the state: all but the recharge rules
//! (4.7) and pictures (GetPhoto), which are the document's samples. Barriers and displays do what
//! they are told and keep nothing of it.
use super::{Lot, Stay};
use crate::{kt::NOT_INSIDE, store::Kept};
use kt_proto::{
    AnyText, DateTime, Dialect, Fen, Outcome,
    code::{CarType, DeviceKey},
    decode,
    model::{
        Booking, BookingQuery, CardPassage, CardProduct, CardProductQuery, FreeSpaceChange,
        GateOrder, InsideCar, InsideQuery, LedMessage, Nothing, Photo, PhotoOrder, StayPage,
        StaysAtPlace, StaysOfPlate,
    },
    refuse,
};
use std::ops::RangeInclusive;

/// Where cars come in, and leave.
pub(super) const ENTRANCE: &str = "入口1";
pub(super) const EXIT: &str = "出口1";

/// The devices at both: place, code, address.
const DEVICES: [[&str; 3]; 2] = [[ENTRANCE, "7", "172.19.8.241"], [EXIT, "8", "172.19.8.242"]];

/// A reply that a database of pictures or prices would give.
macro_rules! sample {
    ($name:literal) => {{
        let text = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../kt-proto/fixtures/samples/",
            $name,
            ".reply.json"
        ));
        let (reply, _) =
            decode(text, &Dialect::default().read).expect("the samples conform to the document");
        Ok(reply)
    }};
}

/// The place of a device.
fn place(device_code: &str, key: Option<DeviceKey>) -> Outcome<&'static str> {
    let by_address = key == Some(DeviceKey::IP);
    let device = DEVICES
        .iter()
        .find(|[_, code, address]| if by_address { *address } else { *code } == device_code);
    device.map(|[place, ..]| *place).ok_or_else(|| {
        let all = DEVICES.map(|[place, code, address]| format!("{place} {code} ({address})"));
        refuse(format!("设备不存在: {}", all.join(", ")))
    })
}

impl Lot {
    pub(super) fn stays_of_plate(&self, query: StaysOfPlate) -> Outcome<StayPage> {
        let page = (query.page_index, query.page_count);
        Ok(self.page(query.start_time..=query.end_time, page, |stay| {
            stay.plate.contains(&*query.plate_no)
        })?)
    }

    pub(super) fn stays_at_place(&self, query: StaysAtPlace) -> Outcome<StayPage> {
        let page = (query.page_index, query.page_count);
        let wanted = |place: &str, part: &Option<AnyText>| {
            part.as_ref().is_none_or(|part| place.contains(&**part))
        };
        let here = wanted(ENTRANCE, &query.entry_place) && wanted(EXIT, &query.leave_place);
        Ok(self.page(query.start_time..=query.end_time, page, |_| here)?)
    }

    /// The stays that were paid and ended within `time`.
    fn page(
        &self,
        time: RangeInclusive<DateTime>,
        (index, count): (i64, i64),
        wanted: impl Fn(&Stay) -> bool,
    ) -> Kept<StayPage> {
        let ended =
            |stay: &Stay| stay.left.is_some_and(|left| time.contains(&left)) && wanted(stay);
        let stays: Vec<_> = self.stays.all()?.into_iter().filter(ended).collect();
        // Pages count from 1, which is checked before; a count of stays fits.
        let size = usize::try_from(count).unwrap_or(usize::MAX);
        let skipped = usize::try_from(index - 1)
            .unwrap_or(usize::MAX)
            .saturating_mul(size);
        let record = |stay: &Stay| kt_proto::model::Stay {
            id: stay.number().into(),
            plate_no: Some(stay.plate.as_str().into()),
            entry_time: Some(stay.came.into()),
            entry_place: Some(ENTRANCE.into()),
            leave_time: stay.left.map(Into::into),
            leave_place: Some(EXIT.into()),
            img_name: None,
            payable: Fen(stay.paid_before().0 + stay.collected.0).into(),
            cash_user: None,
            cash_time: stay.left.map(Into::into),
        };
        Ok(StayPage {
            total_num: (stays.len() as i64).into(),
            detail: stays.iter().skip(skipped).take(size).map(record).collect(),
        })
    }

    pub(super) fn cars_inside(&self, query: InsideQuery) -> Outcome<Vec<InsideCar>> {
        let is = |stay: &Stay, text: &Option<AnyText>, card: bool| {
            text.as_ref()
                .filter(|text| !text.is_empty())
                .is_none_or(|text| stay.is_of_card() == card && stay.plate.contains(&**text))
        };
        let inside = |stay: &Stay| {
            stay.left.is_none()
                && is(stay, &query.plate_no, false)
                && is(stay, &query.card_no, true)
        };
        let car = |stay: Stay| {
            let card = stay.is_of_card();
            let number = AnyText::from(stay.plate);
            let (plate_no, card_no) = if card {
                (None, Some(number))
            } else {
                (Some(number), None)
            };
            InsideCar {
                plate_no,
                card_no,
                entry_time: stay.came,
                entry_place: Some(ENTRANCE.into()),
                car_type: Some(CarType::VISITOR),
                img_name: None,
            }
        };
        Ok(self
            .stays
            .all()?
            .into_iter()
            .filter(inside)
            .map(car)
            .collect())
    }

    /// A card number is a plate from here on.
    pub(super) fn pass_card(&self, passage: CardPassage) -> Outcome<Nothing> {
        let (card, place) = (
            &passage.card_no,
            place(&passage.device_code, passage.device_type)?,
        );
        let inside = self.stay(card)?.is_some_and(|stay| stay.left.is_none());
        match (place == ENTRANCE, inside) {
            (true, true) => return Err(refuse("该卡号的车辆已在场")),
            (true, false) => drop(self.enters(card)?),
            (false, true) => drop(self.opens(card)?.ok_or_else(|| refuse("费用未缴清"))?),
            (false, false) => return Err(refuse(NOT_INSIDE)),
        }
        Ok(Nothing {})
    }

    pub(super) fn set_free_spaces(&self, _: FreeSpaceChange) -> Outcome<Nothing> {
        Ok(Nothing {})
    }

    pub(super) fn control_gate(&self, order: GateOrder) -> Outcome<Nothing> {
        place(&order.device_code, order.device_type).map(|_| Nothing {})
    }

    pub(super) fn show_message(&self, message: LedMessage) -> Outcome<Nothing> {
        place(&message.device_code, message.device_type).map(|_| Nothing {})
    }

    pub(super) fn take_photo(&self, order: PhotoOrder) -> Outcome<Photo> {
        place(&order.device_code, order.device_type)?;
        sample!("GetPhoto")
    }

    pub(super) fn query_card_products(&self, _: CardProductQuery) -> Outcome<Vec<CardProduct>> {
        sample!("GetCardProduct")
    }

    pub(super) fn query_bookings(&self, query: BookingQuery) -> Outcome<Vec<Booking>> {
        let inside = self
            .stay(&query.plate_no)?
            .filter(|stay| stay.left.is_none());
        Ok(self
            .lists
            .bookings_of(&query.plate_no, inside.map(|stay| stay.came))?)
    }
}
