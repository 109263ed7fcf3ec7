//! Both programs as a user runs them, on free ports.
use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
};

/// Ends with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(path: &str) -> Command {
    let mut command = Command::new(path);
    // Those of the sandbox.
    command.env_remove("CPO_KEYS").env_remove("EMSP_KEYS");
    command
}

/// An address nobody listens at. Each side has to know the other's before it starts, so one port is
/// chosen beforehand.
fn free() -> String {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("bound").to_string()
}

/// A charge point operator that pushes to `emsp`, and where it listens.
fn start_cpo(emsp: &str, line: &[String]) -> (Running, impl Iterator<Item = String> + use<>) {
    let mut command = program(env!("CARGO_BIN_EXE_cpo"));
    command
        .args(["--listen", "127.0.0.1:0", "--emsp", emsp])
        .args(line);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let printed = BufReader::new(child.stdout.take().expect("piped"));
    (
        Running(child),
        printed.lines().map(|line| line.expect("UTF-8")),
    )
}

/// The arguments for https on both sides: a certificate for loopback, and its authority.
fn https() -> Vec<String> {
    let made = testkit::Certificate::of("127.0.0.1");
    [
        ("cert", made.chain),
        ("key", made.key),
        ("root", made.authority),
    ]
    .into_iter()
    .flat_map(|(name, pem)| {
        let path = format!("{}/charging-{name}.pem", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&path, pem).expect("writable");
        [format!("--{name}"), path]
    })
    .collect()
}

#[test]
fn a_car_is_charged_and_the_accounts_agree() {
    charged("http", &[]);
    charged("https", &https());
}

fn charged(scheme: &str, line: &[String]) {
    let listen = free();
    let emsp = format!("{scheme}://{listen}/evcs/v1");
    let (_cpo, mut told) = start_cpo(&emsp, line);
    let cpo = told
        .next()
        .and_then(|line| line.strip_prefix("cpo: ").map(str::to_owned))
        .expect("its address");
    assert!(cpo.starts_with(&format!("{scheme}://")), "{cpo}");
    let mut command = program(env!("CARGO_BIN_EXE_emsp"));
    let output = command
        .args(["--listen", &listen, "--cpo", &cpo])
        .args(line)
        .output()
        .expect("it starts");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(
        output.status.success(),
        "{printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = [
        &format!("emsp: {emsp}"),
        "1 stations; charging at 1100000000000000000000101",
        "authenticated",
        "started",
        "Charging (",
        "stopped",
        "Settled (",
        "order: ",
        "the accounts agree",
    ];
    for line in lines {
        assert!(
            printed.lines().any(|printed| printed.starts_with(line)),
            "{line}: {printed}"
        );
    }
    let [order, account] = [told.next(), told.next()].map(|line| line.expect("the other side"));
    assert!(
        order.starts_with("MA5EQ42K7") && order.ends_with(" yuan, 0 成功"),
        "{order}"
    );
    assert!(account.ends_with(": 1 orders agreed"), "{account}");
}

#[test]
fn without_the_other_side_it_fails_and_says_why() {
    let nobody = format!("http://{}/evcs/v1", free());
    let output = program(env!("CARGO_BIN_EXE_emsp"))
        .args(["--listen", "127.0.0.1:0", "--cpo", &nobody])
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(printed.contains("query_token"), "{printed}");
}

#[test]
fn keys_of_another_sandbox_are_refused() {
    let (_cpo, mut told) = start_cpo(&format!("http://{}/evcs/v1", free()), &[]);
    let cpo = told
        .next()
        .and_then(|line| line.strip_prefix("cpo: ").map(str::to_owned))
        .expect("its address");
    let mut command = program(env!("CARGO_BIN_EXE_emsp"));
    command
        .args(["--listen", "127.0.0.1:0", "--cpo", &cpo])
        .env(
            "CPO_KEYS",
            "secret of the CPO,1234567890abcdef,1234567890abcdef,another",
        );
    let output = command.output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(
        printed.contains("4001") && !printed.contains("another"),
        "{printed}"
    );
}
