use proptest::prelude::*;

use super::*;

const LIMIT: usize = 4096;

fn frame(packet: u32, direction: Direction, command: u16, data: &[u8]) -> Frame {
    Frame {
        version: Version::V1_0,
        packet,
        direction,
        command,
        data: Bytes::copy_from_slice(data),
    }
}

fn encoded(frame: &Frame) -> Vec<u8> {
    let mut out = BytesMut::new();
    encode(frame, &mut out).unwrap();
    out.to_vec()
}

fn with_crc(mut bytes: Vec<u8>) -> Vec<u8> {
    let check = CRC.checksum(&bytes);
    bytes.extend(check.to_be_bytes());
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// All items of `chunks`, the fatal error if there is one, and what is left over.
fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Item>, Option<TooLong>, usize) {
    let (mut reader, mut items) = (FrameReader::new(), Vec::new());
    for chunk in chunks {
        reader.push(chunk);
        loop {
            match reader.next(LIMIT) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(error) => return (items, Some(error), 0),
            }
        }
    }
    (items, None, reader.pending())
}

#[test]
fn the_published_vectors() {
    assert_eq!(CRC.checksum(b"123456789"), 0x31C3);
    let cases = [
        (Direction::Request, "535A5443010000000001000000000003EEBBC3"),
        (Direction::Reply, "535A5443010000000001000000000103EE8CF3"),
    ];
    for (direction, expected) in cases {
        let heartbeat = frame(1, direction, 1006, b"");
        let bytes = encoded(&heartbeat);
        assert_eq!(hex(&bytes), expected);
        let parsed = parse(&bytes, 0).unwrap();
        assert_eq!(
            parsed,
            Parsed::Item {
                item: Item::Frame(heartbeat),
                consumed: 19
            }
        );
    }
}

#[test]
fn every_cut_of_several_frames_gives_the_same_frames() {
    let frames = [
        frame(1, Direction::Request, 1006, b""),
        frame(i32::MAX as u32, Direction::Reply, 3001, b"{\"SZTC\":1}"),
        frame(u32::MAX, Direction::Request, u16::MAX, &[0xFF; 40]),
    ];
    let stream: Vec<u8> = frames.iter().flat_map(encoded).collect();
    for cut in 0..=stream.len() {
        let (left, right) = stream.split_at(cut);
        let (items, error, pending) = read([left, right]);
        assert_eq!(items, frames.clone().map(Item::Frame), "cut at {cut}");
        assert_eq!((error, pending), (None, 0));
    }
}

#[test]
fn need_is_exact_for_a_frame() {
    let bytes = encoded(&frame(7, Direction::Request, 3001, b"0123456789"));
    for seen in 0..bytes.len() {
        let total = if seen < HEADER { OVERHEAD } else { bytes.len() };
        assert_eq!(
            parse(&bytes[..seen], LIMIT),
            Ok(Parsed::Incomplete { need: total - seen })
        );
    }
}

#[test]
fn a_wrong_crc_takes_its_frame_and_no_more() {
    let good = frame(2, Direction::Request, 1006, b"");
    let bad = encoded(&frame(7, Direction::Request, 3001, b"SZTC in the data"));
    // Neither the flag nor the length: those mean garbage or a frame of another length.
    for at in (4..10).chain(14..bad.len()) {
        let mut stream = bad.clone();
        stream[at] ^= 0x10;
        stream.extend(encoded(&good));
        let (items, ..) = read([&stream[..]]);
        let [
            Item::Wrong(Wrong::Crc {
                packet,
                command,
                direction,
                expected,
                found,
            }),
            Item::Frame(next),
        ] = &items[..]
        else {
            panic!("byte {at}: {items:?}");
        };
        assert_ne!(expected, found);
        assert_eq!(
            (*packet == 7, *command == 3001, *direction == 0),
            (!(6..10).contains(&at), !(15..17).contains(&at), at != 14,)
        );
        assert_eq!(*next, good);
    }
}

#[test]
fn an_unknown_direction_is_wrong_and_an_unknown_version_is_not() {
    let mut bytes = encoded(&frame(7, Direction::Request, 3001, b"x"));
    bytes.truncate(bytes.len() - CHECK);
    bytes[4] = 9;
    let (items, ..) = read([&with_crc(bytes.clone())[..]]);
    assert!(
        matches!(&items[..], [Item::Frame(frame)] if frame.version == Version { major: 9,
            minor: 0 })
    );
    bytes[14] = 2;
    let (items, ..) = read([&with_crc(bytes)[..]]);
    assert_eq!(
        items,
        [Item::Wrong(Wrong::Direction {
            packet: 7,
            command: 3001,
            found: 2
        })]
    );
}

