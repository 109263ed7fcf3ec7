//! Where a [`CityHttp`](super::CityHttp) gets its tokens.
use super::{
    CityClient,
    http::{Bearer, Line},
};
use crate::{
    BusinessCode, Credentials, Endpoint, Error, Refusal,
    endpoint::{LogIn, RefreshToken},
    model::*,
};
use park_core::{
    BoxFuture, RetryPolicy, Secret, Text,
    token::{Fresh, TokenSource},
};
use std::time::{Duration, Instant};

/// Gets tokens: 1002 while there is one, 1001 otherwise or when that is refused.
pub(super) struct Login1001 {
    pub(super) login: CityClient,
    pub(super) line: Line,
    pub(super) credentials: Credentials,
    pub(super) callback: Option<Text<200>>,
    pub(super) order_url: Option<Text<512>>,
    pub(super) expiry_unit: Duration,
}

impl Login1001 {
    fn password(&self) -> SecretText<64> {
        self.credentials.seal()
    }

    async fn refresh(&self, last: Secret) -> Result<(Secret, i64), Error> {
        let item = TokenRefresh {
            user_id: self.credentials.user_id.clone(),
            password: self.password(),
            access_token: last.expose().into(),
        };
        let with_last = CityClient::over(Bearer {
            line: self.line.clone(),
            token: last,
        })
        .with(|options| options.retry = RetryPolicy::off());
        let reply = one::<RefreshToken>(&with_last, item).await?;
        Ok((reply.access_token.into_secret(), reply.expires_in))
    }

    async fn log_in(&self) -> Result<(Secret, i64), Error> {
        let item = Login {
            user_id: self.credentials.user_id.clone(),
            password: self.password(),
            callback_server: self.callback.clone(),
            online_order_url: self.order_url.clone(),
        };
        let reply = one::<LogIn>(&self.login, item).await?;
        Ok((reply.access_token.into_secret(), reply.expires_in))
    }
}

async fn one<E: Endpoint>(client: &CityClient, item: E::Request) -> Result<E::Reply, Error> {
    let outcome = client.call::<E>(&[item]).await?.pop();
    outcome
        .unwrap_or_else(|| Err(Refusal::message("no entry in the reply")))
        .map_err(|refusal| Error::refused(refusal).at(E::NAME))
}

impl TokenSource<BusinessCode> for Login1001 {
    fn fetch(&self, last: Option<Secret>, _: Instant) -> BoxFuture<'_, Result<Fresh, Error>> {
        Box::pin(async move {
            let refreshed = match last {
                Some(last) => self.refresh(last).await.ok(),
                None => None,
            };
            let (token, expires_in) = match refreshed {
                Some(fresh) => fresh,
                None => self.log_in().await?,
            };
            let lives = u32::try_from(expires_in).ok().map(|units| self.expiry_unit.saturating_mul(units));
            Ok(Fresh { token, lives })
        })
    }
}
