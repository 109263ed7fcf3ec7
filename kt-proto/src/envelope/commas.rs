use std::borrow::Cow;

/// `text` without the commas that stand right before a closing bracket, as in `{"a":1,}`. The
/// document's samples have them; a peer that has them too is read with this, which is not done
/// unless asked for. Nothing inside strings is touched, and nothing else is put right.
pub fn without_trailing_commas(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    // What of the text has been copied, and where the last comma stands if only white space has
    // followed it.
    let (mut copied, mut comma, mut kept) = (0, None, String::new());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                comma = None;
                at = string_end(bytes, at + 1);
                continue;
            }
            b',' => comma = Some(at),
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'}' | b']' => {
                if let Some(comma) = comma.take() {
                    kept.push_str(&text[copied..comma]);
                    copied = comma + 1;
                }
            }
            _ => comma = None,
        }
        at += 1;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(&text[copied..]);
    Cow::Owned(kept)
}

/// The place behind the closing quote of the string whose inside begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}
