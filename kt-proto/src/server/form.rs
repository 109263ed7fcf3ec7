//! `data` as a form, as old systems write it.

/// Whether the body is `data=..` in place of JSON, whatever its content type says: tools call JSON
/// a form unless told otherwise.
pub(super) fn is_form(text: &str) -> bool {
    !text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
}

/// The value of `name` in a form. Base64 whose `+` came as a blank is put right when it is opened.
pub(super) fn form_value(form: &str, name: &str) -> Option<String> {
    let pairs = form
        .trim()
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs
        .into_iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    let bytes = value.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = (*byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        match digits
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
        {
            Some(decoded_byte) => {
                decoded.push(decoded_byte);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded)
        .ok()
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_old_systems_write_it() {
        for (form, value) in [
            ("data=a%2Bb%2F%3D%3D", Some("a+b/==")),
            ("x=1&Data=abc=", Some("abc=")),
            ("data=a+b", Some("a+b")),
            ("data=%zz%2", Some("%zz%2")),
            ("data=", None),
            ("", None),
            ("{}", None),
        ] {
            assert_eq!(form_value(form, "data").as_deref(), value, "{form}");
        }
    }
}
