//! Two samples of Annex D put members on another level than the tables do: read tolerantly they are
//! moved and that is noted, read strictly refused.
use super::peer::*;
use crate::common::*;
use serde_json::{Value, json};
use sztc_proto::*;

fn entry(code: u16) -> Value {
    let path = format!(
        "{}/fixtures/samples/{code}.request.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).expect("a sample")).expect("JSON")
}

type Case = (
    &'static str,
    Value,
    &'static [(DeviationKind, &'static str)],
);

/// The entries as the tables have them and as D.28 and D.44 do: interface, entry, what is noted of
/// it, the wrong nesting first.
fn cases() -> Vec<Case> {
    let lock = entry(6001);
    let mut flat = lock.clone();
    let members = flat.as_object_mut().expect("an object");
    let Some(Value::Object(car)) = members.remove("parkCarInfo") else {
        panic!("a car")
    };
    members.extend(car);

    let invoice = entry(1201);
    let lines = invoice["xmxxList"].clone();
    let with_lines = |lines: Value| {
        let mut invoice = invoice.clone();
        invoice["xmxxList"] = lines;
        invoice
    };
    let object = with_lines(json!({"xmxx": lines[0].clone()}));
    let array = with_lines(json!({"xmxx": lines}));
    vec![
        ("6001", lock, &[]),
        ("6001", flat, &[(DeviationKind::NESTING, "parkCarInfo")]),
        ("1201", invoice, &[]),
        ("1201", array, &[(DeviationKind::NESTING, "xmxxList.xmxx")]),
        (
            "1201",
            object,
            &[
                (DeviationKind::NESTING, "xmxxList.xmxx"),
                (DeviationKind::OBJECT_FOR_LIST, "xmxxList"),
            ],
        ),
    ]
}

#[tokio::test]
async fn members_on_another_level_are_moved_or_refused() {
    for dialect in [Dialect::default(), Dialect::strict()] {
        let strict = dialect.read.strictness == Strictness::Strict;
        let (seen, service) = (Told::default(), Tolerant::default());
        let city = Peer::of_city(
            CityRouter::new(service.clone(), accounts()).options(options(dialect.clone(), &seen)),
        )
        .await;
        let partner = PartnerRouter::new(service.clone(), CallbackAuth::token(CALLBACK_TOKEN))
            .options(options(dialect, &seen));
        let partner = Peer::of_partner(partner).await;
        for (path, entry, oddities) in cases() {
            let peer = if path == "6001" { &partner } else { &city };
            let reply = peer
                .post(path, peer.bearer(), sealed(&format!("[{entry}]")))
                .await;
            println!("{path}: {}", reply.text);
            let told = seen.take();
            let calls = std::mem::take(&mut *service.0.lock().expect("not poisoned")).len();
            match oddities {
                [(kind, place), ..] if strict => {
                    reply.is((200, 0, Some(1005), "成功"));
                    let entry = reply.envelope().items[0].to_owned();
                    assert!(
                        entry.contains(place) && entry.contains(kind.meaning()),
                        "{entry}"
                    );
                    assert_eq!((told, calls), (vec![], 0));
                }
                _ => {
                    reply.is(DONE);
                    assert_eq!(calls, 1);
                    let told: Vec<_> = told
                        .iter()
                        .map(|(_, kind, path)| (*kind, path.trim_start_matches("data[0].")))
                        .collect();
                    assert_eq!(told, *oddities);
                }
            }
        }
    }
}
