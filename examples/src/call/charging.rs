//! Calls in the charging envelope, and those of Star Charge.
use super::{Peer, data, failed, request};
use crate::fault::Fault;
use evcs_proto::{Credentials, Dialect, Endpoint, Error, PeerHttp};
use sztc_proto::{BoxFuture, charging};
use xingxing_park::{ChargeQuery, DiscountReport, ParkChargeResult, PeerHttp as StarHttp};

/// Calls a charge point operator; asks for a token first.
pub fn cpo<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let client = way(&peer)?.cpo();
        let item = request(&body, &dialect(&peer).read)?;
        data(&client.call::<E>(&item).await.map_err(failed)?)
    })
}

/// Calls a customer's operator; asks for a token first.
pub fn emsp<E: Endpoint>(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let client = way(&peer)?.emsp();
        let item = request(&body, &dialect(&peer).read)?;
        data(&client.call::<E>(&item).await.map_err(failed)?)
    })
}

/// As the document of the protocol prints the envelope's interfaces.
fn dialect(peer: &Peer) -> Dialect {
    if peer.db4403 { charging::dialect() } else { Dialect::default() }
}

fn way(peer: &Peer) -> Result<PeerHttp, Fault> {
    let keys = peer.keys(&peer.operator_secret()?)?;
    let credentials = Credentials::new(peer.operator()?, keys);
    let builder = PeerHttp::builder(&peer.url, credentials).http(peer.http.clone()).dialect(dialect(peer));
    builder.build().map_err(|error: Error| Fault::usage(error))
}

/// Tells a parking platform of an order.
pub fn notify_parking(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let item: ParkChargeResult = request(&body, &Default::default())?;
        let receipt = star(&peer)?.parking().notification_parking_charge_result(&item).await;
        data(&receipt.map_err(failed)?)
    })
}

/// Asks a charging platform for an order; `null` if it does not know it.
pub fn query_charging(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let item: ChargeQuery = request(&body, &Default::default())?;
        let found = star(&peer)?.charging().query_parking_charge_result(&item).await.map_err(failed)?;
        found.as_ref().map_or_else(|| Ok("null".to_owned()), data)
    })
}

/// Reports a discount to a charging platform.
pub fn report_discount(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let item: DiscountReport = request(&body, &Default::default())?;
        let receipt = star(&peer)?.charging().query_parking_discount_result(&item).await;
        data(&receipt.map_err(failed)?)
    })
}

/// Messages are sealed where the secrets of the envelope are given.
fn star(peer: &Peer) -> Result<StarHttp, Fault> {
    let mut builder = StarHttp::builder(&peer.url).http(peer.http.clone());
    if let Some(token) = peer.token.clone() {
        builder = builder.token(token);
    }
    if peer.data_secret.is_some() {
        builder = builder.sealed(Credentials::new(peer.operator()?, peer.keys("")?));
    }
    builder.build().map_err(Fault::usage)
}
