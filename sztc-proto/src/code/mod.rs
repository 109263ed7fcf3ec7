//! Status and type codes: open newtypes with the document's values as constants. A value that the
//! document does not list survives.
//!
//! One type per list, never per field name: `state` of 5010 and of 6008 mean opposite things,
//! `couponType` of Tables 16 and 83 count differently.

mod annex;
mod car;
mod credit;
mod downlink;
mod event;
mod garage;
mod gate;
mod invoice;
mod lease;
mod lot;
mod parking;
mod payment;
mod reconciliation;
mod security;
mod space;

pub use annex::*;
pub use car::*;
pub use credit::*;
pub use downlink::*;
pub use event::*;
pub use garage::*;
pub use gate::*;
pub use invoice::*;
pub use lease::*;
pub use lot::*;
pub use parking::*;
pub use payment::*;
pub use reconciliation::*;
pub use security::*;
pub use space::*;
