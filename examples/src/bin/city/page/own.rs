//! Who may see the page: a browser that opened it itself, and programs. The messages of the sandbox
//! are the business of no other site.
use super::Refused;
use std::net::IpAddr;
use sztc_proto::axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderName, StatusCode,
        header::{HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::Response,
};

/// Refuses whatever another site had a browser ask for, before anything is looked at or done.
pub(super) async fn only(request: Request, next: Next) -> Result<Response, Refused> {
    if is_own(request.headers()) {
        return Ok(next.run(request).await);
    }
    let problem =
        "the sandbox answers its own page only: open it as localhost or by its IP address\n";
    Err((StatusCode::FORBIDDEN, problem.to_owned()))
}

/// Whether a request comes from the page itself, or from a program. A name that another site
/// resolves to this machine is not `localhost` and no address.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let Some(host) = text(HOST).and_then(|host| host.parse::<Authority>().ok()) else {
        return false;
    };
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    let is_here = name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok();
    let from_here = text(ORIGIN).is_none_or(|origin| {
        origin
            .strip_prefix("http://")
            .is_some_and(|origin| origin.eq_ignore_ascii_case(host.as_str()))
    });
    is_here && from_here
}
