//! The clearing platform (清分结算平台): it asks each payment platform for its file, and compares
//! it with the orders of the city (C.5).
use crate::{
    bank::{Bank, CHANNELS, HEADINGS},
    store::{Kept, Shelf, Store},
};
use anyhow::{Context, Result, anyhow, ensure};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use sztc_proto::{
    Date, DateTime, Money,
    code::{OrderAction, PayMethod},
    model::SettledOrder,
    rust_decimal::Decimal,
};

/// The platform's books.
#[derive(Clone)]
pub(crate) struct Clearing(Arc<State>);

struct State {
    /// The files, by channel and day, as they were given.
    files: Shelf<String>,
    /// What came of the last comparison, by channel and day.
    results: Shelf<Comparison>,
}

/// One line of a file.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    order_no: String,
    action: OrderAction,
    amount: Money,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Comparison {
    /// Which orders both sides have alike, payments and refunds each for itself.
    pub agreed: Vec<String>,
    /// The others.
    pub different: Vec<Difference>,
}

/// An order that the two sides do not have alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Difference {
    /// Its number.
    pub order_no: String,
    /// What the city has; nothing if it does not know of it.
    pub city: Option<Money>,
    /// What the file has.
    pub file: Option<Money>,
}

impl Clearing {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store) -> Self {
        Self(Arc::new(State {
            files: store.shelf("clearing.bills"),
            results: store.shelf("clearing.found"),
        }))
    }

    /// Asks the payment platforms for their files of a day, one after the other, and compares each
    /// with the city's orders. What came of it, by channel.
    ///
    /// # Errors
    /// A file is not to be had, or cannot be read.
    pub(crate) fn reconciles(
        &self,
        bank: &Bank,
        day: Date,
        orders: &[SettledOrder],
    ) -> Result<Vec<(PayMethod, Comparison)>> {
        let mut results = Vec::new();
        for channel in CHANNELS {
            let file = bank.file(channel, day)?;
            self.0.files.put(&key(channel, day), file.clone())?;
            let entries =
                read(&file).with_context(|| format!("the file of {channel} for {day}"))?;
            let result = compare(channel, orders, &entries);
            self.0.results.put(&key(channel, day), result.clone())?;
            results.push((channel, result));
        }
        Ok(results)
    }

    /// What came of the last comparison.
    pub(crate) fn result(&self, channel: PayMethod, day: Date) -> Kept<Option<Comparison>> {
        self.0.results.get(&key(channel, day))
    }
}

fn key(channel: PayMethod, day: Date) -> String {
    format!("{} {day}", channel.0)
}

/// The orders of a file.
fn read(file: &str) -> Result<Vec<Entry>> {
    let mut lines = file.lines();
    let first = lines.next().unwrap_or_default();
    ensure!(
        first == HEADINGS,
        "line 1: expected {HEADINGS:?}, found {first:?}"
    );
    let numbered = lines.enumerate();
    numbered
        .map(|(index, line)| entry(line).with_context(|| format!("line {}", index + 2)))
        .collect()
}

fn entry(line: &str) -> Result<Entry> {
    let fields: Vec<&str> = line.split(',').collect();
    let [time, order_no, action, amount] = fields[..] else {
        return Err(anyhow!("expected 4 fields, found {}", fields.len()));
    };
    let _: DateTime = time
        .parse()
        .with_context(|| format!("expected a time, found {time:?}"))?;
    let action = OrderAction::LIST.iter().find(|(_, name)| *name == action);
    Ok(Entry {
        order_no: order_no.to_owned(),
        action: action.context("it is neither a payment nor a refund")?.0,
        amount: amount
            .parse()
            .with_context(|| format!("expected an amount, found {amount:?}"))?,
    })
}

/// Orders that were paid by another channel are not this file's business. An order may be paid in
/// parts: what counts is the sum.
fn compare(channel: PayMethod, orders: &[SettledOrder], entries: &[Entry]) -> Comparison {
    // By number and action: what the city has, and what the file has.
    let mut sides: BTreeMap<(&str, i32), [Option<Decimal>; 2]> = BTreeMap::new();
    let mut add = |order_no, action: OrderAction, side: usize, amount: Money| {
        let sum = &mut sides.entry((order_no, action.0)).or_default()[side];
        *sum = Some(sum.unwrap_or_default() + amount.value());
    };
    for order in orders.iter().filter(|order| order.pay_type == channel) {
        add(&*order.order_no, order.action_type, 0, order.received);
    }
    for entry in entries {
        add(&entry.order_no, entry.action, 1, entry.amount);
    }
    let mut result = Comparison::default();
    for ((order_no, _), [city, file]) in sides {
        let order_no = order_no.to_owned();
        if city == file {
            result.agreed.push(order_no);
        } else {
            let [city, file] = [city, file].map(|sum| sum.map(Money::from));
            result.different.push(Difference {
                order_no,
                city,
                file,
            });
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: PayMethod = PayMethod::UNION_PAY;

    fn order(number: &str, fen: i64, channel: PayMethod) -> SettledOrder {
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
            pay_type: channel,
            pay_from: "微信公众号".into(),
            action_type: OrderAction::PAYMENT,
        }
    }

    fn file(lines: &[&str]) -> String {
        let lines: String = lines
            .iter()
            .map(|line| format!("2026-03-02 08:00:00,{line}\n"))
            .collect();
        format!("{HEADINGS}\n{lines}")
    }

    #[test]
    fn what_one_side_lacks_or_has_otherwise_is_found() {
        let mut orders: Vec<SettledOrder> = ["a", "b", "c"]
            .map(|number| order(number, 500, CHANNEL))
            .into();
        orders.extend([
            order("e", 200, CHANNEL),
            order("e", 300, CHANNEL),
            order("x", 500, PayMethod::CASH),
        ]);
        let entries = read(&file(&[
            "a,支付,5.00",
            "b,支付,0.50",
            "d,支付,5.00",
            "a,退款,1.00",
            "e,支付,5.00",
        ]))
        .expect("a file");
        let found = compare(CHANNEL, &orders, &entries);
        assert_eq!(found.agreed, ["a", "e"]);
        let difference = |number: &str, city: Option<i64>, file: Option<i64>| Difference {
            order_no: number.to_owned(),
            city: city.map(Money::fen),
            file: file.map(Money::fen),
        };
        let expected = [
            difference("a", None, Some(100)),
            difference("b", Some(500), Some(50)),
            difference("c", Some(500), None),
            difference("d", None, Some(500)),
        ];
        assert_eq!(found.different, expected);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let wrong = ["a,支付", "a,付,5.00", "a,支付,much"];
        for line in wrong {
            let problem = format!("{:#}", read(&file(&["a,支付,5.00", line])).expect_err(line));
            assert!(problem.starts_with("line 3: "), "{problem}");
        }
        assert!(read("").is_err());
    }
}
