use super::{ChargingService, Ctx, ParkingService, service::not_offered};
use crate::{
    Outcome, Refusal,
    endpoint::Endpoint,
    envelope::{answer_of, read_request},
    error::refuse,
    protocol::{Params, Want, Xingxing},
};
use park_core::server::written;
use std::convert::identity;

crate::for_each_charging_interface!(
    park_core::dispatch [Charging ChargingService Xingxing answer_as identity]
);
crate::for_each_parking_interface!(
    park_core::dispatch [Parking ParkingService Xingxing answer_as identity]
);

/// Answers the parameters of a call: reads and checks them, calls `serve`, and writes what is
/// wanted.
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
