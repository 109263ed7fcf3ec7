use super::{Accounts, Ctx, ServerOptions, dispatch::Dispatch, http::Caller};
use crate::{
    Credentials, Dialect, Info, LONGEST_MESSAGE, Outcome, ResCode, broken,
    envelope::{open_request, seal_reply},
    refuse, unreadable,
};
use park_core::{DateTime, DeviationKind, Deviations, json::lexer, server::answering};
use std::{borrow::Cow, sync::Arc};

/// What a successful reply says.
const DONE: &str = "成功";

/// Where requests are answered: who calls, key and date, service, reply.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) service: Arc<dyn Dispatch>,
    pub(super) accounts: Arc<dyn Accounts>,
    pub(super) options: Arc<ServerOptions>,
}

impl Desk {
    /// Answers one request that came to `path`.
    pub(super) async fn answer(&self, caller: Caller, path: &str, body: Outcome<&[u8]>) -> String {
        let name = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
        let span = tracing::info_span!(
            "answer",
            proto = "kt",
            endpoint = Info::of(name).map_or("other", |info| info.name),
            peer = tracing::field::Empty,
            transport = "http",
            outcome = tracing::field::Empty
        );
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
                let message = refusal.message.as_str();
                let end = message.char_indices().nth(LONGEST_MESSAGE).map_or(message.len(), |(end, _)| end);
                // A refusal with the code of success would be read as one.
                let code = refusal.code.filter(|code| *code != ResCode::OK).unwrap_or(ResCode::ERROR);
                seal_reply(code.0.into(), &message[..end], [])
            }
        }
    }

    async fn outcome(&self, caller: Caller, path: &str, body: Outcome<&[u8]>) -> Outcome<String> {
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
        let (cx, plaintext) = self.open(&caller, &account, &dialect, interface, body, deviations)?;
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
        let text = std::str::from_utf8(body).map_err(|problem| refuse(format!("the body is not UTF-8: byte {}", problem.valid_up_to())))?;
        let violated = |violation| broken(&[violation]);
        let outer;
        let data = if is_form(text) {
            let data = form_value(text, "data").ok_or_else(|| refuse("data: required, but absent or empty"))?;
            if !dialect.write.form {
                rules.tolerate(DeviationKind::BODY_STYLE, "", &mut deviations).map_err(violated)?;
            }
            Cow::Owned(data)
        } else {
            outer = dialect.mended(text, &mut deviations).map_err(violated)?;
            open_request(&outer, rules, &mut deviations).map_err(violated)?
        };
        let now = DateTime::at(self.options.clock.now());
        let mut fields = self.service.fields(interface).to_vec();
        // The names that peers write instead begin messages too.
        fields.extend(rules.spellings.iter().map(|spelling| &*spelling.wrong));
        let opened = account.keys.open(&data, dialect.window.candidates(now), &fields).map_err(unreadable)?;
        if opened.mended {
            rules.tolerate(DeviationKind::BASE64_STYLE, "data", &mut deviations).map_err(violated)?;
        }
        if opened.date != now.date() {
            rules
                .tolerate(crate::deviation::NEIGHBOURING_DAY, "data", &mut deviations)
                .map_err(violated)?;
        }
        if !opened.confirmed {
            rules
                .tolerate(crate::deviation::UNCONFIRMED_DAY, "data", &mut deviations)
                .map_err(violated)?;
        }
        let plaintext = match dialect.mended(&opened.text, &mut deviations).map_err(violated)? {
            Cow::Owned(mended) => mended,
            Cow::Borrowed(_) => opened.text,
        };
        let mut cx = Ctx::new(&*caller.user, opened.date);
        cx.dialect = dialect.clone();
        cx.address = caller.address;
        cx.deviations = deviations;
        cx.observer = self.options.observer.clone();
        Ok((cx, plaintext))
    }
}

/// Whether the body is `data=..` in place of JSON, whatever its content type says: tools call JSON a form unless told otherwise.
fn is_form(text: &str) -> bool {
    !text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
}

/// The value of `name` in a form. Base64 whose `+` came as a blank is put right when it is opened.
fn form_value(form: &str, name: &str) -> Option<String> {
    let pairs = form.trim().split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    let bytes = value.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = (*byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        match digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()) {
            Some(decoded_byte) => {
                decoded.push(decoded_byte);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_old_systems_write_it() {
        for (form, value) in [
            ("data=a%2Bb%2F%3D%3D", Some("a+b/==")),
            ("x=1&Data=abc=", Some("abc=")),
            ("data=a+b", Some("a+b")),
            ("data=%zz%2", Some("%zz%2")),
            ("data=", None),
            ("", None),
            ("{}", None),
        ] {
            assert_eq!(form_value(form, "data").as_deref(), value, "{form}");
        }
    }
}
