//! The program, run and watched; nothing that it does may take for ever.
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// How long a run may take: a day with faults takes a minute on a slow machine.
const LIMIT: Duration = Duration::from_secs(300);

/// How long a line of the output may take.
const LINE: Duration = Duration::from_secs(60);

pub(crate) fn city(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_city"));
    command
        .args(args)
        .stdin(Stdio::null())
        .env_remove("RUST_BACKTRACE");
    command
}

/// Exit status, standard output, standard error.
pub(crate) fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let mut running = Running::start(args);
    let status = running.end(LIMIT);
    let lines = running.lines.take().expect("nobody else reads it");
    (status.code(), lines.iter().collect(), running.complaints())
}

pub(crate) fn good(args: &[&str]) -> String {
    let (status, out, err) = run(args);
    assert_eq!((status, err.as_str()), (Some(0), ""), "{args:?}: {out}");
    out
}

/// A folder of this test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("city-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Names of the scenarios, as the program lists them.
pub(crate) fn names() -> Vec<String> {
    let names: Vec<_> = good(&["list"])
        .lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// The words of a line that shows an exchange: number, from, to, transport, outcome, name.
pub(crate) fn exchange(line: &str) -> Option<[&str; 6]> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let shows = words.len() > 8 && words[2] == "->" && words[6] == "ms" && !line.starts_with("==");
    shows.then(|| [words[0], words[1], words[3], words[4], words[7], words[8]])
}

/// A program that is stopped when the test ends, however it ends.
pub(crate) struct Running {
    child: Child,
    /// What it prints, line by line; who drops this reads no more.
    pub lines: Option<Receiver<String>>,
    complaints: Option<thread::JoinHandle<String>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = city(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (send, lines) = channel();
        thread::spawn(move || {
            let mut line = String::new();
            while out.read_line(&mut line).expect("UTF-8") > 0
                && send.send(std::mem::take(&mut line)).is_ok()
            {}
        });
        let mut err = child.stderr.take().expect("a pipe");
        let complaints = thread::spawn(move || {
            let mut text = String::new();
            err.read_to_string(&mut text).expect("UTF-8");
            text
        });
        Self {
            child,
            lines: Some(lines),
            complaints: Some(complaints),
        }
    }

    /// Reads lines until one begins so.
    pub(crate) fn line(&mut self, begins: &str) -> String {
        let lines = self.lines.as_ref().expect("somebody reads");
        let until = Instant::now() + LINE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = lines
                .recv_timeout(left)
                .unwrap_or_else(|cause| panic!("no line begins with {begins}: {cause}"));
            if line.starts_with(begins) {
                return line;
            }
        }
    }

    /// Waits until it has ended.
    pub(crate) fn end(&mut self, limit: Duration) -> ExitStatus {
        let began = Instant::now();
        loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => return status,
                None if began.elapsed() > limit => panic!("it does not end in {limit:?}"),
                None => thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    /// All that it wrote to standard error, once it has ended.
    pub(crate) fn complaints(&mut self) -> String {
        let complaints = self.complaints.take().expect("asked once");
        complaints.join().expect("UTF-8")
    }

    #[cfg(unix)]
    pub(crate) fn stop(&mut self, signal: &str) -> (Option<i32>, String) {
        let told = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(told.success());
        let status = self.end(Duration::from_secs(10));
        (status.code(), self.complaints())
    }
}
