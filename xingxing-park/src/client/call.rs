use super::{Call, Transport};
use crate::{
    BodyStyle, ChargeQuery, Dialect, DiscountReport, Error, Info, Model, ParkChargeResult, Receipt, Refusal, Ret,
    endpoint::{DISCOUNT, NOTIFICATION, QUERY},
    envelope::{AnswerError, Reply, read_answer, write_request},
};
use park_core::{
    CallOptions, Clock, Deviations, ErrorKind, Observed, Observer, Sent, SystemClock, Violations,
    client::{attempts, traced},
};
use std::{sync::Arc, time::Instant};

/// What both roles' clients are made of.
#[derive(Clone)]
pub(super) struct Core {
    pub(super) via: Arc<dyn Transport>,
    pub(super) peer: Arc<str>,
    pub(super) dialect: Arc<Dialect>,
    pub(super) options: CallOptions,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) observer: Option<Observer>,
    #[cfg(feature = "sealed")]
    pub(super) seal: Option<crate::seal::Sender>,
}

macro_rules! client {
    ($(#[$doc:meta])* $client:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $client {
            pub(super) core: Core,
        }

        impl $client {
            /// A client over `via`: HTTP, or a double.
            pub fn over(via: impl Transport) -> Self {
                Self { core: Core::new(Arc::new(via)) }
            }

            /// The same, sealing requests in the charging envelope with the keys that the peer gave out, and opening answers with them.
            #[cfg(feature = "sealed")]
            #[must_use]
            pub fn sealed(mut self, credentials: evcs_proto::Credentials) -> Self {
                self.core.seal = Some(crate::seal::Sender::new(credentials));
                self
            }

            /// The same, taking TimeStamp and Seq of sealed requests from `sequence`; to be said behind [`sealed`](Self::sealed). Clients that speak as
            /// the same operator share one.
            #[cfg(feature = "sealed")]
            #[must_use]
            pub fn sequence(mut self, sequence: Arc<dyn evcs_proto::Sequence>) -> Self {
                if let Some(seal) = &mut self.core.seal {
                    seal.sequence = sequence;
                }
                self
            }
        }

        park_core::client_verbs!($client, Dialect);
    };
}

client! {
    /// Calls the charging platform (充电设备归属运营商平台), as the parking side does. A cheap handle; clones share everything.
    ChargingClient
}
client! {
    /// Calls the parking platform (停车场运营商平台), as the charging side does. A cheap handle; clones share everything.
    ParkingClient
}

impl ChargingClient {
    /// Asks what became of an order whose end was never told (补偿查询), 4.2. An order that the charging side does not know is `None`.
    ///
    /// # Errors
    /// See [`Error`]: a rule of the document broken, the line, the deadline, the peer's refusal.
    #[doc(alias = "query_park_charge_result")]
    pub async fn query_parking_charge_result(&self, query: &ChargeQuery) -> Result<Option<ParkChargeResult>, Error> {
        self.core.call(&QUERY, query).await
    }

    /// Reports the parking discount that an order brought (停车费减免反馈), 4.3; a discount of 0 too.
    ///
    /// # Errors
    /// See [`Error`]. An answer that does not accept is a [`Receipt`] that says so.
    pub async fn query_parking_discount_result(&self, report: &DiscountReport) -> Result<Receipt, Error> {
        self.core.call(&DISCOUNT, report).await
    }
}

impl ParkingClient {
    /// Tells that a car is charging, or that it has ended (停车充电订单信息), 4.1.
    ///
    /// # Errors
    /// See [`Error`]. An answer that does not accept is a [`Receipt`] that says so.
    pub async fn notification_parking_charge_result(&self, result: &ParkChargeResult) -> Result<Receipt, Error> {
        self.core.call(&NOTIFICATION, result).await
    }
}

impl Core {
    pub(super) fn new(via: Arc<dyn Transport>) -> Self {
        Self {
            via,
            peer: "".into(),
            dialect: Arc::default(),
            options: CallOptions::default(),
            clock: Arc::new(SystemClock),
            observer: None,
            #[cfg(feature = "sealed")]
            seal: None,
        }
    }

