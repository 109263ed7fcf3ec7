//! Charging-pile vendors: the rows of the crate's own table.
use super::{Interface, Protocol, Reading, Role, Side, checked};
use pile_proto::{
    Dialect, decode,
    endpoint::{
        Endpoint, Info, Role as Server, Shape, Visit, each_aggregator_interface,
        each_vendor_interface,
    },
    model::Model,
};
use std::sync::OnceLock;

struct Rows(Vec<Interface>);

impl Visit for Rows {
    fn visit<E: Endpoint>(&mut self) {
        let info = Info::of(E::NAME).expect("every marker of the crate has its row");
        self.0.push(Interface {
            protocol: Protocol::Pile,
            wire: E::NAME,
            code: None,
            name: E::NAME,
            title: E::TITLE,
            about: E::ABOUT,
            roles: match info.role {
                Server::Vendor => &[Role::Vendor],
                Server::Aggregator => &[Role::Aggregator],
            },
            transports: &["https"],
            path: format!("/{}", E::NAME),
            request: Side::request::<E>(read_by::<E::Request>, false),
            reply: Side::reply::<E>(read_reply::<E>, E::SHAPE == Shape::Many),
        });
    }
}

/// The interfaces of the document.
pub(super) fn rows() -> Vec<Interface> {
    let mut rows = Rows(Vec::new());
    each_vendor_interface(&mut rows);
    each_aggregator_interface(&mut rows);
    rows.0
}

fn read_by<T: Model>(text: &str) -> Reading {
    static DIALECT: OnceLock<Dialect> = OnceLock::new();
    let rules = &DIALECT.get_or_init(Dialect::default).read;
    checked(decode::<T>(text, rules), rules)
}

fn read_reply<E: Endpoint>(text: &str) -> Reading {
    match E::SHAPE {
        Shape::Many => super::entry_of(read_by::<E::Reply>(&format!("[{text}]"))),
        _ => read_by::<E::Reply>(text),
    }
}
