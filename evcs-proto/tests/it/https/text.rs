//! Interfaces called by their names, with JSON in and out.
use super::*;

fn json(name: &str, side: &str) -> String {
    let path = format!(
        "{}/fixtures/samples/{name}.{side}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(&path).expect(&path)
}

#[tokio::test]
async fn every_interface_is_called_by_its_name_with_text() {
    let platform =
        PlatformRouter::new(ReplayCpo::default(), ReplayEmsp::default(), operators()).into_router();
    let (way, _) = way_to(platform).await;
    let (cpo, emsp) = (way.cpo(), way.emsp());
    let mut called = 0;
    for info in ENDPOINTS
        .iter()
        .filter(|info| info.name != QueryToken::NAME)
    {
        let request = json(info.name, "request");
        let outcome = match info.role {
            Role::Cpo => cpo.call_text(info.name, &request).await,
            _ => emsp.call_text(info.name, &request).await,
        };
        let reply = outcome.unwrap_or_else(|error| panic!("{}: {error}", info.name));
        let [reply, expected] = [reply, json(info.name, "reply")]
            .map(|text| serde_json::from_str::<serde_json::Value>(&text).expect("JSON"));
        assert_eq!(reply, expected, "{}", info.name);
        called += 1;
    }
    assert_eq!(called, ENDPOINTS.len() - 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_text_is_told_before_anything_is_sent() {
    let (way, paths) =
        way_to(CpoRouter::new(ReplayCpo::default(), operators()).into_router()).await;
    let cpo = way.cpo();
    for (name, json, part) in [
        ("query_nothing", "{}", "query_nothing"),
        (
            "notification_stationStatus",
            "{}",
            "notification_stationStatus",
        ),
        ("query_start_charge", "{", "query_start_charge"),
        (
            "query_start_charge",
            r#"{"ConnectorID":"1"}"#,
            "StartChargeSeq",
        ),
    ] {
        let error = cpo.call_text(name, json).await.expect_err(json);
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::Caller, Sent::No),
            "{error}"
        );
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(
            cpo.check_text(name, json).expect_err(json).to_string(),
            error.to_string()
        );
    }
    assert!(
        cpo.check_text("QUERY_START_CHARGE", &json("query_start_charge", "request"))
            .is_ok()
    );
    assert_eq!(paths.take(), Vec::<String>::new());
}
