//! The signature of the order callback. The document has none; vendors that sign do it like this.
use crate::Params;
use md5::{Digest, Md5};
use park_core::{DeviationKind, Deviations, Rule, Rules, Secret, Violation};
use std::fmt::Write;
use subtle::ConstantTimeEq;

/// The parameter that carries the signature.
pub const SIGN: &str = "sign";

/// How a signature is written. Read are all forms, those that are not written as a noted deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SignStyle {
    /// Upper-case hexadecimal digits instead of lower-case ones. Either is read.
    pub upper_case: bool,
    /// Whether an `&` is left over behind the last pair when the last parameter in the order of
    /// names is empty: a mistake of real peers. Either is read; what is not written is noted as
    /// [`DeviationKind::OTHER_SIGNATURE`] and refused by strict rules.
    pub trailing_ampersand: bool,
}

/// Signs and verifies callbacks: MD5 over `name=value` of all parameters that are not empty, in the
/// order of their names' bytes, joined by `&`, and the secret right behind. Names and values as
/// they are before percent-encoding, in UTF-8.
#[derive(Debug, Clone)]
pub struct CallbackSigner {
    secret: Secret,
    style: SignStyle,
}

impl CallbackSigner {
    /// Signs with `secret`. With an empty one, nothing is verified: anybody could sign so.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self {
            secret: secret.into(),
            style: SignStyle::default(),
        }
    }

    /// Writes signatures in `style`.
    #[must_use]
    pub fn style(mut self, style: SignStyle) -> Self {
        self.style = style;
        self
    }

    /// The signature of `params`; a signature among them is not part of it.
    pub fn sign(&self, params: &Params) -> String {
        let sign = self.digest(params, self.style.trailing_ampersand);
        if self.style.upper_case {
            sign.to_ascii_uppercase()
        } else {
            sign
        }
    }

    /// Verifies the signature among `params`, in constant time.
    ///
    /// # Errors
    /// No signature, or one that does not belong to the parameters; an empty secret, whatever the
    /// signature; strict rules also refuse one that is written in the other form.
    pub fn verify(
        &self,
        params: &Params,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<(), Violation> {
        if self.secret.expose().is_empty() {
            return Err(Violation::new(
                SIGN,
                Rule::Condition("no secret to verify it with is configured here"),
            ));
        }
        let given = params
            .get(SIGN)
            .map(|sign| sign.trim().to_ascii_lowercase());
        let given = given
            .filter(|sign| !sign.is_empty())
            .ok_or_else(|| Violation::new(SIGN, Rule::Missing))?;
        let matches = |trailing| {
            given
                .as_bytes()
                .ct_eq(self.digest(params, trailing).as_bytes())
        };
        let (written, other) = (
            matches(self.style.trailing_ampersand),
            matches(!self.style.trailing_ampersand),
        );
        if bool::from(written) {
            Ok(())
        } else if bool::from(other) {
            rules.tolerate(DeviationKind::OTHER_SIGNATURE, SIGN, deviations)
        } else {
            Err(Violation::new(
                SIGN,
                Rule::Condition(
                    "the signature does not belong to the parameters received (签名错误)",
                ),
            ))
        }
    }

    fn digest(&self, params: &Params, trailing: bool) -> String {
        let mut pairs: Vec<_> = params.iter().filter(|(name, _)| *name != SIGN).collect();
        pairs.sort_unstable();
        let mut hash = Md5::new();
        let mut first = true;
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            if !first {
                hash.update("&");
            }
            first = false;
            hash.update(name);
            hash.update("=");
            hash.update(value);
        }
        if trailing && !first && pairs.last().is_some_and(|(_, value)| value.is_empty()) {
            hash.update("&");
        }
        hash.update(self.secret.expose());
        let mut text = String::with_capacity(32);
        for byte in hash.finalize() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Computed by another implementation; each has the text that is hashed.
    const VECTORS: &str = include_str!("../fixtures/vectors/callback-sign.json");

    fn trailing() -> SignStyle {
        SignStyle {
            trailing_ampersand: true,
            ..SignStyle::default()
        }
    }

    #[test]
    fn the_vectors_are_met() {
        let vectors: Vec<Value> = serde_json::from_str(VECTORS).expect("JSON");
        assert_eq!(vectors.len(), 6);
        for vector in &vectors {
            let text = |key: &str| vector[key].as_str().expect(key);
            let params = Params::parse(text("form")).expect("a form");
            let signer = CallbackSigner::new(text("secret"));
            assert_eq!(signer.sign(&params), text("sign"), "{vector}");
            assert_eq!(
                signer.style(trailing()).sign(&params),
                text("sign_with_trailing_ampersand"),
                "{vector}"
            );
        }
    }

    #[test]
    fn every_form_is_read_and_the_unusual_one_noted() {
        let mut params = Params::parse("a=1&z=").expect("a form");
        let plain = CallbackSigner::new("s");
        let sloppy = plain.clone().style(trailing());
        let (right, other) = (plain.sign(&params), sloppy.sign(&params));
        assert_ne!(right, other);
        for (signer, sign, deviates) in [
            (&plain, right.clone(), false),
            (&plain, right.to_ascii_uppercase(), false),
            (&plain, format!(" {right}"), false),
            (&plain, other.clone(), true),
            (&sloppy, other.clone(), false),
            (&sloppy, right.clone(), true),
        ] {
            params.push(SIGN, sign);
            let mut noted = Deviations::default();
            assert_eq!(
                signer.verify(&params, &Rules::default(), &mut noted),
                Ok(())
            );
            assert_eq!(noted.count(), usize::from(deviates));
            let strict = signer.verify(&params, &Rules::strict(), &mut Deviations::default());
            assert_eq!(strict.is_err(), deviates);
            params.take(SIGN);
        }
        let upper = SignStyle {
            upper_case: true,
            ..SignStyle::default()
        };
        assert_eq!(plain.style(upper).sign(&params), right.to_ascii_uppercase());
    }

    #[test]
    fn whatever_is_changed_is_noticed() {
        let signer = CallbackSigner::new("s");
        let mut params = Params::parse("OrderId=1&status=2&feeTotal=10.00").expect("a form");
        let sign = signer.sign(&params);
        params.push(SIGN, sign.clone());
        let refused = |text: &str| {
            let params = Params::parse(text).expect("a form");
            signer
                .verify(&params, &Rules::default(), &mut Deviations::default())
                .expect_err(text)
                .rule
        };
        assert_eq!(
            signer.verify(&params, &Rules::default(), &mut Deviations::default()),
            Ok(())
        );
        for text in [
            format!("OrderId=1&status=2&feeTotal=1.00&sign={sign}"),
            format!("OrderId=1&status=2&sign={sign}"),
            format!("OrderId=1&status=2&feeTotal=10.00&x=1&sign={sign}"),
            format!("OrderId=1&status=2&feeTotal=10.00&sign={}", &sign[..31]),
            format!("OrderId=1&status=2&feeTotal=10.00&sign={sign}0"),
        ] {
            assert!(matches!(refused(&text), Rule::Condition(_)), "{text}");
        }
        for text in ["OrderId=1&status=2&feeTotal=10.00", "OrderId=1&sign="] {
            assert_eq!(refused(text), Rule::Missing);
        }
        let other =
            CallbackSigner::new("t").verify(&params, &Rules::default(), &mut Deviations::default());
        assert!(other.is_err());
    }

    #[test]
    fn an_empty_secret_verifies_nothing() {
        let nobody = CallbackSigner::new("");
        let mut params = Params::parse("OrderId=1&status=2").expect("a form");
        let sign = nobody.sign(&params);
        params.push(SIGN, sign);
        let refused = nobody
            .verify(&params, &Rules::default(), &mut Deviations::default())
            .expect_err("forged");
        assert!(matches!(refused.rule, Rule::Condition(_)), "{refused}");
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", CallbackSigner::new("canary-7f3a")).contains("canary"));
    }
}
