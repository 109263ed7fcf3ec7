use super::{limit::Limit, token::Tokens};
use crate::{
    CallbackBody, CallbackSigner, Dialect, Error, Method, Params, Refusal, ReplyError, TokenPlace,
    callback::sealed, codec::open, endpoint::Endpoint, protocol::Pile,
};
use park_core::{
    Answer, AnyText, Call, Content, Deviations, ErrorKind, Protocol, Retry, RetryPolicy, Secret,
    Sent, Transport,
    client::{CallOne, Caller, Exchange, Settings},
    message::write_checked,
};
use std::time::Instant;

const FORM: Content = Content::Post("application/x-www-form-urlencoded;charset=utf-8");
const JSON: Content = Content::Post("application/json;charset=utf-8");

/// What both roles' clients are made of.
#[derive(Clone)]
pub(crate) struct Core {
    pub(super) caller: Caller<Pile>,
    pub(super) tokens: Tokens,
    pub(super) limit: Limit,
    /// How callbacks travel, if the peer is an aggregator. A vendor's interfaces travel as the
    /// dialect says.
    pub(super) callback: Option<Callback>,
}

/// How callbacks travel.
#[derive(Clone, Default)]
pub(super) struct Callback {
    pub(super) body: CallbackBody,
    pub(super) signer: Option<CallbackSigner>,
}

impl Core {
    pub(super) fn new(caller: Caller<Pile>) -> Self {
        Self {
            caller,
            tokens: Tokens::default(),
            limit: Limit::default(),
            callback: None,
        }
    }

    pub(super) fn calling_back(mut self) -> Self {
        self.callback = Some(Callback::default());
        self
    }

    fn dialect(&self) -> &Dialect {
        &self.caller.settings.dialect
    }

    /// Checks a request and writes it, but for what each attempt adds.
    fn write<E: Endpoint>(&self, request: &E::Request) -> Result<Written, Error> {
        if self.callback.is_none()
            && let Some(name) = self.dialect().unknown_path()
        {
            let what = format!(
                "the dialect has a path for {name:?}, which is no interface of the document"
            );
            return Err(Error::new(ErrorKind::Caller, Sent::No, what));
        }
        let text = write_checked(request, self.dialect())?;
        // A request of this crate is always a flat object; one of your own may not be.
        let params = Params::parse_json(&text)
            .map_err(|violation| Error::invalid(ErrorKind::Caller, Sent::No, vec![violation]))?;
        Ok(match &self.callback {
            Some(Callback { body, signer }) => {
                Written::Callback(sealed(text, params, *body, signer.as_ref()), *body)
            }
            None => Written::Query(params),
        })
    }

    /// Calls `E`, whatever the limiter says.
    async fn ask<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
        let mut caller = self.caller.clone();
        if caller.settings.options.class_of(E::RETRY) == Retry::Never {
            // Not even after an attempt that sent nothing: it is the application that decides about
            // charging.
            caller.settings.options.retry = RetryPolicy::off();
        }
        let prepare = || {
            Ok(Asking {
                core: self,
                written: self.write::<E>(request)?,
            })
        };
        caller.call::<E, _>(prepare).await
    }
}

impl CallOne for Core {
    type Protocol = Pile;

    fn settings(&self) -> &Settings<Pile> {
        &self.caller.settings
    }

    async fn one<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
        let counted = self
            .limit
            .admit(request, &*self.caller.settings.clock)
            .map_err(|error| error.at(E::LABEL))?;
        let outcome = self.ask::<E>(request).await;
        if let Some(counted) = counted
            && outcome
                .as_ref()
                .is_err_and(|error| error.sent() == Sent::No)
        {
            counted.take_back();
        }
        outcome
    }
}

/// A checked request.
enum Written {
    /// Parameters for a vendor. The token may have to be among them.
    Query(Params),
    /// A whole callback.
    Callback(String, CallbackBody),
}

/// One call.
struct Asking<'a> {
    core: &'a Core,
    written: Written,
}

