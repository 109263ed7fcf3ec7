use crate::{Retry, RetryBudget, RetryPolicy};
use std::time::{Duration, Instant};

/// What may be set for a client or for a single call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long the whole call may take, all attempts and a login included. Default 20 s.
    pub deadline: Duration,
    /// How the call is repeated after a failure.
    pub retry: RetryPolicy,
    /// How many repetitions are left, shared by all clones of the client. Default ten, and one more
    /// for every ten calls that are answered.
    pub budget: RetryBudget,
    /// A stricter class than the interface's own; a more generous one is not taken from here.
    pub class: Option<Retry>,
    repeat: bool,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(20),
            retry: RetryPolicy::default(),
            budget: RetryBudget::default(),
            class: None,
            repeat: false,
        }
    }
}

impl CallOptions {
    /// Repeats even what must not happen twice: only where the peer is known to recognise a
    /// repetition.
    pub fn dangerous_repeat_anything(&mut self) {
        self.repeat = true;
    }

    /// When a call that begins now has to be over.
    #[doc(hidden)]
    pub fn until(&self) -> Instant {
        let now = Instant::now();
        // A deadline beyond what a clock can show is a day's.
        now.checked_add(self.deadline)
            .unwrap_or_else(|| now + Duration::from_secs(86_400))
    }

    /// The class by which an interface of class `own` is repeated.
    #[doc(hidden)]
    pub fn class_of(&self, own: Retry) -> Retry {
        match (self.repeat, self.class, own) {
            (true, ..) => Retry::IdempotentByKey,
            (_, Some(Retry::Never), _) | (.., Retry::Never) => Retry::Never,
            (.., class) => class,
        }
    }
}
