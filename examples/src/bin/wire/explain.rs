//! `wire explain`: what a message is and what every field of it means.
use crate::{
    evcs::Secrets,
    io::{Input, Output},
    secrets::{Key, SignSecret},
};
use examples::{
    explain::{self, Opener},
    fault::Fault,
    registry::{self, Interface, Protocol},
};
use kt_proto::Date;
use pile_proto::CallbackSigner;
use std::path::Path;

/// Tells what a message is: interface, direction, every field with its meaning, unit and table, and
/// what departs from the document.
///
/// Takes a message of any of the five protocols: an envelope, a bare body, a form, an address with
/// a query, an HTTP request or reply, a TCP frame as bytes or in hexadecimal. It finds out by
/// itself which; where several interfaces fit, all are listed and the fields explained by the
/// first. Sealed data is opened and explained too if the secrets are given: `--data-secret`,
/// `--iv`, `--sig-secret` for evcs, `--key` for kt; `--secret` checks the signature of a callback
/// of pile. Exit status 1 if the message breaks a rule of its document.
#[derive(clap::Args)]
pub(crate) struct Args {
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

impl Args {
    pub(crate) fn run(self, json: bool) -> Result<Output, Fault> {
        let (wanted, opener) = (self.wanted()?, self.opener()?);
        let bytes = self.input.bytes()?;
        let explanation = explain::read(&bytes, &wanted, &opener)?;
        if explanation.interface().is_none()
            && explanation.fields.is_empty()
            && explanation.message.notes.is_empty()
        {
            let is_file = std::str::from_utf8(&bytes).is_ok_and(|text| Path::new(text).is_file());
            let hint = if is_file {
                "; it is the name of a file: give that as < FILE"
            } else {
                ""
            };
            return Err(Fault::bad(format!(
                "nothing in it tells which message it is{hint}"
            )));
        }
        let bad = !explanation.message.violations.is_empty();
        let text = if json {
            explanation.json().to_string()
        } else {
            explanation.text()
        };
        Ok(Output::Report(text, bad))
    }

    /// With the secrets that are given.
    fn opener(&self) -> Result<Opener, Fault> {
        let mut opener = Opener::default();
        if let Some(date) = &self.date {
            let date: Date = date
                .parse()
                .map_err(|_| Fault::usage("--date has to be a day like 2019-02-25"))?;
            opener = opener.date(date);
        }
        if self.secrets.data_secret.find()?.is_some() {
            opener = opener.evcs(self.secrets.keys()?);
        }
        if let Some(key) = self.key.find()? {
            opener = opener.kt(kt_proto::Keys::new(key).map_err(Fault::usage)?);
        }
        if let Some(secret) = self.sign_secret.find()? {
            opener = opener.pile(CallbackSigner::new(secret));
        }
        Ok(opener)
    }

    /// The interfaces in question.
    fn wanted(&self) -> Result<Vec<&'static Interface>, Fault> {
        let named = |interface: &&'static Interface| {
            self.protocol
                .is_none_or(|protocol| protocol == interface.protocol)
                && self
                    .interface
                    .as_ref()
                    .is_none_or(|name| interface.is_called(name))
        };
        let wanted: Vec<_> = registry::all().iter().filter(named).collect();
        match (wanted.is_empty(), &self.interface) {
            (true, Some(name)) => Err(Fault::usage(format!(
                "--interface: there is no interface {name:?}"
            ))),
            _ => Ok(wanted),
        }
    }
}
