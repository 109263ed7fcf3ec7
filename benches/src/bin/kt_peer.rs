//! Our side of `peers/run.sh`: `kt_peer messages DIR` writes what everybody seals and opens,
//! `kt_peer measure DIR` says how long it takes us.
use benches::{
    kt,
    stopwatch::{Case, measure},
};
use kt_proto::Keys;
use std::{fs, path::Path};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, verb, directory] = arguments.as_slice() else {
        panic!("kt_peer messages|measure DIR");
    };
    let directory = Path::new(directory);
    let keys = Keys::new(kt::KEY).expect("24 bytes");
    let date = kt::DATE.parse().expect("a day");
    for length in kt::LENGTHS {
        let (message, sealed) = (
            directory.join(format!("{length}.json")),
            directory.join(format!("{length}.sealed")),
        );
        if verb == "messages" {
            let text = kt::message(length);
            fs::write(sealed, keys.seal(&text, date).expect("GB2312"))
                .expect("a directory to write to");
            fs::write(message, text).expect("a directory to write to");
            continue;
        }
        let (text, data) = (
            fs::read_to_string(message).expect("written before"),
            fs::read_to_string(sealed).expect("written before"),
        );
        let mut cases = [
            Case::new("seal", || keys.seal(&text, date)),
            Case::new("open", || keys.open(&data, [date], kt::FIELDS)),
        ];
        for (case, ns) in ["seal", "open"].iter().zip(measure(&mut cases, 50)) {
            println!("{case} {length} {ns:.0}");
        }
    }
}
