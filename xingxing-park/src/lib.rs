// The examples need both features; without them the crate's documentation has no code that could fail to compile.
#![cfg_attr(all(feature = "client", feature = "server"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "client", feature = "server")),
    doc = "Star Charge's park-charge notifications, the ledger and the discount; see the README."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
mod client;
mod code;
mod dialect;
mod discount;
pub mod endpoint;
pub mod envelope;
mod error;
pub mod ledger;
mod model;
mod protocol;
#[cfg(feature = "server")]
mod server;
mod sessions;

#[cfg(feature = "client")]
pub use client::*;
pub use code::{ChargeState, ReceiptStatus, Ret};
pub use dialect::{AnswerStyle, BodyStyle, Dialect, QueryName, WriteRules};
pub use discount::{Discount, DiscountRule};
pub use endpoint::*;
pub use error::{Error, Outcome, Refusal};
pub use ledger::{FileLedger, Ledger, LedgerStore, MemoryLedger, Stay, StoreError};
pub use model::{ChargeQuery, ChargingOperatorId, DiscountReport, Model, OrderId, ParkChargeResult, ParkingOperatorId, Receipt};
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
#[doc(hidden)]
pub use park_core::answer_with;
/// Decodes one JSON text tolerantly and lists what was tolerated; writes a value exactly as the document has it.
pub use park_core::json::{EncodeError, decode, encode};
#[cfg(any(feature = "client", feature = "server"))]
pub use park_core::tls::{ClientTls, ServerTls, TlsError, TlsStream, tls_advice};
#[cfg(feature = "client")]
pub use park_core::{Answer, Call, CallOptions, Content, Transport, client::HttpOptions};
pub use park_core::{
    AnyText, BoxFuture, Check, Clock, Counted, DateTime, Deviation, DeviationKind, Deviations, ErrorKind, Fixed, ManualClock, Money, Observed,
    Observer, Retry, RetryBudget, RetryPolicy, Rule, Rules, Secret, Sent, Spelling, Strictness, SystemClock, Tally, Text, TimeError, TimeWindow,
    Timestamp, Violation, Violations, Waived,
};
#[cfg(feature = "server")]
pub use park_core::{
    CallbackAuth, Lookup,
    server::{ServeOptions, serve},
};
/// For interfaces of your own: declare codes, limits and rules as this crate does.
pub use park_core::{check, codes, given, text_codes};
/// The types behind [`Money`] and the times.
pub use park_core::{chrono, rust_decimal};
