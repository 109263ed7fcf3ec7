use crate::Dialect;
use park_core::Observer;
use std::sync::Arc;

/// How a router answers. The default reads tolerantly and writes what the document prints.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// How the vendor talks: paths, names, where the token is, and what its replies look like.
    pub dialect: Arc<Dialect>,
    /// What the other side is called in logs, by the observer and in [`Ctx::peer`](super::Ctx::peer).
    pub peer: Arc<str>,
    /// Is told about every tolerated deviation.
    pub observer: Option<Observer>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            dialect: Arc::default(),
            peer: "peer".into(),
            observer: None,
        }
    }
}

impl From<Dialect> for ServerOptions {
    fn from(dialect: Dialect) -> Self {
        Self {
            dialect: Arc::new(dialect),
            ..Self::default()
        }
    }
}
