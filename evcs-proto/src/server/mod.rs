//! Services, and the routers that serve them.
mod dispatch;
mod pipeline;
mod router;
mod service;
mod token;

pub use dispatch::answer_plaintext;
pub use router::{CpoRouter, EmspRouter, PlatformRouter};
pub use service::{CpoService, EmspService};

/// Who is calling, and what their message departed in: peer, address, dialect and deviations, and
/// what [`Facts`](crate::Facts) has.
pub type Ctx = park_core::server::Ctx<crate::protocol::Evcs>;

/// How a router answers. The default reads tolerantly, refuses clocks that differ by more than five
/// minutes, and refuses a request that comes again; what it has beside the common options is in
/// [`Extras`](crate::Extras).
pub type ServerOptions = park_core::server::ServerOptions<crate::protocol::Evcs>;
