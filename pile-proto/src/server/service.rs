use super::Ctx;
use crate::{Refusal, model::*};

/// What an interface that a service does not offer is answered with: 404.
pub(super) fn not_offered(name: &str) -> Refusal {
    Refusal::new(
        "404".into(),
        format!("{name} is not offered here (接口未提供)"),
    )
}

crate::for_each_vendor_interface!(park_core::service [one
    /// What a vendor of charging piles serves (桩企): implement the methods you need, the others
    /// are refused. A refusal has the vendor's own code.
    VendorService
]);
crate::for_each_aggregator_interface!(park_core::service [one
    /// What the aggregator serves (我方): the order callback, which is refused unless you implement
    /// it.
    AggregatorService
]);
