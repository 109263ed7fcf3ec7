//! Opens what is sealed in a message, if the secrets are given.
use super::message::{Message, Sealed};
use crate::sealed::{first_fields, open_evcs};
use evcs_proto::OpenError;
use kt_proto::{Date, DateTime, DateWindow, Opened};
use pile_proto::{CallbackSigner, Params, SIGN};
use std::time::SystemTime;
use sztc_proto::{DeviationKind, Deviations, Rules};

/// Keys to what is sealed. Without any it opens nothing.
#[derive(Debug, Clone, Default)]
pub struct Opener {
    evcs: Vec<evcs_proto::Keys>,
    kt: Vec<kt_proto::Keys>,
    date: Option<Date>,
    pile: Option<CallbackSigner>,
}

impl Opener {
    /// One more set of keys of the charging envelope: the first whose signature fits opens a
    /// message.
    pub fn evcs(mut self, keys: evcs_proto::Keys) -> Self {
        self.evcs.push(keys);
        self
    }

    /// One more key of KT: the first that fits opens a message.
    pub fn kt(mut self, keys: kt_proto::Keys) -> Self {
        self.kt.push(keys);
        self
    }

    /// The day on which messages of KT were sealed; found out without it.
    pub fn date(mut self, date: Date) -> Self {
        self.date = Some(date);
        self
    }

    /// What checks the signature of a callback of pile.
    pub fn pile(mut self, signer: CallbackSigner) -> Self {
        self.pile = Some(signer);
        self
    }

    /// Opens what is sealed in `message` and adds what is wrong with it.
    pub(super) fn open(&self, message: &mut Message) {
        match message.sealed.take() {
            Some(Sealed::Evcs(text)) => self.open_evcs(&text, message),
            Some(Sealed::Kt(data)) => self.open_kt(&data, message),
            Some(Sealed::Pile(form)) => {
                if let Some(signer) = &self.pile {
                    verify(&form, signer, message);
                }
            }
            None => {}
        }
        if let Some(hint) = message.hint.take() {
            message.note(hint);
        }
    }

    fn open_evcs(&self, text: &str, message: &mut Message) {
        let attempt = |keys| open_evcs(text, keys, &mut Deviations::default());
        let opened = first_of(self.evcs.iter().map(attempt), |error| {
            matches!(error, OpenError::Signature)
        });
        match opened {
            // What is wrong with the envelope was found before.
            None | Some(Err(OpenError::Envelope(_))) => {}
            Some(Err(error @ (OpenError::Signature | OpenError::Unsigned))) => {
                message.breaks("Sig", error)
            }
            Some(Err(error)) => message.breaks("Data", error),
            Some(Ok((_, plaintext))) => {
                message.hint = None;
                if let Some(plaintext) = plaintext {
                    message.item("", plaintext);
                }
            }
        }
    }

    fn open_kt(&self, data: &str, message: &mut Message) {
        let fields = first_fields();
        let attempt = |keys| self.open_by(keys, data, &fields);
        match first_of(self.kt.iter().map(attempt), |_| true) {
            None => {}
            Some(Err(error)) => message.breaks("data", error),
            Some(Ok(opened)) => {
                message.hint = None;
                message.note(format!("data was sealed with the day {}", opened.date));
                if opened.repaired {
                    message.deviates("data", DeviationKind::BASE64_STYLE);
                }
                message.item(
                    "",
                    kt_proto::envelope::without_trailing_commas(&opened.text).into_owned(),
                );
            }
        }
    }

    fn open_by(
        &self,
        keys: &kt_proto::Keys,
        data: &str,
        fields: &[&str],
    ) -> Result<Opened, kt_proto::OpenError> {
        let days: Vec<Date> = match self.date {
            Some(date) => vec![date],
            None => DateWindow::default()
                .candidates(DateTime::at(SystemTime::now()))
                .collect(),
        };
        match (keys.open(data, days, fields), self.date) {
            // An old message tells its day itself.
            (Err(kt_proto::OpenError::Date { sealed: Some(day) }), None) => {
                keys.open(data, [day], fields)
            }
            (opened, _) => opened,
        }
    }
}

/// The first result that is good or fails for another reason than the key's; else the first. `None`
/// if there are none.
fn first_of<T, E>(
    results: impl Iterator<Item = Result<T, E>>,
    is_of_key: impl Fn(&E) -> bool,
) -> Option<Result<T, E>> {
    let mut first = None;
    for result in results {
        match &result {
            Err(error) if is_of_key(error) => {
                first.get_or_insert(result);
            }
            _ => return Some(result),
        }
    }
    first
}

fn verify(form: &str, signer: &CallbackSigner, message: &mut Message) {
    let Ok(params) = Params::parse(form) else {
        return;
    };
    if params.get(SIGN).is_none() {
        return;
    }
    let mut deviations = Deviations::default();
    if let Err(violation) = signer.verify(&params, &Rules::default(), &mut deviations) {
        message.violates(violation);
    }
    message.deviate(&deviations);
}
