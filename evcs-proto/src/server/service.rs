use crate::{Ctx, Outcome, Refusal, Ret, model::*};

/// What an interface that a service does not offer is answered with: 4004.
fn not_offered(name: &str) -> Refusal {
    Refusal::new(Ret::WRONG_PARAMETERS, format!("{name} is not offered here (接口未提供)"))
}

macro_rules! service {
    ($rows:ident $(#[$doc:meta])* $service:ident) => {
        crate::$rows!(park_core::service [one $(#[$doc])* $service {
            /// An interface outside the table, by the name in its address: `plaintext` is the decrypted Data, and so is the answer.
            /// [`answer_plaintext`](crate::answer_plaintext) does for it what the table's interfaces get.
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

service! { for_each_cpo_interface
    /// What a charge point operator serves (基础设施运营商): implement the methods you need, the others answer 4004.
    ///
    /// What a reply itself can say (SuccStat) is said there.
    CpoService
}
service! { for_each_emsp_interface
    /// What a customer's operator serves (客户归属运营商): implement the methods you need, the others answer 4004.
    EmspService
}