    async fn call<T: Model, R: Reply>(&self, info: &'static Info, request: &T) -> Result<R, Error> {
        let span = tracing::info_span!(
            "call",
            proto = "xingxing",
            endpoint = info.name,
            peer = &*self.peer,
            transport = "http",
            outcome = tracing::field::Empty
        );
        let calling = async {
            let (body, content_type) = self.write(request)?;
            let deadline = self.options.until();
            attempts(&self.options, self.options.class_of(info.retry), deadline, || {
                self.attempt(info, &body, content_type, deadline)
            })
            .await
        };
        traced(span, info.name, calling).await
    }

    async fn attempt<R: Reply>(&self, info: &'static Info, body: &str, content_type: &'static str, deadline: Instant) -> Result<R, Error> {
        let call = |body| Call {
            interface: self.dialect.name_of(info),
            body,
            content_type,
            deadline,
        };
        #[cfg(feature = "sealed")]
        if let Some(seal) = &self.seal {
            let sealed = seal.seal(body, &*self.clock, &self.dialect, deadline).await?;
            let text = self.via.exchange(call(&sealed)).await?;
            return self.told(info, |deviations| self.open(seal, &text, deviations));
        }
        let text = self.via.exchange(call(body)).await?;
        self.told(info, |deviations| read_answer(&text, &self.dialect, deviations).map_err(failed))
    }

    /// The parameters as they travel, checked first, and what they are.
    fn write<T: Model>(&self, request: &T) -> Result<(String, &'static str), Error> {
        let mut violations = Violations::default();
        request.check(&mut violations);
        let found = violations.to_send(&self.dialect.write.waived);
        if !found.is_empty() {
            return Err(Error::invalid(ErrorKind::Caller, Sent::No, found));
        }
        let body = match self.dialect.write.body {
            BodyStyle::Form if self.is_sealed() => BodyStyle::Fields,
            body => body,
        };
        let text = write_request(request, body, &self.dialect)
            .map_err(|cause| Error::new(ErrorKind::Caller, Sent::No, "a value cannot be written").caused_by(cause))?;
        let content_type = match body {
            BodyStyle::Form => "application/x-www-form-urlencoded;charset=utf-8",
            _ => "application/json;charset=utf-8",
        };
        Ok((text, content_type))
    }

    fn is_sealed(&self) -> bool {
        #[cfg(feature = "sealed")]
        let sealed = self.seal.is_some();
        #[cfg(not(feature = "sealed"))]
        let sealed = false;
        sealed
    }

    /// Reads an answer and tells the observer what it departed in.
    fn told<R>(&self, info: &'static Info, read: impl FnOnce(&mut Deviations) -> Result<R, Error>) -> Result<R, Error> {
        let mut deviations = Deviations::default();
        let reply = read(&mut deviations);
        if let Some(observer) = &self.observer
            && !deviations.is_empty()
        {
            observer.tell(Observed::new(&self.peer, info.name, &deviations));
        }
        reply
    }

    #[cfg(feature = "sealed")]
    fn open<R: Reply>(&self, seal: &crate::seal::Sender, text: &str, deviations: &mut Deviations) -> Result<R, Error> {
        use crate::seal::SealedError;
        let payload = seal.open(text, &self.dialect, !R::RECEIPT, deviations).map_err(|error| match error {
            SealedError::Answer(error) => failed(error),
            SealedError::Refused { refusal, signed: true } => refused(refusal),
            SealedError::Refused { refusal, signed: false } => refused(refusal).unauthenticated(),
            SealedError::Sealed(cause) => Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply cannot be opened").caused_by(cause),
        })?;
        crate::envelope::read_sealed(payload, &self.dialect, deviations).map_err(failed)
    }
}

fn failed(error: AnswerError) -> Error {
    match error {
        AnswerError::Refused(refusal) => refused(refusal),
        AnswerError::Invalid(violations) => Error::invalid(ErrorKind::PeerBytes, Sent::Answered, violations),
    }
}

fn refused(refusal: Refusal) -> Error {
    match refusal.code {
        Some(Ret::BUSY) => Error::busy(refusal),
        _ => Error::refused(refusal),
    }
}
