//! Calls of DB4403/T 313.
use super::{
    Peer,
    session::{is_session, logged_in},
    told,
};
use crate::{
    fault::Fault,
    registry::{Interface, Role},
    sealed::password_key,
};
use serde_json::Value;
use sztc_proto::{
    CityClient, CityHttp, Credentials, Dialect, ImageBody, KNOWN_SLIPS, PartnerClient, PartnerHttp,
    Text, decode, model::ImageUpload,
};

/// The document's limits that real values break do not stop a trial.
pub(super) fn dialect() -> Dialect {
    Dialect::default().waive(KNOWN_SLIPS)
}

/// Calls a city platform, with the token if there is one, else it logs in, and over its framed
/// connection where the address means that; or an external system.
pub(super) async fn call(interface: &Interface, peer: &Peer, body: &str) -> Result<String, Fault> {
    let name = interface.wire;
    if is_session(&peer.url) {
        return entries(told!(
            logged_in(peer, name != "1004")
                .await?
                .call_text(name, body)
                .await
        )?);
    }
    if interface.roles == [Role::Partner] {
        return ask_partner(&open(peer, Some(peer.token()?))?.client(), name, body).await;
    }
    let client = match (name, peer.token.clone()) {
        ("1004" | "1005" | "1006", _) => {
            return Err(Fault::usage(
                "--url: 1004 to 1006 travel over the framed TCP connection: tls://host:port",
            ));
        }
        ("2001", _) => return upload(peer, body).await,
        // Login itself, and what has its token in the message.
        ("1001" | "1002" | "1003", token) => {
            CityClient::over(open(peer, token)?).dialect(dialect())
        }
        (_, Some(token)) => CityClient::over(open(peer, Some(token))?).dialect(dialect()),
        (_, None) => city(peer)?.client(),
    };
    entries(told!(client.call_text(name, body).await)?)
}

/// Calls an external system over a transport that is open already.
///
/// # Errors
/// No interface has the name; `body` is not its request; the call fails.
pub async fn ask_partner(client: &PartnerClient, name: &str, body: &str) -> Result<String, Fault> {
    entries(told!(client.call_text(name, body).await)?)
}

/// A list whose entries were all accepted, or the reply to one.
fn entries(reply: String) -> Result<String, Fault> {
    if reply.starts_with('[') {
        let list: Vec<Value> = serde_json::from_str(&reply).map_err(Fault::bad)?;
        let refused = list
            .iter()
            .enumerate()
            .find(|(_, entry)| entry["code"].is_i64() && entry["message"].is_string());
        if let Some((index, entry)) = refused {
            return Err(Fault::Failed(format!(
                "data[{index}] was refused: {}: {}",
                entry["code"], entry["message"]
            )));
        }
    }
    Ok(reply)
}

/// Uploads an image.
async fn upload(peer: &Peer, body: &str) -> Result<String, Fault> {
    let (upload, _) = decode::<ImageUpload>(body, &dialect().read).map_err(Fault::bad)?;
    let file = peer
        .file
        .clone()
        .ok_or_else(|| Fault::usage("--file is missing: the image to upload"))?;
    told!(
        city(peer)?
            .upload_image(&upload, &ImageBody::file(file))
            .await
    )?;
    Ok("{}".to_owned())
}

fn open(peer: &Peer, token: Option<String>) -> Result<PartnerHttp, Fault> {
    let mut builder = PartnerHttp::builder(&peer.url)
        .http(peer.http.clone())
        .dialect(dialect());
    if let Some(token) = token {
        builder = builder.token(token);
    }
    builder.build().map_err(Fault::usage)
}

pub(super) fn credentials(peer: &Peer) -> Result<Credentials, Fault> {
    let key = password_key(peer.key()?, peer.iv.clone())?;
    Ok(Credentials::new(
        Text::from(peer.user()?),
        peer.password()?,
        key,
    ))
}

fn city(peer: &Peer) -> Result<CityHttp, Fault> {
    let builder = CityHttp::builder(&peer.url, credentials(peer)?)
        .http(peer.http.clone())
        .dialect(dialect());
    builder.build().map_err(Fault::usage)
}
