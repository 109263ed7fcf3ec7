//! What the READMEs say is what the crate has.
use std::fmt::Write;
use sztc_proto::{ENDPOINTS, Role};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn both_readmes_show_the_same_examples() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    // A published crate has no repository around it.
    let Ok(root) = std::fs::read_to_string(root) else { return };
    let own = std::fs::read_to_string(OWN).expect("readable");
    let blocks: Vec<&str> = own
        .split("```rust,no_run")
        .skip(1)
        .map(|rest| rest.split("```").next().expect("a block"))
        .collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        assert!(root.contains(block), "{block}");
        let shown = block.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).count();
        assert!(shown <= 15, "{shown} lines: {block}");
    }
}

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    let mut table = String::from("| 接口编号 | 接口说明 | method | request | reply | https | TCP | served by |\n|---|---|---|---|---|---|---|---|\n");
    let mut rows: Vec<_> = ENDPOINTS.iter().collect();
    rows.sort_by_key(|info| info.number());
    for info in rows {
        let mark = |has: bool| if has { "x" } else { "" };
        let side = if info.role == Role::City { "city" } else { "partner" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | `{}` | `{}` | `{}` | {} | {} | {side} |",
            info.name,
            info.title,
            info.method,
            info.request.replace(' ', ""),
            info.reply.replace(' ', ""),
            mark(info.transports.https()),
            mark(info.transports.tcp())
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
