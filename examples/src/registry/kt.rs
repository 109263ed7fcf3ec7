//! KT: the rows of its own table.
use super::{Caller, Interface, Protocol, Reading, Role, Side, read, read_entry};
use crate::call;
use kt_proto::{Dialect, Endpoint, Info, Role as Server, Rules, Shape, for_each_cloud_interface, for_each_lot_interface};
use schemars::JsonSchema;
use std::sync::OnceLock;

macro_rules! lot {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {
        vec![$(of::<kt_proto::$marker>(call::lot::<kt_proto::$marker>),)*]
    };
}
macro_rules! cloud {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {
        vec![$(of::<kt_proto::$marker>(call::cloud::<kt_proto::$marker>),)*]
    };
}

/// The interfaces of both directions.
pub fn rows() -> Vec<Interface> {
    let mut rows: Vec<Interface> = for_each_lot_interface!(lot);
    rows.extend(for_each_cloud_interface!(cloud));
    rows
}

fn of<E: Endpoint>(call: Caller) -> Interface
where
    E::Request: JsonSchema,
    E::Reply: JsonSchema,
{
    let info = Info::of(E::NAME).expect("every marker of the crate has its row");
    Interface {
        protocol: Protocol::Kt,
        code: None,
        name: E::NAME,
        title: E::TITLE,
        about: info.about,
        roles: match info.role {
            Server::Cloud => &[Role::Cloud],
            Server::Lot => &[Role::Lot],
        },
        transports: &["http", "https"],
        path: format!("{}/{}", E::PATH, E::NAME),
        request: Side::of::<E::Request>(read_by::<E::Request>, false),
        reply: Side::of::<E::Reply>(read_reply::<E>, true),
        call,
    }
}

fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| Dialect::default().read)
}

fn read_by<T: kt_proto::Model>(text: &str) -> Reading {
    read::<T>(text, rules())
}

fn read_reply<E: Endpoint>(text: &str) -> Reading {
    match E::SHAPE {
        Shape::Many => read_entry::<E::Reply>(text, rules()),
        _ => read::<E::Reply>(text, rules()),
    }
}
