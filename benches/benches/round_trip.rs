//! A report of four space states there and back over loopback: HTTPS, the TCP session, and an echo
//! of the same frame.
use benches::net;
use criterion::{Criterion, criterion_group, criterion_main};

fn round_trips(c: &mut Criterion) {
    let runtime = net::runtime();
    let frame = net::report();
    let mut group = c.benchmark_group("round trip");
    let client = net::https();
    let states = net::states();
    group.bench_function("https", |b| {
        b.iter(|| {
            runtime
                .block_on(client.report_space_states(&states))
                .expect("answered")
        })
    });
    let lines = [
        (
            "tcp session",
            runtime.block_on(net::logged_in(net::city(None))),
        ),
        ("bare echo", runtime.block_on(net::connected(net::echo()))),
    ];
    for (name, line) in lines {
        let mut line = line.expect("a line");
        group.bench_function(name, |b| {
            b.iter(|| {
                runtime
                    .block_on(net::send(&mut line, &frame, 1, 1))
                    .expect("answered")
            })
        });
    }
    group.finish();
}

criterion_group!(benches, round_trips);
criterion_main!(benches);
