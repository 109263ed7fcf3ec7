//! The sandbox as a user runs it.
mod captures;
mod program;

use program::{Running, city, exchange, folder, good, names, run};
use std::{collections::BTreeMap, fs, net::TcpListener, time::Duration};

#[test]
fn a_day_plays_every_interface_over_each_of_its_transports() {
    let printed = good(&[]);
    let summary = printed.lines().last().expect("a summary");
    assert!(
        summary.starts_with("52 interfaces, 52 answered, 0 failed;"),
        "{summary}"
    );
    let mut crossed: BTreeMap<(String, String), usize> = BTreeMap::new();
    for [code, _, _, transport, outcome, _] in printed.lines().filter_map(exchange) {
        if outcome == "answered" {
            *crossed
                .entry((code.to_owned(), transport.to_owned()))
                .or_default() += 1;
        }
    }
    for info in sztc_proto::endpoint::ENDPOINTS {
        for (has, transport) in [
            (info.transports.https(), "https"),
            (info.transports.tcp(), "tcp"),
        ] {
            let seen = crossed.contains_key(&(info.name.to_owned(), transport.to_owned()));
            assert!(seen || !has, "{} over {transport}", info.name);
            // What Table 1 does not give a transport must not take it.
            assert!(has || !seen, "{} over {transport}", info.name);
        }
    }
    for name in names() {
        assert!(printed.contains(&format!("== {name}: ")), "{name}");
    }
    // A message that the sandbox itself cannot read would be shown so.
    let unread = printed.lines().filter(|line| {
        exchange(line).is_some_and(|words| words[5] == "?" || words[4] == "unreadable")
    });
    assert_eq!(unread.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn each_scenario_plays_by_its_name() {
    for name in names() {
        let printed = good(&["run", &name]);
        let summary = printed.lines().last().expect("a summary");
        assert!(
            summary.starts_with("1 scenarios, 1 passed, 0 failed; "),
            "{name}: {summary}"
        );
        let calls: usize = summary
            .split_whitespace()
            .nth(6)
            .and_then(|count| count.parse().ok())
            .expect("a count");
        assert!(calls > 0, "{name} calls nobody");
        let crossed = printed.lines().filter_map(exchange).count();
        assert!(
            crossed >= calls,
            "{name}: {calls} calls, {crossed} exchanges"
        );
    }
}

#[test]
fn appendix_c_is_there_in_whole() {
    let listed = good(&["list"]);
    for section in [
        "C.1.1 ", "C.1.2.1 ", "C.1.2.2 ", "C.1.2.3 ", "C.1.2.4 ", "C.1.2.5 ", "C.1.2.6 ", "C.2.1 ",
        "C.2.2.4 ", "C.2.2.5 ", "C.2.2.6 ", "C.3 ", "C.4 ", "C.5 ", "C.6 ",
    ] {
        assert!(listed.contains(section), "{section}: {listed}");
    }
}

#[test]
fn lines_with_faults_lose_messages_and_no_business() {
    // Chances are those of the seed, so this is much the same in every run.
    let printed = good(&[
        "--fault",
        "drop=3%,delay=2ms,corrupt=2%,duplicate=3%",
        "--seed",
        "2",
    ]);
    let summary = printed.lines().last().expect("a summary");
    assert!(
        summary.starts_with("52 interfaces, 52 answered, 0 failed;"),
        "{summary}"
    );
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
fn a_state_is_kept_until_it_is_forgotten() {
    let file = folder("state").join("city.redb");
    let path = file.to_str().expect("a path");
    let plate = |out: &str| {
        let line = out
            .lines()
            .find(|line| line.contains(" reserves a space and has"))
            .expect("a plate");
        line.split_whitespace()
            .next()
            .map(str::to_owned)
            .expect("a plate")
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
        (
            vec!["--serve", "--port", "65535"],
            "--port: the roles need those behind it",
        ),
        (
            vec!["run", "lock", "--replay", "x"],
            "--replay shows what was recorded",
        ),
    ] {
        let (status, out, err) = run(&args);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        let line = err.starts_with("city: ")
            && err.lines().count() == 1
            && err.trim_end().ends_with("see --help");
        assert!(line && err.contains(says), "{args:?}: {err}");
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
        (
            vec![
                "--serve",
                "--port",
                &port,
                "--state",
                &format!("{here}/a.redb"),
            ],
            "is in use",
        ),
        (vec!["--state", &missing], "the state cannot be kept in"),
        (vec!["--state", junk.to_str().expect("a path")], "junk.redb"),
        (
            vec!["--fresh", "--state", junk.to_str().expect("a path")],
            "junk.redb",
        ),
        (vec!["--record", &missing], "cannot be written"),
        (vec!["--replay", &missing], "cannot be read"),
        (
            vec!["--fault", "nowhere:drop=5%"],
            "there is no link \"nowhere\"",
        ),
    ] {
        let (status, _, err) = run(&args);
        assert_eq!(status, Some(1), "{args:?}: {err}");
        assert!(
            err.starts_with("city: ") && err.lines().count() == 1 && err.contains(says),
            "{args:?}: {err}"
        );
    }
}

#[test]
#[cfg(unix)]
fn an_interrupt_stops_it_and_its_state_goes_on() {
    let file = folder("interrupt").join("city.redb");
    let path = file.to_str().expect("a path");
    let mut serving = Running::start(&["--serve", "--port", "0", "--state", path]);
    serving.line("page: http://127.0.0.1:");
    for fresh in [
        &["run", "lock", "--state", path][..],
        &["run", "lock", "--state", path, "--fresh"],
    ] {
        let (_, _, err) = run(fresh);
        assert!(err.contains("is in use by another city"), "{err}");
    }
    let (status, err) = serving.stop("-INT");
    assert_eq!((status, err.as_str()), (Some(0), "city: stopped\n"));
    good(&["run", "lock", "--state", path]);

    let mut serving = Running::start(&["--serve", "--port", "0", "--state", path]);
    serving.line("page: http://127.0.0.1:");
    let (status, err) = serving.stop("-TERM");
    assert_eq!((status, err.as_str()), (Some(0), "city: stopped\n"));

    for signal in ["-INT", "-TERM"] {
        let mut playing = Running::start(&["--fault", "delay=10s"]);
        playing.line("== ");
        let (status, err) = playing.stop(signal);
        assert_eq!(
            (status, err.as_str()),
            (Some(130), "city: stopped\n"),
            "{signal}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_trouble() {
    let mut playing = Running::start(&[]);
    playing.line("== ");
    drop(playing.lines.take());
    let status = playing.end(Duration::from_secs(60));
    assert_eq!(
        (status.code(), playing.complaints().as_str()),
        (Some(0), "")
    );
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_written_is_a_failure() {
    let (status, _, err) = run(&["run", "lock", "--record", "/dev/full"]);
    assert_eq!(status, Some(1));
    assert!(err.contains("the capture ends here"), "{err}");
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("it is always full");
    let ran = city(&["list"]).stdout(full).output().expect("it starts");
    assert_eq!(ran.status.code(), Some(1));
}

#[test]
fn help_says_what_there_is() {
    let help = good(&["--help"]);
    for option in [
        "--serve", "--port", "--state", "--fresh", "--record", "--replay", "--fault", "--seed",
        "--quiet", "run", "list",
    ] {
        assert!(help.contains(option), "{option}");
    }
    assert!(good(&["run", "--help"]).contains("city list"));
}
