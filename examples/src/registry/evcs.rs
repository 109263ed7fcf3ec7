//! T/CEC 102: the rows of its own table, and what of it and beside it DB4403/T 313 numbers 1101 to
//! 1106.
use super::{Interface, Protocol, Reading, Role, Side, read, sztc};
use evcs_proto::{
    Rules,
    endpoint::{
        Endpoint, Info, Role as Operator, Visit, each_cpo_interface, each_emsp_interface,
        each_session_interface,
    },
};
use std::sync::OnceLock;
use sztc_proto::{charging, endpoint::Role as Server};

struct Rows(Vec<Interface>);

impl Visit for Rows {
    fn visit<E: Endpoint>(&mut self) {
        let info = Info::of(E::NAME);
        self.0.push(Interface {
            protocol: Protocol::Evcs,
            wire: E::NAME,
            code: sztc::number_of(E::NAME).map(|(code, _)| code),
            name: E::NAME,
            title: E::TITLE,
            about: info.map_or(
                "One of the interfaces that DB4403/T 313 adds, 6.10.",
                |info| info.about,
            ),
            // Those that 6.10 adds are given theirs below.
            roles: match info.map(|info| info.role) {
                Some(Operator::Cpo) => &[Role::Cpo],
                Some(Operator::Emsp) => &[Role::Emsp],
                _ => &[Role::Cpo, Role::Emsp],
            },
            transports: &["https"],
            path: format!("/{}", E::NAME),
            request: Side::request::<E>(read_by::<E::Request>, false),
            reply: Side::reply::<E>(read_by::<E::Reply>, false),
        });
    }
}

/// The interfaces of T/CEC 102.
pub(super) fn rows() -> Vec<Interface> {
    let mut rows = Rows(Vec::new());
    each_session_interface(&mut rows);
    each_cpo_interface(&mut rows);
    each_emsp_interface(&mut rows);
    rows.0
}

/// The interfaces of 6.10 of DB4403/T 313, as that document prints them.
pub(super) fn of_db4403() -> Vec<Interface> {
    let mut own = Rows(Vec::new());
    charging::each_city_addition(&mut own);
    charging::each_platform_addition(&mut own);
    let mut rows: Vec<Interface> = self::rows()
        .into_iter()
        .filter(|row| row.code.is_some())
        .chain(own.0)
        .collect();
    for row in &mut rows {
        row.protocol = Protocol::Sztc;
        row.roles = match sztc::number_of(row.name) {
            Some((_, Server::Partner)) => &[Role::Partner],
            _ => &[Role::City],
        };
        let write = charging::dialect().write;
        row.path = format!("/{}", write.interface(row.name));
        row.request = row.request.renamed(&write.names);
        row.reply = row.reply.renamed(&write.names);
    }
    rows.sort_by_key(|row| row.code);
    rows
}

fn read_by<T: evcs_proto::model::Model>(text: &str) -> Reading {
    static RULES: OnceLock<Rules> = OnceLock::new();
    // It has the spellings of T/CEC 102's own too.
    read::<T>(text, RULES.get_or_init(|| charging::dialect().read))
}
