use crate::{Refusal, code::BusinessCode};
use park_core::BoxFuture;
use std::{collections::VecDeque, fmt};

/// The file of an image upload (2001), read piece by piece as it arrives.
///
/// A peer that sends the file before the fields that describe it (as D.8 prints) has been read into
/// memory first, at most the size limit.
pub struct ImageStream<'a>(Source<'a>);

enum Source<'a> {
    Memory(VecDeque<bytes::Bytes>),
    Stream(Box<dyn NextPiece + 'a>),
}

/// Where further pieces come from.
pub(crate) trait NextPiece: Send {
    /// The next piece, `None` at the end.
    fn next_piece(&mut self) -> BoxFuture<'_, Result<Option<bytes::Bytes>, Refusal>>;
}

impl<'a> ImageStream<'a> {
    #[cfg_attr(
        not(feature = "server"),
        allow(dead_code, reason = "only the router streams")
    )]
    pub(crate) fn stream(source: impl NextPiece + 'a) -> Self {
        Self(Source::Stream(Box::new(source)))
    }

    /// A file that is in memory already.
    pub fn memory(file: impl Into<bytes::Bytes>) -> Self {
        Self(Source::Memory(VecDeque::from([file.into()])))
    }

    /// The next piece, `None` at the end.
    ///
    /// # Errors
    /// The connection broke or the file is larger than the limit; hand the refusal on.
    pub async fn next(&mut self) -> Result<Option<bytes::Bytes>, Refusal> {
        match &mut self.0 {
            Source::Memory(pieces) => Ok(pieces.pop_front()),
            Source::Stream(source) => source.next_piece().await,
        }
    }

    /// The whole file.
    ///
    /// # Errors
    /// As [`next`](Self::next), and a file of more than `limit` bytes.
    pub async fn read_all(mut self, limit: usize) -> Result<Vec<u8>, Refusal> {
        let mut file = Vec::new();
        while let Some(piece) = self.next().await? {
            if file.len() + piece.len() > limit {
                return Err(Refusal::new(
                    BusinessCode::TOO_LONG,
                    format!("the image has more than {limit} bytes"),
                ));
            }
            file.extend_from_slice(&piece);
        }
        Ok(file)
    }
}

impl fmt::Debug for ImageStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImageStream")
    }
}
