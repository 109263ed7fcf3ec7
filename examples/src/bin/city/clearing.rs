//! The clearing platform (清分结算平台): it has the files of payment platforms, and compares them with the orders of the city (C.5).
use crate::store::{Kept, Shelf, Store};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use sztc_proto::{Date, Money, OrderAction, SettledOrder};

/// The platform's books.
#[derive(Clone)]
pub struct Clearing(Arc<State>);

struct State {
    /// The files, by platform and day.
    files: Shelf<File>,
    /// What came of the last comparison, by platform and day.
    results: Shelf<Comparison>,
}

/// The file of a payment platform for one day (对账文件).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// The payment platform.
    pub platform: String,
    /// The day.
    pub day: Date,
    /// What it moved.
    pub entries: Vec<Entry>,
}

/// One movement in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Number of the order.
    pub order_no: String,
    /// Payment or refund.
    pub action: OrderAction,
    /// How much.
    pub amount: Money,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// How many movements both sides have alike.
    pub agreed: usize,
    /// The others.
    pub different: Vec<Difference>,
}

/// A movement that the two sides do not have alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Number of the order.
    pub order_no: String,
    /// What the city has; nothing if it does not know of it.
    pub city: Option<Money>,
    /// What the file has.
    pub file: Option<Money>,
}

impl Clearing {
    /// With what is kept in `store`.
    pub fn new(store: &Store) -> Self {
        Self(Arc::new(State {
            files: store.shelf("clearing.files"),
            results: store.shelf("clearing.results"),
        }))
    }

    /// A payment platform hands in the movements of a day: further ones, or others in the place of those that it handed in before.
    pub fn takes(&self, platform: &str, day: Date, entries: &[Entry]) -> Kept<()> {
        self.0.files.change(&key(platform, day), |file| {
            let file = file.get_or_insert_with(|| File {
                platform: platform.to_owned(),
                day,
                entries: Vec::new(),
            });
            for entry in entries {
                file.entries
                    .retain(|known| (&known.order_no, known.action) != (&entry.order_no, entry.action));
                file.entries.push(entry.clone());
            }
        })
    }

    /// Compares the city's orders of a day with the file of a payment platform, and keeps what came of it. Orders that were paid otherwise are not
    /// its business.
    pub fn compares(&self, platform: &str, day: Date, orders: &[SettledOrder]) -> Kept<Comparison> {
        let file = self.0.files.get(&key(platform, day))?;
        // By number and action: what the city has, and what the file has.
        let mut sides: BTreeMap<(String, i32), (Option<Money>, Option<Money>)> = BTreeMap::new();
        for order in orders.iter().filter(|order| *order.pay_from == *platform) {
            sides.entry((order.order_no.to_string(), order.action_type.0)).or_default().0 = Some(order.received);
        }
        for entry in file.iter().flat_map(|file| &file.entries) {
            sides.entry((entry.order_no.clone(), entry.action.0)).or_default().1 = Some(entry.amount);
        }
        let mut result = Comparison::default();
        for ((order_no, _), (city, file)) in sides {
            match city == file {
                true => result.agreed += 1,
                false => result.different.push(Difference { order_no, city, file }),
            }
        }
        self.0.results.put(&key(platform, day), result.clone())?;
        Ok(result)
    }

    /// What came of the last comparison.
    pub fn result(&self, platform: &str, day: Date) -> Kept<Option<Comparison>> {
        self.0.results.get(&key(platform, day))
    }
}

fn key(platform: &str, day: Date) -> String {
    format!("{platform} {day}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sztc_proto::PayMethod;

    const PLATFORM: &str = "银联商务";

    fn order(number: &str, fen: i64, platform: &str) -> SettledOrder {
        let money = Money::fen(fen);
        SettledOrder {
            order_no: number.into(),
            park_code: None,
            plate_no: Some("粤B88888".into()),
            space_no: None,
            pay_time: "2026-03-02 08:00:00".parse().expect("a time"),
            receivables: money,
            discount: Money::ZERO,
            received: money,
            pay_type: PayMethod::UNION_PAY,
            pay_from: platform.into(),
            action_type: OrderAction::PAYMENT,
        }
    }

    fn entry(number: &str, fen: i64) -> Entry {
        Entry {
            order_no: number.to_owned(),
            action: OrderAction::PAYMENT,
            amount: Money::fen(fen),
        }
    }

    #[test]
    fn what_one_side_lacks_or_has_otherwise_is_found() {
        let clearing = Clearing::new(&Store::in_memory().expect("memory"));
        let orders = [
            order("a", 500, PLATFORM),
            order("b", 500, PLATFORM),
            order("c", 500, PLATFORM),
            order("x", 500, "现金"),
        ];
        let day = orders[0].pay_time.date();
        clearing.takes(PLATFORM, day, &[entry("a", 500), entry("b", 50)]).expect("kept");
        clearing.takes(PLATFORM, day, &[entry("d", 500)]).expect("kept");
        let found = clearing.compares(PLATFORM, day, &orders).expect("kept");
        assert_eq!(found.agreed, 1);
        let difference = |number: &str, city: Option<i64>, file: Option<i64>| Difference {
            order_no: number.to_owned(),
            city: city.map(Money::fen),
            file: file.map(Money::fen),
        };
        let expected = [
            difference("b", Some(500), Some(50)),
            difference("c", Some(500), None),
            difference("d", None, Some(500)),
        ];
        assert_eq!(found.different, expected);
        assert_eq!(clearing.result(PLATFORM, day).expect("kept"), Some(found));

        clearing.takes(PLATFORM, day, &[entry("b", 500), entry("c", 500)]).expect("kept");
        let found = clearing.compares(PLATFORM, day, &orders).expect("kept");
        assert_eq!((found.agreed, found.different), (3, vec![difference("d", None, Some(500))]));
    }
}
