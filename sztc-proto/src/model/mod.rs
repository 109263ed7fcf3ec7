//! Requests, replies and the objects in them, grouped as the document groups them. Plain serde
//! structs, built by literals.
//!
//! The types are written by [`encode`](crate::encode) and read by the tolerant decoder; read by
//! plain serde_json they are strict.
mod car;
mod control;
mod credit;
mod downlink;
mod event;
mod garage;
mod gate;
mod guidance;
mod image;
mod invoice;
mod lease;
mod lot;
mod order_url;
mod parking;
mod payment;
mod query;
mod reconciliation;
mod security;
mod space;
mod vacancy;

pub use car::*;
pub use control::*;
pub use credit::*;
pub use downlink::*;
pub use event::*;
pub use garage::*;
pub use gate::*;
pub use guidance::*;
pub use image::*;
pub use invoice::*;
pub use lease::*;
pub use lot::*;
pub use order_url::*;
pub use parking::*;
pub use payment::*;
pub use query::*;
pub use reconciliation::*;
pub use security::*;
pub use space::*;
pub use vacancy::*;

pub use park_core::Model;
