//! Status and type codes: open newtypes with the document's values as constants. A value that the document does not list survives.
//!
//! One type per list, never per field name: `state` of 5010 and of 6008 mean opposite things, `couponType` of Tables 16 and 83 count differently.

mod car;
mod lot;
mod parking;
mod space;
mod payment;
mod lease;
mod gate;
mod downlink;
mod security;
mod garage;
mod annex;
mod event;
mod invoice;
mod credit;
mod reconciliation;


pub use car::*;
pub use lot::*;
pub use parking::*;
pub use space::*;
pub use payment::*;
pub use lease::*;
pub use gate::*;
pub use downlink::*;
pub use security::*;
pub use garage::*;
pub use annex::*;
pub use event::*;
pub use invoice::*;
pub use credit::*;
pub use reconciliation::*;
