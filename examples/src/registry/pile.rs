//! Charging-pile vendors: the rows of the crate's own table.
use super::{Caller, Interface, Protocol, Reading, Role, Side, checked};
use crate::call;
use pile_proto::{
    Bill, BillQuery, ChargeStart, ChargeStop, Dialect, ENDPOINTS, Info, Model, Order, OrderQuery, Role as Server, StubGroup, StubGroupDetail,
    StubGroupQuery, StubQuery, decode,
};
use schemars::JsonSchema;
use std::sync::OnceLock;
use sztc_proto::Nothing;

/// The interfaces of the document.
pub fn rows() -> Vec<Interface> {
    ENDPOINTS
        .iter()
        .map(|info| match info.request {
            "StubGroupQuery" => of::<StubGroupQuery, StubGroup>(info, call::stub_groups),
            "StubQuery" => of::<StubQuery, StubGroupDetail>(info, call::stubs),
            "OrderQuery" => of::<OrderQuery, Order>(info, call::order),
            "BillQuery" => of::<BillQuery, Bill>(info, call::bill),
            "ChargeStart" => of::<ChargeStart, Order>(info, call::start),
            "ChargeStop" => of::<ChargeStop, Order>(info, call::stop),
            _ => of::<Order, Nothing>(info, call::callback),
        })
        .collect()
}

fn of<Q, R>(info: &'static Info, call: Caller) -> Interface
where
    Q: Model + JsonSchema,
    R: Model + JsonSchema,
{
    Interface {
        protocol: Protocol::Pile,
        code: None,
        name: info.name,
        title: info.title,
        about: info.about,
        roles: match info.role {
            Server::Vendor => &[Role::Vendor],
            Server::Aggregator => &[Role::Aggregator],
        },
        transports: &["https"],
        path: format!("/{}", info.name),
        request: Side::of::<Q>(read_by::<Q>, false),
        reply: Side::of::<R>(read_by::<R>, info.reply.starts_with("Vec<")),
        call,
    }
}

fn read_by<T: Model>(text: &str) -> Reading {
    static DIALECT: OnceLock<Dialect> = OnceLock::new();
    let rules = &DIALECT.get_or_init(Dialect::default).read;
    checked(decode::<T>(text, rules), rules)
}
