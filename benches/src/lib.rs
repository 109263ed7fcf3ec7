//! What the measurements share: messages, the plain work they are compared with, servers on loopback, and a stopwatch.
//!
//! `cargo bench -p benches --bench ratios` prints the table of ratios, `--bench idle` the memory of an idle line; the others are criterion's.
pub mod bare;
pub mod net;
pub mod payload;
pub mod plain;
pub mod stopwatch;
