//! The charging envelope of T/CEC 102 around the document's messages, on both sides.
use crate::{Dialect, Refusal, Ret};
#[cfg(feature = "server")]
pub(crate) use receiver::Receiver;
#[cfg(feature = "client")]
pub(crate) use sender::Sender;

fn ret_of(ret: evcs_proto::Ret) -> Ret {
    Ret(ret.0)
}

#[cfg(feature = "client")]
mod sender {
    use super::*;
    use crate::{Error, envelope::AnswerError};
    use evcs_proto::{
        Credentials, MemorySequence, OpenError, Sequence,
        envelope::{read_reply, seal_request},
        sequence::Stamp,
    };
    use park_core::{Clock, Deviations, ErrorKind, Sent, Timestamp, Violation};
    use std::{
        sync::Arc,
        time::{Duration, Instant, UNIX_EPOCH},
    };

    /// Seals requests and opens answers with the keys that the peer gave out.
    #[derive(Clone)]
    pub(crate) struct Sender {
        credentials: Credentials,
        pub(crate) sequence: Arc<dyn Sequence>,
    }

    impl Sender {
        pub(crate) fn new(credentials: Credentials) -> Self {
            Self {
                credentials,
                sequence: Arc::new(MemorySequence::default()),
            }
        }

        /// The sealed request; each attempt of a call has its own.
        pub(crate) async fn seal(&self, plaintext: &str, clock: &dyn Clock, dialect: &Dialect, deadline: Instant) -> Result<String, Error> {
            let stamp = self.stamp(clock, deadline).await?;
            let Credentials { operator_id, keys } = &self.credentials;
            Ok(seal_request(keys, operator_id, stamp, plaintext, dialect.write.form))
        }

        /// The next TimeStamp and Seq; waits for the next second when this one's are used up.
        async fn stamp(&self, clock: &dyn Clock, deadline: Instant) -> Result<Stamp, Error> {
            loop {
                let now = clock.now();
                if let Some(stamp) = self.sequence.next(Timestamp::at(now)).await {
                    return Ok(stamp);
                }
                let into = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
                let wait = Duration::from_secs(1) - Duration::from_nanos(into.into());
                if Instant::now().checked_add(wait).is_none_or(|next| next >= deadline) {
                    let what = "the sequence numbers of this second are used up, and the deadline comes before the next";
                    return Err(Error::new(ErrorKind::Busy, Sent::No, what));
                }
                tokio::time::sleep(wait).await;
            }
        }

        /// What an answer holds, if it has Data. Ret first, then the signature, then Data: a refusal often has neither signature nor Data, and so has
        /// 4.2.5 in the answer that found nothing. Where `may_be_nothing`, that is read without a signature: whoever forges it gains no more than by
        /// holding the answer back.
        pub(crate) fn open(
            &self,
            text: &str,
            dialect: &Dialect,
            may_be_nothing: bool,
            deviations: &mut Deviations,
        ) -> Result<Option<String>, SealedError> {
            let keys = &self.credentials.keys;
            let rules = &dialect.read;
            let invalid = |violation: Violation| SealedError::Answer(violation.into());
            let reply = read_reply(text, rules, deviations).map_err(invalid)?;
            let ret = ret_of(reply.ret);
            if !ret.is_success() {
                let refusal = Refusal::new(ret, &*reply.msg);
                return Err(SealedError::Refused {
                    refusal,
                    signed: reply.is_signed(keys),
                });
            }
            let needs_signature = !dialect.accept.unsigned_replies && !reply.is_signed(keys);
            let mut accept = dialect.accept;
            accept.unsigned_replies |= may_be_nothing;
            let opened = reply.verify(keys, accept, rules, deviations).and_then(|verified| match verified {
                Some(_) if needs_signature => Err(OpenError::Unsigned),
                Some(verified) => verified.open(keys, dialect.accept, rules, deviations).map(Some),
                None => Ok(None),
            });
            opened.map_err(|cause| match cause {
                OpenError::Envelope(violation) => invalid(violation),
                cause => SealedError::Sealed(cause),
            })
        }
    }

    /// Why a sealed answer cannot be opened.
    pub(crate) enum SealedError {
        Answer(AnswerError),
        Refused { refusal: Refusal, signed: bool },
        Sealed(OpenError),
    }
}

