use crate::sessions::ChargingSession;
use park_core::{DateTime, Text, Timestamp};
use std::{fmt, time::Duration};

/// A plate number as plates are compared: without white space around it, and with ASCII letters in
/// capitals. Nothing else is changed, and the plate in a
/// [`ParkChargeResult`](crate::model::ParkChargeResult) keeps its text.
///
/// ```
/// use xingxing_park::ledger::PlateKey;
/// assert_eq!(PlateKey::of(" 苏dr3005 "), PlateKey::of("苏DR3005"));
/// assert_ne!(PlateKey::of("苏D R3005"), PlateKey::of("苏DR3005"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlateKey(String);

impl PlateKey {
    /// The key of a plate number.
    pub fn of(plate: &str) -> Self {
        Self(plate.trim().to_ascii_uppercase())
    }

    /// The text that is compared, for a store's index.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A car's stay in the lot, from its entry to the moment at which its fee is settled. A plate and
/// an entry make a stay: it may be settled at a pay station, and again at the exit.
///
/// ```
/// use xingxing_park::Stay;
/// let stay = Stay::new("苏DR3005", "2018-07-11 16:30:00".parse()?,
///     "2018-07-11 18:00:00".parse()?).park("3100000092");
/// assert_eq!(stay.span().duration().as_secs(), 90 * 60);
/// # Ok::<(), xingxing_park::TimeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The car.
    pub plate: PlateKey,
    /// The lot as the charging platform names it (停车场编号). Orders of other lots then do not
    /// count; without it, those of every lot do.
    pub park_id: Option<Text<50>>,
    /// When the car entered.
    pub entry: DateTime,
    /// When it left, or the moment of settling. Before the entry, the stay is empty.
    pub exit: DateTime,
    /// How far the gate's clock may be ahead of the charging platform's. Default 2 minutes. An
    /// order whose end is not known belongs to the stay if it was heard of so long before the
    /// entry; what counts of its time begins with the entry nevertheless.
    pub tolerance: Duration,
}

impl Stay {
    /// The stay of the car with this plate number, in whatever lot.
    pub fn new(plate: &str, entry: DateTime, exit: DateTime) -> Self {
        Self {
            plate: PlateKey::of(plate),
            park_id: None,
            entry,
            exit,
            tolerance: Duration::from_secs(120),
        }
    }

    /// How far the gate's clock may be ahead of the charging platform's.
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The entry by a clock that is behind the gate's as far as it may be.
    pub(super) fn earliest_entry(&self) -> DateTime {
        let tolerance = i64::try_from(self.tolerance.as_secs()).unwrap_or(i64::MAX);
        Timestamp::from_seconds(self.entry.timestamp().seconds().saturating_sub(tolerance))
            .date_time()
    }

    /// The lot as the charging platform names it.
    pub fn park(mut self, park_id: impl Into<Text<50>>) -> Self {
        self.park_id = Some(park_id.into());
        self
    }

    /// The time between entry and exit.
    pub fn span(&self) -> ChargingSession {
        ChargingSession {
            begins: self.entry,
            ends: self.exit,
        }
    }
}
