use super::{CityClient, call::Core, login::Login1001};
use crate::{
    Credentials, Dialect, Error, code::BusinessCode, endpoint::LogOut, model::*, protocol::Sztc,
};
use park_core::{
    RetryPolicy, Text,
    client::{Caller, HttpSetup, HttpTransport},
};
use std::{sync::Arc, time::Duration};

/// A city platform over HTTPS: logs in (1001), renews its tokens (1002), and logs in again when a
/// token is refused (3002).
#[derive(Clone)]
pub struct CityHttp {
    pub(super) transport: HttpTransport<Sztc>,
    /// The same without a token, for logins.
    anonymous: HttpTransport<Sztc>,
    pub(super) core: Core,
    pub(super) upload_deadline: Duration,
}

park_core::http_transport!(CityHttp, BusinessCode);
park_core::http_builder_verbs!(CityHttpBuilder, Dialect);

/// How a [`CityHttp`] is set up.
#[derive(Clone)]
pub struct CityHttpBuilder {
    setup: HttpSetup<Sztc>,
    credentials: Credentials,
    callback: Option<Text<200>>,
    order_url: Option<Text<512>>,
    expiry_unit: Duration,
    login_deadline: Duration,
    upload_deadline: Duration,
}

impl CityHttp {
    /// The platform at `base`, whose interfaces lie at `{base}/{code}`, with the credentials it
    /// gave out.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), sztc_proto::Error> {
    /// use sztc_proto::{CityClient, CityHttp, Credentials, PasswordKey};
    ///
    /// let credentials = Credentials::new("lot-7", "secret",
    ///     PasswordKey::new("12345678").expect("eight bytes"));
    /// let http = CityHttp::builder("https://abc.com/api/1.0", credentials).build()?;
    /// let city: CityClient = http.client();
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>, credentials: Credentials) -> CityHttpBuilder {
        CityHttpBuilder {
            setup: HttpSetup::new(base),
            credentials,
            callback: None,
            order_url: None,
            expiry_unit: Duration::from_secs(1),
            login_deadline: Duration::from_secs(20),
            // Up to 10 MB over a booth's line may take longer than a call.
            upload_deadline: Duration::from_secs(120),
        }
    }

    /// A client over this transport, with the builder's settings.
    pub fn client(&self) -> CityClient {
        CityClient {
            core: self.core.clone(),
        }
    }

    /// Renews the token now (1002); it otherwise renews itself before it expires.
    ///
    /// # Errors
    /// As every call.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.transport.refresh().await
    }

    /// Gives the token back (1003). The next call logs in again.
    ///
    /// # Errors
    /// As every call.
    pub async fn logout(&self) -> Result<(), Error> {
        let Some(token) = self.transport.take_token() else {
            return Ok(());
        };
        let item = Logout {
            access_token: token.expose().into(),
        };
        let core = self.core.over(self.anonymous.clone().token(Some(token)));
        core.entry::<LogOut>(item).await.map(|_| ())
    }
}

impl Core {
    /// The same settings over another transport.
    pub(super) fn over(&self, transport: HttpTransport<Sztc>) -> Self {
        Self {
            caller: Caller {
                settings: self.caller.settings.clone(),
                transport: Arc::new(transport),
            },
        }
    }
}

impl CityHttpBuilder {
    /// Where the platform reaches this system (callbackServer), if that was not agreed before.
    #[must_use]
    pub fn callback_server(mut self, url: impl Into<Text<200>>) -> Self {
        self.callback = Some(url.into());
        self
    }

    /// The page on which orders are paid (onlineOrderUrl); see [`OrderLink`].
    #[must_use]
    pub fn online_order_url(mut self, url: impl Into<Text<512>>) -> Self {
        self.order_url = Some(url.into());
        self
    }

    /// How long getting a token may take, 1002 and 1001 together. Default 20 s.
    #[must_use]
    pub fn login_deadline(mut self, deadline: Duration) -> Self {
        self.login_deadline = deadline;
        self
    }

    /// How long an upload (2001) may take, a login included. Default 120 s.
    #[must_use]
    pub fn upload_deadline(mut self, deadline: Duration) -> Self {
        self.upload_deadline = deadline;
        self
    }

    /// The unit of expiresIn (有效时间), which the document does not state. Default seconds.
    #[must_use]
    pub fn expiry_unit(mut self, unit: Duration) -> Self {
        self.expiry_unit = unit;
        self
    }

    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn build(mut self) -> Result<CityHttp, Error> {
        let anonymous = self.setup.transport(false)?;
        let settings = self.setup.settings;
        let mut once = settings.clone();
        // The call that needs the token is repeated, and this with it; attempts of both would
        // multiply.
        once.options.retry = RetryPolicy::off();
        let core = |settings, transport| Core {
            caller: Caller {
                settings,
                transport,
            },
        };
        let source = Login1001 {
            login: core(once, Arc::new(anonymous.clone())),
            anonymous: anonymous.clone(),
            credentials: self.credentials,
            callback: self.callback,
            order_url: self.order_url,
            expiry_unit: self.expiry_unit,
        };
        let transport =
            anonymous
                .clone()
                .tokens(source, settings.clock.clone(), self.login_deadline);
        Ok(CityHttp {
            core: core(settings, Arc::new(transport.clone())),
            transport,
            anonymous,
            upload_deadline: self.upload_deadline,
        })
    }

    /// Sets it up and returns its [`client`](CityHttp::client), for whoever neither uploads nor
    /// logs out.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn client(self) -> Result<CityClient, Error> {
        self.build().map(|http| http.client())
    }
}

impl CityClient {
    /// A client that calls the platform at `base`; for everything that may be set see
    /// [`CityHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        CityHttp::builder(base, credentials).client()
    }
}