#[cfg(feature = "server")]
mod receiver {
    use super::*;
    use crate::{Outcome, server::ServerOptions};
    use evcs_proto::{
        Keys, OpenError, Operators,
        envelope::{read_request, seal_reply},
        refusal_of,
        replay::{Memory, Seen},
    };
    use park_core::{Deviations, Timestamp};
    use std::{
        sync::Arc,
        time::{Duration, UNIX_EPOCH},
    };

    /// Opens the requests of known operators, and seals the answers.
    #[derive(Clone)]
    pub(crate) struct Receiver(pub(crate) Arc<dyn Operators>);

    /// A request whose sender is known.
    pub(crate) struct Opened {
        pub(crate) peer: Arc<str>,
        pub(crate) plaintext: String,
    }

    impl Receiver {
        /// Opens a request; `keys` become the sender's as soon as that is known, so that a refusal can be signed.
        pub(crate) async fn open(
            &self,
            text: &str,
            options: &ServerOptions,
            keys: &mut Option<Keys>,
            deviations: &mut Deviations,
        ) -> Outcome<Opened> {
            let Dialect { read: rules, accept, .. } = &*options.dialect;
            let refused = |error: &OpenError| {
                let refusal = refusal_of(error);
                Refusal::new(refusal.code.map_or(Ret::WRONG_ENVELOPE, ret_of), refusal.message)
            };
            let request = read_request(text, rules, deviations).map_err(|violation| refused(&OpenError::Envelope(violation)))?;
            let peer: Arc<str> = (&*request.operator_id).into();
            let unknown = || Refusal::new(Ret::WRONG_PARAMETERS, "无此运营商: OperatorID is not known here");
            let own = self.0.find(&peer).await.ok_or_else(unknown)?;
            *keys = Some(own.clone());
            let moment = request.moment;
            let verified = request.verify(&own, rules, deviations).map_err(|error| refused(&error))?;
            check_clock(moment, options)?;
            check_new(&peer, verified.mac, options).await?;
            let plaintext = verified.open(&own, *accept, rules, deviations).map_err(|error| refused(&error))?;
            Ok(Opened { peer, plaintext })
        }
    }

    /// Seals what a call came to.
    pub(crate) fn seal(outcome: Outcome<Option<String>>, keys: Option<&Keys>, dialect: &Dialect) -> String {
        let (ret, msg, payload) = match outcome {
            Ok(payload) => (Ret::OK, String::new(), payload),
            Err(refusal) => (refusal.code.unwrap_or(Ret::SYSTEM_ERROR), refusal.message, None),
        };
        seal_reply(keys, evcs_proto::Ret(ret.0), &msg, payload.as_deref(), dialect.write.form)
    }

    fn check_clock(moment: Timestamp, options: &ServerOptions) -> Outcome<()> {
        let now = Timestamp::at(options.clock.now());
        if options.skew.accepts(moment, now) {
            return Ok(());
        }
        let ahead = moment.seconds().saturating_sub(now.seconds());
        let what = format!("TimeStamp is {ahead} s from our clock (时间戳超出允许范围): check the clock and its time zone, which is China's");
        Err(Refusal::new(Ret::WRONG_ENVELOPE, what))
    }

    async fn check_new(peer: &str, mac: [u8; 16], options: &ServerOptions) -> Outcome<()> {
        let now = options.clock.now();
        // Later the clock refuses it.
        let kept = options
            .skew
            .past
            .saturating_add(options.skew.future)
            .saturating_add(Duration::from_secs(1));
        let until = now.checked_add(kept).unwrap_or(UNIX_EPOCH + Duration::from_secs(1 << 40));
        let operator = peer.to_owned();
        match options.replays.remember(Seen { operator, mac }, now, until).await {
            Memory::New => Ok(()),
            Memory::Known => {
                let what = "the same message came before (重复的请求): each needs a TimeStamp and Seq of its own";
                Err(Refusal::new(Ret::WRONG_ENVELOPE, what))
            }
            Memory::Full => Err(Refusal::new(Ret::BUSY, "系统繁忙")),
        }
    }
}

#[cfg(feature = "server")]
pub(crate) use receiver::seal;
#[cfg(feature = "client")]
pub(crate) use sender::SealedError;
