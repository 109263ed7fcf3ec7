use super::{
    Accounts, CloudService, LotService, ServerOptions,
    desk::Desk,
    dispatch::{Cloud, Lot},
    http::routes,
};
use axum::Router;
use std::{fmt, sync::Arc};

macro_rules! router {
    ($(#[$doc:meta])* $router:ident, $service:ident, $role:ident) => {
        $(#[$doc])*
        ///
        /// Refusals are HTTP 200 with resCode 1. Headers `user` and `pwd` are checked first; then `data` has to open with that user's key and today's date.
        pub struct $router {
            desk: Desk,
            base: String,
        }

        impl $router {
            /// Serves `service` to the users in `accounts`; a single caller is a [`Credentials`](crate::Credentials).
            pub fn new(service: impl $service, accounts: impl Accounts) -> Self {
                Self {
                    desk: Desk {
                        service: Arc::new($role(service)),
                        accounts: Arc::new(accounts),
                        options: Arc::default(),
                    },
                    base: String::new(),
                }
            }

            /// The same, answering as `options` say.
            #[must_use]
            pub fn options(mut self, options: ServerOptions) -> Self {
                self.desk.options = Arc::new(options);
                self
            }

            /// The same with everything under `base`. Default the root.
            #[must_use]
            pub fn base_path(mut self, base: impl Into<String>) -> Self {
                self.base = base.into();
                self
            }

            /// The routes, to be served by [`serve`](crate::serve).
            pub fn into_router(self) -> Router {
                routes(self.desk, &self.base)
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
    /// Serves a [`LotService`], under the modern and the legacy addresses.
    LotRouter, LotService, Lot
}
router! {
    /// Serves a [`CloudService`].
    CloudRouter, CloudService, Cloud
}
