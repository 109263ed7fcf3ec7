use crate::{Params, SIGN, dialect::read, model::Model};
use park_core::{DeviationKind, Deviations, Rules, Violation, json::Place};

/// A request as it came, before its fields are read.
#[derive(Debug)]
#[allow(
    unreachable_pub,
    reason = "as public as the protocol, which needs a client or a server"
)]
pub enum Message<'a> {
    /// Parameters: everything is text.
    Params(Params),
    /// A JSON object, whose values have types of their own.
    Json(&'a str),
}

impl Message<'_> {
    /// Reads the fields, without checking them against the document. The signature of a callback is
    /// none of them.
    ///
    /// # Errors
    /// The first one that cannot be read.
    pub(crate) fn read<T: Model>(
        &self,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<T, Violation> {
        match self {
            Self::Params(params) => params.read(rules, deviations),
            Self::Json(text) => read(Place::default(), text, rules, deviations, |found| {
                found.kind == DeviationKind::UNKNOWN_FIELD && found.path == SIGN
            }),
        }
    }
}
