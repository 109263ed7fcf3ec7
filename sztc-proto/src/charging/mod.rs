//! Charging (充电桩接口, 6.10, Appendix B): interfaces 1101 to 1106, which travel in the envelope
//! of T/CEC 102 instead of this standard's own.
//!
//! The charging operator's platform (充电运营服务平台) is called by a [`ChargingClient`] and serves
//! a [`ChargingService`] through a [`ChargingRouter`]; the city platform is called by a
//! [`CityChargingClient`] and serves a [`CityChargingService`] through a [`CityChargingRouter`].
//! Keys, tokens and the other parts are those of the crate `evcs-proto`, re-exported as [`evcs`].
//!
//! | Number | What | Who serves it | Interface |
//! |---|---|---|---|
//! | 1101 | stations, page by page, again and again ([`StationBook`]) | charging platform | `query_stations_info` |
//! | 1102 | a station changed | city | [`PushStation`], `notification_stationInfo` |
//! | 1103 | state of all connectors at the start, then each change | charging platform; city | `query_station_status`; `notification_stationstate` |
//! | 1104 | authenticate, start, stop, order, reconciliation (B.2) | both | those of B.2 |
//! | 1105 | an order of a car that parked | city | [`PushOrder`], `notification_orderInfo` |
//! | 1106 | the orders of a car | charging platform | [`QueryOrdersOfCar`], `query_orderInfo` |
//!
//! The document names no path for 1102, 1105, 1106 and the query of 1103. For the last the name of
//! T/CEC 102 is taken, for the others those above, which follow its style; all are replaced by
//! [`Dialect::interface`](evcs::Dialect::interface). Messages are written as this document prints
//! them (`state` in the place of `Status`), see [`dialect`].
//!
//! 1102 is pushed when a station is new, gone or changed. 6.10.3 lists the attributes whose change
//! matters to the business: address, type, state, longitude, latitude, opening hours, prices of
//! energy and service, and the list of devices; [`key_changes`](evcs::changes::key_changes)
//! compares them. What 6.10.4 wants pushed by 1103 is found by [`Snapshot`](evcs::Snapshot).
#[cfg(feature = "client")]
mod client;
mod code;
mod endpoint;
mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "client")]
mod stations;

/// The crate of the envelope.
pub use evcs_proto as evcs;

#[cfg(feature = "client")]
pub use client::{ChargingClient, CityChargingClient};
pub use code::*;
pub use endpoint::*;
pub use model::*;
#[cfg(feature = "server")]
pub use service::{
    ChargingRouter, ChargingService, CityChargingRouter, CityChargingService, server_options,
};
#[cfg(feature = "client")]
pub use stations::{StationBook, StationChange};

/// Fields whose limits differ between 6.10 and Appendix B: a station's name has 50 characters there
/// and 20 in Tables 105 and 109, a connector's 30 and 10.
pub const KNOWN_SLIPS: [&str; 2] = ["stationName", "connectorName"];

/// The dialect in which this document prints the envelope's interfaces. `serviceMoney` is read for
/// its `seviceMoney`.
///
/// ```
/// use sztc_proto::charging::{KNOWN_SLIPS, dialect};
///
/// // A peer that found names of its own for what the document does not name,
/// // and has long names of stations.
/// let dialect = dialect().interface("notification_orderInfo",
///     "supervise_order").waive(KNOWN_SLIPS);
/// assert_eq!(dialect.write.interface("notification_stationStatus"), "notification_stationstate");
/// ```
pub fn dialect() -> evcs::Dialect {
    let mut dialect = evcs::Dialect::default().db4403();
    let spellings = [
        evcs::Spelling::new("CarOrder", "serviceMoney", "seviceMoney"),
        // As T/CEC 102 answers the pushes that it has.
        evcs::Spelling::new("StationPushReply", "Status", "state"),
    ];
    dialect.read.spellings.to_mut().extend(spellings);
    dialect
}
