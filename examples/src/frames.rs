//! TCP frames of DB4403/T 313, one at a time.
use crate::fault::Fault;
use sztc_proto::frame::{self, Frame, Item, Parsed};

/// Longest data of a frame that is decoded, in bytes: a message of the standard has at most 10 MB.
const LONGEST_DATA: usize = 16 * 1024 * 1024;

/// The bytes that hexadecimal digits stand for; white space between them is passed over.
///
/// # Errors
/// Another character, or half a byte.
pub fn unhex(text: &str) -> Result<Vec<u8>, Fault> {
    let mut digits = Vec::with_capacity(text.len());
    for (at, character) in text
        .chars()
        .enumerate()
        .filter(|(_, character)| !character.is_whitespace())
    {
        let digit = character
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok());
        digits.push(digit.ok_or_else(|| {
            Fault::bad(format!("character {at} (from 0) is no hexadecimal digit"))
        })?);
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Fault::bad(format!(
            "{} hexadecimal digits are no whole number of bytes",
            digits.len()
        )));
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// The one frame that `bytes` are, and its check value.
///
/// # Errors
/// No frame, a part of one, or something behind it.
pub fn decode(bytes: &[u8]) -> Result<(Frame, u16), Fault> {
    match frame::parse(bytes, LONGEST_DATA).map_err(Fault::bad)? {
        Parsed::Incomplete { need } => Err(Fault::bad(format!(
            "the frame is not complete: at least {need} more bytes belong to it"
        ))),
        Parsed::Item {
            item: Item::Wrong(wrong),
            ..
        } => Err(Fault::bad(wrong)),
        Parsed::Item {
            item: Item::Frame(_),
            consumed,
        } if consumed < bytes.len() => Err(Fault::bad(format!(
            "{} bytes behind the frame, which ends at byte {consumed}",
            bytes.len() - consumed
        ))),
        Parsed::Item {
            item: Item::Frame(frame),
            consumed,
        } => {
            // The frame was complete, so its last two bytes are there.
            let crc = bytes[..consumed]
                .last_chunk()
                .map_or(0, |check| u16::from_be_bytes(*check));
            Ok((frame, crc))
        }
    }
}
