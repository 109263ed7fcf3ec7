use super::{CloudService, Ctx, LotService};
use crate::{Dialect, Endpoint, Outcome, Shape, broken, endpoint::*, refuse};
use park_core::{
    BoxFuture, Check, Violations,
    json::{Place, encode_to, fields_of},
};

/// A service with its role erased: what routers hold.
pub(super) trait Dispatch: Send + Sync {
    /// The names that the first field of a request of `interface` may have; outside the table the one that all requests of the document begin with.
    fn fields(&self, interface: &str) -> &'static [&'static str];

    /// Answers the parameters of a call with the list in the reply's `data`.
    fn dispatch<'a>(&'a self, cx: Ctx, interface: &'a str, plaintext: &'a str) -> BoxFuture<'a, Outcome<String>>;
}

macro_rules! dispatch {
    ($d:tt $role:ident, $service:ident, $rows:ident) => {
        /// The role of a service.
        pub(super) struct $role<S>(pub(super) S);

        impl<S: $service> Dispatch for $role<S> {
            fn fields(&self, interface: &str) -> &'static [&'static str] {
                macro_rules! arms {
                    ($d($d(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {
                        match interface {
                            $d(stringify!($marker) => fields_of::<<$marker as Endpoint>::Request>(),)*
                            _ => &["parkCode"],
                        }
                    };
                }
                crate::$rows!(arms)
            }

            fn dispatch<'a>(&'a self, mut cx: Ctx, interface: &'a str, plaintext: &'a str) -> BoxFuture<'a, Outcome<String>> {
                let service = &self.0;
                macro_rules! arms {
                    ($d($d(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {
                        match interface {
                            $d(stringify!($marker) => Box::pin(answer_plaintext::<$marker, _, _>(cx, plaintext, move |cx, request| async move {
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
dispatch!($ Lot, LotService, for_each_lot_interface);
dispatch!($ Cloud, CloudService, for_each_cloud_interface);

/// Does for an interface of your own what the table's interfaces get, inside `other`: decodes `plaintext`, checks it, calls `serve`, and writes the list
/// in the reply's `data`.
///
/// # Errors
/// Parameters that break the rules, and what `serve` refuses.
pub async fn answer_plaintext<E, F, Fut>(mut cx: Ctx, plaintext: &str, serve: F) -> Outcome<String>
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
    if E::SHAPE != Shape::Nothing {
        encode_to(&reply, &dialect.write.names, &mut text).map_err(|problem| refuse(format!("the reply cannot be written: {problem}")))?;
    }
    Ok(match E::SHAPE {
        Shape::One => format!("[{text}]"),
        _ => text,
    })
}

fn read<E: Endpoint>(plaintext: &str, dialect: &Dialect, cx: &mut Ctx) -> Outcome<E::Request> {
    let request: E::Request = Place::default()
        .decode(plaintext, &dialect.read, &mut cx.deviations)
        .map_err(|violation| broken(&[violation]))?;
    let mut violations = Violations::default();
    request.check(&mut violations);
    let violations = violations.on_receipt(&dialect.read, &mut cx.deviations);
    if violations.is_empty() { Ok(request) } else { Err(broken(&violations)) }
}

/// What was done cannot be undone by refusing it, so a reply that breaks the rules goes out; its author has to hear of it.
fn warn_of_bad_reply<E: Endpoint>(reply: &E::Reply, dialect: &Dialect) {
    let mut violations = Violations::default();
    reply.check(&mut violations);
    for violation in violations.to_send(&dialect.write.waived) {
        tracing::warn!(proto = "kt", endpoint = E::NAME, %violation, "our reply breaks the document's rules");
    }
}
