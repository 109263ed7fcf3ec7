mod open;

use super::*;
use open::Open;

const ENTRY: &str = r#"{"parkCode":"123","plateNo":"闽D02000","entryTime":"2019/02/25 10:00:00","entryPlace":"<b>入口1</b>"}"#;

/// What a browser says of a request that another site made, also by a name of its own that it
/// resolves to this machine, or that nobody says.
const FOREIGN: [&str; 7] = [
    "host: localhost\r\norigin: http://elsewhere.example\r\n",
    "host: localhost\r\norigin: http://localhost:1\r\n",
    "host: localhost\r\norigin: null\r\n",
    "host: elsewhere.example\r\norigin: http://elsewhere.example\r\n",
    "host: elsewhere.example\r\n",
    "host: localhost.elsewhere.example:8440\r\n",
    "",
];

#[tokio::test]
async fn files_come_with_their_types_and_nothing_else_is_loaded() {
    let page = Open::new().await;
    for (path, kind, _) in FILES {
        let (status, head, body) = page.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(head.contains(&format!("content-type: {kind}")), "{head}");
        assert!(head.contains("cache-control: no-store"), "{head}");
        assert!(
            head.contains("content-security-policy: default-src 'self';"),
            "{head}"
        );
        assert!(
            !body.contains("innerHTML") && !body.contains("style="),
            "{path}"
        );
        assert!(
            !body
                .replace("http://www.w3.org/2000/svg", "")
                .contains("://"),
            "{path} loads something from elsewhere"
        );
    }
    assert!(
        page.get("/authority.pem")
            .await
            .2
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    assert_eq!(page.get("/nothing").await.0, 404);
}

#[tokio::test]
async fn nothing_is_shown_to_other_sites() {
    let page = Open::new().await;
    page.cross(1, ENTRY);
    for path in [
        "/",
        "/authority.pem",
        "/api/about",
        "/api/messages",
        "/api/messages/1",
        "/api/events",
        "/api/nothing",
    ] {
        for foreign in FOREIGN {
            let (status, head, text) = page.ask(&format!("GET {path}"), foreign).await;
            assert_eq!(
                (status, text.lines().count()),
                (403, 1),
                "{path} {foreign}: {text}"
            );
            assert!(head.contains("content-security-policy: "), "{head}");
        }
    }
    for own in [
        "host: LOCALHOST:8440\r\n",
        "host: 192.0.2.1:8440\r\n",
        "host: [::1]\r\norigin: http://[::1]\r\n",
    ] {
        assert_eq!(page.ask("GET /api/messages/1", own).await.0, 200, "{own}");
    }
}

#[tokio::test]
async fn messages_are_listed_and_opened() {
    let page = Open::new().await;
    page.cross(3, ENTRY);
    let rows: Vec<Value> =
        serde_json::from_str(&page.get("/api/messages?after=1").await.2).expect("rows");
    assert_eq!(
        rows.iter()
            .map(|row| row["id"].as_u64())
            .collect::<Vec<_>>(),
        [Some(2), Some(3)]
    );
    let message: Value =
        serde_json::from_str(&page.get("/api/messages/2").await.2).expect("a message");
    assert_eq!(message["interface"], "PostCarInInfo");
    assert_eq!(message["plates"], json!(["闽D02000"]));
    let fields = message["request"]["fields"].as_array().expect("fields");
    let plate = fields
        .iter()
        .find(|field| field["path"] == "plateNo")
        .expect("a plate");
    assert_eq!(plate["meaning"], "Plate number (车牌号).");
    assert_eq!(message["request"]["raw"], ENTRY);
    assert_eq!(message["reply"]["fields"][0]["path"], "resCode");
    for (path, status) in [
        ("/api/messages/4", 404),
        ("/api/messages/x", 404),
        ("/api/messages?after=-1", 400),
        ("/api/events?after=x", 400),
    ] {
        let (found, _, text) = page.get(path).await;
        assert_eq!(found, status, "{path}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

#[tokio::test]
async fn a_reply_that_cannot_be_read_is_shown_as_it_was_sent() {
    let page = Open::new().await;
    for (id, reply) in [
        (1, "<html>502 Bad Gateway</html>"),
        (2, r#"{"resCode":"0","#),
        (3, ""),
    ] {
        page.cross_with(ENTRY, reply);
        let message: Value =
            serde_json::from_str(&page.get(&format!("/api/messages/{id}")).await.2)
                .expect("a message");
        assert_eq!(message["interface"], "PostCarInInfo");
        assert_ne!(message["outcome"], "answered", "{message}");
        assert_eq!(
            (&message["reply"]["raw"], &message["reply"]["fields"]),
            (&json!(reply), &Value::Null),
            "{message}"
        );
    }
    // Nor is there anything to read where the connection fails.
    page.traffic
        .failed(&open::link(), "http", "no TLS".to_owned());
    let message: Value =
        serde_json::from_str(&page.get("/api/messages/4").await.2).expect("a message");
    assert_eq!(
        (&message["outcome"], &message["request"]["raw"]),
        (&json!("failed"), &json!("")),
        "{message}"
    );
    assert_eq!(page.listen("", "").await.ids(4).await, [1, 2, 3, 4]);
}

#[tokio::test]
async fn events_come_once_and_without_a_gap() {
    let page = Open::new().await;
    page.cross(3, ENTRY);
    let mut events = page.listen("?after=1", "").await;
    assert_eq!(events.ids(3).await, [2, 3]);
    page.cross(2, ENTRY);
    assert_eq!(events.ids(5).await, [2, 3, 4, 5]);
    // A browser that comes back asks for the same address, and says what it had.
    let mut back = page.listen("?after=1", "last-event-id: 4\r\n").await;
    assert_eq!(back.ids(5).await, [5]);
    // More than a listener may be behind.
    page.cross(1100, "unreadable");
    assert_eq!(events.ids(1105).await, (2..=1105).collect::<Vec<_>>());
    // Numbers of a sandbox that was there before say nothing in this one.
    let mut stranger = page.listen("?after=9999", "").await;
    assert_eq!(stranger.ids(1105).await.len(), 1105);
}

#[tokio::test]
async fn scenarios_are_told_of_also_to_those_who_come_later() {
    let page = Open::new().await;
    let mut first = page.listen("", "").await;
    first.until(|text| text.contains("event: begin")).await;
    page.teller.tell(
        "reservation",
        "failed",
        "2 in the books,\n1 expected".to_owned(),
    );
    let expected =
        r#"data: {"scenario":"reservation","state":"failed","text":"2 in the books,\n1 expected"}"#;
    first.until(|text| text.contains(expected)).await;
    page.listen("", "")
        .await
        .until(|text| text.contains(expected))
        .await;
}

#[tokio::test]
async fn who_comes_late_or_falls_behind_knows_how_it_ended() {
    let page = Open::new().await;
    let mut behind = page.listen("", "").await;
    behind.until(|text| text.contains("event: begin")).await;
    page.teller.tell("lock", "passed", String::new());
    // More than a listener may be behind, before anybody else has a turn.
    for step in 0..1000 {
        page.teller.tell("reservation", "step", step.to_string());
    }
    page.teller
        .tell("reservation", "passed", "7 calls".to_owned());
    let (first, last) = (
        r#""lock","state":"passed""#,
        r#""reservation","state":"passed","text":"7 calls""#,
    );
    for mut listener in [behind, page.listen("", "").await] {
        let text = listener.until(|text| text.contains(last)).await;
        assert_eq!(
            (
                text.contains(first),
                text.matches("event: scenario").count()
            ),
            (true, 2),
            "{text}"
        );
    }
}

#[tokio::test]
async fn scenarios_are_played_from_the_page_only() {
    let mut page = Open::new().await;
    let own = format!(
        "host: 127.0.0.1:{0}\r\norigin: http://127.0.0.1:{0}\r\n",
        page.port
    );
    assert_eq!(page.play("parade", &own).await, 404);
    for foreign in FOREIGN {
        assert_eq!(page.play("reservation", foreign).await, 403, "{foreign}");
    }
    assert!(page.played.try_recv().is_err());
    assert_eq!(page.play("reservation", &own).await, 202);
    assert_eq!(
        page.play("reservation", "host: localhost:8440\r\n").await,
        409
    );
    assert_eq!(page.played.recv().await.as_deref(), Some("reservation"));
    assert_eq!(page.play("reservation", "host: [::1]:8440\r\n").await, 202);
    page.played.close();
    while page.played.recv().await.is_some() {}
    assert_eq!(page.play("reservation", &own).await, 503);
}

#[tokio::test]
async fn software_of_ones_own_is_asked_from_the_page_only() {
    let page = Open::new().await;
    let own = format!(
        "host: 127.0.0.1:{0}\r\norigin: http://127.0.0.1:{0}\r\n",
        page.port
    );
    for (way, answer) in [
        ("https", r#"["Https",{"a":1.50}]"#),
        ("tcp", r#"["Tcp",{"a":1.50}]"#),
    ] {
        assert_eq!(
            page.question(&format!("{way}/6001"), &own, r#"{"a":1.50}"#)
                .await,
            (200, answer.to_owned())
        );
    }
    for foreign in FOREIGN {
        assert_eq!(
            page.question("https/6001", foreign, "{}").await.0,
            403,
            "{foreign}"
        );
    }
    for (path, status) in [("post/6001", 404), ("https/x", 400), ("https/65536", 400)] {
        let (found, text) = page.question(path, &own, "{}").await;
        assert_eq!((found, text.lines().count()), (status, 1), "{path}: {text}");
    }
    let problem = "an external system has no interface 6006\n";
    assert_eq!(
        page.question("tcp/6006", &own, "{}").await,
        (502, problem.to_owned())
    );
    assert_eq!(page.get("/api/ask/https/6001").await.0, 405);
}

#[tokio::test]
async fn every_question_comes_with_a_request() {
    let page = Open::new().await;
    let about: Value = serde_json::from_str(&page.get("/api/about").await.2).expect("JSON");
    let questions = about["questions"].as_array().expect("questions");
    assert!(
        questions
            .iter()
            .any(|question| question["code"] == 6009 && question["tcp"] == false)
    );
    for question in questions {
        let sample = question["sample"].as_str().expect("a text");
        assert!(
            serde_json::from_str::<Value>(sample).is_ok_and(|sample| sample.is_object()),
            "{question}"
        );
        assert!(
            question["name"].is_string() && question["title"].is_string(),
            "{question}"
        );
    }
}
