use super::{
    AggregatorService, ServerOptions, VendorService,
    dispatch::{Aggregator, Vendor},
    pipeline::Pipeline,
};
use crate::{
    CallbackSigner, Dialect, SharedSchedule,
    endpoint::{Endpoint, OrderCallback, Role},
};
use axum::Router;
use park_core::{CallbackAuth, server::BasePaths};
use std::sync::Arc;

macro_rules! router {
    ($(#[$doc:meta])* $router:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        pub struct $router {
            pipeline: Pipeline,
            bases: BasePaths,
            $($(#[$field_doc])* $field: $type,)*
        }

        impl $router {
            /// Speaks the vendor's dialect, in place of the one in the options.
            #[must_use]
            pub fn dialect(mut self, dialect: impl Into<Arc<Dialect>>) -> Self {
                Arc::make_mut(&mut self.pipeline.options).dialect = dialect.into();
                self
            }

            /// Names the other side, for logs, the observer and services, in place of the peer in
            /// the options.
            #[must_use]
            pub fn named(mut self, peer: impl Into<Arc<str>>) -> Self {
                Arc::make_mut(&mut self.pipeline.options).peer = peer.into();
                self
            }
        }

        park_core::router_verbs!($router, "/");
    };
}

router! {
    /// Serves a [`VendorService`]: the queries and the control of a vendor, under the paths that
    /// the dialect has, by GET or POST.
    ///
    /// Refusals have the codes of the dialect's [`ReplyShape`](crate::ReplyShape). Ours have an
    /// HTTP status as well, 400, 401, 404 or 500, since the document has no codes; a service's own
    /// go with 200.
    VendorRouter {}
}
router! {
    /// Serves an [`AggregatorService`]: the callback of one vendor, as a form or JSON, whichever
    /// comes. Several vendors have a router each.
    ///
    /// A callback that is not taken is answered with a code of the dialect's
    /// [`ReplyShape`](crate::ReplyShape) and an HTTP status that is not 200, so that a vendor that
    /// knows no code tells it again.
    AggregatorRouter {
        /// Where the callback lies under each base path.
        path: String,
    }
}

impl VendorRouter {
    /// Serves `service` to whom `verifier` accepts: the token is where the dialect has it, and the
    /// vendor hands it out as it likes (3.4).
    pub fn new(service: impl VendorService, verifier: CallbackAuth) -> Self {
        Self {
            pipeline: Pipeline::new(Vendor(service), verifier),
            bases: BasePaths::default(),
        }
    }

    /// The routes, to be served by [`serve`](crate::serve).
    ///
    /// # Panics
    /// The dialect has two interfaces at one path, a path that is none, or one for an interface
    /// that there is none of.
    pub fn into_router(self) -> Router {
        let dialect = self.pipeline.dialect();
        let unknown = dialect.unknown_path();
        assert!(
            unknown.is_none(),
            "the dialect has a path for {unknown:?}, which is no interface of the document"
        );
        self.pipeline.routes(&self.bases, Role::Vendor, |info| {
            dialect.path_of(info.name).to_owned()
        })
    }
}

impl AggregatorRouter {
    /// Serves `service` to whom `verifier` accepts by `Authorization: Bearer {token}`. The document
    /// has no authentication; what cannot be known of the sender is that of
    /// [`CallbackAuth::dangerous_accept_unauthenticated`].
    pub fn new(service: impl AggregatorService, verifier: CallbackAuth) -> Self {
        Self {
            pipeline: Pipeline::new(Aggregator(service), verifier),
            bases: BasePaths::default(),
            path: OrderCallback::NAME.to_owned(),
        }
    }

    /// Serves `service` to whoever signs as `signer` does. A signed callback has no time in it:
    /// whoever has read one can send it again.
    pub fn signed(service: impl AggregatorService, signer: CallbackSigner) -> Self {
        let mut router = Self::new(service, CallbackAuth::dangerous_accept_unauthenticated());
        router.pipeline.signer = Some(signer);
        router
    }

    /// Tells `schedule` of every order that the service took, so that it is not asked for while
    /// callbacks come.
    #[must_use]
    pub fn schedule(mut self, schedule: SharedSchedule) -> Self {
        self.pipeline.schedule = Some(schedule);
        self
    }

    /// Serves the callback at `path`, which is the whole of it unless a base path is set. Default
    /// `/orderCallback`.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = path.trim_matches('/').to_owned();
        self
    }

    /// The route, to be served by [`serve`](crate::serve).
    ///
    /// # Panics
    /// The path is none.
    pub fn into_router(self) -> Router {
        self.pipeline
            .routes(&self.bases, Role::Aggregator, |_| self.path.clone())
    }
}
