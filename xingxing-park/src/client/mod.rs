//! Typed clients over any [`Exchange`], and the settling of a stay with one.
mod call;
mod checkout;
mod exchange;
mod http;

pub use call::{ChargingClient, ParkingClient};
pub use checkout::{Checkout, Unreported};
pub use exchange::{Call, Exchange};
pub use http::{PeerHttp, PeerHttpBuilder};
