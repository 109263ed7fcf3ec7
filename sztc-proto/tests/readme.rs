//! The repository's README shows the examples that this crate's documentation compiles.

#[test]
fn both_readmes_show_the_same_examples() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    // A published crate has no repository around it.
    let Ok(root) = std::fs::read_to_string(root) else { return };
    let own = include_str!("../README.md");
    let blocks: Vec<&str> = own
        .split("```rust,no_run")
        .skip(1)
        .map(|rest| rest.split("```").next().expect("a block"))
        .collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        assert!(root.contains(block), "{block}");
        let shown = block.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).count();
        assert!(shown <= 18, "{shown} lines");
    }
}
