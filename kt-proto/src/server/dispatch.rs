use super::{CloudService, LotService};
use crate::{
    Ctx, Outcome, Refusal,
    endpoint::{Endpoint, Role, Shape, Visit, each_cloud_interface, each_lot_interface},
    error::broken,
    protocol::Kt,
};
use park_core::json::fields_of;
use std::convert::identity;

crate::for_each_lot_interface!(park_core::dispatch [Lot LotService Kt answer_as identity, other]);
crate::for_each_cloud_interface!(park_core::dispatch [Cloud CloudService Kt answer_as identity,
    other]);

/// The names that the first field of a request of `interface` may have, where `role` serves it;
/// outside its table the one that all requests of the document begin with.
pub(super) fn first_fields(role: Role, interface: &str) -> &'static [&'static str] {
    struct Fields<'a> {
        name: &'a str,
        found: &'static [&'static str],
    }
    impl Visit for Fields<'_> {
        fn visit<E: Endpoint>(&mut self) {
            if E::NAME == self.name {
                self.found = fields_of::<E::Request>();
            }
        }
    }
    let mut fields = Fields {
        name: interface,
        found: &["parkCode"],
    };
    match role {
        Role::Lot => each_lot_interface(&mut fields),
        Role::Cloud => each_cloud_interface(&mut fields),
    }
    fields.found
}

park_core::answer_plaintext!(answer_as);

async fn answer_as<E, F, Fut>(cx: Ctx, plaintext: &str, serve: F) -> Outcome<String>
where
    E: Endpoint,
    F: FnOnce(Ctx, E::Request) -> Fut,
    Fut: Future<Output = Outcome<E::Reply>>,
{
    let reply = park_core::server::answer::<Kt, E, _, _>(cx, plaintext, broken, serve).await?;
    Ok(match E::SHAPE {
        Shape::Nothing => String::new(),
        Shape::Many => reply,
        _ => format!("[{reply}]"),
    })
}
