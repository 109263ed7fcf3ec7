//! Calls of KT.
use super::{Peer, data, failed, request};
use crate::fault::Fault;
use kt_proto::{CloudClient, Credentials, Dialect, Endpoint, Error, Keys, KtHttp, LotClient};
use sztc_proto::BoxFuture;

/// Calls a lot.
pub fn lot<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let (way, keys) = way(&peer)?;
        let item = request(&body, &Dialect::default().read)?;
        data(&LotClient::over(way, keys).call::<E>(&item).await.map_err(failed)?)
    })
}

/// Calls a third party.
pub fn cloud<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let (way, keys) = way(&peer)?;
        let item = request(&body, &Dialect::default().read)?;
        data(&CloudClient::over(way, keys).call::<E>(&item).await.map_err(failed)?)
    })
}

fn way(peer: &Peer) -> Result<(KtHttp, Keys), Fault> {
    let keys = Keys::new(peer.key()?).map_err(Fault::usage)?;
    let credentials = Credentials::new(peer.user()?, peer.password()?, keys.clone());
    let way = KtHttp::new(&peer.url, &credentials, &peer.http).map_err(|error: Error| Fault::usage(error))?;
    Ok((way, keys))
}
