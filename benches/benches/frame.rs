//! Frames against the CRC and one copy.
use benches::{payload, plain};
use bytes::BytesMut;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use sztc_proto::frame::{FrameReader, encode};

fn frames(c: &mut Criterion) {
    for (name, length) in [("512 B", 512), ("4 KB", 4096)] {
        let frame = payload::frame(length);
        let mut bytes = BytesMut::new();
        encode(&frame, &mut bytes).expect("short");
        let mut group = c.benchmark_group(format!("frame {name}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let mut out = BytesMut::new();
        group.bench_function("CRC and copy", |b| {
            b.iter(|| plain::crc_and_copy(black_box(&bytes), &mut out))
        });
        let mut out = BytesMut::new();
        group.bench_function("encode", |b| {
            b.iter(|| {
                out.clear();
                encode(black_box(&frame), &mut out)
            });
        });
        let mut reader = FrameReader::new();
        group.bench_function("decode", |b| {
            b.iter(|| {
                reader.push(black_box(&bytes));
                reader.next(1 << 20)
            });
        });
        group.finish();
    }
}

criterion_group!(benches, frames);
criterion_main!(benches);
