//! Bodies that are too long: refused with the document's code over a connection that goes on, not
//! by cutting it.
use super::peer::*;
use crate::common::*;
use std::collections::BTreeSet;
use sztc_proto::*;

/// 10 MB (6.1.1 i) and 64 KiB for what is around them.
const LIMIT: usize = 10 * 1024 * 1024 + 64 * 1024;

/// `text` with white space inside until it has `length` bytes.
fn padded(text: String, length: usize) -> String {
    let space = " ".repeat(length - text.len());
    text.replacen('{', &format!("{{{space}"), 1)
}

#[tokio::test]
async fn ten_megabytes_are_accepted_and_more_is_refused() {
    let service = Tolerant::default();
    let peer = Peer::of_city(
        CityRouter::new(service.clone(), accounts())
            .options(options(Dialect::default(), &Told::default())),
    )
    .await;
    let query = || sealed(r#"[{"plateNo":"1"}]"#);
    for (path, authorization, body, expected) in [
        (
            "5010",
            peer.bearer(),
            padded(query(), 10 * 1024 * 1024),
            DONE,
        ),
        ("5010", peer.bearer(), padded(query(), LIMIT), DONE),
        (
            "5010",
            peer.bearer(),
            padded(query(), LIMIT + 1),
            refused(1004, "10M字节"),
        ),
        (
            "5010",
            peer.bearer(),
            padded(query(), LIMIT * 3 / 2),
            refused(1004, "10M字节"),
        ),
        // Refused before the body is looked at.
        (
            "5010",
            Some("bearer wrong".to_owned()),
            padded(query(), LIMIT),
            refused(3002, "访问令牌错误"),
        ),
        (
            "5010x",
            peer.bearer(),
            padded(query(), LIMIT),
            refused(1100, "number of an interface"),
        ),
        (
            "1001",
            None,
            padded(login("AAAA"), 64 * 1024 + 1),
            refused(1004, "longer than allowed"),
        ),
        (
            "1001",
            None,
            padded(login("AAAA"), LIMIT),
            refused(1004, "longer than allowed"),
        ),
        (
            "2001",
            peer.bearer(),
            padded(query(), LIMIT),
            refused(1005, "multipart"),
        ),
        (
            "2001",
            None,
            padded(query(), LIMIT),
            refused(3002, "访问令牌错误"),
        ),
    ] {
        println!("{path} {}", body.len());
        peer.post(path, authorization, body).await.is(expected);
        peer.post("5010", peer.bearer(), query()).await.is(DONE);
    }
    let reply = peer
        .post("1001", None, padded(login("AAAA"), 64 * 1024))
        .await;
    assert_eq!(reply.code(0), Some(3001), "64 KiB are a login");
    peer.post("5010", peer.bearer(), query()).await.is(DONE);
    let ports: BTreeSet<_> = service.0.lock().expect("not poisoned").drain(..).collect();
    assert_eq!(ports.len(), 1, "one connection carried them all");
}
