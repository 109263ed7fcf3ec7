//! The TCP frame (消息头, section 6.1.3, Table 33): bytes in, items out, without I/O. The same
//! bytes give the same items however they are cut: what is reported never depends on where a read
//! ended.

use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};
use crc::{CRC_16_XMODEM, Crc, Table};

#[cfg(feature = "tcp")]
mod codec;
mod reader;
#[cfg(test)]
mod tests;

#[cfg(feature = "tcp")]
pub use codec::FrameCodec;
pub use reader::FrameReader;

const FLAG: [u8; 4] = *b"SZTC";
const HEADER: usize = 17;
const CHECK: usize = 2;
const OVERHEAD: usize = HEADER + CHECK;

/// Garbage without end is reported in pieces of this many bytes, so that little of it is ever held.
const GARBAGE_PIECE: usize = 1024;
/// What [`FrameReader::buffer`] has room for at least.
const READ: usize = 8 * 1024;
/// A buffer that has grown beyond this is given back once it is no longer needed.
pub(crate) const KEEP: usize = 64 * 1024;

/// Sixteen tables: eleven times as fast as the crate's default of one.
static CRC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_XMODEM);

/// Protocol version (version), one byte each for major and minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// Major version (主版本).
    pub major: u8,
    /// Minor version (次版本).
    pub minor: u8,
}

impl Version {
    /// Version 1.0, the one that DB4403/T 313-2023 describes.
    pub const V1_0: Self = Self { major: 1, minor: 0 };
}

impl Default for Version {
    fn default() -> Self {
        Self::V1_0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Whether a frame asks or answers (direction), Table 33.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A request (请求), 0 on the wire.
    Request,
    /// A reply (应答), 1 on the wire.
    Reply,
}

impl Direction {
    /// The byte on the wire: 0 or 1.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Request => 0,
            Self::Reply => 1,
        }
    }

    /// The direction that a wire byte stands for, `None` for anything but 0 and 1.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Request),
            1 => Some(Self::Reply),
            _ => None,
        }
    }
}

/// One frame (消息), section 6.1.3, Table 33, without flag, length and CRC, which follow from the
/// rest.
///
/// ```text
/// headFlag "SZTC" | version 2 | packetNo 4 | length 4 | direction 1 | command 2 | data | crc16 2
/// ```
///
/// On the wire everything is big-endian; the CRC-16/XMODEM covers `headFlag` to `data`.
///
/// `Debug` prints the length of the data, never its content.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// Protocol version of the sender; an unknown one is kept as it came.
    pub version: Version,
    /// Packet number (packetNo), 1 to `i32::MAX` and around; a reply carries that of its request.
    pub packet: u32,
    /// Request or reply (direction).
    pub direction: Direction,
    /// Interface code (command, 接口编号), such as 1006.
    pub command: u16,
    /// Message data (data), UTF-8 JSON; opaque here.
    pub data: Bytes,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("version", &format_args!("{}", self.version))
            .field("packet", &self.packet)
            .field("direction", &self.direction)
            .field("command", &self.command)
            .field("data", &format_args!("{} bytes", self.data.len()))
            .finish()
    }
}

/// What the next bytes of a stream turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A whole frame with a correct CRC.
    Frame(Frame),
    /// Bytes that are no frame; the stream goes on behind them.
    Wrong(Wrong),
}

/// Bytes that are no valid frame. None of these ends the stream.
///
/// Packet, command and direction are what the header claims, not what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Wrong {
    /// Bytes before the next flag. At most 1 KiB is reported at a time.
    #[error("{skipped} bytes before the flag `SZTC`")]
    Garbage {
        /// Number of bytes left out.
        skipped: usize,
    },
    /// The CRC differs. The whole frame, as long as its header claims, was left out.
    #[error(
        "packet {packet}, command {command}: CRC is {found:#06X}, the bytes give {expected:#06X}"
    )]
    Crc {
        /// Packet number in the header.
        packet: u32,
        /// Interface code in the header.
        command: u16,
        /// Direction byte in the header.
        direction: u8,
        /// CRC of the bytes that came.
        expected: u16,
        /// CRC that came.
        found: u16,
    },
    /// The CRC is right, but the direction is neither 0 nor 1.
    #[error("packet {packet}, command {command}: direction is {found}, must be 0 or 1")]
    Direction {
        /// Packet number in the header.
        packet: u32,
        /// Interface code in the header.
        command: u16,
        /// Direction byte that came.
        found: u8,
    },
    /// The stream ended inside a frame.
    #[error("the stream ended with {left} bytes of an unfinished frame")]
    Truncated {
        /// Number of bytes that came of it.
        left: usize,
    },
}

/// A frame longer than the limit; known from the header alone. Fatal, since nobody wants to wait
/// for its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("packet {packet}, command {command}: data of {length} bytes, the limit is {limit}")]
pub struct TooLong {
    /// Packet number in the header.
    pub packet: u32,
    /// Interface code in the header.
    pub command: u16,
    /// Direction byte in the header.
    pub direction: u8,
    /// Claimed length of the data, in bytes.
    pub length: usize,
    /// Longest data allowed, in bytes.
    pub limit: usize,
}

