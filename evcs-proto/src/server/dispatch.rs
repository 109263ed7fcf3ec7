use super::{CpoService, Ctx, EmspService};
use crate::{Endpoint, OpenError, Outcome, Refusal, dialect::Dialect, endpoint::*, error::refuse, refusal_of};
use park_core::{
    BoxFuture, Check, Rule, Violation, Violations,
    json::{Place, encode_to},
};

/// A service with its role erased: what routers hold.
pub(super) trait Dispatch: Send + Sync {
    /// Answers the parameters of a call with those of the reply.
    fn dispatch<'a>(&'a self, cx: Ctx, interface: &'a str, plaintext: &'a str) -> BoxFuture<'a, Outcome<String>>;
}

macro_rules! dispatch {
    ($d:tt $role:ident, $service:ident, $rows:ident) => {
        /// The role of a service.
        pub(super) struct $role<S>(pub(super) S);

        impl<S: $service> Dispatch for $role<S> {
            fn dispatch<'a>(&'a self, cx: Ctx, interface: &'a str, plaintext: &'a str) -> BoxFuture<'a, Outcome<String>> {
                let service = &self.0;
                macro_rules! arms {
                    ($d($d(#[doc = $doc:literal])* $method:ident: $marker:ident = $name:literal $title:literal, $request:ty => $reply:ty, $retry:ident;)*) => {
                        match interface {
                            $d($name => Box::pin(answer_as::<$marker, _, _>(cx, plaintext, move |cx, request| async move {
                                service.$method(&cx, request).await
                            })),)*
                            _ => Box::pin(async move {
                                cx.tell(interface);
                                service.other(&cx, interface, plaintext).await
                            }),
                        }
                    };
                }
                crate::$rows!(arms)
            }
        }
    };
}
dispatch!($ Cpo, CpoService, for_each_cpo_interface);
dispatch!($ Emsp, EmspService, for_each_emsp_interface);

/// Both roles under one address.
pub(super) struct Both<C, E>(pub(super) Cpo<C>, pub(super) Emsp<E>);

impl<C: CpoService, E: EmspService> Dispatch for Both<C, E> {
    fn dispatch<'a>(&'a self, cx: Ctx, interface: &'a str, plaintext: &'a str) -> BoxFuture<'a, Outcome<String>> {
        match Info::of(interface) {
            Some(info) if info.role == Role::Emsp => self.1.dispatch(cx, interface, plaintext),
            // What is not in the table is told apart as the table is: who owns the stations notifies and compares.
            None if interface.starts_with("notification_") || interface.starts_with("check_") => self.1.dispatch(cx, interface, plaintext),
            _ => self.0.dispatch(cx, interface, plaintext),
        }
    }
}

/// Does for an interface of your own what the table's interfaces get, inside `other`: decodes `plaintext`, checks it, calls `serve`, and writes the reply.
///
/// # Errors
/// Parameters that break the rules (4004), and what `serve` refuses.
pub async fn answer_plaintext<E, F, Fut>(cx: &Ctx, plaintext: &str, serve: F) -> Outcome<String>
where
    E: Endpoint,
    F: FnOnce(Ctx, E::Request) -> Fut,
    Fut: Future<Output = Outcome<E::Reply>>,
{
    // What the envelope departed in has been told already, so only the parameters' part is collected here.
    let mut own = cx.clone();
    let mut all = std::mem::take(&mut own.deviations);
    let serve = |mut cx: Ctx, request| {
        all.append(std::mem::take(&mut cx.deviations));
        cx.deviations = all;
        serve(cx, request)
    };
    answer_as::<E, _, Fut>(own, plaintext, serve).await
}

/// Decodes and checks `plaintext`, calls `serve`, and writes the reply.
pub(super) async fn answer_as<E, F, Fut>(mut cx: Ctx, plaintext: &str, serve: F) -> Outcome<String>
where
    E: Endpoint,
    F: FnOnce(Ctx, E::Request) -> Fut,
    Fut: Future<Output = Outcome<E::Reply>>,
{
    let dialect = cx.dialect.clone();
    let request = read::<E>(plaintext, &dialect, &mut cx);
    cx.tell(E::NAME);
    let reply = serve(cx, request?).await?;
    warn_of_bad_reply::<E>(&reply, &dialect);
    let mut text = String::new();
    encode_to(&reply, &dialect.write.names, &mut text).map_err(|problem| Refusal::message(format!("the reply cannot be written: {problem}")))?;
    Ok(text)
}

fn read<E: Endpoint>(plaintext: &str, dialect: &Dialect, cx: &mut Ctx) -> Outcome<E::Request> {
    let request: E::Request = Place::default()
        .decode(plaintext, &dialect.read, &mut cx.deviations)
        .map_err(|violation| unreadable(&violation))?;
    let mut violations = Violations::default();
    request.check(&mut violations);
    let violations = violations.on_receipt(&dialect.read, &mut cx.deviations);
    if violations.is_empty() { Ok(request) } else { Err(refuse(&violations)) }
}

/// Text that is not JSON is what a wrong key makes, and is answered like every other sign of one.
fn unreadable(violation: &Violation) -> Refusal {
    match violation.rule {
        Rule::Syntax { .. } => refusal_of(&OpenError::Sealed),
        _ => refuse(std::slice::from_ref(violation)),
    }
}

/// What was done cannot be undone by refusing it, so a reply that breaks the rules goes out; its author has to hear of it.
fn warn_of_bad_reply<E: Endpoint>(reply: &E::Reply, dialect: &Dialect) {
    let mut violations = Violations::default();
    reply.check(&mut violations);
    for violation in violations.to_send(&dialect.write.waived) {
        tracing::warn!(proto = "evcs", endpoint = E::NAME, %violation, "our reply breaks the document's rules");
    }
}
