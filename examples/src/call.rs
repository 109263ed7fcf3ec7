//! `wire call`: one call of any interface, through the crates' own clients.
mod charging;
mod city;
mod parking;
mod pile;

pub use charging::{cpo, emsp, notify_parking, query_charging, report_discount};
pub use city::{city, open_city, partner, upload};
pub use parking::{cloud, lot};
pub use pile::{bill, callback, order, start, stop, stub_groups, stubs};

use crate::{
    evcs::Secrets,
    io::{self, Fault, Input, Output},
    registry::{self, Protocol},
    secrets::{Key, OperatorSecret, Password, SignSecret, Token},
};
use std::path::PathBuf;
use sztc_proto::{HttpOptions, Kind, decode, encode};

/// Calls one interface of a partner, for trying it by hand: JSON of the request in, JSON of the reply's data out.
///
/// Needs for sztc: `--user`, `--password` and `--key` (a city platform logs in with them), or `--token`; evcs: `--operator`, `--operator-secret`,
/// `--data-secret`, `--iv`, `--sig-secret`; kt: `--user`, `--password`, `--key`; xingxing: `--token` if one was agreed, and the secrets of evcs if
/// messages are sealed; pile: `--token`, for its callback `--secret`. Secrets are
/// best given in the environment: WIRE_PASSWORD, WIRE_KEY, WIRE_TOKEN and so on. Nothing is repeated that could act twice.
#[derive(clap::Args)]
pub struct Args {
    /// The protocol.
    #[arg(long, value_enum)]
    protocol: Protocol,
    /// Name or number of the interface, as `wire catalogue` lists them.
    #[arg(long)]
    interface: String,
    #[command(flatten)]
    peer: Peer,
    /// JSON of the request; without it the argument or standard input.
    #[arg(long, value_name = "JSON", conflicts_with = "message")]
    body: Option<String>,
    #[command(flatten)]
    input: Input,
}

/// Whom to call and how.
#[derive(clap::Args, Clone)]
pub struct Peer {
    /// Base address of the partner; the path of the interface is put behind it.
    #[arg(long)]
    pub url: String,
    /// User id (sztc, kt) [env: WIRE_USER].
    #[arg(long)]
    user: Option<String>,
    /// OperatorID (evcs) [env: WIRE_OPERATOR].
    #[arg(long, value_name = "ID")]
    pub operator: Option<String>,
    #[command(flatten)]
    pub password: Password,
    #[command(flatten)]
    pub token: Token,
    #[command(flatten)]
    pub key: Key,
    #[command(flatten)]
    pub operator_secret: OperatorSecret,
    #[command(flatten)]
    pub secrets: Secrets,
    #[command(flatten)]
    pub sign_secret: SignSecret,
    /// The file of an image upload (sztc 2001).
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// A certificate authority of the partner's own, PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Allow http:// where the protocol asks for https: secrets then cross the line readable.
    #[arg(long)]
    insecure_http: bool,
    /// Whether DB4403/T 313 is spoken where it prints interfaces of T/CEC 102.
    #[arg(skip)]
    pub db4403: bool,
}

impl Args {
    pub fn run(self) -> Result<Output, Fault> {
        let protocol = self.protocol;
        let found = registry::of(protocol).find(|interface| interface.is_called(&self.interface));
        let interface = found.ok_or_else(|| Fault::usage(format!("--interface: {} has no interface {:?}", protocol.name(), self.interface)))?;
        let call = interface.call.ok_or_else(|| {
            let (name, transports) = (interface.name, interface.transports.join(", "));
            Fault::usage(format!("{name} is not called over HTTP: it is part of a session ({transports})"))
        })?;
        let body = match self.body {
            Some(body) => body,
            None => self.input.text()?,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|cause| Fault::bad(format!("no runtime for the call: {cause}")))?;
        let peer = Peer {
            db4403: protocol == Protocol::Sztc,
            ..self.peer
        };
        runtime.block_on(call(peer, body)).map(Output::Json)
    }
}

impl Peer {
    /// TLS and what is allowed.
    fn http(&self) -> Result<HttpOptions, Fault> {
        let mut http = HttpOptions::default();
        if self.insecure_http {
            http.dangerous_plain_http();
        }
        if let Some(path) = &self.ca {
            let wrong = |cause: &dyn std::fmt::Display| Fault::usage(format!("{} is no certificate authority: {cause}", path.display()));
            let pem = std::fs::read(path).map_err(|cause| wrong(&cause))?;
            http.tls = http.tls.add_root_pem(&pem).map_err(|cause| wrong(&cause))?;
        }
        Ok(http)
    }

    fn user(&self) -> Result<String, Fault> {
        let user = self
            .user
            .clone()
            .or_else(|| std::env::var("WIRE_USER").ok())
            .filter(|user| !user.is_empty());
        user.ok_or_else(|| Fault::usage("--user is missing: give it, or the environment variable WIRE_USER"))
    }
}

/// The request in `body`; what is merely written otherwise is put right.
fn request<T: serde::de::DeserializeOwned>(body: &str, rules: &sztc_proto::Rules) -> Result<T, Fault> {
    let (request, deviations) = decode(body, rules).map_err(Fault::bad)?;
    // A misspelt name would be dropped without a word.
    match deviations.list().iter().find(|found| found.kind == Kind::UnknownField) {
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
    Fault::Bad(io::chain(&error))
}
