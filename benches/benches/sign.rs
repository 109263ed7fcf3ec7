//! Signatures against SHA-1 alone and against a value tree.
use benches::{payload, plain};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use sztc_proto::Scheme;

fn signatures(c: &mut Criterion) {
    for (name, batch) in payload::batches() {
        let (unsorted, canonical) = (payload::list(&batch), payload::canonical_list(&batch));
        let mut group = c.benchmark_group(format!("sign {name}"));
        group.throughput(Throughput::Bytes(unsorted.len() as u64));
        group.bench_function("SHA-1 alone", |b| {
            b.iter(|| plain::sha1(black_box(&unsorted)))
        });
        group.bench_function("value tree", |b| {
            b.iter(|| plain::sign_over_values(black_box(&unsorted)))
        });
        group.bench_function("unsorted", |b| {
            b.iter(|| Scheme::default().sign(black_box(&unsorted)))
        });
        group.bench_function("canonical", |b| {
            b.iter(|| Scheme::default().sign(black_box(&canonical)))
        });
        group.finish();
    }
}

criterion_group!(benches, signatures);
criterion_main!(benches);
