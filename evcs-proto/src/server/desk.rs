use super::{Ctx, Operators, ServerOptions, dispatch::Dispatch, dispatch::answer_as, http::Caller, token::TokenDesk};
use crate::{
    Dialect, Info, Keys, Memory, Outcome, QueryToken, Refusal, ReplayGuard, Ret, Seen,
    envelope::{read_request, seal_reply},
    refusal_of,
};
use park_core::{DeviationKind, Deviations, Observed, Retry, Timestamp, server::answering};
use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

/// What a successful reply says (Table B.26).
const DONE: &str = "请求成功";

/// Longest text of a refusal that goes out.
const LONGEST_MESSAGE: usize = 512;

/// Where requests are answered: envelope, operator, signature, clock, token, replay, Data, service, reply.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) service: Arc<dyn Dispatch>,
    pub(super) operators: Arc<dyn Operators>,
    pub(super) options: Arc<ServerOptions>,
    pub(super) tokens: TokenDesk,
}

/// Whom a reply is sealed for, as far as that is known.
#[derive(Default)]
struct Peer {
    keys: Option<Keys>,
    dialect: Option<Arc<Dialect>>,
}

/// A request whose sender is known and may call.
struct Admitted {
    cx: Ctx,
    keys: Keys,
    plaintext: String,
}

impl Desk {
    /// Answers one request of the interface that its address calls `name`.
    pub(super) async fn answer(&self, caller: Caller, name: &str, body: Result<&[u8], Refusal>) -> String {
        let meant = Info::of(name).map_or("other", |info| info.name);
        let span = tracing::info_span!(
            "answer",
            proto = "evcs",
            endpoint = meant,
            peer = tracing::field::Empty,
            transport = "https",
            outcome = tracing::field::Empty
        );
        let mut peer = Peer::default();
        let outcome = answering(span, self.outcome(caller, name, body, &mut peer)).await;
        let form = peer.dialect.as_ref().unwrap_or(&self.options.dialect).write.form;
        match outcome {
            Ok(plaintext) => seal_reply(peer.keys.as_ref(), Ret::OK, DONE, Some(&plaintext), form),
            Err(refusal) => {
                let end = refusal
                    .message
                    .char_indices()
                    .nth(LONGEST_MESSAGE)
                    .map_or(refusal.message.len(), |(end, _)| end);
                let ret = refusal.code.unwrap_or(Ret::SYSTEM_ERROR);
                seal_reply(peer.keys.as_ref(), ret, &refusal.message[..end], None, form)
            }
        }
    }

    async fn outcome(&self, caller: Caller, name: &str, body: Result<&[u8], Refusal>, peer: &mut Peer) -> Outcome<String> {
        let Admitted { cx, keys, plaintext } = self.admit(caller, name, body?, peer).await?;
        let dialect = cx.dialect.clone();
        let (interface, _) = dialect.meant(name);
        if interface == "query_token" {
            let clock = &*self.options.clock;
            let issue = |cx: Ctx, query| async move { self.tokens.issue(&cx, &keys, clock, query).await };
            return answer_as::<QueryToken, _, _>(cx, &plaintext, issue).await;
        }
        self.service.dispatch(cx, interface, &plaintext).await
    }

