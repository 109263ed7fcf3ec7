// The examples need all three features; without them the crate's documentation has no code that
// could fail to compile.
#![cfg_attr(all(feature = "client", feature = "server", feature = "tcp"),
    doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "client", feature = "server", feature = "tcp")),
    doc = "DB4403/T 313-2023, the city parking platform; see the README."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "charging")]
pub mod charging;
#[cfg(any(feature = "client", feature = "tcp"))]
mod client;
pub mod code;
mod credentials;
pub mod deviation;
mod dialect;
pub mod endpoint;
pub mod envelope;
mod error;
pub mod frame;
pub mod model;
#[doc(hidden)]
pub mod nesting;
mod password;
mod protocol;
pub mod reservation;
#[cfg(feature = "server")]
mod server;
#[cfg(any(feature = "server", feature = "tcp"))]
mod service;
pub mod session;
pub mod sharing;
mod sign;
#[cfg(feature = "tcp")]
pub mod tcp;

#[cfg(any(feature = "client", feature = "tcp"))]
pub use client::*;
pub use credentials::{Account, Credentials};
pub use dialect::{Dialect, KNOWN_SLIPS, SPELLINGS, WriteRules};
pub use error::{Error, Outcome, Refusal, code_of};
pub use password::{PasswordError, PasswordKey};
#[doc(hidden)]
pub use protocol::Sztc;
pub use protocol::{Extras, Facts, TransportKind};
pub use reservation::{Reservation, ReservationError};
#[cfg(feature = "server")]
pub use server::{CityRouter, PartnerRouter};
#[cfg(any(feature = "server", feature = "tcp"))]
pub use service::*;
pub use sign::{Algorithm, Scheme, Scope, canonical};

/// The web framework whose `Router` the routers become.
#[cfg(feature = "server")]
pub use axum;
#[cfg(feature = "tcp")]
pub use park_core::Lookup;
#[doc(hidden)]
pub use park_core::answer_with;
#[cfg(any(feature = "client", feature = "tcp"))]
#[doc(inline)]
pub use park_core::vocabulary::client::*;
#[doc(inline)]
pub use park_core::vocabulary::common::*;
#[cfg(feature = "server")]
#[doc(inline)]
pub use park_core::vocabulary::server::*;
#[cfg(feature = "server")]
pub use park_core::{CallbackAuth, MemoryTokens, Tokens};
