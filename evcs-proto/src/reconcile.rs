//! Comparing the orders of a period, for both sides of `check_charge_orders` (对账): what to ask,
//! what to answer, what the answer says. Without I/O.
use crate::{
    code::DisputeReason,
    model::{ChargeOrder, CheckOrders, CheckOrdersReply, DisputeOrder, SerialNo},
};
use park_core::{DateTime, Fixed, Money, rust_decimal::Decimal};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// How many orders there are, and their energy and cost in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// How many (订单数量).
    pub count: i32,
    /// Energy, kWh (总电量).
    pub power: Fixed<4>,
    /// Cost, yuan (总金额).
    pub money: Money,
}

impl Totals {
    /// The exact sums over `orders`, each given by energy and cost. Beyond what a number can hold
    /// they stay at its largest.
    fn of(orders: impl Iterator<Item = (Fixed<2>, Money)>) -> Self {
        let (mut count, mut power, mut money) = (0i32, Decimal::ZERO, Decimal::ZERO);
        for (its_power, its_money) in orders {
            count = count.saturating_add(1);
            // The amounts are a peer's: plain addition would panic on a sum that a Decimal cannot
            // hold.
            power = power.saturating_add(its_power.value());
            money = money.saturating_add(its_money.value());
        }
        Self {
            count,
            power: power.into(),
            money: money.into(),
        }
    }

    fn of_orders(orders: &[ChargeOrder]) -> Self {
        Self::of(
            orders
                .iter()
                .map(|order| (order.total_power, order.total_money)),
        )
    }

    fn agree(stated: Self, listed: Self) -> Result<(), TotalsMismatch> {
        if stated == listed {
            Ok(())
        } else {
            Err(TotalsMismatch { stated, listed })
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} orders, {} kWh, {} yuan",
            self.count, self.power, self.money
        )
    }
}

/// A message whose totals are not those of the orders that it lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the totals say {stated}; listed are {listed}")]
pub struct TotalsMismatch {
    /// What the totals say.
    pub stated: Totals,
    /// The sums over its list.
    pub listed: Totals,
}

/// What the customer side finds when it compares a peer's orders with its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconciliation {
    /// What to answer: the peer's orders that we dispute.
    pub reply: CheckOrdersReply,
    /// Orders of ours that the peer does not list, by number. The reply has no place for them: tell
    /// the peer in another way.
    pub unlisted: Vec<ChargeOrder>,
    /// Whether OrderCount, TotalOrderPower and TotalOrderMoney are those of the peer's own list.
    /// The reply has no place for this either.
    pub totals: Result<(), TotalsMismatch>,
}

/// Compares the orders that the charge point operator lists with the customer side's `own`, to the
/// last cent and 0.01 kWh.
///
/// - An order that is not among `own` is disputed as [`MISSING`](DisputeReason::MISSING), one with
///   another amount as [`MONEY`](DisputeReason::MONEY), one with other energy as
///   [`ENERGY`](DisputeReason::ENERGY). Where both differ, `MONEY` is said: the reply has one
///   reason, and the amount is what is paid.
/// - A number that the peer lists more than once counts once: by the entry that agrees with ours,
///   or the first if none does. The further ones are disputed as `MISSING`: there is no second
///   transaction (交易不存在) of that number.
/// - The disputed orders and their totals are stated as the peer states them.
///
/// `own` are the orders of the period from `StartTime` to `EndTime`; each number once, of several
/// the last counts. Whether an order that ends on the edge belongs to it is not said in the
/// document. If the sides count differently, give a little more than the period, and look through
/// [`unlisted`](Reconciliation::unlisted) for what belongs to the next.
///
/// ```
/// use evcs_proto::{Fixed, Money, code::DisputeReason, model::{ChargeOrder, SerialNo},
///     reconcile::{check_orders, reconcile}};
/// let order = |number: &str, power, fen| ChargeOrder {
///     start_charge_seq: SerialNo::compose("MA5DM667X", number).expect("short enough"),
///     total_power: Fixed::of_units(power),
///     total_money: Money::fen(fen),
/// };
/// let serial = SerialNo::compose("123456789", "20230301").expect("short enough");
/// let request = check_orders(
///     serial,
///     "2023-03-01 00:00:00".parse()?,
///     "2023-03-01 23:59:59".parse()?,
///     vec![order("1", 1000, 1500), order("2", 2000, 3000)],
/// );
/// let found = reconcile(&request,
///     [order("1", 1000, 1500), order("2", 2000, 2999), order("3", 100, 150)]);
/// assert_eq!(found.reply.dispute_orders[0].dispute_reason, DisputeReason::MONEY);
/// assert_eq!(found.reply.total_dispute_money, Money::yuan(30));
/// assert_eq!(found.unlisted, [order("3", 100, 150)]);
/// assert_eq!(found.totals, Ok(()));
/// # Ok::<(), evcs_proto::TimeError>(())
/// ```
pub fn reconcile(
    request: &CheckOrders,
    own: impl IntoIterator<Item = ChargeOrder>,
) -> Reconciliation {
    reconcile_within(request, own, Fixed::ZERO)
}

