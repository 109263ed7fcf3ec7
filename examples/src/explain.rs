//! `wire explain`: what a message is and what every field of it means.
mod envelope;
mod fields;
mod fit;
mod message;
mod sealed;
mod show;
mod told;
mod units;

use crate::{
    evcs::Secrets,
    io::{Fault, Input, Output},
    registry::{self, Interface, Protocol},
    secrets::{Key, SignSecret},
};
use fields::Field;
use fit::Fit;
use message::{Item, Message, Way};

/// Tells what a message is: interface, direction, every field with its meaning, unit and table, and what departs from the document.
///
/// Takes a message of any of the five protocols: an envelope, a bare body, a form, an address with a query, an HTTP request, a TCP frame as bytes or in
/// hexadecimal. It finds out by itself which; where several interfaces fit, all are listed and the fields explained by the first. Sealed data is opened
/// and explained too if the secrets are given: `--data-secret`, `--iv`, `--sig-secret` for evcs, `--key` for kt; `--secret` checks the signature of a
/// callback of pile. Exit status 1 if the message breaks a rule of its document.
#[derive(clap::Args)]
pub struct Args {
    /// Only this protocol.
    #[arg(long, value_enum)]
    protocol: Option<Protocol>,
    /// Only this interface, by name or number.
    #[arg(long)]
    interface: Option<String>,
    #[command(flatten)]
    secrets: Secrets,
    #[command(flatten)]
    key: Key,
    /// The day on which a message of KT was sealed, YYYY-MM-DD; found out without it.
    #[arg(long)]
    date: Option<String>,
    #[command(flatten)]
    sign_secret: SignSecret,
    #[command(flatten)]
    input: Input,
}

/// Something found in a message.
pub struct Finding {
    /// Where, in wire names.
    pub path: String,
    /// Its name, for a deviation.
    pub kind: Option<String>,
    /// What it is.
    pub what: String,
}

/// Everything that is said of a message.
pub struct Explanation {
    /// What it was told to be.
    pub message: Message,
    /// The interfaces that fit best, with the side that it is.
    pub fits: Vec<Fit>,
    /// Its fields.
    pub fields: Vec<Field>,
}

impl Args {
    pub fn run(self, json: bool) -> Result<Output, Fault> {
        let wanted = self.wanted()?;
        let opener = sealed::Opener::new(&self.secrets, &self.key, self.date.as_deref(), &self.sign_secret)?;
        let bytes = self.input.bytes()?;
        let mut message = told::apart(&bytes)?;
        opener.open(&mut message);
        let explanation = explain(message, &wanted)?;
        let bad = !explanation.message.violations.is_empty();
        Ok(Output::Report(
            if json { show::json(&explanation) } else { show::text(&explanation) },
            bad,
        ))
    }

    /// The interfaces in question.
    fn wanted(&self) -> Result<Vec<&'static Interface>, Fault> {
        let named = |interface: &&'static Interface| {
            self.protocol.is_none_or(|protocol| protocol == interface.protocol)
                && self.interface.as_ref().is_none_or(|name| interface.is_called(name))
        };
        let wanted: Vec<_> = registry::all().iter().filter(named).collect();
        match (wanted.is_empty(), &self.interface) {
            (true, Some(name)) => Err(Fault::usage(format!("--interface: there is no interface {name:?}"))),
            _ => Ok(wanted),
        }
    }
}

/// Finds the interface of a message, explains its fields and reads it by the document's rules.
fn explain(mut message: Message, wanted: &[&'static Interface]) -> Result<Explanation, Fault> {
    let fits = fit::best(&message, wanted);
    let mut fields = std::mem::take(&mut message.envelope);
    let items = std::mem::take(&mut message.items);
    match fits.first() {
        Some(fit) => {
            message.protocol.get_or_insert(fit.interface.protocol);
            message.way.get_or_insert(fit.way);
            for item in &items {
                fields.extend(explain_item(item, fit, &mut message));
            }
        }
        None if !items.is_empty() && message.protocol.is_none() => {
            return Err(Fault::bad("no interface of the five protocols has these fields"));
        }
        None => {
            if !items.is_empty() {
                message.note("no interface in question has these fields");
            }
        }
    }
    Ok(Explanation { message, fits, fields })
}

fn explain_item(item: &Item, fit: &Fit, message: &mut Message) -> Vec<Field> {
    let at = |path: &str| match (item.path.is_empty(), path.is_empty() || path.starts_with('[')) {
        (true, _) => path.to_owned(),
        (_, true) => format!("{}{path}", item.path),
        _ => format!("{}.{path}", item.path),
    };
    let side = fit.side();
    let mut reading = (side.read)(&item.json);
    if message.texts {
        reading = registry::of_texts(reading);
    }
    for found in reading.deviations {
        message.deviates(at(&found.path), found.kind);
    }
    for found in reading.violations {
        message.breaks(at(&found.path), found.rule);
    }
    let mended = (side.mend)(&item.json);
    fields::of(mended.as_deref().unwrap_or(&item.json), side.schema(), &item.path, fit.interface.about)
}

impl Way {
    /// `request` or `reply`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn explained(bytes: &[u8]) -> Result<Explanation, Fault> {
        let wanted: Vec<_> = registry::all().iter().collect();
        explain(told::apart(bytes)?, &wanted)
    }

    proptest! {
        #[test]
        fn any_bytes_are_explained_or_refused(bytes: Vec<u8>) {
            let _ = explained(&bytes).map(|explanation| (show::json(&explanation), show::text(&explanation)));
        }

        #[test]
        fn any_members_are_explained_or_refused(
            names in proptest::collection::vec("timestamp|sign|data|Data|Ret|Sig|OperatorID|resCode|resultCode|id|plateNo|Status|ParkChargeResult|[a-z]{1,3}", 0..5),
            value in r#"[0-9]{1,20}|"[a-z0-9粤]{0,9}"|null|true|\[\]|\{\}|\[[0-9]\]|\{"code":[0-9]\}|\[\{"code":3002\}\]|\{"id":"1"\}"#,
        ) {
            let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":{value}")).collect();
            let text = format!("{{{}}}", members.join(","));
            let _ = explained(text.as_bytes()).map(|explanation| (show::json(&explanation), show::text(&explanation)));
        }

        #[test]
        fn any_form_is_explained_or_refused(text in "[a-zA-Z]{0,9}(=[%a-f0-9+]{0,6}&?){0,4}") {
            let _ = explained(text.as_bytes()).map(|explanation| (show::json(&explanation), show::text(&explanation)));
        }
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = format!("{{\"data\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let _ = explained(deep.as_bytes()).map(|explanation| show::json(&explanation));
        let deep = format!("{}1{}", "{\"data\":".repeat(100), "}".repeat(100));
        let _ = explained(deep.as_bytes()).map(|explanation| show::json(&explanation));
    }
}
