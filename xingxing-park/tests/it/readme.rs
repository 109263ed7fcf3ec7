//! What the README says is what the crate has.
use xingxing_park::{ENDPOINTS, QUERY_ALIAS, Role};

const README: &str = include_str!("../../README.md");

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    for info in ENDPOINTS {
        let side = if info.role == Role::Parking { "parking" } else { "charging" };
        let alias = if info.method == "query_parking_charge_result" {
            format!(", {QUERY_ALIAS}")
        } else {
            String::new()
        };
        let row = format!(
            "| {}{alias} | {} | `{}` | `{}` | {side} |",
            info.name, info.title, info.request, info.reply
        );
        assert!(README.contains(&row), "{row}");
    }
    assert_eq!(
        README
            .lines()
            .filter(|line| line.ends_with("| parking |") || line.ends_with("| charging |"))
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
