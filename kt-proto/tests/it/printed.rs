//! The replies that the document prints, as KT's own server labels them, through a client.
use crate::common::{raw::*, *};
use kt_proto::{endpoint::*, *};
use std::fs;

/// The samples that are no JSON, and the least that makes them JSON.
const NOT_JSON: [(&str, &str, &str); 5] = [
    (
        "downlink/GetBookingCar",
        "23:59:59\"\n\"bookType",
        "23:59:59\",\n\"bookType",
    ),
    (
        "downlink/GetCarCardInfo",
        "23:59:59\"\n\"last",
        "23:59:59\",\n\"last",
    ),
    (
        "uplink/PostCarInInfo",
        "0/1}]（是否开通免密支付：0未开通、1已开通）",
        "1}]",
    ),
    (
        "uplink/PostCarOutInfo",
        "（线上自动扣款/抵扣金额，单位分）",
        "",
    ),
    (
        "downlink/GetParkingPaymentInfo.part1",
        "\"delayTime\":20]",
        "\"delayTime\":20}]",
    ),
];

/// What the files in `expected` say of a reply: what is tolerated, and how the entries are written
/// again.
struct Expected {
    tolerated: Vec<String>,
    written: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(format!(
        "{}/fixtures/printed/{path}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .expect(path)
}

fn expected(link: &str, name: &str) -> Expected {
    let text = read(&format!("{link}/expected/{name}.reply.txt"));
    let lines = |start: &str| {
        text.lines()
            .filter_map(|line| line.strip_prefix(start))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (tolerated, written) = (lines("tolerated "), lines("written   ").concat());
    match link {
        "downlink" => Expected { tolerated, written },
        // These are told of the entry alone.
        _ => Expected {
            tolerated: tolerated
                .iter()
                .map(|line| line.replacen(' ', " data[0].", 1))
                .collect(),
            written: format!("[{written}]"),
        },
    }
}

async fn answered<E: Endpoint>(text: String) -> (Result<E::Reply, Error>, Vec<String>) {
    let (base, _) = stub(move |_, _| html(text.clone())).await;
    let told = Told::default();
    let client = lot(&base)
        .dialect(Dialect::default().trailing_commas())
        .observer(told.observer());
    let outcome = client.call::<E>(&request::<E>()).await;
    (
        outcome,
        told.take()
            .into_iter()
            .map(|(_, kind, path)| format!("{kind:?} {path}"))
            .collect(),
    )
}

/// Whether there is such a sample, and it is read as expected.
async fn is_read<E: Endpoint>(link: &str, part: &str) -> bool {
    let name = format!("{}{part}", E::NAME);
    if !fs::exists(format!(
        "{}/fixtures/printed/{link}/{name}.reply.json",
        env!("CARGO_MANIFEST_DIR")
    ))
    .expect("readable")
    {
        return false;
    }
    let mut text = read(&format!("{link}/{name}.reply.json"));
    let expected = expected(link, &name);
    if let Some((_, from, to)) = NOT_JSON
        .iter()
        .find(|row| row.0 == format!("{link}/{name}"))
    {
        let (outcome, _) = answered::<E>(text.clone()).await;
        let error = outcome.expect_err("no JSON");
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::PeerBytes, Sent::Answered),
            "{name}"
        );
        text = text.replace(from, to);
    }
    let under_message = text.contains("\"resMsg\":[");
    let (outcome, mut tolerated) = answered::<E>(text).await;
    let reply = outcome.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let written = encode(&reply).expect("a model");
    let written = match E::SHAPE {
        Shape::Nothing => "[]".to_owned(),
        Shape::Each => format!("[{written}]"),
        _ => written,
    };
    if under_message {
        assert_eq!(tolerated.remove(0), "Nesting resMsg", "{name}");
    }
    assert_eq!(
        (tolerated, written),
        (expected.tolerated, expected.written),
        "{name}"
    );
    true
}

#[tokio::test]
async fn every_printed_reply_is_read() {
    let (mut count, mut link) = (0, "downlink");
    macro_rules! rows {
        ([] $($(#[$doc:meta])* $name:literal $title:literal $marker:ident:
            $method:ident($request:ty) -> $reply:ty,
            $class:ident $(, $shape:ident)? $(at $at:tt)?;)*) => {$(
            for part in ["", ".part1"] {
                count += usize::from(is_read::<$marker>(link, part).await);
            }
        )*};
    }
    for_each_lot_interface!(rows []);
    assert_eq!(std::mem::take(&mut count), 28);
    link = "uplink";
    for_each_cloud_interface!(rows []);
    assert_eq!(count, 15);
}
