//! Nothing that is secret is told: not by `Debug`, not by the traces of a whole conversation.
use crate::common::*;
use pile_proto::*;
use std::{
    io::Write,
    sync::{Arc, Mutex},
};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_trace_holds_a_token_or_a_driver() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let token = "canary-token";
    for place in [TokenPlace::default(), TokenPlace::Header("X-Token".into()), TokenPlace::Bearer] {
        let dialect = Dialect::default().token(place);
        let router = VendorRouter::new(Vendor::default(), CallbackAuth::token(token)).dialect(dialect.clone());
        let base = serve_on(router.into_router(), None).await;
        for given in [token, "canary-wrong"] {
            let client = vendor_at(&base, &plain()).expect("a client").dialect(dialect.clone()).token(given);
            let outcome = client.charge_start(&request("chargeStart")).await;
            assert_eq!(outcome.is_ok(), given == token);
            assert!(!format!("{client:?} {:?}", outcome.err()).contains("canary"));
        }
    }
    let signer = || CallbackSigner::new("canary-secret");
    let router = AggregatorRouter::signed(Aggregator::default(), signer());
    let base = serve_on(router.into_router(), None).await;
    let client = aggregator_at(&format!("{base}/orderCallback"), &plain())
        .expect("a client")
        .signer(signer());
    client.order_callback(&charging()).await.expect("taken");
    let text = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("UTF-8");
    assert!(text.contains("chargeStart") && text.contains("refused"), "{text}");
    for secret in ["canary", "D10086", "CC20170117093000001"] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}