/// As [`reconcile`], where energy may differ by `energy` kWh, for meters that are read separately.
/// Money never may.
pub fn reconcile_within(
    request: &CheckOrders,
    own: impl IntoIterator<Item = ChargeOrder>,
    energy: Fixed<2>,
) -> Reconciliation {
    let own: BTreeMap<SerialNo, ChargeOrder> = own
        .into_iter()
        .map(|order| (order.start_charge_seq.clone(), order))
        .collect();
    let reasons: Vec<_> = request
        .charge_orders
        .iter()
        .map(|order| reason(order, own.get(&order.start_charge_seq), energy))
        .collect();

    // Which entry counts for its number.
    let mut counts: BTreeMap<&SerialNo, usize> = BTreeMap::new();
    for (index, order) in request.charge_orders.iter().enumerate() {
        let counted = counts.entry(&order.start_charge_seq).or_insert(index);
        if reasons[*counted].is_some() && reasons[index].is_none() {
            *counted = index;
        }
    }
    let entries = request.charge_orders.iter().zip(reasons).enumerate();
    let dispute_orders: Vec<_> = entries
        .filter_map(|(index, (order, reason))| {
            let counted = counts.get(&order.start_charge_seq) == Some(&index);
            let dispute_reason = if counted {
                reason?
            } else {
                DisputeReason::MISSING
            };
            Some(DisputeOrder {
                start_charge_seq: order.start_charge_seq.clone(),
                total_power: order.total_power,
                total_money: order.total_money,
                dispute_reason,
            })
        })
        .collect();
    let disputed = Totals::of(
        dispute_orders
            .iter()
            .map(|order| (order.total_power, order.total_money)),
    );
    let stated = Totals {
        count: request.order_count,
        power: request.total_order_power,
        money: request.total_order_money,
    };
    Reconciliation {
        unlisted: own
            .iter()
            .filter(|(number, _)| !counts.contains_key(number))
            .map(|(_, order)| order.clone())
            .collect(),
        totals: Totals::agree(stated, Totals::of_orders(&request.charge_orders)),
        reply: CheckOrdersReply {
            check_order_seq: request.check_order_seq.clone(),
            start_time: request.start_time,
            end_time: request.end_time,
            total_dispute_order: disputed.count,
            total_dispute_power: disputed.power,
            total_dispute_money: disputed.money,
            dispute_orders,
        },
    }
}

/// Why `theirs` is disputed.
fn reason(
    theirs: &ChargeOrder,
    ours: Option<&ChargeOrder>,
    energy: Fixed<2>,
) -> Option<DisputeReason> {
    let Some(ours) = ours else {
        return Some(DisputeReason::MISSING);
    };
    let apart = theirs
        .total_power
        .value()
        .saturating_sub(ours.total_power.value())
        .abs();
    if theirs.total_money != ours.total_money {
        Some(DisputeReason::MONEY)
    } else if apart > energy.value().max(Decimal::ZERO) {
        Some(DisputeReason::ENERGY)
    } else {
        None
    }
}

