//! `wire evcs`: the envelope of T/CEC 102.
use crate::{
    io::{Input, Output},
    secrets::{DataSecret, Iv, SigSecret},
};
use evcs_proto::{
    Deviations, Keys, Timestamp,
    code::Ret,
    envelope::{Form, seal_reply, seal_request},
    sequence::{LAST_SEQ, Stamp},
};
use examples::{fault::Fault, sealed::open_evcs};
use std::time::SystemTime;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Seals the plaintext of a request: {OperatorID, Data, TimeStamp, Seq, Sig}. The input is
    /// sealed as it is, a newline at its end too.
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
pub(crate) struct Secrets {
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
    pub(crate) fn keys(&self) -> Result<Keys, Fault> {
        Keys::new(
            "",
            self.data_secret.get()?,
            self.iv.get()?,
            self.sig_secret.get()?,
        )
        .map_err(Fault::usage)
    }
}

/// The operator's id: the option, or the environment.
///
/// # Errors
/// Neither is given.
fn operator(given: Option<String>) -> Result<String, Fault> {
    find_operator(given)
        .filter(|id| !id.is_empty())
        .ok_or_else(|| {
            Fault::usage(
                "--operator is missing: give it, or the environment variable WIRE_OPERATOR",
            )
        })
}

/// The same, where it may be missing.
pub(crate) fn find_operator(given: Option<String>) -> Option<String> {
    given.or_else(|| std::env::var("WIRE_OPERATOR").ok())
}

impl Command {
    pub(crate) fn run(self) -> Result<Output, Fault> {
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
                let wrong = || {
                    Fault::usage(format!(
                        "--timestamp has to be yyyyMMddHHmmss and --seq a number from 1 to \
                            {LAST_SEQ}"
                    ))
                };
                let stamp = Stamp::parse(&timestamp, &seq).ok_or_else(wrong)?;
                Ok(Output::Json(seal_request(
                    &keys,
                    &id,
                    stamp,
                    &input.text()?,
                    Form::default(),
                )))
            }
            Self::Open {
                operator,
                secrets,
                input,
            } => {
                let keys = secrets.keys()?;
                let text = input.text()?;
                let (sender, plaintext) = open_evcs(text.trim(), &keys, &mut Deviations::default())
                    .map_err(Fault::bad)?;
                match (operator, sender) {
                    (Some(expected), Some(found)) if expected != found => Err(Fault::bad(format!(
                        "OperatorID: the request is from {found:?}, not from {expected:?}"
                    ))),
                    _ => Ok(Output::Exact("plaintext", plaintext.unwrap_or_default())),
                }
            }
            Self::Reply {
                ret,
                msg,
                secrets,
                input,
            } => {
                let keys = secrets.keys()?;
                let plaintext = input.text()?;
                let plaintext = (!plaintext.is_empty()).then_some(plaintext.as_str());
                Ok(Output::Json(seal_reply(
                    Some(&keys),
                    Ret(ret),
                    &msg,
                    plaintext,
                    Form::default(),
                )))
            }
        }
    }
}
