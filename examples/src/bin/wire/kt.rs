//! `wire kt`: the sealed requests of KT.
use crate::{
    io::{Input, Output},
    secrets::Key,
};
use examples::{fault::Fault, sealed::first_fields};
use kt_proto::{Date, Deviations, Dialect, Keys, envelope::open_request};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Seals the JSON of a request: {"data": ..}. The input is sealed as it is, a newline at its
    /// end too.
    Seal(Args),
    /// Opens {"data": ..}: the plaintext exactly as it was sealed.
    Open(Args),
}

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    key: Key,
    /// The day on which it is sealed, in China; today's date is part of the key.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: String,
    #[command(flatten)]
    input: Input,
}

impl Command {
    pub(crate) fn run(self) -> Result<Output, Fault> {
        let (Self::Seal(args) | Self::Open(args)) = &self;
        let keys = Keys::new(args.key.get()?).map_err(Fault::usage)?;
        let date: Date = args
            .date
            .parse()
            .map_err(|_| Fault::usage("--date has to be a day like 2019-02-25"))?;
        match self {
            Self::Seal(args) => {
                let text = args.input.text()?;
                let json = text.trim();
                // Samples of the document have commas that JSON does not allow, so no more is asked
                // of it.
                if !(json.starts_with('{') && json.ends_with('}')) {
                    return Err(Fault::bad(
                        "the plaintext is no JSON object, and nobody could open it",
                    ));
                }
                keys.seal_request(&text, date)
                    .map(Output::Json)
                    .map_err(Fault::bad)
            }
            Self::Open(args) => {
                let text = args.input.text()?;
                let data = open_request(
                    text.trim(),
                    &Dialect::default().read,
                    &mut Deviations::default(),
                )
                .map_err(Fault::bad)?;
                let opened = keys
                    .open(&data, [date], &first_fields())
                    .map_err(Fault::bad)?;
                Ok(Output::Exact("plaintext", opened.text))
            }
        }
    }
}
