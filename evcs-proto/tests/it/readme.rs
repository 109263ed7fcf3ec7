//! What the README says is what the crate has.
use evcs_proto::{ENDPOINTS, Retry, Role};
use std::fmt::Write;

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn each_role_takes_at_most_fifteen_lines() {
    let own = std::fs::read_to_string(OWN).expect("readable");
    let blocks: Vec<&str> = own
        .split("```rust,no_run")
        .skip(1)
        .map(|rest| rest.split("```").next().expect("a block"))
        .collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let shown = block.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).count();
        assert!(shown <= 15, "{shown} lines: {block}");
    }
}

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    let mut table = String::from("| 接口名称 | 接口说明 | method | request | reply | served by | repeated |\n|---|---|---|---|---|---|---|\n");
    for info in ENDPOINTS {
        let side = match info.role {
            Role::Cpo => "CPO",
            Role::Emsp => "EMSP",
            Role::Both => "both, by themselves",
        };
        let repeated = if info.retry == Retry::Never { "never" } else { "yes" };
        let method = if info.role == Role::Both {
            String::new()
        } else {
            format!("`{}`", info.method)
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {} | {method} | `{}` | `{}` | {side} | {repeated} |",
            info.name, info.title, info.request, info.reply
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
