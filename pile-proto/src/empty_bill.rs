//! The totals of a day without orders, which some vendors leave empty.
use park_core::{
    DeviationKind, Deviations, Rules, Violation,
    json::{lexer::members, quote},
};
use std::borrow::Cow;

const TOTALS: [&str; 3] = ["totalOrderPower", "totoalOrderFee", "totalOrderFee"];

/// The JSON of a bill, with 0 for the totals that are null or empty text, if it has no orders. What
/// is no JSON stays as it is, for the reader to refuse.
pub(crate) fn with_totals<'a>(
    text: &'a str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Cow<'a, str>, Violation> {
    let Ok(members) = members(text)
        .map(|member| member.map(|(name, value)| (name.decode(), value)))
        .collect::<Result<Vec<_>, _>>()
    else {
        return Ok(text.into());
    };
    let is = |name: &str, known: &str| name.trim().eq_ignore_ascii_case(known);
    let has_none = members
        .iter()
        .any(|(name, value)| is(name, "orderCount") && matches!(*value, "0" | "\"0\""));
    let is_empty = |name: &str, value: &str| {
        matches!(value, "null" | "\"\"") && TOTALS.iter().any(|total| is(name, total))
    };
    if !has_none || !members.iter().any(|(name, value)| is_empty(name, value)) {
        return Ok(text.into());
    }
    let mut filled = String::from("{");
    for (name, value) in &members {
        if filled.len() > 1 {
            filled.push(',');
        }
        quote(name, &mut filled);
        filled.push(':');
        if is_empty(name, value) {
            let kind = if *value == "null" {
                DeviationKind::NULL_FOR_ABSENT
            } else {
                DeviationKind::EMPTY_FOR_ABSENT
            };
            rules.tolerate(kind, name, deviations)?;
            filled.push('0');
        } else {
            filled.push_str(value);
        }
    }
    filled.push('}');
    Ok(filled.into())
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, model::Bill};
    use park_core::{DeviationKind, Deviations, Money};

    fn bill(count: &str, power: &str, fee: &str) -> String {
        format!(
            r#"{{"orderCount":{count},"totalOrderPower":{power},"totalOrderFee":{fee},"orderList":[]}}"#
        )
    }

    #[test]
    fn a_day_without_orders_has_totals_of_0_whatever_stands_for_them() {
        for (text, kinds) in [
            (
                bill("0", "null", "\"\""),
                &[
                    DeviationKind::NULL_FOR_ABSENT,
                    DeviationKind::EMPTY_FOR_ABSENT,
                    DeviationKind::SPELLING,
                ][..],
            ),
            (
                bill("0", "0", "null"),
                &[DeviationKind::NULL_FOR_ABSENT, DeviationKind::SPELLING],
            ),
        ] {
            let mut noted = Deviations::default();
            let bill: Bill = Dialect::default().decode(&text, &mut noted).expect(&text);
            assert_eq!(
                (bill.total_order_power, bill.totoal_order_fee),
                (Default::default(), Money::ZERO)
            );
            let found: Vec<DeviationKind> = noted.list().iter().map(|found| found.kind).collect();
            assert_eq!(found, kinds, "{text}");
            assert!(
                Dialect::strict().decode::<Bill>(&text, &mut noted).is_err(),
                "{text}"
            );
        }
        for text in [
            bill("1", "null", "0"),
            bill("1", "0", "\"\""),
            "{".to_owned(),
            bill("0", "[]", "0"),
        ] {
            assert!(
                Dialect::default()
                    .decode::<Bill>(&text, &mut Deviations::default())
                    .is_err(),
                "{text}"
            );
        }
    }
}
