//! Chromium without a window, driven over its debugging pipe: messages are JSON, each with a zero byte behind it.
use serde_json::{Value, json};
use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

const LIMIT: Duration = Duration::from_secs(60);

/// What it is called on different systems; the variable `CHROME` names another.
const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// The pipe has to be at the numbers 3 and 4, where a shell can put it.
const PIPED: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#;

/// A browser with one page, up until it is dropped.
pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    calls: u64,
    session: Option<String>,
    profile: PathBuf,
}

impl Browser {
    /// Nothing, and a word about it, where there is no Chromium.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = find() else {
            eprintln!(
                "skipped: no Chromium here (looked for {} in PATH, and for CHROME)",
                NAMES.join(", ")
            );
            return None;
        };
        let profile = env::temp_dir().join(format!("city-page-{}-profile", std::process::id()));
        let mut child = Command::new("sh")
            .args(["-c", PIPED])
            .arg(program)
            // In containers its own sandbox cannot be set up; all it opens is the page under test.
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let to = child.stdin.take().expect("it is piped");
        let said = BufReader::new(child.stdout.take().expect("it is piped"));
        let (tell, from) = mpsc::channel();
        thread::spawn(move || {
            for text in said.split(0).map_while(Result::ok) {
                let _ = tell.send(serde_json::from_slice(&text).expect("the browser says JSON"));
            }
        });
        let mut browser = Self {
            child,
            to,
            from,
            calls: 0,
            session: None,
            profile,
        };
        let target =
            browser.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.call(
            "Target.attachToTarget",
            json!({"targetId": target, "flatten": true}),
        );
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        Some(browser)
    }

    /// Calls the browser and waits for its answer.
    fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut call = json!({"id": self.calls, "method": method, "params": params});
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        write!(self.to, "{call}\0").expect("the browser reads");
        loop {
            let mut said = self
                .from
                .recv_timeout(LIMIT)
                .unwrap_or_else(|_| panic!("no answer to {call}"));
            if said["id"] == self.calls {
                assert!(said["error"].is_null(), "{call}: {said}");
                return said["result"].take();
            }
        }
    }

    /// Makes the window so large.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Opens an address.
    pub(crate) fn open(&mut self, address: &str) {
        // Another fragment alone would not load it anew.
        self.call("Page.navigate", json!({"url": "about:blank"}));
        self.until("location.href === 'about:blank'");
        self.call("Page.navigate", json!({"url": address}));
        self.until("location.protocol === 'http:' && document.readyState === 'complete'");
    }

    /// The value of an expression, for a promise what it promises.
    pub(crate) fn get(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut got = self.call("Runtime.evaluate", params);
        assert!(got["exceptionDetails"].is_null(), "{expression}: {got}");
        got["result"]["value"].take()
    }

    /// Waits until a condition holds.
    pub(crate) fn until(&mut self, condition: &str) {
        let limit = LIMIT.as_millis() / 2;
        let waiting = format!(
            "new Promise((resolve) => {{
                const end = Date.now() + {limit};
                const look = () => (({condition}) ? resolve(true) : Date.now() > end ? resolve(false) : setTimeout(look, 20));
                look();
            }})"
        );
        let holds = self.get(&waiting);
        assert_eq!(
            holds,
            true,
            "{condition}\n{}",
            self.get("document.body.innerText")
        );
    }

    /// Clicks with the mouse where an element is.
    pub(crate) fn click(&mut self, selector: &str) {
        let middle = format!(
            "(() => {{
                const element = document.querySelector('{selector}');
                element.scrollIntoView({{ block: 'nearest', inline: 'nearest' }});
                const {{ x, y, width, height }} = element.getBoundingClientRect();
                return {{ x: x + width / 2, y: y + height / 2, button: 'left', clickCount: 1 }};
            }})()"
        );
        let mut event = self.get(&middle);
        for kind in ["mousePressed", "mouseReleased"] {
            event["type"] = json!(kind);
            self.call("Input.dispatchMouseEvent", event.clone());
        }
    }

    /// Writes into what has the focus.
    pub(crate) fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to close it ends its own children too.
        self.session = None;
        let _ = write!(self.to, "{}\0", json!({"id": 0, "method": "Browser.close"}));
        while self.from.recv_timeout(Duration::from_secs(5)).is_ok() {}
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn find() -> Option<PathBuf> {
    if let Some(chosen) = env::var_os("CHROME") {
        return Some(chosen.into());
    }
    let folders: Vec<PathBuf> =
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}
