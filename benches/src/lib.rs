//! What the measurements share: messages, the plain work they are compared with, servers on
//! loopback, and a stopwatch.
//!
//! `cargo bench -p benches --bench ratios` prints the table of ratios, `--bench kt` that of KT's
//! envelope, `--bench evcs` that of the charging envelope, `--bench idle` the memory of an idle
//! line; the others are criterion's.
pub mod bare;
pub mod evcs;
pub mod kt;
pub mod net;
pub mod payload;
pub mod plain;
pub mod stopwatch;
