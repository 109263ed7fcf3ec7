//! What every protocol crate has in its root beside its own, so that an application names one crate
//! only.
//!
//! A crate re-exports these modules by glob, under its own features; what it defines itself goes
//! before.

/// What every one has, also without features.
pub mod common {
    pub use crate::json::{EncodeError, decode, encode};
    pub use crate::{
        AnyText, BoxFuture, Check, Clock, Counted, Date, DateTime, DecimalText, Deviation,
        DeviationKind, Deviations, ErrorKind, Fixed, ManualClock, Money, Observed, Observer, Retry,
        RetryBudget, RetryPolicy, Rule, Rules, Secret, Sent, Spelling, Strictness, SystemClock,
        Tally, Text, Time, TimeError, TimeWindow, Timestamp, Violation, Violations, Waived,
    };
    // For interfaces of one's own: codes, limits and rules declared as the protocol crates do.
    pub use crate::{check, codes, given, text_codes};
    #[doc(no_inline)]
    pub use {chrono, rust_decimal};
}

/// What calls need, over any transport.
#[cfg(feature = "calls")]
pub mod client {
    #[cfg(feature = "client")]
    pub use crate::client::HttpOptions;
    #[cfg(feature = "tls")]
    pub use crate::tls::{ClientTls, ServerTls, TlsError, TlsStream, tls_advice};
    pub use crate::{Answer, Call, CallOptions, Content, Transport};
}

/// What routers need.
#[cfg(feature = "server")]
pub mod server {
    pub use crate::Lookup;
    pub use crate::server::{ServeOptions, serve};
    pub use crate::tls::{ClientTls, ServerTls, TlsError, TlsStream, tls_advice};
}
