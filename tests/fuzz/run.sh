#!/usr/bin/env bash
# Fuzzes one target for some seconds, starting from what the tree has of its kind. Usage: run.sh BUILD policy|events SECONDS
# What makes it crash is left in BUILD/fuzz-TARGET/.
set -euo pipefail
build=$(cd "$1" && pwd) target=$2 seconds=$3
cd "$(dirname "$0")/../.."
work=$build/fuzz-$target
mkdir -p "$work/seeds" "$work/corpus"

number=0
seed() { # first byte, file: the first 8 kB are enough of a seed
    number=$((number + 1))
    { printf "$1" && head -c 8192 "$2"; } >"$work/seeds/$number"
}
if [[ $target == policy ]]; then
    while read -r file; do seed '' "$file"; done < <(find stdlib examples tests bench -name '*.watch')
    limits=(-max_len=16384 "-dict=$PWD/tests/fuzz/policy.dict" -timeout=10)
else
    while read -r file; do seed '\x01' "$file"; done < <(find examples tests -name '*.csv')
    while read -r file; do seed '\x00' "$file"; done < <(find examples tests -name '*.jsonl')
    limits=(-max_len=8192 -timeout=10)
fi

cd "$work"
"$build"/tests/fuzz/"$target"_fuzzer "${limits[@]}" -max_total_time="$seconds" -rss_limit_mb=3000 \
    -print_final_stats=1 -artifact_prefix="$work/" corpus seeds 2>&1 | tail -n 40
