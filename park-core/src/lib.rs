//! The small base that `sztc-proto` and its sister crates share.
//!
//! The vocabulary ([`Text`], [`Money`], [`DateTime`], [`Secret`], [`Violation`], [`Deviation`] ...)
//! appears in their public interfaces and is re-exported by each of them: applications name the
//! protocol crate, never this one. The plumbing (decoder, encoder, HTTP and TLS parts) is hidden
//! from the documentation and is no promise.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod check;
#[cfg(feature = "calls")]
#[doc(hidden)]
pub mod client;
mod deviation;
mod endpoint;
mod error;
#[doc(hidden)]
pub mod form;
#[doc(hidden)]
pub mod json;
#[doc(hidden)]
pub mod message;
mod observe;
mod protocol;
mod retry;
mod rows;
mod rules;
#[cfg(feature = "service")]
#[doc(hidden)]
pub mod server;
mod tally;
#[cfg(feature = "tls")]
#[doc(hidden)]
pub mod tls;
mod value;
mod violation;
#[doc(hidden)]
pub mod vocabulary;

pub use check::{Check, given};
#[cfg(feature = "calls")]
pub use client::{Answer, Call, CallOptions, Content, Transport};
pub use deviation::{Deviation, DeviationKind, Deviations};
#[cfg(feature = "schema")]
#[doc(hidden)]
pub use endpoint::root_schema;
pub use endpoint::{Endpoint, Info, Key, Model, Nothing, Shape, Transports, Visit};
#[doc(hidden)]
pub use endpoint::{Table, label_of, number_of};
pub use error::{Error, ErrorKind, Refusal, Sent};
pub use observe::{Observed, Observer};
#[doc(hidden)]
pub use protocol::{PeerDialect, Protocol};
#[doc(hidden)]
pub use retry::jitter;
pub use retry::{Retry, RetryBudget, RetryPolicy};
pub use rules::{Rules, Spelling, Strictness, Waived};
#[cfg(feature = "service")]
pub use server::Lookup;
#[cfg(feature = "server")]
pub use server::{CallbackAuth, MemoryTokens, Tokens};
pub use tally::{Counted, Tally};
pub use value::{
    AnyText, Clock, Date, DateTime, DecimalText, Fixed, ManualClock, Money, Secret, SystemClock,
    Text, Time, TimeError, TimeWindow, Timestamp,
};
pub use violation::{Rule, Violation, Violations};

/// A boxed future, where a trait has to be usable as an object.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[doc(hidden)]
pub use {chrono, rust_decimal, serde};
#[cfg(feature = "schema")]
#[doc(hidden)]
pub use {schemars, serde_json};
