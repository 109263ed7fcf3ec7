//! What a README says is what the crate has.

/// The Rust examples of a README that are compiled and not run.
pub fn examples(readme: &str) -> Vec<&str> {
    let blocks = readme.split("```rust,no_run").skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect()
}

/// # Panics
/// When there are not exactly `count` examples, or one shows more than fifteen lines beside its
/// imports.
pub fn assert_examples(readme: &str, count: usize) {
    let blocks = examples(readme);
    assert_eq!(blocks.len(), count);
    for block in blocks {
        let shown = block
            .lines()
            .filter(|line| {
                !line.starts_with('#') && !line.starts_with("use ") && !line.trim().is_empty()
            })
            .count();
        assert!(shown <= 15, "{shown} lines: {block}");
    }
}

/// Compares the table of interfaces between its two marks with these columns and rows; with
/// `UPDATE_EXPECTED` writes it.
///
/// # Panics
/// When it differs, or the marks are not there.
pub fn assert_table(path: &str, columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut table = line(columns.iter().map(|&column| column.to_owned()).collect());
    table.push_str(&format!("|{}\n", "---|".repeat(columns.len())));
    table.extend(rows.into_iter().map(line));
    let readme = std::fs::read_to_string(path).expect("readable");
    let (before, rest) = readme.split_once(" -->\n").expect("the first mark");
    let (shown, after) = rest
        .split_once("<!-- end of interfaces -->")
        .expect("the second mark");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(
            path,
            format!("{before} -->\n{table}<!-- end of interfaces -->{after}"),
        )
        .expect("writable");
        return;
    }
    assert_eq!(shown, table);
}
