use super::{Call, CloudClient, LotClient, Transport};
use crate::{Credentials, Dialect, Error, envelope};
use park_core::{
    BoxFuture, Deviations, ErrorKind, Secret, Sent,
    client::{Body, Http, HttpOptions, base_url},
};
use std::{fmt, sync::Arc};

/// The way to a peer over HTTP: the headers `user` and `pwd`, `data` as JSON or a form. Plain `http://` is the document's own transport and allowed; put
/// `https://` in front wherever the peer can do it, since `pwd` and every reply are readable on a plain line.
#[derive(Clone)]
pub struct KtHttp {
    http: Http,
    base: Arc<str>,
    user: Arc<str>,
    pwd: Secret,
}

impl KtHttp {
    /// The peer at `base`, before the interface's own address: `http://IP:port` of a lot, `https://host/anything` of a third party.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: &str, credentials: &Credentials, options: &HttpOptions) -> Result<Self, Error> {
        Ok(Self {
            base: base_url(base, true)?,
            http: Http::new(options)?,
            user: credentials.user.as_str().into(),
            pwd: credentials.pwd.clone(),
        })
    }
}

impl LotClient {
    /// A client of the lot at `base`, with the credentials that KT gave out.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn http(base: &str, credentials: Credentials) -> Result<Self, Error> {
        let via = KtHttp::new(base, &credentials, &HttpOptions::default())?;
        Ok(Self::over(via, credentials.keys).named(base))
    }
}

impl CloudClient {
    /// A client of the third party at `base`, with the credentials that it gave out.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn http(base: &str, credentials: Credentials) -> Result<Self, Error> {
        let via = KtHttp::new(base, &credentials, &HttpOptions::default())?;
        Ok(Self::over(via, credentials.keys).named(base))
    }
}

impl Transport for KtHttp {
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move {
            let url = format!("{}{}", self.base, call.path);
            let (kind, body) = if call.form {
                // What Base64 has and a form reads otherwise.
                let data = call.data.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
                ("application/x-www-form-urlencoded", format!("data={data}"))
            } else {
                ("application/json;charset=UTF-8", format!(r#"{{"data":"{}"}}"#, call.data))
            };
            let headers = [
                ("content-type", kind.to_owned()),
                ("user", self.user.as_ref().to_owned()),
                ("pwd", self.pwd.expose().to_owned()),
            ];
            let mut reply = self.http.post(&url, &headers, Body::Text(body), call.deadline).await?;
            let is_reply = |text: &str| envelope::open_reply(text, &Dialect::default().read, &mut Deviations::default()).is_ok();
            match String::from_utf8(std::mem::take(&mut reply.body)) {
                // A reply counts whatever the status and the content type.
                Ok(text) if reply.status == 200 || is_reply(&text) => Ok(text),
                // Only where the bytes went wrong: the whole error holds the reply.
                Err(cause) if reply.status == 200 => {
                    Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply is not UTF-8").caused_by(cause.utf8_error()))
                }
                _ => Err(reply.error()),
            }
        })
    }
}

impl fmt::Debug for KtHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KtHttp({})", self.base)
    }
}
