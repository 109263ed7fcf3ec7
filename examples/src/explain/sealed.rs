//! Opens what is sealed in a message, if the secrets are given.
use super::message::{Message, Sealed};
use crate::{
    evcs::{self, Secrets},
    io::Fault,
    kt,
    secrets::{Key, SignSecret},
};
use evcs_proto::OpenError;
use kt_proto::{Date, DateTime, DateWindow};
use pile_proto::{CallbackSigner, Params, SIGN};
use std::time::SystemTime;
use sztc_proto::{Deviations, Kind, Rules};

/// The secrets that were given.
pub struct Opener {
    evcs: Option<evcs_proto::Keys>,
    kt: Option<kt_proto::Keys>,
    date: Option<Date>,
    pile: Option<CallbackSigner>,
}

impl Opener {
    /// With what is given.
    ///
    /// # Errors
    /// A secret of the wrong length, a date that is none.
    pub fn new(secrets: &Secrets, key: &Key, date: Option<&str>, secret: &SignSecret) -> Result<Self, Fault> {
        let date = date.map(|date| date.parse().map_err(|_| Fault::usage("--date has to be a day like 2019-02-25")));
        Ok(Self {
            evcs: secrets.data_secret.find()?.map(|_| secrets.keys()).transpose()?,
            kt: key.find()?.map(|key| kt_proto::Keys::new(key).map_err(Fault::usage)).transpose()?,
            date: date.transpose()?,
            pile: secret.find()?.map(CallbackSigner::new),
        })
    }

    /// Opens what is sealed in `message` and adds what is wrong with it.
    pub fn open(&self, message: &mut Message) {
        match (message.sealed.take(), self) {
            (Some(Sealed::Evcs(text)), Self { evcs: Some(keys), .. }) => open_evcs(&text, keys, message),
            (Some(Sealed::Kt(data)), Self { kt: Some(keys), .. }) => self.open_kt(&data, keys, message),
            (Some(Sealed::Pile(form)), Self { pile: Some(signer), .. }) => verify(&form, signer, message),
            _ => {}
        }
    }

    fn open_kt(&self, data: &str, keys: &kt_proto::Keys, message: &mut Message) {
        let fields = kt::first_fields();
        let days: Vec<Date> = match self.date {
            Some(date) => vec![date],
            None => DateWindow::default().candidates(DateTime::at(SystemTime::now())).collect(),
        };
        let mut opened = keys.open(data, days, &fields);
        // An old message tells its day itself.
        if let (Err(kt_proto::OpenError::Date { sealed: Some(day) }), None) = (&opened, self.date) {
            opened = keys.open(data, [*day], &fields);
        }
        match opened {
            Err(error) => message.breaks("data", error),
            Ok(opened) => {
                message.notes.clear();
                message.note(format!("data was sealed with the day {}", opened.date));
                if opened.mended {
                    message.deviates("data", Kind::Base64Style);
                }
                message.item("", kt_proto::envelope::without_trailing_commas(&opened.text).into_owned());
            }
        }
    }
}

fn open_evcs(text: &str, keys: &evcs_proto::Keys, message: &mut Message) {
    let mut deviations = Deviations::default();
    match evcs::open(text, keys, &mut deviations) {
        // What is wrong with the envelope was found before.
        Err(OpenError::Envelope(_)) => {}
        Err(error @ (OpenError::Signature | OpenError::Unsigned)) => message.breaks("Sig", error),
        Err(error) => message.breaks("Data", error),
        Ok((_, plaintext)) => {
            message.notes.clear();
            if let Some(plaintext) = plaintext {
                message.item("", plaintext);
            }
        }
    }
}

fn verify(form: &str, signer: &CallbackSigner, message: &mut Message) {
    let Ok(params) = Params::parse(form) else { return };
    if params.get(SIGN).is_none() {
        return;
    }
    let mut deviations = Deviations::default();
    if let Err(violation) = signer.verify(&params, &Rules::default(), &mut deviations) {
        message.violates(violation);
    }
    message.deviate(&deviations);
}
