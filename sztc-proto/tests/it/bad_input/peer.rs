//! A peer written by hand: it posts any bytes and reads the answer as strictly as the document has
//! it.
use crate::common::*;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use sztc_proto::{
    code::*,
    endpoint::*,
    envelope::{ReplyEnvelope, open_reply},
    model::*,
    *,
};

/// What a row expects: HTTP status, resultCode, code of the first entry, part of resultMsg.
pub(super) type Expected = (u16, i32, Option<i32>, &'static str);

pub(super) const DONE: Expected = (200, 0, None, "成功");

pub(super) const fn refused(code: i32, part: &'static str) -> Expected {
    (200, 1, Some(code), part)
}

/// Now, as the services' clocks show it.
pub(super) const NOW: i64 = 1_677_628_800;

/// Options whose clock stands at [`NOW`].
pub(super) fn options(dialect: Dialect, seen: &Told) -> ServerOptions {
    let mut options = ServerOptions::default();
    options.dialect = Arc::new(dialect);
    options.observer = Some(seen.observer());
    options.clock = Arc::new(ManualClock::new(
        std::time::UNIX_EPOCH + Duration::from_secs(NOW as u64),
    ));
    options
}

/// A city that accepts everything and remembers from where it was called.
#[derive(Clone, Default)]
pub(super) struct Tolerant(pub Arc<Mutex<Vec<SocketAddr>>>);

impl Tolerant {
    fn note(&self, cx: &Ctx) {
        self.0.lock().expect("not poisoned").extend(cx.address);
    }
}

impl CityService for Tolerant {
    async fn query_auto_pay(
        &self,
        cx: &Ctx,
        items: Vec<AutoPayQuery>,
    ) -> Result<Vec<Outcome<AutoPayReply>>, Refusal> {
        self.note(cx);
        each(items, async |_| Ok(sample(5010, "reply"))).await
    }

    async fn report_space_state(
        &self,
        cx: &Ctx,
        items: Vec<SpaceStateReport>,
    ) -> Result<Vec<Outcome<SpaceStateReply>>, Refusal> {
        self.note(cx);
        each(items, async |item| {
            Ok(SpaceStateReply {
                space_no: item.space_no,
            })
        })
        .await
    }

    async fn report_credit(
        &self,
        cx: &Ctx,
        items: Vec<CreditReport>,
    ) -> Result<Vec<Outcome<CreditReply>>, Refusal> {
        self.note(cx);
        each(items, async |item| Ok(CreditReply { id: item.id })).await
    }

    async fn report_lot(
        &self,
        cx: &Ctx,
        items: Vec<LotReport>,
    ) -> Result<Vec<Outcome<LotReply>>, Refusal> {
        self.note(cx);
        each(items, async |_| Ok(sample(3001, "reply"))).await
    }

    async fn report_tariff(
        &self,
        cx: &Ctx,
        items: Vec<Tariff>,
    ) -> Result<Vec<Outcome<TariffReply>>, Refusal> {
        self.note(cx);
        each(items, async |item| {
            Ok(TariffReply {
                permit_no: item.permit_no,
            })
        })
        .await
    }

    async fn issue_invoice(
        &self,
        cx: &Ctx,
        items: Vec<Invoice>,
    ) -> Result<Vec<Outcome<InvoiceReply>>, Refusal> {
        self.note(cx);
        each(items, async |_| Ok(sample(1201, "reply"))).await
    }

    async fn query_invoice_stock(
        &self,
        cx: &Ctx,
        items: Vec<InvoiceStockQuery>,
    ) -> Result<Vec<Outcome<InvoiceStock>>, Refusal> {
        self.note(cx);
        each(items, async |_| Ok(sample(1202, "reply"))).await
    }

    async fn upload_image(
        &self,
        cx: &Ctx,
        _: ImageUpload,
        file: ImageStream<'_>,
    ) -> Result<(), Refusal> {
        self.note(cx);
        file.read_all(20_000_000).await.map(|_| ())
    }

    async fn other(&self, cx: &Ctx, name: &str, data: &str) -> Result<String, Refusal> {
        self.note(cx);
        match name {
            "7001" => {
                answer_items::<QueryAutoPay, _, _>(cx, data, async |_, items| {
                    each(items, async |_| Ok(sample(5010, "reply"))).await
                })
                .await
            }
            _ => Err(Refusal::new(
                BusinessCode::NO_OBJECT,
                format!("{name} is not offered here"),
            )),
        }
    }
}

impl PartnerService for Tolerant {
    async fn query_fee(
        &self,
        cx: &Ctx,
        items: Vec<FeeQuery>,
    ) -> Result<Vec<Outcome<ParkingOrder>>, Refusal> {
        self.note(cx);
        each(items, async |_| Ok(sample(6006, "reply"))).await
    }

    async fn lock_space(
        &self,
        cx: &Ctx,
        items: Vec<SpaceLock>,
    ) -> Result<Vec<Outcome<SpaceLockReply>>, Refusal> {
        self.note(cx);
        each(items, async |_| Ok(sample(6001, "reply"))).await
    }

    async fn publish_lot(
        &self,
        cx: &Ctx,
        items: Vec<LotPush>,
    ) -> Result<Vec<Outcome<LotPushReply>>, Refusal> {
        self.note(cx);
        each(items, async |_| Ok(sample(9001, "reply"))).await
    }
}

/// A reply whose envelope is as the document has it.
pub(super) struct Reply {
    pub status: u16,
    pub text: String,
}

impl Reply {
    pub(super) fn envelope(&self) -> ReplyEnvelope<'_> {
        open_reply(&self.text, &Rules::strict(), &mut Deviations::default())
            .unwrap_or_else(|problem| panic!("{problem}: HTTP {} {}", self.status, self.text))
    }

    /// The code of the entry at `index`.
    pub(super) fn code(&self, index: usize) -> Option<i32> {
        let item: serde_json::Value =
            serde_json::from_str(self.envelope().items.get(index)?).expect("JSON");
        item["code"]
            .as_i64()
            .map(|code| i32::try_from(code).expect("small"))
    }

    pub(super) fn is(&self, (status, result, code, part): Expected) {
        let envelope = self.envelope();
        assert!(envelope.message.contains(part), "{part}: {}", self.text);
        assert_eq!(
            (self.status, envelope.result.0, self.code(0)),
            (status, result, code),
            "{}",
            self.text
        );
        assert_eq!(envelope.timestamp, Some(Timestamp::from_seconds(NOW)));
        assert!(
            envelope.message.chars().count() <= 255,
            "{}",
            envelope.message
        );
    }
}

