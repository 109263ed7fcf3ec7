// The examples need both features; without them the crate's documentation has no code that could
// fail to compile.
#![cfg_attr(all(feature = "client", feature = "server"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "client", feature = "server")),
    doc = "Star Charge's park-charge notifications, the ledger and the discount; see the README."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
mod client;
pub mod code;
mod dialect;
mod discount;
pub mod endpoint;
pub mod envelope;
mod error;
pub mod ledger;
pub mod model;
mod protocol;
#[cfg(feature = "server")]
mod server;
mod sessions;

#[cfg(feature = "client")]
pub use client::*;
pub use dialect::{AnswerStyle, BodyStyle, Dialect, QueryName, WriteRules};
pub use discount::{Discount, DiscountRule};
pub use error::{Error, Outcome, Refusal};
pub use ledger::{FileLedger, Ledger, LedgerStore, MemoryLedger, Stay, StoreError};
pub use protocol::Extras;
#[doc(hidden)]
pub use protocol::Xingxing;
#[cfg(feature = "server")]
pub use server::*;
pub use sessions::{ChargingSession, ChargingSessions};

/// The web framework whose `Router` the routers become.
#[cfg(feature = "server")]
pub use axum;
/// The envelope in which messages are sealed, its keys and counters.
#[cfg(feature = "sealed")]
pub use evcs_proto;
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
