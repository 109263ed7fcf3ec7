//! Reading a batch against serde_json into bare structs.
use benches::{bare, payload};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use sztc_proto::Dialect;

fn batches(c: &mut Criterion) {
    let rules = Dialect::default().read;
    let batch = payload::medium();
    let mut group = c.benchmark_group("decode 4 KB");
    group.throughput(Throughput::Bytes(payload::list(&batch).len() as u64));
    group.bench_function("serde_json, bare structs", |b| {
        b.iter(|| bare::read(black_box(&batch)))
    });
    group.bench_function("decode and check", |b| {
        b.iter(|| bare::read_and_check(black_box(&batch), &rules))
    });
    group.finish();
}

criterion_group!(benches, batches);
criterion_main!(benches);
