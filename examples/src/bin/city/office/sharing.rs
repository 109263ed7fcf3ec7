//! Sharing (C.1.2.4): operators publish spaces with the hours in which others may use them, and
//! drivers choose one in the city's app and pay for it there.
use super::Office;
use crate::{bank::Movement, stage::Stage, store::Kept};
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use sztc_proto::{
    Date, Money, Time,
    code::{OrderAction, PayMethod, SharingAction, Weekday},
    model::{SettledOrder, SharedParking},
};

/// Spaces that an operator shares, and by which rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Offer {
    /// Its id.
    pub id: String,
    /// The lot.
    pub park_code: String,
    /// Whose spaces they are.
    pub publisher: String,
    /// The spaces.
    pub spaces: Vec<String>,
    /// What one costs, for all of its hours.
    pub price: Money,
    /// The first day and the last.
    pub days: (Date, Date),
    /// When sharing begins each day, and when it ends.
    pub hours: (Time, Time),
    /// By how many minutes one may come earlier or leave later.
    pub buffer_time: i32,
    /// The days of the week.
    pub rule: Vec<Weekday>,
}

/// A space that a driver chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Chosen {
    /// What the parking system is told (6004), once it is paid.
    pub share: SharedParking,
    /// Of which offer.
    pub offer: String,
    /// Which space.
    pub space: String,
    /// What it costs.
    pub price: Money,
    /// What was paid for it.
    pub paid: Option<Movement>,
}

impl Office {
    /// An operator publishes spaces; under the same id again, in the place of what it published
    /// before.
    pub(crate) fn publishes(&self, offer: Offer) -> Kept<()> {
        self.0.offers.put(&offer.id.clone(), offer)
    }

    /// The lots where something is shared and free, as the app shows them.
    pub(crate) fn sharing_lots(&self) -> Kept<BTreeSet<String>> {
        Ok(self
            .free()?
            .into_iter()
            .map(|offer| offer.park_code)
            .collect())
    }

    /// What is shared at a lot and free, as the app shows it.
    pub(crate) fn offers(&self, park_code: &str) -> Kept<Vec<Offer>> {
        Ok(self
            .free()?
            .into_iter()
            .filter(|offer| offer.park_code == park_code)
            .collect())
    }

    /// All offers of which a space is free, with these spaces.
    fn free(&self) -> Kept<Vec<Offer>> {
        let (mut offers, chosen) = (self.0.offers.all()?, self.0.chosen.all()?);
        for offer in &mut offers {
            let is_free = |space: &String| {
                !chosen
                    .iter()
                    .any(|chosen| chosen.offer == offer.id && chosen.space == *space)
            };
            offer.spaces.retain(is_free);
        }
        offers.retain(|offer| !offer.spaces.is_empty());
        Ok(offers)
    }

    /// The driver chooses a space of an offer. The id of the sharing.
    ///
    /// # Errors
    /// It is not shared, or somebody else has it.
    pub(crate) fn chooses(
        &self,
        stage: &Stage,
        plate: &str,
        offer: &Offer,
        space: &str,
    ) -> Result<String> {
        let free = self
            .offers(&offer.park_code)?
            .into_iter()
            .find(|free| free.id == offer.id);
        let free = free.with_context(|| format!("of offer {} no space is free", offer.id))?;
        ensure!(
            free.spaces.iter().any(|free| free == space),
            "space {space} is not free"
        );
        let id = stage.id("G");
        let share = SharedParking {
            id: id.as_str().into(),
            park_code: free.park_code.into(),
            plate_no: plate.into(),
            start_date: free.days.0,
            end_date: free.days.1,
            start_time: free.hours.0,
            end_time: free.hours.1,
            buffer_time: free.buffer_time,
            rule: free.rule,
            action_type: SharingAction::START,
            publisher: Some(free.publisher.into()),
        };
        let chosen = Chosen {
            share,
            offer: free.id,
            space: space.to_owned(),
            price: free.price,
            paid: None,
        };
        self.0.chosen.put(&id, chosen)?;
        Ok(id)
    }

    /// The driver pays for it in the app.
    ///
    /// # Errors
    /// Nobody chose it, or it is paid.
    pub(crate) fn pays_share(&self, stage: &Stage, id: &str, channel: PayMethod) -> Result<Money> {
        let chosen = self
            .chosen(id)?
            .with_context(|| format!("there is no sharing {id}"))?;
        ensure!(chosen.paid.is_none(), "the sharing {id} is paid");
        let movement = Movement {
            id: id.to_owned(),
            order_no: id.to_owned(),
            action: OrderAction::PAYMENT,
            amount: chosen.price,
            channel,
            time: stage.now(),
        };
        stage.sites.bank.books(movement.clone())?;
        let (price, paid) = (chosen.price, Some(movement));
        self.0.chosen.put(id, Chosen { paid, ..chosen })?;
        Ok(price)
    }

    /// What the parking system is to be told of a sharing (6004).
    ///
    /// # Errors
    /// Nobody chose it, or it is not paid.
    pub(crate) fn grants(&self, id: &str) -> Result<SharedParking> {
        let chosen = self
            .chosen(id)?
            .with_context(|| format!("there is no sharing {id}"))?;
        ensure!(chosen.paid.is_some(), "the sharing {id} is not paid");
        Ok(chosen.share)
    }

    /// The operator takes an offer back. What the parking system is to be told (6004) of those who
    /// had its spaces.
    pub(crate) fn withdraws(&self, offer: &str) -> Kept<Vec<SharedParking>> {
        self.0.offers.take(offer)?;
        let mut withdrawn = Vec::new();
        for mut chosen in self
            .0
            .chosen
            .all()?
            .into_iter()
            .filter(|chosen| chosen.offer == offer)
        {
            chosen.share.action_type = SharingAction::CANCEL;
            if chosen.paid.is_some() {
                withdrawn.push(chosen.share.clone());
            }
            let id = chosen.share.id.clone();
            self.0.chosen.put(&id, chosen)?;
        }
        Ok(withdrawn)
    }

    /// A space that a driver chose, by the id of the sharing.
    pub(crate) fn chosen(&self, id: &str) -> Kept<Option<Chosen>> {
        self.0.chosen.get(id)
    }
}

impl Chosen {
    /// The order that was paid, for the clearing platform.
    pub(super) fn settled(&self) -> Option<SettledOrder> {
        let paid = self.paid.as_ref()?;
        Some(SettledOrder {
            order_no: paid.order_no.as_str().into(),
            park_code: Some(self.share.park_code.clone()),
            plate_no: Some(self.share.plate_no.clone()),
            space_no: None,
            pay_time: paid.time,
            receivables: self.price,
            discount: Money::ZERO,
            received: paid.amount,
            pay_type: paid.channel,
            pay_from: "共享停车".into(),
            action_type: OrderAction::PAYMENT,
        })
    }
}
