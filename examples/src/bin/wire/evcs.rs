//! `wire evcs`: the envelope of T/CEC 102.
use crate::{
    io::{Fault, Input, Output},
    secrets::{DataSecret, Iv, SigSecret},
};
use evcs_proto::{
    Accept, Deviations, Dialect, Form, Keys, LAST_SEQ, OpenError, Ret, Stamp, Timestamp,
    envelope::{read_reply, read_request, seal_reply, seal_request},
};
use std::time::SystemTime;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Seals the plaintext of a request: {OperatorID, Data, TimeStamp, Seq, Sig}. The input is sealed as it is, a newline at its end too.
    Seal {
        /// OperatorID of the sender [env: WIRE_OPERATOR].
        #[arg(long, value_name = "ID")]
        operator: Option<String>,
        #[command(flatten)]
        secrets: Secrets,
        /// TimeStamp, `yyyyMMddHHmmss` in China; now without it.
        #[arg(long)]
        timestamp: Option<String>,
        /// Seq, 1 to 9999.
        #[arg(long, default_value = "1")]
        seq: String,
        #[command(flatten)]
        input: Input,
    },
    /// Verifies and opens a request or reply: the plaintext exactly as it was sealed.
    Open {
        /// OperatorID that a request has to have.
        #[arg(long, value_name = "ID")]
        operator: Option<String>,
        #[command(flatten)]
        secrets: Secrets,
        #[command(flatten)]
        input: Input,
    },
    /// Seals the plaintext of a reply: {Ret, Msg, Data, Sig}. Without input there is no Data.
    Reply {
        /// Ret: 0 is success.
        #[arg(long, allow_negative_numbers = true)]
        ret: i32,
        /// Msg.
        #[arg(long, default_value = "")]
        msg: String,
        #[command(flatten)]
        secrets: Secrets,
        #[command(flatten)]
        input: Input,
    },
}

/// The secrets of one direction.
#[derive(clap::Args, Clone)]
pub struct Secrets {
    #[command(flatten)]
    pub data_secret: DataSecret,
    #[command(flatten)]
    pub iv: Iv,
    #[command(flatten)]
    pub sig_secret: SigSecret,
}

impl Secrets {
    /// Ready to use.
    ///
    /// # Errors
    /// One is missing or has the wrong length.
    pub fn keys(&self) -> Result<Keys, Fault> {
        self.keys_of("")
    }

    /// The same with the secret with which a token is asked for.
    ///
    /// # Errors
    /// As [`keys`](Self::keys).
    pub fn keys_of(&self, operator_secret: &str) -> Result<Keys, Fault> {
        let (data, iv, sig) = (self.data_secret.get()?, self.iv.get()?, self.sig_secret.get()?);
        Keys::new(operator_secret, data, iv, sig).map_err(Fault::usage)
    }
}

/// The operator's id: the option, or the environment.
///
/// # Errors
/// Neither is given.
pub fn operator(given: Option<String>) -> Result<String, Fault> {
    given
        .or_else(|| std::env::var("WIRE_OPERATOR").ok())
        .filter(|id| !id.is_empty())
        .ok_or_else(|| Fault::usage("--operator is missing: give it, or the environment variable WIRE_OPERATOR"))
}

impl Command {
    pub fn run(self) -> Result<Output, Fault> {
        match self {
            Self::Seal {
                operator: id,
                secrets,
                timestamp,
                seq,
                input,
            } => {
                let (id, keys) = (operator(id)?, secrets.keys()?);
                let now = Stamp {
                    second: Timestamp::at(SystemTime::now()),
                    number: 1,
                };
                let timestamp = timestamp.unwrap_or_else(|| now.timestamp());
                let wrong = || Fault::usage(format!("--timestamp has to be yyyyMMddHHmmss and --seq a number from 1 to {LAST_SEQ}"));
                let stamp = Stamp::parse(&timestamp, &seq).ok_or_else(wrong)?;
                Ok(Output::Json(seal_request(&keys, &id, stamp, &input.text()?, Form::default())))
            }
            Self::Open { operator, secrets, input } => {
                let keys = secrets.keys()?;
                let text = input.text()?;
                let (sender, plaintext) = open(text.trim(), &keys, &mut Deviations::default()).map_err(Fault::bad)?;
                match (operator, sender) {
                    (Some(expected), Some(found)) if expected != found => {
                        Err(Fault::bad(format!("OperatorID: the request is from {found:?}, not from {expected:?}")))
                    }
                    _ => Ok(Output::Exact("plaintext", plaintext.unwrap_or_default())),
                }
            }
            Self::Reply { ret, msg, secrets, input } => {
                let keys = secrets.keys()?;
                let plaintext = input.text()?;
                let plaintext = (!plaintext.is_empty()).then_some(plaintext.as_str());
                Ok(Output::Json(seal_reply(Some(&keys), Ret(ret), &msg, plaintext, Form::default())))
            }
        }
    }
}

/// Opens a request (with its sender) or a reply (whose Data may be absent), whichever `text` is.
///
/// # Errors
/// An envelope that is neither, a wrong signature, Data that does not open.
pub fn open(text: &str, keys: &Keys, deviations: &mut Deviations) -> Result<(Option<String>, Option<String>), OpenError> {
    let Dialect { read: rules, .. } = Dialect::default();
    let accept = Accept::default();
    if is_reply(text) {
        let reply = read_reply(text, &rules, deviations).map_err(OpenError::Envelope)?;
        let verified = reply.verify(keys, accept, &rules, deviations)?;
        let plaintext = verified.map(|verified| verified.open(keys, accept, &rules, deviations)).transpose()?;
        return Ok((None, plaintext));
    }
    let request = read_request(text, &rules, deviations).map_err(OpenError::Envelope)?;
    let sender = request.operator_id.clone().into_owned();
    let plaintext = request.verify(keys, &rules, deviations)?.open(keys, accept, &rules, deviations)?;
    Ok((Some(sender), Some(plaintext)))
}

/// Whether it has the field that only replies have.
fn is_reply(text: &str) -> bool {
    let value: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).ok();
    value.is_some_and(|value| value.keys().any(|key| key.eq_ignore_ascii_case("Ret")))
}
