use crate::{Dialect, Error, Refusal, message::Message};
use park_core::AnyText;
use std::sync::Arc;

/// 桩企对接, as the base knows it.
#[derive(Debug, Clone, Copy)]
pub enum Pile {}

impl park_core::Protocol for Pile {
    const NAME: &'static str = "pile";

    type Code = AnyText;
    type Dialect = Dialect;
    type Facts = ();
    type ServerExtras = Extras;
    type Payload<'a> = &'a Message<'a>;

    fn unauthorized() -> Option<Error> {
        Some(Error::refused(Refusal::new("401".into(), "HTTP 401")))
    }
}

/// What servers of this protocol can be told beside the common options: fields of `ServerOptions`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Extras {
    /// What the other side is called in logs, by the observer and in `Ctx::peer`: messages name
    /// nobody. Default `peer`.
    pub peer: Arc<str>,
}

impl Default for Extras {
    fn default() -> Self {
        Self {
            peer: "peer".into(),
        }
    }
}
