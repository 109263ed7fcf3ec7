//! Calls of DB4403/T 313.
use super::{Peer, data, failed, request};
use crate::{io::Fault, sztc};
use sztc_proto::{
    BoxFuture, CityClient, CityHttp, Credentials, Dialect, Endpoint, Error, ImageBody, ImageUpload, KNOWN_SLIPS, Outcome, PartnerClient, PartnerHttp,
    Text,
};

/// The document's limits that real values break do not stop a trial.
fn dialect() -> Dialect {
    Dialect::default().waive(KNOWN_SLIPS)
}

/// Calls a city platform: with the token if there is one, else it logs in.
pub fn city<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let client = match peer.token.find()? {
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
        if let Some(token) = peer.token.find()? {
            way = way.token(token);
        }
        let items = items::<E>(&body)?;
        told(CityClient::over(way).dialect(dialect()).call::<E>(&items).await, &body)
    })
}

/// Calls an external system.
pub fn partner<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let way = way(&peer)?.token(peer.token.get()?);
        let items = items::<E>(&body)?;
        told(PartnerClient::over(way).dialect(dialect()).call::<E>(&items).await, &body)
    })
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
    PartnerHttp::new(&peer.url, &peer.http()?).map_err(|error: Error| Fault::usage(error))
}

fn line(peer: &Peer) -> Result<CityHttp, Fault> {
    let key = sztc::key(&peer.key, &peer.secrets.iv)?;
    let credentials = Credentials::new(Text::from(peer.user()?), peer.password.get()?, key);
    let builder = CityHttp::builder(&peer.url, credentials).http(peer.http()?).dialect(dialect());
    builder.build().map_err(Fault::usage)
}

/// One entry, or a list of them.
fn items<E: Endpoint>(body: &str) -> Result<Vec<E::Request>, Fault> {
    if body.trim_start().starts_with('[') {
        return request(body, &dialect().read);
    }
    request(body, &dialect().read).map(|item| vec![item])
}

/// The reply to one entry, or a list where a list was asked.
fn told<T: serde::Serialize>(outcomes: Result<Vec<Outcome<T>>, Error>, body: &str) -> Result<String, Fault> {
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
