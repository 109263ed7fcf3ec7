//! How one peer departs from the document, as one value.
#[cfg(any(feature = "client", feature = "server"))]
use crate::envelope::without_trailing_commas;
use crate::{DateWindow, KNOWN_SLIPS, SPELLINGS};
#[cfg(any(feature = "server", test))]
use crate::{DeviationKind, endpoint::Info};
#[cfg(any(feature = "client", feature = "server"))]
use park_core::{Deviations, Violation};
use park_core::{Rules, Spelling, Waived};
use std::borrow::Cow;

/// How one peer's messages are read and how messages to it are written. The default is the
/// document, with the limits that its own samples break waived on reading ([`KNOWN_SLIPS`]).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Dialect {
    /// How its messages are read.
    pub read: Rules,
    /// For how long around midnight its messages may have the date of the day beside.
    pub window: DateWindow,
    /// Its JSON may have commas before closing brackets, as many of the document's samples do.
    pub trailing_commas: bool,
    /// How it wants its messages.
    pub write: WriteRules,
}

/// How a peer wants its messages.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WriteRules {
    /// The addresses of an older system (旧版本), where the document has one.
    pub legacy_paths: bool,
    /// `data` as a form (`data=..`) in place of JSON, as old systems want it.
    pub form: bool,
    /// Addresses of single interfaces, before everything else: name and path with the name.
    pub paths: Vec<(String, String)>,
    /// Folders of addresses in place of others, such as `/api/pay` for `/api/pay2`; single
    /// interfaces come before them.
    pub folders: Vec<(String, String)>,
    /// Fields whose limits are not enforced on sending.
    pub waived: Waived,
    /// Fields that this peer knows under another name: `right` is the table's, `wrong` what is
    /// written.
    pub names: Cow<'static, [Spelling]>,
}

impl WriteRules {
    /// The address of the interface `name` behind the peer's own: in the first of `folders`, or
    /// with an older system in the second.
    #[cfg(any(feature = "client", test))]
    pub(crate) fn path(&self, name: &str, folders: &[&str]) -> String {
        if let Some((_, path)) = self.paths.iter().find(|(own, _)| own == name) {
            return path.trim_start_matches('/').to_owned();
        }
        let legacy = folders.get(1).filter(|_| self.legacy_paths);
        let folder = legacy
            .or(folders.first())
            .map_or("", |folder| folder.trim_matches('/'));
        let own = self
            .folders
            .iter()
            .find(|(theirs, _)| theirs.trim_matches('/') == folder);
        match own.map_or(folder, |(_, own)| own.trim_matches('/')) {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            read: Rules::knowing(SPELLINGS, &KNOWN_SLIPS),
            window: DateWindow::default(),
            trailing_commas: false,
            write: WriteRules::default(),
        }
    }
}

park_core::dialect_verbs!(Dialect);

impl Dialect {
    /// Uses the addresses of an older system (旧版本), where the document has them.
    #[must_use]
    pub fn legacy_paths(mut self) -> Self {
        self.write.legacy_paths = true;
        self
    }

    /// Writes `data` as a form, as old systems want it.
    #[must_use]
    pub fn form(mut self) -> Self {
        self.write.form = true;
        self
    }

    /// Calls the interface `name` at `path`, which ends in whatever the peer calls it.
    ///
    /// ```
    /// // The document prints this address, which is that of another interface.
    /// let dialect = kt_proto::Dialect::default().path("ModifyCarCardNo",
    ///     "/api/card2/AddCarCardNo");
    /// ```
    #[must_use]
    pub fn path(mut self, name: impl Into<String>, path: impl Into<String>) -> Self {
        self.write.paths.push((name.into(), path.into()));
        self
    }

    /// Calls the interfaces that would be under `folder` under `own`; also those with older
    /// addresses, where these are used.
    ///
    /// ```
    /// // The oldest lots have `pay` where the document has `pay2` (旧版本).
    /// let dialect = kt_proto::Dialect::default().legacy_paths().folder("/api/pay2", "/api/pay");
    /// ```
    #[must_use]
    pub fn folder(mut self, folder: impl Into<String>, own: impl Into<String>) -> Self {
        self.write.folders.push((folder.into(), own.into()));
        self
    }

