use crate::{Dialect, code::ResCode, envelope::open_reply};
use park_core::{Date, Deviations};

/// The KT parking lot API, as the base knows it.
#[derive(Debug, Clone, Copy)]
pub enum Kt {}

impl park_core::Protocol for Kt {
    const NAME: &'static str = "kt";

    type Code = ResCode;
    type Dialect = Dialect;
    type Facts = Facts;
    type ServerExtras = ();
    type Payload<'a> = &'a str;

    fn is_reply(text: &str) -> bool {
        open_reply(text, &Dialect::default().read, &mut Deviations::default()).is_ok()
    }
}

/// What a service learns of a call from how it was sealed: fields of [`Ctx`](crate::Ctx).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Facts {
    /// The date with which the message was sealed.
    pub date: Date,
}

impl From<Date> for Facts {
    fn from(date: Date) -> Self {
        Self { date }
    }
}
