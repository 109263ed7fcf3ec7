//! What became of a request, by the reply to it.
use super::{Reading, Reply};
use crate::traffic::Fault;
use examples::{explain::Explanation, registry::Protocol};

impl Reading {
    /// What became of it, and why it was refused or cannot be read.
    pub(crate) fn outcome(&self, faults: &[Fault]) -> (&'static str, Option<String>) {
        let told = match &self.reply {
            _ if faults.contains(&Fault::ReplyLost) => return ("lost", None),
            Reply::None => return ("lost", None),
            _ if faults.contains(&Fault::ReplyCorrupted) => {
                return ("unreadable", Some("changed on the line".to_owned()));
            }
            Reply::Told(told) => Ok(told),
            other => Err(other),
        };
        if let Ok(told) = told {
            match (self.refusal(told), self.refused_entries(told)) {
                (Some(reason), _) | (None, Some((true, reason))) => {
                    return ("refused", Some(reason));
                }
                (None, Some((false, reason))) => return ("answered", Some(reason)),
                (None, None) => {}
            }
        }
        if let Some(status) = self.status.filter(|status| *status >= 400) {
            return ("refused", Some(format!("HTTP {status}")));
        }
        match told {
            Ok(told) => match self.lacks(told) {
                Some(reason) => ("unreadable", Some(reason)),
                None => ("answered", None),
            },
            Err(Reply::TooLong) => ("answered", Some("too long to be read here".to_owned())),
            Err(Reply::Unreadable(reason)) => ("unreadable", Some(reason.clone())),
            Err(_) => ("lost", None),
        }
    }

    /// Whether the reply was read, and is what the asker got.
    pub(crate) fn is_answered(&self, faults: &[Fault]) -> bool {
        matches!(self.reply, Reply::Told(_)) && self.outcome(faults).0 == "answered"
    }

    /// What a reply lacks without which its asker has no answer.
    fn lacks(&self, reply: &Explanation) -> Option<String> {
        let sealed = || {
            reply
                .message
                .violations
                .iter()
                .find(|found| ["Sig", "Data", "data"].contains(&found.path.as_str()))
        };
        let code = match self.protocol {
            Protocol::Sztc => "resultCode",
            Protocol::Evcs => "Ret",
            Protocol::Kt => "resCode",
            // Its answers may do without the envelope.
            Protocol::Xingxing
                if reply
                    .fields
                    .iter()
                    .any(|field| field.meaning.is_some() || field.name == "Ret") =>
            {
                return None;
            }
            Protocol::Xingxing => {
                return Some("a reply without any field of the document".to_owned());
            }
            // Each vendor has an envelope of its own, or none.
            Protocol::Pile => return None,
        };
        if !reply
            .fields
            .iter()
            .any(|field| field.name.eq_ignore_ascii_case(code))
        {
            return Some(format!("a reply without {code}"));
        }
        let closed =
            sealed().filter(|_| self.protocol == Protocol::Evcs && reply.plain.is_empty())?;
        Some(format!("{}: {}", closed.path, closed.what))
    }

    /// The entries of a reply of DB4403/T 313 that are refused: whether all are, and which.
    fn refused_entries(&self, reply: &Explanation) -> Option<(bool, String)> {
        if self.protocol != Protocol::Sztc {
            return None;
        }
        let codes = reply.fields.iter().filter_map(|field| {
            let entry = field
                .path
                .strip_suffix(".code")
                .filter(|entry| entry.starts_with("data[") && entry.ends_with(']'))?;
            let code = text(&field.value);
            (code != "0" && code != "null").then_some((entry, code))
        });
        let refused: Vec<(&str, String)> = codes.collect();
        let (entry, code) = refused.first()?;
        let message = value(reply, &format!("{entry}.message")).unwrap_or_default();
        // Entries that are answered are read as items, refused ones are not.
        Some(match (refused.len(), reply.plain.len()) {
            (1, 0) => (true, format!("{code} {message}")),
            (count, 0) => (
                true,
                format!("all {count} entries; {entry}: {code} {message}"),
            ),
            (count, others) => (
                false,
                format!(
                    "{count} of {} entries refused; {entry}: {code} {message}",
                    count + others
                ),
            ),
        })
    }

    /// Code and message of a refusal of the whole.
    fn refusal(&self, reply: &Explanation) -> Option<String> {
        let code_and = |code: &str, message: &str| {
            let code = value(reply, code).filter(|code| code != "0" && code != "null")?;
            Some(value(reply, message).map_or(code.clone(), |message| format!("{code} {message}")))
        };
        match self.protocol {
            Protocol::Sztc if self.refused_entries(reply).is_some() => None,
            Protocol::Sztc => code_and("resultCode", "resultMsg"),
            Protocol::Evcs => code_and("Ret", "Msg"),
            // Both 0 and 200 are success.
            Protocol::Xingxing => {
                code_and("Ret", "Msg").filter(|reason| reason.split(' ').next() != Some("200"))
            }
            Protocol::Kt => code_and("resCode", "resMsg"),
            Protocol::Pile => code_and("code", "msg"),
        }
    }
}

/// The value at `path`, unless it is empty.
fn value(reply: &Explanation, path: &str) -> Option<String> {
    let field = reply.fields.iter().find(|field| field.path == path)?;
    Some(text(&field.value)).filter(|value| !value.is_empty())
}

/// The text of a value that is told as JSON; a long one is cut off, and has no quote at its end.
fn text(json: &str) -> String {
    let whole = json.strip_suffix('…').map(|cut| format!("{cut}\""));
    let text = [Some(json), whole.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|json| serde_json::from_str(json).ok());
    text.unwrap_or_else(|| json.trim_matches('"').to_owned())
}
