//! A schedule that the polling loop, the callback router and the application share.
use crate::{Schedule, model::Order};
use park_core::{Clock, SystemClock};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};
use tokio::sync::Notify;

/// A [`Schedule`] that several share: the [`Poller`](crate::Poller) asks it what is due, the
/// callback router tells it what it heard, the application adds what is to be watched. Clones are
/// the same schedule.
///
/// ```
/// use pile_proto::{Schedule, SharedSchedule};
/// let schedule = SharedSchedule::new(Schedule::default());
/// schedule.change(|schedule, now| {
///     schedule.add_city("440300");
///     schedule.charging("V1", now); // the number in the reply of chargeStart
/// });
/// ```
#[derive(Clone)]
pub struct SharedSchedule {
    inner: Arc<Inner>,
    clock: Arc<dyn Clock>,
}

struct Inner {
    schedule: Mutex<Schedule>,
    changed: Notify,
}

impl SharedSchedule {
    /// Shares a schedule.
    pub fn new(schedule: Schedule) -> Self {
        Self {
            inner: Arc::new(Inner {
                schedule: Mutex::new(schedule),
                changed: Notify::new(),
            }),
            clock: Arc::new(SystemClock),
        }
    }

    /// Reads the time from `clock`.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Looks at the schedule or changes it, with the time that it is now.
    pub fn change<T>(&self, change: impl FnOnce(&mut Schedule, SystemTime) -> T) -> T {
        let told = self.look(change);
        self.inner.changed.notify_one();
        told
    }

    /// A callback told of this order. False if it is not watched.
    pub fn callback(&self, order: &Order) -> bool {
        self.change(|schedule, now| schedule.callback(&order.order_id, order.status, now))
    }

    /// As [`change`](Self::change), without waking the loop.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Schedule, SystemTime) -> T) -> T {
        let mut schedule = self
            .inner
            .schedule
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        look(&mut schedule, self.clock.now())
    }

    /// When somebody changed it.
    #[cfg(feature = "client")]
    pub(crate) async fn changed(&self) {
        self.inner.changed.notified().await;
    }
}

impl Default for SharedSchedule {
    fn default() -> Self {
        Self::new(Schedule::default())
    }
}

impl fmt::Debug for SharedSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSchedule")
    }
}
