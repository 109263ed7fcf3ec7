use crate::{Ctx, Outcome, Refusal, model::*, refuse};

/// What an interface that a service does not offer is answered with.
fn not_offered(name: &str) -> Refusal {
    refuse(format!("{name} is not offered here (接口未提供)"))
}

macro_rules! service {
    ($rows:ident $(#[$doc:meta])* $service:ident) => {
        crate::$rows!(park_core::service [one $(#[$doc])* $service {
            /// An interface outside the table, by the last part of its address: `plaintext` is the opened `data`, the answer the JSON list of the reply's
            /// `data`, or empty for none. [`answer_plaintext`](crate::answer_plaintext) does for it what the table's interfaces get.
            fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> impl Future<Output = Outcome<String>> + Send {
                let _ = (cx, plaintext);
                let refusal = not_offered(interface);
                async move { Err(refusal) }
            }
        } {
            fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> impl Future<Output = Outcome<String>> + Send {
                (**self).other(cx, interface, plaintext)
            }
        }]);
    };
}

service! { for_each_lot_interface
    /// What a lot's own system serves (下行): implement the methods you need, the others are refused.
    LotService
}
service! { for_each_cloud_interface
    /// What a third party serves (上行): implement the methods you need, the others are refused.
    CloudService
}
