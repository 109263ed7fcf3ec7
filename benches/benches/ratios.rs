//! The table of ratios: what each job costs against the work that cannot be avoided, measured side
//! by side in one run. Speed is shown, never asserted: the exit status is 0.
use benches::{
    bare, net, payload, plain,
    stopwatch::{Case, measure},
};
use bytes::BytesMut;
use sztc_proto::{
    Dialect, Scheme,
    frame::{FrameReader, encode},
};

const ROUNDS: usize = 200;

fn main() {
    println!(
        "{:<36} {:>11}   {:<26} {:>11} {:>7}  target",
        "case", "ns", "against", "ns", "ratio"
    );
    for (name, length) in [("512 B", 512), ("4 KB", 4096)] {
        frames(name, length);
    }
    for (name, batch) in payload::batches() {
        signatures(name, &batch);
    }
    batches();
    lines();
}

fn row(case: &str, ns: f64, against: &str, reference: f64, target: Target) {
    let ratio = ns / reference;
    let verdict = match target {
        Target::None => String::new(),
        Target::AtMost(limit) => {
            format!("<= {limit}{}", if ratio <= limit { "" } else { "  MISSED" })
        }
        Target::AtLeastFaster(times) => format!(
            "<= 1/{times}{}",
            if ratio <= 1.0 / times { "" } else { "  MISSED" }
        ),
    };
    println!("{case:<36} {ns:>11.0}   {against:<26} {reference:>11.0} {ratio:>7.2}  {verdict}");
}

enum Target {
    None,
    AtMost(f64),
    AtLeastFaster(f64),
}

fn frames(name: &str, length: usize) {
    let frame = payload::frame(length);
    let mut bytes = BytesMut::new();
    encode(&frame, &mut bytes).expect("short");
    let (mut copy, mut written, mut reader) =
        (BytesMut::new(), BytesMut::new(), FrameReader::new());
    let mut cases = [
        Case::new("CRC and copy", || plain::crc_and_copy(&bytes, &mut copy)),
        Case::new("encode", || {
            written.clear();
            encode(&frame, &mut written)
        }),
        Case::new("decode", || {
            reader.push(&bytes);
            reader.next(1 << 20)
        }),
    ];
    let ns = measure(&mut cases, ROUNDS);
    for (case, ns_of) in cases.iter().zip(&ns).skip(1) {
        row(
            &format!("frame {}, {name}", case.name()),
            *ns_of,
            cases[0].name(),
            ns[0],
            Target::AtMost(1.3),
        );
    }
}

fn signatures(name: &str, batch: &[payload::Entry]) {
    let (unsorted, canonical) = (payload::list(batch), payload::canonical_list(batch));
    let mut cases = [
        Case::new("SHA-1 alone", || plain::sha1(&unsorted)),
        Case::new("serde_json::Value and SHA-1", || {
            plain::sign_over_values(&unsorted)
        }),
        Case::new("unsorted", || Scheme::default().sign(&unsorted)),
        Case::new("canonical", || Scheme::default().sign(&canonical)),
    ];
    let ns = measure(&mut cases, ROUNDS);
    let asserted = name != "64 KB";
    for at in [2, 3] {
        let case = format!("sign {}, {name}", cases[at].name());
        let (most, least) = if asserted {
            (Target::AtMost(4.0), Target::AtLeastFaster(3.0))
        } else {
            (Target::None, Target::None)
        };
        row(&case, ns[at], cases[0].name(), ns[0], most);
        row(&case, ns[at], cases[1].name(), ns[1], least);
    }
}

fn batches() {
    let rules = Dialect::default().read;
    let batch = payload::medium();
    let mut cases = [
        Case::new("serde_json, bare structs", || bare::read(&batch)),
        Case::new("decode and check", || bare::read_and_check(&batch, &rules)),
    ];
    let ns = measure(&mut cases, ROUNDS);
    row(
        "decode and check, 4 KB",
        ns[1],
        cases[0].name(),
        ns[0],
        Target::AtMost(1.3),
    );
}

/// One message over TCP, against an echo of the same frames: a report to the session server, which
/// opens, verifies, decodes, checks, answers and seals; and a heartbeat, which has nothing to
/// decode and reaches no service: what the session itself costs. A report that waits for no other
/// is also held against an echo that does, before it answers, what nobody can leave out. With one
/// line and window 1, all mostly wait to be woken: on a virtual machine that alone may differ
/// fourfold from run to run.
fn lines() {
    let (echo, working_echo, city) = (net::echo(), net::echo_after(bare::receive), net::city(None));
    let (report, heartbeat) = (net::report(), net::heartbeat());
    let (to_echo, to_working, to_city) = (
        || net::connected(echo),
        || net::connected(working_echo),
        || net::logged_in(city),
    );
    net::runtime().block_on(async {
        for (count, window, total) in [(1, 1, 500), (1, 32, 5000), (64, 1, 50), (64, 16, 200)] {
            let mut loads = vec![
                net::Load::new(count, &report, to_echo).await,
                net::Load::new(count, &report, to_city).await,
            ];
            if window > 1 {
                loads.push(net::Load::new(count, &report, to_working).await);
                loads.push(net::Load::new(count, &heartbeat, to_echo).await);
                loads.push(net::Load::new(count, &heartbeat, to_city).await);
            }
            let mut best = [f64::INFINITY; 5];
            for _ in 0..12 {
                for (load, best) in loads.iter_mut().zip(&mut best) {
                    *best = best.min(load.carry(window, total).await);
                }
            }
            let [echoed, reported, worked, echoed_beat, beat] = best;
            let case = |what| format!("TCP {what}, {count} lines, window {window}");
            row(
                &case("session"),
                reported,
                "echo of the same frames",
                echoed,
                Target::AtMost(2.0),
            );
            if window > 1 {
                row(
                    &case("session"),
                    reported,
                    "echo, SHA-1, serde_json",
                    worked,
                    Target::None,
                );
                row(
                    &case("heartbeat"),
                    beat,
                    "echo of the same frames",
                    echoed_beat,
                    Target::None,
                );
            }
        }
    });
}
