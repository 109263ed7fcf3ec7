//! One call of any interface, through the crates' own clients: JSON of the request in, JSON of the
//! reply's data out.
mod city;
mod session;

pub use city::ask_partner;

use crate::{
    fault::Fault,
    registry::{Interface, Protocol, Role},
};
use evcs_proto::Keys;
use std::{fmt, path::PathBuf};
use sztc_proto::{HttpOptions, charging, endpoint::Endpoint};

/// What became of a call: a body that is no request is a bad message; whatever else went wrong, the
/// call failed.
macro_rules! told {
    ($outcome:expr) => {
        $outcome.map_err(
            |error| match (error.kind(), error.sent(), error.violations()) {
                (sztc_proto::ErrorKind::Caller, sztc_proto::Sent::No, found @ [_, ..]) => {
                    Fault::Bad(
                        found
                            .iter()
                            .map(ToString::to_string)
                            .collect::<Vec<_>>()
                            .join("; "),
                    )
                }
                _ => Fault::Failed(crate::fault::chain(&error)),
            },
        )
    };
}
use told;

/// Whom to call and how. What an interface does not need may be missing; what it needs and is
/// missing is a fault of usage.
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
    /// The initialization vector: 16 characters for evcs; 8 for sztc, where it is the key unless
    /// given.
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

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
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
        user.ok_or_else(|| {
            Fault::usage("--user is missing: give it, or the environment variable WIRE_USER")
        })
    }

    fn operator(&self) -> Result<String, Fault> {
        let operator = self
            .operator
            .clone()
            .filter(|operator| !operator.is_empty());
        operator.ok_or_else(|| {
            Fault::usage(
                "--operator is missing: give it, or the environment variable WIRE_OPERATOR",
            )
        })
    }

    /// The keys of the charging envelope.
    fn keys(&self, operator_secret: &str) -> Result<Keys, Fault> {
        Keys::new(
            operator_secret,
            self.data_secret()?,
            self.iv()?,
            self.sig_secret()?,
        )
        .map_err(Fault::usage)
    }
}

/// Calls `interface` of `peer`.
///
/// # Errors
/// A secret that is missing, a body that is no request of the interface, a call that fails.
pub async fn call(interface: &Interface, peer: &Peer, body: &str) -> Result<String, Fault> {
    let name = interface.wire;
    match interface.protocol {
        _ if interface.is_charging() => envelope(interface, peer, body).await,
        Protocol::Sztc | Protocol::Evcs => city::call(interface, peer, body).await,
        Protocol::Kt => {
            let credentials = kt_proto::Credentials::new(
                peer.user()?,
                peer.password()?,
                kt_proto::Keys::new(peer.key()?).map_err(Fault::usage)?,
            );
            let http = kt_proto::PeerHttp::builder(&peer.url, credentials).http(peer.http.clone());
            let http = http.build().map_err(Fault::usage)?;
            match interface.roles {
                [Role::Lot] => told!(http.lot().call_text(name, body).await),
                _ => told!(http.cloud().call_text(name, body).await),
            }
        }
        Protocol::Xingxing => {
            let mut builder = xingxing_park::PeerHttp::builder(&peer.url).http(peer.http.clone());
            if let Some(token) = peer.token.clone() {
                builder = builder.token(token);
            }
            // Messages are sealed where the secrets of the envelope are given.
            if peer.data_secret.is_some() {
                builder = builder.sealed(evcs_proto::Credentials::new(
                    peer.operator()?,
                    peer.keys("")?,
                ));
            }
            let http = builder.build().map_err(Fault::usage)?;
            match interface.roles {
                [Role::Parking] => told!(http.parking().call_text(name, body).await),
                _ => told!(http.charging().call_text(name, body).await),
            }
        }
        Protocol::Pile => {
            let http = pile_proto::PeerHttp::builder(&peer.url)
                .http(peer.http.clone())
                .build()
                .map_err(Fault::usage)?;
            if interface.roles == [Role::Vendor] {
                return told!(
                    http.vendor()
                        .token(peer.token()?)
                        .call_text(name, body)
                        .await
                );
            }
            let mut client = http.aggregator();
            if let Some(secret) = peer.sign_secret.clone() {
                client = client.signer(pile_proto::CallbackSigner::new(secret));
            }
            if let Some(token) = peer.token.clone() {
                client = client.token(token);
            }
            told!(client.call_text(name, body).await)
        }
    }
}

/// In the charging envelope, spoken as the document of the protocol prints it; asks for a token
/// first.
async fn envelope(interface: &Interface, peer: &Peer, body: &str) -> Result<String, Fault> {
    let credentials =
        evcs_proto::Credentials::new(peer.operator()?, peer.keys(&peer.operator_secret()?)?);
    let mut builder = evcs_proto::PeerHttp::builder(&peer.url, credentials).http(peer.http.clone());
    if peer.db4403 {
        builder = builder.dialect(charging::dialect());
    }
    let http = builder.build().map_err(Fault::usage)?;
    let name = interface.wire;
    let text = match (name, interface.is_served_above()) {
        (charging::PushStation::NAME, _) => {
            http.emsp()
                .call_text_of::<charging::PushStation>(body)
                .await
        }
        (charging::PushOrder::NAME, _) => {
            http.emsp().call_text_of::<charging::PushOrder>(body).await
        }
        (charging::QueryOrdersOfCar::NAME, _) => {
            http.cpo()
                .call_text_of::<charging::QueryOrdersOfCar>(body)
                .await
        }
        (_, true) => http.emsp().call_text(name, body).await,
        (_, false) => http.cpo().call_text(name, body).await,
    };
    told!(text)
}
