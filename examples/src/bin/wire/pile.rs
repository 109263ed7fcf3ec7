//! `wire pile`: the signature of order callbacks.
use crate::{
    io::{Input, Output},
    secrets::SignSecret,
};
use examples::fault::Fault;
use pile_proto::{CallbackSigner, Params};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Signs the parameters of a callback, given as a form (a=1&b=2): the signature in hexadecimal.
    /// A `sign` among them is no part of it.
    Sign {
        #[command(flatten)]
        secret: SignSecret,
        #[command(flatten)]
        input: Input,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<Output, Fault> {
        let Self::Sign { secret, input } = self;
        let secret = secret.get()?;
        let text = input.line()?;
        if text.trim_start().starts_with(['{', '['])
            || text
                .split('&')
                .any(|pair| !pair.trim().is_empty() && !pair.contains('='))
        {
            return Err(Fault::bad(
                "the input is no form: name=value, joined by &, is expected",
            ));
        }
        let params = Params::parse(text.trim()).map_err(Fault::bad)?;
        if params.iter().next().is_none() {
            return Err(Fault::bad("there are no parameters to sign"));
        }
        Ok(Output::Line(
            "sign",
            CallbackSigner::new(secret).sign(&params),
        ))
    }
}
