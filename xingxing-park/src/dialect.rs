//! How one peer departs from the document, as one value.
#[cfg(feature = "client")]
use crate::endpoint::{ALIASES, Endpoint};
use park_core::{Rules, Spelling, Waived};
use std::borrow::Cow;

/// How the parameters of a request are written. All are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BodyStyle {
    /// A JSON object with the fields, as the sample of section 3.1 shows it; the only known
    /// receiver reads them so.
    #[default]
    Fields,
    /// The notification as `{"ParkChargeResult": {..}}`, by the letter of the table of 4.1.3; the
    /// queries, whose tables have fields, as [`Fields`](Self::Fields).
    Wrapped,
    /// A form (`application/x-www-form-urlencoded`). Sealed messages are JSON all the same.
    Form,
}

/// How successful answers are written. All are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AnswerStyle {
    /// As the document prints each: receipts as `{"Status":0}` (4.1.4, 4.3.4), orders in the
    /// envelope of 4.2.5, `{"Ret":200,"Msg":"","Data":{..},"Sig":null}`.
    #[default]
    Printed,
    /// Everything in that envelope.
    Envelope,
    /// Receipts as `{"Status":0}`, orders as 3.1 shows them, without an envelope. That nothing was
    /// found is only said by the envelope.
    Bare,
}

/// What the peer calls the compensation query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum QueryName {
    /// query_parking_charge_result, as the heading of 4.2 and the address of the sandbox.
    #[default]
    Parking,
    /// query_park_charge_result, as the text of 4.1.1.
    Park,
}

/// How one peer's messages are read and how messages to it are written. The default is the
/// document.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Dialect {
    /// How its messages are read.
    pub read: Rules,
    /// What is opened although T/CEC 102 has it otherwise.
    #[cfg(feature = "sealed")]
    pub accept: evcs_proto::envelope::Accept,
    /// How it wants its messages.
    pub write: WriteRules,
}

/// How a peer wants its messages.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WriteRules {
    /// How it wants its requests.
    pub body: BodyStyle,
    /// How it wants its answers.
    pub answer: AnswerStyle,
    /// What it calls the compensation query.
    pub query_name: QueryName,
    /// Fields whose limits are not enforced on sending.
    pub waived: Waived,
    /// Fields that this peer knows under another name: `right` is the document's, `wrong` what is
    /// written.
    pub names: Cow<'static, [Spelling]>,
    /// How messages to it are sealed, where they are.
    #[cfg(feature = "sealed")]
    pub form: evcs_proto::envelope::Form,
}

park_core::dialect_verbs!(Dialect);

impl Dialect {
    /// Writes requests in `style`.
    #[must_use]
    pub fn body(mut self, style: BodyStyle) -> Self {
        self.write.body = style;
        self
    }

    /// Writes answers in `style`.
    #[must_use]
    pub fn answer(mut self, style: AnswerStyle) -> Self {
        self.write.answer = style;
        self
    }

    /// Calls the compensation query by this name.
    #[must_use]
    pub fn query_name(mut self, name: QueryName) -> Self {
        self.write.query_name = name;
        self
    }

    /// What the peer calls an interface.
    #[cfg(feature = "client")]
    pub(crate) fn name_of<E: Endpoint>(&self) -> &'static str {
        let other = match self.write.query_name {
            QueryName::Parking => None,
            // The one alias of the document.
            QueryName::Park => ALIASES.iter().find(|(_, name)| *name == E::NAME),
        };
        other.map_or(E::NAME, |(alias, _)| alias)
    }
}
