use crate::Deviations;
use std::{fmt, sync::Arc};

/// What one message departed in, told to an [`Observer`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Observed<'a> {
    /// Who sent the message.
    pub peer: &'a str,
    /// The interface.
    pub endpoint: &'a str,
    /// The deviations, never empty.
    pub deviations: &'a Deviations,
}

impl<'a> Observed<'a> {
    /// `peer` sent a message of `endpoint` with these deviations.
    pub fn new(peer: &'a str, endpoint: &'a str, deviations: &'a Deviations) -> Self {
        Self {
            peer,
            endpoint,
            deviations,
        }
    }
}

/// Is told about every message that departed from the document and was understood all the same.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(Observed<'_>) + Send + Sync>);

impl Observer {
    /// Calls `tell` for each such message, on the task that read it: keep it short.
    pub fn new(tell: impl Fn(Observed<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells it.
    pub fn tell(&self, observed: Observed<'_>) {
        (self.0)(observed);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
