//! Queries and forms (`application/x-www-form-urlencoded`), UTF-8.
use crate::{Rule, Violation};
use std::fmt::Write;

/// Appends `name=value`, behind `&` unless it is the first: percent-encoded, with `%20` for a
/// space, which every reader of queries and forms understands.
pub fn push(name: &str, value: &str, out: &mut String) {
    if !out.is_empty() {
        out.push('&');
    }
    escape(name, out);
    out.push('=');
    escape(value, out);
}

/// Reads the pairs of a query or form.
///
/// # Errors
/// A `%` that is not followed by two hexadecimal digits, bytes that are no UTF-8.
pub fn parse(text: &str) -> Result<Vec<(String, String)>, Violation> {
    let mut pairs = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = unescape(name).ok_or_else(|| not_a_form(""))?;
        let value = unescape(value).ok_or_else(|| not_a_form(&name))?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn not_a_form(name: &str) -> Violation {
    Violation::new(
        name,
        Rule::Condition("neither a query nor a form: it is not percent-encoded UTF-8"),
    )
}

fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| digit.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_form_is_refused_by_name() {
        for (text, name) in [
            ("a=%4", "a"),
            ("a=%zz", "a"),
            ("a=1&b=%ff", "b"),
            ("%=1", ""),
            ("a=%+1", "a"),
        ] {
            assert_eq!(parse(text), Err(not_a_form(name)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(pairs in proptest::collection::vec((".{1,8}", ".{0,16}"), 0..6)) {
            let mut text = String::new();
            for (name, value) in &pairs {
                push(name, value, &mut text);
            }
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(parse(&text), Ok(pairs));
        }
    }
}
