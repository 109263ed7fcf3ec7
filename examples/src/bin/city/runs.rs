//! What is kept of the scenarios that were begun: how many, what time it became in them, and the
//! plates that the last of them made.
use crate::store::{Kept, Shelf, Store};
use sztc_proto::DateTime;

/// The only key of what there is one of.
const ALL: &str = "runs";

/// The runs of scenarios.
pub(crate) struct Runs {
    count: Shelf<u64>,
    /// Once any role has written something, this is written too; before that it does not matter.
    last: Shelf<DateTime>,
    plates: Shelf<String>,
}

impl Runs {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store) -> Self {
        Self {
            count: store.shelf("stage.runs"),
            last: store.log("stage.time"),
            plates: store.log("stage.plates"),
        }
    }

    /// One begins; its number.
    pub(crate) fn begin(&self) -> Kept<u64> {
        self.count.next(ALL)
    }

    /// The latest time that it was in any of them.
    pub(crate) fn last(&self) -> Kept<Option<DateTime>> {
        self.last.get(ALL)
    }

    /// It is `now` in one of them.
    pub(crate) fn is(&self, now: DateTime) -> Kept<()> {
        self.last.change(ALL, |last| {
            *last = Some(last.map_or(now, |last| last.max(now)))
        })
    }

    /// One made a plate.
    pub(crate) fn makes(&self, plate: &str) -> Kept<()> {
        self.plates.put(plate, plate.to_owned())
    }

    /// The plates that were made since they were forgotten.
    pub(crate) fn plates(&self) -> Kept<Vec<String>> {
        self.plates.all()
    }

    /// Nothing is left of these plates.
    pub(crate) fn forget(&self, plates: &[String]) -> Kept<()> {
        plates
            .iter()
            .try_for_each(|plate| self.plates.take(plate).map(drop))
    }
}
