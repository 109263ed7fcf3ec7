use super::{
    Content, PeerHttp, Request, TokenProvider, Transport,
    core::{Core, client_verbs, unwritable},
    token::Tokens,
};
use crate::{
    Bill, BillQuery, ChargeStart, ChargeStop, Error, Info, Limiter, Method, Model, Order, OrderQuery, Params, Secret, StubGroup, StubGroupDetail,
    StubGroupQuery, StubQuery, TokenPlace,
    codec::{Reply, params_of},
    endpoint::{BILL, ORDER, START, STOP, STUB_GROUPS, STUBS},
    limit::LimitedCall,
};
use park_core::{Clock, ErrorKind, Retry, Sent, SystemClock, client::HttpOptions};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

/// Calls a vendor of charging piles (桩企), as the aggregator does. A cheap handle; clones share everything.
#[derive(Clone)]
pub struct VendorClient {
    core: Core,
    tokens: Tokens,
    limiter: Option<Arc<Mutex<Limiter>>>,
    clock: Arc<dyn Clock>,
}

client_verbs!(VendorClient);

impl VendorClient {
    /// A client of the vendor whose interfaces lie at `{base}/{interface}`.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), pile_proto::Error> {
    /// use pile_proto::{HttpOptions, Limiter, VendorClient};
    /// let vendor = VendorClient::https("https://piles.example/api", &HttpOptions::default())?.token("given by the vendor").limiter(Limiter::default());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn https(base: &str, options: &HttpOptions) -> Result<Self, Error> {
        let http = PeerHttp::new(base, options)?;
        let peer = http.base();
        Ok(Self::over(http).named(peer))
    }

    /// A client over `via`: HTTPS, or a double.
    pub fn over(via: impl Transport) -> Self {
        Self {
            core: Core::new(Arc::new(via), "".into()),
            tokens: Tokens::None,
            limiter: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// The same with a token that stays.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.tokens = Tokens::Fixed(token.into());
        self
    }

    /// The same with tokens from `provider`, kept until shortly before they expire or until the vendor refuses them.
    #[must_use]
    pub fn tokens(mut self, provider: impl TokenProvider) -> Self {
        self.tokens = Tokens::from(Arc::new(provider), self.clock.clone());
        self
    }

    /// The same, refusing queries that come more often than the document allows, before anything is sent: the error's
    /// [`wait_hint`](Error::wait_hint) is the time to wait, its source a [`TooOften`](crate::TooOften). A call counts once, whatever it was repeated.
    #[must_use]
    pub fn limiter(mut self, limiter: Limiter) -> Self {
        self.limiter = Some(Arc::new(Mutex::new(limiter)));
        self
    }

    /// The same, reading the time from `clock`: for the tokens' life and the limiter.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.tokens = self.tokens.by(clock.clone());
        self.clock = clock;
        self
    }

    /// Asks for the groups of piles of a city (根据城市编号查询桩群信息), 2.1. Once a day.
    ///
    /// # Errors
    /// See [`Error`]: a rule of the document broken, the line, the deadline, the vendor's refusal, the limiter.
    #[doc(alias = "syncStubGroupInfo")]
    pub async fn sync_stub_group_info(&self, query: &StubGroupQuery) -> Result<Vec<StubGroup>, Error> {
        self.limited(&STUB_GROUPS, query.into(), query).await
    }

    /// Asks for the piles of a group (根据桩群编号查询桩群详情), 2.2. Every 15 minutes, or once a day where idle piles are told otherwise.
    ///
    /// # Errors
    /// As [`sync_stub_group_info`](Self::sync_stub_group_info).
    #[doc(alias = "syncStubInfo")]
    pub async fn sync_stub_info(&self, query: &StubQuery) -> Result<StubGroupDetail, Error> {
        self.limited(&STUBS, query.into(), query).await
    }

    /// Asks for an order (根据订单号查询订单详情), 2.3. Every 5 minutes while it is charged.
    ///
    /// # Errors
    /// As [`sync_stub_group_info`](Self::sync_stub_group_info).
    #[doc(alias = "getOrderInfo")]
    pub async fn get_order_info(&self, query: &OrderQuery) -> Result<Order, Error> {
        self.limited(&ORDER, query.into(), query).await
    }

    /// Asks for the totals of a time (查询时间间隔内的订单汇总信息), 2.4. Once a day.
    ///
    /// # Errors
    /// As [`sync_stub_group_info`](Self::sync_stub_group_info).
    #[doc(alias = "checkChargeOrders")]
    pub async fn check_charge_orders(&self, query: &BillQuery) -> Result<Bill, Error> {
        self.limited(&BILL, query.into(), query).await
    }

    /// Starts to charge (开始充电), 3.1. Never repeated on its own, although it is a GET; after an error that says [`Sent::Maybe`] wait for the callback.
    ///
    /// # Errors
    /// See [`Error`].
    #[doc(alias = "chargeStart")]
    pub async fn charge_start(&self, start: &ChargeStart) -> Result<Order, Error> {
        self.call(&START, start).await
    }

    /// Stops to charge (结束充电), 3.2. Never repeated on its own, although it is a GET; after an error that says [`Sent::Maybe`] ask for the order.
    ///
    /// # Errors
    /// See [`Error`].
    #[doc(alias = "chargeStop")]
    pub async fn charge_stop(&self, stop: &ChargeStop) -> Result<Order, Error> {
        self.call(&STOP, stop).await
    }

    async fn limited<T: Model, R: Reply>(&self, info: &'static Info, call: LimitedCall, request: &T) -> Result<R, Error> {
        let Some(limiter) = &self.limiter else {
            return self.call(info, request).await;
        };
        let limiter = || limiter.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(often) = limiter().admit(call.clone(), self.clock.now()) {
            let error = Error::new(ErrorKind::Busy, Sent::No, often.to_string()).retry_after(Some(often.wait));
            return Err(error.caused_by(often).at(info.name));
        }
        let outcome = self.call(info, request).await;
        if outcome.as_ref().is_err_and(|error| error.sent() == Sent::No) {
            limiter().take_back(&call);
        }
        outcome
    }

    async fn call<T: Model, R: Reply>(&self, info: &'static Info, request: &T) -> Result<R, Error> {
        if let Some(name) = self.core.dialect.unknown_path() {
            let what = format!("the dialect has a path for {name:?}, which is no interface of the document");
            return Err(Error::new(ErrorKind::Caller, Sent::No, what).at(info.name));
        }
        self.core.check(request).map_err(|error| error.at(info.name))?;
        let params = params_of(request, &self.core.dialect).map_err(unwritable)?;
        let renewed = AtomicBool::new(false);
        self.core
            .call(info, |deadline| self.attempt(info, params.clone(), deadline, &renewed))
            .await
    }

    /// One attempt. A refused token is renewed once, and then the call repeated unless its class is [`Retry::Never`]: that nothing was done stands in a
    /// reply that anybody may have written. The next call has the new token.
    async fn attempt<R: Reply>(&self, info: &'static Info, params: Params, deadline: Instant, renewed: &AtomicBool) -> Result<R, Error> {
        let repeats = self.core.options.class_of(info.retry) != Retry::Never;
        loop {
            let (token, number) = self.tokens.get(deadline).await?;
            let outcome = match self.exchange(info, params.clone(), token, deadline).await {
                Ok(text) => self.core.read(info, |deviations| R::open(&text, &self.core.dialect, deviations)),
                Err(error) => Err(error),
            };
            match number {
                Some(number) if outcome.as_ref().is_err_and(|error| self.is_token_refused(error)) && !renewed.swap(true, Ordering::Relaxed) => {
                    let renewed = self.tokens.renew(number, deadline).await;
                    if !repeats {
                        return outcome;
                    }
                    renewed?;
                }
                _ => return outcome,
            }
        }
    }

    async fn exchange(&self, info: &Info, mut params: Params, token: Option<Secret>, deadline: Instant) -> Result<String, Error> {
        let dialect = &self.core.dialect;
        let bearer = token.as_ref().map(|token| Secret::new(format!("Bearer {}", token.expose())));
        let mut header = None;
        match (&dialect.token, &token, &bearer) {
            (TokenPlace::Parameter(name), Some(token), _) => params = params.token_as(name, token),
            (TokenPlace::Header(name), Some(token), _) => header = Some((&**name, token.expose())),
            (TokenPlace::Bearer, _, Some(bearer)) => header = Some(("authorization", bearer.expose())),
            _ => {}
        }
        let text = match dialect.method {
            Method::Get | Method::PostForm => params.to_query(),
            Method::PostJson => params.to_json(),
        };
        let content = match dialect.method {
            Method::Get => Content::Query(&text),
            Method::PostForm => Content::Form(&text),
            Method::PostJson => Content::Json(&text),
        };
        let request = Request {
            path: dialect.path_of(info.name),
            content,
            token: header,
            deadline,
        };
        self.core.exchange(info, request).await
    }

    fn is_token_refused(&self, error: &Error) -> bool {
        let code = error.refusal().and_then(|refusal| refusal.code.as_deref());
        code.is_some_and(|code| self.core.dialect.token_codes.iter().any(|refused| refused == code))
    }
}
