use super::{AggregatorService, Ctx, VendorService, service::not_offered};
use crate::{
    Outcome, Refusal,
    codec::{request_of, seal},
    endpoint::Endpoint,
    error::refuse,
    message::Message,
    protocol::Pile,
};
use park_core::{BoxFuture, server::Dispatch};

macro_rules! dispatch {
    ($role:ident, $service:ident, $rows:ident) => {
        /// The role of a service.
        pub(super) struct $role<S>(pub(super) S);

        impl<S: $service> Dispatch<Pile> for $role<S> {
            fn dispatch<'a>(&'a self, cx: Ctx, interface: &'a str, message: &'a Message<'a>) -> BoxFuture<'a, Outcome<String>> {
                let service = &self.0;
                // Only the role's own interfaces are routed here.
                crate::$rows!(park_core::dispatch [answer_as, service, cx, interface, message, Box::pin(async move { Err(not_offered(interface)) })])
            }
        }
    };
}
dispatch!(Vendor, VendorService, for_each_vendor_interface);
dispatch!(Aggregator, AggregatorService, for_each_aggregator_interface);

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
    seal::<E>(&reply, &dialect).map_err(|problem| Refusal::message(format!("the reply cannot be written: {problem}")))
}
