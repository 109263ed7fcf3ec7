//! Captures: what is recorded, what is shown again, and what is in neither.
use super::program::{Running, exchange, folder, good, run};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};
use sztc_proto::{Credentials, PasswordKey};

#[test]
fn what_was_recorded_is_shown_again() {
    let file = folder("capture").join("day.jsonl");
    let path = file.to_str().expect("a path");
    let recorded = good(&[
        "run",
        "online-payment",
        "charging",
        "kt-bill",
        "session",
        "--record",
        path,
    ]);
    let capture = fs::read_to_string(&file).expect("a capture");
    let replayed = good(&["--replay", path]);
    let shown = |text: &str| {
        text.lines()
            .filter_map(exchange)
            .map(|words| words.map(str::to_owned))
            .collect::<Vec<_>>()
    };
    // What the program says to itself when it ends is not of the capture.
    let (of_capture, end) = replayed.split_once(" messages").expect("a summary");
    assert_eq!(shown(of_capture), shown(&recorded));
    assert!(
        end.starts_with(" of the capture, 0 read otherwise than when they were recorded"),
        "{replayed}"
    );

    // A capture that says otherwise than its bytes.
    let (before, after) =
        capture.split_at(capture.find("\"outcome\":\"answered\"").expect("an answer"));
    fs::write(
        &file,
        format!("{before}{}", after.replacen("answered", "refused", 1)),
    )
    .expect("written");
    let (status, _, err) = run(&["--replay", path]);
    assert_eq!(status, Some(1));
    assert!(err.contains("of the capture was read as"), "{err}");
    fs::write(&file, "{}\n").expect("written");
    let (status, _, err) = run(&["--replay", path]);
    assert_eq!(status, Some(1));
    assert!(
        err.contains("line 1: no exchange of a capture") && err.lines().count() == 1,
        "{err}"
    );
}

/// What nobody may find in a capture.
fn secrets() -> Vec<String> {
    let mut secrets: Vec<String> = [
        "7",
        "guest",
        "clearing",
        "street",
        "callback",
        "street-callback",
        "piles",
        "star",
        "kt",
        "1",
    ]
    .iter()
    .chain(&["piles-city", "city-piles", "piles-star", "star-piles"])
    .map(|name| format!("sandbox-{name}"))
    .collect();
    for (user, password) in [
        ("lot-7", "sandbox-7"),
        ("clearing", "sandbox-clearing"),
        ("street", "sandbox-street"),
    ] {
        let credentials =
            Credentials::new(user, password, PasswordKey::new("lot7-des").expect("a key"));
        secrets.push(credentials.sealed_password().expose().to_owned());
    }
    secrets
}

/// The values of every field of this name, in small letters, as they stand in `text`.
fn values<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let small = text.to_ascii_lowercase();
    let ends = small
        .match_indices(name)
        .map(|(at, found)| &text[at + found.len()..]);
    ends.filter_map(|rest| rest.split('"').next())
        .filter(|value| !value.is_empty())
        .collect()
}

/// What masks stand in `text` for tokens that only its peers know; panics at one that is not
/// masked.
fn masks(text: &str) -> usize {
    let found = [
        "\"accesstoken\":\"",
        "\"refreshtoken\":\"",
        "\"password\":\"",
        "\"newpassword\":\"",
        "\"operatorsecret\":\"",
    ]
    .iter()
    .flat_map(|name| values(text, name));
    let queries = text
        .split("token=")
        .skip(1)
        .filter_map(|rest| rest.split(['&', ' ']).next());
    found
        .chain(queries)
        .inspect(|value| assert!(value.bytes().all(|byte| byte == b'*'), "{text}"))
        .count()
}

#[test]
fn no_secret_is_in_a_capture_nor_on_the_page() {
    let file = folder("secrets").join("day.jsonl");
    let path = file.to_str().expect("a path");
    good(&["--quiet", "--record", path]);
    let secrets = secrets();
    let mut masked = 0;
    let mut looks_at = |text: &str| {
        let secret = secrets.iter().find(|secret| text.contains(secret.as_str()));
        assert_eq!(secret, None, "{text}");
        masked += masks(text);
    };
    let capture = fs::read_to_string(&file).expect("a capture");
    let mut count = 0;
    for line in capture.lines() {
        let exchange: Value = serde_json::from_str(line).expect("an exchange");
        for side in ["request", "reply"]
            .iter()
            .filter_map(|side| exchange[*side].as_str())
        {
            let bytes = STANDARD.decode(side).expect("Base64");
            assert!(!bytes.is_empty(), "{line}");
            looks_at(&String::from_utf8_lossy(&bytes));
        }
        count += 1;
    }
    // Opened: what is sealed on the line.
    let mut serving = Running::start(&[
        "--quiet",
        "--serve",
        "--port",
        "0",
        "--replay",
        path,
        "--state",
        file.with_extension("redb").to_str().expect("a path"),
    ]);
    let page = serving
        .line("page: http://")
        .trim()
        .trim_start_matches("page: http://")
        .trim_end_matches('/')
        .to_owned();
    let mut opened = 0;
    for id in 1..=count {
        let message = ask(&page, &format!("/api/messages/{id}"));
        for text in ["request", "reply"]
            .iter()
            .filter_map(|side| message[*side]["plain"].as_array())
            .flatten()
        {
            looks_at(text.as_str().expect("JSON as text"));
            opened += usize::from(
                text.as_str()
                    .is_some_and(|text| text.contains("OperatorSecret")),
            );
        }
        let violations = ["request", "reply"].map(|side| message[side]["violations"].to_string());
        assert!(
            !violations.iter().any(|found| found.contains("\"sign\"")),
            "a mask is no wrong signature: {message}"
        );
    }
    assert!(masked > 50 && opened > 0, "{masked} masks, {opened} opened");
}

/// What the page says of it.
fn ask(page: &str, path: &str) -> Value {
    let mut stream = TcpStream::connect(page).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a limit");
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("UTF-8");
    let (_, body) = reply.split_once("\r\n\r\n").expect("a head");
    serde_json::from_str(body).unwrap_or_else(|cause| panic!("{path}: {cause}: {reply}"))
}
