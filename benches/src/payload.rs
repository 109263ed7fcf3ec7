//! Messages of realistic content, in the order of the tables: the samples, repeated.
use bytes::Bytes;
use park_core::json::canonical::canonical;
use sztc_proto::{
    Rules, decode, encode,
    frame::{Direction, Frame, Version},
    model::{Event, LotReport, Model, ParkingRecord, SpaceStateReport},
};

/// One entry as the encoder writes it.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Of 3001.
    Lot(String),
    /// Of 5004.
    Record(String),
    /// Of 2002.
    Event(String),
    /// Of 5001.
    SpaceState(String),
}

impl Entry {
    /// Its JSON text.
    pub fn text(&self) -> &str {
        match self {
            Self::Lot(text) | Self::Record(text) | Self::Event(text) | Self::SpaceState(text) => {
                text
            }
        }
    }

    fn lot() -> Self {
        Self::Lot(written::<LotReport>(include_str!(
            "../../sztc-proto/fixtures/samples/3001.request.json"
        )))
    }

    fn record() -> Self {
        Self::Record(written::<ParkingRecord>(include_str!(
            "../../sztc-proto/fixtures/samples/5004.request.json"
        )))
    }

    fn event() -> Self {
        Self::Event(written::<Event>(include_str!(
            "../../sztc-proto/fixtures/samples/2002.request.json"
        )))
    }

    fn space_state() -> Self {
        Self::SpaceState(written::<SpaceStateReport>(include_str!(
            "../../sztc-proto/fixtures/samples/5001.request.json"
        )))
    }
}

fn written<T: Model>(sample: &str) -> String {
    let (value, _) = decode::<T>(sample, &Rules::strict()).expect("a sample");
    encode(&value).expect("a model can be written")
}

/// A batch of about 512 bytes: an event and two space states.
pub fn small() -> Vec<Entry> {
    vec![Entry::event(), Entry::space_state(), Entry::space_state()]
}

/// A batch of about 4 KB: a lot, two stays, and a small batch.
pub fn medium() -> Vec<Entry> {
    [
        vec![Entry::lot(), Entry::record(), Entry::record()],
        small(),
    ]
    .concat()
}

/// A batch of about 64 KB.
pub fn large() -> Vec<Entry> {
    vec![medium(); 16].concat()
}

/// The batches with their names.
pub fn batches() -> [(&'static str, Vec<Entry>); 3] {
    [("512 B", small()), ("4 KB", medium()), ("64 KB", large())]
}

/// The JSON list of `entries`.
pub fn list(entries: &[Entry]) -> String {
    let texts: Vec<&str> = entries.iter().map(Entry::text).collect();
    format!("[{}]", texts.join(","))
}

/// The same with sorted keys.
pub fn canonical_list(entries: &[Entry]) -> String {
    canonical(&list(entries)).expect("JSON")
}

/// A frame with `length` bytes of data.
pub fn frame(length: usize) -> Frame {
    Frame {
        version: Version::V1_0,
        packet: 1,
        direction: Direction::Request,
        command: 5001,
        data: Bytes::from(list(&large()).into_bytes()).slice(..length),
    }
}
