//! How one peer departs from the document, as one value.
use crate::Scheme;
use park_core::{Rules, Spelling, Waived};
use std::borrow::Cow;

/// Field names that the standard's own samples and real peers misspell.
pub const SPELLINGS: &[Spelling] = &[
    Spelling::new("", "manufacture", "manufacturer"),
    Spelling::new("", "mangeType", "manageType"),
    Spelling::new("", "restReservedSpace", "reservableSpace"),
    Spelling::new("", "garageCode", "garageNo"),
    // D.44 spells six fields of Table 110 otherwise.
    Spelling::new("Invoice", "xsfnsrsbh", "xsfnrsbh"),
    Spelling::new("Invoice", "xsfmc", "xsfmtc"),
    Spelling::new("Invoice", "xsfyhz", "xsfyhzh"),
    Spelling::new("Invoice", "gmfnsrsbh", "gmfnrsrbh"),
    Spelling::new("Invoice", "gmfmc", "gmfmtc"),
    Spelling::new("Invoice", "gmfyhz", "gmfyhzh"),
];

/// Fields whose limits in the tables are broken by real values and by the standard's own samples;
/// see `SPEC-NOTES.md`.
pub const KNOWN_SLIPS: [&str; 5] = ["permitNo", "districtCode", "operatorId", "nsrsbh", "idType"];

/// How one peer's messages are read and how messages to it are written. The default is the
/// document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Dialect {
    /// How its messages are read.
    pub read: Rules,
    /// How it wants its messages.
    pub write: WriteRules,
}

/// How a peer wants its messages.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WriteRules {
    /// The signature of requests.
    pub scheme: Scheme,
    /// Fields whose limits are not enforced on sending.
    pub waived: Waived,
    /// Fields that this peer knows under another name: `right` is the table's, `wrong` what is
    /// written.
    pub names: Cow<'static, [Spelling]>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            read: Rules::knowing(SPELLINGS, &[]),
            write: WriteRules::default(),
        }
    }
}

park_core::dialect_verbs!(Dialect);

impl Dialect {
    /// Signs requests by `scheme`.
    #[must_use]
    pub fn sign_with(mut self, scheme: Scheme) -> Self {
        self.write.scheme = scheme;
        self
    }
}
