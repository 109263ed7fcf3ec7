//! The calls of the lot to the third party: every conforming sample is exact in both directions;
//! the document's own samples are read with exactly the deviations, and break exactly the rules,
//! that stand beside them in `expected/`; every field is as its table has it.
mod tables;

use kt_proto::{model::*, *};
use park_core::json::{Place, lexer};
use serde_json::Value;
use std::{fmt::Write, fs};

/// What reading one object gave.
struct Seen {
    written: String,
    violations: Vec<Violation>,
    deviations: Deviations,
}

type Read = fn(&str, &Rules) -> Result<Seen, Violation>;

fn read<T: Model>(text: &str, rules: &Rules) -> Result<Seen, Violation> {
    let mut deviations = Deviations::default();
    let value: T = Place::default().decode(text, rules, &mut deviations)?;
    let mut violations = Violations::default();
    value.check(&mut violations);
    let violations = violations.on_receipt(rules, &mut deviations);
    let written = encode(&value).expect("a model can be written");
    // What we write is read again as the same value, without a deviation, and by plain serde_json
    // as well.
    let (again, none): (T, _) =
        decode(&written, &Rules::strict()).unwrap_or_else(|problem| panic!("{written}: {problem}"));
    assert_eq!((&again, none.count()), (&value, 0), "{written}");
    assert_eq!(
        serde_json::from_str::<T>(&written).expect("strict JSON"),
        value,
        "{written}"
    );
    Ok(Seen {
        written,
        violations,
        deviations,
    })
}

/// The two sides of an interface.
struct Interface {
    name: &'static str,
    section: &'static str,
    request: Read,
    reply: Read,
}

const fn interface(
    section: &'static str,
    name: &'static str,
    request: Read,
    reply: Read,
) -> Interface {
    Interface {
        name,
        section,
        request,
        reply,
    }
}

const CALLS: [Interface; 15] = [
    interface("1.1", "PostParkingInfo", read::<LotReport>, read::<Nothing>),
    interface("1.2", "PostAreaInfo", read::<AreaReport>, read::<Nothing>),
    interface(
        "1.3",
        "PostDeviceState",
        read::<DeviceStateReport>,
        read::<Nothing>,
    ),
    interface(
        "1.4",
        "PostParkingDevice",
        read::<DeviceReport>,
        read::<Nothing>,
    ),
    interface(
        "2.1",
        "PostCarInInfo",
        read::<EntryReport>,
        read::<EntryReply>,
    ),
    interface(
        "2.2",
        "PostCarOutInfo",
        read::<AutoPayRequest>,
        read::<AutoPayReply>,
    ),
    interface("2.3", "PostPayDetail", read::<ExitReport>, read::<Nothing>),
    interface(
        "2.4",
        "PostBlackInInfo",
        read::<BlacklistedEntry>,
        read::<Nothing>,
    ),
    interface(
        "2.5",
        "PostFreeParkingSpace",
        read::<FreeSpaceReport>,
        read::<Nothing>,
    ),
    interface(
        "2.6",
        "PostCarCorrect",
        read::<AutoPayReversal>,
        read::<Nothing>,
    ),
    interface(
        "2.7",
        "PostCarBillDetail",
        read::<TerminalPayment>,
        read::<Nothing>,
    ),
    interface("3.1", "PostCarCard", read::<CardReport>, read::<Nothing>),
    interface(
        "4.1",
        "GetPayQRCode",
        read::<PayCodeRequest>,
        read::<PayCode>,
    ),
    interface(
        "4.2",
        "PayScanCode",
        read::<ScanPayment>,
        read::<ScanPaymentReply>,
    ),
    interface(
        "5.3",
        "AutonomousCalfee",
        read::<FeeRequest>,
        read::<FeeReply>,
    ),
];

/// The links to pages, which are no calls.
const PAGES: [Interface; 2] = [
    interface("5.1", "(page)", read::<PayPage>, read::<Nothing>),
    interface("5.2", "(page)", read::<ChangePage>, read::<Nothing>),
];

