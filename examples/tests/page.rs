//! The sandbox's page, as a program and as a browser see it.
#[path = "page/browser.rs"]
mod browser;
#[path = "page/guest.rs"]
mod guest;

use browser::Browser;
use guest::Guest;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

const LIMIT: Duration = Duration::from_secs(60);

/// What `reservation` begins with (6.7.1).
const LOCK_SPACE: u64 = 6001;

/// What a guest of these tests answers.
const QUERY_FEE: u64 = 6006;

/// What has no TCP in Table 1.
const QUERY_LEASE: u64 = 6009;

/// The program, up until it is dropped.
struct City {
    child: Child,
    /// Host and port of the page.
    page: String,
    state: PathBuf,
}

impl City {
    fn start(name: &str) -> Self {
        let state = env::temp_dir().join(format!("city-page-{}-{name}.redb", std::process::id()));
        let _ = fs::remove_file(&state);
        let mut child = Command::new(env!("CARGO_BIN_EXE_city"))
            .args(["--serve", "--port", "0", "--state"])
            .arg(&state)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let printed = BufReader::new(child.stdout.take().expect("it is piped"));
        let (told, page) = mpsc::channel();
        // Reads on, or the program would wait for a reader.
        thread::spawn(move || {
            for line in printed.lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("page: http://") {
                    let _ = told.send(address.trim_end_matches('/').to_owned());
                }
            }
        });
        let mut city = Self {
            child,
            page: String::new(),
            state,
        };
        city.page = page.recv_timeout(LIMIT).expect("the page's address");
        city
    }

    fn begin(&self, request: &str) -> BufReader<TcpStream> {
        self.send(request, "")
    }

    fn send(&self, request: &str, body: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.page).expect("the page");
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        let (host, length) = (&self.page, body.len());
        write!(
            stream,
            "{request} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .expect("it reads");
        BufReader::new(stream)
    }

    fn ask(&self, request: &str) -> (u16, String) {
        self.post(request, "")
    }

    fn post(&self, request: &str, body: &str) -> (u16, String) {
        let mut text = String::new();
        self.send(request, body).read_to_string(&mut text).expect("UTF-8 in time");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        (head[9..12].parse().expect("a status"), body.to_owned())
    }

    fn json(&self, path: &str) -> Value {
        let (status, body) = self.ask(&format!("GET {path}"));
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    /// All fields' meanings of the request of a message, as the page shows them.
    fn meanings(&self, id: u64) -> BTreeSet<String> {
        let message = self.json(&format!("/api/messages/{id}"));
        let fields = message["request"]["fields"].as_array().expect("fields");
        fields
            .iter()
            .filter_map(|field| field["meaning"].as_str())
            .map(|meaning| meaning.replace('`', ""))
            .collect()
    }
}

impl Drop for City {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.state);
    }
}