    /// Accepts the date of the day beside as `window` says.
    #[must_use]
    pub fn window(mut self, window: DateWindow) -> Self {
        self.window = window;
        self
    }

    /// Reads JSON with commas before closing brackets.
    #[must_use]
    pub fn trailing_commas(mut self) -> Self {
        self.trailing_commas = true;
        self
    }

    /// `text` without commas before closing brackets, if this peer may write them.
    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn without_trailing_commas<'a>(
        &self,
        text: &'a str,
        deviations: &mut Deviations,
    ) -> Result<Cow<'a, str>, Violation> {
        if !self.trailing_commas {
            return Ok(Cow::Borrowed(text));
        }
        let without = without_trailing_commas(text);
        if let Cow::Owned(_) = without {
            self.read
                .tolerate(crate::deviation::TRAILING_COMMA, "", deviations)?;
        }
        Ok(without)
    }

    /// The interface at the address that ends in `path`, and how its name deviates; the last part
    /// is the name unless the peer has an address of its own.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn meant<'a>(&'a self, path: &'a str) -> (&'a str, Option<DeviationKind>) {
        let path = path.trim_matches('/');
        let is_at = |own: &str| {
            path.strip_suffix(own)
                .is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        if let Some((name, _)) = self
            .write
            .paths
            .iter()
            .find(|(_, own)| is_at(own.trim_matches('/')))
        {
            return (name, None);
        }
        let last = path.rsplit('/').next().unwrap_or(path);
        let name = Info::of(last).map_or(last, |info| info.name);
        (
            name,
            (name != last).then_some(DeviationKind::INTERFACE_NAME),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::{Endpoint, GateControl, GetCarInOutInfoByPlate, ModifyCarCardNo};

    #[test]
    fn an_address_is_the_modern_the_legacy_or_the_peer_s_own() {
        fn path<E: Endpoint>(dialect: &Dialect) -> String {
            dialect.write.path(E::NAME, E::PATHS)
        }
        let own = Dialect::default()
            .legacy_paths()
            .path("ModifyCarCardNo", "api/card2/AddCarCardNo");
        assert_eq!(
            path::<GetCarInOutInfoByPlate>(&Dialect::default()),
            "api/ParkingInfo/GetCarInOutInfoByPlate"
        );
        assert_eq!(
            path::<GetCarInOutInfoByPlate>(&own),
            "api/pay2/GetCarInOutInfoByPlate"
        );
        assert_eq!(path::<GateControl>(&own), "api/ParkingManage/GateControl");
        assert_eq!(path::<ModifyCarCardNo>(&own), "api/card2/AddCarCardNo");
        let oldest = own.clone().folder("api/pay2/", "/api/pay");
        assert_eq!(
            path::<GetCarInOutInfoByPlate>(&oldest),
            "api/pay/GetCarInOutInfoByPlate"
        );
        assert_eq!(
            path::<GateControl>(&oldest),
            "api/ParkingManage/GateControl"
        );
        assert_eq!(path::<ModifyCarCardNo>(&oldest), "api/card2/AddCarCardNo");
        let short = Dialect::default()
            .path("GetTrafficNum", "Num")
            .path("GateControl", "/gate/");
        for (dialect, path, name, deviation) in [
            (
                &Dialect::default(),
                "/api/pay/getparkingpaymentinfo",
                "GetParkingPaymentInfo",
                Some(DeviationKind::INTERFACE_NAME),
            ),
            (
                &Dialect::default(),
                "/third/PostCarInInfo/",
                "PostCarInInfo",
                None,
            ),
            (
                &Dialect::default(),
                "/api/pay2/GetTrafficNum",
                "GetTrafficNum",
                None,
            ),
            (&own, "/api/card2/AddCarCardNo", "ModifyCarCardNo", None),
            (&own, "/api/ParkingCard/AddCarCardNo", "AddCarCardNo", None),
            // An address of one's own ends where a name begins.
            (&short, "/api/Num", "GetTrafficNum", None),
            (&short, "/api/GetOtherNum", "GetOtherNum", None),
            (&short, "gate", "GateControl", None),
        ] {
            assert_eq!(dialect.meant(path), (name, deviation), "{path}");
        }
    }
}
