//! The calls of the third party to the lot: conforming samples, the document's own samples, and
//! every row of its tables.
mod interfaces;
mod tables;

use interfaces::{Side, interfaces};
use kt_proto::{code::*, model::*, *};
use park_core::json::canonical::canonical;
use std::{collections::BTreeSet, fmt::Write, fs, path::PathBuf};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

fn tolerant() -> Rules {
    let mut rules = Rules::default();
    rules.spellings = SPELLINGS.into();
    rules
}

/// Every sample with how it is read: `<Interface>.request.json` and `.reply.json`.
fn samples() -> Vec<(String, Side, String)> {
    let mut samples = Vec::new();
    for (name, request, reply) in interfaces() {
        for (side, how) in [("request", Some(request)), ("reply", reply)] {
            let file = format!("{name}.{side}");
            let path = fixture(&format!("samples/{file}.json"));
            match how {
                Some(how) => samples.push((file, how, fs::read_to_string(path).expect(name))),
                None => assert!(!path.exists(), "{file}: the interface replies nothing"),
            }
        }
    }
    samples
}

#[test]
fn conforming_samples_are_exact_in_both_directions() {
    let samples = samples();
    assert_eq!((interfaces().len(), samples.len()), (28, 47));
    for (name, side, text) in samples {
        let read = (side.sample)(&text, &Rules::strict())
            .unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!((read.tolerated, read.broken), (vec![], vec![]), "{name}");
        assert_eq!(canonical(&read.written), canonical(&text), "{name}");
    }
}

/// The document's samples that are no JSON: where, why, and the least that makes them JSON.
const NOT_JSON: [(&str, &str, &str, &str); 5] = [
    (
        "AddCarCardNo.request",
        "no comma behind cardName",
        "\"cardName\":\"123\"\n",
        "\"cardName\":\"123\",\n",
    ),
    (
        "CarCardNoManage.request",
        "no comma behind modifyType",
        "\"modifyType\":1\n",
        "\"modifyType\":1,\n",
    ),
    (
        "GetBookingCar.reply",
        "no comma behind ValidTo",
        "23:59:59\"\n\"bookType",
        "23:59:59\",\n\"bookType",
    ),
    (
        "GetCarCardInfo.reply",
        "no comma behind validTo",
        "23:59:59\"\n\"last",
        "23:59:59\",\n\"last",
    ),
    (
        "GetParkingPaymentInfo.part1.reply",
        "the object in data is not closed",
        "\"delayTime\":20]",
        "\"delayTime\":20}]",
    ),
];

/// The document's samples, each as JSON, with how they are read.
fn printed() -> Vec<(String, Side, bool, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(fixture("printed/downlink"))
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    let mut mended = BTreeSet::new();
    let printed: Vec<_> = files
        .into_iter()
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let mut text = fs::read_to_string(&path).expect("UTF-8");
            let valid = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            match NOT_JSON.iter().find(|row| row.0 == name) {
                None => assert!(valid, "{name} is no JSON"),
                Some((_, why, from, to)) => {
                    assert!(!valid && text.matches(from).count() == 1, "{name}: {why}");
                    text = text.replace(from, to);
                    mended.insert(name.clone());
                }
            }
            let interface = name.split('.').next().expect("a name");
            let (_, request, reply) = interfaces()
                .into_iter()
                .find(|row| row.0 == interface)
                .expect("an interface");
            let is_reply = name.ends_with(".reply");
            let side = if is_reply {
                reply.unwrap_or_else(interfaces::nothing)
            } else {
                request
            };
            (name, side, is_reply, text)
        })
        .collect();
    assert_eq!((printed.len(), mended.len()), (33, NOT_JSON.len()));
    printed
}

#[test]
fn the_document_s_samples_are_read_with_the_expected_deviations() {
    for (name, side, is_reply, text) in printed() {
        let how = if is_reply { side.message } else { side.sample };
        let mut found = String::new();
        match how(&text, &tolerant()) {
            Ok(read) => {
                for line in read.tolerated {
                    let _ = writeln!(found, "tolerated {line}");
                }
                for line in read.broken {
                    let _ = writeln!(found, "broken    {line}");
                }
                let _ = writeln!(found, "written   {}", read.written);
            }
            Err(violation) => {
                let _ = writeln!(found, "broken    {violation}");
            }
        }
        let path = fixture(&format!("printed/downlink/expected/{name}.txt"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&path, &found).expect("writable");
        }
        assert_eq!(
            found,
            fs::read_to_string(&path).unwrap_or_default(),
            "{name}"
        );
    }
}