#[test]
fn garbage_is_counted_and_a_partial_flag_is_kept() {
    let good = frame(1, Direction::Request, 1006, b"");
    for (junk, pieces) in [
        (b"x".to_vec(), vec![1]),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), vec![18]),
        (b"SZTSZTSZ".to_vec(), vec![8]),
        (b"SSSS".to_vec(), vec![4]),
        (vec![b'S'; 1024], vec![1024]),
        (vec![0; 2500], vec![1024, 1024, 452]),
    ] {
        let mut stream = junk.clone();
        stream.extend(encoded(&good));
        let mut expected: Vec<_> = pieces
            .into_iter()
            .map(|skipped| Item::Wrong(Wrong::Garbage { skipped }))
            .collect();
        expected.push(Item::Frame(good.clone()));
        assert_eq!(read([&stream[..]]).0, expected);
        assert_eq!(read(stream.chunks(1)).0, expected);
    }
    let (items, _, pending) = read([&b"....SZT"[..]]);
    assert_eq!(
        (items.len(), pending),
        (0, 7),
        "undecided until the flag is complete"
    );
}

#[test]
fn the_limit_is_known_from_the_header() {
    for (length, limit, fits) in [
        (0u32, 0, true),
        (1, 0, false),
        (9, 10, true),
        (10, 10, true),
        (11, 10, false),
        (u32::MAX, LIMIT, false),
    ] {
        let mut header = encoded(&frame(5, Direction::Request, 3001, b""))[..HEADER].to_vec();
        header[10..14].copy_from_slice(&length.to_be_bytes());
        let expected = if fits {
            Ok(Parsed::Incomplete {
                need: length as usize + CHECK,
            })
        } else {
            Err(TooLong {
                packet: 5,
                command: 3001,
                direction: 0,
                length: length as usize,
                limit,
            })
        };
        assert_eq!(parse(&header, limit), expected);
        assert!(matches!(
            parse(&header[..16], limit),
            Ok(Parsed::Incomplete { .. })
        ));
    }
}

#[test]
fn the_claimed_length_is_never_reserved_and_a_large_buffer_is_given_back() {
    let large = frame(1, Direction::Request, 3001, &vec![b'x'; 4 << 20]);
    let bytes = encoded(&large);
    for rest in [&b""[..], b"SZTC\x01"] {
        let mut reader = FrameReader::new();
        reader.push(&bytes[..HEADER]);
        assert_eq!(reader.next(8 << 20), Ok(None));
        assert!(
            reader.buffer().capacity() < 2 * READ,
            "grows with what arrives"
        );
        for chunk in bytes[HEADER..].chunks(100_000) {
            assert_eq!(reader.next(8 << 20), Ok(None));
            reader.push(chunk);
        }
        reader.push(rest);
        assert_eq!(reader.next(8 << 20), Ok(Some(Item::Frame(large.clone()))));
        assert_eq!(reader.next(8 << 20), Ok(None));
        assert_eq!(reader.pending(), rest.len());
        assert!(reader.buf.capacity() <= KEEP);
        assert_eq!(reader.peak, 0);
    }
    // Also when the frame took all of it, and only the allocation behind the empty rest is large.
    let mut reader = FrameReader {
        buf: BytesMut::from(&bytes[..]),
        peak: 0,
    };
    assert!(matches!(reader.next(8 << 20), Ok(Some(_))));
    assert_eq!(reader.next(8 << 20), Ok(None));
    assert!(reader.buffer().capacity() <= KEEP);
}

#[test]
fn debug_tells_the_length_only() {
    let secret = frame(1, Direction::Request, 1004, b"password");
    assert!(!format!("{secret:?}").contains("password"));
    assert!(format!("{secret:?}").contains("8 bytes"));
    let mut reader = FrameReader::new();
    reader.push(b"SZTC password");
    assert!(!format!("{reader:?}").contains("password"));
}