impl<E: Endpoint> Exchange<Pile, E> for Asking<'_> {
    type Reply = E::Reply;

    async fn send(
        &self,
        transport: &dyn Transport<Code = AnyText>,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let dialect = self.core.dialect();
        let (token, number) = self
            .core
            .tokens
            .get(&self.core.caller.settings.clock, deadline)
            .await?;
        let (path, place, content, body) = match &self.written {
            Written::Query(params) => {
                let params = match (&dialect.token, &token) {
                    (TokenPlace::Parameter(name), Some(token)) => {
                        &params.clone().token_as(name, token)
                    }
                    _ => params,
                };
                let (content, body) = match dialect.method {
                    Method::Get => (Content::Query, params.to_query()),
                    Method::PostForm => (FORM, params.to_query()),
                    Method::PostJson => (JSON, params.to_json()),
                };
                (dialect.path_of(E::NAME), &dialect.token, content, body)
            }
            Written::Callback(text, CallbackBody::Form) => {
                ("", &TokenPlace::Bearer, FORM, text.clone())
            }
            Written::Callback(text, CallbackBody::Json) => {
                ("", &TokenPlace::Bearer, JSON, text.clone())
            }
        };
        let header = match (place, token) {
            (TokenPlace::Header(name), Some(token)) => Some((&**name, token)),
            (TokenPlace::Bearer, Some(token)) => Some((
                "authorization",
                Secret::new(format!("{} {}", Pile::BEARER, token.expose())),
            )),
            _ => None,
        };
        let header = header.as_ref().map(|(name, value)| (*name, value.expose()));
        let mut call = Call::new(E::NAME, path, body, deadline);
        call.content = content;
        call.headers = header.as_slice();
        let mut answer = transport.exchange(call).await?;
        answer.grant = number.or(answer.grant);
        Ok(answer)
    }

    fn open(&self, answer: &Answer, deviations: &mut Deviations) -> Result<E::Reply, Error> {
        self.text(answer)
            .and_then(|text| open::<E>(text, self.core.dialect(), deviations))
    }

    fn is_token_refused(&self, outcome: &Result<E::Reply, Error>) -> bool {
        outcome
            .as_ref()
            .is_err_and(|error| self.refuses_token(error))
    }
}

impl Asking<'_> {
    /// The text of an answer that the peer itself gave.
    fn text<'a>(&self, answer: &'a Answer) -> Result<&'a str, Error> {
        let text = std::str::from_utf8(&answer.body);
        match answer.status {
            200..=299 => {
                return text.map_err(|cause| {
                    Error::new(
                        ErrorKind::PeerBytes,
                        Sent::Answered,
                        "the reply is not UTF-8",
                    )
                    .caused_by(cause)
                });
            }
            401 => return Err(Pile::unauthorized().unwrap_or_else(|| answer.status_error())),
            _ => {}
        }
        let text = text.unwrap_or_default();
        match self.refusal(text) {
            // A callback that the aggregator could not take is told again, whatever code it has for
            // that.
            Some(refusal)
                if self.core.callback.is_some()
                    && (answer.status >= 500 || answer.status == 429) =>
            {
                Err(Error::busy(refusal).retry_after(answer.retry_after))
            }
            // Some refuse by status and in the body, which says more.
            Some(_) => Ok(text),
            None => Err(answer.status_error()),
        }
    }

    fn refusal(&self, text: &str) -> Option<Refusal> {
        match self
            .core
            .dialect()
            .open_reply(text, &mut Deviations::default())
        {
            Err(ReplyError::Refused(refusal)) => Some(refusal),
            _ => None,
        }
    }

    fn refuses_token(&self, error: &Error) -> bool {
        let code = error.refusal().and_then(|refusal| refusal.code.as_deref());
        code.is_some_and(|code| {
            self.core
                .dialect()
                .token_codes
                .iter()
                .any(|refused| refused == code)
        })
    }
}
