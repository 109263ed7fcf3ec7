//! Calls of DB4403/T 313.
use super::{
    Peer, data, failed, request,
    session::{is_session, session},
};
use crate::{fault::Fault, sealed::password_key};
use sztc_proto::{
    BoxFuture, CityClient, CityHttp, Credentials, Dialect, Endpoint, Error, ImageBody, ImageUpload, KNOWN_SLIPS, Outcome, PartnerClient, PartnerHttp,
    Text,
};

/// The document's limits that real values break do not stop a trial.
pub(super) fn dialect() -> Dialect {
    Dialect::default().waive(KNOWN_SLIPS)
}

/// Calls a city platform: with the token if there is one, else it logs in; over its framed connection where the address means that.
pub fn city<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    if is_session(&peer.url) {
        return session::<E>(peer, body);
    }
    Box::pin(async move {
        let client = match peer.token.clone() {
            Some(token) => CityClient::over(way(&peer)?.token(token)).dialect(dialect()),
            None => line(&peer)?.client(),
        };
        let items = items::<E>(&body)?;
        told(client.call::<E>(&items).await, &body)
    })
}

/// Calls a city platform without logging in before: login itself, and what has its token in the message.
pub fn open_city<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let mut way = way(&peer)?;
        if let Some(token) = peer.token.clone() {
            way = way.token(token);
        }
        let items = items::<E>(&body)?;
        told(CityClient::over(way).dialect(dialect()).call::<E>(&items).await, &body)
    })
}

/// Calls an external system.
pub fn partner<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let way = way(&peer)?.token(peer.token()?);
        let items = items::<E>(&body)?;
        told(PartnerClient::over(way).dialect(dialect()).call::<E>(&items).await, &body)
    })
}

/// Calls an external system over a way that is open already.
///
/// # Errors
/// No interface has the number; `body` is not its request; the call fails.
pub async fn ask_partner(client: &PartnerClient, code: u16, body: &str) -> Result<String, Fault> {
    macro_rules! by_code {
        ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {
            match code {
                $($code => {
                    let items = items::<sztc_proto::$marker>(body)?;
                    told(client.call::<sztc_proto::$marker>(&items).await, body)
                })*
                _ => Err(Fault::usage(format!("an external system has no interface {code}"))),
            }
        };
    }
    sztc_proto::for_each_partner_interface!(by_code)
}

/// Uploads an image.
pub fn upload(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let upload: ImageUpload = request(&body, &dialect().read)?;
        let file = peer.file.clone().ok_or_else(|| Fault::usage("--file is missing: the image to upload"))?;
        line(&peer)?.upload_image(&upload, &ImageBody::file(file)).await.map_err(failed)?;
        Ok("{}".to_owned())
    })
}

fn way(peer: &Peer) -> Result<PartnerHttp, Fault> {
    PartnerHttp::new(&peer.url, &peer.http).map_err(|error: Error| Fault::usage(error))
}

pub(super) fn credentials(peer: &Peer) -> Result<Credentials, Fault> {
    let key = password_key(peer.key()?, peer.iv.clone())?;
    Ok(Credentials::new(Text::from(peer.user()?), peer.password()?, key))
}

fn line(peer: &Peer) -> Result<CityHttp, Fault> {
    let builder = CityHttp::builder(&peer.url, credentials(peer)?)
        .http(peer.http.clone())
        .dialect(dialect());
    builder.build().map_err(Fault::usage)
}

/// One entry, or a list of them.
pub(super) fn items<E: Endpoint>(body: &str) -> Result<Vec<E::Request>, Fault> {
    if body.trim_start().starts_with('[') {
        return request(body, &dialect().read);
    }
    request(body, &dialect().read).map(|item| vec![item])
}

/// The reply to one entry, or a list where a list was asked.
pub(super) fn told<T: serde::Serialize>(outcomes: Result<Vec<Outcome<T>>, Error>, body: &str) -> Result<String, Fault> {
    let mut texts = Vec::new();
    for (index, outcome) in outcomes.map_err(failed)?.into_iter().enumerate() {
        let reply = outcome.map_err(|refusal| Fault::bad(format!("data[{index}] was refused: {refusal}")))?;
        texts.push(data(&reply)?);
    }
    Ok(match body.trim_start().starts_with('[') {
        true => format!("[{}]", texts.join(",")),
        false => texts.pop().unwrap_or_else(|| "{}".to_owned()),
    })
}
