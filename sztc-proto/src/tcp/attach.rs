use super::{
    Io, Link, TcpOptions,
    driver::{Driver, DriverRole, Ended},
    link::{Inbox, pair},
    session_bodies::seal_login,
};
use crate::{
    Credentials, Error, PartnerService, TransportKind,
    service::{Partner, Pipeline},
};
use tokio_util::sync::CancellationToken;

/// What every connection of a partner is made with.
pub(crate) struct PartnerSide {
    pub(crate) credentials: Credentials,
    pub(crate) pipeline: Pipeline,
    pub(crate) options: TcpOptions,
}

impl PartnerSide {
    pub(crate) fn new(
        credentials: Credentials,
        service: impl PartnerService,
        options: TcpOptions,
    ) -> Self {
        Self {
            credentials,
            pipeline: Pipeline::new(Partner(service), options.server.clone()),
            options,
        }
    }

    /// Drives one connection over `io`, until its end.
    pub(crate) async fn drive<S: Io>(&self, io: S, inbox: &mut Inbox) -> Result<Ended, Error> {
        let cx = self.pipeline.context("city", TransportKind::Tcp);
        let login = seal_login(
            &self.credentials,
            &cx.dialect,
            &*self.pipeline.options.clock,
        )?;
        let role = DriverRole::Partner { login, call: None };
        let mut driver = Driver::new(io, role, cx, &self.pipeline, &self.options, inbox);
        Ok(driver.run().await)
    }
}

/// Speaks as the partner over a connection that exists: logs in, then `service` answers the city's
/// calls and the [`Link`] carries one's own. Nothing happens until the [`Connection`] is run. For a
/// connection that comes back by itself see [`connect`](super::connect).
pub fn attach<S: Io>(
    io: S,
    credentials: Credentials,
    service: impl PartnerService,
    options: TcpOptions,
) -> (Link, Connection<S>) {
    let (link, inbox) = pair(options.queue, CancellationToken::new());
    let partner = PartnerSide::new(credentials, service, options);
    (link, Connection { io, inbox, partner })
}

/// The driver of one connection; see [`attach`].
#[must_use = "nothing happens until it is run"]
pub struct Connection<S> {
    io: S,
    inbox: Inbox,
    partner: PartnerSide,
}

impl<S: Io> Connection<S> {
    /// Drives the connection until its end: spawn it. `Ok` means that one of the sides closed in
    /// order.
    ///
    /// # Errors
    /// The login was refused ([`ErrorKind::Refused`](crate::ErrorKind::Refused)), not answered
    /// ([`ErrorKind::Timeout`](crate::ErrorKind::Timeout)), or the connection broke.
    pub async fn run(mut self) -> Result<(), Error> {
        self.partner
            .drive(self.io, &mut self.inbox)
            .await?
            .into_result()
    }
}

impl<S> std::fmt::Debug for Connection<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}
