//! The web page: what crosses, as it crosses, with every field explained; scenarios to press;
//! addresses for software of one's own.
mod answers;
mod events;
mod own;
mod teller;
#[cfg(test)]
mod tests;

use crate::{guest, stage::Down, traffic::Traffic};
use serde::Serialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};
use sztc_proto::{
    BoxFuture,
    axum::{
        Router,
        http::{
            HeaderName, HeaderValue, StatusCode,
            header::{
                CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
            },
        },
        middleware::{from_fn, map_response},
        response::Response,
        routing::{get, post},
    },
};
pub(crate) use teller::Teller;
use tokio::sync::mpsc;

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page itself: path, type, content.
const FILES: [(&str, &str, &str); 10] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("page/index.html"),
    ),
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

/// Of every response. Nothing but these files is loaded, nothing of a message can run, and no other
/// site can put its own buttons over those of the page.
const HEADERS: [(HeaderName, &str); 3] = [
    (CACHE_CONTROL, "no-store"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The city asks the guest: number of the interface, way, JSON of the request; JSON of the reply.
pub(crate) type Ask =
    Box<dyn Fn(u16, Down, String) -> BoxFuture<'static, anyhow::Result<String>> + Send + Sync>;

/// What the page shows beside the messages, and what its buttons reach.
pub(crate) struct Page {
    /// The messages.
    pub traffic: Traffic,
    /// Where software of one's own can connect.
    pub places: Vec<Place>,
    /// What can be played.
    pub scenarios: Vec<Offer>,
    /// Takes the names of scenarios to play.
    pub play: mpsc::Sender<String>,
    /// Tells what becomes of them.
    pub teller: Teller,
    /// The certificate of the sandbox's authority, as PEM.
    pub authority: String,
    /// Asks software of one's own.
    pub ask: Ask,
}

/// A server of the sandbox.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Place {
    /// Who serves there.
    pub role: String,
    /// In which protocol.
    pub protocol: String,
    /// Its base address.
    pub address: String,
    /// The credentials to use, in one line.
    pub how: String,
}

impl Place {
    /// Where `role` is found, and with which credentials.
    pub(crate) fn new(
        role: &str,
        protocol: &str,
        address: impl Into<String>,
        how: impl Into<String>,
    ) -> Self {
        Self {
            role: role.to_owned(),
            protocol: protocol.to_owned(),
            address: address.into(),
            how: how.into(),
        }
    }
}

/// A scenario that can be played.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Offer {
    /// Its name.
    pub name: String,
    /// Of which document.
    pub section: String,
    /// Chinese name.
    pub title: String,
    /// What happens in it.
    pub about: String,
}

/// What all requests share.
struct Shared {
    traffic: Traffic,
    about: Value,
    names: BTreeSet<String>,
    play: mpsc::Sender<String>,
    teller: Teller,
    authority: String,
    ask: Ask,
}

/// A refusal: one line of text.
type Refused = (StatusCode, String);

impl Page {
    /// The page as a router.
    pub(crate) fn router(self) -> Router {
        let shared = Arc::new(Shared {
            traffic: self.traffic,
            about: json!({"places": self.places, "scenarios": self.scenarios,
                "questions": guest::questions()}),
            names: self.scenarios.into_iter().map(|offer| offer.name).collect(),
            play: self.play,
            teller: self.teller,
            authority: self.authority,
            ask: self.ask,
        });
        let files = FILES
            .iter()
            .fold(Router::new(), |router, (path, kind, content)| {
                router.route(
                    path,
                    get(move || async move { ([(CONTENT_TYPE, *kind)], *content) }),
                )
            });
        files
            .route("/authority.pem", get(answers::authority))
            .route("/api/about", get(answers::about))
            .route("/api/messages", get(answers::messages))
            .route("/api/messages/{id}", get(answers::message))
            .route("/api/events", get(events::stream))
            .route("/api/play/{name}", post(answers::play))
            .route("/api/ask/{way}/{code}", post(answers::ask))
            .fallback(async || (StatusCode::NOT_FOUND, "there is no such page\n"))
            .layer(from_fn(own::only))
            .layer(map_response(with_headers))
            .with_state(shared)
    }
}

async fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
