use super::*;
use bytes::Bytes;
use examples::registry::{self, Protocol};
use std::{env, fs, path::PathBuf};

fn link() -> Link {
    Link::new("test", "a", "b", Protocol::Sztc)
}

fn traffic(store: &Store) -> Traffic {
    let traffic = Traffic::new(store, None, true).expect("it is read");
    traffic.add_link(link());
    traffic
}

fn cross(traffic: &Traffic, body: &[u8], faults: &[Fault]) {
    let request = [b"POST /1006 HTTP/1.1\r\n\r\n", body].concat();
    let mut crossed = Crossed::new(SystemTime::now(), request.into());
    crossed.reply = Some(Bytes::from(
        "HTTP/1.1 200 OK\r\n\r\n{\"resultCode\":0,\"resultMsg\":\"\",\"data\":[]}",
    ));
    crossed.faults = faults.to_vec();
    traffic.crossed(&link(), "https", crossed);
}

fn beat() -> &'static Interface {
    registry::of(Protocol::Sztc)
        .find(|interface| interface.code == Some(1006))
        .expect("there is one")
}

#[test]
fn what_was_answered_before_is_no_answer_now() {
    let traffic = traffic(&Store::in_memory().expect("memory"));
    cross(&traffic, b"", &[Fault::ReplyCorrupted]);
    assert!(!traffic.answered(beat(), "https"));
    cross(&traffic, b"", &[]);
    assert!(traffic.answered(beat(), "https") && !traffic.answered(beat(), "tcp"));
    let before = traffic.last();
    assert!(!traffic.answered_since(before, beat(), "https"));
    cross(&traffic, b"", &[]);
    assert!(traffic.answered_since(before, beat(), "https"));
}

#[test]
fn long_messages_are_cut_off_and_read_the_same_again() {
    let traffic = traffic(&Store::in_memory().expect("memory"));
    cross(&traffic, "粤".repeat(1024 * 1024).as_bytes(), &[]);
    let exchange = traffic.get(1).expect("it is kept");
    let request = String::from_utf8(exchange.request()).expect("no character is cut through");
    assert!(
        request.len() < 1024 * 1024 + 100 && request.len() > 1024 * 1024,
        "{}",
        request.len()
    );
    assert!(
        request.ends_with("... cut off here: 3145751 bytes in all, the first 1048574 are kept"),
        "{}",
        &request[request.len() - 90..]
    );
    assert_eq!(exchange.row.code, Some(1006));
    let again = traffic.replay(&exchange).expect("its link is there");
    assert_eq!(
        (again.row.code, &again.row.outcome),
        (Some(1006), &exchange.row.outcome)
    );
}

#[test]
fn the_oldest_make_room() {
    let store = Store::in_memory().expect("memory");
    let traffic = traffic(&store);
    let long = vec![b'x'; 1024 * 1024 - 100];
    for _ in 0..60 {
        cross(&traffic, &long, &[]);
    }
    let (kept, _) = traffic.since(0);
    let room: usize = kept.iter().map(|exchange| exchange.size()).sum();
    assert!(room <= ROOM && kept.len() > 40, "{room} {}", kept.len());
    assert_eq!(kept.last().map(|exchange| exchange.row.id), Some(60));
    let shelf: Shelf<Exchange> = store.log("traffic");
    assert_eq!(shelf.all().expect("read").len(), kept.len());
}

#[test]
fn an_old_exchange_that_cannot_be_read_is_passed_over() {
    let store = Store::in_memory().expect("memory");
    cross(&traffic(&store), b"", &[]);
    let other: Shelf<u64> = store.log("traffic");
    other.put(&key(2), 7).expect("kept");
    assert_eq!(traffic(&store).since(0).0.len(), 1);
}

/// A file of this test's own.
fn file(name: &str) -> PathBuf {
    let file = env::temp_dir().join(format!("city-traffic-{name}-{}", std::process::id()));
    let _ = fs::remove_file(&file);
    file
}

#[test]
fn what_is_shown_again_is_not_kept() {
    let (store, path) = (Store::in_memory().expect("memory"), file("capture"));
    let recorder = Recorder::create(&path).expect("a file");
    let traffic = Traffic::new(&store, Some(recorder), true).expect("it is empty");
    traffic.add_link(link());
    cross(&traffic, b"", &[]);
    traffic.failed(&link(), "https", "no TLS".to_owned());
    let (crossed, _) = traffic.since(0);
    for exchange in &crossed {
        let again = traffic.replay(exchange).expect("its link is there");
        assert_eq!(
            (&again.row.outcome, &again.row.reason),
            (&exchange.row.outcome, &exchange.row.reason)
        );
    }
    assert_eq!(traffic.since(0).0.len(), 4);
    assert_eq!(
        fs::read_to_string(&path)
            .expect("a capture")
            .lines()
            .count(),
        2
    );
    fs::remove_file(&path).expect("it is there");
    let shelf: Shelf<Exchange> = store.log("traffic");
    assert_eq!(shelf.all().expect("read").len(), 2);
}
