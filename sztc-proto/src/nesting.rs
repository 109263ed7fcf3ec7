//! Oddities of structure that the standard's own samples show, bridged before an entry is decoded.
use park_core::{
    DeviationKind, Deviations,
    json::{lexer, quote},
};

/// The members of Table 11, which D.28 puts beside the others instead of into `parkCarInfo`.
const CAR: &[&str] = &[
    "plateNo",
    "plateColor",
    "carColor",
    "licensePlateType",
    "carModel",
    "carLogo",
    "eidEquiped",
    "vrdb_no",
    "vrdb_plateType",
    "vrdb_carModel",
    "vrdb_usage",
    "vrdb_seqno",
];

/// 6001 (D.28): the car's members stand beside the others.
#[doc(hidden)]
pub fn flattened_car(item: &str, deviations: &mut Deviations) -> Option<String> {
    let members: Vec<_> = lexer::members(item).collect::<Result<_, _>>().ok()?;
    let flat = members.iter().any(|(key, _)| key.raw() == "plateNo")
        && members.iter().all(|(key, _)| key.raw() != "parkCarInfo");
    if !flat {
        return None;
    }
    deviations.note(DeviationKind::NESTING, || "parkCarInfo".to_owned());
    let (car, others): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|(key, _)| CAR.contains(&key.raw()));
    let mut text = String::with_capacity(item.len() + 20);
    object(others.into_iter(), &mut text);
    // Behind the last member of a non-empty object, or as the only one.
    text.pop();
    text.push_str(if text.ends_with('{') {
        "\"parkCarInfo\":"
    } else {
        ",\"parkCarInfo\":"
    });
    object(car.into_iter(), &mut text);
    text.push('}');
    Some(text)
}

/// 1201 (D.44): the lines stand in `xmxxList.xmxx`, as one object or a list.
#[doc(hidden)]
pub fn invoice_lines(item: &str, deviations: &mut Deviations) -> Option<String> {
    let members: Vec<_> = lexer::members(item).collect::<Result<_, _>>().ok()?;
    let (_, lines) = members
        .iter()
        .find(|(key, lines)| key.raw() == "xmxxList" && lines.starts_with('{'))?;
    let inner = lexer::members(lines).find_map(|member| {
        member
            .ok()
            .filter(|(key, _)| key.raw() == "xmxx")
            .map(|(_, value)| value)
    })?;
    deviations.note(DeviationKind::NESTING, || "xmxxList.xmxx".to_owned());
    let mut text = String::with_capacity(item.len());
    object(
        members.into_iter().map(|(key, value)| {
            if key.raw() == "xmxxList" {
                (key, inner)
            } else {
                (key, value)
            }
        }),
        &mut text,
    );
    Some(text)
}

fn object<'a>(members: impl Iterator<Item = (lexer::Str<'a>, &'a str)>, text: &mut String) {
    text.push('{');
    for (index, (key, value)) in members.enumerate() {
        if index > 0 {
            text.push(',');
        }
        quote(&key.decode(), text);
        text.push(':');
        text.push_str(value);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flattened_car_is_put_where_the_table_has_it() {
        for (item, mended) in [
            (
                r#"{"bookCode":"1","plateNo":"粤B88888","eidEquiped":false,"overTime":"x"}"#,
                Some(
                    r#"{"bookCode":"1","overTime":"x","parkCarInfo":{"plateNo":"粤B88888","eidEquiped":false}}"#,
                ),
            ),
            (
                r#"{"plateNo":"1"}"#,
                Some(r#"{"parkCarInfo":{"plateNo":"1"}}"#),
            ),
            (r#"{"parkCarInfo":{"plateNo":"1"},"plateNo":"1"}"#, None),
            ("{}", None),
            ("{", None),
        ] {
            let mut deviations = Deviations::default();
            assert_eq!(flattened_car(item, &mut deviations).as_deref(), mended);
            assert_eq!(deviations.count(), usize::from(mended.is_some()));
        }
    }

    #[test]
    fn invoice_lines_lose_their_extra_level() {
        for (item, mended) in [
            (
                r#"{"xmxxList":{"xmxx":{"a":1}},"b":2}"#,
                Some(r#"{"xmxxList":{"a":1},"b":2}"#),
            ),
            (
                r#"{"xmxxList":{"xmxx":[{"a":1}]}}"#,
                Some(r#"{"xmxxList":[{"a":1}]}"#),
            ),
            (r#"{"xmxxList":[{"a":1}]}"#, None),
            (r#"{"xmxxList":{"a":1}}"#, None),
        ] {
            assert_eq!(
                invoice_lines(item, &mut Deviations::default()).as_deref(),
                mended
            );
        }
    }
}
