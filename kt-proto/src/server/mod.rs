//! Services, and the routers that serve them.
mod dispatch;
mod form;
mod pipeline;
mod router;
mod service;

pub use dispatch::answer_plaintext;
pub use router::{CloudRouter, LotRouter};
pub use service::{CloudService, LotService};

/// Who is calling, and what their message departed in: the header `user` (用户名) as peer, address,
/// dialect and deviations, and what [`Facts`](crate::Facts) has.
pub type Ctx = park_core::server::Ctx<crate::protocol::Kt>;

/// How a router answers. The default reads tolerantly; its clock shows the date with which requests
/// have to be sealed, and its dialects of single peers are found by the header `user`.
pub type ServerOptions = park_core::server::ServerOptions<crate::protocol::Kt>;
