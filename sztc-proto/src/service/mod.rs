//! What serves a role over any transport: the traits, and the pipeline from a request's bytes to
//! its reply.
mod accounts;
mod dispatch;
mod entries;
mod pipeline;
mod refuse;
mod reply;
mod traits;
mod upload;

pub(crate) use accounts::check_password;
pub use dispatch::answer_items;
pub(crate) use dispatch::{City, Partner};
#[cfg(feature = "server")]
pub(crate) use dispatch::{CityDispatch, answer_entries};
#[cfg(feature = "tcp")]
pub(crate) use entries::read_item;
pub(crate) use pipeline::Pipeline;
#[cfg(feature = "tcp")]
pub(crate) use pipeline::{span, text_of};
pub(crate) use refuse::refuse;
pub use traits::{CityService, PartnerService, ReportOnly, each};
pub use upload::ImageStream;
#[cfg(feature = "server")]
pub(crate) use upload::NextPiece;

/// Who is calling, and what their message departed in: peer (the user id it logged in with,
/// `"city"` for the city's calls), address, dialect and deviations, and what
/// [`Facts`](crate::Facts) has.
pub type Ctx = park_core::server::Ctx<crate::protocol::Sztc>;

/// How a router, listener or link answers. The default reads tolerantly, accepts a signature by any
/// reading of the document, and notes clocks that differ by more than five minutes; what it has
/// beside the common options is in [`Extras`](crate::Extras). A login (1001, 1004) is read by the
/// dialect of the user id that it names.
pub type ServerOptions = park_core::server::ServerOptions<crate::protocol::Sztc>;