fn fixture(name: &str) -> Option<String> {
    fs::read_to_string(format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).ok()
}

/// What stands in `data` of a reply: an object, or nothing.
fn data(reply: &str) -> Result<Option<String>, Violation> {
    let syntax = |fault: lexer::Fault| {
        Violation::new(
            "",
            Rule::Syntax {
                problem: fault.to_string(),
            },
        )
    };
    let members: Vec<_> = lexer::members(reply)
        .collect::<Result<_, _>>()
        .map_err(syntax)?;
    let Some((_, data)) = members
        .into_iter()
        .find(|(key, data)| key.raw() == "data" && *data != "null")
    else {
        return Ok(None);
    };
    let objects: Vec<&str> = lexer::elements(data)
        .collect::<Result<_, _>>()
        .map_err(syntax)?;
    Ok(objects.first().map(|object| (*object).to_owned()))
}

fn tolerant() -> Rules {
    let mut rules = Rules::default();
    rules.spellings = SPELLINGS.into();
    rules.waived = KNOWN_SLIPS.into_iter().collect();
    rules
}

fn strict() -> Rules {
    let mut rules = Rules::strict();
    rules.spellings = SPELLINGS.into();
    rules
}

#[test]
fn conforming_samples_are_exact_in_both_directions() {
    for call in &CALLS {
        for (side, read) in [("request", call.request), ("reply", call.reply)] {
            let name = format!("{}.{side}", call.name);
            let text = fixture(&format!("samples/{name}.json")).expect(&name);
            let object = if side == "reply" {
                data(&text).expect(&name)
            } else {
                Some(text)
            };
            let Some(object) = object else { continue };
            let seen =
                read(&object, &strict()).unwrap_or_else(|problem| panic!("{name}: {problem}"));
            assert_eq!(
                (seen.violations.as_slice(), seen.deviations.count()),
                (&[][..], 0),
                "{name}"
            );
            let (written, sample): (Value, Value) = (
                serde_json::from_str(&seen.written).expect(&name),
                serde_json::from_str(&object).expect(&name),
            );
            assert_eq!(written, sample, "{name}");
        }
    }
}

/// Samples that are not JSON as printed: why, and what makes them so.
const NOT_JSON: [(&str, &str, &str, &str); 5] = [
    (
        "PostAreaInfo.request",
        "a comma behind the last entry",
        "\"100\"},\n]",
        "\"100\"}\n]",
    ),
    (
        "PostCarInInfo.reply",
        "both values at once, and a remark behind the list",
        "0/1}]（是否开通免密支付：0未开通、1已开通）",
        "1}]",
    ),
    (
        "PostCarOutInfo.reply",
        "a remark behind the list",
        "（线上自动扣款/抵扣金额，单位分）",
        "",
    ),
    (
        "PostCarBillDetail.request",
        "a comma behind the last field",
        "\"156486413564\",\n}",
        "\"156486413564\"\n}",
    ),
    (
        "AutonomousCalfee.request",
        "a comma behind the last field",
        "\"xxxxxxx\",\n}",
        "\"xxxxxxx\"\n}",
    ),
];

/// The printed samples name the form of a time in its place.
const FORMS: [(&str, &str); 2] = [
    ("yyyy/MM/dd HH:mm:ss", "2019/02/25 10:00:00"),
    ("yyyy-MM-dd HH:mm:ss", "2019-02-25 10:00:00"),
];

/// The object in a printed sample, made JSON if it is none.
fn printed(name: &str, text: &str) -> Result<Option<String>, Violation> {
    let object = |text: String| {
        if name.ends_with("reply") {
            data(&text)
        } else {
            Ok(Some(text))
        }
    };
    let Some((_, reason, wrong, right)) = NOT_JSON.iter().find(|row| row.0 == name) else {
        return object(text.to_owned());
    };
    assert!(
        serde_json::from_str::<Value>(text).is_err(),
        "{name}: {reason}"
    );
    assert_eq!(text.matches(wrong).count(), 1, "{name}: {reason}");
    object(text.replace(wrong, right))
}

