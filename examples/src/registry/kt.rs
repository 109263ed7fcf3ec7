//! KT: the rows of its own table.
use super::{Interface, Protocol, Reading, Role, Side, read, read_entry};
use kt_proto::{
    Dialect, Rules,
    endpoint::{
        Endpoint, Info, Role as Server, Shape, Visit, each_cloud_interface, each_lot_interface,
    },
};
use std::sync::OnceLock;

struct Rows(Vec<Interface>);

impl Visit for Rows {
    fn visit<E: Endpoint>(&mut self) {
        let info = Info::of(E::NAME).expect("every marker of the crate has its row");
        self.0.push(Interface {
            protocol: Protocol::Kt,
            wire: E::NAME,
            code: None,
            name: E::NAME,
            title: E::TITLE,
            about: E::ABOUT,
            roles: match info.role {
                Server::Cloud => &[Role::Cloud],
                Server::Lot => &[Role::Lot],
            },
            transports: &["http", "https"],
            path: format!("{}/{}", E::PATHS.first().unwrap_or(&""), E::NAME),
            request: Side::request::<E>(read_by::<E::Request>, false),
            reply: Side::reply::<E>(read_reply::<E>, true),
        });
    }
}

/// The interfaces of both directions.
pub(super) fn rows() -> Vec<Interface> {
    let mut rows = Rows(Vec::new());
    each_lot_interface(&mut rows);
    each_cloud_interface(&mut rows);
    rows.0
}

fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| Dialect::default().read)
}

fn read_by<T: kt_proto::model::Model>(text: &str) -> Reading {
    read::<T>(text, rules())
}

fn read_reply<E: Endpoint>(text: &str) -> Reading {
    match E::SHAPE {
        Shape::Many => read_entry::<E::Reply>(text, rules()),
        _ => read::<E::Reply>(text, rules()),
    }
}
