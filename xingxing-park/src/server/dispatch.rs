use super::{ChargingService, Ctx, ParkingService, service::not_offered};
use crate::{
    Outcome, Refusal,
    endpoint::Endpoint,
    envelope::{answer_of, read_request},
    error::refuse,
    protocol::{Params, Want, Xingxing},
};
use park_core::{
    BoxFuture,
    server::{Dispatch, written},
};

macro_rules! dispatch {
    ($role:ident, $service:ident, $rows:ident) => {
        /// The role of a service.
        pub(super) struct $role<S>(pub(super) S);

        impl<S: $service> Dispatch<Xingxing> for $role<S> {
            fn dispatch<'a>(&'a self, cx: Ctx, name: &'a str, params: Params<'a>) -> BoxFuture<'a, Outcome<String>> {
                let service = &self.0;
                crate::$rows!(park_core::dispatch [answer_as, service, cx, name, params, Box::pin(async move { Err(not_offered(name)) })])
            }
        }
    };
}
dispatch!(Charging, ChargingService, for_each_charging_interface);
dispatch!(Parking, ParkingService, for_each_parking_interface);

/// Answers the parameters of a call: reads and checks them, calls `serve`, and writes what is wanted.
async fn answer_as<E, F, Fut>(mut cx: Ctx, params: Params<'_>, serve: F) -> Outcome<String>
where
    E: Endpoint,
    F: FnOnce(Ctx, E::Request) -> Fut,
    Fut: Future<Output = Result<E::Reply, Refusal>>,
{
    let dialect = cx.dialect.clone();
    let request = read_request::<E::Request>(params.text, &dialect, &mut cx.deviations);
    cx.report(E::LABEL);
    let reply = serve(cx, request.map_err(|violations| refuse(&violations))?).await?;
    let payload = written::<Xingxing, E>(&reply, &dialect)?;
    Ok(match params.want {
        Want::Text => answer_of::<E::Reply>(payload, dialect.write.answer),
        Want::Payload => payload,
    })
}
