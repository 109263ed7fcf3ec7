use crate::{Error, Rules, Spelling, Waived};
use std::fmt::{Debug, Display};

/// What a protocol crate tells the base about itself. Its crate names aliases, so that no
/// application writes this parameter.
pub trait Protocol: Debug + Clone + Copy + Send + Sync + 'static {
    /// Its name in logs.
    const NAME: &'static str;
    /// The word before a token in `Authorization`.
    const BEARER: &'static str = "Bearer";

    /// The code with which one side refuses.
    type Code: Debug + Display + Clone + PartialEq + Send + Sync + 'static;
    /// How one peer departs from the document.
    type Dialect: PeerDialect;
    /// What a service learns of a call beside peer, address and deviations.
    type Facts: Debug + Clone + Send + Sync;
    /// What its servers can be told beside the common options.
    type ServerExtras: Debug + Clone + Default + Send + Sync;
    /// What is handed to the service's dispatch: the opened request.
    type Payload<'a>: Send;

    /// What HTTP status 401 means, where the document has tokens: that this one was refused.
    fn unauthorized() -> Option<Error<Self::Code>> {
        None
    }

    /// Whether `text` is a reply of this protocol, whatever its HTTP status.
    fn is_reply(text: &str) -> bool {
        let _ = text;
        false
    }
}

/// What every dialect has: how a peer's messages are read, and how it wants ours.
pub trait PeerDialect: Debug + Clone + Default + Send + Sync + 'static {
    /// How its messages are read.
    fn rules(&self) -> &Rules;
    /// Fields whose limits are not enforced on sending.
    fn waived(&self) -> &Waived;
    /// Fields that it knows under another name.
    fn names(&self) -> &[Spelling];
}

/// What every dialect can do; it has `read`, and `write` with `waived` and `names`.
#[doc(hidden)]
#[macro_export]
macro_rules! dialect_verbs {
    ($dialect:ident) => {
        impl $crate::PeerDialect for $dialect {
            fn rules(&self) -> &$crate::Rules {
                &self.read
            }

            fn waived(&self) -> &$crate::Waived {
                &self.write.waived
            }

            fn names(&self) -> &[$crate::Spelling] {
                &self.write.names
            }
        }

        impl $dialect {
            /// The document to the letter: the first deviation is refused.
            pub fn strict() -> Self {
                Self {
                    read: $crate::Rules::strict(),
                    ..Self::default()
                }
            }

            /// Waives the limits of `fields` in both directions:
            /// `dialect.waive(["StationName", "parkInfo.roadName"])`.
            #[must_use]
            pub fn waive<F: Into<::std::borrow::Cow<'static, str>> + Clone>(
                mut self,
                fields: impl IntoIterator<Item = F>,
            ) -> Self {
                for field in fields {
                    self.read.waived.add(field.clone());
                    self.write.waived.add(field);
                }
                self
            }
        }
    };
}
