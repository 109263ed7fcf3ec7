#[cfg(feature = "sealed")]
use super::seal::Seal;
use crate::{
    BodyStyle, Dialect, Error,
    code::Ret,
    endpoint::{Endpoint, each_charging_interface, each_parking_interface},
    envelope::{read_answer, request_of},
    model::*,
    protocol::Xingxing,
};
use park_core::{
    Answer, Call, Content, Deviations, Transport,
    client::{CallOne, Caller, Exchange, Settings, record},
    json::{Place, encode},
    message::{unwritable, write_checked},
};
use std::time::Instant;

/// What both roles' clients are made of.
#[derive(Clone)]
pub(crate) struct Core {
    pub(super) caller: Caller<Xingxing>,
    #[cfg(feature = "sealed")]
    pub(super) seal: Option<Seal>,
}

park_core::client! { [one each_charging_interface] over(Ret)
    /// Calls the charging platform (充电设备归属运营商平台), as the parking side does.
    ///
    /// An answer that does not accept is no error but a [`Receipt`] that says so.
    ChargingClient
}
park_core::client! { [one each_parking_interface] over(Ret)
    /// Calls the parking platform (停车场运营商平台), as the charging side does.
    ///
    /// An answer that does not accept is no error but a [`Receipt`] that says so.
    ParkingClient
}
crate::for_each_charging_interface!(park_core::client_methods [one ChargingClient]);
crate::for_each_parking_interface!(park_core::client_methods [one ParkingClient]);

macro_rules! verbs {
    ($($client:ident)*) => {$(
        impl $client {
            /// Seals requests in the charging envelope with the keys that the peer gave out, and
            /// opens answers with them.
            #[cfg(feature = "sealed")]
            #[must_use]
            pub fn sealed(mut self, credentials: evcs_proto::Credentials) -> Self {
                self.core.seal = Some(Seal::new(credentials));
                self
            }

            /// Takes TimeStamp and Seq of sealed requests from `sequence`; to be said behind
            /// [`sealed`](Self::sealed). Clients that speak as the same operator share one.
            #[cfg(feature = "sealed")]
            #[must_use]
            pub fn sequence(mut self,
                sequence: ::std::sync::Arc<dyn evcs_proto::Sequence>) -> Self {
                if let Some(seal) = &mut self.core.seal {
                    seal.sequence = sequence;
                }
                self
            }
        }
    )*};
}
verbs!(ChargingClient ParkingClient);

impl Core {
    pub(super) fn new(caller: Caller<Xingxing>) -> Self {
        Self {
            caller,
            #[cfg(feature = "sealed")]
            seal: None,
        }
    }

    /// How the parameters are written. Sealed messages are JSON.
    fn body_style(&self) -> BodyStyle {
        match self.caller.settings.dialect.write.body {
            #[cfg(feature = "sealed")]
            BodyStyle::Form if self.seal.is_some() => BodyStyle::Fields,
            style => style,
        }
    }
}

impl CallOne for Core {
    type Protocol = Xingxing;

    fn settings(&self) -> &Settings<Xingxing> {
        &self.caller.settings
    }

    async fn one<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
        let prepare = || {
            let style = self.body_style();
            let json = write_checked(request, &*self.caller.settings.dialect)?;
            Ok(Asking {
                core: self,
                params: request_of::<E::Request>(json, style),
                content_type: match style {
                    BodyStyle::Form => "application/x-www-form-urlencoded;charset=utf-8",
                    BodyStyle::Fields | BodyStyle::Wrapped => "application/json;charset=utf-8",
                },
            })
        };
        self.caller.call::<E, _>(prepare).await
    }

    async fn text<E: Endpoint>(&self, json: &str) -> Result<String, Error> {
        let request = record(json, Place::default(), &self.caller.settings.dialect.read)
            .map_err(|error| error.at(E::LABEL))?;
        let text = encode(&self.one::<E>(&request).await?).map_err(unwritable)?;
        // An order that was not found writes nothing.
        Ok(if text.is_empty() {
            "null".to_owned()
        } else {
            text
        })
    }
}

/// One call: its parameters, sealed anew for each attempt where they are.
struct Asking<'a> {
    core: &'a Core,
    params: String,
    content_type: &'static str,
}

impl<E: Endpoint> Exchange<Xingxing, E> for Asking<'_> {
    type Reply = E::Reply;

    async fn send(
        &self,
        transport: &dyn Transport<Code = Ret>,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let settings = &self.core.caller.settings;
        let body = self.params.clone();
        #[cfg(feature = "sealed")]
        let body = match &self.core.seal {
            Some(seal) => {
                seal.seal(
                    &body,
                    &*settings.clock,
                    settings.dialect.write.form,
                    deadline,
                )
                .await?
            }
            None => body,
        };
        let mut call = Call::new(E::NAME, settings.dialect.name_of::<E>(), body, deadline);
        call.content = Content::Post(self.content_type);
        transport.exchange(call).await
    }

    fn open(&self, answer: &Answer, deviations: &mut Deviations) -> Result<E::Reply, Error> {
        let dialect = &*self.core.caller.settings.dialect;
        let text = answer.text::<Xingxing>()?;
        #[cfg(feature = "sealed")]
        if let Some(seal) = &self.core.seal {
            return seal.open(text, dialect, deviations);
        }
        Ok(read_answer(text, dialect, deviations)?)
    }

    fn is_token_refused(&self, outcome: &Result<E::Reply, Error>) -> bool {
        outcome
            .as_ref()
            .is_err_and(|error| error.is_refusal(&Ret::WRONG_TOKEN))
    }
}
