//! What the services and routers of all protocols are made of. Without the feature `server` what a
//! TCP connection needs too: no HTTP.
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
mod token_issuer;
#[cfg(feature = "server")]
mod token_store;

pub use answering::{answer_span, answering};
#[cfg(feature = "server")]
pub use callback_auth::CallbackAuth;
pub use context::Ctx;
pub use dispatch::{Dispatch, answer, written};
pub use lookup::Lookup;
pub use options::ServerOptions;
#[cfg(feature = "server")]
pub use request::{
    BasePaths, Caller, NoBody, address, bearer, body_of, body_or, finish, not_posted, reply,
    to_the_end,
};
#[cfg(feature = "server")]
pub use serve::serve;
#[cfg(feature = "server")]
pub use serve_options::ServeOptions;
#[cfg(feature = "server")]
pub use token_issuer::TokenIssuer;
#[cfg(feature = "server")]
pub use token_store::{MemoryTokens, Tokens, random_token};

/// A router: the crate's `Pipeline`, its base paths, the verbs, and the routes that the crate's
/// function `routes` makes of both.
#[doc(hidden)]
#[macro_export]
macro_rules! router {
    ([$default:literal $(, $($issuer:ident).+)?] $(#[$doc:meta])* $router:ident) => {
        $(#[$doc])*
        pub struct $router {
            pipeline: Pipeline,
            bases: $crate::server::BasePaths,
        }

        impl $router {
            fn around(pipeline: Pipeline) -> Self {
                Self {
                    pipeline,
                    bases: $crate::server::BasePaths::default(),
                }
            }

            /// The routes, to be served by [`serve`](crate::serve), with TLS or without. Those of
            /// several roles can be merged.
            pub fn into_router(self) -> Router {
                routes(self.pipeline, &self.bases)
            }
        }

        $crate::router_verbs!($router, $default $(, $($issuer).+)?);
    };
}

/// The verbs that every router has; its fields `pipeline` and `bases` hold the options and where
/// the interfaces lie, and `$issuer` the tokens.
#[doc(hidden)]
#[macro_export]
macro_rules! router_verbs {
    ($router:ident, $default:literal, $($issuer:ident).+) => {
        $crate::router_verbs!($router, $default, |router,
            options| router.$($issuer).+.follow(&options.clock));

        impl $router {
            /// Keeps tokens in `tokens`, for example in a store that several instances share, or
            /// one that several routers share.
            #[must_use]
            pub fn tokens(mut self, tokens: impl Tokens) -> Self {
                self.$($issuer).+.store(tokens);
                self
            }

            /// How long tokens live. Default two hours.
            #[must_use]
            pub fn token_life(mut self, life: ::std::time::Duration) -> Self {
                self.$($issuer).+.live(life);
                self
            }
        }
    };
    ($router:ident, $default:literal) => {
        $crate::router_verbs!($router, $default, |_router, _options| ());
    };
    ($router:ident, $default:literal, |$self:ident, $options:ident| $set:expr) => {
        impl $router {
            /// Answers as `options` say.
            #[must_use]
            pub fn options(mut self, options: impl Into<ServerOptions>) -> Self {
                let options = options.into();
                {
                    let ($self, $options) = (&mut self, &options);
                    $set;
                }
                self.pipeline.options = ::std::sync::Arc::new(options);
                self
            }

            #[doc =
                concat!("Serves the interfaces under `base`. Call it repeatedly to serve several \
                    base paths. Default `", $default, "`.")]
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
