use crate::{Dialect, Error, MemoryReplays, Refusal, Replays, code::Ret, envelope::read_reply};
use park_core::{Deviations, TimeWindow, Timestamp};
use std::{fmt, sync::Arc, time::Duration};

/// T/CEC 102, as the base knows it.
#[derive(Debug, Clone, Copy)]
pub enum Evcs {}

impl park_core::Protocol for Evcs {
    const NAME: &'static str = "evcs";

    type Code = Ret;
    type Dialect = Dialect;
    type Facts = Facts;
    type ServerExtras = Extras;
    type Payload<'a> = &'a str;

    fn unauthorized() -> Option<Error> {
        Some(Error::refused(Refusal::new(Ret::WRONG_TOKEN, "HTTP 401")).unauthenticated())
    }

    fn is_reply(text: &str) -> bool {
        read_reply(text, &Dialect::default().read, &mut Deviations::default()).is_ok()
    }
}

/// The longest life of a token (B.3.1.2.1 b).
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) const LONGEST_LIFE: Duration = Duration::from_secs(7 * 86_400);

/// What a service learns of a call from its envelope: fields of [`Ctx`](crate::Ctx).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Facts {
    /// When the peer says to have made the message (TimeStamp).
    pub moment: Timestamp,
    /// Seq as it came (自增序列).
    pub seq: String,
}

impl From<Timestamp> for Facts {
    fn from(moment: Timestamp) -> Self {
        Self {
            moment,
            seq: String::new(),
        }
    }
}

/// What servers of this protocol can be told beside the common options: fields of
/// [`ServerOptions`](crate::ServerOptions).
#[derive(Clone)]
#[non_exhaustive]
pub struct Extras {
    /// How far a request's TimeStamp may lie from this clock. The signature covers it, so one
    /// outside is refused (4003). Default five minutes both ways.
    pub skew: TimeWindow,
    /// What remembers requests, so that none is played again. Default this process's memory.
    pub replays: Arc<dyn Replays>,
}

impl Default for Extras {
    fn default() -> Self {
        Self {
            skew: TimeWindow::both(Duration::from_secs(300)),
            replays: Arc::new(MemoryReplays::default()),
        }
    }
}

impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extras")
            .field("skew", &self.skew)
            .finish_non_exhaustive()
    }
}
