//! Services, and the routers that serve them.
mod context;
mod desk;
mod dispatch;
mod http;
mod ledger;
mod options;
mod router;
mod service;

pub use context::Ctx;
pub use options::ServerOptions;
pub use router::{ChargingRouter, ParkingRouter};
pub use service::{ChargingService, ParkingService};
