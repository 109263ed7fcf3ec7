use crate::code::{EntryChange, NumberKind, PlateEdit};
use park_core::{AnyText, Rule, Violations, check, given};
use serde::{Deserialize, Serialize};

/// A plate or an IC card of a card for several cars, an entry of `plateDetails` of 4.1 and 4.5; one
/// of the two, never both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardPlate {
    /// Plate number (车牌号).
    pub plate_no: Option<AnyText>,
    /// Number of the IC card (IC卡id), best as the maker's own reader shows it.
    pub etc_no: Option<AnyText>,
}

impl CardPlate {
    /// A plate.
    pub fn plate(plate_no: impl Into<AnyText>) -> Self {
        Self {
            plate_no: Some(plate_no.into()),
            etc_no: None,
        }
    }

    /// An IC card.
    pub fn card(etc_no: impl Into<AnyText>) -> Self {
        Self {
            plate_no: None,
            etc_no: Some(etc_no.into()),
        }
    }
}

check!(CardPlate { plate_no "plateNo", etc_no "etcNo" }; one_number);

fn one_number(plate: &CardPlate, v: &mut Violations) {
    either(&plate.plate_no, &plate.etc_no, v);
}

fn either(plate_no: &Option<AnyText>, etc_no: &Option<AnyText>, v: &mut Violations) {
    if given(plate_no) == given(etc_no) {
        v.add_at("plateNo", Rule::Condition("one of plateNo, etcNo"));
    }
}

/// A plate or an IC card to add to or delete from a card, an entry of `plateDetails` of 4.2; one of
/// the two, never both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardPlateEdit {
    /// Plate number (车牌号).
    pub plate_no: Option<AnyText>,
    /// Number of the IC card (IC卡id).
    pub etc_no: Option<AnyText>,
    /// Delete or add.
    pub r#type: PlateEdit,
}

check!(CardPlateEdit { plate_no "plateNo", etc_no "etcNo", r#type "type" }; one_edit);

fn one_edit(edit: &CardPlateEdit, v: &mut Violations) {
    either(&edit.plate_no, &edit.etc_no, v);
}

/// Request of 4.4: add, change or delete one plate of a card (固定车(同卡多车)车牌管理),
/// `CarCardNoManage`. The last plate cannot be deleted: delete the card (4.3). See [`Self::apply`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CardPlateChange {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Id of the card (卡片id).
    pub card_id: i64,
    /// The new plate number (车牌号码), or card number by `is_card`. Needed to add or change.
    pub plate_no: Option<AnyText>,
    /// The old one (旧车牌号). Needed to change or delete, otherwise empty.
    pub oldplate_no: Option<AnyText>,
    /// Whether these are card or plate numbers; 0 is card. Absent: plates, as the fields' names
    /// say.
    pub is_card: Option<NumberKind>,
    /// What happens.
    pub modify_type: EntryChange,
}

check!(CardPlateChange {
    park_code "parkCode", card_id "cardId", plate_no "plateNo", oldplate_no "oldplateNo",
    is_card "isCard", modify_type "modifyType",
}; numbers_needed);

fn numbers_needed(change: &CardPlateChange, v: &mut Violations) {
    if matches!(change.modify_type, EntryChange::ADD | EntryChange::MODIFY)
        && !given(&change.plate_no)
    {
        v.add_at("plateNo", Rule::Condition("needed to add or change"));
    }
    if matches!(
        change.modify_type,
        EntryChange::MODIFY | EntryChange::DELETE
    ) && !given(&change.oldplate_no)
    {
        v.add_at("oldplateNo", Rule::Condition("needed to change or delete"));
    }
}

/// Why a plate of a card was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlateRefusal {
    /// It is the last one: delete the card instead (4.3).
    #[error("the last plate of a card cannot be deleted, delete the card")]
    Last,
    /// The card does not have the old number.
    #[error("the card does not have this number")]
    Absent,
    /// The card has the new number already.
    #[error("the card has this number already")]
    Present,
    /// A number is not given, or the kind of change is not in the document's list.
    #[error("a number is not given, or the kind of change is unknown")]
    Incomplete,
}

