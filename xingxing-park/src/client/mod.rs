//! Typed clients over any [`Transport`], and the settling of a stay with one.
mod call;
mod checkout;
mod exchange;
mod http;

pub use call::{ChargingClient, ParkingClient};
pub use checkout::{Checkout, Unreported};
pub use exchange::{Call, Transport};
pub use http::{PeerHttp, PeerHttpBuilder};
