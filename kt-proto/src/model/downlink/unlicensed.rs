use super::SHORT_CARD;
use crate::Fen;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The card numbers of the cars without plate that are inside one lot (无牌车), for whoever makes
/// or checks them for 2.1: longer than 12 characters, no two cars inside with the same, the same at
/// entry and exit, and no exit while a fee is due. Store it: a restart must not forget who is
/// inside.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unlicensed {
    inside: HashSet<String>,
}

/// Why a car without plate does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PassageRefusal {
    /// The card number has 12 characters or fewer.
    #[error("the card number has {found} characters, more than 12 are needed")]
    ShortCard {
        /// How many it has.
        found: usize,
    },
    /// A car inside came in with this number.
    #[error("a car inside has this card number")]
    Inside,
    /// No car inside came in with this number.
    #[error("no car inside came in with this card number")]
    Unknown,
    /// The fee is not paid.
    #[error("the fee is not paid")]
    FeeDue,
}

impl Unlicensed {
    /// A car comes in.
    ///
    /// # Errors
    /// The number is too short, or a car inside has it.
    pub fn enter(&mut self, card_no: &str) -> Result<(), PassageRefusal> {
        let found = card_no.chars().count();
        if found <= SHORT_CARD {
            return Err(PassageRefusal::ShortCard { found });
        }
        if !self.inside.insert(card_no.to_owned()) {
            return Err(PassageRefusal::Inside);
        }
        Ok(())
    }

    /// A car leaves; `due` is what 3.1 says it has to pay.
    ///
    /// # Errors
    /// No car inside came in with this number, or a fee is due; then the car stays inside.
    pub fn leave(&mut self, card_no: &str, due: Fen) -> Result<(), PassageRefusal> {
        if !self.inside.contains(card_no) {
            return Err(PassageRefusal::Unknown);
        }
        if due.0 > 0 {
            return Err(PassageRefusal::FeeDue);
        }
        self.inside.remove(card_no);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_has_one_number_from_entry_to_exit() {
        let mut cars = Unlicensed::default();
        let (card, other) = ("oHx-openid-000001", "oHx-openid-000002");
        assert_eq!(
            cars.enter("123456789012"),
            Err(PassageRefusal::ShortCard { found: 12 })
        );
        assert_eq!(cars.leave(card, Fen(0)), Err(PassageRefusal::Unknown));
        assert_eq!(cars.enter(card), Ok(()));
        assert_eq!(cars.enter(card), Err(PassageRefusal::Inside));
        let stored = serde_json::to_string(&cars).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Unlicensed>(&stored).expect("as stored"),
            cars
        );
        assert_eq!(cars.leave(other, Fen(0)), Err(PassageRefusal::Unknown));
        assert_eq!(cars.leave(card, Fen(1)), Err(PassageRefusal::FeeDue));
        assert_eq!(cars.leave(card, Fen(0)), Ok(()));
        assert_eq!(cars.leave(card, Fen(0)), Err(PassageRefusal::Unknown));
        assert_eq!(cars.enter(card), Ok(()));
    }
}
