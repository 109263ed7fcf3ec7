//! KT's envelope beside what the usual crates make of it, in one run. Speed is shown, never
//! asserted. For Java and Node see `peers/run.sh`.
use benches::{
    kt,
    stopwatch::{Case, measure},
};
use kt_proto::Keys;

const ROUNDS: usize = 100;

fn main() {
    println!(
        "{:<20} {:>11}   {:<20} {:>11} {:>7}  target",
        "case", "ns", "against", "ns", "faster"
    );
    let keys = Keys::new(kt::KEY).expect("24 bytes");
    let date = kt::DATE.parse().expect("a day");
    for length in kt::LENGTHS {
        let text = kt::message(length);
        let data = keys.seal(&text, date).expect("GB2312");
        assert_eq!(data, kt::seal(&text));
        let open = || {
            keys.open(&data, [date], kt::FIELDS)
                .expect("sealed above")
                .text
        };
        assert!(open() == text && kt::open(&data) == text);
        let mut cases = [
            Case::new("seal", || keys.seal(&text, date)),
            Case::new("des, cbc, base64", || kt::seal(&text)),
            Case::new("open", open),
            Case::new("des, cbc, base64", || kt::open(&data)),
        ];
        let ns = measure(&mut cases, ROUNDS);
        for (at, target) in [(0, 2.5), (2, 6.0)] {
            let times = ns[at + 1] / ns[at];
            println!(
                "{:<20} {:>11.0}   {:<20} {:>11.0} {times:>6.2}x  >= {target}{}",
                format!("{} {length} B", cases[at].name()),
                ns[at],
                cases[at + 1].name(),
                ns[at + 1],
                if times >= target { "" } else { "  MISSED" }
            );
        }
    }
    let setup = measure(&mut [Case::new("key", || Keys::new(kt::KEY))], ROUNDS);
    println!("{:<20} {:>11.0}   (once)", "setting up a key", setup[0]);
}
