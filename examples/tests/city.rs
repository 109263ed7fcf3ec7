//! The program as a user runs it.
use std::process::Command;

#[test]
fn the_books_of_the_city_balance() {
    let output = Command::new(env!("CARGO_BIN_EXE_city")).output().expect("it starts");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let interfaces = sztc_proto::ENDPOINTS.len();
    let summary = printed.lines().last().expect("a summary");
    assert!(
        summary.starts_with(&format!("{interfaces} interfaces, {interfaces} answered, 0 failed;")),
        "{summary}"
    );
    for info in sztc_proto::ENDPOINTS {
        let shown = printed
            .lines()
            .filter(|line| line.starts_with(&info.code.to_string()) && line.contains(info.title))
            .count();
        assert!(shown >= usize::from(info.https) + usize::from(info.tcp), "{}", info.code);
    }
}
