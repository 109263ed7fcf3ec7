//! Calls of charging-pile vendors and of their aggregator.
use super::{Peer, data, failed, request};
use crate::fault::Fault;
use pile_proto::{AggregatorClient, CallbackSigner, Dialect, Error, Order, VendorClient};
use sztc_proto::BoxFuture;

macro_rules! queries {
    ($($(#[doc = $doc:literal])* $name:ident $method:ident;)*) => {$(
        $(#[doc = $doc])*
        pub fn $name(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
            Box::pin(async move {
                let client = vendor(&peer)?;
                let item = request(&body, &Dialect::default().read)?;
                data(&client.$method(&item).await.map_err(failed)?)
            })
        }
    )*};
}
queries! {
    /// The groups of piles of a city.
    stub_groups sync_stub_group_info;
    /// The piles of a group.
    stubs sync_stub_info;
    /// An order.
    order get_order_info;
    /// The totals of a time.
    bill check_charge_orders;
    /// Starts to charge.
    start charge_start;
    /// Stops to charge.
    stop charge_stop;
}

/// Tells the aggregator of an order, signed if there is a secret.
pub fn callback(peer: Peer, body: String) -> BoxFuture<'static, Result<String, Fault>> {
    Box::pin(async move {
        let order: Order = request(&body, &Dialect::default().read)?;
        let mut client = AggregatorClient::https(&peer.url, &peer.http).map_err(|error: Error| Fault::usage(error))?;
        if let Some(secret) = peer.sign_secret.clone() {
            client = client.signer(CallbackSigner::new(secret));
        }
        if let Some(token) = peer.token.clone() {
            client = client.token(token);
        }
        client.order_callback(&order).await.map_err(failed)?;
        Ok("{}".to_owned())
    })
}

fn vendor(peer: &Peer) -> Result<VendorClient, Fault> {
    let client = VendorClient::https(&peer.url, &peer.http).map_err(|error: Error| Fault::usage(error))?;
    Ok(client.token(peer.token()?))
}
