use super::stay::{PlateKey, Stay};
use crate::{
    code::ChargeState,
    model::{DiscountReport, ParkChargeResult},
    sessions::ChargingSession,
};
use park_core::{DateTime, Money};
use serde::{Deserialize, Serialize};

/// What is known of one charging order. It only grows: two states of knowledge [`join`](Self::join)
/// to one, in whatever order and however often, so that it cannot matter in which order
/// notifications arrive, nor through which instance of a service. Only a settlement is the one
/// known first.
///
/// Serialize it for a store of your own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The best that was heard of it.
    pub result: ParkChargeResult,
    /// The moment of the last settlement for which the compensation query was made (补偿查询), if
    /// any.
    pub asked: Option<DateTime>,
    /// The settlement that it was part of, if any.
    pub settled: Option<Settled>,
}

/// That an order was part of a stay's settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Settled {
    /// When the stay began.
    pub entry: DateTime,
    /// When it was settled.
    pub exit: DateTime,
    /// The order's part of the discount, yuan, as it was reported.
    pub discount: Money,
}

/// For how long an order counts whose end is not known when the stay is settled: the compensation
/// query found nothing, failed, or said that the car is still charging. One way or the other the
/// barrier opens.
///
/// ```
/// use xingxing_park::{Stay, code::ChargeState, ledger::{Order, Unfinished},
///     model::ParkChargeResult};
/// let order = Order::from(ParkChargeResult {
///     operator_id: "000000002".into(),
///     order_id: "201807111622529304".into(),
///     connector_id: "11000000000000010033283000".into(),
///     plate: "苏DR3005".into(),
///     start_charge_seq_stat: ChargeState::CHARGING,
///     start_time: "2018-07-11 16:38:55".parse()?,
///     end_time: "2018-07-11 16:41:21".parse()?,
///     total_power: "0.4".parse()?,
///     total_money: "0".parse()?,
///     park_id: "3100000092".into(),
/// });
/// let stay = Stay::new("苏DR3005", "2018-07-11 16:30:00".parse()?,
///     "2018-07-11 17:08:55".parse()?);
/// for (choice, seconds) in [
///     (Unfinished::ToSample, Some(146)),
///     (Unfinished::ToExit, Some(30 * 60)),
///     (Unfinished::Ignore, None),
/// ] {
///     assert_eq!(order.session(&stay, choice).map(|session| session.duration().as_secs()),
///         seconds);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfinished {
    /// To the last sample: what is known.
    #[default]
    ToSample,
    /// To the exit: the car is taken to charge still. Energy and money are those of the last
    /// sample.
    ToExit,
    /// Not at all: neither time nor energy nor money.
    Ignore,
}

impl From<ParkChargeResult> for Order {
    fn from(result: ParkChargeResult) -> Self {
        Self {
            result,
            asked: None,
            settled: None,
        }
    }
}

impl Order {
    /// What two states of knowledge of the same order give together. The best result is kept whole:
    /// one that has ended before any other, then the later sample, then the larger one in energy,
    /// money and the other fields in a fixed order. Of two settlements that of `self` is kept,
    /// which has to be what was known first: its report was sent, and another amount would not be
    /// what the charging platform was told.
    ///
    /// The operation is associative and idempotent, and but for the settlement commutative.
    pub fn join(self, other: Self) -> Self {
        Self {
            result: if rank(&self.result) < rank(&other.result) {
                other.result
            } else {
                self.result
            },
            asked: self.asked.max(other.asked),
            settled: self.settled.or(other.settled),
        }
    }

    /// Whether it is known to have ended (已结束); every other state, unknown ones too, is
    /// unfinished.
    pub fn has_ended(&self) -> bool {
        self.result.start_charge_seq_stat == ChargeState::ENDED
    }

    /// Whose order it is.
    pub fn plate(&self) -> PlateKey {
        PlateKey::of(&self.result.plate)
    }

    /// Whether it counts for the stay: the same plate, the same lot if the stay names one, and its
    /// time up to the last sample touches the stay's. What was settled with another stay counts for
    /// that one alone.
    ///
    /// So an order that was last heard charging before the car entered is one of an earlier stay,
    /// whose end was lost. Since the clocks may differ, it may have been heard of before the entry
    /// by the stay's [tolerance](Stay::tolerance).
    pub fn belongs_to(&self, stay: &Stay) -> bool {
        let ParkChargeResult {
            park_id,
            start_time,
            end_time,
            ..
        } = &self.result;
        self.plate() == stay.plate
            && stay.park_id.as_ref().is_none_or(|id| id == park_id)
            && *start_time <= stay.exit
            && *end_time >= self.entry_of(stay)
            && self
                .settled
                .is_none_or(|settled| settled.entry == stay.entry)
    }

    /// Whether it began during the stay, whatever time of it is known.
    pub(super) fn began_within(&self, stay: &Stay) -> bool {
        (self.entry_of(stay)..=stay.exit).contains(&self.result.start_time)
    }

    /// From when on it may belong to the stay.
    fn entry_of(&self, stay: &Stay) -> DateTime {
        if self.has_ended() {
            stay.entry
        } else {
            stay.earliest_entry()
        }
    }

    /// Whether the compensation query (4.2) is to be made before the stay is settled: it belongs to
    /// the stay, its end is not known, and it was not asked for at this exit or later. One answer,
    /// whatever it is, is enough for a settlement; a later settlement of the stay asks again.
    pub fn is_due(&self, stay: &Stay) -> bool {
        self.belongs_to(stay) && !self.has_ended() && self.asked < Some(stay.exit)
    }

    /// The time within the stay for which it counts; may be empty. `None` for an unfinished one
    /// that is ignored.
    pub fn session(&self, stay: &Stay, unfinished: Unfinished) -> Option<ChargingSession> {
        let ends = match unfinished {
            _ if self.has_ended() => self.result.end_time,
            Unfinished::ToSample => self.result.end_time,
            Unfinished::ToExit => stay.exit,
            Unfinished::Ignore => return None,
        };
        let begins = self.result.start_time;
        Some(ChargingSession { begins, ends }.within(stay.span()))
    }

    /// The discount report, if it was settled; to be sent again after a crash, say.
    pub fn report(&self) -> Option<DiscountReport> {
        self.settled.map(|settled| DiscountReport {
            order_id: self.result.order_id.clone(),
            discount_money: settled.discount,
        })
    }

    /// The last moment that has to do with it: its beginning, sample, query or settlement.
    pub fn last_moment(&self) -> DateTime {
        let known = [
            Some(self.result.start_time),
            self.asked,
            self.settled.map(|settled| settled.exit),
        ];
        known
            .into_iter()
            .flatten()
            .fold(self.result.end_time, DateTime::max)
    }
}

/// Which of two results says more: a total order over the whole content.
fn rank(result: &ParkChargeResult) -> impl Ord + '_ {
    // Without `..`, so that a new field cannot be forgotten.
    let ParkChargeResult {
        operator_id,
        order_id,
        connector_id,
        plate,
        start_charge_seq_stat,
        start_time,
        end_time,
        total_power,
        total_money,
        park_id,
    } = result;
    let ended = *start_charge_seq_stat == ChargeState::ENDED;
    let amounts = (total_power, total_money);
    (
        ended,
        end_time,
        amounts,
        start_charge_seq_stat,
        start_time,
        plate,
        (park_id, connector_id, operator_id, order_id),
    )
}
