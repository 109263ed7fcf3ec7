//! The charging envelope of T/CEC 102 around what a router hears and says.
use super::{
    ChargingService, Ctx, ServerOptions,
    pipeline::{Pipeline, text_of},
};
use crate::{
    Dialect, Outcome, Refusal,
    code::Ret,
    endpoint::Info,
    model::{ChargeQuery, DiscountReport, ParkChargeResult, Receipt},
    protocol::{Params, Want},
};
use axum::body::Bytes;
use evcs_proto::{
    Keys, OpenError,
    admission::{check_clock, check_new},
    envelope::{read_request, seal_reply},
    refusal_of,
    replay::Seen,
};
use park_core::{
    Deviations, Lookup,
    message::{LONGEST_MESSAGE, clip},
    server::Caller,
};
use std::sync::Arc;

/// Keys and dialect for the answer, once known.
pub(super) struct SealFor {
    keys: Keys,
    dialect: Arc<Dialect>,
}

impl Pipeline {
    /// Opens and answers a request; `seal_for` is set as soon as it is known who sent it, so that a
    /// refusal can be signed.
    pub(super) async fn sealed(
        &self,
        operators: &dyn Lookup<Found = Keys>,
        caller: Caller,
        info: &Info,
        body: Outcome<Bytes>,
        seal_for: &mut Option<SealFor>,
    ) -> Outcome<String> {
        let mut deviations = Deviations::default();
        // Whose rules count is not known yet, so what can be understood is.
        let body = body?;
        let request = read_request(text_of(&body)?, &Dialect::default().read, &mut deviations);
        let request = request.map_err(OpenError::Envelope).map_err(refused)?;
        let unknown = || {
            Refusal::new(
                Ret::WRONG_PARAMETERS,
                "无此运营商: OperatorID is not known here",
            )
        };
        let keys = operators
            .find(&request.operator_id)
            .await
            .ok_or_else(unknown)?;
        let mut cx = self.context(&request.operator_id);
        cx.address = caller.address;
        cx.deviations = deviations;
        let dialect = cx.dialect.clone();
        *seal_for = Some(SealFor {
            keys: keys.clone(),
            dialect: dialect.clone(),
        });
        let Dialect {
            read: rules,
            accept,
            ..
        } = &*dialect;
        rules
            .tolerate_noted(&cx.deviations)
            .map_err(OpenError::Envelope)
            .map_err(refused)?;
        let moment = request.moment;
        let verified = request
            .verify(&keys, rules, &mut cx.deviations)
            .map_err(refused)?;
        let (now, skew) = (self.options.clock.now(), self.options.skew);
        check_clock(moment, now, skew).map_err(ours)?;
        let seen = Seen {
            operator: cx.peer.to_string(),
            mac: verified.mac,
        };
        check_new(seen, false, now, skew, &*self.options.replays)
            .await
            .map_err(ours)?;
        let plaintext = verified
            .open(&keys, *accept, rules, &mut cx.deviations)
            .map_err(|error| {
                cx.report(info.name);
                refused(error)
            })?;
        let params = Params {
            text: &plaintext,
            want: Want::Payload,
        };
        self.service.dispatch(cx, info.name, params).await
    }
}

/// Seals what a call came to. An order that was not found has no Data.
pub(super) fn seal(
    outcome: Outcome<String>,
    seal_for: Option<SealFor>,
    options: &ServerOptions,
) -> String {
    let form = seal_for
        .as_ref()
        .map_or(&options.dialect, |known| &known.dialect)
        .write
        .form;
    let keys = seal_for.as_ref().map(|known| &known.keys);
    match outcome {
        Ok(payload) => {
            let payload = Some(&*payload).filter(|payload| !payload.is_empty());
            seal_reply(keys, evcs_proto::code::Ret::OK, "", payload, form)
        }
        Err(refusal) => {
            let ret = refusal.code.unwrap_or(Ret::SYSTEM_ERROR);
            seal_reply(
                keys,
                evcs_proto::code::Ret(ret.0),
                clip(&refusal.message, LONGEST_MESSAGE),
                None,
                form,
            )
        }
    }
}

fn refused(error: OpenError) -> Refusal {
    ours(refusal_of(&error))
}

fn ours(refusal: evcs_proto::Refusal) -> Refusal {
    Refusal::new(
        refusal.code.map_or(Ret::WRONG_ENVELOPE, |ret| Ret(ret.0)),
        refusal.message,
    )
}

/// A charging service that answers only whom the envelope proves: the operator that asks is the one
/// that sealed.
pub(super) struct InItsOwnName<S>(pub(super) S);

impl<S: ChargingService> ChargingService for InItsOwnName<S> {
    async fn query_parking_charge_result(
        &self,
        cx: &Ctx,
        query: ChargeQuery,
    ) -> Outcome<Option<ParkChargeResult>> {
        if *query.operator_id.0 != *cx.peer {
            let what = "OperatorID is not that of the envelope (运营商标识不一致)";
            return Err(Refusal::new(Ret::WRONG_PARAMETERS, what));
        }
        self.0.query_parking_charge_result(cx, query).await
    }

    async fn query_parking_discount_result(
        &self,
        cx: &Ctx,
        report: DiscountReport,
    ) -> Outcome<Receipt> {
        self.0.query_parking_discount_result(cx, report).await
    }
}
