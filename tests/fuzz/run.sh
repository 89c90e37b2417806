#!/usr/bin/env bash
# Fuzzes one target for some seconds, starting from what the tree has of its kind. Usage: run.sh BUILD policy|events SECONDS
# What makes it crash is left in BUILD/fuzz-TARGET/.
set -euo pipefail
build=$(cd "$1" && pwd) target=$2 seconds=$3
cd "$(dirname "$0")/../.."
work=$build/fuzz-$target
mkdir -p "$work/corpus"
bash tests/fuzz/seeds.sh "$target" "$work/seeds"
if [[ $target == policy ]]; then
    limits=(-max_len=16384 "-dict=$PWD/tests/fuzz/policy.dict" -timeout=10)
else
    limits=(-max_len=8192 -timeout=10)
fi

cd "$work"
"$build"/tests/fuzz/"$target"_fuzzer "${limits[@]}" -max_total_time="$seconds" -rss_limit_mb=3000 \
    -print_final_stats=1 -artifact_prefix="$work/" corpus seeds 2>&1 | tail -n 40
