//! Requests, replies and the objects in them, grouped as the document groups them. Plain serde
//! structs, built by literals.
//!
//! The types are written by [`encode`](crate::encode) and read by the tolerant decoder; read by
//! plain serde_json they are strict.
mod downlink;
mod uplink;

pub use downlink::*;
pub use uplink::*;

pub use park_core::{Model, Nothing};
