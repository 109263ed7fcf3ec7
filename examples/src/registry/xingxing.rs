//! Star Charge: the rows of its own table.
use super::{Caller, Interface, Protocol, Reading, Role, Side, read};
use crate::call;
use schemars::JsonSchema;
use std::sync::OnceLock;
use xingxing_park::{ChargeQuery, Dialect, DiscountReport, ENDPOINTS, Info, ParkChargeResult, Receipt, Role as Server, Rules};

/// The three interfaces of the document.
pub fn rows() -> Vec<Interface> {
    ENDPOINTS
        .iter()
        .map(|info| match info.request {
            "ParkChargeResult" => of::<ParkChargeResult, Receipt>(info, call::notify_parking),
            "ChargeQuery" => of::<ChargeQuery, ParkChargeResult>(info, call::query_charging),
            _ => of::<DiscountReport, Receipt>(info, call::report_discount),
        })
        .collect()
}

fn of<Q, R>(info: &'static Info, call: Caller) -> Interface
where
    Q: xingxing_park::Model + JsonSchema,
    R: xingxing_park::Model + JsonSchema,
{
    Interface {
        protocol: Protocol::Xingxing,
        code: None,
        name: info.name,
        title: info.title,
        about: info.about,
        roles: match info.role {
            Server::Charging => &[Role::Charging],
            Server::Parking => &[Role::Parking],
        },
        transports: &["http", "https"],
        path: format!("/{}", info.name),
        request: Side::of::<Q>(read_by::<Q>, false),
        reply: Side::of::<R>(read_by::<R>, false),
        call,
    }
}

fn read_by<T: xingxing_park::Model>(text: &str) -> Reading {
    static RULES: OnceLock<Rules> = OnceLock::new();
    read::<T>(text, RULES.get_or_init(|| Dialect::default().read))
}
