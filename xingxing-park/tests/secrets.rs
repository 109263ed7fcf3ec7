//! Nothing that is secret is told: not by `Debug`, not by the traces of a whole conversation.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "it/common/mod.rs"]
mod common;

use common::*;
use std::{
    io::Write,
    sync::{Arc, Mutex},
};
use tracing_subscriber::fmt::MakeWriter;
use xingxing_park::*;

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
async fn no_trace_holds_a_token_or_a_plate() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let router = ParkingRouter::new(Ledger::default(), CallbackAuth::token(TOKEN));
    let base = serve_on(router.into_router(), None).await;
    for token in [TOKEN, "canary-wrong"] {
        let peer = PeerHttp::builder(format!("{base}/parking")).token(token).build().expect("a client");
        let outcome = peer.parking().notification_parking_charge_result(&charging()).await;
        assert_eq!(outcome.is_ok(), token == TOKEN);
        assert!(!format!("{peer:?} {:?} {outcome:?}", peer.parking()).contains("canary"));
    }
    let text = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("UTF-8");
    assert!(text.contains("notification_parking_charge_result") && text.contains("refused"), "{text}");
    for secret in ["canary", "3005", ORDER] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}
