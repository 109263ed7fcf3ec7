//! Star Charge: the rows of its own table.
use super::{Interface, Protocol, Reading, Role, Side, read};
use std::sync::OnceLock;
use xingxing_park::{
    Dialect, Rules,
    endpoint::{
        Endpoint, Info, Role as Server, Visit, each_charging_interface, each_parking_interface,
    },
    model::Model,
};

struct Rows(Vec<Interface>);

impl Visit for Rows {
    fn visit<E: Endpoint>(&mut self) {
        let info = Info::of(E::NAME).expect("every marker of the crate has its row");
        self.0.push(Interface {
            protocol: Protocol::Xingxing,
            wire: E::NAME,
            code: None,
            name: E::NAME,
            title: E::TITLE,
            about: E::ABOUT,
            roles: match info.role {
                Server::Charging => &[Role::Charging],
                Server::Parking => &[Role::Parking],
            },
            transports: &["http", "https"],
            path: format!("/{}", E::NAME),
            request: Side::request::<E>(read_by::<E::Request>, false),
            reply: Side::reply::<E>(read_by::<E::Reply>, false),
        });
    }
}

/// The three interfaces of the document.
pub(super) fn rows() -> Vec<Interface> {
    let mut rows = Rows(Vec::new());
    each_parking_interface(&mut rows);
    each_charging_interface(&mut rows);
    rows.0
}

fn read_by<T: Model>(text: &str) -> Reading {
    static RULES: OnceLock<Rules> = OnceLock::new();
    read::<T>(text, RULES.get_or_init(|| Dialect::default().read))
}
