//! What the README says is what the crate has.
use pile_proto::endpoint::{ENDPOINTS, Role};
use testkit::readme::{assert_examples, assert_table};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    let rows = ENDPOINTS.iter().map(|info| {
        let side = if info.role == Role::Vendor {
            "vendor"
        } else {
            "aggregator"
        };
        let [method, request, reply] = [info.method, info.request, info.reply]
            .map(|text| format!("`{}`", text.replace(' ', "")));
        vec![
            info.name.into(),
            info.title.into(),
            method,
            request,
            reply,
            side.into(),
        ]
    });
    assert_table(
        OWN,
        &["name", "Chinese", "method", "request", "reply", "served by"],
        rows,
    );
}

#[test]
fn each_role_takes_fifteen_lines() {
    assert_examples(&std::fs::read_to_string(OWN).expect("readable"), 3);
}