/// The outcome of [`parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// Nothing can be said yet.
    Incomplete {
        /// At least this many more bytes are needed.
        need: usize,
    },
    /// One item.
    Item {
        /// The item.
        item: Item,
        /// How many bytes of the buffer it took.
        consumed: usize,
    },
}

/// Looks at the start of `buf` for one item, with data of at most `limit` bytes. Copies the data;
/// [`FrameReader`] does not.
///
/// # Errors
///
/// [`TooLong`] as soon as the header is complete, before the data arrives.
pub fn parse(buf: &[u8], limit: usize) -> Result<Parsed, TooLong> {
    let (item, consumed) = match scan(buf, limit)? {
        Scan::More(need) => return Ok(Parsed::Incomplete { need }),
        Scan::Wrong(wrong, consumed) => (Item::Wrong(wrong), consumed),
        Scan::Frame(mut frame, consumed) => {
            frame.data = Bytes::copy_from_slice(&buf[HEADER..consumed - CHECK]);
            (Item::Frame(frame), consumed)
        }
    };
    Ok(Parsed::Item { item, consumed })
}

/// Appends `frame` to `out`: one copy, one pass of the CRC.
///
/// # Errors
///
/// [`TooLong`] if the data does not fit the length field (4 GiB); `out` is untouched then.
pub fn encode(frame: &Frame, out: &mut BytesMut) -> Result<(), TooLong> {
    let Ok(length) = u32::try_from(frame.data.len()) else {
        return Err(TooLong {
            packet: frame.packet,
            command: frame.command,
            direction: frame.direction.byte(),
            length: frame.data.len(),
            limit: u32::MAX as usize,
        });
    };
    let [p0, p1, p2, p3] = frame.packet.to_be_bytes();
    let [l0, l1, l2, l3] = length.to_be_bytes();
    let [c0, c1] = frame.command.to_be_bytes();
    let [f0, f1, f2, f3] = FLAG;
    let Version { major, minor } = frame.version;
    let direction = frame.direction.byte();
    let header: [u8; HEADER] = [
        f0, f1, f2, f3, major, minor, p0, p1, p2, p3, l0, l1, l2, l3, direction, c0, c1,
    ];

    out.reserve(OVERHEAD + frame.data.len());
    let start = out.len();
    out.put_slice(&header);
    out.put_slice(&frame.data);
    let check = CRC.checksum(&out[start..]);
    out.put_u16(check);
    Ok(())
}

/// What [`scan`] saw; the data of a frame is still to be cut out.
enum Scan {
    More(usize),
    Wrong(Wrong, usize),
    Frame(Frame, usize),
}

fn scan(buf: &[u8], limit: usize) -> Result<Scan, TooLong> {
    let seen = buf.len().min(FLAG.len());
    if buf[..seen] != FLAG[..seen] {
        return Ok(garbage(buf));
    }
    let Some(
        &[
            _,
            _,
            _,
            _,
            major,
            minor,
            p0,
            p1,
            p2,
            p3,
            l0,
            l1,
            l2,
            l3,
            direction,
            c0,
            c1,
        ],
    ) = buf.first_chunk::<HEADER>()
    else {
        return Ok(Scan::More(OVERHEAD - buf.len()));
    };
    let packet = u32::from_be_bytes([p0, p1, p2, p3]);
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    let command = u16::from_be_bytes([c0, c1]);
    if length > limit {
        return Err(TooLong {
            packet,
            command,
            direction,
            length,
            limit,
        });
    }
    let total = length.saturating_add(OVERHEAD);
    if buf.len() < total {
        return Ok(Scan::More(total - buf.len()));
    }
    let (covered, check) = buf[..total].split_at(total - CHECK);
    let expected = CRC.checksum(covered);
    let found = u16::from_be_bytes([check[0], check[1]]);
    if found != expected {
        return Ok(Scan::Wrong(
            Wrong::Crc {
                packet,
                command,
                direction,
                expected,
                found,
            },
            total,
        ));
    }
    let Some(direction) = Direction::from_byte(direction) else {
        return Ok(Scan::Wrong(
            Wrong::Direction {
                packet,
                command,
                found: direction,
            },
            total,
        ));
    };
    let version = Version { major, minor };
    Ok(Scan::Frame(
        Frame {
            version,
            packet,
            direction,
            command,
            data: Bytes::new(),
        },
        total,
    ))
}

/// Garbage is reported when the flag behind it is complete, or when there is a whole piece of it.
/// Anything earlier would depend on where the read ended.
fn garbage(buf: &[u8]) -> Scan {
    // Where the flag, or the beginning of one at the very end, could be.
    let flag = (0..buf.len())
        .find(|&at| buf[at] == FLAG[0] && buf[at..].iter().zip(&FLAG).all(|(a, b)| a == b))
        .unwrap_or(buf.len());
    let certain = flag >= GARBAGE_PIECE || buf.len() - flag >= FLAG.len();
    if certain {
        let skipped = flag.min(GARBAGE_PIECE);
        Scan::Wrong(Wrong::Garbage { skipped }, skipped)
    } else {
        Scan::More(1)
    }
}
