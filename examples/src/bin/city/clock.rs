//! The sandbox's time: the system's, or that of a scenario, which stands still until the scenario
//! moves it.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use sztc_proto::{Clock, DateTime};

/// The clock by which all roles decide what is due, expired or over. Envelopes and tokens go by the
/// system's.
#[derive(Debug, Clone, Default)]
pub(crate) struct DayClock(Arc<Mutex<Option<SystemTime>>>);

impl DayClock {
    /// From now on it is `at`, and stays so.
    pub(crate) fn freeze(&self, at: DateTime) {
        let seconds = u64::try_from(at.timestamp().seconds()).unwrap_or_default();
        self.set(Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)));
    }

    /// Time passes.
    pub(crate) fn advance(&self, by: Duration) {
        let later = self.now() + by;
        self.set(Some(later));
    }

    /// It goes by the system's clock again.
    pub(crate) fn release(&self) {
        self.set(None);
    }

    /// Now, in China.
    pub(crate) fn time(&self) -> DateTime {
        DateTime::at(self.now())
    }

    fn set(&self, time: Option<SystemTime>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }
}

impl Clock for DayClock {
    fn now(&self) -> SystemTime {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .unwrap_or_else(SystemTime::now)
    }
}
