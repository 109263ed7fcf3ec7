//! Services, and the routers that serve them.
mod answer;
mod dispatch;
mod ledger;
mod pipeline;
mod router;
#[cfg(feature = "sealed")]
mod seal;
mod service;

pub use router::{ChargingRouter, ParkingRouter};
pub use service::{ChargingService, ParkingService};

/// Who is calling, and what their message departed in: peer, address, dialect and deviations.
///
/// Its peer is the operator id under which the message is sealed. Plain messages prove nobody:
/// `"charging"` or `"parking"`, after the side that calls.
pub type Ctx = park_core::server::Ctx<crate::protocol::Xingxing>;

/// How a router answers. The default reads tolerantly and writes what the document prints; what it
/// has beside the common options is in [`Extras`](crate::Extras).
pub type ServerOptions = park_core::server::ServerOptions<crate::protocol::Xingxing>;
