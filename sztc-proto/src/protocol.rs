use crate::{Dialect, Error, Refusal, Scheme, code::BusinessCode, envelope::open_reply};
use park_core::{Deviations, TimeWindow};
use std::time::Duration;

/// DB4403/T 313, as the base knows it.
#[derive(Debug, Clone, Copy)]
pub enum Sztc {}

impl park_core::Protocol for Sztc {
    const NAME: &'static str = "sztc";
    const BEARER: &'static str = "bearer";

    type Code = BusinessCode;
    type Dialect = Dialect;
    type Facts = Facts;
    type ServerExtras = Extras;
    /// The entries of `data`.
    type Payload<'a> = &'a [&'a str];

    fn unauthorized() -> Option<Error> {
        Some(Error::refused(Refusal::new(
            BusinessCode::WRONG_TOKEN,
            "HTTP 401",
        )))
    }

    fn is_reply(text: &str) -> bool {
        open_reply(text, &Dialect::default().read, &mut Deviations::default()).is_ok()
    }
}

/// What a message travelled over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportKind {
    /// HTTPS, one request a call.
    Https,
    /// The framed TCP/TLS session.
    Tcp,
}

impl TransportKind {
    /// Its name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Tcp => "tcp",
        }
    }
}

/// What a service learns of a call from its transport: fields of [`Ctx`](crate::Ctx).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Facts {
    /// What the message travelled over.
    pub transport: TransportKind,
    /// Packet number, over TCP.
    pub packet: Option<u32>,
}

impl From<TransportKind> for Facts {
    fn from(transport: TransportKind) -> Self {
        Self {
            transport,
            packet: None,
        }
    }
}

/// What servers of this protocol can be told beside the common options: fields of
/// [`ServerOptions`](crate::ServerOptions).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Extras {
    /// Signatures that are accepted beside the one that the peer's dialect writes; see
    /// [`Scheme::ALL`]. Under strict rules only that one is.
    pub accept: Vec<Scheme>,
    /// How far a request's timestamp may lie from this clock before it is noted as
    /// [`DeviationKind::CLOCK_SKEW`](crate::DeviationKind::CLOCK_SKEW), or refused under strict
    /// rules. The signature does not cover the timestamp, so refusing would keep nobody out; it
    /// only loses reports of booths with a wrong clock. Default five minutes both ways.
    pub skew: TimeWindow,
}

impl Default for Extras {
    fn default() -> Self {
        Self {
            accept: Scheme::ALL.to_vec(),
            skew: TimeWindow::both(Duration::from_secs(300)),
        }
    }
}
