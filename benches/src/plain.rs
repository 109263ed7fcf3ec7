//! The work that cannot be avoided, or what one would write without these crates.
use bytes::{BufMut, BytesMut};
use crc::{CRC_16_XMODEM, Crc, Table};
use sha1::{Digest, Sha1};

static CRC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_XMODEM);

/// The CRC of `data` and one copy: the least that a frame costs.
pub fn crc_and_copy(data: &[u8], out: &mut BytesMut) -> u16 {
    out.clear();
    out.put_slice(data);
    CRC.checksum(out)
}

/// SHA-1 alone.
pub fn sha1(bytes: impl AsRef<[u8]>) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// The signature by way of a value tree, whose maps sort their keys. It writes 20.00 as 20.0, so it
/// is wrong besides.
pub fn sign_over_values(text: &str) -> [u8; 20] {
    let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
    sha1(value.to_string())
}
