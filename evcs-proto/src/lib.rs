// The examples need both features; without them the crate's documentation has no code that could
// fail to compile.
#![cfg_attr(all(feature = "client", feature = "server"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "client", feature = "server")),
    doc = "T/CEC 102, the charging envelope and its interfaces; see the README."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "server")]
#[doc(hidden)]
pub mod admission;
pub mod changes;
#[cfg(feature = "client")]
mod client;
pub mod code;
pub mod consistency;
pub mod conversation;
mod credentials;
pub mod deviation;
mod dialect;
pub mod endpoint;
pub mod envelope;
mod error;
mod keys;
pub mod model;
mod protocol;
pub mod qr;
pub mod reconcile;
pub mod replay;
pub mod sequence;
#[cfg(feature = "server")]
mod server;

pub use changes::Snapshot;
#[cfg(feature = "client")]
pub use client::*;
pub use conversation::Conversation;
pub use credentials::Credentials;
pub use dialect::{Dialect, SPELLINGS, WriteRules};
pub use envelope::OpenError;
pub use error::{Error, Outcome, Refusal, refusal_of};
pub use keys::{KeyError, Keys};
#[doc(hidden)]
pub use protocol::Evcs;
pub use protocol::{Extras, Facts};
pub use qr::{QrCode, QrError};
pub use replay::{MemoryReplays, ReplayGuard, Replays};
pub use sequence::{MemorySequence, Sequence};
#[cfg(feature = "server")]
pub use server::*;

/// The web framework whose `Router` the routers become.
#[cfg(feature = "server")]
pub use axum;
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
#[cfg(feature = "server")]
pub use park_core::{MemoryTokens, Tokens};
