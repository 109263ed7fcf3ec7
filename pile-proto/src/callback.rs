//! The order callback (订单回调), 3.3: the vendor tells the aggregator of an order when charging
//! begins, goes on and ends.
//!
//! The document says no more than that. What is known of real peers: the fields of an [`Order`] as
//! a POSTed form, or as JSON, with a signature in `sign`.
use crate::{CallbackSigner, Dialect, Params, SIGN, message::Message, model::Order};
use park_core::{
    DeviationKind, Deviations, Violation,
    json::{EncodeError, quote},
};

/// How a callback travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CallbackBody {
    /// A form (`application/x-www-form-urlencoded`).
    #[default]
    Form,
    /// A JSON object.
    Json,
}

impl Dialect {
    /// Seals a callback, signed if there is a signer.
    ///
    /// # Errors
    /// None for the models of this crate.
    pub fn seal_callback(
        &self,
        order: &Order,
        body: CallbackBody,
        signer: Option<&CallbackSigner>,
    ) -> Result<String, EncodeError> {
        let text = self.encode(order)?;
        let params =
            Params::parse_json(&text).expect("the encoder writes JSON without a name twice");
        Ok(sealed(text, params, body, signer))
    }

    /// Opens a callback, form or JSON, whichever it is. The signature is verified before anything
    /// else is looked at; without a signer it is passed over. The order is not yet checked against
    /// the document.
    ///
    /// # Errors
    /// A body that is neither, a signature (`sign`) that is missing or wrong, a field that cannot
    /// be read.
    pub fn open_callback(
        &self,
        body: &str,
        signer: Option<&CallbackSigner>,
        deviations: &mut Deviations,
    ) -> Result<Order, Violation> {
        self.open_signed(body, signer, deviations)?
            .read(&self.read, deviations)
    }

    /// The callback whose signature is verified, if there is a signer.
    pub(crate) fn open_signed<'a>(
        &self,
        body: &'a str,
        signer: Option<&CallbackSigner>,
        deviations: &mut Deviations,
    ) -> Result<Message<'a>, Violation> {
        let body = match body.strip_prefix('\u{feff}') {
            Some(behind) => {
                self.read
                    .tolerate(DeviationKind::BYTE_ORDER_MARK, "", deviations)?;
                behind.trim()
            }
            None => body.trim(),
        };
        let json = body.starts_with('{');
        let mut params = if json {
            Params::parse_json(body)?
        } else {
            Params::parse(body)?
        };
        if let Some(signer) = signer {
            signer.verify(&params, &self.read, deviations)?;
        }
        if json {
            return Ok(Message::Json(body));
        }
        params.take(SIGN);
        Ok(Message::Params(params))
    }
}

/// A callback as it travels, of its JSON and the parameters that this is.
pub(crate) fn sealed(
    mut text: String,
    mut params: Params,
    body: CallbackBody,
    signer: Option<&CallbackSigner>,
) -> String {
    let sign = signer.map(|signer| signer.sign(&params));
    match (body, sign) {
        (CallbackBody::Form, sign) => {
            if let Some(sign) = sign {
                params.push(SIGN, sign);
            }
            params.to_query()
        }
        (CallbackBody::Json, None) => text,
        (CallbackBody::Json, Some(sign)) => {
            text.pop();
            // An own interface's request may have no fields.
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(r#""sign":"#);
            quote(&sign, &mut text);
            text.push('}');
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rule, code::OrderStatus};

    fn order() -> Order {
        let mut order = Order::new("V1", OrderStatus::CHARGING);
        order.end_info = Some("用户 & 停止".into());
        order.fee_total = Some(park_core::Money::fen(320));
        order.power = "2.667".parse().ok();
        order
    }

    #[test]
    fn what_is_sealed_is_opened_in_every_form() {
        let dialect = Dialect::strict();
        let signer = CallbackSigner::new("secret-1");
        for body in [CallbackBody::Form, CallbackBody::Json] {
            for (sealed_by, opened_by) in [
                (None, None),
                (Some(&signer), None),
                (Some(&signer), Some(&signer)),
            ] {
                let text = dialect
                    .seal_callback(&order(), body, sealed_by)
                    .expect("a model");
                let mut none = Deviations::default();
                assert_eq!(
                    dialect.open_callback(&text, opened_by, &mut none),
                    Ok(order()),
                    "{text}"
                );
                assert!(none.is_empty(), "{text}");
            }
        }
    }

    #[test]
    fn a_callback_without_the_right_signature_is_refused_before_it_is_read() {
        let dialect = Dialect::default();
        let signer = CallbackSigner::new("secret-1");
        for body in [CallbackBody::Form, CallbackBody::Json] {
            let unsigned = dialect
                .seal_callback(&order(), body, None)
                .expect("a model");
            let other = CallbackSigner::new("secret-2");
            let forged = dialect
                .seal_callback(&order(), body, Some(&other))
                .expect("a model");
            for (text, rule) in [(unsigned, "required"), (forged, "signature")] {
                let refused = dialect
                    .open_callback(&text, Some(&signer), &mut Deviations::default())
                    .expect_err(&text);
                assert!(
                    refused.path == SIGN && refused.to_string().contains(rule),
                    "{refused}"
                );
            }
        }
        // No field of an order at all: still it is the signature that is missed.
        let refused = dialect.open_callback("x=1", Some(&signer), &mut Deviations::default());
        assert_eq!(refused, Err(Violation::new(SIGN, Rule::Missing)));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_and_noted() {
        let mut noted = Deviations::default();
        let text = "\u{feff}{\"OrderId\":\"V1\",\"status\":2}\n";
        let order = Dialect::default()
            .open_callback(text, None, &mut noted)
            .expect("an order");
        assert_eq!(
            (order.status, noted.list()[0].kind),
            (OrderStatus::ENDED, DeviationKind::BYTE_ORDER_MARK)
        );
        assert!(
            Dialect::strict()
                .open_callback(text, None, &mut noted)
                .is_err()
        );
    }
}