/// What the charge point operator asks: its orders of the time from `start` to `end`, with their
/// exact sums.
pub fn check_orders(
    serial: impl Into<SerialNo>,
    start: DateTime,
    end: DateTime,
    orders: Vec<ChargeOrder>,
) -> CheckOrders {
    let totals = Totals::of_orders(&orders);
    CheckOrders {
        check_order_seq: serial.into(),
        start_time: start,
        end_time: end,
        order_count: totals.count,
        total_order_power: totals.power,
        total_order_money: totals.money,
        charge_orders: orders,
    }
}

/// What an answer says, for the charge point operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Disputed<'a> {
    /// Orders that both sides agree on, in the order of the request: these can be settled.
    pub agreed: Vec<&'a ChargeOrder>,
    /// Orders that are disputed, as the other side states them, with ours.
    pub disputed: Vec<(&'a DisputeOrder, &'a ChargeOrder)>,
    /// Disputed orders that we did not ask about, and further disputes of one that we listed once.
    pub unasked: Vec<&'a DisputeOrder>,
    /// Whether TotalDisputeOrder, TotalDisputePower and TotalDisputeMoney are those of the answer's
    /// own list.
    pub totals: Result<(), TotalsMismatch>,
}

/// Reads the answer to `request`. Of a number listed several times, as many are disputed as the
/// answer disputes; which of them is told by the amounts where they differ.
///
/// The answer's CheckOrderSeq is not looked at: whoever keeps several open compares it first.
///
/// ```
/// # use evcs_proto::{Fixed, Money, model::{ChargeOrder, SerialNo},
/// #     reconcile::{check_orders, disputed, reconcile}};
/// # let order = |number: &str, power, fen| ChargeOrder {
/// #     start_charge_seq: SerialNo::compose("MA5DM667X", number).expect("short enough"),
/// #     total_power: Fixed::of_units(power),
/// #     total_money: Money::fen(fen),
/// # };
/// # let (start, end) = ("2023-03-01 00:00:00".parse()?, "2023-03-01 23:59:59".parse()?);
/// let request = check_orders("123456789000000000020230301", start, end,
///     vec![order("1", 1000, 1500), order("2", 2000, 3000)]);
/// let reply = reconcile(&request, [order("1", 1000, 1500)]).reply;
/// let found = disputed(&request, &reply);
/// assert_eq!(found.agreed, [&order("1", 1000, 1500)]);
/// assert_eq!(found.disputed, [(&reply.dispute_orders[0], &order("2", 2000, 3000))]);
/// # Ok::<(), evcs_proto::TimeError>(())
/// ```
pub fn disputed<'a>(request: &'a CheckOrders, reply: &'a CheckOrdersReply) -> Disputed<'a> {
    let mut listed: BTreeMap<&SerialNo, Vec<usize>> = BTreeMap::new();
    for (index, order) in request.charge_orders.iter().enumerate() {
        listed
            .entry(&order.start_charge_seq)
            .or_default()
            .push(index);
    }
    let (mut disputed, mut unasked, mut taken) = (Vec::new(), Vec::new(), BTreeSet::new());
    for dispute in &reply.dispute_orders {
        let same = |index: &usize| {
            let order = &request.charge_orders[*index];
            order.total_power == dispute.total_power && order.total_money == dispute.total_money
        };
        let left = listed
            .get_mut(&dispute.start_charge_seq)
            .filter(|left| !left.is_empty());
        if let Some(left) = left {
            let index = left.swap_remove(left.iter().position(same).unwrap_or(0));
            taken.insert(index);
            disputed.push((dispute, &request.charge_orders[index]));
        } else {
            unasked.push(dispute);
        }
    }
    let stated = Totals {
        count: reply.total_dispute_order,
        power: reply.total_dispute_power,
        money: reply.total_dispute_money,
    };
    let sums = Totals::of(
        reply
            .dispute_orders
            .iter()
            .map(|order| (order.total_power, order.total_money)),
    );
    let orders = request.charge_orders.iter().enumerate();
    Disputed {
        agreed: orders
            .filter(|(index, _)| !taken.contains(index))
            .map(|(_, order)| order)
            .collect(),
        disputed,
        unasked,
        totals: Totals::agree(stated, sums),
    }
}
