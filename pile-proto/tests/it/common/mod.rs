//! A vendor and an aggregator that answer with the samples, and the sockets between them.
#![allow(dead_code, unused_imports, reason = "secrets.rs uses a part")]

use pile_proto::{code::*, endpoint::*, model::*, *};
use std::sync::{Arc, Mutex};
pub(crate) use testkit::{Asked, Canned, Certificate, plain, stub};

/// The token of the samples.
pub(crate) const TOKEN: &str = "TOKEN";

pub(crate) fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path)
        .expect(&path)
        .trim()
        .to_owned()
}

/// The sample request of an interface.
pub(crate) fn request<T: Model>(name: &str) -> T {
    let mut params = Params::parse(&fixture(&format!("{name}.request.txt"))).expect(name);
    params.take("token");
    params
        .read(&Dialect::strict().read, &mut Deviations::default())
        .expect(name)
}

/// The sample reply of an interface.
pub(crate) fn reply<T: Model>(name: &str) -> T {
    let text = fixture(&format!("{name}.reply.json"));
    decode(&text, &Dialect::strict().read).expect(name).0
}

pub(crate) fn groups() -> Vec<StubGroup> {
    reply("syncStubGroupInfo")
}

/// The order of the sample callback.
pub(crate) fn charging() -> Order {
    decode(&fixture("callback.request.json"), &Dialect::strict().read)
        .expect("a callback")
        .0
}

/// A vendor that expects the sample requests and answers with the sample replies.
#[derive(Clone, Default)]
pub(crate) struct Vendor(pub Arc<Mutex<Vec<&'static str>>>);

impl Vendor {
    fn note<T: Model, R: Model>(&self, name: &'static str, got: &T) -> Outcome<R> {
        assert_eq!(*got, request::<T>(name));
        self.0.lock().expect("not poisoned").push(name);
        Ok(reply(name))
    }

    pub(crate) fn taken(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

impl VendorService for Vendor {
    async fn sync_stub_group_info(
        &self,
        _: &Ctx,
        query: StubGroupQuery,
    ) -> Outcome<Vec<StubGroup>> {
        self.note("syncStubGroupInfo", &query)
    }

    async fn sync_stub_info(&self, _: &Ctx, query: StubQuery) -> Outcome<StubGroupDetail> {
        self.note("syncStubInfo", &query)
    }

    async fn get_order_info(&self, _: &Ctx, query: OrderQuery) -> Outcome<Order> {
        self.note("getOrderInfo", &query)
    }

    async fn check_charge_orders(&self, _: &Ctx, query: BillQuery) -> Outcome<Bill> {
        self.note("checkChargeOrders", &query)
    }

    async fn charge_start(&self, _: &Ctx, start: ChargeStart) -> Outcome<Order> {
        self.note("chargeStart", &start)
    }

    async fn charge_stop(&self, _: &Ctx, stop: ChargeStop) -> Outcome<Order> {
        self.note("chargeStop", &stop)
    }
}

/// Calls every interface of a vendor with its sample and compares the reply.
pub(crate) async fn call_all(client: &VendorClient) {
    assert_eq!(
        client
            .sync_stub_group_info(&request("syncStubGroupInfo"))
            .await
            .expect("2.1"),
        groups()
    );
    assert_eq!(
        client
            .sync_stub_info(&request("syncStubInfo"))
            .await
            .expect("2.2"),
        reply("syncStubInfo")
    );
    assert_eq!(
        client
            .get_order_info(&request("getOrderInfo"))
            .await
            .expect("2.3"),
        reply("getOrderInfo")
    );
    assert_eq!(
        client
            .check_charge_orders(&request("checkChargeOrders"))
            .await
            .expect("2.4"),
        reply("checkChargeOrders")
    );
    assert_eq!(
        client
            .charge_start(&request("chargeStart"))
            .await
            .expect("3.1"),
        reply("chargeStart")
    );
    assert_eq!(
        client
            .charge_stop(&request("chargeStop"))
            .await
            .expect("3.2"),
        reply("chargeStop")
    );
}

/// An aggregator that keeps what it is told, or refuses it.
#[derive(Clone, Default)]
pub(crate) struct Aggregator {
    pub told: Arc<Mutex<Vec<Order>>>,
    pub refuses: bool,
}

impl AggregatorService for Aggregator {
    async fn order_callback(&self, _: &Ctx, order: Order) -> Outcome<Nothing> {
        if self.refuses {
            return Err(Refusal::new("E7".into(), "no such order"));
        }
        self.told.lock().expect("not poisoned").push(order);
        Ok(Nothing {})
    }
}

/// A client of the vendor at `base`.
pub(crate) fn vendor_at(base: &str, http: &HttpOptions) -> Result<VendorClient, Error> {
    PeerHttp::builder(base)
        .http(http.clone())
        .build()
        .map(|peer| peer.vendor())
}

/// A client of the aggregator whose callback lies at `url`.
pub(crate) fn aggregator_at(url: &str, http: &HttpOptions) -> Result<AggregatorClient, Error> {
    PeerHttp::builder(url)
        .http(http.clone())
        .build()
        .map(|peer| peer.aggregator())
}

/// Options of a server that speaks `dialect`.
pub(crate) fn speaking(dialect: Dialect) -> ServerOptions {
    let mut options = ServerOptions::default();
    options.dialect = Arc::new(dialect);
    options
}

/// Serves `router` on a free port; the address without a slash at its end.
pub(crate) async fn serve_on(router: axum::Router, tls: Option<ServerTls>) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = testkit::serve_on(router, tls).await;
    format!("{scheme}://localhost:{}", address.port())
}

/// A peer that answers every request with this.
pub(crate) async fn answers(status: u16, body: impl Into<Vec<u8>>) -> (String, Asked) {
    let canned = Canned::new(status, body);
    stub(move |_, _| canned.clone()).await
}

/// Sends a raw request; status, whole head, body.
pub(crate) async fn send(
    base: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, String, String) {
    let port = base
        .trim_start_matches("http://localhost:")
        .parse()
        .expect("a port");
    let address = ([127, 0, 0, 1], port).into();
    let received = testkit::send(
        address,
        &format!("{method} {path}"),
        headers,
        body.as_bytes(),
    )
    .await;
    (received.status, received.head, received.body)
}
