//! Requests, replies and the objects in them, grouped as the document groups them. Plain serde structs, built by literals.
//!
//! The types are written by [`encode`](crate::encode) and read by the tolerant decoder; read by plain serde_json they are strict.
mod downlink;
mod uplink;

pub use crate::values::*;
pub use downlink::*;
pub use uplink::*;

use park_core::{Check, check};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What every request and reply is: written, read and checked against the document.
pub trait Model: Serialize + DeserializeOwned + Check + std::fmt::Debug + Clone + PartialEq + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Check + std::fmt::Debug + Clone + PartialEq + Send + Sync + 'static> Model for T {}

/// The reply of an interface that answers nothing: `data` is `null`, absent or an empty list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Nothing {}

check!(Nothing {});
