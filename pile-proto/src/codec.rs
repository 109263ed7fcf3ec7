//! Requests and replies as the services and clients exchange them: written and checked by the vendor's dialect.
use crate::{Bill, Dialect, Model, Order, Params, StubGroup, StubGroupDetail};
use park_core::{Check, DeviationKind, Deviations, Rule, Violation, Violations, json::EncodeError};

/// Why a reply could not be read: refused, or every broken rule.
#[cfg(feature = "client")]
pub(crate) enum Unread {
    /// The peer refused.
    Refused(crate::Refusal),
    /// It cannot be read, or breaks the document's rules.
    Invalid(Vec<Violation>),
}

#[cfg(feature = "client")]
impl From<Violation> for Unread {
    fn from(violation: Violation) -> Self {
        Self::Invalid(vec![violation])
    }
}

#[cfg(feature = "client")]
impl From<crate::ReplyError> for Unread {
    fn from(error: crate::ReplyError) -> Self {
        match error {
            crate::ReplyError::Refused(refusal) => Self::Refused(refusal),
            crate::ReplyError::Unreadable(violation) => violation.into(),
        }
    }
}

/// What a vendor replies with.
pub(crate) trait Reply: Check + Sized + Send + 'static {
    /// The whole reply.
    #[cfg(feature = "server")]
    fn seal(&self, dialect: &Dialect) -> Result<String, EncodeError>;

    /// Reads a whole reply and checks it.
    #[cfg(feature = "client")]
    fn open(text: &str, dialect: &Dialect, deviations: &mut Deviations) -> Result<Self, Unread>;
}

macro_rules! one {
    ($($type:ty)*) => {$(
        impl Reply for $type {
            #[cfg(feature = "server")]
            fn seal(&self, dialect: &Dialect) -> Result<String, EncodeError> {
                dialect.encode(self).map(|payload| dialect.seal_reply(&payload))
            }

            #[cfg(feature = "client")]
            fn open(text: &str, dialect: &Dialect, deviations: &mut Deviations) -> Result<Self, Unread> {
                let payload = dialect.open_reply(text, deviations)?;
                checked(dialect.decode(payload, deviations)?, dialect, deviations).map_err(Unread::Invalid)
            }
        }
    )*};
}
one!(StubGroupDetail Order Bill);

impl Reply for Vec<StubGroup> {
    #[cfg(feature = "server")]
    fn seal(&self, dialect: &Dialect) -> Result<String, EncodeError> {
        let entries = self.iter().map(|group| dialect.encode(group)).collect::<Result<Vec<_>, _>>()?;
        Ok(dialect.seal_list(entries.iter().map(String::as_str)))
    }

    #[cfg(feature = "client")]
    fn open(text: &str, dialect: &Dialect, deviations: &mut Deviations) -> Result<Self, Unread> {
        let entries = dialect.open_list(text, deviations)?;
        let mut groups = Vec::with_capacity(entries.len());
        for (index, entry) in entries.into_iter().enumerate() {
            groups.push(dialect.decode_entry(entry, index, deviations)?);
        }
        checked(groups, dialect, deviations).map_err(Unread::Invalid)
    }
}

/// The parameters of a request, by the names that the vendor knows.
#[cfg(feature = "client")]
pub(crate) fn params_of<T: Model>(request: &T, dialect: &Dialect) -> Result<Params, EncodeError> {
    let text = dialect.encode(request)?;
    Ok(Params::parse_json(&text).expect("the encoder writes JSON without a name twice"))
}

/// Reads the parameters of a request and checks them.
#[cfg(feature = "server")]
pub(crate) fn request_of<T: Model>(params: &Params, dialect: &Dialect, deviations: &mut Deviations) -> Result<T, Vec<Violation>> {
    let request = params.read(&dialect.read, deviations).map_err(|violation| vec![violation])?;
    checked(request, dialect, deviations)
}

/// `value`, if it keeps the document's rules or the dialect waives them.
pub(crate) fn checked<T: Check>(value: T, dialect: &Dialect, deviations: &mut Deviations) -> Result<T, Vec<Violation>> {
    let mut violations = Violations::default();
    value.check(&mut violations);
    let mut found = violations.on_receipt(&dialect.read, deviations);
    // Real vendors tell 52.35 per cent. That is no reason to lose the order; beyond 0 to 100 it still is.
    found.retain(|violation| {
        let is_soc = violation.path == "soc" && matches!(violation.rule, Rule::Decimals { .. });
        !is_soc || dialect.read.tolerate(DeviationKind::WAIVED_LIMIT, "soc", deviations).is_err()
    });
    if found.is_empty() { Ok(value) } else { Err(found) }
}
