// The examples need both features; without them the crate's documentation has no code that could
// fail to compile.
#![cfg_attr(all(feature = "client", feature = "server"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "client", feature = "server")),
    doc = "The KT parking lot API; see the README."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod charset;
#[cfg(feature = "client")]
mod client;
pub mod code;
mod credentials;
mod dates;
pub mod deviation;
mod dialect;
pub mod endpoint;
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
pub use credentials::Credentials;
pub use dates::DateWindow;
pub use dialect::{Dialect, WriteRules};
pub use error::{Error, Outcome, Refusal, refuse};
pub use keys::{KeyError, Keys, OpenError, Opened, SealError, plausible};
#[cfg(any(feature = "client", feature = "server"))]
pub use protocol::Facts;
#[cfg(any(feature = "client", feature = "server"))]
#[doc(hidden)]
pub use protocol::Kt;
pub use report_schedule::{DueReport, ReportSchedule, ReportScheduleOptions};
#[cfg(feature = "server")]
pub use server::*;
pub use spellings::{KNOWN_SLIPS, SPELLINGS};
pub use values::*;

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
