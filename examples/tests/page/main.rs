//! The sandbox's page, as a program and as a browser see it.
mod browser;
mod city;
mod guest;
mod looks;

use city::{City, LIMIT};
use guest::Guest;
use serde_json::Value;
use std::{io::BufRead, time::Instant};

/// What `reservation` begins with (6.7.1).
const LOCK_SPACE: u64 = 6001;

/// What a guest of these tests answers.
const QUERY_FEE: u64 = 6006;

/// What has no TCP in Table 1.
const QUERY_LEASE: u64 = 6009;

#[test]
fn a_scenario_is_played_and_its_messages_told() {
    let city = City::start("events");
    let about = city.json("/api/about");
    assert!(
        about["places"]
            .as_array()
            .is_some_and(|places| !places.is_empty())
    );
    let offers = about["scenarios"].as_array().expect("scenarios");
    assert!(offers.iter().any(|offer| {
        offer["name"] == "reservation"
            && offer["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty())
    }));

    let mut lines = city
        .begin("GET /api/events")
        .lines()
        .map(|line| line.expect("an event in time"));
    lines
        .by_ref()
        .find(|line| line == "event: begin")
        .expect("a beginning");
    assert_eq!(city.ask("POST /api/play/reservation").0, 202);
    assert_eq!(city.ask("POST /api/play/parade").0, 404);
    let mut rows: Vec<Value> = Vec::new();
    let begun = Instant::now();
    for line in lines {
        // A stream says from time to time that it is there, whatever becomes of the scenario.
        assert!(begun.elapsed() < LIMIT, "it has not ended: {rows:?}");
        let Some(data) = line.strip_prefix("data: ") else {
            continue;
        };
        let told: Value = serde_json::from_str(data).expect("JSON");
        match told["state"].as_str() {
            Some("passed") => break,
            Some("failed") => panic!("{told}"),
            _ if told["id"].is_u64() => rows.push(told),
            _ => {}
        }
    }
    let ids: Vec<u64> = rows.iter().filter_map(|row| row["id"].as_u64()).collect();
    assert!(ids.windows(2).all(|two| two[1] == two[0] + 1), "{ids:?}");

    let locked = rows
        .iter()
        .find(|row| row["code"] == LOCK_SPACE)
        .expect("a space is locked");
    let id = locked["id"].as_u64().expect("a number");
    assert_eq!(
        city.json(&format!("/api/messages?after={}", id - 1))[0],
        *locked
    );
    let message = city.json(&format!("/api/messages/{id}"));
    assert_eq!(message["request"]["interface"]["code"], LOCK_SPACE);
    assert!(!city.meanings(id).is_empty());
    for side in ["request", "reply"] {
        assert!(
            message[side]["raw"]
                .as_str()
                .is_some_and(|raw| !raw.is_empty()),
            "{message}"
        );
        assert!(message[side]["plain"][0].is_string(), "{message}");
        assert_eq!(
            message[side]["violations"].as_array().map(Vec::len),
            Some(0),
            "{message}"
        );
    }
    let (status, problem) = city.ask("GET /api/messages/999999");
    assert_eq!((status, problem.lines().count()), (404, 1));
    assert!(
        city.ask("GET /authority.pem")
            .1
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
}

#[test]
fn the_city_asks_software_that_logged_in() {
    let city = City::start("guest");
    let ask = |way: &str| {
        city.post(
            &format!("POST /api/ask/{way}/6006"),
            r#"{"plateNo":"粤B88888"}"#,
        )
    };
    let (status, problem) = ask("https");
    assert_eq!((status, problem.lines().count()), (502, 1), "{problem}");
    assert!(problem.contains("guest has not logged in"), "{problem}");

    let guest = Guest::new(&city);
    guest.open_session();
    let address = guest.give_address();
    for (way, transport, link) in [
        ("tcp", "tcp", "guest-city-tcp"),
        ("https", "http", "guest-https"),
    ] {
        let (status, reply) = ask(way);
        assert_eq!(status, 200, "{way}: {reply}");
        let order: Value = serde_json::from_str(&reply).expect("JSON");
        assert_eq!(
            (&order["plateNo"], order["receivables"].as_f64()),
            (&Value::from("粤B88888"), Some(20.0)),
            "{reply}"
        );
        let rows = city.json("/api/messages");
        let row = rows
            .as_array()
            .expect("rows")
            .iter()
            .rfind(|row| row["code"] == QUERY_FEE)
            .expect("a question");
        for (name, expected) in [
            ("from", "city"),
            ("to", "guest"),
            ("transport", transport),
            ("link", link),
            ("outcome", "answered"),
        ] {
            assert_eq!(row[name], expected, "{row}");
        }
    }

    let (status, problem) = city.post("POST /api/ask/https/6006", r#"{"plate":"粤B88888"}"#);
    assert_eq!(
        (status, problem.starts_with("plate: ")),
        (502, true),
        "{problem}"
    );
    let (status, problem) = city.post(
        "POST /api/ask/https/6009",
        r#"{"plateNo":"粤B88888","parkCode":"44030400100101000010"}"#,
    );
    assert_eq!((status, problem.contains("1100")), (502, true), "{problem}");
    drop(guest);
    let (status, problem) = ask("https");
    assert_eq!(
        (status, problem.contains(&address)),
        (502, true),
        "{problem}"
    );
}
