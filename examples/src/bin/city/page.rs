//! The web page: what crosses, as it crosses, with every field explained; scenarios to press; addresses for software of one's own.
mod events;
#[cfg(test)]
mod tests;

use crate::{
    guest,
    reading::Reading,
    stage::Down,
    traffic::{Exchange, Traffic},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use sztc_proto::{
    BoxFuture,
    axum::{
        Router,
        extract::{Path, RawQuery, State},
        http::{
            HeaderMap, HeaderName, HeaderValue, StatusCode,
            header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, X_CONTENT_TYPE_OPTIONS},
            uri::Authority,
        },
        middleware::map_response,
        response::{IntoResponse, Response},
        routing::{get, post},
    },
};
use tokio::sync::{broadcast, mpsc};

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page itself: path, type, content.
const FILES: [(&str, &str, &str); 10] = [
    ("/", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("/page.css", CSS, include_str!("page/page.css")),
    ("/connect.css", CSS, include_str!("page/connect.css")),
    ("/messages.css", CSS, include_str!("page/messages.css")),
    ("/page.js", SCRIPT, include_str!("page/page.js")),
    ("/connect.js", SCRIPT, include_str!("page/connect.js")),
    ("/list.js", SCRIPT, include_str!("page/list.js")),
    ("/detail.js", SCRIPT, include_str!("page/detail.js")),
    ("/make.js", SCRIPT, include_str!("page/make.js")),
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
];

/// Of every response. Nothing but these files is loaded, nothing of a message can run, and no other site can put its own buttons over those of the page.
const HEADERS: [(HeaderName, &str); 3] = [
    (CACHE_CONTROL, "no-store"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The city asks the guest: number of the interface, way, JSON of the request; JSON of the reply.
pub type Ask = Box<dyn Fn(u16, Down, String) -> BoxFuture<'static, anyhow::Result<String>> + Send + Sync>;

/// What the page shows beside the messages, and what its buttons reach.
pub struct Page {
    /// The messages.
    pub traffic: Traffic,
    /// Where software of one's own can connect.
    pub places: Vec<Place>,
    /// What can be played.
    pub scenarios: Vec<Offer>,
    /// Takes the names of scenarios to play.
    pub play: mpsc::Sender<String>,
    /// Tells what becomes of them.
    pub told: broadcast::Sender<Told>,
    /// The certificate of the sandbox's authority, as PEM.
    pub authority: String,
    /// Asks software of one's own.
    pub ask: Ask,
}

/// A server of the sandbox.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// Who serves there.
    pub role: String,
    /// In which protocol.
    pub protocol: String,
    /// Its base address.
    pub address: String,
    /// The credentials to use, in one line.
    pub how: String,
}

/// A scenario that can be played.
#[derive(Debug, Clone, Serialize)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// Of which document.
    pub section: String,
    /// Chinese name.
    pub title: String,
    /// What happens in it.
    pub about: String,
}

/// What becomes of a scenario.
#[derive(Debug, Serialize, Clone)]
pub struct Told {
    /// Its name.
    pub scenario: String,
    /// `playing`, `step`, `passed`, `failed`.
    pub state: &'static str,
    /// The step, or what failed.
    pub text: String,
}

/// What all requests share.
struct Shared {
    traffic: Traffic,
    about: Value,
    names: BTreeSet<String>,
    play: mpsc::Sender<String>,
    told: broadcast::Sender<Told>,
    /// The last that was told of each scenario, the newest at the end: somebody who comes later sees it too.
    states: Mutex<Vec<Told>>,
    authority: String,
    ask: Ask,
}

/// A refusal: one line of text.
type Refused = (StatusCode, String);

impl Page {
    /// The page as a router. What is told of scenarios is remembered by a task, so a runtime has to be there.
    pub fn router(self) -> Router {
        let shared = Arc::new(Shared {
            traffic: self.traffic,
            about: json!({"places": self.places, "scenarios": self.scenarios, "questions": guest::questions()}),
            names: self.scenarios.into_iter().map(|offer| offer.name).collect(),
            play: self.play,
            told: self.told,
            states: Mutex::default(),
            authority: self.authority,
            ask: self.ask,
        });
        remember(&shared);
        let files = FILES.iter().fold(Router::new(), |router, (path, kind, content)| {
            router.route(path, get(move || async move { ([(CONTENT_TYPE, *kind)], *content) }))
        });
        files
            .route("/authority.pem", get(authority))
            .route("/api/about", get(about))
            .route("/api/messages", get(messages))
            .route("/api/messages/{id}", get(message))
            .route("/api/events", get(events::stream))
            .route("/api/play/{name}", post(play))
            .route("/api/ask/{way}/{code}", post(ask))
            .fallback(async || (StatusCode::NOT_FOUND, "there is no such page\n"))
            .layer(map_response(with_headers))
            .with_state(shared)
    }
}

impl Shared {
    fn states(&self) -> MutexGuard<'_, Vec<Told>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remember(shared: &Arc<Shared>) {
    let mut news = shared.told.subscribe();
    let shared = Arc::downgrade(shared);
    tokio::spawn(async move {
        loop {
            let told = match news.recv().await {
                Ok(told) => told,
                Err(broadcast::error::RecvError::Lagged(_)) => continue,
                Err(broadcast::error::RecvError::Closed) => return,
            };
            let Some(shared) = shared.upgrade() else { return };
            let mut states = shared.states();
            states.retain(|known| known.scenario != told.scenario);
            states.push(told);
        }
    });
}

async fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn as_json(value: &impl Serialize) -> Response {
    let text = serde_json::to_string(value).expect("what the page shows is JSON");
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

async fn authority(State(shared): State<Arc<Shared>>) -> Response {
    ([(CONTENT_TYPE, "application/x-pem-file")], shared.authority.clone()).into_response()
}

async fn about(State(shared): State<Arc<Shared>>) -> Response {
    as_json(&shared.about)
}

async fn messages(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let (kept, _) = shared.traffic.since(after(query.as_deref())?.unwrap_or(0));
    let rows: Vec<_> = kept.iter().map(|exchange| &exchange.row).collect();
    Ok(as_json(&rows))
}

async fn message(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Result<Response, Refused> {
    let exchange = id.parse().ok().and_then(|id| shared.traffic.get(id));
    let exchange = exchange.ok_or_else(|| (StatusCode::NOT_FOUND, format!("there is no message {id:?}, or it is not kept any more\n")))?;
    Ok(as_json(&opened(&shared.traffic, &exchange)))
}

/// The row with both sides.
fn opened(traffic: &Traffic, exchange: &Exchange) -> Value {
    let (request, reply) = (exchange.request(), exchange.reply());
    let sides = match traffic.link(&exchange.row.link) {
        Some(link) => Reading::of(&link, &request, reply.as_deref()).sides(&request, reply.as_deref()),
        // Of an earlier run, which had other links: nobody knows the keys any more.
        None => json!({"request": Reading::side(None, &request), "reply": reply.map(|reply| Reading::side(None, &reply))}),
    };
    let mut whole = json!(exchange.row);
    whole["request"] = sides["request"].clone();
    whole["reply"] = sides["reply"].clone();
    whole
}

/// The number in `after=5`, if it is in the query.
fn after(query: Option<&str>) -> Result<Option<u64>, Refused> {
    let Some(value) = query.unwrap_or_default().split('&').find_map(|part| part.strip_prefix("after=")) else {
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

async fn play(State(shared): State<Arc<Shared>>, Path(name): Path<String>, headers: HeaderMap) -> Result<StatusCode, Refused> {
    from_own_page(&headers)?;
    if !shared.names.contains(&name) {
        return Err((StatusCode::NOT_FOUND, format!("there is no scenario {name:?}\n")));
    }
    match shared.play.try_send(name) {
        Ok(()) => Ok(StatusCode::ACCEPTED),
        Err(mpsc::error::TrySendError::Full(_)) => Err((
            StatusCode::CONFLICT,
            "others are waiting to be played: try again when one has ended\n".to_owned(),
        )),
        Err(mpsc::error::TrySendError::Closed(_)) => Err((StatusCode::SERVICE_UNAVAILABLE, "the sandbox is ending\n".to_owned())),
    }
}

/// The city asks the guest: the reply's JSON, or why there is none.
async fn ask(
    State(shared): State<Arc<Shared>>,
    Path((way, code)): Path<(String, u16)>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Refused> {
    from_own_page(&headers)?;
    let way = match way.as_str() {
        "https" => Down::Https,
        "tcp" => Down::Tcp,
        _ => return Err((StatusCode::NOT_FOUND, format!("there is no way {way:?}: https and tcp are\n"))),
    };
    match (shared.ask)(code, way, body).await {
        Ok(reply) => Ok(([(CONTENT_TYPE, "application/json")], reply).into_response()),
        // What the guest's software says goes into it, in as many lines as it likes.
        Err(problem) => Err((
            StatusCode::BAD_GATEWAY,
            format!("{}\n", format!("{problem:#}").replace(char::is_control, " ")),
        )),
    }
}

fn from_own_page(headers: &HeaderMap) -> Result<(), Refused> {
    if is_own(headers) {
        return Ok(());
    }
    let problem = "the sandbox does something for its own page only, opened as localhost or by its IP address\n";
    Err((StatusCode::FORBIDDEN, problem.to_owned()))
}

/// Whether a request comes from the page itself, or from a program. A name that another site resolves to this machine is not `localhost` and no address.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
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
