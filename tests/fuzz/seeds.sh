#!/usr/bin/env bash
# Collects what the tree has of a fuzzing target's kind. Usage: seeds.sh policy|events FOLDER
set -euo pipefail
target=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
cd "$(dirname "$0")/../.."

number=0
seed() { # first byte, file: the first 8 kB are enough of a seed
    number=$((number + 1))
    { printf "$1" && head -c 8192 "$2"; } >"$folder/$number"
}
if [[ $target == policy ]]; then
    while read -r file; do seed '' "$file"; done < <(find stdlib examples tests bench -name '*.watch')
else
    while read -r file; do seed '\x01' "$file"; done < <(find examples tests -name '*.csv')
    while read -r file; do seed '\x00' "$file"; done < <(find examples tests -name '*.jsonl')
fi
