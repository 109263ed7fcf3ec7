//! What the README says is what the crate has.
use kt_proto::{
    Retry,
    endpoint::{ENDPOINTS, Role},
};
use testkit::readme::{assert_examples, assert_table};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn each_role_is_shown_in_fifteen_lines() {
    let own = std::fs::read_to_string(OWN).expect("readable");
    let (roles, _) = own
        .split_once("## Credentials")
        .expect("the roles come first");
    assert_examples(roles, 4);
}

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    let rows = ENDPOINTS.iter().map(|info| {
        let side = if info.role == Role::Cloud {
            "third party"
        } else {
            "lot"
        };
        let repeated = match info.retry {
            Retry::Safe => "freely",
            Retry::IdempotentByKey => "by key",
            _ => "never",
        };
        let code = |text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                format!("`{}`", text.replace(' ', ""))
            }
        };
        let [method, request, reply] = [info.method, info.request, info.reply].map(code);
        let [path, legacy] = [0, 1].map(|at| code(info.paths.get(at).copied().unwrap_or_default()));
        vec![
            info.name.into(),
            info.title.into(),
            method,
            request,
            reply,
            path,
            legacy,
            repeated.into(),
            side.into(),
        ]
    });
    let columns = [
        "name",
        "接口",
        "method",
        "request",
        "reply",
        "address",
        "older address",
        "repeated",
        "served by",
    ];
    assert_table(OWN, &columns, rows);
}
