//! What both programs need to talk to each other: operator ids, keys, TLS.
use anyhow::{Context, Result};
use evcs_proto::{
    ClientTls, Credentials, HttpOptions, Keys, PeerHttp, ServeOptions, ServerTls, axum::Router,
    serve,
};
use std::{env, fs::read, path::PathBuf};
use tokio::net::TcpListener;

/// An operator, and the keys that it gives to the other one.
#[derive(Debug)]
pub struct Party {
    /// Its operator id.
    pub id: &'static str,
    variable: &'static str,
    sandbox: &'static str,
}

/// The charge point operator.
pub const CPO: Party = Party {
    id: "MA5DM667X",
    variable: "CPO_KEYS",
    sandbox: "secret of the CPO,1234567890abcdef,1234567890abcdef,1234567890abcdef",
};
/// The customer's operator.
pub const EMSP: Party = Party {
    id: "MA5EQ42K7",
    variable: "EMSP_KEYS",
    sandbox: "secret of the EMSP,abcdef1234567890,abcdef1234567890,abcdef1234567890",
};

impl Party {
    /// The keys that it gives out, from the environment; without them those of a sandbox.
    pub fn keys(&self) -> Result<Keys> {
        let text = env::var(self.variable).unwrap_or_else(|_| self.sandbox.to_owned());
        let parts: Vec<&str> = text.split(',').collect();
        let [operator, data, iv, sig] = parts[..] else {
            anyhow::bail!(
                "{} has to be OperatorSecret,DataSecret,DataSecretIV,SigSecret",
                self.variable
            );
        };
        Keys::new(operator, data, iv, sig).context(self.variable)
    }
}

/// How the line is secured. Without a certificate it is plain http, which is for loopback.
#[derive(Debug, clap::Args)]
pub struct Line {
    /// Certificate chain to serve https with, PEM.
    #[arg(long, requires = "key")]
    cert: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, requires = "cert")]
    key: Option<PathBuf>,
    /// Authority of the other side's certificate, PEM; otherwise those of the web.
    #[arg(long)]
    root: Option<PathBuf>,
}

impl Line {
    /// The way to `them`, whose interfaces lie at `base`.
    pub fn peer(&self, base: &str, us: &Party, them: &Party) -> Result<PeerHttp> {
        let mut http = HttpOptions::default();
        if let Some(root) = &self.root {
            http.tls = ClientTls::default().only_root_pem(&read(root)?)?;
        }
        if base.starts_with("http://") {
            http.dangerous_plain_http();
        }
        Ok(
            PeerHttp::builder(base, Credentials::new(us.id, them.keys()?))
                .http(http)
                .build()?,
        )
    }

    /// Serves `router` until `end`, and prints where.
    pub async fn serve(
        &self,
        name: &str,
        listener: TcpListener,
        router: Router,
        end: impl Future<Output = ()>,
    ) -> Result<()> {
        let mut options = ServeOptions::default();
        if let (Some(cert), Some(key)) = (&self.cert, &self.key) {
            options.tls = Some(ServerTls::from_pem(&read(cert)?, &read(key)?)?);
        }
        let scheme = if options.tls.is_some() {
            "https"
        } else {
            "http"
        };
        println!("{name}: {scheme}://{}/evcs/v1", listener.local_addr()?);
        Ok(serve(listener, router, options, end).await?)
    }
}
