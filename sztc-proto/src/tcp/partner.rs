use super::{
    Io, Link, TcpOptions,
    driver::{End, Line, Side},
    link::{Post, pair},
    login::seal_login,
};
use crate::{
    Credentials, Error, PartnerService, TransportKind,
    service::{Partner, Pipeline},
};
use tokio_util::sync::CancellationToken;

/// What the partner's side of a line is made of, connection after connection.
pub(crate) struct Party {
    pub(crate) credentials: Credentials,
    pub(crate) pipeline: Pipeline,
    pub(crate) options: TcpOptions,
}

impl Party {
    pub(crate) fn new(credentials: Credentials, service: impl PartnerService, options: TcpOptions) -> Self {
        Self {
            credentials,
            pipeline: Pipeline::new(Partner(service), options.server.clone()),
            options,
        }
    }

    /// One line over `io`, until its end.
    pub(crate) async fn line<S: Io>(&self, io: S, post: &mut Post) -> Result<End, Error> {
        let cx = self.pipeline.context("city", TransportKind::Tcp);
        let login = seal_login(&self.credentials, &cx.dialect, &*self.pipeline.options.clock)?;
        let side = Side::Partner { login, call: None };
        let mut line = Line::new(io, side, cx, &self.pipeline, &self.options, post);
        Ok(line.run().await)
    }
}

/// Speaks as the partner over a connection that exists: logs in, then `service` answers the city's calls and the [`Link`] carries one's own. Nothing
/// happens until the [`Connection`] is run. For a line that comes back by itself see [`connect`](super::connect).
pub fn attach<S: Io>(io: S, credentials: Credentials, service: impl PartnerService, options: TcpOptions) -> (Link, Connection<S>) {
    let (link, post) = pair(options.queue, CancellationToken::new());
    let party = Party::new(credentials, service, options);
    (link, Connection { io, post, party })
}

/// The driver of one line; see [`attach`].
#[must_use = "nothing happens until it is run"]
pub struct Connection<S> {
    io: S,
    post: Post,
    party: Party,
}

impl<S: Io> Connection<S> {
    /// Drives the line until its end: spawn it. `Ok` means that one of the sides closed in order.
    ///
    /// # Errors
    /// The login was refused ([`ErrorKind::Refused`](crate::ErrorKind::Refused)), not answered ([`ErrorKind::Timeout`](crate::ErrorKind::Timeout)), or the line broke.
    pub async fn run(mut self) -> Result<(), Error> {
        self.party.line(self.io, &mut self.post).await?.into_result()
    }
}

impl<S> std::fmt::Debug for Connection<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}
