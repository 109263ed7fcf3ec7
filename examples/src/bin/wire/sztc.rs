//! `wire sztc`: DB4403/T 313.
use crate::{
    io::{Input, Output},
    secrets::{Iv, Key},
};
use examples::{
    fault::Fault,
    frames::{decode, unhex},
    sealed::password_key,
};
use serde_json::{json, value::RawValue};
use sztc_proto::{
    Algorithm, PasswordKey, Scheme, Scope, canonical,
    endpoint::Info,
    frame::{self, Direction, Frame, Version},
};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Signs the JSON of `data` (6.1.1 g, D.1): the signature in hexadecimal.
    Sign {
        /// The hash.
        #[arg(long, value_enum, default_value = "sha1")]
        algorithm: Hash,
        /// What is hashed: the canonical elements one after another, or the whole list.
        #[arg(long, value_enum, default_value = "elements")]
        scope: Part,
        #[command(flatten)]
        input: Input,
    },
    /// Writes JSON in canonical form, over which signatures are made. No newline is added.
    Canonical {
        #[command(flatten)]
        input: Input,
    },
    /// The frame of a TCP connection (6.1.3), in hexadecimal.
    #[command(subcommand)]
    Frame(FrameCommand),
    /// Passwords of 1001, 1002 and 1004: DES-CBC with PKCS7 padding, as Base64.
    #[command(subcommand)]
    Password(PasswordCommand),
}

#[derive(clap::Subcommand)]
pub(crate) enum FrameCommand {
    /// Puts JSON into a frame; without any the frame has no data.
    Encode {
        /// Number of the interface, such as 1006.
        #[arg(long)]
        command: u16,
        /// Packet number; a reply has that of its request.
        #[arg(long)]
        packet: u32,
        /// Whether it asks or answers.
        #[arg(long, value_enum, default_value = "request")]
        direction: Way,
        #[command(flatten)]
        input: Input,
    },
    /// Takes a frame apart: one JSON object {version, packetNo, length, direction, command, name,
    /// crc, data}.
    Decode {
        #[command(flatten)]
        input: Input,
    },
}

#[derive(clap::Subcommand)]
pub(crate) enum PasswordCommand {
    /// Seals a password.
    Seal(PasswordArgs),
    /// Opens a sealed password.
    Open(PasswordArgs),
}

#[derive(clap::Args)]
pub(crate) struct PasswordArgs {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    iv: Iv,
    #[command(flatten)]
    input: Input,
}

#[derive(clap::ValueEnum, Clone, Copy)]
pub(crate) enum Hash {
    Sha1,
    Md5,
}

#[derive(clap::ValueEnum, Clone, Copy)]
pub(crate) enum Part {
    Elements,
    List,
}

#[derive(clap::ValueEnum, Clone, Copy)]
pub(crate) enum Way {
    Request,
    Reply,
}

impl Command {
    pub(crate) fn run(self) -> Result<Output, Fault> {
        match self {
            Self::Sign {
                algorithm,
                scope,
                input,
            } => {
                let algorithm = match algorithm {
                    Hash::Sha1 => Algorithm::Sha1,
                    Hash::Md5 => Algorithm::Md5,
                };
                let scope = match scope {
                    Part::Elements => Scope::Elements,
                    Part::List => Scope::List,
                };
                let data = input.text()?;
                if !data.trim_start().starts_with(['{', '[']) && canonical(&data).is_ok() {
                    return Err(Fault::bad(
                        "the JSON is no data of a message: a list of entries or one entry is \
                            expected",
                    ));
                }
                let sign = Scheme::new(algorithm, scope)
                    .sign(&data)
                    .map_err(Fault::bad)?;
                Ok(Output::Line("sign", sign))
            }
            Self::Canonical { input } => Ok(Output::Exact(
                "canonical",
                canonical(&input.text()?).map_err(Fault::bad)?,
            )),
            Self::Frame(command) => command.run(),
            Self::Password(PasswordCommand::Seal(args)) => {
                let key = args.key()?;
                Ok(Output::Line("sealed", key.seal(&args.input.line()?)))
            }
            Self::Password(PasswordCommand::Open(args)) => {
                let key = args.key()?;
                let password = key.open(&args.input.line()?).map_err(Fault::bad)?;
                Ok(Output::Exact("password", password.expose().to_owned()))
            }
        }
    }
}

impl PasswordArgs {
    fn key(&self) -> Result<PasswordKey, Fault> {
        password_key(self.key.get()?, self.iv.find()?)
    }
}

impl FrameCommand {
    fn run(self) -> Result<Output, Fault> {
        match self {
            Self::Encode {
                command,
                packet,
                direction,
                input,
            } => {
                let text = input.text()?;
                let data = text.trim();
                if !data.is_empty() {
                    canonical(data).map_err(Fault::bad)?;
                }
                let frame = Frame {
                    version: Version::V1_0,
                    packet,
                    direction: match direction {
                        Way::Request => Direction::Request,
                        Way::Reply => Direction::Reply,
                    },
                    command,
                    data: data.to_owned().into(),
                };
                let mut bytes = Default::default();
                frame::encode(&frame, &mut bytes).map_err(Fault::bad)?;
                Ok(Output::Line(
                    "frame",
                    bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
                ))
            }
            Self::Decode { input } => {
                let text = input.text()?;
                let bytes = unhex(&text)?;
                let (frame, crc) = decode(&bytes)?;
                Ok(Output::Json(describe(&frame, crc)))
            }
        }
    }
}

/// The frame as one JSON object; its data as it came if that is JSON, else as text.
fn describe(frame: &Frame, crc: u16) -> String {
    let text = String::from_utf8_lossy(&frame.data);
    let data = match serde_json::from_str::<&RawValue>(&text) {
        Ok(raw) => raw.get().to_owned(),
        Err(_) if text.is_empty() => "null".to_owned(),
        Err(_) => json!(text).to_string(),
    };
    let direction = match frame.direction {
        Direction::Request => "request",
        Direction::Reply => "reply",
    };
    format!(
        r#"{{"version":"{}","packetNo":{},"length":{},"direction":"{direction}","command":{},"name":{},"crc":"{crc:04X}","data":{data}}}"#,
        frame.version,
        frame.packet,
        frame.data.len(),
        frame.command,
        json!(Info::of(&frame.command.to_string()).map(|info| info.method)),
    )
}
