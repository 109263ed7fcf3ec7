use super::{AggregatorService, Ctx, VendorService, service::not_offered};
use crate::{
    Outcome, Refusal,
    codec::{request_of, seal},
    endpoint::Endpoint,
    error::refuse,
    message::Message,
    protocol::Pile,
};
use std::convert::identity;

crate::for_each_vendor_interface!(
    park_core::dispatch [Vendor VendorService Pile answer_as identity]
);
crate::for_each_aggregator_interface!(
    park_core::dispatch [Aggregator AggregatorService Pile answer_as identity]
);

/// Answers one request: reads and checks it, calls `serve`, and writes the reply.
async fn answer_as<E, F, Fut>(mut cx: Ctx, message: &Message<'_>, serve: F) -> Outcome<String>
where
    E: Endpoint,
    F: FnOnce(Ctx, E::Request) -> Fut,
    Fut: Future<Output = Outcome<E::Reply>>,
{
    let dialect = cx.dialect.clone();
    let request = request_of::<E::Request>(message, &dialect, &mut cx.deviations);
    cx.report(E::LABEL);
    let reply = serve(cx, request.map_err(|violations| refuse(&violations))?).await?;
    seal::<E>(&reply, &dialect)
        .map_err(|problem| Refusal::message(format!("the reply cannot be written: {problem}")))
}
