//! What the README says is what the crate has.
use testkit::readme::{assert_examples, assert_table};
use xingxing_park::endpoint::{ENDPOINTS, QUERY_ALIAS, Role};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    let rows = ENDPOINTS.iter().map(|info| {
        let side = if info.role == Role::Parking {
            "parking"
        } else {
            "charging"
        };
        let name = match info.method {
            "query_parking_charge_result" => format!("{}, {QUERY_ALIAS}", info.name),
            _ => info.name.to_owned(),
        };
        let [request, reply] =
            [info.request, info.reply].map(|text| format!("`{}`", text.replace(' ', "")));
        vec![name, info.title.into(), request, reply, side.into()]
    });
    assert_table(
        OWN,
        &["name", "Chinese", "request", "reply", "served by"],
        rows,
    );
}

#[test]
fn each_role_takes_fifteen_lines() {
    assert_examples(&std::fs::read_to_string(OWN).expect("readable"), 3);
}
