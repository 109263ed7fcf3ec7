use super::{
    ChargingService, ParkingService, ServerOptions,
    dispatch::{Charging, Parking},
    pipeline::{Gate, Pipeline},
};
use crate::{
    CallbackAuth, Refusal,
    code::Ret,
    endpoint::{ALIASES, ENDPOINTS, Info, Role},
};
use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::post,
};
use park_core::server::{BasePaths, Caller, body_or, finish, not_posted, reply};
#[cfg(feature = "sealed")]
use std::sync::Arc;

/// Where the interfaces lie unless a base path is set, as at the sandbox (section 4).
const BASE: &str = "/parking";

/// Longest request: the longest that the tables allow has less than 2 KB.
const LONGEST_BODY: usize = 64 * 1024;

park_core::router! { ["/parking"]
    /// Serves a [`ChargingService`]: query_parking_charge_result, also as query_park_charge_result,
    /// and query_parking_discount_result.
    ///
    /// The document knows no refusal. Plain ones are the envelope of 4.2.5 with a code of T/CEC
    /// 102, and an HTTP status (400, 401, 500, 503) for peers that look no further; sealed ones are
    /// HTTP 200 and that code.
    ChargingRouter
}
park_core::router! { ["/parking"]
    /// Serves a [`ParkingService`]: notification_parking_charge_result.
    ///
    /// The document knows no refusal. Plain ones are the envelope of 4.2.5 with a code of T/CEC
    /// 102, and an HTTP status (400, 401, 500, 503) for peers that look no further; sealed ones are
    /// HTTP 200 and that code.
    ParkingRouter
}

impl ChargingRouter {
    /// Serves `service` to whom `auth` accepts. The document has no authentication, so the two
    /// sides have to agree on one; [`CallbackAuth::dangerous_accept_unauthenticated`] is what it
    /// says by silence.
    pub fn new(service: impl ChargingService, auth: CallbackAuth) -> Self {
        Self::around(Pipeline::new(
            Role::Charging,
            Charging(service),
            Gate::Plain(auth),
        ))
    }

    /// Serves `service` to the operators in `operators`, in the charging envelope.
    #[cfg(feature = "sealed")]
    pub fn sealed(
        service: impl ChargingService,
        operators: impl park_core::Lookup<Found = evcs_proto::Keys>,
    ) -> Self {
        let service = Charging(super::seal::InItsOwnName(service));
        Self::around(Pipeline::new(
            Role::Charging,
            service,
            Gate::Sealed(Arc::new(operators)),
        ))
    }
}

impl ParkingRouter {
    /// Serves `service`, such as a [`Ledger`](crate::Ledger), to whom `auth` accepts. The document
    /// has no authentication, so the two sides have to agree on one; with
    /// [`CallbackAuth::dangerous_accept_unauthenticated`] anybody who reaches the address can
    /// invent charging and so free parking.
    pub fn new(service: impl ParkingService, auth: CallbackAuth) -> Self {
        Self::around(Pipeline::new(
            Role::Parking,
            Parking(service),
            Gate::Plain(auth),
        ))
    }

    /// Serves `service` to the operators in `operators`, in the charging envelope.
    #[cfg(feature = "sealed")]
    pub fn sealed(
        service: impl ParkingService,
        operators: impl park_core::Lookup<Found = evcs_proto::Keys>,
    ) -> Self {
        Self::around(Pipeline::new(
            Role::Parking,
            Parking(service),
            Gate::Sealed(Arc::new(operators)),
        ))
    }
}

/// All names of the interfaces that `role` serves: each has an address of its own, so that the
/// routers of both roles can be merged.
fn names_of(role: Role) -> impl Iterator<Item = (&'static str, &'static Info)> {
    let names = ENDPOINTS
        .iter()
        .map(|info| info.name)
        .chain(ALIASES.iter().map(|(alias, _)| *alias));
    let known = names.filter_map(|name| Info::of(name).map(|info| (name, info)));
    known.filter(move |(_, info)| info.role == role)
}

fn routes(pipeline: Pipeline, bases: &BasePaths) -> Router {
    let mut routes = Router::new();
    for base in bases.each(BASE) {
        for (name, info) in names_of(pipeline.role) {
            let answer =
                move |pipeline: State<Pipeline>, request: Request| answer(pipeline, info, request);
            routes = routes.route(&format!("{base}/{name}"), post(answer));
        }
    }
    finish(routes, LONGEST_BODY, not_posted).with_state(pipeline)
}

async fn answer(
    State(pipeline): State<Pipeline>,
    info: &'static Info,
    request: Request,
) -> Response {
    let caller = Caller::of(&request);
    let body = body_or(request, LONGEST_BODY, |problem| {
        Refusal::new(Ret::WRONG_ENVELOPE, problem)
    })
    .await;
    let (status, text) = pipeline.answer(caller, info, body).await;
    (status, reply("application/json;charset=utf-8", text)).into_response()
}
