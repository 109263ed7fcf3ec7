use super::{CloudService, LotService};
use crate::{
    Ctx, Outcome, Shape,
    endpoint::{Endpoint, Role, Visit, each_cloud_interface, each_lot_interface},
    error::broken,
    protocol::Kt,
};
use park_core::{BoxFuture, json::fields_of, server::Dispatch};

macro_rules! dispatch {
    ($role:ident, $service:ident, $rows:ident) => {
        /// The role of a service.
        pub(super) struct $role<S>(pub(super) S);

        impl<S: $service> Dispatch<Kt> for $role<S> {
            fn dispatch<'a>(&'a self, mut cx: Ctx, interface: &'a str, plaintext: &'a str) -> BoxFuture<'a, Outcome<String>> {
                let service = &self.0;
                crate::$rows!(park_core::dispatch [answer_as, service, cx, interface, plaintext, Box::pin(async move {
                    cx.report(interface);
                    service.other(&cx, interface, plaintext).await
                })])
            }
        }
    };
}
dispatch!(Lot, LotService, for_each_lot_interface);
dispatch!(Cloud, CloudService, for_each_cloud_interface);

/// The names that the first field of a request of `interface` may have, where `role` serves it; outside its table the one that all requests of the
/// document begin with.
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

/// Does for an interface of your own what the table's interfaces get, inside `other`: decodes `plaintext`, checks it, calls `serve`, and writes the list
/// in the reply's `data`.
///
/// # Errors
/// Parameters that break the rules, and what `serve` refuses.
pub async fn answer_plaintext<E, F, Fut>(cx: &Ctx, plaintext: &str, serve: F) -> Outcome<String>
where
    E: Endpoint,
    F: FnOnce(Ctx, E::Request) -> Fut,
    Fut: Future<Output = Outcome<E::Reply>>,
{
    answer_as::<E, F, Fut>(cx.clone(), plaintext, serve).await
}

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
