//! The first field of an object, by which the day is known.
use park_core::json::lexer::Lexer;
use std::borrow::Cow;

/// Whether `text` begins like a JSON object whose first field is one of `fields`, in any capitals,
/// or is an empty object.
///
/// A name of four or more letters fills the first eight characters together with its quotes, braces
/// and colon, so that no other day passes as long as no two names differ in a few bits only. After
/// a shorter name a number may be the wrong one.
pub fn plausible(text: &str, fields: &[&str]) -> bool {
    match first_field(text) {
        Some(Some(name)) => fields
            .iter()
            .any(|field| field.eq_ignore_ascii_case(name.trim())),
        Some(None) => true,
        None => false,
    }
}

/// Whether `text` begins like a JSON object with a name that a field can have.
pub(super) fn is_object(text: &str) -> bool {
    first_field(text).is_some_and(|name| {
        name.is_none_or(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    })
}

/// Whether `text` can be an object sealed on another day: no date of this century touches the first
/// two characters.
pub(super) fn may_be_object(text: &str) -> bool {
    let mut chars = text
        .trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
        .chars();
    chars.next() == Some('{') && matches!(chars.next(), Some('"' | '}' | ' ' | '\t' | '\r' | '\n'))
}

/// Whether a text with this beginning can be [`plausible`]: an empty object, or one of `fields` as
/// the first name.
pub(super) fn may_begin_with(beginning: &[u8], fields: &[&str]) -> bool {
    // Names are ASCII; what is not, or was cut off, only follows them.
    let ascii: String = beginning
        .iter()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(*byte)
            } else {
                '?'
            }
        })
        .collect();
    let mut lexer = Lexer::new(&ascii);
    if lexer.expect(b'{').is_err() {
        return false;
    }
    lexer.peek() == b'}'
        || lexer.key().is_ok_and(|name| {
            let name = name.decode();
            fields
                .iter()
                .any(|field| field.eq_ignore_ascii_case(name.trim()))
        })
}

/// The name of the first field if what follows can follow; `Some(None)` for an empty object.
fn first_field(text: &str) -> Option<Option<Cow<'_, str>>> {
    let mut lexer = Lexer::new(text.strip_prefix('\u{feff}').unwrap_or(text));
    lexer.expect(b'{').ok()?;
    if lexer.peek() == b'}' {
        return Some(None);
    }
    let name = lexer.key().ok()?;
    let follows = match lexer.scalar().ok()? {
        true => matches!(lexer.peek(), b',' | b'}'),
        false => matches!(lexer.peek(), b'{' | b'['),
    };
    follows.then(|| Some(name.decode()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dates::vector, tdes::xor};
    use park_core::chrono::NaiveDate;
    use std::collections::BTreeSet;

    #[test]
    fn no_other_day_turns_one_field_of_the_document_into_another() {
        // The names in its samples.
        let names: Vec<&str> = "tel time type code carNo etcNo money remark cardId isCard bookId \
            bookid status roomId amount cardNo inTime qrcode carType orderNo ValidTo vplType \
            imgName payType payable plateNo outTime validTo payTime selfPay blackId vplColor \
            parkName areaType totalFee areaList spaceNum deviceId payMoney preMoney bookType \
            totalNum areaName authCode deviceIp paidTime ruleName parkArea ifCharge cashUser \
            telPhone parkCode cardName areaInfo payedFee paidType comeTime areaCode userName cashTime plateNum snetType selfTotal entryTime ValidFrom validForm leaveTime validFrom freeMoney delayTime ticketNum ticketTime totalSPNum chargeTime deviceName deviceType totalMoney sentAmount entryPlace paidAmount placeCount modifyType chargeType oldplateNo leavePlace deviceCode deductMoney elapsedTime parkingTime ticketMoney userAccount freeSpaceNum rechargeType IsDensityPay terminalType plateDetails totalSpaceNum lastUpdateTime rechargeAmount"
            .split(' ')
            .collect();
        let days = NaiveDate::from_ymd_opt(2000, 1, 1)
            .expect("a day")
            .iter_days()
            .take(36_500);
        let vectors: Vec<_> = days.map(|day| vector(day.into())).collect();
        let differences: BTreeSet<_> = [1, 2, 30, 365]
            .iter()
            .flat_map(|apart| {
                vectors
                    .iter()
                    .zip(&vectors[*apart..])
                    .map(|(one, other)| xor(*one, *other))
            })
            .collect();
        assert!(differences.len() > 20);
        for name in &names {
            let text = format!(r#"{{"{name}":"1"}}"#);
            assert!(plausible(&text, &names));
            let mut bytes = text.clone().into_bytes();
            for difference in &differences {
                let first: [u8; 8] = *text.as_bytes().first_chunk().expect("longer");
                bytes[..8].copy_from_slice(&xor(first, *difference));
                let damaged = std::str::from_utf8(&bytes).expect("still ASCII");
                assert!(!plausible(damaged, &names), "{text} {damaged}");
            }
        }
    }

    #[test]
    fn only_the_beginning_of_an_object_is_plausible() {
        for (text, expected) in [
            ("{}", true),
            (" { } ", true),
            (r#"{"plateNo":"1"}"#, true),
            (r#"{ "PlateNo" : [ "#, true),
            (r#"{"plateNo":null,"#, true),
            (r#"{"plate\u004eo":1}"#, true),
            ("\u{feff}{\"plateNo\":{}}", true),
            (r#"{"plateNa":1}"#, false),
            (r#"{"plateNo":1"}"#, false),
            (r#"{"plateNo":x}"#, false),
            (r#"{"plateNo"}"#, false),
            (r#"["plateNo"]"#, false),
            ("{", false),
            ("", false),
        ] {
            assert_eq!(
                plausible(text, &["parkCode", "plateNo"]),
                expected,
                "{text}"
            );
        }
    }
}
