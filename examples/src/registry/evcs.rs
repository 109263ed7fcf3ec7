//! T/CEC 102: the rows of its own table, and what of it and beside it DB4403/T 313 numbers 1101 to 1106.
use super::{Caller, Interface, Protocol, Reading, Role, Side, read, sztc};
use crate::call;
use evcs_proto::{Endpoint, Info, QueryToken, Rules, for_each_cpo_interface, for_each_emsp_interface};
use schemars::JsonSchema;
use std::sync::OnceLock;
use sztc_proto::{
    Role as Server,
    charging::{self, PushOrder, PushStation, QueryOrdersOfCar},
};

const BOTH: &[Role] = &[Role::Cpo, Role::Emsp];
const CPO: &[Role] = &[Role::Cpo];
const EMSP: &[Role] = &[Role::Emsp];

macro_rules! cpo {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $name:literal $title:literal, $request:ty => $reply:ty, $retry:ident;)*) => {
        vec![$(of::<evcs_proto::$marker>(CPO, call::cpo::<evcs_proto::$marker>),)*]
    };
}
macro_rules! emsp {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $name:literal $title:literal, $request:ty => $reply:ty, $retry:ident;)*) => {
        vec![$(of::<evcs_proto::$marker>(EMSP, call::emsp::<evcs_proto::$marker>),)*]
    };
}

/// The interfaces of T/CEC 102.
pub fn rows() -> Vec<Interface> {
    let mut rows = vec![of::<QueryToken>(BOTH, call::cpo::<QueryToken>)];
    rows.extend(for_each_cpo_interface!(cpo));
    rows.extend(for_each_emsp_interface!(emsp));
    rows
}

/// The interfaces of 6.10 of DB4403/T 313, as that document prints them.
pub fn of_db4403() -> Vec<Interface> {
    let mut rows: Vec<Interface> = self::rows().into_iter().filter(|row| row.code.is_some()).collect();
    rows.extend([
        of::<PushStation>(EMSP, call::emsp::<PushStation>),
        of::<PushOrder>(EMSP, call::emsp::<PushOrder>),
        of::<QueryOrdersOfCar>(CPO, call::cpo::<QueryOrdersOfCar>),
    ]);
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

fn of<E: Endpoint>(roles: &'static [Role], call: Caller) -> Interface
where
    E::Request: JsonSchema,
    E::Reply: JsonSchema,
{
    Interface {
        protocol: Protocol::Evcs,
        code: sztc::number_of(E::NAME).map(|(code, _)| code),
        name: E::NAME,
        title: E::TITLE,
        about: Info::of(E::NAME).map_or("One of the interfaces that DB4403/T 313 adds, 6.10.", |info| info.about),
        roles,
        transports: &["https"],
        path: format!("/{}", E::NAME),
        request: Side::of::<E::Request>(read_by::<E::Request>, false),
        reply: Side::of::<E::Reply>(read_by::<E::Reply>, false),
        call,
    }
}

fn read_by<T: evcs_proto::Model>(text: &str) -> Reading {
    static RULES: OnceLock<Rules> = OnceLock::new();
    // It has the spellings of T/CEC 102's own too.
    read::<T>(text, RULES.get_or_init(|| charging::dialect().read))
}
