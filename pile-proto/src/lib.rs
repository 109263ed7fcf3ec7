// The examples need both features; without them the crate's documentation has no code that could
// fail to compile.
#![cfg_attr(all(feature = "client", feature = "server"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "client", feature = "server")),
    doc = "The charging-pile vendor API: queries, control, callback, schedule and reconciliation; \
        see the README."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod callback;
#[cfg(feature = "client")]
mod client;
pub mod code;
#[cfg(any(feature = "client", feature = "server"))]
mod codec;
mod dialect;
mod empty_bill;
pub mod endpoint;
mod error;
pub mod limit;
mod message;
pub mod model;
mod params;
#[cfg(any(feature = "client", feature = "server"))]
mod protocol;
pub mod reconcile;
mod reply;
pub mod schedule;
#[cfg(feature = "server")]
mod server;
#[cfg(any(feature = "client", feature = "server"))]
mod shared_schedule;
mod sign;

pub use callback::CallbackBody;
#[cfg(feature = "client")]
pub use client::*;
pub use dialect::{Dialect, Method, SPELLINGS, TokenPlace, WriteRules, decode};
pub use error::{Error, Outcome, Refusal};
pub use limit::{Limiter, TooOften};
pub use params::Params;
#[cfg(any(feature = "client", feature = "server"))]
pub use protocol::Extras;
#[cfg(any(feature = "client", feature = "server"))]
#[doc(hidden)]
pub use protocol::Pile;
pub use reconcile::Reconciliation;
pub use reply::{ReplyError, ReplyShape};
pub use schedule::Schedule;
#[cfg(feature = "server")]
pub use server::*;
#[cfg(any(feature = "client", feature = "server"))]
pub use shared_schedule::SharedSchedule;
pub use sign::{CallbackSigner, SIGN, SignStyle};

/// The web framework whose `Router` the routers become.
#[cfg(feature = "server")]
pub use axum;
#[cfg(feature = "server")]
pub use park_core::CallbackAuth;
#[doc(hidden)]
pub use park_core::answer_with;
#[cfg(feature = "client")]
#[doc(inline)]
pub use park_core::vocabulary::client::*;
#[doc(inline)]
pub use park_core::vocabulary::common::*;
#[cfg(feature = "server")]
#[doc(inline)]
pub use park_core::vocabulary::server::*;
