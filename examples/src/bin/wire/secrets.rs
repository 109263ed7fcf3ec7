//! Secrets: from an option, from a file, or from the environment.
use examples::fault::Fault;
use std::{env, fs, path::PathBuf};

macro_rules! secrets {
    ($($name:ident: $long:literal $file:literal $env:literal $what:literal;)*) => {$(
        /// A secret, given as an option, in a file or in the environment.
        #[derive(clap::Args, Clone)]
        pub(crate) struct $name {
            #[arg(id = $long, long = $long, value_name = "SECRET", allow_hyphen_values = true,
                conflicts_with = $file,
                help = concat!($what, " [file: --", $file, "] [env: ", $env, "]"))]
            given: Option<String>,
            #[arg(id = $file, long = $file, value_name = "FILE", hide = true)]
            file: Option<PathBuf>,
        }

        impl $name {
            /// The secret, if it is given anywhere.
            ///
            /// # Errors
            /// A file that cannot be read.
            pub(crate) fn find(&self) -> Result<Option<String>, Fault> {
                find(&self.given, &self.file, $env)
            }

            /// The secret.
            ///
            /// # Errors
            /// It is given nowhere; a file that cannot be read.
            #[allow(dead_code, reason = "some are never asked for by themselves")]
            pub(crate) fn get(&self) -> Result<String, Fault> {
                self.find()?.ok_or_else(|| Fault::missing($long))
            }
        }
    )*};
}

secrets! {
    Key: "key" "key-file" "WIRE_KEY" "The key, its characters as they were given out: 8 for \
        passwords of sztc, 24 for kt";
    Iv: "iv" "iv-file" "WIRE_IV" "The initialization vector, its characters as they were given \
        out: 16 for evcs; 8 for sztc, where it is the key unless given";
    DataSecret: "data-secret" "data-secret-file" "WIRE_DATA_SECRET" "DataSecret, 16 characters as \
        they were given out";
    SigSecret: "sig-secret" "sig-secret-file" "WIRE_SIG_SECRET" "SigSecret";
    OperatorSecret: "operator-secret" "operator-secret-file" "WIRE_OPERATOR_SECRET" "OperatorSecret, with which a token is asked for";
    SignSecret: "secret" "secret-file" "WIRE_SECRET" "The secret that stands behind the signed \
        text";
    Password: "password" "password-file" "WIRE_PASSWORD" "The password";
    Token: "token" "token-file" "WIRE_TOKEN" "The token";
}

fn find(
    given: &Option<String>,
    file: &Option<PathBuf>,
    variable: &str,
) -> Result<Option<String>, Fault> {
    match (given, file) {
        (Some(given), _) => Ok(Some(given.clone())),
        (None, Some(file)) => match fs::read_to_string(file) {
            Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
            Err(cause) => Err(Fault::usage(format!(
                "{} cannot be read: {cause}",
                file.display()
            ))),
        },
        (None, None) => match env::var(variable) {
            Ok(value) if !value.is_empty() => Ok(Some(value)),
            Ok(_) | Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(_)) => {
                Err(Fault::usage(format!("{variable} is not UTF-8")))
            }
        },
    }
}
