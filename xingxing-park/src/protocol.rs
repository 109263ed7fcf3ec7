use crate::{Dialect, code::Ret, envelope::is_answer};
use park_core::TimeWindow;
use std::{fmt, time::Duration};
#[cfg(feature = "sealed")]
use {
    evcs_proto::{MemoryReplays, Replays},
    std::sync::Arc,
};

/// Star Charge's document, as the base knows it.
#[derive(Debug, Clone, Copy)]
pub enum Xingxing {}

impl park_core::Protocol for Xingxing {
    const NAME: &'static str = "xingxing";

    type Code = Ret;
    type Dialect = Dialect;
    type Facts = ();
    type ServerExtras = Extras;
    type Payload<'a> = Params<'a>;

    fn is_reply(text: &str) -> bool {
        is_answer(text)
    }
}

/// The parameters of a request, and what is wanted for them.
#[derive(Debug, Clone, Copy)]
pub struct Params<'a> {
    /// Their text, opened.
    pub text: &'a str,
    /// How the answer is wanted.
    pub want: Want,
}

/// How an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// As it travels when nothing is sealed.
    Text,
    /// Only what is sealed in it.
    Payload,
}

/// What servers of this protocol can be told beside the common options: fields of
/// [`ServerOptions`](crate::ServerOptions).
#[derive(Clone)]
#[non_exhaustive]
pub struct Extras {
    /// How far the TimeStamp of a sealed request may lie from this clock. Default five minutes both
    /// ways.
    pub skew: TimeWindow,
    /// What remembers sealed requests, so that none is played again. Default this process's memory.
    #[cfg(feature = "sealed")]
    pub replays: Arc<dyn Replays>,
}

impl Default for Extras {
    fn default() -> Self {
        Self {
            skew: TimeWindow::both(Duration::from_secs(300)),
            #[cfg(feature = "sealed")]
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
