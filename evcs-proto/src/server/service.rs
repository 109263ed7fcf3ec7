use super::Ctx;
use crate::{Outcome, Refusal, Ret, endpoint::*, model::*};

/// What an interface that a service does not offer is answered with: 4004.
fn not_offered(name: &str) -> Refusal {
    Refusal::new(Ret::WRONG_PARAMETERS, format!("{name} is not offered here (接口未提供)"))
}

macro_rules! service_methods {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $name:literal $title:literal, $request:ty => $reply:ty, $retry:ident;)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ")")]
        #[doc(alias = $title)]
        ///
        /// What breaks the document's rules is answered before it comes here. An error refuses the call; what the reply itself can say (SuccStat) is said there.
        fn $method(&self, cx: &Ctx, request: $request) -> impl Future<Output = Outcome<$reply>> + Send {
            let _ = (cx, request);
            async { Err(not_offered($marker::NAME)) }
        }
    )*};
}

macro_rules! forward {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $name:literal $title:literal, $request:ty => $reply:ty, $retry:ident;)*) => {$(
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

            /// An interface outside the table, by the name in its address: `plaintext` is the decrypted Data, and so is the answer.
            /// [`answer_plaintext`](crate::answer_plaintext) does for it what the table's interfaces get.
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
    /// What a charge point operator serves (基础设施运营商): implement the methods you need, the others answer 4004.
    CpoService, for_each_cpo_interface
}
service! {
    /// What a customer's operator serves (客户归属运营商): implement the methods you need, the others answer 4004.
    EmspService, for_each_emsp_interface
}
