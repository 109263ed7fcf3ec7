use super::{Accept, BASE64, Data, OpenError};
use crate::{Keys, keys::BLOCK};
use base64::Engine;
use park_core::{DeviationKind, Deviations, Rules};
use subtle::ConstantTimeEq;

/// A message whose signature is the sender's.
pub struct Verified<'a> {
    pub(super) data: Data<'a>,
    /// The code that signs the whole message.
    pub mac: [u8; 16],
}

impl Verified<'_> {
    /// Decrypts Data to the JSON of the parameters, exactly as it was sealed.
    ///
    /// # Errors
    /// [`OpenError::Base64`], [`OpenError::Sealed`], [`OpenError::Plain`]; under strict rules also
    /// what is tolerated otherwise.
    pub fn open(
        &self,
        keys: &Keys,
        accept: Accept,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<String, OpenError> {
        let text = match &self.data {
            Data::Json(text) => return plain(text, accept, rules, deviations),
            Data::Text(text) if text.trim_start().starts_with('{') => {
                return plain(text, accept, rules, deviations);
            }
            Data::Text(text) => text,
        };
        let mut tolerate = |kind| {
            rules
                .tolerate(kind, "Data", deviations)
                .map_err(OpenError::Envelope)
        };
        let mut bytes = match BASE64.decode(text.as_bytes()) {
            Err(_) if text.contains(|c: char| c.is_ascii_whitespace()) => {
                tolerate(DeviationKind::BASE64_STYLE)?;
                BASE64.decode(text.split_ascii_whitespace().collect::<String>())
            }
            decoded => decoded,
        }
        .map_err(|_| OpenError::Base64)?;
        if bytes.is_empty() || bytes.len() % BLOCK != 0 {
            return Err(OpenError::Base64);
        }
        keys.decrypt(&mut bytes);
        match (unpadded(&bytes), accept.zero_padding) {
            (Some(length), _) => bytes.truncate(length),
            (None, true) => {
                let length = bytes
                    .iter()
                    .rposition(|byte| *byte != 0)
                    .map_or(0, |last| last + 1);
                if length < bytes.len() {
                    tolerate(crate::deviation::ZERO_PADDING)?;
                }
                bytes.truncate(length);
            }
            (None, false) => return Err(OpenError::Sealed),
        }
        let mut text = String::from_utf8(bytes).map_err(|_| OpenError::Sealed)?;
        if accept.zero_padding
            && let Some(end) = text.rfind('}')
            && !text[end + 1..].trim().is_empty()
        {
            tolerate(DeviationKind::TRAILING_BYTES)?;
            text.truncate(end + 1);
        }
        Ok(text)
    }
}

fn plain(
    text: &str,
    accept: Accept,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<String, OpenError> {
    if !accept.plain_data {
        return Err(OpenError::Plain);
    }
    rules
        .tolerate(crate::deviation::PLAIN_DATA, "Data", deviations)
        .map_err(OpenError::Envelope)?;
    Ok(text.to_owned())
}

/// The length without the padding of PKCS#7. The time taken does not depend on the bytes.
fn unpadded(bytes: &[u8]) -> Option<usize> {
    let (_, block) = bytes.split_last_chunk::<BLOCK>()?;
    let padding = block[BLOCK - 1];
    // Any bit set here: not from 1 to 16, or one of the last `padding` bytes is another.
    let mut wrong = padding.wrapping_sub(1) & 0xf0;
    for (behind, byte) in (0_u8..).zip(block.iter().rev()) {
        // All bits of the byte count where `behind` is below `padding`, none elsewhere.
        let counts = (behind.wrapping_sub(padding) as i8 >> 7) as u8;
        wrong |= counts & (byte ^ padding);
    }
    bool::from(wrong.ct_eq(&0)).then(|| bytes.len() - usize::from(padding))
}
