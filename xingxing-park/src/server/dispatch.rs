use super::{ChargingService, Ctx, ParkingService, service::not_offered};
use crate::{
    ChargeQuery, Dialect, Model, Outcome, Refusal, Ret, Role,
    endpoint::{DISCOUNT, NOTIFICATION, QUERY},
    envelope::{Reply, encode_payload, read_request, write_answer},
};
use park_core::{BoxFuture, Check, Violation, Violations};

/// How an answer is wanted.
#[derive(Clone, Copy)]
pub(super) enum Want {
    /// As it travels when nothing is sealed.
    Text,
    /// Only what is sealed in it.
    #[cfg_attr(not(feature = "sealed"), expect(dead_code, reason = "only sealed answers want it"))]
    Payload,
}

/// A service with its role erased: what routers hold.
pub(super) trait Dispatch: Send + Sync {
    /// Who it is.
    fn role(&self) -> Role;

    /// Answers the parameters of a call; `None` is a payload that is not there.
    fn dispatch<'a>(&'a self, cx: Ctx, name: &'a str, params: &'a str, dialect: &'a Dialect, want: Want) -> BoxFuture<'a, Outcome<Option<String>>>;
}

/// The charging side.
pub(super) struct Charging<S>(pub(super) S);

impl<S: ChargingService> Dispatch for Charging<S> {
    fn role(&self) -> Role {
        Role::Charging
    }

    fn dispatch<'a>(&'a self, cx: Ctx, name: &'a str, params: &'a str, dialect: &'a Dialect, want: Want) -> BoxFuture<'a, Outcome<Option<String>>> {
        Box::pin(async move {
            let service = &self.0;
            if name == QUERY.name {
                let (cx, query) = read::<ChargeQuery>(cx, name, params, dialect)?;
                if matches!(want, Want::Payload) && *query.operator_id.0 != *cx.peer {
                    let what = "OperatorID is not that of the envelope (运营商标识不一致)";
                    return Err(Refusal::new(Ret::WRONG_PARAMETERS, what));
                }
                written(service.query_parking_charge_result(&cx, query).await?, name, dialect, want)
            } else if name == DISCOUNT.name {
                let (cx, report) = read(cx, name, params, dialect)?;
                written(service.query_parking_discount_result(&cx, report).await?, name, dialect, want)
            } else {
                Err(not_offered(name))
            }
        })
    }
}

/// The parking side.
pub(super) struct Parking<S>(pub(super) S);

impl<S: ParkingService> Dispatch for Parking<S> {
    fn role(&self) -> Role {
        Role::Parking
    }

    fn dispatch<'a>(&'a self, cx: Ctx, name: &'a str, params: &'a str, dialect: &'a Dialect, want: Want) -> BoxFuture<'a, Outcome<Option<String>>> {
        Box::pin(async move {
            if name != NOTIFICATION.name {
                return Err(not_offered(name));
            }
            let (cx, result) = read(cx, name, params, dialect)?;
            written(self.0.notification_parking_charge_result(&cx, result).await?, name, dialect, want)
        })
    }
}

fn read<T: Model>(mut cx: Ctx, name: &str, params: &str, dialect: &Dialect) -> Outcome<(Ctx, T)> {
    let request = read_request(params, dialect, &mut cx.deviations);
    cx.tell(name);
    let request = request.map_err(|violations| {
        let text: Vec<String> = violations.iter().map(Violation::to_string).collect();
        Refusal::new(Ret::WRONG_PARAMETERS, text.join("; "))
    })?;
    Ok((cx, request))
}

fn written<R: Reply>(reply: R, name: &str, dialect: &Dialect, want: Want) -> Outcome<Option<String>> {
    warn_of_bad_reply(&reply, name, dialect);
    let text = match want {
        Want::Text => write_answer(&reply, dialect).map(Some),
        Want::Payload => encode_payload(&reply, dialect),
    };
    text.map_err(|problem| Refusal::message(format!("the reply cannot be written: {problem}")))
}

/// What was done cannot be undone by refusing it, so a reply that breaks the rules goes out; its author has to hear of it.
fn warn_of_bad_reply(reply: &impl Check, name: &str, dialect: &Dialect) {
    let mut violations = Violations::default();
    reply.check(&mut violations);
    for violation in violations.to_send(&dialect.write.waived) {
        tracing::warn!(proto = "xingxing", endpoint = name, %violation, "our reply breaks the document's rules");
    }
}
