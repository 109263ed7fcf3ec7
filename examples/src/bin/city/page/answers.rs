//! What the page asks for, and what it is answered.
use super::{Refused, Shared};
use crate::{
    reading::Reading,
    stage::Down,
    traffic::{Exchange, Traffic},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use sztc_proto::axum::{
    extract::{Path, RawQuery, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use tokio::sync::mpsc;

fn as_json(value: &impl Serialize) -> Response {
    let text = serde_json::to_string(value).expect("what the page shows is JSON");
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

/// The certificate of the sandbox's authority.
pub(super) async fn authority(State(shared): State<Arc<Shared>>) -> Response {
    (
        [(CONTENT_TYPE, "application/x-pem-file")],
        shared.authority.clone(),
    )
        .into_response()
}

/// What the page shows beside the messages.
pub(super) async fn about(State(shared): State<Arc<Shared>>) -> Response {
    as_json(&shared.about)
}

/// The rows of the messages that are kept, or of those after a number.
pub(super) async fn messages(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let (kept, _) = shared.traffic.since(after(query.as_deref())?.unwrap_or(0));
    let rows: Vec<_> = kept.iter().map(|exchange| &exchange.row).collect();
    Ok(as_json(&rows))
}

/// One message, opened.
pub(super) async fn message(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let exchange = id.parse().ok().and_then(|id| shared.traffic.get(id));
    let exchange = exchange.ok_or_else(|| {
        (
            StatusCode::NOT_FOUND,
            format!("there is no message {id:?}, or it is not kept any more\n"),
        )
    })?;
    Ok(as_json(&opened(&shared.traffic, &exchange)))
}

/// The row with both sides.
fn opened(traffic: &Traffic, exchange: &Exchange) -> Value {
    let (request, reply) = (exchange.request(), exchange.reply());
    let sides = match traffic.link(&exchange.row.link) {
        Some(link) => {
            Reading::of(&link, &request, reply.as_deref()).sides(&request, reply.as_deref())
        }
        // Of an earlier run, which had other links: nobody knows the keys any more.
        None => {
            json!({"request": Reading::side(None, &request),
                "reply": reply.map(|reply| Reading::side(None, &reply))})
        }
    };
    let mut whole = json!(exchange.row);
    whole["request"] = sides["request"].clone();
    whole["reply"] = sides["reply"].clone();
    whole
}

/// The number in `after=5`, if it is in the query.
pub(super) fn after(query: Option<&str>) -> Result<Option<u64>, Refused> {
    let Some(value) = query
        .unwrap_or_default()
        .split('&')
        .find_map(|part| part.strip_prefix("after="))
    else {
        return Ok(None);
    };
    let refused = || {
        (
            StatusCode::BAD_REQUEST,
            format!("after: the number of a message is expected, found {value:?}\n"),
        )
    };
    value.parse().map(Some).map_err(|_| refused())
}

/// Puts a scenario with those that wait to be played.
pub(super) async fn play(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Refused> {
    if !shared.names.contains(&name) {
        return Err((
            StatusCode::NOT_FOUND,
            format!("there is no scenario {name:?}\n"),
        ));
    }
    match shared.play.try_send(name) {
        Ok(()) => Ok(StatusCode::ACCEPTED),
        Err(mpsc::error::TrySendError::Full(_)) => Err((
            StatusCode::CONFLICT,
            "others are waiting to be played: try again when one has ended\n".to_owned(),
        )),
        Err(mpsc::error::TrySendError::Closed(_)) => Err((
            StatusCode::SERVICE_UNAVAILABLE,
            "the sandbox is ending\n".to_owned(),
        )),
    }
}

/// The city asks the guest: the reply's JSON, or why there is none.
pub(super) async fn ask(
    State(shared): State<Arc<Shared>>,
    Path((way, code)): Path<(String, u16)>,
    body: String,
) -> Result<Response, Refused> {
    let way = match way.as_str() {
        "https" => Down::Https,
        "tcp" => Down::Tcp,
        _ => {
            return Err((
                StatusCode::NOT_FOUND,
                format!("there is no way {way:?}: https and tcp are\n"),
            ));
        }
    };
    match (shared.ask)(code, way, body).await {
        Ok(reply) => Ok(([(CONTENT_TYPE, "application/json")], reply).into_response()),
        // What the guest's software says goes into it, in as many lines as it likes.
        Err(problem) => Err((
            StatusCode::BAD_GATEWAY,
            format!(
                "{}\n",
                format!("{problem:#}").replace(char::is_control, " ")
            ),
        )),
    }
}
