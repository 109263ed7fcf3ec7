//! The charging envelope of T/CEC 102 around what a client says and hears.
use crate::{
    Dialect, Error, ErrorKind, Refusal, Sent,
    code::Ret,
    envelope::{AnswerError, is, read_sealed},
    model::{Model, Receipt},
};
use evcs_proto::{
    Credentials, MemorySequence, OpenError, Sequence,
    envelope::{Form, read_reply, seal_request},
    sequence::stamp,
};
use park_core::{
    Clock, Deviations,
    message::{LONGEST_MESSAGE, clip},
};
use std::{sync::Arc, time::Instant};

/// Seals requests and opens answers with the keys that the peer gave out.
#[derive(Clone)]
pub(super) struct Seal {
    credentials: Credentials,
    pub(super) sequence: Arc<dyn Sequence>,
}

impl Seal {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            sequence: Arc::new(MemorySequence::default()),
        }
    }

    /// The sealed request; each attempt of a call has its own.
    pub(super) async fn seal(
        &self,
        plaintext: &str,
        clock: &dyn Clock,
        form: Form,
        deadline: Instant,
    ) -> Result<String, Error> {
        let stamp = stamp(&*self.sequence, clock, deadline).await?;
        let Credentials { operator_id, keys } = &self.credentials;
        Ok(seal_request(keys, operator_id, stamp, plaintext, form))
    }

    /// Ret first, then the signature, then Data: a refusal often has neither signature nor Data,
    /// and so has 4.2.5 in the answer that found nothing. That is read without a signature: whoever
    /// forges it gains no more than by holding the answer back.
    pub(super) fn open<R: Model>(
        &self,
        text: &str,
        dialect: &Dialect,
        deviations: &mut Deviations,
    ) -> Result<R, Error> {
        let Dialect {
            read: rules,
            accept,
            ..
        } = dialect;
        let keys = &self.credentials.keys;
        let reply = read_reply(text, rules, deviations).map_err(AnswerError::from)?;
        let signed = reply.is_signed(keys);
        let ret = Ret(reply.ret.0);
        if !ret.is_success() {
            let error = Error::from(AnswerError::Refused(Refusal::new(
                ret,
                clip(&reply.msg, LONGEST_MESSAGE),
            )));
            return Err(if signed {
                error
            } else {
                error.unauthenticated()
            });
        }
        let unsigned = accept.unsigned_replies;
        let mut lenient = *accept;
        lenient.unsigned_replies |= !is::<R, Receipt>();
        let opened = reply
            .verify(keys, lenient, rules, deviations)
            .and_then(|verified| match verified {
                Some(_) if !signed && !unsigned => Err(OpenError::Unsigned),
                Some(verified) => verified.open(keys, *accept, rules, deviations).map(Some),
                None => Ok(None),
            });
        Ok(read_sealed(
            opened.map_err(unreadable)?.as_deref(),
            rules,
            deviations,
        )?)
    }
}

fn unreadable(cause: OpenError) -> Error {
    match cause {
        OpenError::Envelope(violation) => AnswerError::from(violation).into(),
        cause => Error::new(
            ErrorKind::PeerBytes,
            Sent::Answered,
            "the reply cannot be opened",
        )
        .caused_by(cause),
    }
}
