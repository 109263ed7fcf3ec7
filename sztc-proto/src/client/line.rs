//! HTTPS to one peer, and its two ways that carry no token of their own.
use super::{Answer, Call, Transport};
use crate::{BusinessCode, Dialect, Error, Refusal, envelope::open_reply};
use park_core::{
    BoxFuture, Deviations, ErrorKind, Secret, Sent,
    client::{Body, Http, HttpOptions, base_url},
};
use std::{sync::Arc, time::Instant};

/// The name of this way in logs.
pub(super) const HTTPS: &str = "https";

/// The peer whose interfaces lie at `{base}/{code}`.
#[derive(Clone)]
pub(super) struct Line {
    http: Http,
    pub(super) base: Arc<str>,
}

impl Line {
    pub(super) fn new(base: &str, options: &HttpOptions) -> Result<Self, Error> {
        Ok(Self {
            http: Http::new(options)?,
            base: base_url(base, options.allows_plain_http())?,
        })
    }

    pub(super) async fn post(&self, code: u16, body: Body, token: Option<&Secret>, deadline: Instant) -> Result<String, Error> {
        let url = format!("{}/{code}", self.base);
        let mut headers = Vec::with_capacity(2);
        if matches!(body, Body::Text(_)) {
            headers.push(("content-type", "application/json; charset=UTF-8".to_owned()));
        }
        if let Some(token) = token {
            headers.push(("authorization", format!("bearer {}", token.expose())));
        }
        let mut reply = self.http.post(&url, &headers, body, deadline).await?;
        let is_reply = |text: &str| open_reply(text, &Dialect::default().read, &mut Deviations::default()).is_ok();
        match String::from_utf8(std::mem::take(&mut reply.body)) {
            // A reply counts whatever the status, since some peers refuse with 4xx or 5xx and the document's envelope.
            Ok(text) if reply.status == 200 || is_reply(&text) => Ok(text),
            _ if reply.status == 401 => {
                let refusal = Refusal::new(BusinessCode::WRONG_TOKEN, "HTTP 401");
                Err(Error::refused(refusal))
            }
            // Only where the bytes went wrong: the whole error holds the reply.
            Err(cause) if reply.status == 200 => {
                Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply is not UTF-8").caused_by(cause.utf8_error()))
            }
            _ => Err(reply.error()),
        }
    }
}

/// Without a token, for 1001.
pub(super) struct Anonymous(pub(super) Line);

impl Transport for Anonymous {
    fn transport(&self) -> &'static str {
        HTTPS
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let text = self.0.post(call.code, Body::Text(call.body.to_owned()), None, call.deadline).await?;
            Ok(Answer::new(text))
        })
    }
}

/// With one certain token, for 1002 and 1003.
pub(super) struct Bearer {
    pub(super) line: Line,
    pub(super) token: Secret,
}

impl Transport for Bearer {
    fn transport(&self) -> &'static str {
        HTTPS
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let body = Body::Text(call.body.to_owned());
            let text = self.line.post(call.code, body, Some(&self.token), call.deadline).await?;
            Ok(Answer::new(text))
        })
    }
}
