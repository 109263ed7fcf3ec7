//! Text to the bytes that are encrypted, and back (chapter 1, section 2:
//! `Encoding.GB2312.GetBytes`).
use encoding_rs::{Encoder, EncoderResult, GB18030, GBK};
use std::fmt;

/// The character set in which text is written before it is encrypted. What is read may always be
/// any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Charset {
    /// GB2312 as printed: 6763 Chinese characters and 682 signs. Rare ones (镕, 喆, 堃) are not in
    /// it.
    #[default]
    Gb2312,
    /// GBK, which .NET on Windows calls GB2312 (code page 936): 21 003 Chinese characters. For
    /// peers written in .NET, as KT's own samples are.
    Gbk,
    /// GB18030: all of Unicode. Only for peers that are known to read it.
    Gb18030,
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gb2312 => "GB2312",
            Self::Gbk => "GBK",
            Self::Gb18030 => "GB18030",
        })
    }
}

/// Which character, counted from 0, is not in the character set.
pub(crate) struct Unmappable(pub(crate) usize);

impl Charset {
    /// The bytes of `text`, with room for padding behind them.
    pub(crate) fn encode(self, text: &str) -> Result<Vec<u8>, Unmappable> {
        let mut encoder = match self {
            Self::Gb2312 | Self::Gbk => GBK.new_encoder(),
            Self::Gb18030 => GB18030.new_encoder(),
        };
        let mut bytes = Vec::with_capacity(room(&encoder, text) + 8);
        let (result, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true);
        if result != EncoderResult::InputEmpty {
            // The offending character has been read; one before it may be wanting in GB2312 only.
            let place = text[..read].chars().count().saturating_sub(1);
            let earlier = matches!(self, Self::Gb2312)
                .then(|| first_beyond_gb2312(&bytes))
                .flatten();
            return Err(Unmappable(earlier.unwrap_or(place)));
        }
        match self {
            Self::Gb2312 => match first_beyond_gb2312(&bytes) {
                Some(place) => Err(Unmappable(place)),
                None => Ok(bytes),
            },
            Self::Gbk | Self::Gb18030 => Ok(bytes),
        }
    }
}

/// The bytes that `text` can become; a length at which this overflows does not fit into memory
/// anyway.
fn room(encoder: &Encoder, text: &str) -> usize {
    encoder
        .max_buffer_length_from_utf8_without_replacement(text.len())
        .unwrap_or(text.len())
}

/// The text of bytes in any of the three; `None` if they are none of them.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    GB18030
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(|text| text.into_owned())
}

/// Whether bytes are Chinese text in UTF-8. Most of that could be GBK too, and 京A would be read as
/// the plate 浜珹; but hardly any of it is GB2312, and no text that somebody wrote in GBK is UTF-8
/// as a whole unless it is short and GB2312.
pub(crate) fn is_utf8(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| *byte >= 0xe0)
        && std::str::from_utf8(bytes).is_ok()
        && first_beyond_gb2312(bytes).is_some()
}

/// The place, in characters, of the first one in GBK `bytes` that GB2312 does not have.
fn first_beyond_gb2312(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut place) = (0, 0);
    while let Some(&lead) = bytes.get(at) {
        if lead < 0x80 {
            at += 1;
        } else {
            // GBK knows no longer characters, and 0x80 alone is a euro sign, which GB2312 does not
            // have.
            if !is_gb2312(lead, bytes.get(at + 1).copied().unwrap_or(0)) {
                return Some(place);
            }
            at += 2;
        }
        place += 1;
    }
    None
}

/// Whether GB2312 has a character in this row and cell (区位, each plus 0xA0).
fn is_gb2312(lead: u8, trail: u8) -> bool {
    let (Some(row), Some(cell)) = (lead.checked_sub(0xa0), trail.checked_sub(0xa0)) else {
        return false;
    };
    match row {
        1 | 3 | 16..=54 | 56..=87 => (1..=94).contains(&cell),
        2 => matches!(cell, 17..=66 | 69..=78 | 81..=92),
        4 => (1..=83).contains(&cell),
        5 => (1..=86).contains(&cell),
        6 => matches!(cell, 1..=24 | 33..=56),
        7 => matches!(cell, 1..=33 | 49..=81),
        8 => matches!(cell, 1..=26 | 37..=73),
        9 => (4..=79).contains(&cell),
        55 => (1..=89).contains(&cell),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gb2312_has_as_many_characters_as_its_standard_says() {
        let all = ('\u{80}'..='\u{ffff}')
            .filter(|c| Charset::Gb2312.encode(c.encode_utf8(&mut [0; 4])).is_ok());
        let (hanzi, signs): (Vec<char>, Vec<char>) =
            all.partition(|c| ('\u{4e00}'..'\u{a000}').contains(c));
        assert_eq!((hanzi.len(), signs.len()), (6763, 682));
        // Every region a plate begins with, and what it may end with.
        let plates =
            "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领警学挂港澳应急";
        assert!(plates.chars().all(|c| hanzi.contains(&c)));
    }

    #[test]
    fn utf8_is_not_taken_for_gbk() {
        for text in [
            "京A11113",
            "粤B1",
            "测试车场",
            "入口1",
            "{\"plateNo\":\"闽D02000\",\"remark\":\"车\"}",
        ] {
            assert!(is_utf8(text.as_bytes()), "{text}");
            for charset in [Charset::Gb2312, Charset::Gbk, Charset::Gb18030] {
                assert!(
                    !is_utf8(&charset.encode(text).ok().expect("in all of them")),
                    "{text}"
                );
            }
        }
        // These bytes are UTF-8 too, as chance has it.
        for text in ["联通", "", "A1"] {
            assert!(
                !is_utf8(&Charset::Gb2312.encode(text).ok().expect("GB2312")),
                "{text}"
            );
        }
    }

    #[test]
    fn what_a_character_set_lacks_is_named_by_its_place() {
        for (text, gb2312, gbk) in [
            ("粤B88888", None, None),
            ("", None, None),
            ("朱镕基", Some(1), None),
            ("a\u{20ac}", Some(1), None),
            ("A粤😀B", Some(2), Some(2)),
            ("\u{e5e5}", Some(0), Some(0)),
            ("ⅷ", Some(0), None),
            ("镕😀", Some(0), Some(1)),
        ] {
            let place =
                |charset: Charset| charset.encode(text).err().map(|unmappable| unmappable.0);
            assert_eq!(place(Charset::Gb2312), gb2312, "{text}");
            assert_eq!(place(Charset::Gbk), gbk, "{text}");
        }
    }

    #[test]
    fn whatever_is_written_is_read() {
        // Of the private-use characters, 18 come back as what Unicode has in their place today.
        let everything: String = ('\0'..=char::MAX)
            .filter(|c| !('\u{e000}'..='\u{f8ff}').contains(c))
            .collect();
        let bytes = Charset::Gb18030
            .encode(&everything)
            .ok()
            .expect("all of Unicode");
        assert!(decode(&bytes).is_some_and(|read| read == everything));
        let narrow: String = everything
            .chars()
            .filter(|c| Charset::Gbk.encode(c.encode_utf8(&mut [0; 4])).is_ok())
            .collect();
        assert!(narrow.chars().count() > 21_000);
        assert!(
            decode(&Charset::Gbk.encode(&narrow).ok().expect("all in it"))
                .is_some_and(|read| read == narrow)
        );
        assert_eq!(decode(b"\xd4"), None);
        assert_eq!(decode(b"\xd4\xc1B\xff"), None);
    }
}
