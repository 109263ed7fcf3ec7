use super::{
    dispatch::first_fields,
    form::{form_value, is_form},
};
use crate::{
    Credentials, Ctx, Dialect, Outcome, ServerOptions,
    code::ResCode,
    deviation::{NEIGHBOURING_DAY, UNCONFIRMED_DAY},
    endpoint::{Info, Role},
    envelope::{open_request, seal_reply},
    error::{broken, refuse, unreadable},
    protocol::Kt,
};
use axum::body::Bytes;
use park_core::{
    DateTime, DeviationKind, Deviations, Lookup, Protocol,
    json::lexer,
    message::{LONGEST_MESSAGE, clip},
    server::{Dispatch, answer_span, answering},
};
use std::{borrow::Cow, net::SocketAddr, sync::Arc};

/// What a successful reply says.
const DONE: &str = "成功";

/// Where requests are answered: who calls, key and date, service, reply.
#[derive(Clone)]
pub(super) struct Pipeline {
    pub(super) role: Role,
    pub(super) service: Arc<dyn Dispatch<Kt>>,
    pub(super) accounts: Arc<dyn Lookup<Found = Credentials>>,
    pub(super) options: Arc<ServerOptions>,
}

/// Who says to call.
pub(super) struct Caller {
    pub(super) user: String,
    pub(super) pwd: String,
    pub(super) address: Option<SocketAddr>,
}

impl Pipeline {
    pub(super) fn new(
        role: Role,
        service: impl Dispatch<Kt> + 'static,
        accounts: impl Lookup<Found = Credentials>,
    ) -> Self {
        Self {
            role,
            service: Arc::new(service),
            accounts: Arc::new(accounts),
            options: Arc::default(),
        }
    }

    /// Answers one request that came to `path`.
    pub(super) async fn answer(&self, caller: Caller, path: &str, body: Outcome<Bytes>) -> String {
        let name = path
            .rsplit('/')
            .find(|part| !part.is_empty())
            .unwrap_or_default();
        let span = answer_span(Kt::NAME, || Info::of(name), "http");
        match answering(span, self.outcome(caller, path, body)).await {
            Ok(list) => {
                let items: Result<Vec<&str>, _> = match list.trim() {
                    "" => Ok(Vec::new()),
                    list => lexer::elements(list).collect(),
                };
                match items {
                    Ok(items) => seal_reply(0, DONE, items),
                    // Only `other` can answer what is no list.
                    Err(fault) => {
                        tracing::error!(%fault, "the service's answer is no list");
                        seal_reply(1, "internal error (系统内部错误)", [])
                    }
                }
            }
            Err(refusal) => {
                // A refusal with the code of success would be read as one.
                let code = refusal
                    .code
                    .filter(|code| *code != ResCode::OK)
                    .unwrap_or(ResCode::ERROR);
                seal_reply(code.0.into(), clip(&refusal.message, LONGEST_MESSAGE), [])
            }
        }
    }

    async fn outcome(&self, caller: Caller, path: &str, body: Outcome<Bytes>) -> Outcome<String> {
        let wrong = || refuse("用户名或密码错误: the headers user and pwd are not known here");
        let body = body?;
        let account = self.accounts.find(&caller.user).await.ok_or_else(wrong)?;
        if !account.admits(&caller.user, &caller.pwd) {
            return Err(wrong());
        }
        tracing::Span::current().record("peer", &*caller.user);
        let dialect = self.options.dialect_of(&caller.user).clone();
        let (interface, style) = dialect.meant(path);
        let mut deviations = Deviations::default();
        if let Some(kind) = style {
            let tolerated = dialect.read.tolerate(kind, "", &mut deviations);
            tolerated.map_err(|violation| broken(&[violation]))?;
        }
        let (cx, plaintext) =
            self.open(&caller, &account, &dialect, interface, &body, deviations)?;
        self.service.dispatch(cx, interface, &plaintext).await
    }

    fn open(
        &self,
        caller: &Caller,
        account: &Credentials,
        dialect: &Arc<Dialect>,
        interface: &str,
        body: &[u8],
        mut deviations: Deviations,
    ) -> Outcome<(Ctx, String)> {
        let rules = &dialect.read;
        let text = std::str::from_utf8(body).map_err(|problem| {
            refuse(format!(
                "the body is not UTF-8: byte {}",
                problem.valid_up_to()
            ))
        })?;
        let violated = |violation| broken(&[violation]);
        let outer;
        let data = if is_form(text) {
            let data = form_value(text, "data")
                .ok_or_else(|| refuse("data: required, but absent or empty"))?;
            if !dialect.write.form {
                rules
                    .tolerate(DeviationKind::BODY_STYLE, "", &mut deviations)
                    .map_err(violated)?;
            }
            Cow::Owned(data)
        } else {
            outer = dialect
                .without_trailing_commas(text, &mut deviations)
                .map_err(violated)?;
            open_request(&outer, rules, &mut deviations).map_err(violated)?
        };
        let now = DateTime::at(self.options.clock.now());
        let mut fields = first_fields(self.role, interface).to_vec();
        // The names that peers write instead begin messages too.
        fields.extend(rules.spellings.iter().map(|spelling| &*spelling.wrong));
        let opened = account
            .keys
            .open(&data, dialect.window.candidates(now), &fields)
            .map_err(unreadable)?;
        if opened.repaired {
            rules
                .tolerate(DeviationKind::BASE64_STYLE, "data", &mut deviations)
                .map_err(violated)?;
        }
        if opened.date != now.date() {
            rules
                .tolerate(NEIGHBOURING_DAY, "data", &mut deviations)
                .map_err(violated)?;
        }
        if !opened.confirmed {
            rules
                .tolerate(UNCONFIRMED_DAY, "data", &mut deviations)
                .map_err(violated)?;
        }
        let plaintext = match dialect
            .without_trailing_commas(&opened.text, &mut deviations)
            .map_err(violated)?
        {
            Cow::Owned(without) => without,
            Cow::Borrowed(_) => opened.text,
        };
        let mut cx = Ctx::new(&*caller.user, opened.date);
        cx.dialect = dialect.clone();
        cx.address = caller.address;
        cx.deviations = deviations;
        cx.observed_by(&self.options.observer);
        Ok((cx, plaintext))
    }
}