impl CardPlateChange {
    /// Does to the plates of a card what the request says. An old number that the card has among
    /// its plates only is a plate, whatever `is_card` says: the document's own sample calls plates
    /// cards.
    ///
    /// # Errors
    /// Nothing was changed: the last plate is not deleted, and the card has to have the old number
    /// and not the new one.
    pub fn apply(&self, plates: &mut Vec<CardPlate>) -> Result<(), PlateRefusal> {
        let number = |text: &Option<AnyText>| {
            text.clone()
                .filter(|text| !text.is_empty())
                .ok_or(PlateRefusal::Incomplete)
        };
        let replaces = matches!(self.modify_type, EntryChange::MODIFY | EntryChange::DELETE)
            && given(&self.oldplate_no);
        let is_plate = replaces
            && plates
                .iter()
                .any(|plate| plate.plate_no == self.oldplate_no)
            && plates.iter().all(|plate| plate.etc_no != self.oldplate_no);
        let entry = |text| match self.is_card {
            Some(NumberKind::CARD) if !is_plate => CardPlate::card(text),
            _ => CardPlate::plate(text),
        };
        // An entry may hold "" in the field that does not count.
        let find = |plates: &[CardPlate], wanted: &CardPlate| {
            plates.iter().position(|plate| match &wanted.etc_no {
                Some(_) => plate.etc_no == wanted.etc_no,
                None => plate.plate_no == wanted.plate_no,
            })
        };
        let old = || find(plates, &entry(number(&self.oldplate_no)?)).ok_or(PlateRefusal::Absent);
        let new = || {
            let new = entry(number(&self.plate_no)?);
            match find(plates, &new) {
                Some(_) => Err(PlateRefusal::Present),
                None => Ok(new),
            }
        };
        match self.modify_type {
            EntryChange::ADD => {
                let new = new()?;
                plates.push(new);
            }
            EntryChange::MODIFY => {
                let (at, new) = (old()?, new()?);
                plates[at] = new;
            }
            EntryChange::DELETE => {
                let at = old()?;
                if plates.len() == 1 {
                    return Err(PlateRefusal::Last);
                }
                plates.remove(at);
            }
            _ => return Err(PlateRefusal::Incomplete),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::broken, *};

    #[test]
    fn an_entry_is_a_plate_or_a_card() {
        for (plate, card, ok) in [
            (Some("A"), Some(""), true),
            (None, Some("7"), true),
            (Some("A"), Some("7"), false),
            (Some(""), None, false),
        ] {
            let (plate_no, etc_no) = (plate.map(AnyText::from), card.map(AnyText::from));
            let edit = CardPlateEdit {
                plate_no: plate_no.clone(),
                etc_no: etc_no.clone(),
                r#type: PlateEdit::ADD,
            };
            let entry = CardPlate { plate_no, etc_no };
            assert_eq!(
                (broken(&entry).is_empty(), broken(&edit).is_empty()),
                (ok, ok),
                "{plate:?} {card:?}"
            );
        }
    }

    fn change(
        modify_type: EntryChange,
        old: &str,
        new: &str,
        is_card: Option<NumberKind>,
    ) -> CardPlateChange {
        CardPlateChange {
            park_code: "1".into(),
            card_id: 5,
            plate_no: Some(new.into()),
            oldplate_no: Some(old.into()),
            is_card,
            modify_type,
        }
    }

    #[test]
    fn the_old_number_is_needed_to_change_or_delete_the_new_one_to_add_or_change() {
        let (no_new, no_old) = (
            "plateNo: needed to add or change",
            "oldplateNo: needed to change or delete",
        );
        for (what, old, new, found) in [
            (EntryChange::ADD, "", "A", vec![]),
            (EntryChange::ADD, "", "", vec![no_new]),
            (EntryChange::MODIFY, "A", "B", vec![]),
            (EntryChange::MODIFY, "", "", vec![no_new, no_old]),
            (EntryChange::DELETE, "A", "", vec![]),
            (EntryChange::DELETE, "", "A", vec![no_old]),
        ] {
            assert_eq!(
                broken(&change(what, old, new, None)),
                found,
                "{what:?} {old} {new}"
            );
        }
    }

    #[test]
    fn a_plate_called_a_card_is_a_plate_where_the_card_has_it_among_its_plates_only() {
        let (a, b, card_a) = (
            CardPlate::plate("A"),
            CardPlate::plate("B"),
            CardPlate::card("A"),
        );
        for (what, old, new, before, outcome, after) in [
            // As the document's sample has it.
            (
                EntryChange::MODIFY,
                "A",
                "C",
                vec![a.clone(), b.clone()],
                Ok(()),
                vec![CardPlate::plate("C"), b.clone()],
            ),
            (
                EntryChange::DELETE,
                "A",
                "",
                vec![a.clone(), b.clone()],
                Ok(()),
                vec![b.clone()],
            ),
            (
                EntryChange::DELETE,
                "A",
                "",
                vec![a.clone(), card_a.clone()],
                Ok(()),
                vec![a.clone()],
            ),
            (
                EntryChange::DELETE,
                "D",
                "",
                vec![a.clone(), b.clone()],
                Err(PlateRefusal::Absent),
                vec![a.clone(), b.clone()],
            ),
            (
                EntryChange::ADD,
                "A",
                "7",
                vec![a.clone()],
                Ok(()),
                vec![a.clone(), CardPlate::card("7")],
            ),
        ] {
            let mut plates = before;
            let change = change(what, old, new, Some(NumberKind::CARD));
            assert_eq!(
                (change.apply(&mut plates), plates),
                (outcome, after),
                "{change:?}"
            );
        }
    }

    #[test]
    fn the_last_plate_stays() {
        let mut plates = vec![CardPlate::plate("A")];
        let mut apply = |change: CardPlateChange| {
            let outcome = change.apply(&mut plates);
            (outcome, plates.clone())
        };
        let (a, b, card) = (
            CardPlate::plate("A"),
            CardPlate::plate("B"),
            CardPlate::card("7"),
        );
        for (change, outcome) in [
            (
                change(EntryChange::DELETE, "A", "", None),
                (Err(PlateRefusal::Last), vec![a.clone()]),
            ),
            (
                change(EntryChange::ADD, "", "A", None),
                (Err(PlateRefusal::Present), vec![a.clone()]),
            ),
            (
                change(EntryChange::ADD, "", "", None),
                (Err(PlateRefusal::Incomplete), vec![a.clone()]),
            ),
            (
                change(EntryChange(9), "A", "C", None),
                (Err(PlateRefusal::Incomplete), vec![a.clone()]),
            ),
            (
                change(EntryChange::ADD, "", "7", Some(NumberKind::CARD)),
                (Ok(()), vec![a.clone(), card.clone()]),
            ),
            (
                change(EntryChange::MODIFY, "A", "B", Some(NumberKind::PLATE)),
                (Ok(()), vec![b.clone(), card.clone()]),
            ),
            (
                change(EntryChange::DELETE, "A", "", None),
                (Err(PlateRefusal::Absent), vec![b.clone(), card.clone()]),
            ),
            (
                change(EntryChange::DELETE, "7", "", None),
                (Err(PlateRefusal::Absent), vec![b.clone(), card.clone()]),
            ),
            (
                change(EntryChange::DELETE, "7", "", Some(NumberKind::CARD)),
                (Ok(()), vec![b.clone()]),
            ),
            (
                change(EntryChange::DELETE, "B", "", None),
                (Err(PlateRefusal::Last), vec![b.clone()]),
            ),
        ] {
            assert_eq!(apply(change.clone()), outcome, "{change:?}");
        }
    }
}
