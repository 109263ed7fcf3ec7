use crate::{Outcome, Refusal, TokenPlace};
use axum::{extract::Request, http::Method};
use park_core::{
    message::utf8,
    server::{Caller, body_of},
};

/// Longest request: what the tables have is less than 2 KB.
pub(super) const LONGEST_BODY: usize = 64 * 1024;

/// What came, before it is known whether it may.
pub(super) struct Incoming {
    pub(super) posted: bool,
    /// The query of a GET, the body of a POST; the query too for a POST without a body.
    pub(super) text: Outcome<String>,
    /// The query of a POST with a body, if it has one.
    pub(super) beside: Option<String>,
    /// Who sends it; with the token, where that is a header.
    pub(super) caller: Caller,
}

impl Incoming {
    /// Reads a GET or POST; `None` for anything else. HEAD above all: what answers GET answers it
    /// too in most servers, and would start to charge.
    pub(super) async fn of(request: Request, place: &TokenPlace) -> Option<Self> {
        let posted = match *request.method() {
            Method::GET => false,
            Method::POST => true,
            _ => return None,
        };
        let mut caller = Caller::of(&request);
        match place {
            TokenPlace::Bearer => {}
            TokenPlace::Header(name) => {
                let token = request
                    .headers()
                    .get(&**name)
                    .and_then(|value| value.to_str().ok());
                caller.token = token.map(|token| (token.trim().to_owned(), None));
            }
            TokenPlace::Parameter(_) => caller.token = None,
        }
        let query = request.uri().query().unwrap_or_default().to_owned();
        let text = if posted {
            posted_text(request).await
        } else {
            Ok(String::new())
        };
        let has_body = text.as_ref().is_ok_and(|text| !text.trim().is_empty());
        let (text, beside) = match text {
            Ok(_) if !has_body => (Ok(query), None),
            text => (text, Some(query).filter(|query| !query.is_empty())),
        };
        Some(Self {
            posted,
            text,
            beside,
            caller,
        })
    }

    /// The text.
    ///
    /// # Errors
    /// It is too long, did not arrive whole, or is not UTF-8.
    pub(super) fn text(&self) -> Outcome<&str> {
        self.text.as_deref().map_err(Clone::clone)
    }
}

async fn posted_text(request: Request) -> Outcome<String> {
    let wrong = |what| Refusal::new("400".into(), what);
    let body = body_of(request)
        .await
        .map_err(|problem| wrong(problem.message(LONGEST_BODY)))?;
    utf8(&body).map(str::to_owned).map_err(wrong)
}
