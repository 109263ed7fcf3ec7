//! What the README says is what the crate has.
use kt_proto::{ENDPOINTS, Retry, Role};
use std::fmt::Write;

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn each_role_is_shown_in_fifteen_lines() {
    let own = std::fs::read_to_string(OWN).expect("readable");
    let (roles, _) = own.split_once("## Credentials").expect("the roles come first");
    let blocks: Vec<&str> = roles
        .split("```rust,no_run")
        .skip(1)
        .map(|rest| rest.split("```").next().expect("a block"))
        .collect();
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        let shown = block.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).count();
        assert!(shown <= 15, "{shown} lines: {block}");
    }
}

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    let mut table = String::from(
        "| name | 接口 | method | request | reply | address | older address | repeated | served by |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for info in ENDPOINTS {
        let side = if info.role == Role::Cloud { "third party" } else { "lot" };
        let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
        let repeated = match info.retry {
            Retry::Safe => "freely",
            Retry::IdempotentByKey => "by key",
            _ => "never",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | `{}` | `{}` | `{}` | {} | {} | {repeated} | {side} |",
            info.name,
            info.title,
            info.method,
            info.request.replace(' ', ""),
            info.reply.replace(' ', ""),
            code(info.paths.first().unwrap_or(&"")),
            code(info.paths.get(1).unwrap_or(&"")),
        );
    }
    let readme = std::fs::read_to_string(OWN).expect("readable");
    let (before, rest) = readme.split_once(" -->\n").expect("the first mark");
    let (shown, after) = rest.split_once("<!-- end of interfaces -->").expect("the second mark");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(OWN, format!("{before} -->\n{table}<!-- end of interfaces -->{after}")).expect("writable");
        return;
    }
    assert_eq!(shown, table);
}
