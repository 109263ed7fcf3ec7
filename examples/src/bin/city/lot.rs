//! The parking system (停车场系统, behind a third-party platform): who is inside, who may pass its
//! gates and what that costs. It answers the city, whether the city calls its address or its TCP
//! session, and reports what happens at its gates.
pub(crate) mod books;
pub(crate) mod garage;
mod gate;
pub(crate) mod inventory;
mod reports;
mod service;

use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use books::{Booking, Inside};
use garage::Stored;
pub(crate) use gate::Held;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use sztc_proto::{
    DateTime, Money,
    model::{AutoPayNotice, ControlUpdate, Lease, LotPush, SharedParking},
};

/// A lot with payment without stopping: the car leaves, then it is debited.
pub(crate) const MALL: &str = "44030400100101000010";
/// A lot without.
pub(crate) const TOWER: &str = "44030400100101000020";
/// A lot with it where the debit comes first.
pub(crate) const CLINIC: &str = "44030400100101000030";
/// A lot that is soon full.
pub(crate) const COURT: &str = "44030400100101000040";
/// The mechanical garage of the mall.
pub(crate) const GARAGE: &str = "4403040010010100001001";

/// The first half hour is free.
const FREE_MINUTES: i64 = 30;
/// What a begun hour costs, in fen.
const FEN_AN_HOUR: i64 = 500;

/// When a car that pays without stopping is debited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Debit {
    /// 先出后扣: the barrier opens, then the debit is asked for.
    AfterExit,
    /// 先扣后出: the barrier waits for the debit.
    BeforeExit,
}

/// What is known of a lot itself.
pub(crate) struct Site {
    /// Its code.
    pub park_code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its spaces.
    pub spaces: i32,
    /// When it debits, if it has payment without stopping.
    pub debit: Option<Debit>,
}

/// The lots of this parking system.
pub(crate) const SITES: [Site; 4] = [
    Site {
        park_code: MALL,
        name: "百花示例商场停车场",
        spaces: 300,
        debit: Some(Debit::AfterExit),
    },
    Site {
        park_code: TOWER,
        name: "示例大厦停车场",
        spaces: 120,
        debit: None,
    },
    Site {
        park_code: CLINIC,
        name: "示例医院停车场",
        spaces: 200,
        debit: Some(Debit::BeforeExit),
    },
    Site {
        park_code: COURT,
        name: "示例小区停车场",
        spaces: 3,
        debit: None,
    },
];

/// The lot of this code.
pub(crate) fn site(park_code: &str) -> Option<&'static Site> {
    SITES.iter().find(|site| site.park_code == park_code)
}

/// The parking system.
#[derive(Clone)]
pub(crate) struct Lot(Arc<State>);

struct State {
    clock: DayClock,
    /// Cars inside, by lot and plate.
    inside: Shelf<Inside>,
    controls: Shelf<ControlUpdate>,
    /// Reserved spaces, by booking code.
    bookings: Shelf<Booking>,
    shares: Shelf<SharedParking>,
    /// Who pays without stopping, as the city told (6008), by plate.
    auto_pay: Shelf<AutoPayNotice>,
    leases: Shelf<Lease>,
    /// Lots that the city pushed for guidance, by code.
    pushed: Shelf<LotPush>,
    /// Cars in the mechanical garage, by plate.
    stored: Shelf<Stored>,
    counts: Shelf<u64>,
    /// Held from the look at what is free until it is taken: the city asks over two ways at once,
    /// and everything may come twice.
    taking: Mutex<()>,
}

impl Lot {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store, clock: DayClock) -> Self {
        Self(Arc::new(State {
            clock,
            inside: store.shelf("lot.inside"),
            controls: store.shelf("lot.controls"),
            bookings: store.shelf("lot.bookings"),
            shares: store.shelf("lot.shares"),
            auto_pay: store.shelf("lot.auto_pay"),
            leases: store.shelf("lot.leases"),
            pushed: store.shelf("lot.pushed"),
            stored: store.shelf("lot.stored"),
            counts: store.shelf("lot.counts"),
            taking: Mutex::default(),
        }))
    }

    /// The lots that the city pushed (9001).
    pub(crate) fn pushed(&self) -> Kept<Vec<LotPush>> {
        self.0.pushed.all()
    }

    /// The leases that the city extended or the system made.
    pub(crate) fn leases(&self) -> &Shelf<Lease> {
        &self.0.leases
    }

    /// An id of 32 characters that it has not used before.
    pub(crate) fn next_id(&self, kind: &str) -> Kept<String> {
        self.0.counts.next_id(kind)
    }

    /// Until it is dropped nobody else takes a space.
    fn taking(&self) -> MutexGuard<'_, ()> {
        self.0.taking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> DateTime {
        self.0.clock.time()
    }
}

/// What a stay of `minutes` costs.
pub(crate) fn price(minutes: i64) -> Money {
    let hours = if minutes <= FREE_MINUTES {
        0
    } else {
        (minutes + 59) / 60
    };
    Money::fen(hours * FEN_AN_HOUR)
}

/// The minutes between two times, a begun one counted.
pub(crate) fn minutes(from: DateTime, to: DateTime) -> i64 {
    (to.timestamp().seconds() - from.timestamp().seconds() + 59) / 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_hour_costs_five_yuan_after_a_free_half() {
        for (minutes, fen) in [
            (0, 0),
            (30, 0),
            (31, 500),
            (60, 500),
            (61, 1000),
            (120, 1000),
            (121, 1500),
        ] {
            assert_eq!(price(minutes), Money::fen(fen), "{minutes}");
        }
    }
}
