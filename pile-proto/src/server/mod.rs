//! Services, and the routers that serve them.
mod callback;
mod context;
mod http;
mod options;
mod service;
mod vendor;

pub use callback::AggregatorRouter;
pub use context::Ctx;
pub use options::ServerOptions;
pub use service::{AggregatorService, VendorService};
pub use vendor::VendorRouter;
