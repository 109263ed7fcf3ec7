// The examples need both features; without them the crate's documentation has no code that could fail to compile.
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
pub use code::*;
pub use conversation::Conversation;
pub use credentials::Credentials;
pub use dialect::{Dialect, SPELLINGS, WriteRules};
pub use endpoint::*;
pub use envelope::OpenError;
pub use error::{Error, Outcome, Refusal, refusal_of};
pub use keys::{KeyError, Keys};
pub use model::*;
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
/// Decodes one JSON text tolerantly and lists what was tolerated; writes a value exactly as the document has it.
pub use park_core::json::{EncodeError, decode, encode};
#[cfg(any(feature = "client", feature = "server"))]
pub use park_core::tls::{ClientTls, ServerTls, TlsError, TlsStream, tls_advice};
#[cfg(feature = "client")]
pub use park_core::{Answer, Call, CallOptions, Content, Transport, client::HttpOptions};
pub use park_core::{
    AnyText, BoxFuture, Check, Clock, Counted, Date, DateTime, Deviation, DeviationKind, Deviations, ErrorKind, Fixed, ManualClock, Money, Observed,
    Observer, Retry, RetryBudget, RetryPolicy, Rule, Rules, Secret, Sent, Spelling, Strictness, SystemClock, Tally, Text, Time, TimeError,
    TimeWindow, Timestamp, Violation, Violations, Waived,
};
#[cfg(feature = "server")]
pub use park_core::{
    Lookup, MemoryTokens, Tokens,
    server::{ServeOptions, serve},
};
/// For interfaces of your own: declare codes, limits and rules as this crate does.
pub use park_core::{check, codes, given, text_codes};
/// The types behind [`Money`] and the times.
pub use park_core::{chrono, rust_decimal};