    /// Everything that has to hold before Data is looked at, in this order.
    async fn admit(&self, caller: Caller, name: &str, body: &[u8], peer: &mut Peer) -> Outcome<Admitted> {
        let refused = |error| refusal_of(&error);
        let envelope_refused = |violation| refusal_of(&crate::OpenError::Envelope(violation));
        let text = std::str::from_utf8(body).map_err(|problem| {
            let what = format!("the body is not UTF-8 (编码格式应为UTF-8): byte {}", problem.valid_up_to());
            Refusal::new(Ret::WRONG_ENVELOPE, what)
        })?;
        let mut deviations = Deviations::default();
        // Whose rules count is not known yet, so what can be understood is.
        let request = read_request(text, &Dialect::default().read, &mut deviations).map_err(envelope_refused)?;
        let operator: Arc<str> = (&*request.operator_id).into();
        let keys = self.operators.find(&operator).await;
        let keys = keys.ok_or_else(|| Refusal::new(Ret::WRONG_PARAMETERS, "无此运营商: OperatorID is not known here"))?;
        let dialect = self.options.dialect_of(&operator).clone();
        peer.keys = Some(keys.clone());
        peer.dialect = Some(dialect.clone());
        tracing::Span::current().record("peer", &*operator);
        let mut cx = Ctx::new(operator.clone(), request.moment);
        cx.seq = request.seq.to_string();
        cx.dialect = dialect.clone();
        let rules = &dialect.read;
        rules.tolerate_noted(&deviations).map_err(envelope_refused)?;
        let verified = request.verify(&keys, rules, &mut deviations).map_err(refused)?;
        self.check_clock(cx.moment)?;
        let (interface, alias) = dialect.meant(name);
        if interface != "query_token" {
            let (token, style) = caller.token.unzip();
            if !self.tokens.admits(token.as_deref(), &operator).await {
                return Err(Refusal::new(Ret::WRONG_TOKEN, "Token错误: ask for a new one (query_token)"));
            }
            if let Some(style) = style.flatten() {
                rules.tolerate(style, "Authorization", &mut deviations).map_err(envelope_refused)?;
            }
        }
        if alias {
            rules
                .tolerate(DeviationKind::INTERFACE_NAME, interface, &mut deviations)
                .map_err(envelope_refused)?;
        }
        // Questions are remembered even where they may come again: the signature does not cover the interface, so one could come again as an action.
        if dialect.guard != ReplayGuard::Off {
            self.check_new(&operator, verified.mac, may_come_again(dialect.guard, interface)).await?;
        }
        let plaintext = verified.open(&keys, dialect.accept, rules, &mut deviations);
        let plaintext = plaintext.map_err(|error| {
            self.tell(&operator, interface, &deviations);
            refusal_of(&error)
        })?;
        cx.address = caller.address;
        cx.deviations = deviations;
        cx.observer = self.options.observer.clone();
        Ok(Admitted { cx, keys, plaintext })
    }

    fn check_clock(&self, moment: Timestamp) -> Outcome<()> {
        let now = Timestamp::at(self.options.clock.now());
        if self.options.skew.accepts(moment, now) {
            return Ok(());
        }
        let ahead = moment.seconds().saturating_sub(now.seconds());
        let what = format!("TimeStamp is {ahead} s from our clock (时间戳超出允许范围): check the clock and its time zone, which is China's");
        Err(Refusal::new(Ret::WRONG_ENVELOPE, what))
    }

    async fn check_new(&self, operator: &str, mac: [u8; 16], again: bool) -> Outcome<()> {
        let now = self.options.clock.now();
        let skew = self.options.skew;
        // Later the clock refuses it.
        let kept = skew.past.saturating_add(skew.future).saturating_add(Duration::from_secs(1));
        let until = now.checked_add(kept).unwrap_or(UNIX_EPOCH + Duration::from_secs(1 << 40));
        let seen = Seen {
            operator: operator.to_owned(),
            mac,
        };
        match self.options.replays.remember(seen, now, until).await {
            Memory::New => Ok(()),
            Memory::Known if again => Ok(()),
            Memory::Known => {
                let what = "the same message came before (重复的请求): each needs a TimeStamp and Seq of its own";
                Err(Refusal::new(Ret::WRONG_ENVELOPE, what))
            }
            Memory::Full => Err(Refusal::new(Ret::BUSY, "系统繁忙")),
        }
    }

    fn tell(&self, operator: &str, interface: &str, deviations: &Deviations) {
        if let Some(observer) = &self.options.observer
            && !deviations.is_empty()
        {
            observer.tell(Observed::new(operator, interface, deviations));
        }
    }
}

fn may_come_again(guard: ReplayGuard, interface: &str) -> bool {
    guard == ReplayGuard::Actions && Info::of(interface).is_some_and(|info| info.retry == Retry::Safe)
}
