//! The page as somebody sees it.
use super::{QUERY_FEE, QUERY_LEASE, browser::Browser, city::City, guest::Guest};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn a_browser_shows_messages_as_they_cross() {
    let city = City::start("browser");
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let address = format!("http://{}/", city.page);
    browser.resize(1280, 900);
    browser.open(&address);
    browser.until("document.querySelector('#live').textContent === 'connected'");

    browser.click("[data-scenario=reservation]");
    browser
        .until("document.querySelector('[data-scenario=reservation]').dataset.state === 'passed'");
    browser.until(
        "[...document.querySelectorAll('#rows .code')].some((code) => code.textContent === '6001')",
    );
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
    tells_outcomes_apart(&mut browser);

    // As a link, in a window as small as a telephone's.
    browser.resize(390, 844);
    browser.open(&format!("{address}?interface=6001#{id}"));
    browser.until("document.querySelectorAll('#detail .fields tr').length > 0");
    explains(&mut browser, &city.meanings(id));
    assert_eq!(
        browser.get("document.querySelector('#detail').clientWidth"),
        390
    );
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
    assert_eq!(
        browser.get("document.querySelector('#answer').hidden"),
        true
    );
    choose(browser, QUERY_FEE);
    assert_eq!(browser.get(text), "{\"plateNo\": \"粤B12345\"}");
    assert_eq!(browser.get(way), "tcp");
    browser.click("#ask .press button");
    browser.until(
        "document.querySelector('#answer').textContent.includes('\"plateNo\": \"粤B12345\"')",
    );
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
    assert!(
        meanings.iter().all(|meaning| text.contains(meaning)),
        "{meanings:?}\n{text}"
    );
}

/// Only what is answered looks so: everything else has another colour, and its name is whole also where the list is narrow.
fn tells_outcomes_apart(browser: &mut Browser) {
    let colours = "import('/make.js').then(({ outcome }) => ['answered', 'refused', 'lost', 'unreadable', 'failed'].map((state) => {
        const [shown] = outcome({ outcome: state, reason: 'no JSON', faults: ['reply-corrupted'] });
        document.body.append(shown);
        const colour = getComputedStyle(shown).color;
        shown.remove();
        return colour;
    }))";
    let colours = browser.get(colours);
    let colours = colours.as_array().expect("colours");
    assert!(
        colours[1..].iter().all(|colour| *colour != colours[0]),
        "{colours:?}"
    );
    let named = "import('/make.js').then(({ named }) => ['lost', 'failed'].map((outcome) => {
        const row = { code: null, interface: '', title: '', outcome };
        return named(row).map((part) => part.textContent).join('');
    }))";
    assert_eq!(browser.get(named), json!(["unreadable", "no message"]));
    // With a message opened beside it.
    let whole = "(() => {
        const cell = document.querySelector('#rows .result');
        const shown = cell.querySelector('.outcome');
        const before = shown.textContent;
        shown.textContent = 'unreadable';
        const whole = getComputedStyle(cell).display === 'table-cell' && cell.scrollWidth <= cell.clientWidth;
        shown.textContent = before;
        return whole;
    })()";
    assert_eq!(browser.get(whole), true);
}

/// Neither the page nor what scrolls downwards in it scrolls sideways.
fn is_no_wider_than(browser: &mut Browser, width: u64) {
    let page = browser.get("[innerWidth, document.documentElement.scrollWidth]");
    assert_eq!(page, json!([width, width]));
    let parts = "['#list', '#detail', '.places', '.ask'].map((part) => document.querySelector(part)).filter((part) => part.checkVisibility())";
    let wide = format!(
        "{parts}.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className)"
    );
    assert_eq!(browser.get(&wide), json!([]));
}
