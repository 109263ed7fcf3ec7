//! What the READMEs say is what the crate has.
use sztc_proto::endpoint::{ENDPOINTS, Role};
use testkit::readme::{assert_examples, assert_table, examples};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn both_readmes_show_the_same_examples() {
    let own = std::fs::read_to_string(OWN).expect("readable");
    assert_examples(&own, 3);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    // A published crate has no repository around it.
    let Ok(root) = std::fs::read_to_string(root) else {
        return;
    };
    for block in examples(&own) {
        assert!(root.contains(block), "{block}");
    }
}

#[test]
fn the_list_of_interfaces_is_the_table_s() {
    let mut infos: Vec<_> = ENDPOINTS.iter().collect();
    infos.sort_by_key(|info| info.number());
    let rows = infos.into_iter().map(|info| {
        let side = if info.role == Role::City {
            "city"
        } else {
            "partner"
        };
        let [https, tcp] =
            [info.transports.https(), info.transports.tcp()].map(|has| if has { "x" } else { "" });
        let [method, request, reply] = [info.method, info.request, info.reply]
            .map(|text| format!("`{}`", text.replace(' ', "")));
        let [title, https, tcp, side] = [info.title, https, tcp, side].map(str::to_owned);
        vec![
            info.name.to_owned(),
            title,
            method,
            request,
            reply,
            https,
            tcp,
            side,
        ]
    });
    let columns = [
        "接口编号",
        "接口说明",
        "method",
        "request",
        "reply",
        "https",
        "TCP",
        "served by",
    ];
    assert_table(OWN, &columns, rows);
}
