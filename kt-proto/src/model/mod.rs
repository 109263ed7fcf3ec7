//! Requests, replies and the objects in them, grouped as the document groups them. Plain serde structs, built by literals.
//!
//! The types are written by [`encode`](crate::encode) and read by the tolerant decoder; read by plain serde_json they are strict.
mod as_text;
mod downlink;
mod embedded;
mod kt_date_time;
mod percent;
mod picture;
mod units;
mod uplink;

pub use as_text::*;
pub use downlink::*;
pub use embedded::*;
pub use kt_date_time::*;
pub use percent::{PercentText, UrlCharset};
pub use picture::*;
pub use units::*;
pub use uplink::*;

pub use park_core::{Model, Nothing};
