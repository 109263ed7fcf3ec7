//! DB4403/T 313-2023: the rows of its own table, and 1101 to 1106, which travel in the charging
//! envelope.
use super::{Interface, Protocol, Reading, Role, Side, evcs, read, read_entry};
use std::{borrow::Cow, sync::OnceLock};
use sztc_proto::{
    DeviationKind, Deviations, Dialect, Rules,
    charging::ChargingInfo,
    endpoint::{
        Endpoint, Info, Role as Server, Shape, Visit, each_city_interface, each_partner_interface,
        each_session_interface,
    },
};

struct Rows(Vec<Interface>);

impl Visit for Rows {
    fn visit<E: Endpoint>(&mut self) {
        let info = Info::of(E::NAME).expect("every marker of the crate has its row");
        self.0.push(Interface {
            protocol: Protocol::Sztc,
            wire: E::NAME,
            code: info.number(),
            name: E::METHOD,
            title: E::TITLE,
            about: E::ABOUT,
            roles: match info.role {
                Server::City => &[Role::City],
                Server::Partner => &[Role::Partner],
            },
            transports: match (E::TRANSPORTS.https(), E::TRANSPORTS.tcp()) {
                (true, true) => &["https", "tcp"],
                (true, false) => &["https"],
                (false, _) => &["tcp"],
            },
            path: format!("/{}", E::NAME),
            request: Side::request::<E>(read_request::<E>, E::SHAPE != Shape::Many)
                .normalized_by(|item| E::normalize(item, &mut Deviations::default())),
            reply: Side::reply::<E>(read_reply::<E>, true),
        });
    }
}

/// The interfaces of Table 1.
pub(super) fn rows() -> Vec<Interface> {
    let mut rows = Rows(Vec::new());
    each_session_interface(&mut rows);
    each_city_interface(&mut rows);
    each_partner_interface(&mut rows);
    rows.0.extend(evcs::of_db4403());
    rows.0
}

fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| Dialect::default().read)
}

fn read_request<E: Endpoint>(text: &str) -> Reading {
    let mut oddities = Deviations::default();
    let text = E::normalize(text, &mut oddities).map_or(Cow::Borrowed(text), Cow::Owned);
    let mut reading = read::<E::Request>(&text, rules());
    reading.deviations.extend_from_slice(oddities.list());
    reading
}

fn read_reply<E: Endpoint>(text: &str) -> Reading {
    let mut reading = match E::SHAPE {
        Shape::Many => read_entry::<E::Reply>(text, rules()),
        _ => read::<E::Reply>(text, rules()),
    };
    // They stand beside the fields of any entry, to refuse it.
    reading.deviations.retain(|found| {
        !(found.kind == DeviationKind::UNKNOWN_FIELD
            && ["code", "message"].contains(&found.path.as_str()))
    });
    reading
}

/// The number of an interface of the charging envelope in this document, and who serves it.
pub(super) fn number_of(name: &str) -> Option<(u16, Server)> {
    ChargingInfo::of(name).map(|(info, role)| (info.code, role))
}
