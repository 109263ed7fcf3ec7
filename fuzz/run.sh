#!/usr/bin/env bash
# Fuzzes every target, or the named ones, for so many seconds each: fuzz/run.sh [SECONDS [TARGET...]]
#
# It needs Rust (stable will do) and a C++ compiler, but not cargo-fuzz: the flags below are what cargo-fuzz would pass without a sanitizer,
# since there is no `unsafe` here for one to watch. What libFuzzer finds new goes to target/fuzz/corpus, what fails to fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-10}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=($(awk -F'"' '/^\[/ { bin = $0 == "[[bin]]" } bin && /^name = / { print $2 }' Cargo.toml))

if ! command -v "${CXX:-c++}" >/dev/null; then
    echo "skipped: libFuzzer needs a C++ compiler (c++)"
    exit 0
fi
host=$(rustc -vV | sed -n 's/^host: //p')
case $host in
    *-linux-gnu | *-apple-darwin) ;;
    *) echo "skipped: libFuzzer is not tried on $host"; exit 0 ;;
esac

work=../target/fuzz
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1
 -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-trace-compares
 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
RUSTFLAGS=${RUSTFLAGS//$'\n'/}
# --target keeps the flags away from build scripts and macros.
cargo build --release --locked --target "$host" --target-dir "$work" "${targets[@]/#/--bin=}"

fuzz_one() {
    local target=$1 log
    log=$(mktemp)
    mkdir -p "$work/corpus/$target" "artifacts/$target"
    if ! "$work/$host/release/$target" "$work/corpus/$target" "corpus/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
        -rss_limit_mb=1024 -artifact_prefix="artifacts/$target/" -print_final_stats=1 >"$log" 2>&1; then
        grep -av '^#' "$log" | tail -n 60
        echo "$target: FAILED, the input is in fuzz/artifacts/$target"
        rm -f "$log"
        return 255
    fi
    awk -v target="$target" -v seconds="$seconds" '/^stat::number_of_executed_units/ { runs = $2 } /^stat::peak_rss_mb/ { memory = $2 }
        END { printf "%-13s %9d inputs in %d s, %d MB, nothing found\n", target, runs, seconds, memory }' "$log"
    rm -f "$log"
}
export -f fuzz_one
export work host seconds
# One a core; the first failure starts no more.
cores=$(nproc 2>/dev/null || sysctl -n hw.ncpu)
printf '%s\n' "${targets[@]}" | xargs -n 1 -P "$cores" bash -c 'fuzz_one "$1"' -
