//! DB4403/T 313-2023: the rows of its own table, and 1101 to 1106, which travel in the charging envelope.
use super::{Caller, Interface, Protocol, Reading, Role, Side, evcs, read, read_entry};
use crate::call;
use schemars::JsonSchema;
use std::{borrow::Cow, sync::OnceLock};
use sztc_proto::{Role as Server, charging::ChargingInfo, *};

/// The interfaces of Table 1.
pub fn rows() -> Vec<Interface> {
    macro_rules! city {
        ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {
            vec![$(of::<$marker>(call::city::<$marker>),)*]
        };
    }
    macro_rules! partner {
        ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {
            vec![$(of::<$marker>(call::partner::<$marker>),)*]
        };
    }
    let mut rows = vec![
        of::<LogIn>(call::open_city::<LogIn>),
        of::<RefreshToken>(call::open_city::<RefreshToken>),
        of::<LogOut>(call::open_city::<LogOut>),
        of::<TcpLogIn>(call::session::<TcpLogIn>),
        of::<TcpLogOut>(call::session::<TcpLogOut>),
        of::<Heartbeat>(call::session::<Heartbeat>),
        of::<UploadImage>(call::upload),
    ];
    rows.extend(for_each_city_interface!(city));
    rows.extend(for_each_partner_interface!(partner));
    rows.extend(evcs::of_db4403());
    rows
}

fn of<E: Endpoint>(call: Caller) -> Interface
where
    E::Request: JsonSchema,
    E::Reply: JsonSchema,
{
    let info = Info::of(E::CODE).expect("every marker of the crate has its row");
    Interface {
        protocol: Protocol::Sztc,
        code: Some(E::CODE),
        name: E::METHOD,
        title: E::TITLE,
        about: info.about,
        roles: match info.role {
            Server::City => &[Role::City],
            Server::Partner => &[Role::Partner],
        },
        transports: match (info.https, info.tcp) {
            (true, true) => &["https", "tcp"],
            (true, false) => &["https"],
            (false, _) => &["tcp"],
        },
        path: format!("/{}", E::CODE),
        request: Side::of::<E::Request>(read_request::<E>, E::SHAPE != Shape::Many).mended_by(|item| E::mend(item, &mut Deviations::default())),
        reply: Side::of::<E::Reply>(read_reply::<E>, true),
        call,
    }
}

fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| Dialect::default().read)
}

fn read_request<E: Endpoint>(text: &str) -> Reading {
    let mut mending = Deviations::default();
    let text = E::mend(text, &mut mending).map_or(Cow::Borrowed(text), Cow::Owned);
    let mut reading = read::<E::Request>(&text, rules());
    reading.deviations.extend_from_slice(mending.list());
    reading
}

fn read_reply<E: Endpoint>(text: &str) -> Reading {
    let mut reading = match E::SHAPE {
        Shape::Many => read_entry::<E::Reply>(text, rules()),
        _ => read::<E::Reply>(text, rules()),
    };
    // They stand beside the fields of any entry, to refuse it.
    reading
        .deviations
        .retain(|found| !(found.kind == DeviationKind::UNKNOWN_FIELD && ["code", "message"].contains(&found.path.as_str())));
    reading
}

/// The number of an interface of the charging envelope in this document, and who serves it.
pub fn number_of(name: &str) -> Option<(u16, Server)> {
    ChargingInfo::of(name).map(|(info, role)| (info.code, role))
}
