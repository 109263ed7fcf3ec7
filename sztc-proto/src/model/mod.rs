//! Requests, replies and the objects in them, grouped as the document groups them. Plain serde structs, built by literals.
//!
//! The types are written by [`encode`](park_core::json::encode) and read by the tolerant decoder; read by plain serde_json they are strict.
mod car;
mod lot;
mod parking;
mod vacancy;
mod space;
mod payment;
mod lease;
mod gate;
mod downlink;
mod security;
mod image;
mod order_url;
mod event;
mod control;
mod query;
mod garage;
mod guidance;
mod invoice;
mod credit;
mod reconciliation;

pub use car::*;
pub use lot::*;
pub use parking::*;
pub use vacancy::*;
pub use space::*;
pub use payment::*;
pub use lease::*;
pub use gate::*;
pub use downlink::*;
pub use security::*;
pub use image::*;
pub use order_url::*;
pub use event::*;
pub use control::*;
pub use query::*;
pub use garage::*;
pub use guidance::*;
pub use invoice::*;
pub use credit::*;
pub use reconciliation::*;

use park_core::Check;
use serde::{Serialize, de::DeserializeOwned};

/// What every request and reply is: written, read and checked against the document.
pub trait Model: Serialize + DeserializeOwned + Check + std::fmt::Debug + Clone + PartialEq + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Check + std::fmt::Debug + Clone + PartialEq + Send + Sync + 'static> Model for T {}
