use super::{dispatch::answer_as, token::issue};
use crate::{
    Ctx, Dialect, Keys, OpenError, Outcome, Refusal, ReplayGuard, ServerOptions,
    admission::{check_clock, check_new},
    code::Ret,
    endpoint::{Endpoint, Info, QueryToken},
    envelope::{read_request, seal_reply},
    protocol::{Evcs, LONGEST_LIFE},
    refusal_of,
    replay::Seen,
};
use axum::body::Bytes;
use park_core::{
    DeviationKind, Deviations, Lookup, Protocol, Retry,
    message::{LONGEST_MESSAGE, clip, utf8},
    server::{Caller, Dispatch, TokenIssuer, answer_span, answering},
};
use std::sync::Arc;

/// What a successful reply says (Table B.26).
const DONE: &str = "请求成功";

/// Where requests are answered: envelope, operator, signature, clock, token, replay, Data, service,
/// reply.
#[derive(Clone)]
pub(super) struct Pipeline {
    pub(super) service: Arc<dyn Dispatch<Evcs>>,
    pub(super) operators: Arc<dyn Lookup<Found = Keys>>,
    pub(super) options: Arc<ServerOptions>,
    pub(super) issuer: TokenIssuer,
}

/// Keys and dialect for the reply, once known.
#[derive(Clone)]
struct SealFor {
    keys: Keys,
    dialect: Arc<Dialect>,
}

impl Pipeline {
    pub(super) fn new(
        service: impl Dispatch<Evcs> + 'static,
        operators: impl Lookup<Found = Keys>,
    ) -> Self {
        Self {
            service: Arc::new(service),
            operators: Arc::new(operators),
            options: Arc::default(),
            issuer: TokenIssuer::new(LONGEST_LIFE),
        }
    }

    /// Answers one request of the interface that its address calls `name`.
    pub(super) async fn answer(&self, caller: Caller, name: &str, body: Outcome<Bytes>) -> String {
        let span = answer_span(Evcs::NAME, || Info::of(name), "https");
        let mut seal_for = None;
        let outcome = answering(span, self.outcome(caller, name, body, &mut seal_for)).await;
        let form = seal_for
            .as_ref()
            .map_or(&self.options.dialect, |known| &known.dialect)
            .write
            .form;
        let keys = seal_for.as_ref().map(|known| &known.keys);
        match outcome {
            Ok(plaintext) => seal_reply(keys, Ret::OK, DONE, Some(&plaintext), form),
            Err(refusal) => {
                let ret = refusal.code.unwrap_or(Ret::SYSTEM_ERROR);
                seal_reply(
                    keys,
                    ret,
                    clip(&refusal.message, LONGEST_MESSAGE),
                    None,
                    form,
                )
            }
        }
    }

    async fn outcome(
        &self,
        caller: Caller,
        name: &str,
        body: Outcome<Bytes>,
        seal_for: &mut Option<SealFor>,
    ) -> Outcome<String> {
        let (cx, keys, plaintext) = self.admit(caller, name, &body?, seal_for).await?;
        let dialect = cx.dialect.clone();
        let (interface, _) = dialect.meant(name);
        if interface == QueryToken::NAME {
            let clock = &*self.options.clock;
            let serve =
                |cx: Ctx, query| async move { issue(&self.issuer, &cx, &keys, clock, query).await };
            return answer_as::<QueryToken, _, _>(cx, &plaintext, serve).await;
        }
        self.service.dispatch(cx, interface, &plaintext).await
    }

    /// Everything that has to hold before Data is looked at, in this order. Gives what the service
    /// learns, the caller's keys, and Data.
    async fn admit(
        &self,
        caller: Caller,
        name: &str,
        body: &[u8],
        seal_for: &mut Option<SealFor>,
    ) -> Outcome<(Ctx, Keys, String)> {
        let envelope_refused = |violation| refusal_of(&OpenError::Envelope(violation));
        let text = utf8(body).map_err(|what| Refusal::new(Ret::WRONG_ENVELOPE, what))?;
        let mut deviations = Deviations::default();
        // Whose rules count is not known yet, so what can be understood is.
        let request = read_request(text, &Dialect::default().read, &mut deviations)
            .map_err(envelope_refused)?;
        let operator: Arc<str> = (&*request.operator_id).into();
        let keys = self.operators.find(&operator).await;
        let keys = keys.ok_or_else(|| {
            Refusal::new(
                Ret::WRONG_PARAMETERS,
                "无此运营商: OperatorID is not known here",
            )
        })?;
        let dialect = self.options.dialect_of(&operator).clone();
        *seal_for = Some(SealFor {
            keys: keys.clone(),
            dialect: dialect.clone(),
        });
        tracing::Span::current().record("peer", &*operator);
        let mut cx = Ctx::new(operator.clone(), request.moment);
        cx.seq = request.seq.to_string();
        cx.address = caller.address;
        cx.dialect = dialect.clone();
        cx.observed_by(&self.options.observer);
        cx.deviations = deviations;
        let (rules, deviations) = (&dialect.read, &mut cx.deviations);
        rules.tolerate_noted(deviations).map_err(envelope_refused)?;
        let moment = request.moment;
        let verified = request
            .verify(&keys, rules, deviations)
            .map_err(|error| refusal_of(&error))?;
        let now = self.options.clock.now();
        check_clock(moment, now, self.options.skew)?;
        let (interface, alias) = dialect.meant(name);
        if interface != QueryToken::NAME {
            if !self.issuer.admits(caller.token(), &operator).await {
                return Err(Refusal::new(
                    Ret::WRONG_TOKEN,
                    "Token错误: ask for a new one (query_token)",
                ));
            }
            if let Some(style) = caller.style() {
                rules
                    .tolerate(style, "Authorization", deviations)
                    .map_err(envelope_refused)?;
            }
        }
        if alias {
            rules
                .tolerate(DeviationKind::INTERFACE_NAME, interface, deviations)
                .map_err(envelope_refused)?;
        }
        // Questions are remembered even where they may come again: the signature does not cover the
        // interface, so one could come again as an action.
        if dialect.guard != ReplayGuard::Off {
            let again = may_come_again(dialect.guard, interface);
            let seen = Seen {
                operator: operator.to_string(),
                mac: verified.mac,
            };
            check_new(seen, again, now, self.options.skew, &*self.options.replays).await?;
        }
        let plaintext = verified.open(&keys, dialect.accept, rules, deviations);
        let plaintext = plaintext.map_err(|error| {
            cx.report(interface);
            refusal_of(&error)
        })?;
        Ok((cx, keys, plaintext))
    }
}

fn may_come_again(guard: ReplayGuard, interface: &str) -> bool {
    guard == ReplayGuard::Actions
        && Info::of(interface).is_some_and(|info| info.retry == Retry::Safe)
}
