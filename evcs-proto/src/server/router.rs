use super::{
    CpoService, EmspService, MemoryTokens, Operators, ServerOptions, Tokens,
    desk::Desk,
    dispatch::{Both, Cpo, Dispatch, Emsp},
    http::routes,
    token::TokenDesk,
};
use axum::Router;
use std::{fmt, sync::Arc, time::Duration};

/// Where the interfaces lie unless something else is said.
const BASE: &str = "/evcs/v1";

/// For how long a token is valid unless configured otherwise.
const TOKEN_LIFE: Duration = Duration::from_secs(7200);

macro_rules! router {
    ($(#[$doc:meta])* $router:ident) => {
        $(#[$doc])*
        ///
        /// It answers `query_token` by itself. Refusals are HTTP 200 with the document's envelope; which Ret answers what stands at
        /// [`refusal_of`](crate::refusal_of).
        pub struct $router {
            desk: Desk,
            bases: Vec<String>,
            /// Whether the tokens are the user's own; ours go by the options' clock.
            stored: bool,
        }

        impl $router {
            fn with(service: impl Dispatch + 'static, operators: impl Operators) -> Self {
                Self {
                    desk: Desk {
                        service: Arc::new(service),
                        operators: Arc::new(operators),
                        options: Arc::default(),
                        tokens: TokenDesk {
                            tokens: Arc::new(MemoryTokens::default()),
                            life: TOKEN_LIFE,
                        },
                    },
                    bases: Vec::new(),
                    stored: false,
                }
            }

            /// The same, answering as `options` say.
            #[must_use]
            pub fn options(mut self, options: ServerOptions) -> Self {
                if !self.stored {
                    self.desk.tokens.tokens = Arc::new(MemoryTokens::new(options.clock.clone()));
                }
                self.desk.options = Arc::new(options);
                self
            }

            /// The same, keeping tokens in `tokens`, for example in a store that several instances share, or one that both routers share.
            #[must_use]
            pub fn tokens(mut self, tokens: impl Tokens) -> Self {
                self.desk.tokens.tokens = Arc::new(tokens);
                self.stored = true;
                self
            }

            /// The same, with tokens that live this long (TokenAvailableTime), at most seven days. Default two hours.
            #[must_use]
            pub fn token_life(mut self, life: Duration) -> Self {
                self.desk.tokens.live(life);
                self
            }

            /// The same with the interfaces under `base`, such as `/evcs/v20160701`; said several times, under each of them. Default `/evcs/v1`.
            #[must_use]
            pub fn base_path(mut self, base: impl Into<String>) -> Self {
                let base = format!("/{}", base.into().trim_matches('/'));
                if !self.bases.contains(&base) {
                    self.bases.push(base);
                }
                self
            }

            /// The routes, to be served by [`serve`](crate::serve).
            pub fn into_router(mut self) -> Router {
                if self.bases.is_empty() {
                    self.bases.push(BASE.to_owned());
                }
                routes(self.desk, &self.bases)
            }
        }

        impl fmt::Debug for $router {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($router))
            }
        }
    };
}

router! {
    /// Serves a [`CpoService`] over HTTPS.
    CpoRouter
}
router! {
    /// Serves an [`EmspService`] over HTTPS.
    EmspRouter
}
router! {
    /// Serves a [`CpoService`] and an [`EmspService`] under one address, for an operator that is both: one `query_token`, one store of tokens.
    PlatformRouter
}

impl CpoRouter {
    /// Serves `service` to the operators in `operators`.
    pub fn new(service: impl CpoService, operators: impl Operators) -> Self {
        Self::with(Cpo(service), operators)
    }
}

impl EmspRouter {
    /// Serves `service` to the operators in `operators`.
    pub fn new(service: impl EmspService, operators: impl Operators) -> Self {
        Self::with(Emsp(service), operators)
    }
}

impl PlatformRouter {
    /// Serves both services to the operators in `operators`. An interface outside the tables goes to `emsp` if its name begins with
    /// `notification_` or `check_`, otherwise to `cpo`.
    pub fn new(cpo: impl CpoService, emsp: impl EmspService, operators: impl Operators) -> Self {
        Self::with(Both(Cpo(cpo), Emsp(emsp)), operators)
    }
}
