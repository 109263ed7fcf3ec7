use super::{CpoService, EmspService};
use crate::{
    Ctx, OpenError, Outcome, Refusal,
    endpoint::{Endpoint, Info, Role},
    error::refuse,
    protocol::Evcs,
    refusal_of,
};
use park_core::{BoxFuture, Rule, Violation, server::Dispatch};
use std::convert::identity;

crate::for_each_cpo_interface!(park_core::dispatch [Cpo CpoService Evcs answer_as identity, other]);
crate::for_each_emsp_interface!(park_core::dispatch [Emsp EmspService Evcs answer_as identity,
    other]);

/// Both roles under one address.
pub(super) struct Both<C, E>(pub(super) Cpo<C>, pub(super) Emsp<E>);

impl<C: CpoService, E: EmspService> Dispatch<Evcs> for Both<C, E> {
    fn dispatch<'a>(
        &'a self,
        cx: Ctx,
        interface: &'a str,
        plaintext: &'a str,
    ) -> BoxFuture<'a, Outcome<String>> {
        match Info::of(interface) {
            Some(info) if info.role == Role::Emsp => self.1.dispatch(cx, interface, plaintext),
            // What is not in the table is told apart as the table is: who owns the stations
            // notifies and compares.
            None if interface.starts_with("notification_") || interface.starts_with("check_") => {
                self.1.dispatch(cx, interface, plaintext)
            }
            _ => self.0.dispatch(cx, interface, plaintext),
        }
    }
}

park_core::answer_plaintext!(answer_as);

pub(super) async fn answer_as<E, F, Fut>(cx: Ctx, plaintext: &str, serve: F) -> Outcome<String>
where
    E: Endpoint,
    F: FnOnce(Ctx, E::Request) -> Fut,
    Fut: Future<Output = Outcome<E::Reply>>,
{
    park_core::server::answer::<Evcs, E, _, _>(cx, plaintext, unreadable, serve).await
}

/// Text that is not JSON is what a wrong key makes, and is answered like every other sign of one.
fn unreadable(violations: &[Violation]) -> Refusal {
    match violations.first() {
        Some(Violation {
            rule: Rule::Syntax { .. },
            ..
        }) => refusal_of(&OpenError::Sealed),
        _ => refuse(violations),
    }
}
