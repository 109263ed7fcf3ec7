//! `wire call`: one call of any interface.
use crate::{
    evcs::{Secrets, find_operator},
    io::{Input, Output},
    secrets::{Key, OperatorSecret, Password, SignSecret, Token},
};
use examples::{
    call::{Peer, call},
    fault::Fault,
    registry::{self, Protocol},
};
use std::path::PathBuf;
use sztc_proto::HttpOptions;

/// Calls one interface of a partner, for trying it by hand: JSON of the request in, JSON of the
/// reply's data out.
///
/// Needs for sztc: `--user`, `--password` and `--key` (a city platform logs in with them), or
/// `--token`; evcs: `--operator`, `--operator-secret`, `--data-secret`, `--iv`, `--sig-secret`; kt:
/// `--user`, `--password`, `--key`; xingxing: `--token` if one was agreed, and the secrets of evcs
/// if messages are sealed; pile: `--token`, for its callback `--secret`. Secrets are best given in
/// the environment: WIRE_PASSWORD, WIRE_KEY, WIRE_TOKEN and so on. Nothing is repeated that could
/// act twice. The framed TCP connection of sztc is meant by `--url tls://host:port`: it is logged
/// in (1004), then the call is made.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The protocol.
    #[arg(long, value_enum)]
    protocol: Protocol,
    /// Name or number of the interface, as `wire catalogue` lists them.
    #[arg(long)]
    interface: String,
    #[command(flatten)]
    partner: Partner,
    /// JSON of the request; without it the argument or standard input.
    #[arg(long, value_name = "JSON", conflicts_with = "message")]
    body: Option<String>,
    #[command(flatten)]
    input: Input,
}

/// Whom to call and how.
#[derive(clap::Args)]
struct Partner {
    /// Base address of the partner; the path of the interface is put behind it.
    #[arg(long)]
    url: String,
    /// User id (sztc, kt) [env: WIRE_USER].
    #[arg(long)]
    user: Option<String>,
    /// OperatorID (evcs) [env: WIRE_OPERATOR].
    #[arg(long, value_name = "ID")]
    operator: Option<String>,
    #[command(flatten)]
    password: Password,
    #[command(flatten)]
    token: Token,
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    operator_secret: OperatorSecret,
    #[command(flatten)]
    secrets: Secrets,
    #[command(flatten)]
    sign_secret: SignSecret,
    /// The file of an image upload (sztc 2001).
    #[arg(long)]
    file: Option<PathBuf>,
    /// A certificate authority of the partner's own, PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Allow http:// where the protocol asks for https: secrets then cross the line readable.
    #[arg(long)]
    insecure_http: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<Output, Fault> {
        let protocol = self.protocol;
        let found = registry::of(protocol).find(|interface| interface.is_called(&self.interface));
        let interface = found.ok_or_else(|| {
            Fault::usage(format!(
                "--interface: {} has no interface {:?}",
                protocol.name(),
                self.interface
            ))
        })?;
        let body = match self.body {
            Some(body) => body,
            None => self.input.text()?,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|cause| Fault::bad(format!("no runtime for the call: {cause}")))?;
        let peer = self.partner.peer(protocol == Protocol::Sztc)?;
        runtime
            .block_on(call(interface, &peer, &body))
            .map(Output::Json)
    }
}

impl Partner {
    /// With what the environment and files have.
    fn peer(self, db4403: bool) -> Result<Peer, Fault> {
        Ok(Peer {
            http: self.http()?,
            url: self.url,
            user: self.user.or_else(|| std::env::var("WIRE_USER").ok()),
            operator: find_operator(self.operator),
            password: self.password.find()?,
            token: self.token.find()?,
            key: self.key.find()?,
            iv: self.secrets.iv.find()?,
            operator_secret: self.operator_secret.find()?,
            data_secret: self.secrets.data_secret.find()?,
            sig_secret: self.secrets.sig_secret.find()?,
            sign_secret: self.sign_secret.find()?,
            file: self.file,
            db4403,
        })
    }

    /// TLS and what is allowed.
    fn http(&self) -> Result<HttpOptions, Fault> {
        let mut http = HttpOptions::default();
        if self.insecure_http {
            http.dangerous_plain_http();
        }
        if let Some(path) = &self.ca {
            let wrong = |cause: &dyn std::fmt::Display| {
                Fault::usage(format!(
                    "{} is no certificate authority: {cause}",
                    path.display()
                ))
            };
            let pem = std::fs::read(path).map_err(|cause| wrong(&cause))?;
            http.tls = http.tls.add_root_pem(&pem).map_err(|cause| wrong(&cause))?;
        }
        Ok(http)
    }
}
