//! The small base that `sztc-proto` and its sister crates share.
//!
//! The vocabulary ([`Text`], [`Money`], [`DateTime`], [`Secret`], [`Violation`], [`Deviation`] ...) appears in their public interfaces and is
//! re-exported by each of them: applications name the protocol crate, never this one. The plumbing (decoder, encoder, HTTP and TLS parts) is hidden
//! from the documentation and is no promise.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "calls")]
#[doc(hidden)]
pub mod calls;
mod check;
mod clock;
mod code;
mod decimal;
mod deviation;
mod error;
#[doc(hidden)]
pub mod form;
#[cfg(feature = "client")]
#[doc(hidden)]
pub mod http;
#[doc(hidden)]
pub mod json;
mod observe;
mod retry;
mod secret;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod serve;
mod text;
mod time;
#[cfg(feature = "tls")]
#[doc(hidden)]
pub mod tls;
#[cfg(feature = "client")]
#[doc(hidden)]
pub mod token;
#[cfg(feature = "server")]
mod tokens;
mod verifier;
mod window;

#[cfg(feature = "calls")]
pub use calls::CallOptions;
pub use check::{Check, Rule, Violation, Violations, given};
pub use clock::{Clock, ManualClock, SystemClock};
pub use decimal::{DecimalText, Fixed, Money};
pub use deviation::{Deviation, DeviationKind, Deviations, Rules, Spelling, Strictness, Waived};
pub use error::{Error, ErrorKind, Refusal, Sent};
pub use observe::{Counted, Observed, Observer, Tally};
#[doc(hidden)]
pub use retry::jitter;
pub use retry::{Retry, RetryBudget, RetryPolicy};
pub use secret::Secret;
pub use text::{AnyText, Text};
pub use time::{Date, DateTime, Time, TimeError, Timestamp};
#[cfg(feature = "server")]
#[doc(hidden)]
pub use tokens::random_token;
#[cfg(feature = "server")]
pub use tokens::{MemoryTokens, Tokens};
pub use verifier::Verifier;
pub use window::{TimeWindow, renew_after};

/// A boxed future, where a trait has to be usable as an object.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[doc(hidden)]
pub use {chrono, rust_decimal, serde};
#[cfg(feature = "schema")]
#[doc(hidden)]
pub use {schemars, serde_json};
