//! The lot's regular cars (固定车): cards with their plates, and what was paid on them (downward
//! 4.1 to 4.6).
use crate::{
    clock::DayClock,
    store::{Shelf, Store},
};
use kt_proto::{
    OrEmpty, Outcome,
    code::{CarType, PlateEdit},
    given,
    model::{
        Card, CardChange, CardDeletion, CardPayment, CardPlate, CardPlateChange, CardQuery,
        NewCard, NewCardReply, Nothing, PlateRefusal, Unitless,
    },
    refuse,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The cards, by id.
#[derive(Clone)]
pub(super) struct Cards {
    kept: Shelf<Regular>,
    counts: Shelf<u64>,
    clock: DayClock,
}

/// One card.
#[derive(Serialize, Deserialize)]
struct Regular {
    /// As it is answered.
    card: Card,
    /// What it was made of: the same again is the same card.
    made_of: NewCard,
    /// The orders that were paid on it.
    orders: BTreeSet<String>,
}

impl Regular {
    fn plates(&self) -> &[CardPlate] {
        self.card
            .plate_details
            .as_deref()
            .map_or(&[], Vec::as_slice)
    }
}

impl Cards {
    /// Those that `store` has.
    pub(super) fn new(store: &Store, clock: DayClock) -> Self {
        Self {
            kept: store.shelf("kt.lot.cards"),
            counts: store.shelf("kt.lot.card_count"),
            clock,
        }
    }

    pub(super) fn add_card(&self, new: NewCard) -> Outcome<NewCardReply> {
        let all = self.kept.all()?;
        if let Some(known) = all.iter().find(|known| known.made_of == new) {
            let card_id = known.card.card_id;
            return Ok(NewCardReply { card_id });
        }
        let mut plates = all.iter().flat_map(Regular::plates);
        if plates.any(|known| {
            new.plate_details
                .iter()
                .any(|plate| number(plate) == number(known))
        }) {
            return Err(refuse("车牌或卡号已有固定车卡"));
        }
        // A count of cards fits.
        let card_id = self.counts.next("cards")? as i64;
        let card = Card {
            card_id,
            car_type: new.car_type,
            card_name: Some(new.use_name.clone()),
            tel: new.tel.clone(),
            room_id: new.room_id.clone(),
            area_list: None,
            plate_details: Some(new.plate_details.clone()),
            valid_from: Some(new.valid_from),
            valid_to: Some(new.valid_to),
            valid_value: Some(Unitless(0)),
            space_num: Some(new.space_num),
            last_update_time: Some(self.clock.time()),
        };
        let (made_of, orders) = (new, BTreeSet::new());
        self.kept.put(
            &key(card_id),
            Regular {
                card,
                made_of,
                orders,
            },
        )?;
        Ok(NewCardReply { card_id })
    }

    pub(super) fn change_card(&self, change: CardChange) -> Outcome<Nothing> {
        self.change(change.card_id, |known| {
            let mut plates = known.plates().to_vec();
            for edit in change
                .plate_details
                .as_ref()
                .and_then(OrEmpty::value)
                .into_iter()
                .flat_map(|edits| edits.iter())
            {
                let plate = CardPlate {
                    plate_no: edit.plate_no.clone(),
                    etc_no: edit.etc_no.clone(),
                };
                plates.retain(|known| number(known) != number(&plate));
                if edit.r#type == PlateEdit::ADD {
                    plates.push(plate);
                }
            }
            if plates.is_empty() {
                return Err(refuse(PlateRefusal::Last.to_string()));
            }
            let card = &mut known.card;
            card.plate_details = Some(plates.into());
            for (field, text) in [
                (&mut card.card_name, change.use_name),
                (&mut card.tel, change.tel),
                (&mut card.room_id, change.room_id),
            ] {
                if given(&text) {
                    *field = text;
                }
            }
            overwrite(&mut card.valid_from, change.valid_from);
            overwrite(&mut card.valid_to, change.valid_to);
            overwrite(&mut card.space_num, change.space_num);
            Ok(())
        })
    }

    /// What is not there any more is deleted.
    pub(super) fn delete_card(&self, deletion: CardDeletion) -> Outcome<Nothing> {
        self.kept.take(&key(deletion.card_id))?;
        Ok(Nothing {})
    }

    pub(super) fn change_plate(&self, change: CardPlateChange) -> Outcome<Nothing> {
        self.change(change.card_id, |known| {
            let mut plates = known.plates().to_vec();
            change
                .apply(&mut plates)
                .map_err(|cause| refuse(cause.to_string()))?;
            known.card.plate_details = Some(plates.into());
            Ok(())
        })
    }

    pub(super) fn query_cards(&self, query: CardQuery) -> Outcome<Vec<Card>> {
        let plate = query.plate_no.as_deref().filter(|plate| !plate.is_empty());
        let id = query.card_id.filter(|id| *id != 0);
        let asked = |known: &Regular| {
            id.is_none_or(|id| known.card.card_id == id)
                && plate
                    .is_none_or(|plate| known.plates().iter().any(|one| number(one) == Some(plate)))
        };
        Ok(self
            .kept
            .all()?
            .into_iter()
            .filter(asked)
            .map(|known| known.card)
            .collect())
    }

    /// The order's number tells a repetition from a second payment.
    pub(super) fn pay_card(&self, payment: CardPayment) -> Outcome<Nothing> {
        self.change(payment.card_id, |known| {
            let order = payment
                .order_no
                .as_deref()
                .filter(|order| !order.is_empty());
            if order.is_some_and(|order| !known.orders.insert(order.to_owned())) {
                return Ok(());
            }
            let card = &mut known.card;
            card.valid_to = card.valid_to.max(Some(payment.valid_to));
            if let (CarType::STORED_VALUE, Some(value)) = (card.car_type, &mut card.valid_value) {
                value.0 = value.0.saturating_add(payment.amount.0);
            }
            Ok(())
        })
    }

    fn change(
        &self,
        id: i64,
        change: impl FnOnce(&mut Regular) -> Outcome<()>,
    ) -> Outcome<Nothing> {
        let now = self.clock.time();
        self.kept.change(&key(id), |known| {
            let known = known.as_mut().ok_or_else(|| refuse("固定车卡不存在"))?;
            change(known)?;
            known.card.last_update_time = Some(now);
            Ok(Nothing {})
        })?
    }
}

/// Ids in their order.
fn key(id: i64) -> String {
    format!("{id:019}")
}

/// Its plate, or its card number. An entry may hold `""` in the field that does not count.
fn number(plate: &CardPlate) -> Option<&str> {
    [&plate.plate_no, &plate.etc_no]
        .into_iter()
        .flatten()
        .map(|text| &**text)
        .find(|text| !text.is_empty())
}

fn overwrite<T: Clone>(field: &mut Option<T>, news: Option<OrEmpty<T>>) {
    if let Some(OrEmpty::Value(value)) = news {
        *field = Some(value);
    }
}
