use crate::{
    Credentials, Dialect, Error, ErrorKind, MemorySequence, OpenError, Refusal, Sent, Sequence,
    code::Ret,
    endpoint::{Endpoint, each_cpo_interface, each_emsp_interface, each_session_interface},
    envelope::{read_reply, seal_request},
    model::*,
    protocol::Evcs,
    sequence::stamp,
};
use park_core::{
    Answer, Call, Deviations, Transport,
    client::{CallOne, Caller, Exchange, Settings},
    json::Place,
    message::{read_checked, write_checked},
};
use std::{sync::Arc, time::Instant};

/// What both roles' clients are made of.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) caller: Caller<Evcs>,
    pub(super) credentials: Credentials,
    pub(super) sequence: Arc<dyn Sequence>,
}

park_core::client! { [one each_session_interface each_cpo_interface] over(Ret,
    credentials: Credentials)
    /// Calls a charge point operator (基础设施运营商): its stations, and charging at them.
    CpoClient
}
park_core::client! { [one each_session_interface each_emsp_interface] over(Ret,
    credentials: Credentials)
    /// Calls a customer's operator (客户归属运营商): what a charge point operator tells it.
    EmspClient
}
crate::for_each_cpo_interface!(park_core::client_methods [one CpoClient]);
crate::for_each_emsp_interface!(park_core::client_methods [one EmspClient]);

macro_rules! verbs {
    ($($client:ident)*) => {$(
        impl $client {
            /// Takes TimeStamp and Seq from `sequence`, which clients that speak as the same
            /// operator share; otherwise it counts by itself.
            #[must_use]
            pub fn sequence(mut self, sequence: Arc<dyn Sequence>) -> Self {
                self.core.sequence = sequence;
                self
            }
        }
    )*};
}
verbs!(CpoClient EmspClient);

impl Core {
    pub(super) fn new(caller: Caller<Evcs>, credentials: Credentials) -> Self {
        Self {
            caller,
            credentials,
            sequence: Arc::new(MemorySequence::default()),
        }
    }
}

impl CallOne for Core {
    type Protocol = Evcs;

    fn settings(&self) -> &Settings<Evcs> {
        &self.caller.settings
    }

    async fn one<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
        let prepare = || {
            Ok(Sealing {
                core: self,
                plaintext: write_checked(request, &*self.caller.settings.dialect)?,
            })
        };
        self.caller.call::<E, _>(prepare).await
    }
}

/// One call: its parameters, sealed anew for each attempt.
struct Sealing<'a> {
    core: &'a Core,
    plaintext: String,
}

impl<E: Endpoint> Exchange<Evcs, E> for Sealing<'_> {
    type Reply = E::Reply;

    async fn send(
        &self,
        transport: &dyn Transport<Code = Ret>,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let settings = &self.core.caller.settings;
        let write = &settings.dialect.write;
        let stamp = stamp(&*self.core.sequence, &*settings.clock, deadline).await?;
        let Credentials { operator_id, keys } = &self.core.credentials;
        let sealed = seal_request(keys, operator_id, stamp, &self.plaintext, write.form);
        transport
            .exchange(Call::new(
                E::NAME,
                write.interface(E::NAME),
                sealed,
                deadline,
            ))
            .await
    }

    /// Ret first, then the signature, then Data: a refusal often has neither signature nor Data.
    fn open(&self, answer: &Answer, deviations: &mut Deviations) -> Result<E::Reply, Error> {
        let Dialect {
            read: rules,
            accept,
            ..
        } = &*self.core.caller.settings.dialect;
        let keys = &self.core.credentials.keys;
        let invalid = |violations| Error::invalid(ErrorKind::PeerBytes, Sent::Answered, violations);
        let unreadable = |cause: OpenError| match cause {
            OpenError::Envelope(violation) => invalid(vec![violation]),
            cause => Error::new(
                ErrorKind::PeerBytes,
                Sent::Answered,
                "the reply cannot be opened",
            )
            .caused_by(cause),
        };
        let reply = read_reply(answer.text::<Evcs>()?, rules, deviations)
            .map_err(|violation| invalid(vec![violation]))?;
        if reply.ret != Ret::OK {
            return Err(refused(reply.ret, &reply.msg, reply.is_signed(keys)));
        }
        let verified = reply
            .verify(keys, *accept, rules, deviations)
            .map_err(unreadable)?;
        let plaintext = match verified {
            Some(verified) => verified
                .open(keys, *accept, rules, deviations)
                .map_err(unreadable)?,
            None => {
                return Err(Error::new(
                    ErrorKind::PeerBytes,
                    Sent::Answered,
                    "the reply has no Data",
                ));
            }
        };
        read_checked(&plaintext, Place::default(), rules, deviations).map_err(invalid)
    }

    fn is_token_refused(&self, outcome: &Result<E::Reply, Error>) -> bool {
        outcome
            .as_ref()
            .is_err_and(|error| error.is_refusal(&Ret::WRONG_TOKEN))
    }
}

fn refused(ret: Ret, msg: &str, signed: bool) -> Error {
    let refusal = Refusal::new(ret, msg);
    let error = match ret {
        Ret::BUSY => Error::busy(refusal),
        _ => Error::refused(refusal),
    };
    if signed {
        error
    } else {
        error.unauthenticated()
    }
}
