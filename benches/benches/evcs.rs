//! Sealing and opening a charging envelope beside the sum of its three primitives, each measured in
//! the same run on exactly the bytes that it sees inside. Speed is shown, never asserted.
use benches::{
    evcs::{self, Bare, KEY, OPERATOR},
    stopwatch::{Case, measure},
};
use evcs_proto::{
    Deviations, Dialect, Keys,
    code::Ret,
    envelope::{Accept, Form, read_reply, read_request, seal_reply, seal_request},
};

const ROUNDS: usize = 300;
const DONE: &str = "请求成功";

fn main() {
    println!(
        "{:<22} {:>9}   {:<26} {:>9} {:>7}  target",
        "case", "ns", "against", "ns", "ratio"
    );
    let keys = Keys::new(KEY, KEY, KEY, KEY).expect("16 bytes");
    let rules = Dialect::default().read;
    let (accept, form) = (Accept::default(), Form::default());
    for (name, length) in evcs::LENGTHS {
        let plain = evcs::message(length);
        let request = seal_request(&keys, OPERATOR, evcs::stamp(), &plain, form);
        let reply = seal_reply(Some(&keys), Ret::OK, DONE, Some(&plain), form);
        let open_request = || {
            let mut deviations = Deviations::default();
            let came = read_request(&request, &rules, &mut deviations).expect("sealed above");
            let verified = came
                .verify(&keys, &rules, &mut deviations)
                .expect("signed above");
            verified
                .open(&keys, accept, &rules, &mut deviations)
                .expect("sealed above")
        };
        let open_reply = || {
            let mut deviations = Deviations::default();
            let came = read_reply(&reply, &rules, &mut deviations).expect("sealed above");
            let verified = came
                .verify(&keys, accept, &rules, &mut deviations)
                .expect("signed above");
            verified
                .expect("it has Data")
                .open(&keys, accept, &rules, &mut deviations)
                .expect("sealed above")
        };
        assert!(open_request() == plain && open_reply() == plain && plain.len() == length);

        let bare = || Bare::new(length);
        let (mut encrypting, mut decrypting, mut encoding, mut decoding, signing) =
            (bare(), bare(), bare(), bare(), bare());
        let sealed = bare().encrypt(plain.as_bytes()).to_vec();
        let data = bare().encode(&sealed).to_owned();
        let signed = format!(
            "{OPERATOR}{data}{}{}",
            evcs::stamp().timestamp(),
            evcs::stamp().seq()
        );
        assert!(
            request.contains(&data) && bare().decrypt(bare().decode(&data)) == plain.as_bytes()
        );

        let mut cases = [
            Case::new("AES-CBC", || encrypting.encrypt(plain.as_bytes()).len()),
            Case::new("Base64", || encoding.encode(&sealed).len()),
            Case::new("HMAC-MD5", || signing.sign(&signed)),
            Case::new("AES-CBC back", || decrypting.decrypt(&sealed).len()),
            Case::new("Base64 back", || decoding.decode(&data).len()),
            Case::new("seal request", || {
                seal_request(&keys, OPERATOR, evcs::stamp(), &plain, form)
            }),
            Case::new("seal reply", || {
                seal_reply(Some(&keys), Ret::OK, DONE, Some(&plain), form)
            }),
            Case::new("open request", open_request),
            Case::new("open reply", open_reply),
        ];
        let ns = measure(&mut cases, ROUNDS);
        let target = match length {
            512 => Some(1.25),
            4096 => Some(1.15),
            _ => None,
        };
        for at in 0..5 {
            println!(
                "{:<22} {:>9.0}",
                format!("{}, {name}", cases[at].name()),
                ns[at]
            );
        }
        let (seal, open) = (ns[0] + ns[1] + ns[2], ns[2] + ns[3] + ns[4]);
        for (at, sum) in [(5, seal), (6, seal), (7, open), (8, open)] {
            let ratio = ns[at] / sum;
            let verdict = target
                .map(|limit| format!("<= {limit}{}", if ratio <= limit { "" } else { "  MISSED" }));
            println!(
                "{:<22} {:>9.0}   {:<26} {sum:>9.0} {ratio:>7.2}  {}",
                format!("{}, {name}", cases[at].name()),
                ns[at],
                "AES-CBC, Base64, HMAC-MD5",
                verdict.unwrap_or_default()
            );
        }
    }
}
