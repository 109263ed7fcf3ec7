use super::{CHECK, HEADER, Item, KEEP, OVERHEAD, READ, Scan, TooLong, scan};
use bytes::{Buf, BytesMut};
use std::fmt;

/// A buffer that bytes go into and items come out of; the data of a frame is a slice of it, not a
/// copy.
///
/// It grows with the bytes that arrive, never with the length that a header claims, and gives
/// memory back after a long frame.
#[derive(Default)]
pub struct FrameReader {
    pub(super) buf: BytesMut,
    /// The largest capacity seen since memory was last given back.
    pub(super) peak: usize,
}

impl fmt::Debug for FrameReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameReader")
            .field("pending", &self.buf.len())
            .finish()
    }
}

impl FrameReader {
    /// An empty reader; allocates nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The buffer with room for a read of 8 KiB or more. Append to it, then call
    /// [`next`](Self::next).
    pub fn buffer(&mut self) -> &mut BytesMut {
        if self.buf.capacity() - self.buf.len() < READ {
            self.buf.reserve(READ);
        }
        &mut self.buf
    }

    /// Appends bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buf.extend_from_slice(bytes);
    }

    /// How many bytes wait for the rest of their frame.
    pub fn pending(&self) -> usize {
        self.buf.len()
    }

    /// Forgets all bytes and gives the memory back.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The next item with data of at most `limit` bytes, `None` when more bytes are needed.
    ///
    /// # Errors
    ///
    /// [`TooLong`] as soon as the header is complete. The bytes stay: the same error comes again.
    pub fn next(&mut self, limit: usize) -> Result<Option<Item>, TooLong> {
        self.peak = self.peak.max(self.buf.capacity());
        Ok(match scan(&self.buf, limit)? {
            Scan::More(need) => {
                self.give_back(need);
                None
            }
            Scan::Wrong(wrong, consumed) => {
                self.buf.advance(consumed);
                Some(Item::Wrong(wrong))
            }
            Scan::Frame(mut frame, consumed) => {
                if consumed == OVERHEAD {
                    self.buf.advance(consumed);
                } else {
                    self.buf.advance(HEADER);
                    frame.data = self.buf.split_to(consumed - OVERHEAD).freeze();
                    self.buf.advance(CHECK);
                }
                Some(Item::Frame(frame))
            }
        })
    }

    /// Moves a small rest out of a large buffer. The peak and not the capacity decides, because
    /// slices cut off the front hide how large the allocation behind a small tail is.
    fn give_back(&mut self, need: usize) {
        if self.peak > KEEP && self.buf.len() + need <= KEEP {
            self.buf = BytesMut::from(&self.buf[..]);
            self.peak = 0;
        }
    }
}