#[test]
fn strict_rules_refuse_the_samples_that_deviate() {
    let mut refused = 0;
    for (name, side, is_reply, text) in printed() {
        let how = if is_reply { side.message } else { side.sample };
        let expected =
            fs::read_to_string(fixture(&format!("printed/downlink/expected/{name}.txt")))
                .expect(&name);
        if expected.contains("tolerated") {
            refused += 1;
            assert!(how(&text, &Rules::strict()).is_err(), "{name}");
        }
    }
    assert_eq!(refused, 7);
}

#[test]
fn what_was_tolerated_inside_plate_details_is_kept_with_them() {
    let (_, side, _, text) = printed()
        .into_iter()
        .find(|row| row.0 == "GetCarCardInfo.reply")
        .expect("it is printed");
    assert!((side.message)(&text, &tolerant()).is_ok());
    let inside = text
        .split("\"plateDetails\":")
        .nth(1)
        .and_then(|rest| rest.split(",\n").next())
        .expect("it has plates");
    let (plates, _) = decode::<Embedded<Vec<CardPlate>>>(inside, &Rules::strict()).expect("plates");
    let noted: Vec<String> = plates
        .tolerated()
        .list()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        noted,
        [
            "[0].etcNo: null instead of leaving it out",
            "[1].plateNo: null instead of leaving it out"
        ]
    );
    assert_eq!(
        *plates,
        [CardPlate::plate("A12345"), CardPlate::card("AJSD5646SD")]
    );
}

#[test]
fn the_same_name_has_another_unit_or_list_in_another_call() {
    // Wrong uses do not compile; here is what the types are.
    let [payment, relief] = ["PayParkingFee", "ParkingFree"].map(|name| {
        fs::read_to_string(fixture(&format!("samples/{name}.request.json"))).expect(name)
    });
    let (payment, _) = decode::<BillPayment>(&payment, &Rules::strict()).expect("a payment");
    let (relief, _) = decode::<ParkingRelief>(&relief, &Rules::strict()).expect("relief");
    assert_eq!(
        (payment.free_time, relief.free_time),
        (Minutes(30), Some(Seconds(1800)))
    );
    assert_eq!(Some(Seconds::from(payment.free_time)), relief.free_time);
    assert_eq!(
        (PaidAt(5).name(), PaidWith(5).name()),
        (Some("APP（安卓/IOS）"), Some("支付宝"))
    );
    assert_eq!(
        (
            EntryChange(0).name(),
            BookingEdit(0).name(),
            PlateEdit(0).name()
        ),
        (Some("新增"), Some("修改"), Some("删除"))
    );
    assert_eq!(
        (Promptly(0).name(), CarIn(0).name(), NumberKind(0).name()),
        (Some("是"), Some("否"), Some("卡号"))
    );
    assert_eq!(
        (DeviceKey(1).name(), DeviceType(1).name()),
        (Some("设备Ip"), Some("收费电脑/缴费机"))
    );
}

#[test]
fn what_a_call_does_not_do_it_has_no_field_for() {
    for (name, field, why) in [
        (
            "GateControl",
            "plateNo",
            "no logic of entry or exit runs, so no car is named",
        ),
        (
            "GateControl",
            "cardNo",
            "no logic of entry or exit runs, so no car is named",
        ),
        (
            "GetPhoto",
            "plateNo",
            "no logic of entry or exit runs, so no car is named",
        ),
        ("ParkingFree", "amount", "it is not for paying"),
        ("ParkingFree", "orderNo", "it needs no order"),
        ("AddBookingCar", "areaCode", "a booking is for all areas"),
        ("OnlineCarInOut", "plateNo", "the car has none"),
    ] {
        let (_, side, text) = samples()
            .into_iter()
            .find(|row| row.0 == format!("{name}.request"))
            .expect(name);
        let more = text.replacen('{', &format!("{{\"{field}\":\"1\","), 1);
        let read = (side.sample)(&more, &tolerant()).expect(name);
        assert_eq!(
            (read.tolerated, canonical(&read.written)),
            (vec![format!("UnknownField {field}")], canonical(&text)),
            "{name}: {why}"
        );
    }
}