#[test]
fn a_scenario_is_played_and_its_messages_told() {
    let city = City::start("events");
    let about = city.json("/api/about");
    assert!(about["places"].as_array().is_some_and(|places| !places.is_empty()));
    let offers = about["scenarios"].as_array().expect("scenarios");
    assert!(
        offers
            .iter()
            .any(|offer| offer["name"] == "reservation" && offer["title"].as_str().is_some_and(|title| !title.is_empty()))
    );

    let mut lines = city.begin("GET /api/events").lines().map(|line| line.expect("an event in time"));
    lines.by_ref().find(|line| line == "event: begin").expect("a beginning");
    assert_eq!(city.ask("POST /api/play/reservation").0, 202);
    assert_eq!(city.ask("POST /api/play/parade").0, 404);
    let mut rows: Vec<Value> = Vec::new();
    for line in lines {
        let Some(data) = line.strip_prefix("data: ") else { continue };
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

    let locked = rows.iter().find(|row| row["code"] == LOCK_SPACE).expect("a space is locked");
    let id = locked["id"].as_u64().expect("a number");
    assert_eq!(city.json(&format!("/api/messages?after={}", id - 1))[0], *locked);
    let message = city.json(&format!("/api/messages/{id}"));
    assert_eq!(message["request"]["interface"]["code"], LOCK_SPACE);
    assert!(!city.meanings(id).is_empty());
    for side in ["request", "reply"] {
        assert!(message[side]["raw"].as_str().is_some_and(|raw| !raw.is_empty()), "{message}");
        assert!(message[side]["plain"][0].is_string(), "{message}");
        assert_eq!(message[side]["violations"].as_array().map(Vec::len), Some(0), "{message}");
    }
    let (status, problem) = city.ask("GET /api/messages/999999");
    assert_eq!((status, problem.lines().count()), (404, 1));
    assert!(city.ask("GET /authority.pem").1.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn the_city_asks_software_that_logged_in() {
    let city = City::start("guest");
    let ask = |way: &str| city.post(&format!("POST /api/ask/{way}/6006"), r#"{"plateNo":"粤B88888"}"#);
    let (status, problem) = ask("https");
    assert_eq!((status, problem.lines().count()), (502, 1), "{problem}");
    assert!(problem.contains("guest has not logged in"), "{problem}");

    let guest = Guest::new(&city);
    guest.open_session();
    let address = guest.give_address();
    for (way, transport, link) in [("tcp", "tcp", "guest-city-tcp"), ("https", "http", "guest-https")] {
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
    assert_eq!((status, problem.starts_with("plate: ")), (502, true), "{problem}");
    let (status, problem) = city.post("POST /api/ask/https/6009", r#"{"plateNo":"粤B88888","parkCode":"44030400100101000010"}"#);
    assert_eq!((status, problem.contains("1100")), (502, true), "{problem}");
    drop(guest);
    let (status, problem) = ask("https");
    assert_eq!((status, problem.contains(&address)), (502, true), "{problem}");
}

#[test]
fn a_browser_shows_messages_as_they_cross() {
    let city = City::start("browser");
    let Some(mut browser) = Browser::start() else { return };
    let address = format!("http://{}/", city.page);
    browser.resize(1280, 900);
    browser.open(&address);
    browser.until("document.querySelector('#live').textContent === 'connected'");

    browser.click("[data-scenario=reservation]");
    browser.until("document.querySelector('[data-scenario=reservation]').dataset.state === 'passed'");
    browser.until("[...document.querySelectorAll('#rows .code')].some((code) => code.textContent === '6001')");
    let heartbeats = "[...document.querySelectorAll('#rows .code')].filter((code) => code.textContent === '1006').length";
    assert_eq!(browser.get(heartbeats), 0);

    browser.click("[name=interface]");
    browser.write("6001");
    browser.until("[...document.querySelectorAll('#rows .code')].every((code) => code.textContent === '6001')");
    assert_eq!(browser.get("location.search"), "?interface=6001");
    let id = browser
        .get("Number(document.querySelector('#rows tr').dataset.id)")
        .as_u64()
        .expect("a row");

    browser.click("#rows tr");
    browser.until("document.querySelectorAll('#detail .fields tr').length > 0");
    assert_eq!(browser.get("location.hash"), format!("#{id}"));
    explains(&mut browser, &city.meanings(id));
    is_no_wider_than(&mut browser, 1280);

    // As a link, in a window as small as a telephone's.
    browser.resize(390, 844);
    browser.open(&format!("{address}?interface=6001#{id}"));
    browser.until("document.querySelectorAll('#detail .fields tr').length > 0");
    explains(&mut browser, &city.meanings(id));
    assert_eq!(browser.get("document.querySelector('#detail').clientWidth"), 390);
    is_no_wider_than(&mut browser, 390);
    browser.click("#detail .close");
    browser.until("document.querySelector('#detail').hidden");
    is_no_wider_than(&mut browser, 390);
    browser.click("summary");
    browser.until("document.querySelector('#places').clientHeight > 0");
    is_no_wider_than(&mut browser, 390);
    asks(&mut browser, &city);
    is_no_wider_than(&mut browser, 390);
    browser.resize(1280, 900);
    is_no_wider_than(&mut browser, 1280);
}

/// With the form, software that serves one interface.
fn asks(browser: &mut Browser, city: &City) {
    let guest = Guest::new(city);
    guest.open_session();
    let choose = |browser: &mut Browser, code: u64| {
        let choose = format!(
            "(() => {{ const all = document.querySelector('#ask select'); all.value = '{code}'; all.dispatchEvent(new Event('change')); }})()"
        );
        browser.get(&choose);
    };
    let text = "document.querySelector('#ask textarea').value";
    let way = "new FormData(document.querySelector('#ask')).get('way')";
    choose(browser, QUERY_FEE);
    // As it stands in the sample, which a script that counts would change to 3.5.
    assert!(
        browser
            .get(text)
            .as_str()
            .is_some_and(|text| text.contains("\n  \"couponValue\": 3.50,\n"))
    );
    assert_eq!(browser.get(way), "tcp");
    browser.get("document.querySelector('#ask textarea').select()");
    browser.write("{\"plateNo\": \"粤B12345\"}");
    choose(browser, QUERY_LEASE);
    assert_eq!(browser.get(way), "https");
    browser.click("#ask .press button");
    browser.until("document.querySelector('#asked').className === 'failed'");
    assert_eq!(browser.get("document.querySelector('#answer').hidden"), true);
    choose(browser, QUERY_FEE);
    assert_eq!(browser.get(text), "{\"plateNo\": \"粤B12345\"}");
    assert_eq!(browser.get(way), "tcp");
    browser.click("#ask .press button");
    browser.until("document.querySelector('#answer').textContent.includes('\"plateNo\": \"粤B12345\"')");
    let command = browser.get("document.querySelector('#command').textContent");
    let place = &city.json("/api/about")["places"][0]["address"];
    let place = place.as_str().expect("an address");
    assert!(
        command
            .as_str()
            .is_some_and(|command| command.contains(&format!("--url {place} --user guest"))),
        "{command}"
    );
}

fn explains(browser: &mut Browser, meanings: &BTreeSet<String>) {
    let text = browser.get("document.querySelector('#detail').textContent");
    let text = text.as_str().expect("a text");
    assert!(meanings.iter().all(|meaning| text.contains(meaning)), "{meanings:?}\n{text}");
}

/// Neither the page nor what scrolls downwards in it scrolls sideways.
fn is_no_wider_than(browser: &mut Browser, width: u64) {
    let page = browser.get("[innerWidth, document.documentElement.scrollWidth]");
    assert_eq!(page, serde_json::json!([width, width]));
    let parts = "['#list', '#detail', '.places', '.ask'].map((part) => document.querySelector(part)).filter((part) => part.checkVisibility())";
    let wide = format!("{parts}.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className)");
    assert_eq!(browser.get(&wide), serde_json::json!([]));
}
