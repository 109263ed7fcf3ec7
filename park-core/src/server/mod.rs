//! What the services and routers of all protocols are made of. Without the feature `server` what a TCP connection needs too: no HTTP.
mod answering;
#[cfg(feature = "server")]
mod callback_auth;
#[cfg(feature = "server")]
mod connection;
mod context;
mod dispatch;
#[cfg(feature = "server")]
mod guard;
mod lookup;
mod options;
#[cfg(feature = "server")]
mod request;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "server")]
mod serve_options;
#[cfg(feature = "server")]
mod token_store;

pub use answering::answering;
#[cfg(feature = "server")]
pub use callback_auth::CallbackAuth;
pub use context::Ctx;
pub use dispatch::{Dispatch, answer, written};
pub use lookup::Lookup;
pub use options::ServerOptions;
#[cfg(feature = "server")]
pub use request::{BasePaths, Caller, NoBody, address, bearer, body_of, finish, not_posted, reply, to_the_end};
#[cfg(feature = "server")]
pub use serve::serve;
#[cfg(feature = "server")]
pub use serve_options::ServeOptions;
#[cfg(feature = "server")]
pub use token_store::{MemoryTokens, Tokens, random_token};

/// The verbs that every router has; its fields `pipeline` and `bases` hold the options and where the interfaces lie.
#[doc(hidden)]
#[macro_export]
macro_rules! router_verbs {
    ($router:ident, $default:literal) => {
        impl $router {
            /// Answers as `options` say.
            #[must_use]
            pub fn options(mut self, options: impl Into<ServerOptions>) -> Self {
                self.set_options(options.into());
                self
            }

            #[doc = concat!("Serves the interfaces under `base`. Call it repeatedly to serve several base paths. Default `", $default, "`.")]
            #[must_use]
            pub fn base_path(mut self, base: impl AsRef<str>) -> Self {
                self.bases.add(base.as_ref());
                self
            }
        }

        impl ::std::fmt::Debug for $router {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(stringify!($router))
            }
        }
    };
}
