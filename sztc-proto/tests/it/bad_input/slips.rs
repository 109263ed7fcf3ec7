//! The limits that real values break: they hold unless a dialect waives them, for what is sent and
//! for what is received.
use super::peer::*;
use crate::common::*;
use serde_json::Value;
use std::collections::BTreeSet;
use sztc_proto::{endpoint::*, model::*, *};

/// A value that breaks a limit: interface, where it stands, the value, the code that refuses it.
const SLIPS: &[(u16, &str, &str, i32)] = &[
    (3005, "permitNo", "6634344557", 1004),
    (
        3001,
        "parkInfo.chargingStandard.permitNo",
        "6634344557",
        1004,
    ),
    (3001, "parkInfo.districtCode", "440304001001", 1004),
    (
        3001,
        "parkInfo.operatorId",
        "6d7b6b5bd4af4f8e9d8bb1b7ea5b6a01",
        1004,
    ),
    (9001, "districtCode", "440304001001", 1004),
    (1202, "nsrsbh", "91440300MA5000022Q12", 1004),
    (1301, "idType", "X", 1007),
];

fn waiving() -> Dialect {
    Dialect::default().waive(KNOWN_SLIPS)
}

/// The sample of `code` with `value` at `path`.
fn slipped(code: u16, path: &str, value: &str) -> Value {
    let file = format!(
        "{}/fixtures/samples/{code}.request.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut entry: Value =
        serde_json::from_str(&std::fs::read_to_string(file).expect("a sample")).expect("JSON");
    *entry
        .pointer_mut(&format!("/{}", path.replace('.', "/")))
        .expect("the field is there") = value.into();
    entry
}

#[test]
fn every_known_slip_is_among_them() {
    let fields: BTreeSet<&str> = SLIPS
        .iter()
        .map(|(_, path, ..)| path.rsplit('.').next().expect("a name"))
        .collect();
    assert_eq!(fields, KNOWN_SLIPS.into_iter().collect());
}

#[tokio::test]
async fn what_is_received_is_refused_unless_waived() {
    for (dialect, waived) in [
        (Dialect::default(), false),
        (waiving(), true),
        (Dialect::strict(), false),
    ] {
        let (seen, service) = (Told::default(), Tolerant::default());
        let city = Peer::of_city(
            CityRouter::new(service.clone(), accounts()).options(options(dialect.clone(), &seen)),
        )
        .await;
        let partner = PartnerRouter::new(service.clone(), CallbackAuth::token(CALLBACK_TOKEN))
            .options(options(dialect, &seen));
        let partner = Peer::of_partner(partner).await;
        for (code, path, value, refusal) in SLIPS {
            let peer = if *code == 9001 { &partner } else { &city };
            let reply = peer
                .post(
                    &code.to_string(),
                    peer.bearer(),
                    sealed(&format!("[{}]", slipped(*code, path, value))),
                )
                .await;
            println!("{code} {path}: {}", reply.text);
            let told: Vec<_> = seen
                .take()
                .into_iter()
                .map(|(_, kind, path)| (kind, path))
                .collect();
            let calls = std::mem::take(&mut *service.0.lock().expect("not poisoned")).len();
            if waived {
                reply.is(DONE);
                assert_eq!(
                    (told, calls),
                    (
                        vec![(DeviationKind::WAIVED_LIMIT, format!("data[0].{path}"))],
                        1
                    )
                );
            } else {
                reply.is((200, 0, Some(*refusal), "成功"));
                assert!(
                    reply.text.contains(&format!("data[0].{path}: ")),
                    "{}",
                    reply.text
                );
                assert_eq!((told, calls), (vec![], 0));
            }
        }
    }
}

/// Both roles' clients, speaking `dialect`, of services that waive.
async fn clients(
    service: &Tolerant,
    dialect: &Dialect,
    seen: &Told,
) -> (CityClient, PartnerClient) {
    let (city, _) = city_over_https(
        CityRouter::new(service.clone(), accounts()).options(options(waiving(), &Told::default())),
    )
    .await;
    let partner = PartnerRouter::new(service.clone(), CallbackAuth::token(CALLBACK_TOKEN))
        .options(options(waiving(), &Told::default()));
    let partner = partner_over_https(partner).await;
    (
        city.dialect(dialect.clone()).observer(seen.observer()),
        partner.dialect(dialect.clone()).observer(seen.observer()),
    )
}

fn typed<E: Endpoint>(entry: &Value) -> [E::Request; 1] {
    [decode(&entry.to_string(), &Rules::default())
        .expect("readable, whatever its limits")
        .0]
}

#[tokio::test]
async fn what_is_sent_is_refused_unless_waived() {
    for (dialect, waived) in [(Dialect::default(), false), (waiving(), true)] {
        let service = Tolerant::default();
        let (city, partner) = clients(&service, &dialect, &Told::default()).await;
        for (code, path, value, _) in SLIPS {
            let entry = slipped(*code, path, value);
            let outcome = match code {
                1202 => city
                    .call::<QueryInvoiceStock>(&typed::<QueryInvoiceStock>(&entry))
                    .await
                    .map(|outcomes| outcomes[0].is_ok()),
                1301 => city
                    .call::<ReportCredit>(&typed::<ReportCredit>(&entry))
                    .await
                    .map(|outcomes| outcomes[0].is_ok()),
                3001 => city
                    .call::<ReportLot>(&typed::<ReportLot>(&entry))
                    .await
                    .map(|outcomes| outcomes[0].is_ok()),
                3005 => city
                    .call::<ReportTariff>(&typed::<ReportTariff>(&entry))
                    .await
                    .map(|outcomes| outcomes[0].is_ok()),
                _ => partner
                    .call::<PublishLot>(&typed::<PublishLot>(&entry))
                    .await
                    .map(|outcomes| outcomes[0].is_ok()),
            };
            let calls = std::mem::take(&mut *service.0.lock().expect("not poisoned")).len();
            if waived {
                assert!(
                    outcome.unwrap_or_else(|problem| panic!("{code} {path}: {problem}")),
                    "{code} {path}"
                );
                assert_eq!(calls, 1, "{code} {path}");
            } else {
                let problem = outcome.expect_err("beyond the limit");
                let broken: Vec<_> = problem
                    .violations()
                    .iter()
                    .map(|violation| violation.path.as_str())
                    .collect();
                assert_eq!(
                    (broken, calls),
                    (vec![format!("data[0].{path}").as_str()], 0)
                );
            }
        }
    }
}

/// `permitNo` is the one slip that a reply has too.
#[tokio::test]
async fn a_reply_beyond_its_limit_is_refused_unless_waived() {
    let tariff: [Tariff; 1] = typed::<ReportTariff>(&slipped(3005, "permitNo", "6634344557"));
    // This client may send the number, but takes it in no reply.
    let mut sends_only = waiving();
    sends_only.read.waived = Waived::default();
    for (dialect, waived) in [(sends_only, false), (waiving(), true)] {
        let seen = Told::default();
        let (city, _) = clients(&Tolerant::default(), &dialect, &seen).await;
        let outcome = city.call::<ReportTariff>(&tariff).await;
        if waived {
            let reply = outcome.expect("an answer").remove(0).expect("accepted");
            assert_eq!(&*reply.permit_no, "6634344557");
            assert_eq!(
                seen.take(),
                [(
                    "3005 report_tariff".to_owned(),
                    DeviationKind::WAIVED_LIMIT,
                    "data[0].permitNo".to_owned()
                )]
            );
        } else {
            let problem = outcome.expect_err("beyond the limit");
            assert_eq!(problem.violations()[0].path, "data[0].permitNo");
            assert_eq!(seen.take(), []);
        }
    }
}
