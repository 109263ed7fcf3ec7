//! Peers that fail on purpose, asked by the numbers of interfaces, and the clients that call them.
use crate::common::calling;
use sztc_proto::*;
pub(crate) use testkit::{Canned, Do, plain, quick};

/// An answer with this status, these headers (lines, each with its end) and this body.
pub(crate) fn answer<T: From<Canned>>(status: u16, headers: &str, body: String) -> T {
    let headers = headers.lines().filter_map(|line| line.split_once(": "));
    let canned = headers.fold(Canned::new(status, body), |canned, (name, value)| {
        canned.header(name, value)
    });
    canned.into()
}

/// A success around one entry.
pub(crate) fn done<T: From<Canned>>(entry: &str) -> T {
    answer(200, "", reply(0, entry))
}

/// An envelope around one entry.
pub(crate) fn reply(result: i32, entry: &str) -> String {
    format!(r#"{{"resultCode":{result},"resultMsg":"x","timestamp":1677628800,"data":[{entry}]}}"#)
}

pub(crate) fn status<T: From<Canned>>(status: u16) -> T {
    answer(status, "", "<html>a gateway</html>".to_owned())
}

/// A reply that is promised and ends in its middle.
pub(crate) fn cut() -> Do {
    Do::Cut(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"resultCode\":0".to_vec())
}

fn code(name: &str) -> u16 {
    name.parse().expect("the number of an interface")
}

/// What a peer was asked, by numbers.
pub(crate) struct Asked(testkit::Asked);

impl Asked {
    pub(crate) fn take(&self) -> Vec<u16> {
        self.0.take().iter().map(|name| code(name)).collect()
    }

    pub(crate) fn last(&self, code: u16) -> String {
        self.0.last(&code.to_string())
    }

    pub(crate) fn count(&self, code: u16) -> usize {
        self.0.count(&code.to_string())
    }

    pub(crate) async fn wait_for(&self, code: u16) {
        self.0.wait_for(&code.to_string()).await;
    }
}

/// A peer of [`testkit::peer`], with the interfaces under `/api`.
pub(crate) async fn peer(
    script: impl Fn(u16, usize) -> Do + Send + Sync + 'static,
) -> (String, Asked) {
    let (base, asked) = testkit::peer(move |name, number| script(code(name), number)).await;
    (format!("{base}/api"), Asked(asked))
}

/// A peer of [`testkit::stub`], with the interfaces under `/api`.
pub(crate) async fn stub(
    script: impl Fn(u16, usize) -> Canned + Send + Sync + 'static,
) -> (String, Asked) {
    let (base, asked) = testkit::stub(move |name, number| script(code(name), number)).await;
    (format!("{base}/api"), Asked(asked))
}

pub(crate) fn partner(base: &str) -> PartnerClient {
    calling(base, "agreed", plain()).with(quick)
}

/// Calls the city's interfaces with an agreed token, without a login.
pub(crate) fn city(base: &str) -> CityClient {
    let http = PartnerHttp::builder(base)
        .http(plain())
        .token("agreed")
        .build();
    CityClient::over(http.expect("a client")).with(quick)
}