pub(super) struct Peer {
    client: reqwest::Client,
    base: String,
    pub token: String,
}

impl Peer {
    /// A peer of `router`, without a token yet.
    pub(super) async fn of(router: axum::Router) -> Self {
        let certificate = Certificate::localhost();
        let (base, _) = serve_https(router, &certificate).await;
        let config = certificate
            .client()
            .rustls_config()
            .expect("our own authority");
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(Arc::unwrap_or_clone(config))
            .no_proxy()
            .pool_max_idle_per_host(1)
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        Self {
            client,
            base,
            token: String::new(),
        }
    }

    /// A peer of the city, logged in by hand.
    pub(super) async fn of_city(router: CityRouter) -> Self {
        let mut peer = Self::of(router.into_router()).await;
        let reply = peer
            .post("1001", None, login(&account().key.seal("canary-password")))
            .await;
        reply.is(DONE);
        let entry: serde_json::Value =
            serde_json::from_str(reply.envelope().items[0]).expect("JSON");
        peer.token = entry["accessToken"].as_str().expect("a token").to_owned();
        peer
    }

    /// A peer of the partner, with its token.
    pub(super) async fn of_partner(router: PartnerRouter) -> Self {
        let mut peer = Self::of(router.into_router()).await;
        peer.token = CALLBACK_TOKEN.to_owned();
        peer
    }

    pub(super) fn bearer(&self) -> Option<String> {
        Some(format!("bearer {}", self.token))
    }

    /// Posts `body` with the header `authorization`.
    pub(super) async fn post(
        &self,
        path: &str,
        authorization: Option<String>,
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        self.send(path, authorization, "application/json", body)
            .await
    }

    pub(super) async fn send(
        &self,
        path: &str,
        authorization: Option<String>,
        kind: &str,
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let mut request = self
            .client
            .post(format!("{}/{path}", self.base))
            .header("content-type", kind)
            .body(body);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        Self::read(request).await
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        Self::read(self.client.get(format!("{}/{path}", self.base))).await
    }

    async fn read(request: reqwest::RequestBuilder) -> Reply {
        let response = request
            .send()
            .await
            .expect("an answer, not a broken connection");
        let status = response.status().as_u16();
        let text = response.text().await.expect("the whole answer");
        Reply { status, text }
    }
}

/// A sealed request around the list `data`.
pub(super) fn sealed(data: &str) -> String {
    signed(data, &Scheme::default().sign(data).expect("can be signed"))
}

/// A request around `data` with this signature.
pub(super) fn signed(data: &str, sign: &str) -> String {
    format!(r#"{{"timestamp":{NOW},"sign":"{sign}","data":{data}}}"#)
}

/// The request of 1001 with a sealed password.
pub(super) fn login(password: &str) -> String {
    sealed(&format!(
        r#"[{{"userId":"{USER}","password":"{password}"}}]"#
    ))
}
