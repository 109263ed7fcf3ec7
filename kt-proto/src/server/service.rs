use super::Ctx;
use crate::{Outcome, Refusal, model::*, refuse};

/// What an interface that a service does not offer is answered with.
fn not_offered(name: &str) -> Refusal {
    refuse(format!("{name} is not offered here (接口未提供)"))
}

macro_rules! service_methods {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ", ", stringify!($marker), ")")]
        #[doc(alias = $title)]
        ///
        /// What breaks the document's rules is answered before it comes here.
        fn $method(&self, cx: &Ctx, request: $request) -> impl Future<Output = Outcome<$reply>> + Send {
            let _ = (cx, request);
            async { Err(not_offered(stringify!($marker))) }
        }
    )*};
}

macro_rules! forward {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {$(
        fn $method(&self, cx: &Ctx, request: $request) -> impl Future<Output = Outcome<$reply>> + Send {
            (**self).$method(cx, request)
        }
    )*};
}

macro_rules! service {
    ($(#[$doc:meta])* $service:ident, $rows:ident) => {
        $(#[$doc])*
        pub trait $service: Send + Sync + 'static {
            crate::$rows!(service_methods);

            /// An interface outside the table, by the last part of its address: `plaintext` is the opened `data`, the answer the JSON list of the reply's
            /// `data`, or empty for none. [`answer_plaintext`](crate::answer_plaintext) does for it what the table's interfaces get.
            fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> impl Future<Output = Outcome<String>> + Send {
                let _ = (cx, plaintext);
                let refusal = not_offered(interface);
                async move { Err(refusal) }
            }
        }

        impl<S: $service> $service for std::sync::Arc<S> {
            crate::$rows!(forward);

            fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> impl Future<Output = Outcome<String>> + Send {
                (**self).other(cx, interface, plaintext)
            }
        }
    };
}

service! {
    /// What a lot's own system serves (下行): implement the methods you need, the others are refused.
    LotService, for_each_lot_interface
}
service! {
    /// What a third party serves (上行): implement the methods you need, the others are refused.
    CloudService, for_each_cloud_interface
}
