//! How one peer departs from the document, as one value.
#[cfg(any(feature = "server", test))]
use crate::endpoint::Info;
use crate::{
    ReplayGuard,
    envelope::{Accept, Form},
};
use park_core::{Rules, Spelling, Waived};
use std::borrow::Cow;

/// Field names that DB4403/T 313 prints otherwise, and that real peers misspell. Other capitals
/// need no entry.
pub const SPELLINGS: &[Spelling] = &[
    // The word `Status` is `state` throughout Appendix B of DB4403/T 313.
    Spelling::new("StationInfo", "Stationstate", "StationStatus"),
    Spelling::new("ConnectorStatusInfo", "state", "Status"),
    Spelling::new("ConnectorStatusInfo", "Parkstate", "ParkStatus"),
    Spelling::new("ConnectorStatusInfo", "Lockstate", "LockStatus"),
    Spelling::new(
        "StationStatusInfo",
        "ConnectorstateInfos",
        "ConnectorStatusInfos",
    ),
    Spelling::new("StatusNotice", "ConnectorstateInfo", "ConnectorStatusInfo"),
    Spelling::new("StatusReceipt", "State", "Status"),
    Spelling::new(
        "StationStatusReply",
        "StationstateInfos",
        "StationStatusInfos",
    ),
    // The same word where the appendix does not print the table.
    Spelling::new("ChargeStatus", "Connectorstate", "ConnectorStatus"),
    // The sample of B.3.4.
    Spelling::new("StationInfo", "OperationID", "OperatorID"),
    Spelling::new("StationInfo", "districtCode", "AreaCode"),
    Spelling::new("StationInfo", "Lng", "StationLng"),
    Spelling::new("StationInfo", "Lat", "StationLat"),
    // The standard's own `Sevice`, put right by many.
    Spelling::new("", "ServicePrice", "SevicePrice"),
    Spelling::new("", "ServiceMoney", "SeviceMoney"),
    Spelling::new("", "TotalServiceMoney", "TotalSeviceMoney"),
    Spelling::new("", "DetailServiceMoney", "DetailSeviceMoney"),
    Spelling::new("", "SubPeriod", "SumPeriod"),
    Spelling::new("", "StarTime", "StartTime"),
    Spelling::new("", "ElectMoney", "ElecMoney"),
    Spelling::new("StationInfo", "BusinessHours", "BusineHours"),
    Spelling::new("StationStatsReply", "StationStatsInfo", "StationStats"),
];

/// The entries of [`SPELLINGS`] by which DB4403/T 313 is written.
const DB4403: usize = 8;

/// The names with `Service` in place of the standard's `Sevice`.
const SERVICE: &[Spelling] = &[
    Spelling::new("", "ServicePrice", "SevicePrice"),
    Spelling::new("", "ServiceMoney", "SeviceMoney"),
    Spelling::new("", "TotalServiceMoney", "TotalSeviceMoney"),
    Spelling::new("", "DetailServiceMoney", "DetailSeviceMoney"),
    // The orders of DB4403/T 313, Tables 105 and 109.
    Spelling::new("", "serviceMoney", "seviceMoney"),
];

/// How one peer's messages are read and how messages to it are written. The default is T/CEC 102.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Dialect {
    /// How its messages are read.
    pub read: Rules,
    /// Which of its messages are opened although the document has them otherwise.
    pub accept: Accept,
    /// Which of its requests are refused when they come again.
    pub guard: ReplayGuard,
    /// How it wants its messages.
    pub write: WriteRules,
}

/// How a peer wants its messages.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WriteRules {
    /// How they are sealed.
    pub form: Form,
    /// Fields whose limits are not enforced on sending.
    pub waived: Waived,
    /// Fields that this peer knows under another name: `right` is the document's, `wrong` what is
    /// written.
    pub names: Cow<'static, [Spelling]>,
    /// Interfaces that this peer knows under another name, the same way.
    pub interfaces: Cow<'static, [Spelling]>,
}

impl WriteRules {
    /// What the peer calls the interface `name`.
    pub fn interface<'a>(&'a self, name: &'a str) -> &'a str {
        // The last entry wins.
        let other = self.interfaces.iter().rfind(|other| other.right == name);
        other.map_or(name, |other| &other.wrong)
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            read: Rules::knowing(SPELLINGS, &[]),
            accept: Accept::default(),
            guard: ReplayGuard::default(),
            write: WriteRules::default(),
        }
    }
}

park_core::dialect_verbs!(Dialect);

impl Dialect {
    /// As Appendix B of DB4403/T 313 prints it: `state` in the place of `Status`, also in the name
    /// of an interface.
    #[must_use]
    pub fn db4403(mut self) -> Self {
        self.name_as(&SPELLINGS[..DB4403]);
        let interface = Spelling::new(
            "",
            "notification_stationstate",
            "notification_stationStatus",
        );
        self.write.interfaces.to_mut().push(interface);
        self
    }

    /// The same, writing `Service` where the standard has `Sevice`.
    #[must_use]
    pub fn service_spelling(mut self) -> Self {
        self.name_as(SERVICE);
        self
    }

    /// Names we write are also read, without a deviation.
    fn name_as(&mut self, names: &[Spelling]) {
        self.write.names.to_mut().extend_from_slice(names);
        self.read.agreed.to_mut().extend_from_slice(names);
    }

    /// The same with the interface `name` called `other`, as the last part of the address.
    #[must_use]
    pub fn interface(mut self, name: impl Into<String>, other: impl Into<String>) -> Self {
        let other = Spelling::from_text("", other, name);
        self.write.interfaces.to_mut().push(other);
        self
    }

    /// The same with messages sealed in `form`.
    #[must_use]
    pub fn form(mut self, form: impl FnOnce(&mut Form)) -> Self {
        form(&mut self.write.form);
        self
    }

    /// The same, opening what `accept` says.
    #[must_use]
    pub fn accept(mut self, accept: impl FnOnce(&mut Accept)) -> Self {
        accept(&mut self.accept);
        self
    }

    /// The same, guarding against requests that come again as `guard` says.
    #[must_use]
    pub fn guard(mut self, guard: ReplayGuard) -> Self {
        self.guard = guard;
        self
    }

    /// The interface that the peer calls `name`, and whether that is another name than the
    /// document's.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn meant<'a>(&'a self, name: &'a str) -> (&'a str, bool) {
        let own = self
            .write
            .interfaces
            .iter()
            .find(|other| other.wrong == name)
            .map(|other| &*other.right);
        match own.or_else(|| Info::of(name).map(|info| info.name)) {
            Some(meant) => (meant, own.is_none() && meant != name),
            None => (name, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_has_the_name_that_the_peer_gives_it() {
        let dialect = Dialect::default()
            .db4403()
            .interface("query_stations_info", "stations");
        for (document, peer) in [
            ("notification_stationStatus", "notification_stationstate"),
            ("query_stations_info", "stations"),
            ("query_token", "query_token"),
        ] {
            assert_eq!(dialect.write.interface(document), peer);
            assert_eq!(dialect.meant(peer), (document, false));
        }
        let own = Dialect::default()
            .db4403()
            .interface("notification_stationStatus", "mine");
        assert_eq!(own.write.interface("notification_stationStatus"), "mine");
        let plain = Dialect::default();
        assert_eq!(
            plain.meant("notification_stationstate"),
            ("notification_stationStatus", true)
        );
        assert_eq!(
            plain.meant("notification_stationFee"),
            ("notification_stationFee", false)
        );
        assert!(
            SPELLINGS[..DB4403]
                .iter()
                .all(|spelling| spelling.wrong.to_lowercase().contains("state"))
        );
    }
}
