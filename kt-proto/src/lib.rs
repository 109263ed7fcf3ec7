// The examples need both features; without them the crate's documentation has no code that could fail to compile.
#![cfg_attr(all(feature = "client", feature = "server"), doc = include_str!("../README.md"))]
#![cfg_attr(not(all(feature = "client", feature = "server")), doc = "The KT parking lot API; see the README.")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod charset;
#[cfg(feature = "client")]
mod client;
pub mod code;
mod credentials;
mod dates;
pub mod deviation;
mod dialect;
mod endpoint;
pub mod envelope;
mod error;
pub mod flow;
mod keys;
pub mod model;
#[cfg(any(feature = "client", feature = "server"))]
mod protocol;
mod report_schedule;
#[cfg(feature = "server")]
mod server;
mod spellings;
mod tdes;
mod values;

pub use charset::Charset;
#[cfg(feature = "client")]
pub use client::*;
pub use code::*;
pub use credentials::Credentials;
pub use dates::DateWindow;
pub use dialect::{Dialect, WriteRules};
pub use endpoint::*;
pub use error::{Error, Outcome, Refusal, refuse};
pub use keys::{KeyError, Keys, OpenError, Opened, SealError, plausible};
pub use model::*;
#[cfg(any(feature = "client", feature = "server"))]
pub use protocol::Facts;
pub use report_schedule::{DueReport, ReportSchedule, ReportScheduleOptions};
#[cfg(feature = "server")]
pub use server::*;
pub use spellings::{KNOWN_SLIPS, SPELLINGS};

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
    AnyText, BoxFuture, Check, Clock, Counted, Date, DateTime, Deviation, DeviationKind, Deviations, ErrorKind, ManualClock, Money, Observed,
    Observer, Retry, RetryBudget, RetryPolicy, Rule, Rules, Secret, Sent, Spelling, Strictness, SystemClock, Tally, Text, Time, TimeError, Timestamp,
    Violation, Violations, Waived,
};
#[cfg(feature = "server")]
pub use park_core::{
    Lookup,
    server::{ServeOptions, serve},
};
/// For interfaces of your own: declare codes, limits and rules as this crate does.
pub use park_core::{check, codes, given, text_codes};
/// The types behind [`Money`] and the times.
pub use park_core::{chrono, rust_decimal};
