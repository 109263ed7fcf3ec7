use super::{
    CloudService, LotService,
    dispatch::{Cloud, Lot},
    pipeline::{Caller, Pipeline},
};
use crate::{Credentials, ServerOptions, endpoint::Role, refuse};
use axum::{
    Router,
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
    routing::post,
};
use park_core::{
    Lookup,
    server::{BasePaths, address, body_or, finish, not_posted, reply},
};

/// Longest request: pictures travel inside as Base64.
const LONGEST_BODY: usize = 10 * 1024 * 1024;

park_core::router! { ["/"]
    /// Serves a [`LotService`], under the modern and the legacy addresses.
    ///
    /// Refusals are HTTP 200 with resCode 1. Headers `user` and `pwd` are checked first; then
    /// `data` has to open with that user's key and today's date.
    LotRouter
}
park_core::router! { ["/"]
    /// Serves a [`CloudService`].
    ///
    /// Refusals are HTTP 200 with resCode 1. Headers `user` and `pwd` are checked first; then
    /// `data` has to open with that user's key and today's date.
    CloudRouter
}

impl LotRouter {
    /// Serves `service` to the users in `accounts`, by the header `user`; a single caller is a
    /// [`Credentials`].
    pub fn new(service: impl LotService, accounts: impl Lookup<Found = Credentials>) -> Self {
        Self::around(Pipeline::new(Role::Lot, Lot(service), accounts))
    }
}

impl CloudRouter {
    /// Serves `service` to the users in `accounts`, by the header `user`; a single caller is a
    /// [`Credentials`].
    pub fn new(service: impl CloudService, accounts: impl Lookup<Found = Credentials>) -> Self {
        Self::around(Pipeline::new(Role::Cloud, Cloud(service), accounts))
    }
}

/// Every address under the base paths: the interface is told by its last part, whether the path
/// before it is the modern, the legacy or one of the peer's own.
fn routes(pipeline: Pipeline, bases: &BasePaths) -> Router {
    let mut routes = Router::new();
    for base in bases.each("/") {
        routes = routes.route(&format!("{base}/{{*path}}"), post(answer));
    }
    finish(routes, LONGEST_BODY, not_posted).with_state(pipeline)
}

async fn answer(State(pipeline): State<Pipeline>, request: Request) -> Response {
    let caller = Caller {
        user: text(request.headers(), "user"),
        pwd: text(request.headers(), "pwd"),
        address: address(&request),
    };
    let path = request.uri().path().to_owned();
    let body = body_or(request, LONGEST_BODY, refuse).await;
    reply(
        "application/json;charset=UTF-8",
        pipeline.answer(caller, &path, body).await,
    )
}

fn text(headers: &HeaderMap, name: &str) -> String {
    // A user may have a Chinese name, which clients send as it is.
    let value = headers
        .get(name)
        .map(|value| value.as_bytes())
        .unwrap_or_default();
    std::str::from_utf8(value).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Keys;

    #[test]
    fn base_paths_may_lie_in_each_other() {
        struct Nobody;
        impl LotService for Nobody {}
        let own = Credentials::new(
            "ktapi",
            "pwd",
            Keys::new("693207DB8148FBC9D8410179").expect("24 bytes"),
        );
        let router = LotRouter::new(Nobody, own)
            .base_path("")
            .base_path("/kt/")
            .base_path("kt/v1")
            .base_path("/kt");
        assert_eq!(
            router.bases.each("/").collect::<Vec<_>>(),
            ["", "/kt", "/kt/v1"]
        );
        // Routes in conflict would panic.
        assert!(router.into_router().has_routes());
    }
}
