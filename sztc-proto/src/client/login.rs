//! Where a [`CityHttp`](super::CityHttp) gets its tokens.
use super::call::Core;
use crate::{
    Credentials, Error,
    code::BusinessCode,
    endpoint::{LogIn, RefreshToken},
    model::*,
    protocol::Sztc,
};
use park_core::{
    BoxFuture, Secret, Text,
    client::{Fresh, HttpTransport, TokenSource},
};
use std::time::{Duration, Instant};

/// Gets tokens: 1002 while there is one, 1001 otherwise or when that is refused.
pub(super) struct Login1001 {
    /// Without a token and without repetitions.
    pub(super) login: Core,
    pub(super) anonymous: HttpTransport<Sztc>,
    pub(super) credentials: Credentials,
    pub(super) callback: Option<Text<200>>,
    pub(super) order_url: Option<Text<512>>,
    pub(super) expiry_unit: Duration,
}

impl Login1001 {
    fn password(&self) -> SecretText<64> {
        self.credentials.sealed_password()
    }

    async fn refresh(&self, last: Secret, deadline: Instant) -> Result<(Secret, i64), Error> {
        let item = TokenRefresh {
            user_id: self.credentials.user_id.clone(),
            password: self.password(),
            access_token: last.expose().into(),
        };
        let with_last = self.login.over(self.anonymous.clone().token(Some(last)));
        let reply = until(&with_last, deadline)
            .entry::<RefreshToken>(item)
            .await?;
        Ok((reply.access_token.into_secret(), reply.expires_in))
    }

    async fn log_in(&self, deadline: Instant) -> Result<(Secret, i64), Error> {
        let item = Login {
            user_id: self.credentials.user_id.clone(),
            password: self.password(),
            callback_server: self.callback.clone(),
            online_order_url: self.order_url.clone(),
        };
        let reply = until(&self.login, deadline).entry::<LogIn>(item).await?;
        Ok((reply.access_token.into_secret(), reply.expires_in))
    }
}

fn until(core: &Core, deadline: Instant) -> Core {
    let mut core = core.clone();
    core.caller.settings.options.deadline = deadline.saturating_duration_since(Instant::now());
    core
}

impl TokenSource<BusinessCode> for Login1001 {
    fn fetch(
        &self,
        last: Option<Secret>,
        deadline: Instant,
    ) -> BoxFuture<'_, Result<Fresh, Error>> {
        Box::pin(async move {
            let refreshed = match last {
                Some(last) => {
                    let now = Instant::now();
                    // A 1002 that is never answered leaves as much time for 1001.
                    let half = now + deadline.saturating_duration_since(now) / 2;
                    let refreshed = self.refresh(last, half).await;
                    refreshed
                        .inspect_err(|error| tracing::debug!(%error, "logs in instead"))
                        .ok()
                }
                None => None,
            };
            let (token, expires_in) = match refreshed {
                Some(fresh) => fresh,
                None => self.log_in(deadline).await?,
            };
            let lives = u32::try_from(expires_in)
                .ok()
                .map(|units| self.expiry_unit.saturating_mul(units));
            Ok(Fresh { token, lives })
        })
    }
}
