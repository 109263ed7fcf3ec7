//! The same bytes give the same items however they are cut, and every frame is written as it was
//! read.
#![no_main]
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use sztc_proto::frame::{FrameReader, Item, Parsed, TooLong, Wrong, encode, parse};

const LIMIT: usize = 2048;

// One byte decides how the stream is cut, one whether its frames get a correct CRC; the rest is the
// stream.
fuzz_target!(|input: &[u8]| {
    let [cuts, mend, stream @ ..] = input else {
        return;
    };
    let mut stream = stream.to_vec();
    if mend & 1 == 1 {
        mend_frames(&mut stream);
    }

    let whole = read([&stream[..]].into_iter());
    let mut dice = u32::from(*cuts) | 1 << 8;
    let mut rest = &stream[..];
    let pieces = std::iter::from_fn(|| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (piece, after) = rest.split_at(
            rest.len()
                .min(1 + (dice >> 24) as usize % (1 + usize::from(*cuts))),
        );
        rest = after;
        (!piece.is_empty()).then_some(piece)
    });
    assert_eq!(whole, read(pieces), "cutting must not matter");

    let mut at = 0;
    for item in &whole.items {
        let Ok(Parsed::Item {
            item: parsed,
            consumed,
        }) = parse(&stream[at..], LIMIT)
        else {
            panic!("the reader saw {item:?} at {at}, parse does not");
        };
        assert_eq!(parsed, *item);
        match item {
            Item::Frame(frame) => {
                let mut written = BytesMut::new();
                encode(frame, &mut written).expect("it was short enough to be read");
                assert_eq!(written, stream[at..at + consumed]);
            }
            Item::Wrong(Wrong::Garbage { skipped }) => assert_eq!(*skipped, consumed),
            Item::Wrong(_) => {}
        }
        assert!(consumed > 0, "an item takes bytes");
        at += consumed;
    }
    assert_eq!(
        at + whole.pending,
        stream.len(),
        "every byte is in an item or waits"
    );
    assert!(
        whole.end.is_some() || whole.pending < LIMIT + 19,
        "a reader holds one unfinished frame"
    );
});

#[derive(Debug, PartialEq)]
struct Read {
    items: Vec<Item>,
    end: Option<TooLong>,
    pending: usize,
}

fn read<'a>(mut pieces: impl Iterator<Item = &'a [u8]>) -> Read {
    let mut reader = FrameReader::new();
    let mut items = Vec::new();
    let mut end = None;
    while end.is_none()
        && let Some(piece) = pieces.next()
    {
        reader.push(piece);
        loop {
            match reader.next(LIMIT) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(too_long) => {
                    end = Some(too_long);
                    break;
                }
            }
        }
    }
    // After the end, what has not come yet is of no interest, but it is not lost either.
    pieces.for_each(|piece| reader.push(piece));
    Read {
        items,
        end,
        pending: reader.pending(),
    }
}

/// Gives each whole frame the CRC-16/XMODEM of its bytes, which no mutation hits by chance.
fn mend_frames(stream: &mut [u8]) {
    let mut at = 0;
    while at + 19 <= stream.len() {
        let length = u32::from_be_bytes([
            stream[at + 10],
            stream[at + 11],
            stream[at + 12],
            stream[at + 13],
        ]) as usize;
        let end = at.saturating_add(17).saturating_add(length);
        if stream[at..].starts_with(b"SZTC") && end.saturating_add(2) <= stream.len() {
            let check = stream[at..end].iter().fold(0_u16, |sum, byte| {
                (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| {
                    sum << 1 ^ if sum >> 15 == 1 { 0x1021 } else { 0 }
                })
            });
            stream[end..end + 2].copy_from_slice(&check.to_be_bytes());
            at = end + 2;
        } else {
            at += 1;
        }
    }
}
