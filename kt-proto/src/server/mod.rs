//! Services, and the routers that serve them.
mod accounts;
mod context;
mod desk;
mod dispatch;
mod http;
mod options;
mod router;
mod service;

pub use accounts::Accounts;
pub use context::Ctx;
pub use dispatch::answer_plaintext;
pub use options::ServerOptions;
pub use router::{CloudRouter, LotRouter};
pub use service::{CloudService, LotService};
