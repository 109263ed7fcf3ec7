#!/usr/bin/env bash
# KT's envelope beside what Java and Node bring along: the same messages, the same result (checked), taking turns. Nothing is installed; a runtime
# that is not there is left out.
#
#   benches/peers/run.sh [rounds]      3 by default, about a minute each; the best of each counts
set -euo pipefail
cd "$(dirname "$0")"
rounds=${1:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build -q --profile bench -p benches --bin kt_peer
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
ours=$target/release/kt_peer
"$ours" messages "$work"

peers=(ours)
for runtime in java node; do
    if command -v "$runtime" >/dev/null; then
        peers+=("$runtime")
        case $runtime in
        java) version=$(java -version 2>&1) ;;
        node) version=$(node --version) ;;
        esac
        echo "$runtime: ${version%%$'\n'*}"
    else
        echo "$runtime: not installed here, left out"
    fi
done

for _ in $(seq "$rounds"); do
    for peer in "${peers[@]}"; do
        case $peer in
        ours) "$ours" measure "$work" ;;
        java) java kt.java "$work" ;;
        node) node kt.mjs "$work" ;;
        esac >>"$work/$peer.times"
    done
done

printf '%-14s %12s' 'case' 'kt-proto ns'
for peer in "${peers[@]:1}"; do printf ' %12s %8s' "$peer ns" 'ratio'; done
echo
for length in 512 4096 65536; do
    for case in seal open; do
        best() { awk -v case="$case" -v length_="$length" '$1 == case && $2 == length_ && (best == "" || $3 < best) { best = $3 } END { print best }' "$work/$1.times"; }
        own=$(best ours)
        printf '%-14s %12s' "$case $length B" "$own"
        for peer in "${peers[@]:1}"; do
            theirs=$(best "$peer")
            printf ' %12s %8s' "$theirs" "$(awk -v a="$theirs" -v b="$own" 'BEGIN { printf "%.2fx%s", a / b, (a > b ? "" : "!") }')"
        done
        echo
    done
done
echo 'ratio: their time over ours; ! where ours is not the shorter one'
