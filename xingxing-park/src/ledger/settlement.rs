use super::{
    order::{Order, Unfinished},
    split::split,
    stay::Stay,
};
use crate::{
    discount::{Discount, DiscountRule, fen},
    model::{DiscountReport, OrderId},
    sessions::{ChargingSession, ChargingSessions},
};
use park_core::{Fixed, Money, rust_decimal::Decimal};
use std::{collections::BTreeMap, time::Duration};

/// What a stay's charging comes to, and how its discount is split over its orders. Computing it
/// changes nothing; it may be done as often as the fee is shown.
///
/// ```
/// use xingxing_park::ledger::{Order, Settlement, Unfinished};
/// use xingxing_park::model::{ChargingOperatorId, ParkChargeResult};
/// use xingxing_park::{DateTime, Discount, DiscountRule, Fixed, Money, Stay, code::ChargeState};
///
/// let at = |time: &str| format!("2018-07-11 {time}").parse::<DateTime>().expect("a time");
/// let order = |id: &str, begins, ends, energy: i64| Order::from(ParkChargeResult {
///     operator_id: ChargingOperatorId::star_charge(),
///     order_id: id.into(),
///     connector_id: "11000000000000010033283000".into(),
///     plate: "苏DR3005".into(),
///     start_charge_seq_stat: ChargeState::ENDED,
///     start_time: at(begins),
///     end_time: at(ends),
///     total_power: Fixed::of_units(energy),
///     total_money: Money::fen(energy),
///     park_id: "3100000092".into(),
/// });
/// let stay = Stay::new("苏DR3005", at("10:00:00"), at("12:00:00"));
/// let rule = DiscountRule::WhileCharging { grace_minutes: 15 };
/// let orders = [order("A", "09:50:00", "10:30:00", 8_00),
///     order("B", "10:20:00", "11:00:00", 9_50)];
/// let settlement = Settlement::of(orders, &stay, &rule, Unfinished::ToSample);
/// // Clipped to the stay, and the ten minutes of both counted once.
/// assert_eq!(settlement.charged().as_secs(), 60 * 60);
/// assert_eq!((settlement.energy, settlement.money), (Fixed::of_units(17_50), Money::fen(17_50)));
/// assert_eq!(settlement.discount, Discount::Minutes(75));
/// // The tariff says that 75 minutes are worth 7.01 yuan; A charged for 30 minutes and B for 40.
/// let reported: Vec<Money> =
///     settlement.reports(Money::fen(7_01)).into_iter().map(|report| report.discount_money)
///         .collect();
/// assert_eq!(reported, [Money::fen(3_00), Money::fen(4_01)]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Settlement {
    /// The stay.
    pub stay: Stay,
    /// When it was charged, within the stay, merged.
    pub sessions: ChargingSessions,
    /// Energy of the orders that count, kWh: whole orders, since nobody knows how much of one fell
    /// into the stay. Negative ones count as 0.
    pub energy: Fixed<2>,
    /// What charging cost, yuan; likewise.
    pub money: Money,
    /// What the rule gives for it.
    pub discount: Discount,
    /// Every order of the stay, those that bring nothing too, by number.
    pub parts: Vec<Part>,
}

/// One order's part in a [`Settlement`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Part {
    /// The order.
    pub order: Order,
    /// The time within the stay for which it counts; empty for one without any, `None` for an
    /// unfinished one that is ignored.
    pub session: Option<ChargingSession>,
    /// In proportion to what the discount is split: seconds, or millionths of a kWh.
    weight: u64,
}

