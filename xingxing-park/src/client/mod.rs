//! Typed clients over any [`Transport`](crate::Transport), and the settling of a stay with one.
mod call;
mod checkout;
mod http;
#[cfg(feature = "sealed")]
mod seal;

pub use call::{ChargingClient, ParkingClient};
pub use checkout::{Checkout, Unreported};
pub use http::{PeerHttp, PeerHttpBuilder};
