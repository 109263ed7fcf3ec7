//! x
use benches::evcs::{self, OPERATOR};
use evcs_proto::{envelope::*, *};
use base64::{Engine, prelude::BASE64_STANDARD};
use benches::stopwatch::{Case, measure};
fn main() {
    let keys = Keys::new(evcs::KEY, evcs::KEY, evcs::KEY, evcs::KEY).unwrap();
    let plain = evcs::message(512);
    let sealed = seal_request(&keys, OPERATOR, evcs::stamp(), &plain, Form::default());
    let reply = seal_reply(Some(&keys), Ret::OK, "请求成功", Some(&plain), Form::default());
    let rules = Dialect::default().read;
    let mut bare = evcs::Bare::new(512);
    let mut bare2 = evcs::Bare::new(512);
    let bare3 = evcs::Bare::new(512);
    let mut bare4 = evcs::Bare::new(512);
    let enc = bare.encrypt(plain.as_bytes()).to_vec();
    let data = bare.encode(&enc).to_owned();
    let signed = format!("{OPERATOR}{data}{}{}", evcs::stamp().timestamp(), evcs::stamp().seq());
    let ver = || read_request(&sealed, &rules, &mut Deviations::default()).unwrap().verify(&keys, &rules, &mut Deviations::default()).unwrap();
    let verified = ver();
    let mut cases = [
        Case::new("read", || read_request(&sealed, &rules, &mut Deviations::default()).is_ok()),
        Case::new("read reply", || read_reply(&reply, &rules, &mut Deviations::default()).is_ok()),
        Case::new("read+verify", || { ver(); }),
        Case::new("open", || verified.open(&keys, Accept::default(), &rules, &mut Deviations::default()).unwrap()),
        Case::new("all", || ver().open(&keys, Accept::default(), &rules, &mut Deviations::default()).unwrap()),
        Case::new("utf8", || std::str::from_utf8(std::hint::black_box(plain.as_bytes())).is_ok()),
        Case::new("bare sign", || bare3.sign(&signed)),
        Case::new("bare decode", || bare2.decode(&data).len()),
        Case::new("std decode", || BASE64_STANDARD.decode(&data).unwrap()),
        Case::new("bare decrypt", || bare4.decrypt(&enc).len()),
        Case::new("alloc", || Vec::<u8>::with_capacity(528)),
        Case::new("alloc0", || vec![0u8;528]),
        Case::new("time", || Stamp::parse(std::hint::black_box("20160729142400"), "0001")),
    ];
    let ns = measure(&mut cases, 200);
    for (c, n) in cases.iter().zip(ns) { println!("{:20} {n:7.0}", c.name()); }
}
