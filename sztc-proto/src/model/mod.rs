//! Requests, replies and the objects in them, grouped as the document groups them. Plain serde structs, built by literals.
//!
//! The types are written by [`encode`](park_core::json::encode) and read by the tolerant decoder; read by plain serde_json they are strict.
mod car;
mod lot;
mod parking;
mod downlink;

pub use car::*;
pub use lot::*;
pub use parking::*;
pub use downlink::*;

use crate::RecordState;
use park_core::Check;
use serde::{Serialize, de::DeserializeOwned};

/// What every request and reply is: written, read and checked against the document.
pub trait Model: Serialize + DeserializeOwned + Check + std::fmt::Debug + Clone + PartialEq + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Check + std::fmt::Debug + Clone + PartialEq + Send + Sync + 'static> Model for T {}
