use crate::{Ctx, Refusal, model::*, refuse};

/// What an interface that a service does not offer is answered with.
fn not_offered(name: &str) -> Refusal {
    refuse(format!("{name} is not offered here (接口未提供)"))
}

crate::for_each_lot_interface!(park_core::service [one
    /// What a lot's own system serves (下行): implement the methods you need, the others are
    /// refused.
    LotService other "the opened `data`, the answer the JSON list of the reply's `data`, or empty \
        for none. [`answer_plaintext`](crate::answer_plaintext) does for it what the table's \
        interfaces get."
]);
crate::for_each_cloud_interface!(park_core::service [one
    /// What a third party serves (上行): implement the methods you need, the others are refused.
    CloudService other "the opened `data`, the answer the JSON list of the reply's `data`, or \
        empty for none. [`answer_plaintext`](crate::answer_plaintext) does for it what the table's \
        interfaces get."
]);