impl Settlement {
    /// Settles a stay. Orders that do not belong to it are left out; several states of knowledge of
    /// one order are joined, the first of them as what was known before.
    pub fn of(
        orders: impl IntoIterator<Item = Order>,
        stay: &Stay,
        rule: &DiscountRule,
        unfinished: Unfinished,
    ) -> Self {
        let mut known = BTreeMap::<OrderId, Order>::new();
        for order in orders {
            let order = match known.remove(&order.result.order_id) {
                Some(known) => known.join(order),
                None => order,
            };
            known.insert(order.result.order_id.clone(), order);
        }
        let part = |order: Order| {
            let session = order.session(stay, unfinished);
            let weight = match session {
                None => 0,
                Some(_) if rule.goes_by_energy() => millionths(order.result.total_power.value()),
                Some(session) => session.duration().as_secs(),
            };
            Part {
                order,
                session,
                weight,
            }
        };
        let parts: Vec<Part> = known
            .into_values()
            .filter(|order| order.belongs_to(stay))
            .map(part)
            .collect();
        let counted = || {
            parts
                .iter()
                .filter(|part| part.session.is_some())
                .map(|part| &part.order.result)
        };
        let sessions: ChargingSessions = parts.iter().filter_map(|part| part.session).collect();
        let energy = sum(counted().map(|result| result.total_power.value())).into();
        let money = sum(counted().map(|result| result.total_money.value())).into();
        let counts = parts
            .iter()
            .any(|part| part.session.is_some() && part.order.began_within(stay));
        Self {
            discount: rule.discount(stay, counts, &sessions, energy),
            stay: stay.clone(),
            sessions,
            energy,
            money,
            parts,
        }
    }

    /// The same, with a discount in money that is not more than what is owed.
    pub fn at_most(mut self, owed: Money) -> Self {
        self.discount = self.discount.at_most(owed);
        self
    }

    /// For how long the car charged during its stay.
    pub fn charged(&self) -> Duration {
        self.sessions.total()
    }

    /// Orders whose end is not known, and which count as configured.
    pub fn unfinished(&self) -> impl Iterator<Item = &Order> {
        self.parts
            .iter()
            .map(|part| &part.order)
            .filter(|order| !order.has_ended())
    }

    /// The discount reports (4.3): one for every order of the stay that was not reported yet, also
    /// where it is 0. `given` is what the stay was in fact given, yuan: the amount of a discount in
    /// money, or what the free minutes took off the fee. Less what was reported for the stay
    /// before, it is split over them to the fen: by energy if the rule goes by energy, otherwise by
    /// the time for which each counts.
    ///
    /// So all reports of a stay sum to what it was given, as long as there is an order left to say
    /// it with: the document knows no correction.
    pub fn reports(&self, given: Money) -> Vec<DiscountReport> {
        self.split(given)
            .map(|(order, discount_money)| report(order, discount_money))
            .collect()
    }

    /// The orders not reported yet with their parts of what was given.
    pub(super) fn split(&self, given: Money) -> impl Iterator<Item = (&Order, Money)> {
        let reported = self.parts.iter().filter_map(|part| part.order.settled);
        let left = reported.fold(fen(given), |left, settled| {
            left.saturating_sub(fen(settled.discount))
        });
        let open: Vec<&Part> = self
            .parts
            .iter()
            .filter(|part| part.order.settled.is_none())
            .collect();
        let weights: Vec<u64> = open.iter().map(|part| part.weight).collect();
        // `fen` gives what fits.
        let amounts = split(left, &weights)
            .into_iter()
            .map(|fen| Money::fen(i64::try_from(fen).unwrap_or(i64::MAX)));
        open.into_iter().map(|part| &part.order).zip(amounts)
    }
}

pub(super) fn report(order: &Order, discount_money: Money) -> DiscountReport {
    DiscountReport {
        order_id: order.result.order_id.clone(),
        discount_money,
    }
}

fn sum(numbers: impl Iterator<Item = Decimal>) -> Decimal {
    numbers.fold(Decimal::ZERO, |sum, number| {
        sum.saturating_add(number.max(Decimal::ZERO))
    })
}

fn millionths(number: Decimal) -> u64 {
    let millionths = number
        .max(Decimal::ZERO)
        .saturating_mul(Decimal::from(1_000_000));
    u64::try_from(millionths.trunc()).unwrap_or(u64::MAX)
}