#[cfg(feature = "tcp")]
#[test]
fn the_codec_reads_what_it_writes_and_fails_on_too_long_only() {
    use tokio_util::codec::{Decoder, Encoder};

    let (mut codec, mut wire) = (FrameCodec::new(10), BytesMut::from(&b"junk"[..]));
    let good = frame(3, Direction::Reply, 3001, b"0123456789");
    codec.encode(good.clone(), &mut wire).unwrap();
    let long = frame(4, Direction::Reply, 3001, b"01234567890");
    codec.encode(long.clone(), &mut wire).unwrap();
    assert_eq!(
        codec.decode(&mut wire).unwrap(),
        Some(Item::Wrong(Wrong::Garbage { skipped: 4 }))
    );
    assert_eq!(codec.decode(&mut wire).unwrap(), Some(Item::Frame(good)));
    let error = codec.decode(&mut wire).unwrap_err();
    let cause = error
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<TooLong>())
        .unwrap();
    assert_eq!((cause.packet, cause.length, cause.limit), (4, 11, 10));
    codec.set_limit(11);
    assert_eq!(codec.decode(&mut wire).unwrap(), Some(Item::Frame(long)));
    assert_eq!(codec.decode(&mut wire).unwrap(), None);
}

prop_compose! {
    fn any_frame()(
        version in any::<[u8; 2]>(), packet in any::<u32>(), reply in any::<bool>(),
        command in any::<u16>(),
        data in prop::collection::vec(any::<u8>(), 0..200),
    ) -> Frame {
        Frame {
            version: Version { major: version[0], minor: version[1] },
            packet,
            direction: if reply { Direction::Reply } else { Direction::Request },
            command,
            data: data.into(),
        }
    }
}

/// A part of a hostile stream: frames, damaged frames, junk, flags and pieces of flags.
fn part() -> impl Strategy<Value = Vec<u8>> {
    let whole = any_frame().prop_map(|frame| encoded(&frame)).boxed();
    prop_oneof![
        4 => whole.clone(),
        2 => (whole.clone(), any::<prop::sample::Index>(),
            any::<u8>()).prop_map(|(mut bytes, at, with)| {
            let at = at.index(bytes.len());
            bytes[at] ^= with;
            bytes
        }),
        1 => (whole, any::<prop::sample::Index>()).prop_map(|(mut bytes, at)| {
            bytes.truncate(at.index(bytes.len()));
            bytes
        }),
        2 => "[SZTC]{0,12}".prop_map(String::into_bytes),
        1 => prop::collection::vec(prop_oneof![Just(b'S'), any::<u8>()], 0..2500),
    ]
}

proptest! {
    #[test]
    fn the_same_bytes_give_the_same_items(
        parts in prop::collection::vec(part(), 0..8),
        sizes in prop::collection::vec(1usize..400, 1..40),
    ) {
        let stream = parts.concat();
        let whole = read([&stream[..]]);

        let (mut chunks, mut rest, mut sizes) = (Vec::new(), &stream[..], sizes.iter().cycle());
        while let (Some(&size), false) = (sizes.next(), rest.is_empty()) {
            let (chunk, next) = rest.split_at(size.min(rest.len()));
            chunks.push(chunk);
            rest = next;
        }
        prop_assert_eq!(&read(chunks), &whole, "random pieces");
        prop_assert_eq!(&read(stream.chunks(1)), &whole, "byte by byte");

        // `parse` agrees, and every byte belongs to one item or is pending.
        let (mut items, mut at) = (Vec::new(), 0);
        let error = loop {
            match parse(&stream[at..], LIMIT) {
                Ok(Parsed::Incomplete { need }) => {
                    prop_assert!(need > 0);
                    break None;
                }
                Ok(Parsed::Item { item, consumed }) => {
                    prop_assert!(consumed > 0);
                    at += consumed;
                    items.push(item);
                }
                Err(error) => break Some(error),
            }
        };
        let pending = if error.is_some() { 0 } else { stream.len() - at };
        prop_assert_eq!((items, error, pending), whole);
    }

    #[test]
    fn what_is_encoded_is_read_back(frames in prop::collection::vec(any_frame(), 0..6)) {
        let stream: Vec<u8> = frames.iter().flat_map(encoded).collect();
        let (items, error, pending) = read([&stream[..]]);
        prop_assert_eq!(items, frames.into_iter().map(Item::Frame).collect::<Vec<_>>());
        prop_assert_eq!((error, pending), (None, 0));
    }
}