#[test]
fn the_printed_samples_are_read_with_the_expected_deviations() {
    let mut samples = 0;
    for call in &CALLS {
        for (side, read) in [("request", call.request), ("reply", call.reply)] {
            let name = format!("{}.{side}", call.name);
            // The document prints no request of 2.4.
            let Some(text) = fixture(&format!("printed/uplink/{name}.json")) else {
                assert_eq!(name, "PostBlackInInfo.request");
                continue;
            };
            samples += 1;
            let mut found = String::new();
            if let Some(object) = printed(&name, &text).expect(&name) {
                let object = FORMS.iter().fold(object, |object, (form, moment)| {
                    object.replace(form, moment)
                });
                match read(&object, &tolerant()) {
                    Ok(seen) => {
                        for deviation in seen.deviations.list() {
                            let _ = writeln!(
                                found,
                                "tolerated {:?} {}",
                                deviation.kind, deviation.path
                            );
                        }
                        for violation in &seen.violations {
                            let _ = writeln!(found, "broken    {violation}");
                        }
                        let _ = writeln!(found, "written   {}", seen.written);
                        let strictly =
                            read(&object, &strict()).is_ok_and(|seen| seen.violations.is_empty());
                        assert_eq!(strictly, seen.deviations.is_empty(), "{name}");
                    }
                    Err(violation) => {
                        let _ = writeln!(found, "broken    {violation}");
                    }
                }
            }
            let expected = format!("printed/uplink/expected/{name}.txt");
            if std::env::var_os("UPDATE_EXPECTED").is_some() {
                fs::write(
                    format!("{}/fixtures/{expected}", env!("CARGO_MANIFEST_DIR")),
                    &found,
                )
                .expect("writable");
            }
            assert_eq!(Some(found), fixture(&expected), "{name}");
        }
    }
    assert_eq!(samples, 29);
}

#[test]
fn a_reversal_repeats_what_was_asked() {
    let text = fixture("samples/PostCarOutInfo.request.json").expect("the sample");
    let (request, _) = decode::<AutoPayRequest>(&text, &strict()).expect("the sample");
    let reversal = fixture("samples/PostCarCorrect.request.json").expect("the sample");
    assert_eq!(
        AutoPayReversal::of(&request),
        decode(&reversal, &strict()).expect("the sample").0
    );
}

#[test]
fn a_plate_inside_the_json_is_percent_encoded_in_the_charset_of_the_peer() {
    let sample: Value =
        serde_json::from_str(&fixture("samples/PayScanCode.request.json").expect("the sample"))
            .expect("JSON");
    for (wire, charset) in [
        ("%E9%97%BDD02000", UrlCharset::Utf8),
        ("%C3%F6D02000", UrlCharset::Gb18030),
        ("%c3%f6D02000", UrlCharset::Gb18030),
        ("闽D02000", UrlCharset::Utf8),
        ("闽D02000", UrlCharset::Gb18030),
    ] {
        let mut sample = sample.clone();
        sample["carNo"] = wire.into();
        let (payment, _) = decode::<ScanPayment>(&sample.to_string(), &strict()).expect(wire);
        assert_eq!(
            payment.car_no.text(charset).as_deref(),
            Some("闽D02000"),
            "{wire}"
        );
    }
}

#[test]
fn an_entry_is_built_from_what_every_entry_has() {
    let moment: DateTime = "2019-02-25 10:00:00".parse().expect("a moment");
    let entry = EntryReport {
        img_name: Some(Picture::at("http://lot.example/1.jpg")),
        ..EntryReport::new("123", "闽D02000", moment, "入口1")
    };
    let written = r#"{"parkCode":"123","plateNo":"闽D02000","entryTime":"2019/02/25 10:00:00","entryPlace":"入口1","imgName":"http://lot.example/1.jpg"}"#;
    assert_eq!(encode(&entry).as_deref(), Ok(written));
}
