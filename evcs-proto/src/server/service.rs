use crate::{Ctx, Refusal, code::Ret, model::*};

/// What an interface that a service does not offer is answered with: 4004.
fn not_offered(name: &str) -> Refusal {
    Refusal::new(
        Ret::WRONG_PARAMETERS,
        format!("{name} is not offered here (接口未提供)"),
    )
}

crate::for_each_cpo_interface!(park_core::service [one
    /// What a charge point operator serves (基础设施运营商): implement the methods you need, the
    /// others answer 4004.
    ///
    /// What a reply itself can say (SuccStat) is said there.
    CpoService other "the decrypted Data, and so is the answer. \
        [`answer_plaintext`](crate::answer_plaintext) does for it what the table's interfaces get."
]);
crate::for_each_emsp_interface!(park_core::service [one
    /// What a customer's operator serves (客户归属运营商): implement the methods you need, the
    /// others answer 4004.
    EmspService other "the decrypted Data, and so is the answer. \
        [`answer_plaintext`](crate::answer_plaintext) does for it what the table's interfaces get."
]);
