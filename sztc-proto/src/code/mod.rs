//! Status and type codes: open newtypes with the document's values as constants. A value that the document does not list survives.
//!
//! One type per list, never per field name: `state` of 5010 and of 6008 mean opposite things, `couponType` of Tables 16 and 83 count differently.

mod car;
mod lot;
mod parking;
mod downlink;


pub use car::*;
pub use lot::*;
pub use parking::*;
pub use downlink::*;
