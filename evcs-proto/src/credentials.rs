use crate::Keys;
use std::{fmt, sync::Arc};

/// As whom a peer is called: our operator id, and the keys that the peer gave to us.
#[derive(Clone)]
pub struct Credentials {
    /// Our own operator id (运营商标识), nine characters.
    pub operator_id: Arc<str>,
    /// The keys that the peer gave out.
    pub keys: Keys,
}

impl Credentials {
    /// Calls as `operator_id`, sealed with `keys`.
    pub fn new(operator_id: impl Into<Arc<str>>, keys: Keys) -> Self {
        Self {
            operator_id: operator_id.into(),
            keys,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.operator_id)
    }
}
