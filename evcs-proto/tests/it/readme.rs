//! What the README says is what the crate has.
use evcs_proto::{
    Retry,
    endpoint::{ENDPOINTS, Role},
};
use testkit::readme::{assert_examples, assert_table};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn each_role_takes_at_most_fifteen_lines() {
    assert_examples(&std::fs::read_to_string(OWN).expect("readable"), 2);
}

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    let rows = ENDPOINTS.iter().map(|info| {
        let side = match info.role {
            Role::Cpo => "CPO",
            Role::Emsp => "EMSP",
            Role::Both => "both, by themselves",
        };
        let repeated = if info.retry == Retry::Never {
            "never"
        } else {
            "yes"
        };
        let code = |text: &str| format!("`{text}`");
        let method = if info.role == Role::Both {
            String::new()
        } else {
            code(info.method)
        };
        let [name, request, reply] = [info.name, info.request, info.reply].map(code);
        vec![
            name,
            info.title.into(),
            method,
            request,
            reply,
            side.into(),
            repeated.into(),
        ]
    });
    assert_table(
        OWN,
        &[
            "接口名称",
            "接口说明",
            "method",
            "request",
            "reply",
            "served by",
            "repeated",
        ],
        rows,
    );
}
