//! The sandbox as a user runs it.
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

fn city(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_city"));
    command.args(args).stdin(Stdio::null()).env_remove("RUST_BACKTRACE");
    command
}

/// Exit status, standard output, standard error.
fn run(args: &[&str]) -> (Option<i32>, String, String) {
    told(city(args).output().expect("it starts"))
}

fn told(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn good(args: &[&str]) -> String {
    let (status, out, err) = run(args);
    assert_eq!((status, err.as_str()), (Some(0), ""), "{args:?}: {out}");
    out
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("city-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Names of the scenarios, as the program lists them.
fn names() -> Vec<String> {
    let names: Vec<_> = good(&["list"])
        .lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// The words of a line that shows an exchange: number, from, to, transport, outcome, name.
fn exchange(line: &str) -> Option<[&str; 6]> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let shows = words.len() > 8 && words[2] == "->" && words[6] == "ms" && !line.starts_with("==");
    shows.then(|| [words[0], words[1], words[3], words[4], words[7], words[8]])
}

#[test]
fn a_day_plays_every_interface_over_each_of_its_transports() {
    let printed = good(&[]);
    let summary = printed.lines().last().expect("a summary");
    assert!(summary.starts_with("52 interfaces, 52 answered, 0 failed;"), "{summary}");
    let mut crossed: BTreeMap<(String, String), usize> = BTreeMap::new();
    for [code, _, _, transport, outcome, _] in printed.lines().filter_map(exchange) {
        if outcome == "answered" {
            *crossed.entry((code.to_owned(), transport.to_owned())).or_default() += 1;
        }
    }
    for info in sztc_proto::ENDPOINTS {
        for (has, transport) in [(info.https, "https"), (info.tcp, "tcp")] {
            let seen = crossed.contains_key(&(info.code.to_string(), transport.to_owned()));
            assert!(seen || !has, "{} over {transport}", info.code);
            // What Table 1 does not give a transport must not take it.
            assert!(has || !seen, "{} over {transport}", info.code);
        }
    }
    for name in names() {
        assert!(printed.contains(&format!("== {name}: ")), "{name}");
    }
    // A message that the sandbox itself cannot read would be shown so.
    assert!(!printed.lines().filter_map(exchange).any(|words| words[5] == "?"), "{printed}");
}

#[test]
fn each_scenario_plays_by_its_name() {
    for name in names() {
        let printed = good(&["run", &name]);
        let summary = printed.lines().last().expect("a summary");
        assert!(summary.starts_with("1 scenarios, 1 passed, 0 failed; "), "{name}: {summary}");
        let calls: usize = summary.split_whitespace().nth(6).and_then(|count| count.parse().ok()).expect("a count");
        assert!(calls > 0, "{name} calls nobody");
        let crossed = printed.lines().filter_map(exchange).count();
        assert!(crossed >= calls, "{name}: {calls} calls, {crossed} exchanges");
    }
}

#[test]
fn appendix_c_is_there_in_whole() {
    let listed = good(&["list"]);
    for section in [
        "C.1.1 ", "C.1.2.1 ", "C.1.2.2 ", "C.1.2.3 ", "C.1.2.4 ", "C.1.2.5 ", "C.1.2.6 ", "C.2.1 ", "C.2.2.4 ", "C.2.2.5 ", "C.2.2.6 ", "C.3 ",
        "C.4 ", "C.5 ", "C.6 ",
    ] {
        assert!(listed.contains(section), "{section}: {listed}");
    }
}

#[test]
fn lines_with_faults_lose_messages_and_no_business() {
    // Chances are those of the seed, so this is much the same in every run.
    let printed = good(&["--fault", "drop=3%,delay=2ms,corrupt=2%,duplicate=3%", "--seed", "2"]);
    let summary = printed.lines().last().expect("a summary");
    assert!(summary.starts_with("52 interfaces, 52 answered, 0 failed;"), "{summary}");
    for fault in [
        "[request-lost]",
        "[reply-lost]",
        "[request-corrupted]",
        "[reply-corrupted]",
        "[request-twice]",
        "[delayed]",
    ] {
        assert!(printed.contains(fault), "{fault} in {printed}");
    }
}

#[test]
fn faults_may_be_on_one_link_alone() {
    let printed = good(&["run", "reservation", "--fault", "city-tcp:duplicate=100%"]);
    let twice = |line: &str| line.contains("[request-twice]");
    for line in printed.lines() {
        if let Some([_, _, _, transport, ..]) = exchange(line) {
            assert_eq!(twice(line), transport == "tcp", "{line}");
        }
    }
}

#[test]
fn what_was_recorded_is_shown_again() {
    let file = folder("capture").join("day.jsonl");
    let path = file.to_str().expect("a path");
    let recorded = good(&["run", "online-payment", "charging", "kt-bill", "--record", path]);
    let capture = fs::read_to_string(&file).expect("a capture");
    assert!(!capture.contains("sandbox-callback"), "a token in a capture");
    let replayed = good(&["--replay", path]);
    let shown = |text: &str| {
        text.lines()
            .filter_map(exchange)
            .map(|words| words.map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&replayed), shown(&recorded));
    assert!(
        replayed
            .trim_end()
            .ends_with("messages of the capture, 0 read otherwise than when they were recorded"),
        "{replayed}"
    );

    // A capture that says otherwise than its bytes.
    let (before, after) = capture.split_at(capture.find("\"outcome\":\"answered\"").expect("an answer"));
    fs::write(&file, format!("{before}{}", after.replacen("answered", "refused", 1))).expect("written");
    let (status, _, err) = run(&["--replay", path]);
    assert_eq!(status, Some(1));
    assert!(err.contains("of the capture was read as"), "{err}");
    fs::write(&file, "{}\n").expect("written");
    let (status, _, err) = run(&["--replay", path]);
    assert_eq!(status, Some(1));
    assert!(err.contains("line 1: no exchange of a capture") && err.lines().count() == 1, "{err}");
}

#[test]
fn a_state_is_kept_until_it_is_forgotten() {
    let file = folder("state").join("city.redb");
    let path = file.to_str().expect("a path");
    let plate = |out: &str| {
        let line = out.lines().find(|line| line.contains(" reserves a space and has")).expect("a plate");
        line.split_whitespace().next().map(str::to_owned).expect("a plate")
    };
    let first = plate(&good(&["run", "reservation", "--state", path]));
    let second = plate(&good(&["run", "reservation", "--state", path]));
    assert_ne!(first, second, "the second run knows of the first");
    let fresh = plate(&good(&["run", "reservation", "--state", path, "--fresh"]));
    assert_eq!(first, fresh, "the third knows of none");
    // All scenarios play on what they left behind.
    good(&["--quiet", "--state", path]);
    good(&["--quiet", "--state", path]);
}

#[test]
fn wrong_usage_is_said_in_a_line() {
    for (args, says) in [
        (vec!["run", "parade"], "there is no such scenario"),
        (vec!["--fault", "drop=5"], "a share like 5% is expected"),
        (vec!["--port", "x"], "invalid value 'x'"),
        (vec!["run"], "required"),
    ] {
        let (status, out, err) = run(&args);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        assert!(err.contains(says), "{args:?}: {err}");
    }
}

#[test]
fn what_cannot_be_done_is_said_in_a_line() {
    let folder = folder("trouble");
    let here = folder.to_str().expect("a path").to_owned();
    let junk = folder.join("junk.redb");
    fs::write(&junk, "no database at all").expect("written");
    let missing = format!("{here}/missing/file");
    let busy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = busy.local_addr().expect("bound").port().to_string();
    for (args, says) in [
        (vec!["--serve", "--port", &port, "--state", &format!("{here}/a.redb")], "is in use"),
        (vec!["--state", &missing], "the state cannot be kept in"),
        (vec!["--state", junk.to_str().expect("a path")], "junk.redb"),
        (vec!["--record", &missing], "cannot be written"),
        (vec!["--replay", &missing], "cannot be read"),
        (vec!["--fault", "nowhere:drop=5%"], "there is no link \"nowhere\""),
    ] {
        let (status, _, err) = run(&args);
        assert_eq!(status, Some(1), "{args:?}: {err}");
        assert!(
            err.starts_with("city: ") && err.lines().count() == 1 && err.contains(says),
            "{args:?}: {err}"
        );
    }
}

/// A program that is stopped when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(args: &[&str]) -> Self {
        Self(city(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts"))
    }

    /// Reads lines until one begins so.
    fn line(&mut self, begins: &str) -> String {
        let mut out = BufReader::new(self.0.stdout.as_mut().expect("a pipe"));
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(out.read_line(&mut line).expect("UTF-8"), 0, "no line begins with {begins}");
            if line.starts_with(begins) {
                return line;
            }
        }
    }

    #[cfg(unix)]
    fn interrupt(&mut self) -> (Option<i32>, String) {
        let told = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
        let began = Instant::now();
        let status = loop {
            match self.0.try_wait().expect("a child") {
                Some(status) => break status,
                None if began.elapsed() > Duration::from_secs(10) => panic!("it does not stop"),
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        let mut err = String::new();
        self.0.stderr.take().expect("a pipe").read_to_string(&mut err).expect("UTF-8");
        (status.code(), err)
    }
}

#[test]
#[cfg(unix)]
fn an_interrupt_stops_it_and_its_state_goes_on() {
    let file = folder("interrupt").join("city.redb");
    let path = file.to_str().expect("a path");
    let mut serving = Running::start(&["--serve", "--port", "0", "--state", path]);
    serving.line("page: http://127.0.0.1:");
    let (_, _, err) = run(&["run", "lock", "--state", path]);
    assert!(err.contains("is in use by another city"), "{err}");
    let (status, err) = serving.interrupt();
    assert_eq!((status, err.as_str()), (Some(0), "city: stopped\n"));
    good(&["run", "lock", "--state", path]);

    let mut playing = Running::start(&["--fault", "delay=10s"]);
    playing.line("== ");
    let (status, err) = playing.interrupt();
    assert_eq!((status, err.as_str()), (Some(130), "city: stopped\n"));
}

#[test]
fn a_reader_that_goes_away_is_no_trouble() {
    let mut playing = Running::start(&[]);
    playing.line("== ");
    drop(playing.0.stdout.take());
    let status = playing.0.wait().expect("it ends");
    let mut err = String::new();
    playing.0.stderr.take().expect("a pipe").read_to_string(&mut err).expect("UTF-8");
    assert_eq!((status.code(), err.as_str()), (Some(0), ""));
}

#[test]
fn help_says_what_there_is() {
    let help = good(&["--help"]);
    for option in [
        "--serve", "--port", "--state", "--fresh", "--record", "--replay", "--fault", "--seed", "--quiet", "run", "list",
    ] {
        assert!(help.contains(option), "{option}");
    }
    assert!(good(&["run", "--help"]).contains("city list"));
}
