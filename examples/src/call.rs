//! One call of any interface, through the crates' own clients: JSON of the request in, JSON of the reply's data out.
mod charging;
mod city;
mod parking;
mod pile;
mod session;

pub use charging::{cpo, emsp, notify_parking, query_charging, report_discount};
pub use city::{ask_partner, city, open_city, partner, upload};
pub use parking::{cloud, lot};
pub use pile::{bill, callback, order, start, stop, stub_groups, stubs};
pub use session::session;

use crate::fault::{Fault, chain};
use evcs_proto::Keys;
use std::path::PathBuf;
use sztc_proto::{DeviationKind, HttpOptions, decode, encode};

/// Whom to call and how. What an interface does not need may be missing; what it needs and is missing is a fault of usage.
#[derive(Clone, Default)]
pub struct Peer {
    /// Base address; the path of the interface is put behind it.
    pub url: String,
    /// User id (sztc, kt).
    pub user: Option<String>,
    /// OperatorID (evcs).
    pub operator: Option<String>,
    /// The password (sztc, kt).
    pub password: Option<String>,
    /// The token (sztc, xingxing, pile).
    pub token: Option<String>,
    /// The key: 8 characters for passwords of sztc, 24 for kt.
    pub key: Option<String>,
    /// The initialization vector: 16 characters for evcs; 8 for sztc, where it is the key unless given.
    pub iv: Option<String>,
    /// OperatorSecret (evcs), with which a token is asked for.
    pub operator_secret: Option<String>,
    /// DataSecret (evcs).
    pub data_secret: Option<String>,
    /// SigSecret (evcs).
    pub sig_secret: Option<String>,
    /// The secret that stands behind the signed text (pile).
    pub sign_secret: Option<String>,
    /// The file of an image upload (sztc 2001).
    pub file: Option<PathBuf>,
    /// TLS and what is allowed.
    pub http: HttpOptions,
    /// Whether DB4403/T 313 is spoken where it prints interfaces of T/CEC 102.
    pub db4403: bool,
}

macro_rules! needed {
    ($($name:ident $long:literal;)*) => {
        impl Peer {$(
            fn $name(&self) -> Result<String, Fault> {
                self.$name.clone().ok_or_else(|| Fault::missing($long))
            }
        )*}
    };
}
needed! {
    password "password";
    token "token";
    key "key";
    iv "iv";
    operator_secret "operator-secret";
    data_secret "data-secret";
    sig_secret "sig-secret";
}

impl Peer {
    fn user(&self) -> Result<String, Fault> {
        let user = self.user.clone().filter(|user| !user.is_empty());
        user.ok_or_else(|| Fault::usage("--user is missing: give it, or the environment variable WIRE_USER"))
    }

    fn operator(&self) -> Result<String, Fault> {
        let operator = self.operator.clone().filter(|operator| !operator.is_empty());
        operator.ok_or_else(|| Fault::usage("--operator is missing: give it, or the environment variable WIRE_OPERATOR"))
    }

    /// The keys of the charging envelope.
    fn keys(&self, operator_secret: &str) -> Result<Keys, Fault> {
        Keys::new(operator_secret, self.data_secret()?, self.iv()?, self.sig_secret()?).map_err(Fault::usage)
    }
}

/// The request in `body`; what is merely written otherwise is put right.
fn request<T: serde::de::DeserializeOwned>(body: &str, rules: &sztc_proto::Rules) -> Result<T, Fault> {
    let (request, deviations) = decode(body, rules).map_err(Fault::bad)?;
    // A misspelt name would be dropped without a word.
    match deviations.list().iter().find(|found| found.kind == DeviationKind::UNKNOWN_FIELD) {
        Some(unknown) => Err(Fault::bad(format!(
            "{}: a field that the document does not have would not be sent",
            unknown.path
        ))),
        None => Ok(request),
    }
}

/// The data of a reply.
fn data<T: serde::Serialize>(reply: &T) -> Result<String, Fault> {
    encode(reply).map_err(Fault::bad)
}

/// A failed call: the caller's own mistakes about addresses and keys are no bad message, but nobody else knows that here.
fn failed(error: impl std::error::Error) -> Fault {
    Fault::Failed(chain(&error))
}
