use std::io;

use bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};

use super::{Frame, FrameReader, Item, encode};

/// [`FrameReader`] and [`encode`] as a tokio codec. [`TooLong`](super::TooLong) comes as an
/// [`io::ErrorKind::InvalidData`] whose source it is; anything milder is an [`Item`].
#[derive(Debug)]
pub struct FrameCodec {
    limit: usize,
    reader: FrameReader,
}

impl FrameCodec {
    /// A codec that accepts data of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            reader: FrameReader::new(),
        }
    }

    /// Changes the limit, for instance after the login.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }
}

impl Decoder for FrameCodec {
    type Item = Item;
    type Error = io::Error;

    fn decode(&mut self, src: &mut BytesMut) -> io::Result<Option<Item>> {
        // The reader works on the caller's buffer for the length of this call.
        std::mem::swap(src, &mut self.reader.buf);
        let item = self.reader.next(self.limit);
        std::mem::swap(src, &mut self.reader.buf);
        item.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl Encoder<Frame> for FrameCodec {
    type Error = io::Error;

    fn encode(&mut self, frame: Frame, out: &mut BytesMut) -> io::Result<()> {
        encode(&frame, out).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
    }
}
