//! Services, and the routers that serve them.
mod dispatch;
mod incoming;
mod pipeline;
mod router;
mod service;

pub use router::{AggregatorRouter, VendorRouter};
pub use service::{AggregatorService, VendorService};

/// Who is calling, and what their message departed in: peer, address, dialect and deviations.
pub type Ctx = park_core::server::Ctx<crate::protocol::Pile>;

/// How a router answers. The default reads tolerantly and writes what the document prints; what it
/// has beside the common options is in [`Extras`](crate::Extras).
pub type ServerOptions = park_core::server::ServerOptions<crate::protocol::Pile>;
