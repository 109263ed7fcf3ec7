// The examples need both features; without them the crate's documentation has no code that could fail to compile.
#![cfg_attr(all(feature = "client", feature = "server"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "client", feature = "server")),
    doc = "The charging-pile vendor API: queries, control, callback, schedule and reconciliation; see the README."
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
mod endpoint;
mod error;
pub mod limit;
pub mod model;
mod params;
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
pub use code::*;
pub use dialect::{Dialect, Method, SPELLINGS, TokenPlace, WriteRules, decode};
pub use endpoint::{ENDPOINTS, Info, Role};
pub use error::{Error, Outcome, Refusal};
pub use limit::{Limiter, TooOften};
pub use model::*;
pub use params::Params;
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
pub use park_core::json::{EncodeError, encode};
#[cfg(feature = "server")]
pub use park_core::server::{ServeOptions, serve};
#[cfg(any(feature = "client", feature = "server"))]
pub use park_core::tls::{ClientTls, ServerTls, TlsError, TlsStream, tls_advice};
pub use park_core::{
    AnyText, BoxFuture, CallbackAuth, Check, Clock, Counted, Date, DateTime, Deviation, DeviationKind, Deviations, ErrorKind, Fixed, ManualClock,
    Money, Observed, Observer, Retry, RetryBudget, RetryPolicy, Rule, Rules, Secret, Sent, Spelling, Strictness, SystemClock, Tally, Text, Time,
    TimeError, Timestamp, Violation, Violations, Waived,
};
#[cfg(feature = "client")]
pub use park_core::{CallOptions, client::HttpOptions};
/// The types behind [`Money`], [`Number`] and the times.
pub use park_core::{chrono, rust_decimal};
