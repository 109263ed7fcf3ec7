use super::{
    ChargingService, ParkingService, ServerOptions,
    desk::{Desk, Gate},
    dispatch::{Charging, Dispatch, Parking},
    http::routes,
};
use axum::Router;
use park_core::CallbackAuth;
use std::{fmt, sync::Arc};

/// Where the interfaces lie unless something else is said, as at the sandbox (section 4).
const BASE: &str = "/parking";

macro_rules! router {
    ($(#[$doc:meta])* $router:ident) => {
        $(#[$doc])*
        ///
        /// The document knows no refusal. Plain ones are the envelope of 4.2.5 with a code of T/CEC 102, and an HTTP status (400, 401, 500, 503) for
        /// peers that look no further; sealed ones are HTTP 200 and that code.
        pub struct $router {
            desk: Desk,
            bases: Vec<String>,
        }

        impl $router {
            fn with(service: impl Dispatch + 'static, gate: Gate) -> Self {
                Self {
                    desk: Desk {
                        service: Arc::new(service),
                        gate,
                        options: Arc::default(),
                    },
                    bases: Vec::new(),
                }
            }

            /// The same, answering as `options` say.
            #[must_use]
            pub fn options(mut self, options: ServerOptions) -> Self {
                self.desk.options = Arc::new(options);
                self
            }

            /// The same with the interfaces under `base`; said several times, under each of them. Default `/parking`.
            #[must_use]
            pub fn base_path(mut self, base: impl Into<String>) -> Self {
                let base = format!("/{}", base.into().trim_matches('/'));
                if !self.bases.contains(&base) {
                    self.bases.push(base);
                }
                self
            }

            /// The routes, to be served by [`serve`](crate::serve), with TLS or without. Those of both roles can be merged; an address that is none of
            /// them is 404.
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
    /// Serves a [`ChargingService`]: query_parking_charge_result, also as query_park_charge_result, and query_parking_discount_result.
    ChargingRouter
}
router! {
    /// Serves a [`ParkingService`]: notification_parking_charge_result.
    ParkingRouter
}

impl ChargingRouter {
    /// Serves `service` to whom `verifier` accepts. The document has no authentication, so the two sides have to agree on one;
    /// [`CallbackAuth::dangerous_accept_unauthenticated`] is what it says by silence.
    pub fn new(service: impl ChargingService, verifier: CallbackAuth) -> Self {
        Self::with(Charging(service), Gate::Plain(verifier))
    }

    /// Serves `service` to the operators in `operators`, in the charging envelope.
    #[cfg(feature = "sealed")]
    pub fn sealed(service: impl ChargingService, operators: impl evcs_proto::Operators) -> Self {
        Self::with(Charging(service), Gate::Sealed(crate::seal::Receiver(Arc::new(operators))))
    }
}

impl ParkingRouter {
    /// Serves `service`, such as a [`Ledger`](crate::Ledger), to whom `verifier` accepts. The document has no authentication, so the two sides have to
    /// agree on one; with [`CallbackAuth::dangerous_accept_unauthenticated`] anybody who reaches the address can invent charging and so free parking.
    pub fn new(service: impl ParkingService, verifier: CallbackAuth) -> Self {
        Self::with(Parking(service), Gate::Plain(verifier))
    }

    /// Serves `service` to the operators in `operators`, in the charging envelope.
    #[cfg(feature = "sealed")]
    pub fn sealed(service: impl ParkingService, operators: impl evcs_proto::Operators) -> Self {
        Self::with(Parking(service), Gate::Sealed(crate::seal::Receiver(Arc::new(operators))))
    }
}
