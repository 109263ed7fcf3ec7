//! What the README says is what the crate has.
use pile_proto::{ENDPOINTS, Role};

const README: &str = include_str!("../README.md");

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    for info in ENDPOINTS {
        let side = if info.role == Role::Vendor { "vendor" } else { "aggregator" };
        let row = format!(
            "| {} | {} | `{}` | `{}` | `{}` | {side} |",
            info.name,
            info.title,
            info.method,
            info.request,
            // As it comes out of a macro.
            info.reply.replace(' ', "")
        );
        assert!(README.contains(&row), "{row}");
    }
    assert_eq!(
        README
            .lines()
            .filter(|line| line.ends_with("| vendor |") || line.ends_with("| aggregator |"))
            .count(),
        ENDPOINTS.len()
    );
}

#[test]
fn each_role_takes_fifteen_lines() {
    let blocks: Vec<&str> = README
        .split("```rust,no_run")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let shown = block.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).count();
        assert!(shown <= 15, "{shown} lines: {block}");
    }
}
