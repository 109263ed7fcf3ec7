use super::{Answer, Content, Request, Transport};
use crate::Error;
use park_core::{
    BoxFuture, ErrorKind, Sent,
    client::{Body, Http, HttpOptions, base_url},
};
use std::{fmt, sync::Arc};

/// The way to a peer over HTTPS.
#[derive(Clone)]
pub struct PeerHttp {
    http: Http,
    base: Arc<str>,
}

impl PeerHttp {
    /// The peer at `base`. Redirects are not followed, and nothing on the way is asked to remember an answer.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: &str, options: &HttpOptions) -> Result<Self, Error> {
        Ok(Self {
            base: base_url(base, options.allows_plain_http())?,
            http: Http::new(options)?,
        })
    }

    pub(super) fn base(&self) -> Arc<str> {
        self.base.clone()
    }
}

impl Transport for PeerHttp {
    fn exchange<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let mut url = match request.path {
                "" => self.base.to_string(),
                path => format!("{}/{path}", self.base),
            };
            // GET may be answered from a cache, and starts to charge here.
            let mut headers = vec![("cache-control", "no-store".to_owned()), ("pragma", "no-cache".to_owned())];
            if let Some((name, token)) = request.token {
                headers.push((name, token.to_owned()));
            }
            let content_type = match request.content {
                Content::Query(_) => None,
                Content::Form(_) => Some("application/x-www-form-urlencoded;charset=utf-8"),
                Content::Json(_) => Some("application/json;charset=utf-8"),
            };
            headers.extend(content_type.map(|kind| ("content-type", kind.to_owned())));
            let deadline = request.deadline;
            let mut reply = match request.content {
                Content::Query(query) => {
                    // A vendor may choose its interface by a parameter of the address.
                    url.push(if url.contains('?') { '&' } else { '?' });
                    url.push_str(query);
                    self.http.get(&url, &headers, deadline).await?
                }
                Content::Form(text) | Content::Json(text) => self.http.post(&url, &headers, Body::Text(text.to_owned()), deadline).await?,
            };
            let status = reply.status;
            let text = match String::from_utf8(std::mem::take(&mut reply.body)) {
                Ok(text) => text,
                // Only where the bytes went wrong: the whole error holds the reply.
                Err(cause) if (200..=299).contains(&status) => {
                    return Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply is not UTF-8").caused_by(cause.utf8_error()));
                }
                Err(_) => String::new(),
            };
            let retry_after = reply.retry_after;
            Ok(Answer { status, retry_after, text })
        })
    }
}

impl fmt::Debug for PeerHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerHttp({})", self.base)
    }
}
